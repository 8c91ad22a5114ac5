-- comparison
`x` >= 5 AND (`y` <> 'it\'s \\ é' OR `y` IS NULL)

-- comparisons
(`x` = 1 OR (`x` <> 2 OR `x` < 3)) OR (`x` <= 4 OR (`x` > 5 OR `x` >= 6))

-- not in
NOT (`x` IN ('a', 'b'))

-- nothing in
FALSE

-- same
(`x` IS NOT DISTINCT FROM `y`) AND (`x` IS DISTINCT FROM `y`)

-- between
NOT (`x` BETWEEN -1 AND 5)

-- order of text
`x` < 'b' OR (`x` BETWEEN 'd' AND 'é')

-- float
`x` < 0.1

-- decimal
`x` < -0.10

-- large float
`x` < 1e300

-- date
`x` < DATE '2024-02-03'

-- time
-- gap: Cast to TIME

-- timestamp
`x` < TIMESTAMP_NTZ '2024-02-03 10:00:00.000005'

-- timestamp with zone
`x` < TIMESTAMP '2024-02-03 10:00:00+00:00'

-- like
`x` LIKE 'a!_%' ESCAPE '!' OR `x` LIKE '[b*' ESCAPE '!'

-- search
(`x` RLIKE '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\\z')

-- search of fixed length
(`x` RLIKE '^SKU-[0-9]{3}\\z')

-- search that may overflow a stack
CASE WHEN LENGTH(`x`) > 1000 THEN RAISE_ERROR('dq: a text too long for this pattern') ELSE (`x` RLIKE '(?:ab|c)+\\z') END

-- starts, ends, contains
STARTSWITH(`x`, `y`) OR (ENDSWITH(`x`, 'z') OR CONTAINS(`x`, `y`))

-- text
LENGTH(TRIM(`x`)) = 3 AND (`x` || `y`) = REPLACE(`x`, 'a', 'b')

-- case
TRANSLATE(`x`, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = TRANSLATE(`y`, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTR(`x`, 1, 2) = RIGHT(`y`, 3) OR SUBSTR(`x`, 2) = 'b'

-- arithmetic
((`x` * (`y` + 1)) - (`x` % NULLIF(3, 0))) = (CAST(ABS(-`x`) AS DOUBLE) / NULLIF(`y`, 0))

-- rounding
ROUND(`x`, 2) = FLOOR(`y`) OR ROUND(`x`) = CEIL(`y`)

-- greatest
GREATEST(`x`, `y`, 0) = LEAST(`x`, `y`)

-- choice
CASE WHEN `x` > 0 THEN `y` ELSE COALESCE(`x`, NULLIF(`y`, 0)) END = 1

-- span
(`x` + INTERVAL '3' DAY) < (`y` - INTERVAL '1' MONTH)

-- span of days
(`x` + INTERVAL '3' DAY) < (`y` - INTERVAL '2' HOUR)

-- stored as
-- gap: StoredAs

-- span compared
(`x` - `y`) < INTERVAL '3' DAY

-- fields
FLOOR(EXTRACT(SECOND FROM `x`)) = EXTRACT(YEAR FROM `y`) OR (WEEKDAY(`x`) + 1) = 1

-- truncated
CAST(DATE_TRUNC('month', `x`) AS TIMESTAMP_NTZ) = `y`

-- cast
TRY_CAST(`x` AS DOUBLE)

-- cast to text
CAST(`x` AS STRING)

-- cast to decimal
TRY_CAST(`x` AS DECIMAL(10, 2))

-- cast to date
TRY_CAST(`x` AS DATE)

-- cast to timestamp
TRY_CAST(`x` AS TIMESTAMP_NTZ)

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
CAST(`x` AS TIMESTAMP_NTZ)

-- from a zone
CAST((CONVERT_TIMEZONE('Asia/Kolkata', 'UTC', `x`)) AS TIMESTAMP_NTZ)

-- nan
ISNAN(`x`)

-- finite
(NOT ISNAN(`x`) AND ABS(`x`) < DOUBLE('Infinity'))

-- multiple
CASE WHEN TYPEOF(`x`) IN ('double', 'float') THEN CASE WHEN ABS(CAST(`x` AS DOUBLE)) < 1e13D THEN ROUND(CAST(`x` AS DOUBLE) * 1e2D / 25) * 25 / 1e2D = CAST(`x` AS DOUBLE) ELSE CAST(`x` AS DOUBLE) % 0.25 = 0 END ELSE `x` % 0.25 = 0 END

-- text of a column
`x` < `y`

-- key set
((`x`, `y`) IN (SELECT `k0`, `k1` FROM `keys 1`))

-- key set of one
(`x` IN (SELECT `k0` FROM `keys 1`))

-- field of an object
`x`.`a b`

-- element of an array
EXISTS(`x`, `i` -> (`i` < 0))

-- JSON
-- gap: IsJson

-- the value before
-- gap: Lag

-- of a sub-select
SELECT `v` FROM (SELECT `x` AS `v` FROM `t`) AS s

-- value of a map
EXISTS(MAP_VALUES(`x`), `i` -> (`i` IS NULL))

-- size of an array
CASE WHEN ARRAY_DISTINCT(ARRAY_COMPACT(ARRAY_COMPACT(`x`))) IS NOT NULL THEN SIZE(ARRAY_DISTINCT(ARRAY_COMPACT(ARRAY_COMPACT(`x`)))) END

-- number of items
CASE WHEN `x` IS NOT NULL THEN SIZE(`x`) END

-- json values
-- gap: JsonValues

-- stored as a type
-- gap: StoredAs

-- json type
-- gap: JsonType

-- json text
-- gap: JsonText, JsonPart

-- json items
-- gap: JsonItems

-- aggregates
(((((AVG(`x`) + SUM(`x` * `y`)) - MAX(`x`)) + MIN(`x`)) + COUNT(*)) + COUNT(DISTINCT `y`)) + COUNT(`x`)

-- deviation
STDDEV_SAMP(`x`)

-- quantile
PERCENTILE(`x`, 0.9)

-- share
CAST(COUNT_IF(`x` > 0) AS DOUBLE) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT `x`, `y` FROM `rows` WHERE NOT (`x` IS NULL) AND NOT (`y` IS NULL) GROUP BY `x`, `y` HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT `x` AS `k0` FROM `rows` WHERE NOT EXISTS(SELECT 1 FROM `planes` WHERE `planes`.`id` = `x`)

-- window
ROW_NUMBER() OVER (PARTITION BY `x` ORDER BY `y` DESC) = 1

-- read integer
CASE WHEN (`x` RLIKE '^[\\t ]*[+\\-]?0*[0-9]{1,19}[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM `x`) AS BIGINT) END

-- read number
CASE WHEN (`x` RLIKE '^[\\t ]*[+\\-]?(?:(?:[0-9]{1,40}(?:\\.[0-9]{1,40})?|\\.[0-9]{1,40})(?:[Ee][+\\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\\.[0-9]{1,20})?[Ee](?:\\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\\+?308|[3-9](?:\\.[0-9]{1,20})?[Ee]-324)[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM `x`) AS DOUBLE) END

-- read boolean
CASE WHEN (`x` RLIKE '^[\\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM `x`) AS BOOLEAN) END

-- read date
CASE WHEN (`x` RLIKE '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM `x`) AS DATE) END

-- read time
-- gap: ReadAs time

-- read timestamp
CASE WHEN (`x` RLIKE '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM `x`) AS TIMESTAMP_NTZ) END

-- read timestamp with time zone
CASE WHEN (`x` RLIKE '^[\\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?(?:Z|[+\\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM `x`) AS TIMESTAMP) END

-- read uuid
CASE WHEN (`x` RLIKE '^[\\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\\t ]*\\z') THEN LOWER(TRIM(BOTH ' 	' FROM `x`)) END

-- read decimal(10,2)
CASE WHEN (`x` RLIKE '^[\\t ]*[+\\-]?(?:0*[0-9]{1,8}(?:\\.[0-9]{1,2}0*)?|\\.[0-9]{1,2}0*)[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM `x`) AS DECIMAL(10, 2)) END

-- read by format
CASE WHEN (`x` RLIKE '^[\\t ]*(?:0[1-9]|[12][0-9]|3[01])\\.(?:0[1-9]|1[0-2])\\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\\t ]*\\z') THEN CASE WHEN ((CONCAT(SUBSTR(TRIM(BOTH ' 	' FROM `x`), 7, 4), '-', SUBSTR(TRIM(BOTH ' 	' FROM `x`), 4, 2), '-', SUBSTR(TRIM(BOTH ' 	' FROM `x`), 1, 2))) RLIKE '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN TRY_CAST(TRIM(BOTH ' 	' FROM (CONCAT(SUBSTR(TRIM(BOTH ' 	' FROM `x`), 7, 4), '-', SUBSTR(TRIM(BOTH ' 	' FROM `x`), 4, 2), '-', SUBSTR(TRIM(BOTH ' 	' FROM `x`), 1, 2)))) AS DATE) END END

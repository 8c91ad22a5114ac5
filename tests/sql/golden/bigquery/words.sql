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
`x` < TIME '10:30:00'

-- timestamp
`x` < DATETIME '2024-02-03 10:00:00.000005'

-- timestamp with zone
`x` < TIMESTAMP '2024-02-03 10:00:00+00:00'

-- like
`x` LIKE 'a\\_%' OR `x` LIKE '[b*'

-- search
REGEXP_CONTAINS(`x`, '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\\z')

-- search of fixed length
REGEXP_CONTAINS(`x`, '^SKU-[0-9]{3}\\z')

-- search that may overflow a stack
REGEXP_CONTAINS(`x`, '(?:ab|c)+\\z')

-- starts, ends, contains
STARTS_WITH(`x`, `y`) OR (ENDS_WITH(`x`, 'z') OR (STRPOS(`x`, `y`) > 0))

-- text
CHAR_LENGTH(TRIM(`x`, ' ')) = 3 AND (`x` || `y`) = REPLACE(`x`, 'a', 'b')

-- case
TRANSLATE(`x`, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = TRANSLATE(`y`, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTR(`x`, 1, 2) = RIGHT(`y`, 3) OR SUBSTR(`x`, 2) = 'b'

-- arithmetic
((`x` * (`y` + 1)) - (MOD(`x`, NULLIF(3, 0)))) = (CAST(ABS(-`x`) AS FLOAT64) / NULLIF(`y`, 0))

-- rounding
ROUND(`x`, 2) = FLOOR(`y`) OR ROUND(`x`) = CEIL(`y`)

-- greatest
GREATEST(COALESCE(`x`, `y`, 0), COALESCE(`y`, 0, `x`), COALESCE(0, `x`, `y`)) = LEAST(COALESCE(`x`, `y`), COALESCE(`y`, `x`))

-- choice
CASE WHEN `x` > 0 THEN `y` ELSE COALESCE(`x`, NULLIF(`y`, 0)) END = 1

-- span
(`x` + INTERVAL 3 DAY) < (`y` - INTERVAL 1 MONTH)

-- span of days
(`x` + INTERVAL 3 DAY) < (`y` - INTERVAL 2 HOUR)

-- stored as
-- gap: StoredAs

-- span compared
DATETIME_DIFF(`x`, `y`, MICROSECOND) < 259200000000

-- fields
EXTRACT(SECOND FROM `x`) = EXTRACT(YEAR FROM `y`) OR (MOD(EXTRACT(DAYOFWEEK FROM `x`) + 5, 7) + 1) = 1

-- truncated
DATETIME_TRUNC(`x`, MONTH) = `y`

-- cast
SAFE_CAST(`x` AS FLOAT64)

-- cast to text
CAST(`x` AS STRING)

-- cast to decimal
SAFE_CAST(`x` AS BIGNUMERIC(10, 2))

-- cast to date
SAFE_CAST(`x` AS DATE)

-- cast to timestamp
SAFE_CAST(`x` AS DATETIME)

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
DATETIME(`x`, 'UTC')

-- from a zone
DATETIME((TIMESTAMP(`x`, 'Asia/Kolkata')), 'UTC')

-- nan
IS_NAN(`x`)

-- finite
(NOT IS_NAN(`x`) AND NOT IS_INF(`x`))

-- multiple
-- gap: MultipleOf

-- text of a column
COLLATE(`x`, '') < `y`

-- key set
-- gap: InSet of several columns

-- key set of one
(`x` IN (SELECT `k0` FROM `keys 1`))

-- field of an object
`x`.`a b`

-- element of an array
EXISTS(SELECT 1 FROM UNNEST(`x`) AS `i` WHERE (`i` < 0))

-- JSON
-- gap: IsJson

-- the value before
-- gap: Lag

-- of a sub-select
SELECT `v` FROM (SELECT `x` AS `v` FROM `t`) AS s

-- value of a map
-- gap: MapValues

-- size of an array
-- gap: ArrayDistinct, ArrayCompact

-- number of items
ARRAY_LENGTH(`x`)

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
-- gap: PercentileCont

-- share
CAST(COUNTIF(`x` > 0) AS FLOAT64) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT `x`, `y` FROM `rows` WHERE NOT (`x` IS NULL) AND NOT (`y` IS NULL) GROUP BY `x`, `y` HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT `x` AS `k0` FROM `rows` WHERE NOT EXISTS(SELECT 1 FROM `planes` WHERE `planes`.`id` = `x`)

-- window
ROW_NUMBER() OVER (PARTITION BY `x` ORDER BY `y` DESC) = 1

-- read integer
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*[+\\-]?0*[0-9]{1,19}[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS INT64) END

-- read number
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*[+\\-]?(?:(?:[0-9]{1,40}(?:\\.[0-9]{1,40})?|\\.[0-9]{1,40})(?:[Ee][+\\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\\.[0-9]{1,20})?[Ee](?:\\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\\+?308|[3-9](?:\\.[0-9]{1,20})?[Ee]-324)[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS FLOAT64) END

-- read boolean
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS BOOL) END

-- read date
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS DATE) END

-- read time
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS TIME) END

-- read timestamp
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS DATETIME) END

-- read timestamp with time zone
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?(?:Z|[+\\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS TIMESTAMP) END

-- read uuid
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\\t ]*\\z') THEN LOWER(TRIM(`x`, ' 	')) END

-- read decimal(10,2)
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*[+\\-]?(?:0*[0-9]{1,8}(?:\\.[0-9]{1,2}0*)?|\\.[0-9]{1,2}0*)[\\t ]*\\z') THEN SAFE_CAST(TRIM(`x`, ' 	') AS BIGNUMERIC(10, 2)) END

-- read by format
CASE WHEN REGEXP_CONTAINS(`x`, '^[\\t ]*(?:0[1-9]|[12][0-9]|3[01])\\.(?:0[1-9]|1[0-2])\\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\\t ]*\\z') THEN CASE WHEN REGEXP_CONTAINS((SUBSTR(TRIM(`x`, ' 	'), 7, 4) || '-' || SUBSTR(TRIM(`x`, ' 	'), 4, 2) || '-' || SUBSTR(TRIM(`x`, ' 	'), 1, 2)), '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN SAFE_CAST(TRIM((SUBSTR(TRIM(`x`, ' 	'), 7, 4) || '-' || SUBSTR(TRIM(`x`, ' 	'), 4, 2) || '-' || SUBSTR(TRIM(`x`, ' 	'), 1, 2)), ' 	') AS DATE) END END

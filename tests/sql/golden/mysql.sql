-- comparison
`x` >= 5 AND (`y` <> 'it''s \\ é' COLLATE utf8mb4_nopad_bin OR `y` IS NULL)

-- not in
NOT (`x` IN ('a' COLLATE utf8mb4_nopad_bin, 'b' COLLATE utf8mb4_nopad_bin))

-- nothing in
FALSE

-- same
(`x` <=> `y`) AND (NOT `x` <=> `y`)

-- between
NOT (`x` BETWEEN -1 AND 5)

-- order of text
`x` < 'b' COLLATE utf8mb4_nopad_bin OR (`x` BETWEEN 'd' COLLATE utf8mb4_nopad_bin AND 'é' COLLATE utf8mb4_nopad_bin)

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
`x` < TIMESTAMP '2024-02-03 10:00:00.000005'

-- timestamp with zone
`x` < TIMESTAMP '2024-02-03 10:00:00'

-- like
`x` LIKE 'a!_%' COLLATE utf8mb4_nopad_bin ESCAPE '!' OR `x` LIKE '[b*' COLLATE utf8mb4_nopad_bin ESCAPE '!'

-- search
(`x` REGEXP '(?-imsx)^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\\z')

-- search of fixed length
(`x` REGEXP '(?-imsx)^SKU-[0-9]{3}\\z')

-- search that may overflow a stack
(`x` REGEXP '(?-imsx)(?:ab|c)+\\z')

-- starts, ends, contains
(LEFT(`x`, CHAR_LENGTH(`y`)) = `y`) OR ((RIGHT(`x`, CHAR_LENGTH('z' COLLATE utf8mb4_nopad_bin)) = 'z' COLLATE utf8mb4_nopad_bin) OR (LOCATE(`y`, `x`) > 0))

-- text
CHAR_LENGTH(TRIM(`x`)) = 3 AND (CONCAT(`x`, `y`)) = REPLACE(`x`, 'a' COLLATE utf8mb4_nopad_bin, 'b' COLLATE utf8mb4_nopad_bin)

-- case
-- gap: Lower, Upper

-- parts of text
SUBSTR(`x`, 1, 2) = RIGHT(`y`, 3) OR SUBSTR(`x`, 2) = 'b' COLLATE utf8mb4_nopad_bin

-- arithmetic
((`x` * (`y` + 1)) - (`x` % NULLIF(3, 0))) = (CAST(ABS(-`x`) AS DOUBLE) / NULLIF(`y`, 0))

-- rounding
ROUND(CAST(`x` AS DECIMAL(65, 20)), 2) = FLOOR(`y`) OR ROUND(CAST(`x` AS DECIMAL(65, 20)), 0) = CEIL(`y`)

-- greatest
-- gap: Greatest, Least

-- choice
CASE WHEN `x` > 0 THEN `y` ELSE COALESCE(`x`, NULLIF(`y`, 0)) END = 1

-- span
(`x` + INTERVAL 3 DAY) < (`y` - INTERVAL 1 MONTH)

-- span compared
-- gap: Interval compared with a span

-- fields
EXTRACT(SECOND FROM `x`) = EXTRACT(YEAR FROM `y`) OR (WEEKDAY(`x`) + 1) = 1

-- truncated
-- gap: TimestampTrunc

-- cast
CAST(`x` AS DOUBLE)

-- cast to text
CAST(`x` AS CHAR)

-- cast to decimal
CAST(`x` AS DECIMAL(10, 2))

-- cast to date
CAST(`x` AS DATE)

-- cast to timestamp
CAST(`x` AS DATETIME(6))

-- cast of a user
-- gap: TryCast

-- in UTC
`x`

-- from a zone
-- gap: AtTimeZone 'Europe/Berlin'

-- nan
FALSE

-- finite
(`x` IS NOT NULL)

-- multiple
(CAST(CAST(`x` AS CHAR) AS DECIMAL(65, 25)) % 0.25 = 0)

-- key set
((`x`, `y`) IN (SELECT `k0`, `k1` FROM `keys 1`))

-- field of an object
-- gap: Part

-- element of an array
-- gap: AnyOf

-- JSON
JSON_VALID(`x`)

-- the value before
-- gap: Lag

-- of a sub-select
SELECT `v` FROM (SELECT `x` AS `v` FROM `t`) AS s

-- value of a map
-- gap: AnyOf, MapValues

-- size of an array
-- gap: ArraySize, ArrayDistinct, ArrayCompact

-- number of items
-- gap: ArraySize

-- json values
-- gap: ArraySize, JsonValues

-- json type
-- gap: JsonType

-- json text
-- gap: JsonText, JsonPart

-- json items
-- gap: ArraySize, JsonItems

-- aggregates
(((((AVG(CAST(`x` AS DOUBLE)) + SUM(`x` * `y`)) - MAX(`x`)) + MIN(`x`)) + COUNT(*)) + COUNT(DISTINCT `y`)) + COUNT(`x`)

-- deviation
STDDEV_SAMP(`x`)

-- quantile
-- gap: PercentileCont

-- share
CAST(COUNT(CASE WHEN (`x` > 0) THEN 1 END) AS DOUBLE) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT `x`, `y` FROM `rows` WHERE NOT (`x` IS NULL) AND NOT (`y` IS NULL) GROUP BY `x`, `y` HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT `x` AS `k0` FROM `rows` WHERE NOT EXISTS(SELECT 1 FROM `planes` WHERE `planes`.`id` = `x`)

-- window
ROW_NUMBER() OVER (PARTITION BY `x` ORDER BY `y` DESC) = 1

-- read integer
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*[+\\-]?0*[0-9]{1,19}[\\t ]*\\z') THEN CASE WHEN CAST(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '') AS DECIMAL(65,0)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '') AS SIGNED) END END

-- read number
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*[+\\-]?(?:(?:[0-9]{1,40}(?:\\.[0-9]{1,40})?|\\.[0-9]{1,40})(?:[Ee][+\\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\\.[0-9]{1,20})?[Ee](?:\\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\\+?308|[3-9](?:\\.[0-9]{1,20})?[Ee]-324)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '') AS DOUBLE) END

-- read boolean
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\\t ]*\\z') THEN LOWER(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '')) = 'true' END

-- read date
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '') AS DATE) END

-- read time
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '') AS TIME(6)) END

-- read timestamp
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '') AS DATETIME(6)) END

-- read timestamp with time zone
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?(?:Z|[+\\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\\t ]*\\z') THEN CASE WHEN RIGHT(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), 1) = 'Z' THEN CAST(LEFT(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), CHAR_LENGTH(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '')) - 1) AS DATETIME(6)) ELSE CAST(LEFT(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), CHAR_LENGTH(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '')) - 6) AS DATETIME(6)) - INTERVAL (CONCAT(SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), -6, 1), '1') * (SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), -5, 2) * 60 + SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), -2, 2))) MINUTE END END

-- read uuid
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\\t ]*\\z') THEN LOWER(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '')) END

-- read decimal(10,2)
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*[+\\-]?(?:0*[0-9]{1,8}(?:\\.[0-9]{1,2}0*)?|\\.[0-9]{1,2}0*)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', '') AS DECIMAL(10, 2)) END

-- read by format
CASE WHEN (`x` REGEXP '(?-imsx)^[\\t ]*(?:0[1-9]|[12][0-9]|3[01])\\.(?:0[1-9]|1[0-2])\\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\\t ]*\\z') THEN CASE WHEN ((CONCAT(SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), 7, 4), '-', SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), 4, 2), '-', SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), 1, 2))) REGEXP '(?-imsx)^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE((CONCAT(SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), 7, 4), '-', SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), 4, 2), '-', SUBSTR(REGEXP_REPLACE(`x`, '^[ 	]+|[ 	]+$', ''), 1, 2))), '^[ 	]+|[ 	]+$', '') AS DATE) END END

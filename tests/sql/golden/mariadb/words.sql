-- comparison
`x` >= 5 AND (`y` <> 'it''s \\ é' COLLATE utf8mb4_nopad_bin OR `y` IS NULL)

-- comparisons
(`x` = 1 OR (`x` <> 2 OR `x` < 3)) OR (`x` <= 4 OR (`x` > 5 OR `x` >= 6))

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
CASE WHEN (`x` REGEXP '(?-imsx)(?:(?:ab|c)+\\z)|\\z') THEN (`x` REGEXP '(?-imsx)(?:ab|c)+\\z') WHEN `x` IS NOT NULL THEN (SELECT 1 UNION SELECT 2 + CHAR_LENGTH(`x`)) END

-- starts, ends, contains
(LEFT(`x`, CHAR_LENGTH(`y`)) = `y`) OR ((RIGHT(`x`, CHAR_LENGTH('z' COLLATE utf8mb4_nopad_bin)) = 'z' COLLATE utf8mb4_nopad_bin) OR (LOCATE(`y`, `x`) > 0))

-- text
CHAR_LENGTH(TRIM(`x`)) = 3 AND (CONCAT(`x`, `y`)) = REPLACE(`x`, 'a' COLLATE utf8mb4_nopad_bin, 'b' COLLATE utf8mb4_nopad_bin)

-- case
REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(`x`, 'A', 'a'), 'B', 'b'), 'C', 'c'), 'D', 'd'), 'E', 'e'), 'F', 'f'), 'G', 'g'), 'H', 'h'), 'I', 'i'), 'J', 'j'), 'K', 'k'), 'L', 'l'), 'M', 'm'), 'N', 'n'), 'O', 'o'), 'P', 'p'), 'Q', 'q'), 'R', 'r'), 'S', 's'), 'T', 't'), 'U', 'u'), 'V', 'v'), 'W', 'w'), 'X', 'x'), 'Y', 'y'), 'Z', 'z') = REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(`y`, 'a', 'A'), 'b', 'B'), 'c', 'C'), 'd', 'D'), 'e', 'E'), 'f', 'F'), 'g', 'G'), 'h', 'H'), 'i', 'I'), 'j', 'J'), 'k', 'K'), 'l', 'L'), 'm', 'M'), 'n', 'N'), 'o', 'O'), 'p', 'P'), 'q', 'Q'), 'r', 'R'), 's', 'S'), 't', 'T'), 'u', 'U'), 'v', 'V'), 'w', 'W'), 'x', 'X'), 'y', 'Y'), 'z', 'Z')

-- parts of text
SUBSTR(`x`, 1, 2) = RIGHT(`y`, 3) OR SUBSTR(`x`, 2) = 'b' COLLATE utf8mb4_nopad_bin

-- arithmetic
((`x` * 1. * (`y` + 0. + 1)) + 0. - (`x` % NULLIF(3, 0) + 0.)) = (CAST(ABS((0. - `x`)) AS DOUBLE) / NULLIF(`y`, 0))

-- rounding
ROUND(CAST(`x` AS DECIMAL(65, 20)), 2) = FLOOR(`y`) OR ROUND(CAST(`x` AS DECIMAL(65, 20)), 0) = CEIL(`y`)

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
TIMESTAMPDIFF(MICROSECOND, `y`, `x`) < 259200000000

-- fields
EXTRACT(SECOND FROM `x`) = EXTRACT(YEAR FROM `y`) OR (WEEKDAY(`x`) + 1) = 1

-- truncated
CAST(DATE_FORMAT(`x`, '%Y-%m-01') AS DATETIME(6)) = `y`

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
CASE WHEN COERCIBILITY(`x`) < 5 THEN CASE WHEN (CAST(`x` AS CHAR) REGEXP '(?-imsx)^[\\t ]*[+\\-]?0*[0-9]{1,19}[\\t ]*\\z') THEN CASE WHEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS DECIMAL(65,0)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS SIGNED) END END ELSE COALESCE(CASE WHEN (CAST(`x` AS CHAR) REGEXP '(?-imsx)^[\\t ]*[+\\-]?0*[0-9]{1,19}[\\t ]*\\z') THEN CASE WHEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS DECIMAL(65,0)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS SIGNED) END END, CASE WHEN CASE WHEN (CAST(`x` AS CHAR) REGEXP '(?-imsx)^[\\t ]*[+\\-]?(?:0*[0-9]{1,33}(?:\\.[0-9]{1,5}0*)?|\\.[0-9]{1,5}0*)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS DECIMAL(38, 5)) END = FLOOR(CASE WHEN (CAST(`x` AS CHAR) REGEXP '(?-imsx)^[\\t ]*[+\\-]?(?:0*[0-9]{1,33}(?:\\.[0-9]{1,5}0*)?|\\.[0-9]{1,5}0*)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS DECIMAL(38, 5)) END) AND CASE WHEN (CAST(`x` AS CHAR) REGEXP '(?-imsx)^[\\t ]*[+\\-]?(?:0*[0-9]{1,33}(?:\\.[0-9]{1,5}0*)?|\\.[0-9]{1,5}0*)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS DECIMAL(38, 5)) END BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CASE WHEN (CAST(`x` AS CHAR) REGEXP '(?-imsx)^[\\t ]*[+\\-]?(?:0*[0-9]{1,33}(?:\\.[0-9]{1,5}0*)?|\\.[0-9]{1,5}0*)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS DECIMAL(38, 5)) END AS SIGNED) END) END

-- cast of a user to a day
CASE WHEN COERCIBILITY(`x`) < 5 THEN CASE WHEN (CAST(`x` AS CHAR) REGEXP '(?-imsx)^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(CAST(`x` AS CHAR), '^[ 	]+|[ 	]+$', '') AS DATE) END ELSE CASE WHEN (SUBSTR(CAST(`x` AS CHAR), 1, 10) REGEXP '(?-imsx)^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN CAST(REGEXP_REPLACE(SUBSTR(CAST(`x` AS CHAR), 1, 10), '^[ 	]+|[ 	]+$', '') AS DATE) END END

-- in UTC
`x`

-- from a zone
(COALESCE(`x` - INTERVAL ELT(1 + INTERVAL(TIMESTAMPDIFF(SECOND, TIMESTAMP '0001-01-01 00:00:00', `x`), 58490380792, 58979921270, 60115910930, 61244038800, 61263558000, 61272982800, 61371471600), 21208, 21200, 19270, 19800, 23400, 19800, 23400, 19800) SECOND, `x`))

-- nan
FALSE

-- finite
(`x` IS NOT NULL)

-- multiple
CASE WHEN ABS(`x`) < 1e34 THEN CAST(CAST(`x` AS CHAR) AS DOUBLE) = CAST(CAST(CAST(`x` AS CHAR) AS DECIMAL(65, 30)) AS DOUBLE) AND CAST(CAST(`x` AS CHAR) AS DECIMAL(65, 30)) % 0.25 + 0. = 0 ELSE CAST(REPLACE(SUBSTRING_INDEX(CAST(`x` AS CHAR), 'e', 1), '.', '') AS DECIMAL(65, 0)) % 1 + 0. = 0 END

-- text of a column
(CONVERT(`x` USING utf8mb4) COLLATE utf8mb4_nopad_bin) < `y`

-- key set
((`x`, `y`) IN (SELECT `k0`, `k1` FROM `keys 1`))

-- key set of one
(`x` IN (SELECT `k0` FROM `keys 1`))

-- field of an object
-- gap: Part

-- element of an array
CASE WHEN `x` IS NOT NULL THEN EXISTS(SELECT 1 FROM JSON_TABLE(`x`, '$[*]' COLUMNS (`i` JSON PATH '$')) AS __dq_items WHERE (`i` < 0)) END

-- JSON
JSON_VALID(`x`)

-- the value before
-- gap: Lag

-- of a sub-select
SELECT `v` FROM (SELECT `x` AS `v` FROM `t`) AS s

-- value of a map
-- gap: MapValues

-- size of an array
CASE WHEN `x` IS NOT NULL THEN (SELECT COUNT(DISTINCT __dq_item) FROM JSON_TABLE(`x`, '$[*]' COLUMNS (__dq_item JSON PATH '$')) AS __dq_items WHERE __dq_item <> 'null') END

-- number of items
JSON_LENGTH(`x`)

-- json values
JSON_LENGTH(CASE WHEN JSON_TYPE(`x`) = 'OBJECT' THEN COALESCE(JSON_EXTRACT(`x`, '$.*'), '[]') END)

-- stored as a type
-- gap: StoredAs

-- json type
CASE JSON_TYPE(`x`) WHEN 'INTEGER' THEN 'integer' WHEN 'UNSIGNED INTEGER' THEN 'integer' WHEN 'DOUBLE' THEN CASE WHEN CAST(`x` AS DOUBLE) = FLOOR(CAST(`x` AS DOUBLE)) THEN 'integer' ELSE 'number' END WHEN 'DECIMAL' THEN CASE WHEN CAST(`x` AS DOUBLE) = FLOOR(CAST(`x` AS DOUBLE)) THEN 'integer' ELSE 'number' END ELSE LOWER(JSON_TYPE(`x`)) END

-- json text
CASE WHEN JSON_TYPE(JSON_EXTRACT(`x`, '$."a.b"')) <> 'NULL' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`x`, '$."a.b"')) USING utf8mb4) COLLATE utf8mb4_nopad_bin END

-- json items
JSON_LENGTH(CASE WHEN JSON_TYPE(`x`) = 'ARRAY' THEN `x` END)

-- aggregates
(((((AVG(CAST(`x` AS DOUBLE)) + 0. + SUM(`x` * 1. * `y`)) + 0. - MAX(`x`)) + 0. + MIN(`x`)) + 0. + COUNT(*)) + 0. + COUNT(DISTINCT `y`)) + 0. + COUNT(`x`)

-- deviation
STDDEV_SAMP(CAST(`x` AS DOUBLE))

-- quantile
(SELECT MAX(CASE WHEN __dq_n = FLOOR(__dq_p) THEN __dq_v END) + (MAX(CASE WHEN __dq_n = CEILING(__dq_p) THEN __dq_v END) - MAX(CASE WHEN __dq_n = FLOOR(__dq_p) THEN __dq_v END)) * MAX(__dq_p - FLOOR(__dq_p)) FROM (SELECT __dq_v, ROW_NUMBER() OVER (ORDER BY __dq_v) AS __dq_n, 1 + (COUNT(*) OVER () - 1) * 0.9 AS __dq_p FROM (SELECT CAST(`x` AS DOUBLE) AS __dq_v FROM `__dq_source_rows`) AS __dq_values WHERE __dq_v IS NOT NULL) AS __dq_ranked)

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

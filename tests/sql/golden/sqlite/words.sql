-- comparison
"x" >= 5 AND ("y" <> 'it''s \ é' OR "y" IS NULL)

-- comparisons
("x" = 1 OR ("x" <> 2 OR "x" < 3)) OR ("x" <= 4 OR ("x" > 5 OR "x" >= 6))

-- not in
NOT ("x" IN ('a', 'b'))

-- nothing in
FALSE

-- same
("x" IS "y") AND ("x" IS NOT "y")

-- between
NOT ("x" BETWEEN -1 AND 5)

-- order of text
"x" < 'b' OR ("x" BETWEEN 'd' AND 'é')

-- float
"x" < (3602879701896397 / CAST(36028797018963968 AS REAL))

-- decimal
"x" < -(3602879701896397 / CAST(36028797018963968 AS REAL))

-- large float
"x" < 1e300

-- date
"x" < '2024-02-03'

-- time
"x" < '10:30:00.000000'

-- timestamp
"x" < '2024-02-03 10:00:00.000005'

-- timestamp with zone
"x" < '2024-02-03 10:00:00.000000'

-- like
"x" GLOB 'a_*' OR "x" GLOB '[[]b[*]'

-- search
("x" REGEXP '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\Z')

-- search of fixed length
("x" REGEXP '^SKU-[0-9]{3}\Z')

-- search that may overflow a stack
DQ_SEARCH('(?:ab|c)+$', "x")

-- starts, ends, contains
(SUBSTR("x", 1, LENGTH("y")) = "y") OR ((LENGTH('z') = 0 AND "x" IS NOT NULL OR SUBSTR("x", -LENGTH('z')) = 'z') OR (INSTR("x", "y") > 0))

-- text
LENGTH(TRIM("x")) = 3 AND ("x" || "y") = REPLACE("x", 'a', 'b')

-- case
LOWER("x") = UPPER("y")

-- parts of text
SUBSTR("x", 1, 2) = SUBSTR("y", -3) OR SUBSTR("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - (DQ_MOD("x", 3))) = (CAST(ABS(-"x") AS REAL) / NULLIF("y", 0))

-- rounding
ROUND("x", 2) = CASE WHEN ABS("y") < 9e18 THEN CAST("y" AS INTEGER) - ("y" < CAST("y" AS INTEGER)) ELSE "y" END OR ROUND("x") = CASE WHEN ABS("y") < 9e18 THEN CAST("y" AS INTEGER) + ("y" > CAST("y" AS INTEGER)) ELSE "y" END

-- greatest
DQ_GREATEST("x", "y", 0) = DQ_LEAST("x", "y")

-- choice
CASE WHEN "x" > 0 THEN "y" ELSE COALESCE("x", NULLIF("y", 0)) END = 1

-- span
(DQ_SHIFT("x", 3, 'DAY')) < (DQ_SHIFT("y", -1, 'MONTH'))

-- span of days
(DQ_SHIFT("x", 3, 'DAY')) < (DQ_SHIFT("y", -2, 'HOUR'))

-- stored as
(TYPEOF("x") = 'text')

-- span compared
DQ_MICROSECONDS("x", "y") < 259200000000

-- fields
CAST(SUBSTR("x", 18, 2) AS INTEGER) = CAST(SUBSTR("y", 1, 4) AS INTEGER) OR ((CAST(STRFTIME('%w', "x") AS INTEGER) + 6) % 7 + 1) = 1

-- truncated
DQ_TRUNC("x", 'month') = "y"

-- cast
CAST("x" AS REAL)

-- cast to text
CAST("x" AS TEXT)

-- cast to decimal
CAST("x" AS REAL(10, 2))

-- cast to date
SUBSTR("x", 1, 10)

-- cast to timestamp
SUBSTR("x" || ' 00:00:00.000000', 1, 26)

-- cast of a user
CASE WHEN TYPEOF("x") = 'text' THEN CASE WHEN TYPEOF(CAST("x" AS TEXT)) = 'text' AND (CAST("x" AS TEXT) REGEXP '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\Z') THEN CASE WHEN LENGTH(LTRIM(LTRIM(TRIM(CAST("x" AS TEXT), ' 	'), '+-'), '0')) < 19 OR LTRIM(LTRIM(TRIM(CAST("x" AS TEXT), ' 	'), '+-'), '0') <= CASE WHEN SUBSTR(TRIM(CAST("x" AS TEXT), ' 	'), 1, 1) = '-' THEN '9223372036854775808' ELSE '9223372036854775807' END AND LENGTH(LTRIM(LTRIM(TRIM(CAST("x" AS TEXT), ' 	'), '+-'), '0')) = 19 THEN CAST(TRIM(CAST("x" AS TEXT), ' 	') AS INTEGER) END END ELSE COALESCE(CASE WHEN TYPEOF(CAST("x" AS TEXT)) = 'text' AND (CAST("x" AS TEXT) REGEXP '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\Z') THEN CASE WHEN LENGTH(LTRIM(LTRIM(TRIM(CAST("x" AS TEXT), ' 	'), '+-'), '0')) < 19 OR LTRIM(LTRIM(TRIM(CAST("x" AS TEXT), ' 	'), '+-'), '0') <= CASE WHEN SUBSTR(TRIM(CAST("x" AS TEXT), ' 	'), 1, 1) = '-' THEN '9223372036854775808' ELSE '9223372036854775807' END AND LENGTH(LTRIM(LTRIM(TRIM(CAST("x" AS TEXT), ' 	'), '+-'), '0')) = 19 THEN CAST(TRIM(CAST("x" AS TEXT), ' 	') AS INTEGER) END END, CASE WHEN CASE WHEN TYPEOF(CAST("x" AS TEXT)) = 'text' AND (CAST("x" AS TEXT) REGEXP '^[\t ]*[+\-]?(?:0*[0-9]{1,10}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(TRIM(CAST("x" AS TEXT), ' 	') AS REAL) END = FLOOR(CASE WHEN TYPEOF(CAST("x" AS TEXT)) = 'text' AND (CAST("x" AS TEXT) REGEXP '^[\t ]*[+\-]?(?:0*[0-9]{1,10}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(TRIM(CAST("x" AS TEXT), ' 	') AS REAL) END) AND CASE WHEN TYPEOF(CAST("x" AS TEXT)) = 'text' AND (CAST("x" AS TEXT) REGEXP '^[\t ]*[+\-]?(?:0*[0-9]{1,10}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(TRIM(CAST("x" AS TEXT), ' 	') AS REAL) END BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CASE WHEN TYPEOF(CAST("x" AS TEXT)) = 'text' AND (CAST("x" AS TEXT) REGEXP '^[\t ]*[+\-]?(?:0*[0-9]{1,10}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(TRIM(CAST("x" AS TEXT), ' 	') AS REAL) END AS INTEGER) END) END

-- cast of a user to a day
CASE WHEN TYPEOF("x") = 'text' AND LENGTH("x") NOT IN (10, 26) THEN CASE WHEN TYPEOF(CAST("x" AS TEXT)) = 'text' AND (CAST("x" AS TEXT) REGEXP '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN TRIM(CAST("x" AS TEXT), ' 	') END ELSE CASE WHEN TYPEOF(SUBSTR(CAST("x" AS TEXT), 1, 10)) = 'text' AND (SUBSTR(CAST("x" AS TEXT), 1, 10) REGEXP '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN TRIM(SUBSTR(CAST("x" AS TEXT), 1, 10), ' 	') END END

-- in UTC
"x"

-- from a zone
(DQ_FROM_ZONE("x", 'Asia/Kolkata'))

-- nan
FALSE

-- finite
("x" NOT IN (9e999, -9e999))

-- multiple
DQ_MULTIPLE_OF("x", (1 / CAST(4 AS REAL)))

-- text of a column
("x" COLLATE BINARY) < "y"

-- key set
(("x", "y") IN (SELECT "k0", "k1" FROM "keys 1"))

-- key set of one
("x" IN (SELECT "k0" FROM "keys 1"))

-- field of an object
-- gap: Part

-- element of an array
CASE WHEN "x" IS NOT NULL THEN EXISTS(SELECT 1 FROM (SELECT DQ_JSON_ITEM("x", key) AS "i" FROM JSON_EACH("x")) WHERE ("i" < 0)) END

-- JSON
CASE WHEN "x" IS NOT NULL THEN JSON_VALID("x") = 1 END

-- the value before
-- gap: Lag

-- of a sub-select
SELECT "v" FROM (SELECT "x" AS "v" FROM "t") AS s

-- value of a map
-- gap: MapValues

-- size of an array
DQ_JSON_DIFFERENT("x")

-- number of items
JSON_ARRAY_LENGTH("x")

-- json values
JSON_ARRAY_LENGTH(DQ_JSON_VALUES("x"))

-- stored as a type
(TYPEOF("x") = 'text')

-- json type
DQ_JSON_TYPE("x")

-- json text
DQ_JSON_TEXT(DQ_JSON_PART("x", 'a.b'))

-- json items
JSON_ARRAY_LENGTH(DQ_JSON_ITEMS("x"))

-- aggregates
(((((AVG("x") + DQ_SUM("x" * "y")) - MAX("x")) + MIN("x")) + COUNT(*)) + COUNT(DISTINCT "y")) + COUNT("x")

-- deviation
DQ_DEVIATION("x")

-- quantile
DQ_QUANTILE("x", (8106479329266893 / CAST(9007199254740992 AS REAL)))

-- share
CAST(COUNT(*) FILTER(WHERE ("x" > 0)) AS REAL) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC) = 1

-- read integer
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\Z') THEN CASE WHEN LENGTH(LTRIM(LTRIM(TRIM("x", ' 	'), '+-'), '0')) < 19 OR LTRIM(LTRIM(TRIM("x", ' 	'), '+-'), '0') <= CASE WHEN SUBSTR(TRIM("x", ' 	'), 1, 1) = '-' THEN '9223372036854775808' ELSE '9223372036854775807' END AND LENGTH(LTRIM(LTRIM(TRIM("x", ' 	'), '+-'), '0')) = 19 THEN CAST(TRIM("x", ' 	') AS INTEGER) END END

-- read number
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*[+\-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[Ee][+\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\.[0-9]{1,20})?[Ee](?:\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\+?308|[3-9](?:\.[0-9]{1,20})?[Ee]-324)[\t ]*\Z') THEN CAST(TRIM("x", ' 	') AS REAL) END

-- read boolean
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\t ]*\Z') THEN LOWER(TRIM("x", ' 	')) = 'true' END

-- read date
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN TRIM("x", ' 	') END

-- read time
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\Z') THEN SUBSTR(TRIM("x", ' 	') || CASE WHEN INSTR(TRIM("x", ' 	'), '.') > 0 THEN '000000' ELSE '.000000' END, 1, 15) END

-- read timestamp
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\Z') THEN SUBSTR(TRIM("x", ' 	'), 1, 10) || ' ' || SUBSTR(SUBSTR(TRIM("x", ' 	'), 12) || CASE WHEN INSTR(TRIM("x", ' 	'), '.') > 0 THEN '000000' ELSE '.000000' END, 1, 15) END

-- read timestamp with time zone
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\t ]*\Z') THEN STRFTIME('%Y-%m-%d %H:%M:%S', SUBSTR(TRIM("x", ' 	'), 1, 19) || CASE WHEN SUBSTR(TRIM("x", ' 	'), -1) = 'Z' THEN 'Z' ELSE SUBSTR(TRIM("x", ' 	'), -6) END) || SUBSTR(CASE WHEN INSTR(TRIM("x", ' 	'), '.') > 0 THEN SUBSTR(TRIM("x", ' 	'), 20, LENGTH(TRIM("x", ' 	')) - CASE WHEN SUBSTR(TRIM("x", ' 	'), -1) = 'Z' THEN 20 ELSE 25 END) ELSE '.' END || '000000', 1, 7) END

-- read uuid
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\t ]*\Z') THEN LOWER(TRIM("x", ' 	')) END

-- read decimal(10,2)
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*[+\-]?(?:0*[0-9]{1,8}(?:\.[0-9]{1,2}0*)?|\.[0-9]{1,2}0*)[\t ]*\Z') THEN CAST(TRIM("x", ' 	') AS REAL) END

-- read by format
CASE WHEN TYPEOF("x") = 'text' AND ("x" REGEXP '^[\t ]*(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\t ]*\Z') THEN CASE WHEN TYPEOF((SUBSTR(TRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(TRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(TRIM("x", ' 	'), 1, 2))) = 'text' AND ((SUBSTR(TRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(TRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(TRIM("x", ' 	'), 1, 2)) REGEXP '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN TRIM((SUBSTR(TRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(TRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(TRIM("x", ' 	'), 1, 2)), ' 	') END END

-- comparison
"x" >= 5 AND ("y" <> 'it\'s \\ é' OR "y" IS NULL)

-- comparisons
("x" = 1 OR ("x" <> 2 OR "x" < 3)) OR ("x" <= 4 OR ("x" > 5 OR "x" >= 6))

-- not in
NOT ("x" IN ('a', 'b'))

-- nothing in
FALSE

-- same
((CASE WHEN "x" = "y" OR "x" IS NULL AND "y" IS NULL THEN 1 ELSE 0 END = 1)) AND ((CASE WHEN "x" = "y" OR "x" IS NULL AND "y" IS NULL THEN 1 ELSE 0 END = 0))

-- between
NOT ("x" BETWEEN -1 AND 5)

-- order of text
"x" < 'b' OR ("x" BETWEEN 'd' AND 'é')

-- float
"x" < 0.1

-- decimal
"x" < -0.10

-- large float
"x" < 1e300

-- date
"x" < DATE '2024-02-03'

-- time
"x" < TIME '10:30:00'

-- timestamp
"x" < TIMESTAMP '2024-02-03 10:00:00.000005'

-- timestamp with zone
"x" < TIMESTAMPTZ '2024-02-03 10:00:00+00:00'

-- like
"x" LIKE 'a!_%' ESCAPE '!' OR "x" LIKE '[b*' ESCAPE '!'

-- search
(REGEXP_INSTR("x", '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\\z', 1, 1, 0, 'p') > 0)

-- search of fixed length
(REGEXP_INSTR("x", '^SKU-[0-9]{3}\\z', 1, 1, 0, 'p') > 0)

-- search that may overflow a stack
(REGEXP_INSTR("x", '(?:ab|c)+\\z', 1, 1, 0, 'p') > 0)

-- starts, ends, contains
(LEFT("x", LENGTH("y")) = "y") OR ((RIGHT("x", LENGTH('z')) = 'z') OR (STRPOS("x", "y") > 0))

-- text
LENGTH(BTRIM("x", ' ')) = 3 AND ("x" || "y") = REPLACE("x", 'a', 'b')

-- case
TRANSLATE("x", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = TRANSLATE("y", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTR("x", 1, 2) = RIGHT("y", 3) OR SUBSTR("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - ("x" % NULLIF(3, 0))) = (CAST(ABS(-"x") AS DOUBLE PRECISION) / NULLIF("y", 0))

-- rounding
ROUND("x", 2) = FLOOR("y") OR ROUND("x") = CEIL("y")

-- greatest
GREATEST(COALESCE("x", "y", 0), COALESCE("y", 0, "x"), COALESCE(0, "x", "y")) = LEAST(COALESCE("x", "y"), COALESCE("y", "x"))

-- choice
CASE WHEN "x" > 0 THEN "y" ELSE COALESCE("x", NULLIF("y", 0)) END = 1

-- span
("x" + INTERVAL '3' DAY) < ("y" - INTERVAL '1' MONTH)

-- span of days
("x" + INTERVAL '3' DAY) < ("y" - INTERVAL '2' HOUR)

-- stored as
-- gap: StoredAs

-- span compared
("x" - "y") < INTERVAL '3' DAY

-- fields
EXTRACT(SECOND FROM "x") = EXTRACT(YEAR FROM "y") OR ((CAST(EXTRACT(DOW FROM "x") AS INTEGER) + 6) % 7 + 1) = 1

-- truncated
DATE_TRUNC('month', "x") = "y"

-- cast
TRY_CAST("x" AS DOUBLE PRECISION)

-- cast to text
CAST("x" AS VARCHAR(65535))

-- cast to decimal
TRY_CAST("x" AS DECIMAL(10, 2))

-- cast to date
TRY_CAST("x" AS DATE)

-- cast to timestamp
TRY_CAST("x" AS TIMESTAMP)

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
"x" AT TIME ZONE 'UTC'

-- from a zone
("x" AT TIME ZONE 'Asia/Kolkata') AT TIME ZONE 'UTC'

-- nan
("x" = CAST('NaN' AS DOUBLE PRECISION))

-- finite
(ABS("x") < CAST('Infinity' AS DOUBLE PRECISION))

-- multiple
-- gap: MultipleOf

-- text of a column
CAST("x" AS VARCHAR(65535)) < "y"

-- key set
(("x", "y") IN (SELECT "k0", "k1" FROM "keys 1"))

-- key set of one
("x" IN (SELECT "k0" FROM "keys 1"))

-- field of an object
-- gap: Part

-- element of an array
-- gap: AnyOf

-- JSON
-- gap: IsJson

-- the value before
-- gap: Lag

-- of a sub-select
SELECT "v" FROM (SELECT "x" AS "v" FROM "t") AS s

-- value of a map
-- gap: AnyOf, MapValues

-- size of an array
-- gap: ArraySize, ArrayDistinct, ArrayCompact

-- number of items
-- gap: ArraySize

-- json values
-- gap: ArraySize, JsonValues

-- stored as a type
-- gap: StoredAs

-- json type
-- gap: JsonType

-- json text
-- gap: JsonText, JsonPart

-- json items
-- gap: ArraySize, JsonItems

-- aggregates
(((((AVG(CAST("x" AS DOUBLE PRECISION)) + SUM("x" * "y")) - MAX("x")) + MIN("x")) + COUNT(*)) + COUNT(DISTINCT "y")) + COUNT("x")

-- deviation
STDDEV_SAMP("x")

-- quantile
PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY "x")

-- share
CAST(COUNT(CASE WHEN ("x" > 0) THEN 1 END) AS DOUBLE PRECISION) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC NULLS LAST) = 1

-- read integer
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*[+\\-]?0*[0-9]{1,19}[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS BIGINT) END

-- read number
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*[+\\-]?(?:(?:[0-9]{1,40}(?:\\.[0-9]{1,40})?|\\.[0-9]{1,40})(?:[Ee][+\\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\\.[0-9]{1,20})?[Ee](?:\\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\\+?308|[3-9](?:\\.[0-9]{1,20})?[Ee]-324)[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS DOUBLE PRECISION) END

-- read boolean
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS BOOLEAN) END

-- read date
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS DATE) END

-- read time
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS TIME) END

-- read timestamp
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS TIMESTAMP) END

-- read timestamp with time zone
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?(?:Z|[+\\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS TIMESTAMPTZ) END

-- read uuid
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN LOWER(BTRIM("x", ' 	')) END

-- read decimal(10,2)
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*[+\\-]?(?:0*[0-9]{1,8}(?:\\.[0-9]{1,2}0*)?|\\.[0-9]{1,2}0*)[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM("x", ' 	') AS DECIMAL(10, 2)) END

-- read by format
CASE WHEN (REGEXP_INSTR("x", '^[\\t ]*(?:0[1-9]|[12][0-9]|3[01])\\.(?:0[1-9]|1[0-2])\\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN CASE WHEN (REGEXP_INSTR((SUBSTR(BTRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(BTRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(BTRIM("x", ' 	'), 1, 2)), '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z', 1, 1, 0, 'p') > 0) THEN TRY_CAST(BTRIM((SUBSTR(BTRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(BTRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(BTRIM("x", ' 	'), 1, 2)), ' 	') AS DATE) END END

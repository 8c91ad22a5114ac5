-- comparison
"x" >= 5 AND ("y" <> 'it''s \ é' OR "y" IS NULL)

-- comparisons
("x" = 1 OR ("x" <> 2 OR "x" < 3)) OR ("x" <= 4 OR ("x" > 5 OR "x" >= 6))

-- not in
NOT ("x" IN ('a', 'b'))

-- nothing in
0 = 1

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
"x" < TIMESTAMP '2024-02-03 10:00:00+00:00'

-- like
"x" LIKE 'a!_%' ESCAPE '!' OR "x" LIKE '[b*' ESCAPE '!'

-- search
(REGEXP_INSTR("x", '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\z', 1, 1, 0, 'c') > 0)

-- search of fixed length
(REGEXP_INSTR("x", '^SKU-[0-9]{3}\z', 1, 1, 0, 'c') > 0)

-- search that may overflow a stack
(REGEXP_INSTR("x", '(?:ab|c)+\z', 1, 1, 0, 'c') > 0)

-- starts, ends, contains
(LEFT("x", CHARACTER_LENGTH("y")) = "y") OR ((RIGHT("x", CHARACTER_LENGTH('z')) = 'z') OR (INSTR("x", "y") > 0))

-- text
CHARACTER_LENGTH(TRIM(BOTH ' ' FROM "x")) = 3 AND ("x" || "y") = OREPLACE("x", 'a', 'b')

-- case
OTRANSLATE("x", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = OTRANSLATE("y", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTR("x", 1, 2) = RIGHT("y", 3) OR SUBSTR("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - (("x" MOD NULLIF(3, 0)))) = (CAST(ABS(-"x") AS FLOAT) / NULLIF("y", 0))

-- rounding
ROUND("x", 2) = FLOOR("y") OR ROUND("x") = CEIL("y")

-- greatest
GREATEST(COALESCE("x", "y", 0), COALESCE("y", 0, "x"), COALESCE(0, "x", "y")) = LEAST(COALESCE("x", "y"), COALESCE("y", "x"))

-- choice
CASE WHEN "x" > 0 THEN "y" ELSE COALESCE("x", NULLIF("y", 0)) END = 1

-- span
-- gap: Sub of a month to a time

-- span of days
(("x" + INTERVAL '3' DAY(4))) < (("y" - INTERVAL '2' HOUR(4)))

-- stored as
-- gap: StoredAs

-- span compared
-- gap: Interval compared with a span

-- fields
CAST(EXTRACT(SECOND FROM "x") AS INTEGER) = EXTRACT(YEAR FROM "y") OR ((TD_DAY_OF_WEEK(CAST("x" AS DATE)) + 5) MOD 7 + 1) = 1

-- truncated
CAST(TRUNC(CAST("x" AS DATE), 'MM') AS TIMESTAMP(6)) = "y"

-- cast
TRYCAST("x" AS FLOAT)

-- cast to text
CAST("x" AS VARCHAR(32000))

-- cast to decimal
TRYCAST("x" AS DECIMAL(10, 2))

-- cast to date
TRYCAST("x" AS DATE)

-- cast to timestamp
TRYCAST("x" AS TIMESTAMP(6))

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
CAST("x" AT TIME ZONE 'GMT' AS TIMESTAMP(6))

-- from a zone
-- gap: AtTimeZone 'Asia/Kolkata'

-- nan
(1 = 0)

-- finite
("x" IS NOT NULL)

-- multiple
-- gap: MultipleOf

-- text of a column
"x" < "y"

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
(((((AVG("x") + SUM("x" * "y")) - MAX("x")) + MIN("x")) + COUNT(*)) + COUNT(DISTINCT "y")) + COUNT("x")

-- deviation
STDDEV_SAMP("x")

-- quantile
PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY "x")

-- share
CAST(COUNT(CASE WHEN ("x" > 0) THEN 1 END) AS FLOAT) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC) = 1

-- read integer
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\z', 1, 1, 0, 'c') > 0) THEN TRYCAST(RTRIM(LTRIM("x", ' 	'), ' 	') AS BIGINT) END

-- read number
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*[+\-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[Ee][+\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\.[0-9]{1,20})?[Ee](?:\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\+?308|[3-9](?:\.[0-9]{1,20})?[Ee]-324)[\t ]*\z', 1, 1, 0, 'c') > 0) THEN TRYCAST(RTRIM(LTRIM("x", ' 	'), ' 	') AS FLOAT) END

-- read boolean
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\t ]*\z', 1, 1, 0, 'c') > 0) THEN CASE LOWER(RTRIM(LTRIM("x", ' 	'), ' 	')) WHEN 'true' THEN 1 ELSE 0 END END

-- read date
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z', 1, 1, 0, 'c') > 0) THEN TO_DATE(RTRIM(LTRIM("x", ' 	'), ' 	'), 'YYYY-MM-DD') END

-- read time
-- gap: ReadAs time

-- read timestamp
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\z', 1, 1, 0, 'c') > 0) THEN TO_TIMESTAMP(OREPLACE(RTRIM(LTRIM("x", ' 	'), ' 	'), 'T', ' '), 'YYYY-MM-DD HH24:MI:SS.FF6') END

-- read timestamp with time zone
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\t ]*\z', 1, 1, 0, 'c') > 0) THEN TO_TIMESTAMP_TZ(OREPLACE(OREPLACE(RTRIM(LTRIM("x", ' 	'), ' 	'), 'Z', '+00:00'), 'T', ' '), 'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM') END

-- read uuid
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\t ]*\z', 1, 1, 0, 'c') > 0) THEN LOWER(RTRIM(LTRIM("x", ' 	'), ' 	')) END

-- read decimal(10,2)
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*[+\-]?(?:0*[0-9]{1,8}(?:\.[0-9]{1,2}0*)?|\.[0-9]{1,2}0*)[\t ]*\z', 1, 1, 0, 'c') > 0) THEN TRYCAST(RTRIM(LTRIM("x", ' 	'), ' 	') AS DECIMAL(10, 2)) END

-- read by format
CASE WHEN (REGEXP_INSTR("x", '^[\t ]*(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\t ]*\z', 1, 1, 0, 'c') > 0) THEN CASE WHEN (REGEXP_INSTR((SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 7, 4) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 4, 2) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 1, 2)), '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z', 1, 1, 0, 'c') > 0) THEN TO_DATE(RTRIM(LTRIM((SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 7, 4) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 4, 2) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 1, 2)), ' 	'), ' 	'), 'YYYY-MM-DD') END END

-- comparison
"x" >= 5 AND ("y" <> 'it''s \ é' OR "y" IS NULL)

-- comparisons
("x" = 1 OR ("x" <> 2 OR "x" < 3)) OR ("x" <= 4 OR ("x" > 5 OR "x" >= 6))

-- not in
NOT ("x" IN ('a', 'b'))

-- nothing in
FALSE

-- same
("x" IS NOT DISTINCT FROM "y") AND ("x" IS DISTINCT FROM "y")

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
-- gap: Cast to TIME

-- timestamp
"x" < TIMESTAMP '2024-02-03 10:00:00.000005'

-- timestamp with zone
-- gap: Cast to TIMESTAMPTZ

-- like
"x" LIKE 'a!_%' ESCAPE '!' OR "x" LIKE '[b*' ESCAPE '!'

-- search
REGEXP_LIKE("x", '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\z')

-- search of fixed length
REGEXP_LIKE("x", '^SKU-[0-9]{3}\z')

-- search that may overflow a stack
REGEXP_LIKE("x", '(?:ab|c)+\z')

-- starts, ends, contains
(LEFT("x", CHAR_LENGTH("y")) = "y") OR ((CHAR_LENGTH("x") >= CHAR_LENGTH('z') AND RIGHT("x", CHAR_LENGTH('z')) = 'z') OR (STRPOS("x", "y") > 0))

-- text
CHAR_LENGTH(TRIM(BOTH ' ' FROM "x")) = 3 AND ("x" || "y") = REPLACE("x", 'a', 'b')

-- case
-- gap: Lower, Upper

-- parts of text
SUBSTR("x", 1, 2) = RIGHT("y", 3) OR SUBSTR("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - (MOD("x", NULLIF(3, 0)))) = (CAST(ABS(-"x") AS DOUBLE) / NULLIF("y", 0))

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
-- gap: Interval compared with a span

-- fields
EXTRACT(SECOND FROM "x") = EXTRACT(YEAR FROM "y") OR EXTRACT(ISODOW FROM "x") = 1

-- truncated
DATE_TRUNC('month', "x") = "y"

-- cast
CAST("x" AS DOUBLE)

-- cast to text
CAST("x" AS VARCHAR)

-- cast to decimal
-- gap: Cast to DECIMAL(10, 2)

-- cast to date
CAST("x" AS DATE)

-- cast to timestamp
CAST("x" AS TIMESTAMP)

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
"x"

-- from a zone
-- gap: AtTimeZone 'Asia/Kolkata'

-- nan
("x" <> "x")

-- finite
(ABS("x") <= 1.7976931348623157e308)

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
(((((AVG(CAST("x" AS DOUBLE)) + SUM("x" * "y")) - MAX("x")) + MIN("x")) + COUNT(*)) + COUNT(DISTINCT "y")) + COUNT("x")

-- deviation
STDDEV_SAMP("x")

-- quantile
-- gap: PercentileCont

-- share
CAST(COUNT(*) FILTER(WHERE ("x" > 0)) AS DOUBLE) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC) = 1

-- read integer
CASE WHEN REGEXP_LIKE("x", '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\z') THEN CAST(BTRIM("x", ' 	') AS BIGINT) END

-- read number
CASE WHEN REGEXP_LIKE("x", '^[\t ]*[+\-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[Ee][+\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\.[0-9]{1,20})?[Ee](?:\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\+?308|[3-9](?:\.[0-9]{1,20})?[Ee]-324)[\t ]*\z') THEN CAST(BTRIM("x", ' 	') AS DOUBLE) END

-- read boolean
CASE WHEN REGEXP_LIKE("x", '^[\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\t ]*\z') THEN LOWER(BTRIM("x", ' 	')) = 'true' END

-- read date
CASE WHEN REGEXP_LIKE("x", '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z') THEN TIME_PARSE(BTRIM("x", ' 	'), 'yyyy-MM-dd', 'UTC') END

-- read time
-- gap: ReadAs time

-- read timestamp
-- gap: ReadAs timestamp

-- read timestamp with time zone
-- gap: ReadAs timestamp with time zone

-- read uuid
CASE WHEN REGEXP_LIKE("x", '^[\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\t ]*\z') THEN LOWER(BTRIM("x", ' 	')) END

-- read decimal(10,2)
-- gap: ReadAs decimal(10,2)

-- read by format
CASE WHEN REGEXP_LIKE("x", '^[\t ]*(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\t ]*\z') THEN CASE WHEN REGEXP_LIKE((SUBSTR(BTRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(BTRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(BTRIM("x", ' 	'), 1, 2)), '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z') THEN TIME_PARSE(BTRIM((SUBSTR(BTRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(BTRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(BTRIM("x", ' 	'), 1, 2)), ' 	'), 'yyyy-MM-dd', 'UTC') END END

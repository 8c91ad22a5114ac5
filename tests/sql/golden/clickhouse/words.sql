-- comparison
"x" >= 5 AND ("y" <> 'it''s \\ é' OR "y" IS NULL)

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
"x" < toDate32('2024-02-03')

-- time
-- gap: Cast to TIME

-- timestamp
"x" < toDateTime64('2024-02-03 10:00:00.000005', 6, 'UTC')

-- timestamp with zone
"x" < toDateTime64('2024-02-03 10:00:00', 6, 'UTC')

-- like
"x" LIKE 'a\\_%' OR "x" LIKE '[b*'

-- search
match("x", '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\\z')

-- search of fixed length
match("x", '^SKU-[0-9]{3}\\z')

-- search that may overflow a stack
match("x", '(?:ab|c)+\\z')

-- starts, ends, contains
startsWith("x", "y") OR (endsWith("x", 'z') OR (positionUTF8("x", "y") > 0))

-- text
lengthUTF8(trimBoth("x")) = 3 AND (concat("x", "y")) = replaceAll("x", 'a', 'b')

-- case
lower("x") = upper("y")

-- parts of text
substringUTF8("x", 1, 2) = rightUTF8("y", 3) OR substringUTF8("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - ("x" % NULLIF(3, 0))) = (toFloat64(ABS(-"x")) / NULLIF("y", 0))

-- rounding
ROUND("x", 2) = FLOOR("y") OR ROUND("x") = CEIL("y")

-- greatest
GREATEST(COALESCE("x", "y", 0), COALESCE("y", 0, "x"), COALESCE(0, "x", "y")) = LEAST(COALESCE("x", "y"), COALESCE("y", "x"))

-- choice
CASE WHEN "x" > 0 THEN "y" ELSE COALESCE("x", nullIf("y", 0)) END = 1

-- span
("x" + INTERVAL 3 DAY) < ("y" - INTERVAL 1 MONTH)

-- span of days
("x" + INTERVAL 3 DAY) < ("y" - INTERVAL 2 HOUR)

-- stored as
-- gap: StoredAs

-- span compared
-- gap: Interval compared with a span

-- fields
EXTRACT(SECOND FROM "x") = EXTRACT(YEAR FROM "y") OR toDayOfWeek("x") = 1

-- truncated
DATE_TRUNC('month', "x") = "y"

-- cast
CAST("x" AS Nullable(Float64))

-- cast to text
CAST("x" AS Nullable(String))

-- cast to decimal
-- gap: Cast to DECIMAL(10, 2)

-- cast to date
CAST("x" AS Nullable(Date32))

-- cast to timestamp
CAST("x" AS Nullable(DateTime64(6, 'UTC')))

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
"x"

-- from a zone
-- gap: AtTimeZone 'Asia/Kolkata'

-- nan
isNaN("x")

-- finite
isFinite("x")

-- multiple
-- gap: MultipleOf

-- text of a column
"x" < "y"

-- key set
(("x", "y") IN (SELECT "k0", "k1" FROM "keys 1"))

-- key set of one
("x" IN (SELECT "k0" FROM "keys 1"))

-- field of an object
tupleElement("x", 'a b')

-- element of an array
arrayExists("i" -> ("i" < 0), "x")

-- JSON
-- gap: IsJson

-- the value before
-- gap: Lag

-- of a sub-select
SELECT "v" FROM (SELECT "x" AS "v" FROM "t") AS s

-- value of a map
-- gap: MapValues

-- size of an array
length(arrayDistinct(arrayFilter(__dq_item -> __dq_item IS NOT NULL, "x")))

-- number of items
length("x")

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
(((((AVG("x") + SUM("x" * "y")) - MAX("x")) + MIN("x")) + COUNT(*)) + COUNT(DISTINCT "y")) + COUNT("x")

-- deviation
stddevSamp("x")

-- quantile
quantileExactInclusive(0.9)("x")

-- share
toFloat64(countIf("x" > 0)) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC) = 1

-- read integer
CASE WHEN match("x", '^[\\t ]*[+\\-]?0*[0-9]{1,19}[\\t ]*\\z') THEN toInt64OrNull(trim(BOTH ' 	' FROM "x")) END

-- read number
CASE WHEN match("x", '^[\\t ]*[+\\-]?(?:(?:[0-9]{1,40}(?:\\.[0-9]{1,40})?|\\.[0-9]{1,40})(?:[Ee][+\\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\\.[0-9]{1,20})?[Ee](?:\\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\\+?308|[3-9](?:\\.[0-9]{1,20})?[Ee]-324)[\\t ]*\\z') THEN toFloat64OrNull(trim(BOTH ' 	' FROM "x")) END

-- read boolean
CASE WHEN match("x", '^[\\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\\t ]*\\z') THEN lower(trim(BOTH ' 	' FROM "x")) = 'true' END

-- read date
CASE WHEN match("x", '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN toDate32OrNull(trim(BOTH ' 	' FROM "x")) END

-- read time
-- gap: ReadAs time

-- read timestamp
CASE WHEN match("x", '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?[\\t ]*\\z') THEN toDateTime64OrNull(replaceAll(trim(BOTH ' 	' FROM "x"), 'T', ' '), 6, 'UTC') END

-- read timestamp with time zone
CASE WHEN match("x", '^[\\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?(?:Z|[+\\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\\t ]*\\z') THEN parseDateTime64BestEffortOrNull(trim(BOTH ' 	' FROM "x"), 6, 'UTC') END

-- read uuid
CASE WHEN match("x", '^[\\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\\t ]*\\z') THEN toUUIDOrNull(trim(BOTH ' 	' FROM "x")) END

-- read decimal(10,2)
CASE WHEN match("x", '^[\\t ]*[+\\-]?(?:0*[0-9]{1,8}(?:\\.[0-9]{1,2}0*)?|\\.[0-9]{1,2}0*)[\\t ]*\\z') THEN toDecimal128OrNull(trim(BOTH ' 	' FROM "x"), 2) END

-- read by format
CASE WHEN match("x", '^[\\t ]*(?:0[1-9]|[12][0-9]|3[01])\\.(?:0[1-9]|1[0-2])\\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\\t ]*\\z') THEN CASE WHEN match((SUBSTR(trim(BOTH ' 	' FROM "x"), 7, 4) || '-' || SUBSTR(trim(BOTH ' 	' FROM "x"), 4, 2) || '-' || SUBSTR(trim(BOTH ' 	' FROM "x"), 1, 2)), '^[\\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\\t ]*\\z') THEN toDate32OrNull(trim(BOTH ' 	' FROM (SUBSTR(trim(BOTH ' 	' FROM "x"), 7, 4) || '-' || SUBSTR(trim(BOTH ' 	' FROM "x"), 4, 2) || '-' || SUBSTR(trim(BOTH ' 	' FROM "x"), 1, 2)))) END END

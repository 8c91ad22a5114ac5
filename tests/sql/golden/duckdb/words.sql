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
"x" < TIME '10:30:00'

-- timestamp
"x" < TIMESTAMP '2024-02-03 10:00:00.000005'

-- timestamp with zone
"x" < TIMESTAMPTZ '2024-02-03 10:00:00+00:00'

-- like
"x" LIKE 'a!_%' ESCAPE '!' OR "x" LIKE '[b*'

-- search
REGEXP_MATCHES("x", '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\z')

-- search of fixed length
("x" GLOB 'SKU-[0-9][0-9][0-9]')

-- search that may overflow a stack
REGEXP_MATCHES("x", '(?:ab|c)+\z')

-- starts, ends, contains
STARTS_WITH("x", "y") OR (SUFFIX("x", 'z') OR CONTAINS("x", "y"))

-- text
LENGTH(TRIM("x", ' ')) = 3 AND ("x" || "y") = REPLACE("x", 'a', 'b')

-- case
CASE WHEN STRLEN("x") = LENGTH("x") THEN LOWER("x") ELSE TRANSLATE("x", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') END = CASE WHEN STRLEN("y") = LENGTH("y") THEN UPPER("y") ELSE TRANSLATE("y", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') END

-- parts of text
SUBSTR("x", 1, 2) = RIGHT("y", 3) OR SUBSTR("x", 2) = 'b'

-- arithmetic
TRY(("x" * ("y" + 1)) - ("x" % NULLIF(3, 0))) = (CAST(TRY(ABS(-("x"))) AS DOUBLE) / NULLIF("y", 0))

-- rounding
ROUND("x", 2) = FLOOR("y") OR ROUND("x") = CEIL("y")

-- greatest
GREATEST("x", "y", 0) = LEAST("x", "y")

-- choice
CASE WHEN "x" > 0 THEN "y" ELSE COALESCE("x", NULLIF("y", 0)) END = 1

-- span
TRY("x" + INTERVAL '3' DAY) < TRY("y" - INTERVAL '1' MONTH)

-- span of days
TRY("x" + INTERVAL '3' DAY) < TRY("y" - INTERVAL '2' HOUR)

-- stored as
-- gap: StoredAs

-- span compared
TRY("x" - "y") < INTERVAL '3' DAY

-- fields
EXTRACT(SECOND FROM "x") = EXTRACT(YEAR FROM "y") OR EXTRACT(ISODOW FROM "x") = 1

-- truncated
DATE_TRUNC('month', "x") = "y"

-- cast
TRY_CAST("x" AS DOUBLE)

-- cast to text
CAST("x" AS TEXT)

-- cast to decimal
TRY_CAST("x" AS DECIMAL(10, 2))

-- cast to date
TRY_CAST("x" AS DATE)

-- cast to timestamp
TRY_CAST("x" AS TIMESTAMP)

-- cast of a user
CASE WHEN TYPEOF("x") = 'VARCHAR' THEN CASE WHEN CAST("x" AS TEXT) NOT GLOB '*[!0-9]*' THEN TRY_CAST(CAST("x" AS TEXT) AS BIGINT) WHEN REGEXP_MATCHES(CAST("x" AS TEXT), '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\z') THEN TRY_CAST(TRIM(CAST("x" AS TEXT), ' 	') AS BIGINT) END ELSE CASE WHEN TRY_CAST("x" AS DOUBLE) = FLOOR(TRY_CAST("x" AS DOUBLE)) THEN TRY_CAST("x" AS BIGINT) END END

-- cast of a user to a day
CASE WHEN TYPEOF("x") = 'VARCHAR' THEN CASE WHEN CAST("x" AS TEXT) LIKE '____-__-__' AND CAST("x" AS TEXT) >= '0001' AND CAST("x" AS TEXT) < ':' AND SUBSTRING(CAST("x" AS TEXT), 10, 1) BETWEEN '0' AND '9' THEN TRY_CAST(CAST("x" AS TEXT) AS DATE) WHEN REGEXP_MATCHES(CAST("x" AS TEXT), '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z') THEN TRY_CAST(TRIM(CAST("x" AS TEXT), ' 	') AS DATE) END ELSE TRY_CAST("x" AS DATE) END

-- in UTC
"x" AT TIME ZONE 'UTC'

-- from a zone
("x" AT TIME ZONE 'Asia/Kolkata') AT TIME ZONE 'UTC'

-- nan
ISNAN("x")

-- finite
ISFINITE("x")

-- multiple
CASE TYPEOF("x") WHEN 'DOUBLE' THEN CASE WHEN ABS(CAST("x" AS DOUBLE)) < 1e13 THEN ROUND(CAST("x" AS DOUBLE) * 1e2 / 25) * 25 / 1e2 = CAST("x" AS DOUBLE) WHEN ABS(CAST("x" AS DOUBLE)) < 1e18 THEN TRY_CAST(CAST("x" AS TEXT) AS DECIMAL(38, 20)) % CAST(0.25 AS DECIMAL(38, 20)) = 0 WHEN ABS(CAST("x" AS DOUBLE)) < 1e38 THEN TRY_CAST(CAST("x" AS TEXT) AS DECIMAL(38, 0)) % 1 = 0 ELSE CAST("x" AS DOUBLE) % 0.25 = 0 END WHEN 'FLOAT' THEN CASE WHEN ABS(CAST(CAST("x" AS TEXT) AS DOUBLE)) < 1e13 THEN ROUND(CAST(CAST("x" AS TEXT) AS DOUBLE) * 1e2 / 25) * 25 / 1e2 = CAST(CAST("x" AS TEXT) AS DOUBLE) WHEN ABS(CAST(CAST("x" AS TEXT) AS DOUBLE)) < 1e18 THEN TRY_CAST(CAST("x" AS TEXT) AS DECIMAL(38, 20)) % CAST(0.25 AS DECIMAL(38, 20)) = 0 WHEN ABS(CAST(CAST("x" AS TEXT) AS DOUBLE)) < 1e38 THEN TRY_CAST(CAST("x" AS TEXT) AS DECIMAL(38, 0)) % 1 = 0 ELSE CAST(CAST("x" AS TEXT) AS DOUBLE) % 0.25 = 0 END ELSE TRY("x" % 0.25) = 0 END

-- text of a column
"x" < "y"

-- key set
(("x", "y") IN (SELECT "k0", "k1" FROM "keys 1"))

-- key set of one
("x" IN (SELECT "k0" FROM "keys 1"))

-- field of an object
STRUCT_EXTRACT("x", 'a b')

-- element of an array
LEN(LIST_FILTER("x", LAMBDA "i": ("i" < 0))) > 0

-- JSON
JSON_VALID("x")

-- the value before
SELECT LAG("x") OVER (ORDER BY "y") AS "v" FROM "t"

-- of a sub-select
SELECT "v" FROM (SELECT "x" AS "v" FROM "t") AS s

-- value of a map
LEN(LIST_FILTER(MAP_VALUES("x"), LAMBDA "i": ("i" IS NULL))) > 0

-- size of an array
LEN(LIST_DISTINCT(LIST_FILTER("x", LAMBDA __dq_item: __dq_item IS NOT NULL)))

-- number of items
LEN("x")

-- json values
LEN(CASE WHEN JSON_TYPE("x") = 'OBJECT' THEN JSON_EXTRACT("x", '$.*') END)

-- stored as a type
-- gap: StoredAs

-- json type
CASE JSON_TYPE("x") WHEN 'VARCHAR' THEN 'string' WHEN 'UBIGINT' THEN 'integer' WHEN 'BIGINT' THEN 'integer' WHEN 'HUGEINT' THEN 'integer' WHEN 'UHUGEINT' THEN 'integer' WHEN 'DOUBLE' THEN CASE WHEN TRY_CAST("x" ->> '$' AS DOUBLE) = FLOOR(TRY_CAST("x" ->> '$' AS DOUBLE)) THEN 'integer' ELSE 'number' END ELSE LOWER(JSON_TYPE("x")) END

-- json text
(("x" -> '$."a.b"') ->> '$')

-- json items
LEN(CASE WHEN JSON_TYPE("x") = 'ARRAY' THEN CAST("x" AS JSON[]) END)

-- aggregates
(((((AVG("x") + SUM(TRY("x" * "y"))) - MAX("x")) + MIN("x")) + COUNT(*)) + COUNT(DISTINCT "y")) + COUNT("x")

-- deviation
STDDEV_SAMP("x")

-- quantile
QUANTILE_CONT(CAST("x" AS DOUBLE), 0.9)

-- share
CAST(COALESCE(COUNT_IF("x" > 0), 0) AS DOUBLE) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC) = 1

-- read integer
CASE WHEN "x" NOT GLOB '*[!0-9]*' THEN TRY_CAST("x" AS BIGINT) WHEN REGEXP_MATCHES("x", '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS BIGINT) END

-- read number
CASE WHEN REGEXP_MATCHES("x", '^[+\-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[Ee][+\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\.[0-9]{1,20})?[Ee](?:\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\+?308|[3-9](?:\.[0-9]{1,20})?[Ee]-324)\z') THEN TRY_CAST("x" AS DOUBLE) WHEN REGEXP_MATCHES("x", '^[\t ]*[+\-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[Ee][+\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\.[0-9]{1,20})?[Ee](?:\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\+?308|[3-9](?:\.[0-9]{1,20})?[Ee]-324)[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS DOUBLE) END

-- read boolean
CASE LOWER("x") WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE CASE WHEN REGEXP_MATCHES("x", '^[\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS BOOLEAN) END END

-- read date
CASE WHEN "x" LIKE '____-__-__' AND "x" >= '0001' AND "x" < ':' AND SUBSTRING("x", 10, 1) BETWEEN '0' AND '9' THEN TRY_CAST("x" AS DATE) WHEN REGEXP_MATCHES("x", '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS DATE) END

-- read time
CASE WHEN REGEXP_MATCHES("x", '^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?\z') THEN TRY_CAST("x" AS TIME) WHEN REGEXP_MATCHES("x", '^[\t ]*(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS TIME) END

-- read timestamp
CASE WHEN REGEXP_MATCHES("x", '^(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?\z') THEN TRY_CAST("x" AS TIMESTAMP) WHEN REGEXP_MATCHES("x", '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS TIMESTAMP) END

-- read timestamp with time zone
CASE WHEN REGEXP_MATCHES("x", '^(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))\z') THEN TRY_CAST("x" AS TIMESTAMPTZ) WHEN REGEXP_MATCHES("x", '^[\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS TIMESTAMPTZ) END

-- read uuid
CASE WHEN "x" LIKE '________-____-____-____-____________' THEN TRY_CAST("x" AS UUID) WHEN REGEXP_MATCHES("x", '^[\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS UUID) END

-- read decimal(10,2)
CASE WHEN REGEXP_MATCHES("x", '^[+\-]?(?:0*[0-9]{1,8}(?:\.[0-9]{1,2}0*)?|\.[0-9]{1,2}0*)\z') THEN TRY_CAST("x" AS DECIMAL(10, 2)) WHEN REGEXP_MATCHES("x", '^[\t ]*[+\-]?(?:0*[0-9]{1,8}(?:\.[0-9]{1,2}0*)?|\.[0-9]{1,2}0*)[\t ]*\z') THEN TRY_CAST(TRIM("x", ' 	') AS DECIMAL(10, 2)) END

-- read by format
CASE WHEN REGEXP_MATCHES("x", '^[\t ]*(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\t ]*\z') THEN CAST(TRY_STRPTIME(TRIM("x", ' 	'), '%d.%m.%Y') AS DATE) END

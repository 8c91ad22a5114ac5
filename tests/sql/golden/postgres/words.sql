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
"x" < ('b' COLLATE "C") OR ("x" BETWEEN ('d' COLLATE "C") AND ('é' COLLATE "C"))

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
("x" ~ '^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\Z')

-- search of fixed length
("x" ~ '^SKU-[0-9]{3}\Z')

-- search that may overflow a stack
("x" ~ '(?:ab|c)+\Z')

-- starts, ends, contains
STARTS_WITH("x", "y") OR ((RIGHT("x", LENGTH('z')) = 'z') OR (POSITION("y" IN "x") > 0))

-- text
LENGTH(TRIM("x")) = 3 AND ("x" || "y") = REPLACE("x", 'a', 'b')

-- case
TRANSLATE("x", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = TRANSLATE("y", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTR("x", 1, 2) = RIGHT("y", 3) OR SUBSTR("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - (CAST("x" AS NUMERIC) % NULLIF(CAST(3 AS NUMERIC), 0))) = (CAST(ABS(-"x") AS DOUBLE PRECISION) / NULLIF(CAST("y" AS DOUBLE PRECISION), 0))

-- rounding
ROUND(CAST("x" AS NUMERIC), 2) = FLOOR("y") OR ROUND(CAST("x" AS NUMERIC), 0) = CEIL("y")

-- greatest
GREATEST("x", "y", 0) = LEAST("x", "y")

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
FLOOR(EXTRACT(SECOND FROM "x")) = EXTRACT(YEAR FROM "y") OR EXTRACT(ISODOW FROM "x") = 1

-- truncated
DATE_TRUNC('month', "x") = "y"

-- cast
CAST("x" AS DOUBLE PRECISION)

-- cast to text
CAST("x" AS TEXT)

-- cast to decimal
CAST("x" AS NUMERIC(10, 2))

-- cast to date
CAST("x" AS DATE)

-- cast to timestamp
CAST("x" AS TIMESTAMP)

-- cast of a user
CASE WHEN PG_TYPEOF("x") IN ('text', 'character varying', 'character', 'unknown') THEN CASE WHEN (CAST("x" AS TEXT) ~ '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\Z') THEN CASE WHEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS NUMERIC) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS BIGINT) END END ELSE COALESCE(CASE WHEN (CAST("x" AS TEXT) ~ '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\Z') THEN CASE WHEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS NUMERIC) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS BIGINT) END END, CASE WHEN CASE WHEN (CAST("x" AS TEXT) ~ '^[\t ]*[+\-]?(?:0*[0-9]{1,33}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS NUMERIC(38, 5)) END = FLOOR(CASE WHEN (CAST("x" AS TEXT) ~ '^[\t ]*[+\-]?(?:0*[0-9]{1,33}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS NUMERIC(38, 5)) END) AND CASE WHEN (CAST("x" AS TEXT) ~ '^[\t ]*[+\-]?(?:0*[0-9]{1,33}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS NUMERIC(38, 5)) END BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CASE WHEN (CAST("x" AS TEXT) ~ '^[\t ]*[+\-]?(?:0*[0-9]{1,33}(?:\.[0-9]{1,5}0*)?|\.[0-9]{1,5}0*)[\t ]*\Z') THEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS NUMERIC(38, 5)) END AS BIGINT) END) END

-- cast of a user to a day
CASE WHEN PG_TYPEOF("x") IN ('text', 'character varying', 'character', 'unknown') THEN CASE WHEN (CAST("x" AS TEXT) ~ '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN CAST(BTRIM(CAST("x" AS TEXT), ' 	') AS DATE) END ELSE CASE WHEN (SUBSTR(CAST("x" AS TEXT), 1, 10) ~ '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN CAST(BTRIM(SUBSTR(CAST("x" AS TEXT), 1, 10), ' 	') AS DATE) END END

-- in UTC
"x" AT TIME ZONE 'UTC'

-- from a zone
("x" AT TIME ZONE 'Asia/Kolkata') AT TIME ZONE 'UTC'

-- nan
("x" = 'NaN')

-- finite
("x" NOT IN ('NaN', 'Infinity', '-Infinity'))

-- multiple
CASE WHEN PG_TYPEOF("x") = CAST('double precision' AS REGTYPE) AND ABS("x") BETWEEN 9e15 AND 1e308 THEN (CASE WHEN CAST(ROUND(CAST(CAST("x" AS TEXT) AS NUMERIC), 15 - CAST(FLOOR(LOG(ABS(CAST(CAST("x" AS TEXT) AS NUMERIC)))) AS INTEGER)) AS DOUBLE PRECISION) = "x" THEN ROUND(CAST(CAST("x" AS TEXT) AS NUMERIC), 15 - CAST(FLOOR(LOG(ABS(CAST(CAST("x" AS TEXT) AS NUMERIC)))) AS INTEGER)) ELSE CAST(CAST("x" AS TEXT) AS NUMERIC) END) % 0.25 = 0 ELSE CAST(CAST("x" AS TEXT) AS NUMERIC) % 0.25 = 0 END

-- text of a column
(CAST("x" AS TEXT) COLLATE "C") < "y"

-- key set
(("x", "y") IN (SELECT "k0", "k1" FROM "keys 1"))

-- key set of one
("x" IN (SELECT "k0" FROM "keys 1"))

-- field of an object
("x")."a b"

-- element of an array
CASE WHEN "x" IS NOT NULL THEN EXISTS(SELECT 1 FROM UNNEST("x") AS __dq_items("i") WHERE ("i" < 0)) END

-- JSON
("x" IS JSON)

-- the value before
-- gap: Lag

-- of a sub-select
SELECT "v" FROM (SELECT "x" AS "v" FROM "t") AS s

-- value of a map
-- gap: MapValues

-- size of an array
CARDINALITY(CASE WHEN ARRAY_REMOVE("x", NULL) IS NOT NULL THEN ARRAY(SELECT DISTINCT UNNEST(ARRAY_REMOVE("x", NULL))) END)

-- number of items
CARDINALITY("x")

-- json values
CARDINALITY(CASE WHEN JSONB_TYPEOF("x") = 'object' THEN ARRAY(SELECT value FROM JSONB_EACH("x")) END)

-- stored as a type
-- gap: StoredAs

-- json type
CASE JSONB_TYPEOF("x") WHEN 'number' THEN CASE WHEN CAST("x" #>> '{}' AS NUMERIC) % 1 = 0 THEN 'integer' ELSE 'number' END ELSE JSONB_TYPEOF("x") END

-- json text
(("x" -> 'a.b') #>> '{}')

-- json items
CARDINALITY(CASE WHEN JSONB_TYPEOF("x") = 'array' THEN ARRAY(SELECT JSONB_ARRAY_ELEMENTS("x")) END)

-- aggregates
(((((AVG("x") + SUM("x" * "y")) - MAX("x")) + MIN("x")) + COUNT(*)) + COUNT(DISTINCT "y")) + COUNT("x")

-- deviation
STDDEV_SAMP("x")

-- quantile
PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY "x")

-- share
CAST(COUNT(*) FILTER(WHERE ("x" > 0)) AS DOUBLE PRECISION) / NULLIF(CAST(COUNT(*) AS DOUBLE PRECISION), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC NULLS LAST) = 1

-- read integer
CASE WHEN ("x" ~ '^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\Z') THEN CASE WHEN CAST(BTRIM("x", ' 	') AS NUMERIC) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(BTRIM("x", ' 	') AS BIGINT) END END

-- read number
CASE WHEN ("x" ~ '^[\t ]*[+\-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[Ee][+\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\.[0-9]{1,20})?[Ee](?:\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\+?308|[3-9](?:\.[0-9]{1,20})?[Ee]-324)[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS DOUBLE PRECISION) END

-- read boolean
CASE WHEN ("x" ~ '^[\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS BOOLEAN) END

-- read date
CASE WHEN ("x" ~ '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS DATE) END

-- read time
CASE WHEN ("x" ~ '^[\t ]*(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS TIME) END

-- read timestamp
CASE WHEN ("x" ~ '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS TIMESTAMP) END

-- read timestamp with time zone
CASE WHEN ("x" ~ '^[\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS TIMESTAMPTZ) END

-- read uuid
CASE WHEN ("x" ~ '^[\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS UUID) END

-- read decimal(10,2)
CASE WHEN ("x" ~ '^[\t ]*[+\-]?(?:0*[0-9]{1,8}(?:\.[0-9]{1,2}0*)?|\.[0-9]{1,2}0*)[\t ]*\Z') THEN CAST(BTRIM("x", ' 	') AS NUMERIC(10, 2)) END

-- read by format
CASE WHEN ("x" ~ '^[\t ]*(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\t ]*\Z') THEN CASE WHEN ((SUBSTR(BTRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(BTRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(BTRIM("x", ' 	'), 1, 2)) ~ '^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\Z') THEN CAST(BTRIM((SUBSTR(BTRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(BTRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(BTRIM("x", ' 	'), 1, 2)), ' 	') AS DATE) END END

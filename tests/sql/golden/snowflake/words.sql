-- comparison
"x" >= 5 AND ("y" <> 'it\'s \\ é' OR "y" IS NULL)

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
"x" < CAST('2024-02-03' AS DATE)

-- time
"x" < CAST('10:30:00' AS TIME)

-- timestamp
"x" < CAST('2024-02-03 10:00:00.000005' AS TIMESTAMP_NTZ)

-- timestamp with zone
"x" < CAST('2024-02-03 10:00:00+00:00' AS TIMESTAMP_TZ)

-- like
"x" LIKE 'a!_%' ESCAPE '!' OR "x" LIKE '[b*' ESCAPE '!'

-- search
(REGEXP_INSTR("x", '^[A-Z][0-9A-Z_a-z]+(-[0-9]{2,3})?$', 1, 1, 0, 'c') > 0)

-- search of fixed length
(REGEXP_INSTR("x", '^SKU-[0-9]{3}$', 1, 1, 0, 'c') > 0)

-- search that may overflow a stack
(REGEXP_INSTR("x", '(ab|c)+$', 1, 1, 0, 'c') > 0)

-- starts, ends, contains
STARTSWITH("x", "y") OR (ENDSWITH("x", 'z') OR CONTAINS("x", "y"))

-- text
LENGTH(TRIM("x")) = 3 AND ("x" || "y") = REPLACE("x", 'a', 'b')

-- case
TRANSLATE("x", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = TRANSLATE("y", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTR("x", 1, 2) = RIGHT("y", 3) OR SUBSTR("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - ("x" % NULLIF(3, 0))) = (CAST(ABS(-"x") AS DOUBLE) / NULLIF("y", 0))

-- rounding
ROUND("x", 2) = FLOOR("y") OR ROUND("x") = CEIL("y")

-- greatest
GREATEST(COALESCE("x", "y", 0), COALESCE("y", 0, "x"), COALESCE(0, "x", "y")) = LEAST(COALESCE("x", "y"), COALESCE("y", "x"))

-- choice
CASE WHEN "x" > 0 THEN "y" ELSE COALESCE("x", NULLIF("y", 0)) END = 1

-- span
("x" + INTERVAL '3 day') < ("y" - INTERVAL '1 month')

-- span of days
("x" + INTERVAL '3 day') < ("y" - INTERVAL '2 hour')

-- stored as
-- gap: StoredAs

-- span compared
DATEDIFF('microsecond', "y", "x") < 259200000000

-- fields
EXTRACT(SECOND FROM "x") = EXTRACT(YEAR FROM "y") OR DAYOFWEEKISO("x") = 1

-- truncated
DATE_TRUNC('month', "x") = "y"

-- cast
CAST("x" AS DOUBLE)

-- cast to text
CAST("x" AS VARCHAR)

-- cast to decimal
CAST("x" AS DECIMAL(10, 2))

-- cast to date
CAST("x" AS DATE)

-- cast to timestamp
CAST("x" AS TIMESTAMP_NTZ)

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
CAST(CONVERT_TIMEZONE('UTC', "x") AS TIMESTAMP_NTZ)

-- from a zone
CAST(CONVERT_TIMEZONE('UTC', (CAST(CONVERT_TIMEZONE('Asia/Kolkata', 'UTC', CAST("x" AS TIMESTAMP_NTZ)) AS TIMESTAMP_NTZ))) AS TIMESTAMP_NTZ)

-- nan
("x" = CAST('NaN' AS DOUBLE))

-- finite
("x" NOT IN (CAST('NaN' AS DOUBLE), CAST('inf' AS DOUBLE), CAST('-inf' AS DOUBLE)))

-- multiple
-- gap: MultipleOf

-- text of a column
COLLATE("x", '') < "y"

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
CAST(COUNT(CASE WHEN ("x" > 0) THEN 1 END) AS DOUBLE) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC NULLS LAST) = 1

-- read integer
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*[+-]?0*[0-9]{1,19}[	 ]*$', 1, 1, 0, 'c') > 0) THEN CASE WHEN TRY_CAST(TRIM("x", ' 	') AS DECIMAL(38, 0)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN TRY_CAST(TRIM("x", ' 	') AS BIGINT) END END

-- read number
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*[+-]?(([0-9]{1,40}(\\.[0-9]{1,40})?|\\.[0-9]{1,40})([Ee][+-]?0*([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](\\.[0-9]{1,20})?[Ee](\\+?(25[1-9]|2[6-9][0-9]|30[0-7])|-(25[1-9]|2[6-9][0-9]|3[0-1][0-9]|32[0-3]))|1(\\.([0-6][0-9]{0,19}|7([0-8][0-9]{0,18})?|79([0-6][0-9]{0,17})?|797693134862315[7-8]))?[Ee]\\+?308|[3-9](\\.[0-9]{1,20})?[Ee]-324)[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM("x", ' 	') AS DOUBLE) END

-- read boolean
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM("x", ' 	') AS BOOLEAN) END

-- read date
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM("x", ' 	') AS DATE) END

-- read time
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*([0-1][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6}0*)?[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM("x", ' 	') AS TIME) END

-- read timestamp
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[ T]([0-1][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6}0*)?[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM("x", ' 	') AS TIMESTAMP_NTZ) END

-- read timestamp with time zone
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*((000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[ T]([0-1][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6}0*)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM("x", ' 	') AS TIMESTAMP_TZ) END

-- read uuid
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[	 ]*$', 1, 1, 0, 'c') > 0) THEN LOWER(TRIM("x", ' 	')) END

-- read decimal(10,2)
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*[+-]?(0*[0-9]{1,8}(\\.[0-9]{1,2}0*)?|\\.[0-9]{1,2}0*)[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM("x", ' 	') AS DECIMAL(10, 2)) END

-- read by format
CASE WHEN (REGEXP_INSTR("x", '^[	 ]*(0[1-9]|[1-2][0-9]|3[0-1])\\.(0[1-9]|1[0-2])\\.(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[	 ]*$', 1, 1, 0, 'c') > 0) THEN CASE WHEN (REGEXP_INSTR((SUBSTR(TRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(TRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(TRIM("x", ' 	'), 1, 2)), '^[	 ]*((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[	 ]*$', 1, 1, 0, 'c') > 0) THEN TRY_CAST(TRIM((SUBSTR(TRIM("x", ' 	'), 7, 4) || '-' || SUBSTR(TRIM("x", ' 	'), 4, 2) || '-' || SUBSTR(TRIM("x", ' 	'), 1, 2)), ' 	') AS DATE) END END

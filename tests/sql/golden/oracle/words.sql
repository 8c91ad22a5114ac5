-- comparison
"x" >= 5 AND ("y" <> 'it''s \ é' OR "y" IS NULL)

-- comparisons
("x" = 1 OR ("x" <> 2 OR "x" < 3)) OR ("x" <= 4 OR ("x" > 5 OR "x" >= 6))

-- not in
NOT ("x" IN ('a', 'b'))

-- nothing in
0 = 1

-- same
((DECODE("x", "y", 1, 0) = 1)) AND ((DECODE("x", "y", 1, 0) = 0))

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
"x" < TIMESTAMP '2024-02-03 10:00:00+00:00'

-- like
"x" LIKE 'a!_%' ESCAPE '!' OR "x" LIKE '[b*' ESCAPE '!'

-- search
REGEXP_LIKE("x", '^[A-Z][0-9A-Z_a-z]+(-[0-9]{2,3})?\z', 'c')

-- search of fixed length
REGEXP_LIKE("x", '^SKU-[0-9]{3}\z', 'c')

-- search that may overflow a stack
REGEXP_LIKE("x", '(ab|c)+\z', 'c')

-- starts, ends, contains
(SUBSTR("x", 1, LENGTH("y")) = "y") OR ((SUBSTR("x", -LENGTH('z')) = 'z') OR (INSTR("x", "y") > 0))

-- text
LENGTH4(TRIM("x")) = 3 AND ("x" || "y") = REPLACE("x", 'a', 'b')

-- case
TRANSLATE("x", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = TRANSLATE("y", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTR("x", 1, 2) = CASE WHEN LENGTH4("y") <= 3 THEN "y" ELSE SUBSTR("y", -3) END OR SUBSTR("x", 2) = 'b'

-- arithmetic
(("x" * ("y" + 1)) - (MOD("x", NULLIF(3, 0)))) = (CAST(ABS(-"x") AS BINARY_DOUBLE) / NULLIF("y", 0))

-- rounding
ROUND("x", 2) = FLOOR("y") OR ROUND("x") = CEIL("y")

-- greatest
GREATEST(COALESCE("x", "y", 0), COALESCE("y", 0, "x"), COALESCE(0, "x", "y")) = LEAST(COALESCE("x", "y"), COALESCE("y", "x"))

-- choice
CASE WHEN "x" > 0 THEN "y" ELSE COALESCE("x", NULLIF("y", 0)) END = 1

-- span
-- gap: Sub of a month to a time

-- span of days
(("x" + NUMTODSINTERVAL(3, 'DAY'))) < (("y" + NUMTODSINTERVAL(-2, 'HOUR')))

-- stored as
-- gap: StoredAs

-- span compared
-- gap: Interval compared with a span

-- fields
TRUNC(EXTRACT(SECOND FROM CAST("x" AS TIMESTAMP))) = EXTRACT(YEAR FROM "y") OR (TRUNC("x") - TRUNC("x", 'IW') + 1) = 1

-- truncated
CAST(TRUNC("x", 'MM') AS TIMESTAMP) = "y"

-- cast
CAST("x" AS BINARY_DOUBLE)

-- cast to text
CAST("x" AS VARCHAR2(4000))

-- cast to decimal
CAST("x" AS NUMBER(10, 2))

-- cast to date
CAST("x" AS DATE)

-- cast to timestamp
CAST("x" AS TIMESTAMP)

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
SYS_EXTRACT_UTC("x")

-- from a zone
SYS_EXTRACT_UTC((FROM_TZ(CAST("x" AS TIMESTAMP), 'Asia/Kolkata')))

-- nan
("x" IS NAN)

-- finite
("x" IS NOT NAN AND "x" IS NOT INFINITE)

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
SELECT "v" FROM (SELECT "x" AS "v" FROM "t") s

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
CAST(COUNT(CASE WHEN ("x" > 0) THEN 1 END) AS BINARY_DOUBLE) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT "x", "y" FROM "rows" WHERE NOT ("x" IS NULL) AND NOT ("y" IS NULL) GROUP BY "x", "y" HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT "x" AS "k0" FROM "rows" WHERE NOT EXISTS(SELECT 1 FROM "planes" WHERE "planes"."id" = "x")

-- window
ROW_NUMBER() OVER (PARTITION BY "x" ORDER BY "y" DESC NULLS LAST) = 1

-- read integer
CASE WHEN REGEXP_LIKE("x", '^[	 ]*[+-]?0*[0-9]{1,19}[	 ]*\z', 'c') THEN CASE WHEN TO_NUMBER(RTRIM(LTRIM("x", ' 	'), ' 	')) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN TO_NUMBER(RTRIM(LTRIM("x", ' 	'), ' 	')) END END

-- read number
CASE WHEN REGEXP_LIKE("x", '^[	 ]*[+-]?(([0-9]{1,40}(\.[0-9]{1,40})?|\.[0-9]{1,40})([Ee][+-]?0*([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](\.[0-9]{1,20})?[Ee](\+?(25[1-9]|2[6-9][0-9]|30[0-7])|-(25[1-9]|2[6-9][0-9]|3[0-1][0-9]|32[0-3]))|1(\.([0-6][0-9]{0,19}|7([0-8][0-9]{0,18})?|79([0-6][0-9]{0,17})?|797693134862315[7-8]))?[Ee]\+?308|[3-9](\.[0-9]{1,20})?[Ee]-324)[	 ]*\z', 'c') THEN TO_BINARY_DOUBLE(RTRIM(LTRIM("x", ' 	'), ' 	')) END

-- read boolean
CASE WHEN REGEXP_LIKE("x", '^[	 ]*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[	 ]*\z', 'c') THEN CASE LOWER(RTRIM(LTRIM("x", ' 	'), ' 	')) WHEN 'true' THEN 1 ELSE 0 END END

-- read date
CASE WHEN REGEXP_LIKE("x", '^[	 ]*((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[	 ]*\z', 'c') THEN TO_DATE(RTRIM(LTRIM("x", ' 	'), ' 	'), 'YYYY-MM-DD') END

-- read time
-- gap: ReadAs time

-- read timestamp
CASE WHEN REGEXP_LIKE("x", '^[	 ]*((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[ T]([0-1][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6}0*)?[	 ]*\z', 'c') THEN TO_TIMESTAMP(REPLACE(RTRIM(LTRIM("x", ' 	'), ' 	'), 'T', ' '), 'YYYY-MM-DD HH24:MI:SSXFF') END

-- read timestamp with time zone
CASE WHEN REGEXP_LIKE("x", '^[	 ]*((000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[ T]([0-1][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6}0*)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))[	 ]*\z', 'c') THEN TO_TIMESTAMP_TZ(REPLACE(REPLACE(RTRIM(LTRIM("x", ' 	'), ' 	'), 'Z', '+00:00'), 'T', ' '), 'YYYY-MM-DD HH24:MI:SSXFFTZH:TZM') END

-- read uuid
CASE WHEN REGEXP_LIKE("x", '^[	 ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[	 ]*\z', 'c') THEN LOWER(RTRIM(LTRIM("x", ' 	'), ' 	')) END

-- read decimal(10,2)
CASE WHEN REGEXP_LIKE("x", '^[	 ]*[+-]?(0*[0-9]{1,8}(\.[0-9]{1,2}0*)?|\.[0-9]{1,2}0*)[	 ]*\z', 'c') THEN CAST(RTRIM(LTRIM("x", ' 	'), ' 	') AS NUMBER(10, 2)) END

-- read by format
CASE WHEN REGEXP_LIKE("x", '^[	 ]*(0[1-9]|[1-2][0-9]|3[0-1])\.(0[1-9]|1[0-2])\.(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[	 ]*\z', 'c') THEN CASE WHEN REGEXP_LIKE((SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 7, 4) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 4, 2) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 1, 2)), '^[	 ]*((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[1357-8]|1[02])-(0[1-9]|[1-2][0-9]|3[0-1])|(0[469]|11)-(0[1-9]|[1-2][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)[	 ]*\z', 'c') THEN TO_DATE(RTRIM(LTRIM((SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 7, 4) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 4, 2) || '-' || SUBSTR(RTRIM(LTRIM("x", ' 	'), ' 	'), 1, 2)), ' 	'), ' 	'), 'YYYY-MM-DD') END END

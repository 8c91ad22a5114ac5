-- comparison
[x] >= 5 AND ([y] <> N'it''s \ é' OR [y] IS NULL)

-- comparisons
([x] = 1 OR ([x] <> 2 OR [x] < 3)) OR ([x] <= 4 OR ([x] > 5 OR [x] >= 6))

-- not in
NOT ([x] IN (N'a', N'b'))

-- nothing in
0 = 1

-- same
([x] IS NOT DISTINCT FROM [y]) AND ([x] IS DISTINCT FROM [y])

-- between
NOT ([x] BETWEEN -1 AND 5)

-- order of text
[x] < N'b' OR ([x] BETWEEN N'd' AND N'é')

-- float
[x] < 0.1

-- decimal
[x] < -0.10

-- large float
[x] < 1e300

-- date
[x] < CAST(N'2024-02-03' AS DATE)

-- time
[x] < CAST(N'10:30:00' AS TIME(6))

-- timestamp
[x] < CAST(N'2024-02-03 10:00:00.000005' AS DATETIME2(6))

-- timestamp with zone
[x] < CAST(N'2024-02-03 10:00:00+00:00' AS DATETIMEOFFSET(6))

-- like
[x] LIKE N'a!_%' ESCAPE '!' OR [x] LIKE N'![b*' ESCAPE '!'

-- search
REGEXP_LIKE([x], N'^[A-Z][0-9A-Z_a-z]+(?:-[0-9]{2,3})?\z', 'c')

-- search of fixed length
REGEXP_LIKE([x], N'^SKU-[0-9]{3}\z', 'c')

-- search that may overflow a stack
REGEXP_LIKE([x], N'(?:ab|c)+\z', 'c')

-- starts, ends, contains
(LEFT([x], LEN([y] + N'.') - 1) = [y]) OR ((RIGHT([x], LEN(N'z' + N'.') - 1) = N'z') OR (CHARINDEX([y], [x]) > 0 OR DATALENGTH([y]) = 0))

-- text
(LEN((TRIM([x]) + N'.') COLLATE Latin1_General_100_CI_AS_SC) - 1) = 3 AND ([x] + [y]) = REPLACE([x], N'a', N'b')

-- case
TRANSLATE([x], 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = TRANSLATE([y], 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')

-- parts of text
SUBSTRING([x], 1, 2) = RIGHT([y], 3) OR SUBSTRING([x], 2, 2147483647) = N'b'

-- arithmetic
(([x] * ([y] + 1)) - ([x] % NULLIF(3, 0))) = (CAST(ABS(-[x]) AS FLOAT) / NULLIF([y], 0))

-- rounding
ROUND([x], 2) = FLOOR([y]) OR ROUND([x], 0) = CEILING([y])

-- greatest
GREATEST(COALESCE([x], [y], 0), COALESCE([y], 0, [x]), COALESCE(0, [x], [y])) = LEAST(COALESCE([x], [y]), COALESCE([y], [x]))

-- choice
CASE WHEN [x] > 0 THEN [y] ELSE COALESCE([x], NULLIF([y], 0)) END = 1

-- span
(DATEADD(DAY, 3, [x])) < (DATEADD(MONTH, -1, [y]))

-- span of days
(DATEADD(DAY, 3, [x])) < (DATEADD(HOUR, -2, [y]))

-- stored as
-- gap: StoredAs

-- span compared
DATEDIFF_BIG(MICROSECOND, [y], [x]) < 259200000000

-- fields
DATEPART(SECOND, [x]) = DATEPART(YEAR, [y]) OR ((DATEPART(WEEKDAY, [x]) + @@DATEFIRST + 5) % 7 + 1) = 1

-- truncated
DATETRUNC(MONTH, [x]) = [y]

-- cast
TRY_CAST([x] AS FLOAT)

-- cast to text
CAST([x] AS NVARCHAR(MAX))

-- cast to decimal
TRY_CAST([x] AS DECIMAL(10, 2))

-- cast to date
TRY_CAST([x] AS DATE)

-- cast to timestamp
TRY_CAST([x] AS DATETIME2(6))

-- cast of a user
-- gap: TryCast

-- cast of a user to a day
-- gap: TryCast

-- in UTC
CAST([x] AT TIME ZONE 'UTC' AS DATETIME2(6))

-- from a zone
-- gap: AtTimeZone 'Asia/Kolkata'

-- nan
(1 = 0)

-- finite
([x] IS NOT NULL)

-- multiple
-- gap: MultipleOf

-- text of a column
(CAST([x] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) < [y]

-- key set
-- gap: InSet of several columns

-- key set of one
([x] IN (SELECT [k0] FROM [keys 1]))

-- field of an object
-- gap: Part

-- element of an array
-- gap: AnyOf

-- JSON
-- gap: IsJson

-- the value before
-- gap: Lag

-- of a sub-select
SELECT [v] FROM (SELECT [x] AS [v] FROM [t]) AS s

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
(((((AVG(CAST([x] AS FLOAT)) + SUM([x] * [y])) - MAX([x])) + MIN([x])) + COUNT(*)) + COUNT(DISTINCT [y])) + COUNT([x])

-- deviation
STDEV([x])

-- quantile
-- gap: PercentileCont

-- share
CAST(COUNT(CASE WHEN ([x] > 0) THEN 1 END) AS FLOAT) / NULLIF(COUNT(*), 0)

-- duplicate keys
SELECT [x], [y] FROM [rows] WHERE NOT ([x] IS NULL) AND NOT ([y] IS NULL) GROUP BY [x], [y] HAVING COUNT(*) > 1

-- missing parents
SELECT DISTINCT [x] AS [k0] FROM [rows] WHERE NOT EXISTS(SELECT 1 FROM [planes] WHERE [planes].[id] = [x])

-- window
ROW_NUMBER() OVER (PARTITION BY [x] ORDER BY [y] DESC) = 1

-- read integer
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*[+\-]?0*[0-9]{1,19}[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS BIGINT) END

-- read number
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*[+\-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[Ee][+\-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?|[1-9](?:\.[0-9]{1,20})?[Ee](?:\+?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))|1(?:\.(?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[Ee]\+?308|[3-9](?:\.[0-9]{1,20})?[Ee]-324)[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS FLOAT) END

-- read boolean
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])[\t ]*\z', 'c') THEN CASE LOWER(TRIM(N' 	' FROM [x])) WHEN 'true' THEN 1 ELSE 0 END END

-- read date
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS DATE) END

-- read time
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS TIME(6)) END

-- read timestamp
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS DATETIME2(6)) END

-- read timestamp with time zone
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*(?:(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS DATETIMEOFFSET(6)) END

-- read uuid
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS UNIQUEIDENTIFIER) END

-- read decimal(10,2)
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*[+\-]?(?:0*[0-9]{1,8}(?:\.[0-9]{1,2}0*)?|\.[0-9]{1,2}0*)[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM [x]) AS DECIMAL(10, 2)) END

-- read by format
CASE WHEN REGEXP_LIKE([x], N'^[\t ]*(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})[\t ]*\z', 'c') THEN CASE WHEN REGEXP_LIKE((SUBSTR(TRIM(N' 	' FROM [x]), 7, 4) + '-' + SUBSTR(TRIM(N' 	' FROM [x]), 4, 2) + '-' + SUBSTR(TRIM(N' 	' FROM [x]), 1, 2)), N'^[\t ]*(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)[\t ]*\z', 'c') THEN TRY_CAST(TRIM(N' 	' FROM (SUBSTR(TRIM(N' 	' FROM [x]), 7, 4) + '-' + SUBSTR(TRIM(N' 	' FROM [x]), 4, 2) + '-' + SUBSTR(TRIM(N' 	' FROM [x]), 1, 2))) AS DATE) END END

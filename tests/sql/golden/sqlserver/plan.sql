-- record
0 = 1

-- id.type
0 = 1

-- id.required
[id] IS NULL

-- id.minimum
[id] < 1

-- id.unique
([id] IN (SELECT [k0] FROM [__dq_keys_5]))

-- sku.type
0 = 1

-- sku.required
[sku] IS NULL

-- sku.pattern
NOT REGEXP_LIKE([sku], N'^SKU-[0-9]{4,6}\z', 'c')

-- sku.maxLength
(LEN(([sku] + N'.') COLLATE Latin1_General_100_CI_AS_SC) - 1) > 10

-- status.type
0 = 1

-- known
NOT ([status] IN (N'new', N'paid', N'it''s back'))

-- email.type
0 = 1

-- form
NOT REGEXP_LIKE([email], N'^[^ @]+@[^ @]+\.[a-z]{2,}\z', 'c')

-- there
[email] IS NULL

-- amount.type
0 = 1

-- amount.minimum
[amount] < 0

-- amount.exclusiveMaximum
[amount] >= 100000

-- quantity.type
0 = 1

-- quantity.minimum
[quantity] < 1

-- quantity.maximum
[quantity] > 1000

-- ordered_on.type
0 = 1

-- ordered_on.minimum
[ordered_on] < CAST(N'2020-01-01' AS DATE)

-- shipped_at.type
0 = 1

-- customer.type
0 = 1

-- customer.minLength
(LEN(([customer] + N'.') COLLATE Latin1_General_100_CI_AS_SC) - 1) < 2

-- worth
NOT (([amount] * [quantity]) >= 0 OR [customer] IS NULL)

-- span
NOT (DATEPART(YEAR, [ordered_on]) >= 2020)

-- keys of __dq_keys_5
SELECT [id] AS [k0] FROM [__dq_source_rows] WHERE NOT ([id] IS NULL) GROUP BY [id] HAVING COUNT(*) > 1

-- check:18
AVG(CAST([amount] AS FLOAT))

-- check:27
COUNT(*)

-- record
0 = 1

-- id.type
0 = 1

-- id.required
"id" IS NULL

-- id.minimum
"id" < 1

-- id.unique
("id" IN (SELECT "k0" FROM "__dq_keys_5"))

-- sku.type
0 = 1

-- sku.required
"sku" IS NULL

-- sku.pattern
NOT (REGEXP_INSTR("sku", '^SKU-[0-9]{4,6}\z', 1, 1, 0, 'c') > 0)

-- sku.maxLength
CHARACTER_LENGTH("sku") > 10

-- status.type
0 = 1

-- known
NOT ("status" IN ('new', 'paid', 'it''s back'))

-- email.type
0 = 1

-- form
NOT (REGEXP_INSTR("email", '^[^ @]+@[^ @]+\.[a-z]{2,}\z', 1, 1, 0, 'c') > 0)

-- there
"email" IS NULL

-- amount.type
0 = 1

-- amount.minimum
"amount" < 0

-- amount.exclusiveMaximum
"amount" >= 100000

-- quantity.type
0 = 1

-- quantity.minimum
"quantity" < 1

-- quantity.maximum
"quantity" > 1000

-- ordered_on.type
0 = 1

-- ordered_on.minimum
"ordered_on" < DATE '2020-01-01'

-- shipped_at.type
0 = 1

-- customer.type
0 = 1

-- customer.minLength
CHARACTER_LENGTH("customer") < 2

-- worth
NOT (("amount" * "quantity") >= 0 OR "customer" IS NULL)

-- span
NOT (EXTRACT(YEAR FROM "ordered_on") >= 2020)

-- keys of __dq_keys_5
SELECT "id" AS "k0" FROM "__dq_source_rows" WHERE NOT ("id" IS NULL) GROUP BY "id" HAVING COUNT(*) > 1

-- check:18
AVG("amount")

-- check:27
COUNT(*)

-- record
FALSE

-- id.type
FALSE

-- id.required
"id" IS NULL

-- id.minimum
"id" < 1

-- id.unique
("id" IN (SELECT "k0" FROM "__dq_keys_5"))

-- sku.type
FALSE

-- sku.required
"sku" IS NULL

-- sku.pattern
NOT REGEXP_LIKE("sku", '^SKU-[0-9]{4,6}\z')

-- sku.maxLength
LENGTH("sku") > 10

-- status.type
FALSE

-- known
NOT ("status" IN ('new', 'paid', 'it''s back'))

-- email.type
FALSE

-- form
NOT REGEXP_LIKE("email", '^[^ @]+@[^ @]+\.[a-z]{2,}\z')

-- there
"email" IS NULL

-- amount.type
FALSE

-- amount.minimum
"amount" < 0

-- amount.exclusiveMaximum
"amount" >= 100000

-- quantity.type
FALSE

-- quantity.minimum
"quantity" < 1

-- quantity.maximum
"quantity" > 1000

-- ordered_on.type
FALSE

-- ordered_on.minimum
"ordered_on" < DATE '2020-01-01'

-- shipped_at.type
FALSE

-- customer.type
FALSE

-- customer.minLength
LENGTH("customer") < 2

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

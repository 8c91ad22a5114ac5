"""dbt's data tests, and those of dbt-utils and dbt-expectations, as dq's checks; and dq's checks as such tests."""

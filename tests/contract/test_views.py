"""A contract's views say what its document says, with the lines it says it on."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.contract import Contract, Extension, load
from dq.contract.document import Document
from dq.contract.views import columns_of, contract

PATH = Path(__file__).parent / "whole.odcs.yaml"
LINES = PATH.read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def whole() -> Contract:
    """A contract that uses every part of the standard that dq acts on."""
    return load(PATH)


def _line(text: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if text in line)


def test_the_contract_itself(whole: Contract) -> None:
    """Name, version, owners (members with an owner's role who have not left), servers, service levels."""
    assert (whole.name, whole.id, whole.version, whole.api_version, whole.ref) == (
        "shop_orders",
        "shop-orders",
        "2.1.0",
        "v3.2.0",
        "shop_orders@2.1.0",
    )
    assert whole.owners == ("ann",)
    assert whole.default_timezone == "Europe/Berlin"
    assert whole.extension == Extension(budget="2%", waive=("slow_rule",), read={"nullTokens": ["NA", "-"], "decimal": ","})
    assert [(server.name, server.type, server.place.line) for server in whole.servers] == [
        ("lake", "s3", _line("server: lake")),
        ("local", "local", _line("server: local")),
    ]
    assert whole.servers[0].said["delimiter"] == ";"
    assert [(sla.property, sla.value, sla.unit, sla.element) for sla in whole.slas] == [
        ("latency", 4, "h", "orders.placed_at"),
        ("retention", 2, "y", "orders.id"),
    ]


def test_an_object(whole: Contract) -> None:
    """Names, rules, extension and composite foreign keys of a schema object; ids in a path lead to names."""
    orders, customers = whole
    assert (orders.name, orders.physical_name, orders.tags) == ("orders", "t_orders", ("gold",))
    assert orders.extension == Extension(
        mode="warn", on="good", stages=("staged", "mart"), where="amount > 0", extra="block", order="warn"
    )
    first, second = orders.relationships
    assert (first.columns, first.to, first.type) == (
        ("customer_id", "country"),
        ("customers.id", "customers.country"),
        "foreignKey",
    )
    assert first.extension == Extension(mode="block")
    assert (second.columns, second.to) == (("customer_id",), ("schema/customers/properties/id",))
    assert customers.place.line == _line("- name: customers")


def test_rules(whole: Contract) -> None:
    """Everything a rule says, operators in document order, with the line of each key."""
    library, sql, custom, text = whole.objects[0].rules
    assert (library.id, library.name, library.metric, library.unit) == ("enough", "enough rows", "rowCount", "")
    assert library.operators == (("mustBeBetween", [1, 1000]),)
    assert (library.dimension, library.severity, library.tags) == ("completeness", "warning", ("nightly",))
    assert library.extension == Extension(subject=True, keep="first by placed_at", against="target")
    assert library.at("mustBeBetween").line == _line("mustBeBetween")
    assert str(library.at("mustBeBetween")).endswith("schema.orders.quality[0].mustBeBetween")
    assert (sql.type, sql.query, sql.unit, sql.description) == (
        "sql",
        "SELECT count(*) FROM ${table} WHERE amount < 0",
        "rows",
        "no negative amounts",
    )
    assert (custom.type, custom.engine, custom.implementation["check"]) == ("custom", "dq", "condition")
    assert text.type == "text"


def test_properties(whole: Contract) -> None:
    """Types, options, keys, enumerations and nested parts of properties, with the line of each key."""
    key, customer, country, amount, placed, lines, labels, address = whole.objects[0].properties
    assert (key.logical_type, key.physical_type, key.primary_key, key.primary_key_position) == ("integer", "bigint", True, 1)
    assert (key.required, key.unique, key.classification, customer.primary_key_position) == (True, True, "internal", -1)
    assert key.rules[0].place.path == "schema.orders.id.quality[0]"
    assert (customer.physical_name, customer.relationships[0].columns, customer.relationships[0].to) == (
        "CUST",
        ("customer_id",),
        ("customers.id",),
    )
    assert country.enum == ("DE", "FR")
    assert country.options == {"minLength": 2, "maxLength": 2, "pattern": "^[A-Z]+$"}
    assert amount.at("logicalTypeOptions.multipleOf").line == _line("multipleOf")
    assert str(amount.at("logicalTypeOptions.minimum")).endswith("schema.orders.amount.logicalTypeOptions.minimum")
    assert amount.at("not said").line == amount.place.line == _line("- name: amount")
    assert placed.options["defaultTimezone"] == "Europe/Berlin"
    assert lines.items is not None
    assert (lines.items.place.path, lines.items.properties[0].place.path) == (
        "schema.orders.lines.items",
        "schema.orders.lines.items.sku",
    )
    assert labels.items is not None
    assert labels.keys is not None
    assert (labels.keys.logical_type, labels.items.logical_type, labels.items.options) == ("string", "integer", {"minimum": 1})
    assert address.properties[0].name == "zip"


def test_words_of_v3_0_are_read() -> None:
    """`rule` is the metric, arguments beside it are its arguments, a team is a list of members."""
    said = {
        "id": "x",
        "team": [{"username": "a"}, {"username": "b", "dateOut": "2024-01-01"}, {"username": "a"}],
        "schema": [{"name": "o", "quality": [{"rule": "validValues", "validValues": ["a"], "mustBe": 0}]}],
    }
    old = contract(Document("c.yaml", said), "")
    (rule,) = old.objects[0].rules
    assert (rule.type, rule.metric, rule.arguments, rule.operators) == (
        "library",
        "validValues",
        {"validValues": ["a"]},
        (("mustBe", 0),),
    )
    assert old.owners == ("a",)
    assert old.name == "x"


@pytest.mark.parametrize(
    ("reference", "column"),
    [
        ("orders.id", ("orders", "id")),
        ("orders.address.zip", ("orders", "address.zip")),
        ("id", ("", "id")),
        ("schema/orders/properties/id", ("orders", "id")),
        ("/schema/orders/properties/address/properties/zip", ("orders", "address.zip")),
        ("other.yaml#/schema/orders/properties/id", ("orders", "id")),
    ],
)
def test_references_name_an_object_and_a_column(reference: str, column: tuple[str, str]) -> None:
    """A reference is `object.column`, or a path of the document; nested columns are joined by dots."""
    assert columns_of(reference) == column


def test_a_contract_is_a_value(whole: Contract) -> None:
    """Contracts are equal by document, hash alike, and survive pickling."""
    again = pickle.loads(pickle.dumps(whole))  # noqa: S301  our own value
    assert again == whole
    assert hash(again) == hash(whole)
    assert again.sha256 == whole.sha256
    assert len(whole.sha256) == 64


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "schema",
                        "properties",
                        "quality",
                        "items",
                        "map",
                        "key",
                        "value",
                        "enum",
                        "team",
                        "members",
                        "servers",
                        "dq",
                    ),
                    *(
                        "customProperties",
                        "property",
                        "logicalTypeOptions",
                        "required",
                        "arguments",
                        "validValues",
                        "relationships",
                    ),
                    *("name", "from", "to", "mustBeBetween", "primaryKey", "primaryKeyPosition", "slaProperties", "id", "type"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JUNK)
def test_any_document_can_be_looked_at(value: object) -> None:
    """A document of any shape gives a contract and a list of faults, never an exception: all faults are told at once."""
    from dq.contract import problems
    from dq.contract.validity import findings, lenient

    document = Document("c.yaml", value)
    seen = contract(document, "")
    assert isinstance(seen, Contract)
    assert isinstance(problems(seen), tuple)
    assert findings(document)
    assert lenient(document)[1]

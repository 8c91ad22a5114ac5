"""Variables are resolved on use, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.contract import read, resolve
from dq.errors import ContractError, Place

PLACE = Place("c.yaml", 7, "servers.prod")


@pytest.mark.parametrize(
    ("written", "environ", "value"),
    [
        ("${A}", {"A": "x"}, "x"),
        ("pre-${A}/${B}-post", {"A": "x", "B": "y"}, "pre-x/y-post"),
        ("${A:-d}", {}, "d"),
        ("${A:-d}", {"A": ""}, "d"),
        ("${A:-d}", {"A": "x"}, "x"),
        ("${A:-}", {}, ""),
        ("${A}", {"A": ""}, ""),
        ("${A:-http://h:1/p?q=$x}", {}, "http://h:1/p?q=$x"),
        ("${A}", {"A": "${B}"}, "${B}"),
        ("$A {A} ${1} ${a-b} $${A", {}, "$A {A} ${1} ${a-b} $${A"),
        (5, {}, 5),
        (None, {}, None),
        ({"host": "${A}", "ports": ["${A}", 1]}, {"A": "x"}, {"host": "x", "ports": ["x", 1]}),
        (
            {"query": "SELECT 1 FROM ${table}", "sql": "${column} > 0"},
            {},
            {"query": "SELECT 1 FROM ${table}", "sql": "${column} > 0"},
        ),
    ],
)
def test_variables_become_their_values(written: object, environ: dict[str, str], value: object) -> None:
    """`${VAR}` and `${VAR:-default}` are replaced once, in texts inside anything; nothing in `query` or `sql` is."""
    assert resolve(written, environ) == value


def test_every_variable_that_is_not_set_is_told() -> None:
    """Variables without value and default are faults, all at once, each at its place."""
    with pytest.raises(ContractError) as raised:
        resolve({"host": "${HOST}", "more": [{"port": "${PORT}"}], "ok": "${X:-1}"}, {}, PLACE)
    assert str(raised.value) == (
        "c.yaml:7 servers.prod.host: the variable HOST is not set\n  set it, or write a default: ${HOST:-…}\n"
        "c.yaml:7 servers.prod.more[0].port: the variable PORT is not set\n  set it, or write a default: ${PORT:-…}"
    )


def test_a_contract_keeps_its_variables() -> None:
    """Reading a contract resolves nothing: it needs no environment, and dumps what was written."""
    head = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n"
    text = f"{head}servers: [{{server: s, type: local, path: '${{P}}', format: csv}}]\n"
    (server,) = read(text, "c.yaml").servers
    assert server.said["path"] == "${P}"
    assert resolve(server.said, {"P": "x.csv"}, server.place)["path"] == "x.csv"


@given(st.text())
def test_text_without_variables_is_itself(text: str) -> None:
    """Text with no `${` in it comes back as it is."""
    assert resolve(text.replace("${", ""), {}) == text.replace("${", "")

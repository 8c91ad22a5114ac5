"""Keys: from where they come, and that no error shows one."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from dq import settings
from dq.errors import UsageError, WorldError
from dq.quarantine.keys import Keys, new_key


def test_a_key_is_known_by_an_id_that_tells_nothing() -> None:
    """Base64 and hexadecimal digits say the same key; its id is eight digits that are not part of it."""
    said = new_key()
    raw = base64.b64decode(said)
    (one,), (two,) = Keys(said).all, Keys(raw.hex()).all
    assert one == two
    assert len(one.id) == 8
    assert one.id not in raw.hex()
    assert said not in repr(one)
    assert str(raw) not in repr(one)


def test_the_first_key_of_a_ring_is_the_newest() -> None:
    """Commas, blanks and line ends stand between keys; the same one twice is one."""
    first, second = new_key(), new_key()
    ring = Keys(f" {first},\n{second} {first}")
    assert [key.id for key in ring.all] == [Keys(first).all[0].id, Keys(second).all[0].id]
    assert ring.newest == ring.all[0]
    assert not Keys()
    assert Keys().newest is None


@pytest.mark.parametrize("said", ["short", "?" * 44, "bm90IGFzIGxvbmcgYXMgYSBrZXkgaGFzIHRvIGJl", "zz" * 32])
def test_what_is_no_key_is_refused_unseen(said: str) -> None:
    """The error says which one, not what it is."""
    with pytest.raises(UsageError) as caught:
        assert Keys(f"{new_key()},{said}").newest
    assert caught.value.what == "key 2 is not 32 bytes"
    assert said not in str(caught.value)


def test_a_lost_key_is_named(tmp_path: Path) -> None:
    """Its id, the known ones, and what to do."""
    del tmp_path
    ring = Keys(new_key())
    with pytest.raises(UsageError) as caught:
        ring.find("0badc0de", "somewhere")
    assert caught.value.what == f"encrypted with key 0badc0de, but known are {ring.all[0].id}"
    assert caught.value.where == "somewhere"
    assert "DQ_QUARANTINE_KEY" in caught.value.mend
    with pytest.raises(UsageError, match="no key is given"):
        Keys().find("0badc0de", "somewhere")


def test_a_command_prints_keys(tmp_path: Path) -> None:
    """It is run without a shell, when a key is first needed, and once."""
    file, log = tmp_path / "key", tmp_path / "log"
    file.write_text(new_key(), "utf-8")
    script = tmp_path / "print key.sh"
    script.write_text(f"#!/bin/sh\necho run >> '{log}'\ncat '{file}'\n", "utf-8")
    script.chmod(0o700)
    ring = Keys(command=f"'{script}'")
    assert ring
    assert not log.exists()
    assert ring.newest == Keys(file.read_text("utf-8")).newest
    assert ring.newest
    assert log.read_text("utf-8") == "run\n"


@pytest.mark.parametrize(
    ("command", "what"),
    [("sh -c 'echo secret; exit 3'", "'sh' ended with 3"), ("no-such-program-here", "'no-such-program-here' cannot be run: ")],
)
def test_a_command_that_fails_shows_nothing(command: str, what: str) -> None:
    """A retry may help; what it printed is not shown."""
    with pytest.raises(WorldError) as caught:
        assert Keys(command=command).newest
    assert caught.value.what.startswith(what)
    assert "secret" not in str(caught.value)


def test_a_key_does_not_belong_into_a_file(tmp_path: Path) -> None:
    """`dq.toml` names a command, the environment has the key, and settings do not show it."""
    (tmp_path / "dq.toml").write_text('quarantine_key = "abc"\n', "utf-8")
    with pytest.raises(UsageError, match="a secret does not belong into a file"):
        settings.load(tmp_path, {})
    (tmp_path / "dq.toml").write_text('quarantine_key_command = "cat key"\nretention = "P90D"\n', "utf-8")
    found = settings.load(tmp_path, {"DQ_QUARANTINE_KEY": "abc"})
    assert (found.quarantine_key, found.quarantine_key_command, found.retention) == ("abc", "cat key", "P90D")
    assert "abc" not in repr(found)


@pytest.mark.parametrize(("said", "days"), [("P90D", 90), ("P2W", 14), ("P1D", 1)])
def test_retention_is_days_or_weeks(said: str, days: int) -> None:
    """As ISO 8601 writes them."""
    found = settings.age(said)
    assert found is not None
    assert found.days == days


@pytest.mark.parametrize("said", ["90", "P0D", "P1M", "P1Y", "PT5H", "P-1D", "p5d", "P5D\n", "P9999999D"])
def test_other_lengths_are_refused(said: str) -> None:
    """Months have no length, nought is no retention; the setting says how to write it."""
    assert settings.age(said) is None
    with pytest.raises(UsageError, match="no number of days"):
        settings.load("/", {"DQ_RETENTION": said})

"""Laws of writing to terminals, pipes and files."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from dq.cli import output
from dq.errors import UsageError, WorldError


class _Stream(io.TextIOWrapper):
    """A stream that may be a terminal, and may refuse to be written to."""

    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False, error: OSError | None = None) -> None:
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding=encoding)
        self._terminal, self._error = terminal, error

    def isatty(self) -> bool:
        """As told."""
        return self._terminal

    def flush(self) -> None:
        """Refuse, when told so."""
        if self._error:
            raise self._error
        super().flush()


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", "é漢\n".encode()), ("latin-1", b"\xe9\\u6f22\n"), ("ascii", b"\\xe9\\u6f22\n")]
)
def test_what_a_stream_cannot_hold_is_escaped(monkeypatch: pytest.MonkeyPatch, encoding: str, expected: bytes) -> None:
    """Text goes out in the encoding of the stream, never as an error."""
    stream = _Stream(encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    output.write("é漢\n")
    assert stream.raw_bytes.getvalue() == expected


def test_documents_have_their_own_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON and XML are UTF-8 whatever the terminal speaks."""
    stream = _Stream("ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    output.write("é", encoding="utf-8")
    assert stream.raw_bytes.getvalue() == "é".encode()


def test_a_reader_that_went_away_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken pipe and a closed output are silent."""
    monkeypatch.setattr(sys, "stdout", _Stream(error=BrokenPipeError()))
    output.write("x")
    monkeypatch.setattr(sys, "stdout", None)
    output.write("x")


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An output that cannot be written is the world's fault: a retry may help."""
    monkeypatch.setattr(sys, "stdout", _Stream(error=OSError(28, "No space left on device")))
    with pytest.raises(WorldError, match="standard output: cannot write: No space left on device"):
        output.write("x")


def test_complaining_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a standard error, or with a broken one, errors are lost but nothing breaks."""
    for stream in (None, _Stream(error=OSError(28, "No space left on device"))):
        monkeypatch.setattr(sys, "stderr", stream)
        output.complain("x")


def test_complaints_are_safe_to_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control characters in an error are shown, not obeyed; its lines stay lines."""
    stream = _Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    output.complain("a\x1b[2J\n  b", mend="c")
    assert stream.raw_bytes.getvalue() == b"error: a\\x1b[2J\n  b\n  c\n"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, (True, False)),
        ({"NO_COLOR": "1"}, (False, False)),
        ({"TERM": "dumb"}, (False, False)),
        ({"FORCE_COLOR": "1"}, (True, True)),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (False, False)),
    ],
)
def test_colours_are_for_people(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: tuple[bool, bool]
) -> None:
    """Terminals get colours, pipes do not; NO_COLOR, FORCE_COLOR and dumb terminals are obeyed."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (output.wants_colour(_Stream(terminal=True)), output.wants_colour(_Stream(terminal=False))) == expected


def test_a_closed_stream_is_no_terminal() -> None:
    """A stream that was closed, or never was, is no terminal."""
    stream = io.StringIO()
    stream.close()
    assert not output.is_terminal(stream)
    assert not output.is_terminal(None)


def test_a_file_takes_its_place_when_all_went_well(tmp_path: Path) -> None:
    """A failing writer leaves the old file as it was, and nothing beside it."""
    path = tmp_path / "report.json"
    path.write_text("old")
    with output.replacing(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    with pytest.raises(LookupError), output.replacing(path) as part:
        part.write_text("broken", "no such encoding")
    assert path.read_text() == "new"
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]


def test_links_are_followed(tmp_path: Path) -> None:
    """A report written to a link replaces what it points to, not the link."""
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    with output.replacing(tmp_path / "link.json") as part:
        part.write_text("x")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "x"


def test_devices_are_written_to() -> None:
    """What is no ordinary file is not replaced."""
    with output.replacing(Path(os.devnull)) as part:
        assert part == Path(os.devnull)


def test_places_are_refused_before_the_work(tmp_path: Path) -> None:
    """A folder, a missing folder and a place that may not be written are named, with the option."""
    with pytest.raises(UsageError, match=r"--out: .* is a folder"):
        output.writable(tmp_path, "--out")
    with pytest.raises(UsageError, match="--bad: there is no folder"):
        output.writable(tmp_path / "no" / "x.csv", "--bad")
    output.writable(tmp_path / "x.csv", "--bad")


@pytest.mark.parametrize(("columns", "width"), [("20", 40), ("90", 90), ("500", 140)])
def test_the_page_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    """Reports keep to the terminal's width, between the narrowest and the widest that reads well."""
    monkeypatch.setenv("COLUMNS", columns)
    assert output.page()["width"] == width

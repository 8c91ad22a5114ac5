"""References find files in the contracts folder; everything that can be wrong with them is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dq.contract import load, registry
from dq.errors import ContractError, WorldError

TEXT = "apiVersion: v3.1.0\nkind: DataContract\nid: {name}\nname: {name}\nversion: {version}\nstatus: active\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Contracts of flights in several versions, and of planes."""
    for name, version in [
        ("flights", "1.0.0"),
        ("flights", "1.2.0"),
        ("flights", "1.10.0"),
        ("flights", "2.0.0"),
        ("flights", "3.0.0-rc.1"),
        ("planes", "1.0.0-beta"),
    ]:
        path = tmp_path / name / f"{version}.odcs.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT.format(name=name, version=version), "utf-8")
    (tmp_path / "flights" / "draft.odcs.yaml").write_text("x", "utf-8")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("flights", "2.0.0"),
        ("flights@", "2.0.0"),
        ("flights@1.2.0", "1.2.0"),
        ("flights@^1", "1.10.0"),
        ("flights@~1.2", "1.2.0"),
        ("flights@>=1.1,<1.10", "1.2.0"),
        ("flights@3.0.0-rc.1", "3.0.0-rc.1"),
        ("planes@^1.0.0-alpha", "1.0.0-beta"),
    ],
)
def test_a_reference_finds_the_newest_match(folder: Path, reference: str, version: str) -> None:
    """A reference names the newest version in its range; a pre-release only when it asks for one."""
    contract = load(reference, contracts=folder)
    assert contract.version == version
    assert contract.ref == f"{reference.partition('@')[0]}@{version}"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("flihgts", "flihgts: no contract 'flihgts'\n  did you mean 'flights'? known contracts in FOLDER: flights, planes"),
        ("trains", "trains: no contract 'trains'\n  known contracts in FOLDER: flights, planes"),
        ("flights@^9", "flights@^9: no version of 'flights' is ^9\n  known versions: 3.0.0-rc.1, 2.0.0, 1.10.0, 1.2.0, 1.0.0"),
        ("planes", "planes: no version of 'planes' is *\n  known versions: 1.0.0-beta"),
        ("flights@latest", "flights@latest: 'latest' is not a range such as 1.2.0, ^1, ~1.2 or >=1.1,<2"),
        ("../flights", "../flights: not a path or a reference\n  write a file name, or name"),
        ("", ": not a path or a reference"),
        ("a/b.yaml", "a/b.yaml: no such file\n  give a file, or a reference such as orders@^1"),
    ],
)
def test_an_unknown_reference_names_what_is_known(folder: Path, reference: str, message: str) -> None:
    """A reference that leads nowhere is refused with the known names or versions; it never leaves the folder."""
    with pytest.raises(ContractError) as raised:
        load(reference, contracts=folder)
    assert str(raised.value).startswith(message.replace("FOLDER", str(folder)))


def test_without_a_folder_nothing_is_known(tmp_path: Path) -> None:
    """A contracts folder that is not there holds no contract; that is said."""
    with pytest.raises(ContractError, match=r"the folder .*nowhere holds no contract"):
        load("flights", contracts=tmp_path / "nowhere")


def test_the_folder_can_be_listed(folder: Path) -> None:
    """Names are sorted, versions newest first; what is no version is left out."""
    assert registry.names(folder) == ("flights", "planes")
    assert [str(version) for version in registry.versions("flights", folder)] == [
        "3.0.0-rc.1",
        "2.0.0",
        "1.10.0",
        "1.2.0",
        "1.0.0",
    ]
    assert registry.versions("nobody", folder) == ()
    assert registry.names(folder / "nowhere") == ()


def test_a_file_is_what_it_is_named(folder: Path) -> None:
    """A version file that says another version is refused when a reference leads to it."""
    (folder / "flights" / "2.1.0.odcs.yaml").write_text(TEXT.format(name="flights", version="2.0.1"), "utf-8")
    with pytest.raises(
        ContractError, match=r"2\.1\.0\.odcs\.yaml:5 version: the file is named 2\.1\.0, but its version is 2\.0\.1"
    ):
        load("flights", contracts=folder)


def test_a_path_is_read_whatever_it_is_called(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read by its path, as text or as a path, and its name is shown as given."""
    monkeypatch.chdir(folder)
    assert load("flights/1.0.0.odcs.yaml").place.document == "flights/1.0.0.odcs.yaml"
    assert load(Path("flights/1.0.0.odcs.yaml")).version == "1.0.0"
    Path("odd name").write_text(TEXT.format(name="x", version="1.0.0"), "utf-8")
    assert load("odd name").name == "x"
    contract = load("flights@1.0.0", contracts=".")
    assert load(contract) is contract


def test_a_misspelt_file_is_guessed(folder: Path) -> None:
    """A file that is not there is refused with the nearest one that is."""
    with pytest.raises(ContractError, match=r"no such file\n  did you mean '1\.0\.0\.odcs\.yaml'\?"):
        load(folder / "flights" / "1.0.0.odsc.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\nb: \xff\n", "c.yaml:2: not UTF-8 at byte 8"),
        (b"a: " + b"x" * 2_000_000, "c.yaml: larger than 2 MB"),
        (b"", "c.yaml:1: the file is empty"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str) -> None:
    """Bytes that are no UTF-8, too many, or none are a fault of the file."""
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_bytes(content)
    with pytest.raises(ContractError) as raised:
        load("c.yaml")
    assert str(raised.value).startswith(message)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """What some editors put before the text is no part of it."""
    path = tmp_path / "c.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.format(name="x", version="1.0.0").encode())
    assert load(path).name == "x"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything can be read here")
def test_a_file_that_may_not_be_read_is_the_world_s_fault(tmp_path: Path) -> None:
    """A file without permission is an error that may go away, not a fault of the contract."""
    path = tmp_path / "c.yaml"
    path.write_text("x", "utf-8")
    path.chmod(0)
    with pytest.raises(WorldError, match="cannot read the contract"):
        load(path)


def test_a_folder_is_no_contract(tmp_path: Path) -> None:
    """A folder named like a file cannot be read; that is the world's fault."""
    (tmp_path / "c.yaml").mkdir()
    with pytest.raises(WorldError, match="cannot read the contract: Is a directory"):
        load(tmp_path / "c.yaml")

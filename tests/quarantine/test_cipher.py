"""Encrypted payloads: what comes out is what went in, and nothing comes out that did not."""

from __future__ import annotations

import io
import sys
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import DqError, MissingExtra, UsageError, WorldError
from dq.quarantine import Vault, cipher
from dq.quarantine.cipher import Opened, Sealed
from dq.quarantine.keys import Keys, new_key

RING = Keys(new_key())
HEADER, CHUNK = 48, (256 << 10) + 16


def _sealed(*pieces: bytes) -> bytes:
    sink = io.BytesIO()
    assert RING.newest is not None
    sealed = Sealed(sink, RING.newest)
    for piece in pieces:
        assert sealed.write(piece) == len(piece)
    sealed.finish()
    return sink.getvalue()


def _plain(data: bytes) -> bytes:
    return Opened(io.BytesIO(data), RING, "here").read()


@given(st.lists(st.integers(0, 400_000), max_size=4))
def test_bytes_come_back(sizes: list[int]) -> None:
    """Whatever their number, and however they are cut, at a chunk's end as well."""
    pieces = [bytes([number]) * size for number, size in enumerate([*sizes, CHUNK - 16])]
    assert _plain(_sealed(*pieces)) == b"".join(pieces)


@given(st.integers(0, 700_000), st.integers(0, 700_000), st.sampled_from([0, 1, 2]))
def test_any_place_can_be_read(start: int, length: int, whence: int) -> None:
    """Seeking and reading are those of the plain file."""
    both = [_FILE, io.BytesIO(_PLAIN)]
    for file in both:
        file.seek(100)
    offset = start - 700_000 if whence == 2 else start
    assert both[0].seek(max(offset, -600_000), whence) == both[1].seek(max(offset, -600_000), whence)
    assert both[0].read(length) == both[1].read(length)
    assert both[0].tell() == both[1].tell()


_PLAIN = bytes(number % 251 for number in range(600_000))
_FILE = Opened(io.BytesIO(_sealed(_PLAIN)), RING, "here")


@given(st.integers(0, 600_000), st.integers(1, 255))
def test_one_changed_byte_is_found(place: int, change: int) -> None:
    """Wherever it is, header and tags included."""
    data = bytearray(_sealed(_PLAIN))
    data[place] ^= change
    with pytest.raises(DqError):
        _plain(bytes(data))


def test_chunks_keep_their_places() -> None:
    """They cannot be swapped, repeated, left out, or cut off at the end."""
    data = _sealed(_PLAIN)
    chunks = [data[HEADER + start : HEADER + start + CHUNK] for start in range(0, len(data) - HEADER, CHUNK)]
    head = data[:HEADER]
    for wrong in ([1, 0, 2], [0, 0, 2], [0, 2], [0, 1], [0], []):
        with pytest.raises(WorldError, match="altered"):
            _plain(head + b"".join(chunks[number] for number in wrong))


def test_nothing_of_the_rows_is_to_be_seen(tmp_path: Path) -> None:
    """Neither values, nor names of columns; both formats, and names of objects say so."""
    vault = Vault(str(tmp_path), keys=RING)
    plain = pa.record_batch({"telltale": ["Canary"] * 10})
    odd = pa.record_batch({"telltale": pa.array(["Canary"] * 10, pa.string_view())})
    for number, batch in enumerate((plain, odd)):
        (part,) = vault.write(f"s/b/{number}", [batch])
        assert part.path.endswith((".parquet.aes", ".arrows.aes"))
        assert part.key_id == RING.all[0].id
        data = (tmp_path / part.path).read_bytes()
        assert not any(word in data for word in (b"telltale", b"Canary", b"PAR1", b"ARROW"))
        vault.verify(part)
        assert pa.Table.from_batches(vault.read(part)).equals(pa.Table.from_batches([batch]))


def test_a_vault_without_the_key_can_verify_but_not_read(tmp_path: Path) -> None:
    """Bytes are compared as they lie there; rows need the key, which the error names."""
    (part,) = Vault(str(tmp_path), keys=RING).write("s/b/1", [pa.record_batch({"a": [1]})])
    other = Vault(str(tmp_path), keys=Keys(new_key()))
    other.verify(part)
    with pytest.raises(UsageError) as caught:
        list(other.read(part))
    assert RING.all[0].id in caught.value.what
    assert part.path in caught.value.where


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """A large object passes through in pieces."""
    vault = Vault(str(tmp_path), keys=RING)
    piece = pa.record_batch({"a": pa.array([bytes([number % 251]) * 1000 for number in range(2000)])})

    def pieces() -> object:
        for _ in range(100):
            yield piece

    tracemalloc.start()
    (part,) = vault.write("s/b/1", pieces())  # type: ignore[arg-type]
    assert sum(batch.num_rows for batch in vault.read(part)) == 200_000
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is written."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MissingExtra, match="encryption"):
        cipher.can_encrypt()
    with pytest.raises(MissingExtra):
        Vault(str(tmp_path), keys=RING).write("s/b/1", [pa.record_batch({"a": [1]})])
    assert not list(tmp_path.rglob("*.*"))

"""Files as streams of UTF-8 bytes: unpacked, recoded, and refused by name when they are not what their name says."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from dq.errors import SourceError, UsageError, WorldError

Opener = Callable[[str], BinaryIO]

BOM = codecs.BOM_UTF8


class Packing(StrEnum):
    """How the bytes of a file are packed."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"
    ZIP = "zip"


class Readable(Protocol):
    """Something that gives bytes."""

    def read(self, size: int, /) -> bytes:
        """At most *size* bytes; none at the end."""


_SUFFIXES = {".gz": Packing.GZIP, ".gzip": Packing.GZIP, ".zst": Packing.ZSTD, ".zstd": Packing.ZSTD, ".zip": Packing.ZIP}
_REFUSED = {
    ".bz2": "bzip2",
    ".xz": "xz",
    ".lzma": "lzma",
    ".lz4": "lz4",
    ".br": "brotli",
    ".sz": "snappy",
    ".7z": "7-zip",
    ".rar": "RAR",
    ".tar": "tar",
    ".tgz": "tar",
    ".z": "compress",
}
_PACKED = {b"\x1f\x8b": Packing.GZIP, b"\x28\xb5\x2f\xfd": Packing.ZSTD, b"PK\x03\x04": Packing.ZIP, b"PK\x05\x06": Packing.ZIP}
_MAGIC = (
    (b"PAR1", "a Parquet file", "give it as Parquet: --format parquet, or a name that ends in .parquet"),
    (b"\x1f\x8b", "gzip data", "name it so that it ends in .gz"),
    (b"\x28\xb5\x2f\xfd", "zstd data", "name it so that it ends in .zst"),
    (b"PK\x03\x04", "a zip archive (or an Excel workbook)", "name a zip .zip; save a workbook as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save it as CSV"),
    (b"BZh", "bzip2 data", "recompress it as .gz or .zst"),
    (b"\xfd7zXZ", "xz data", "recompress it as .gz or .zst"),
    (b"ARROW1", "an Arrow IPC file", "read it with pyarrow and give the table"),
    (b"ORC", "an ORC file", "convert it to Parquet"),
    (b"Obj\x01", "an Avro file", "convert it to Parquet"),
    (b"SQLite format 3\x00", "an SQLite database", "export the table"),
    (b"%PDF-", "a PDF document", "give the data itself"),
    (b"\xff\xfe", "UTF-16 text", "say --encoding utf-16"),
    (b"\xfe\xff", "UTF-16 text", "say --encoding utf-16"),
)
_PAGES = (b"<!doctype html", b"<html", b"<?xml")
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Text:
    """
    One text file: its *path* as given, how it is packed, its *encoding* (a codec's own name).

    Streams are opened anew on each call of `stream`.
    """

    path: str
    packing: Packing
    encoding: str
    opener: Opener

    @property
    def plain(self) -> bool:
        """Whether DuckDB can read the file itself: UTF-8, and packed in no way or in one that it knows."""
        return self.encoding == "utf-8" and self.packing is not Packing.ZIP

    @contextmanager
    def stream(self) -> Iterator[Readable]:
        """
        The text as UTF-8 bytes, a byte order mark included. What cannot be decoded comes out as invalid UTF-8.

        Raises:
            SourceError: the packed data is damaged, or a zip holds more than one file.
            WorldError: the file cannot be opened or read.
        """
        with _opened(self.path, self.opener) as file:
            unpacked = _unpacked(file, self.packing, self.path)
            yield unpacked if self.encoding == "utf-8" else _Recoded(unpacked, self.encoding, self.path)

    def raw(self, text: bytes) -> bytes:
        """The bytes as they are in the file (before packing) for bytes that came out of `stream`."""
        if self.encoding == "utf-8":
            return text
        codec, errors = _codec(self.encoding)
        return text.decode("utf-8", "surrogatepass").encode(codec, errors)


def text(path: str, encoding: str, opener: Opener) -> Text:
    """
    Look at the suffix and the first bytes of *path*.

    Raises:
        SourceError: it is a folder, or not the text its name says; the message names what it seems to be.
        UsageError: the encoding is unknown.
        WorldError: the file cannot be opened or read.
    """
    suffix = Path(path).suffix.lower()
    if suffix in _REFUSED:
        raise SourceError(f"cannot read {_REFUSED[suffix]} files", path, "unpack it, or pack it as .gz, .zst or .zip")
    found = Text(path, _SUFFIXES.get(suffix, Packing.NONE), _encoding(encoding), opener)
    _judge_packing(found)
    with _opened(path, opener) as file:
        head = _unpacked(file, found.packing, path).read(_HEAD)
    _judge_head(found, head)
    return replace(found, encoding=_ended(found.encoding, head))


def local(path: str) -> BinaryIO:
    """A local file."""
    return Path(path).open("rb")


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except LookupError:
        raise UsageError(f"unknown encoding '{name}'", "", "say utf-8, latin-1, cp1252, utf-16, …") from None
    return "utf-8" if found in ("ascii", "utf-8-sig") else found


def _ended(encoding: str, head: bytes) -> str:
    """The encoding with its byte order, so that it can be written back."""
    if encoding in ("utf-16", "utf-32"):
        big = head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
        return f"{encoding}-be" if big else f"{encoding}-le"
    return encoding


def _judge_packing(found: Text) -> None:
    if found.packing is Packing.NONE:
        return
    with _opened(found.path, found.opener) as file:
        head = file.read(4)
    if not any(head.startswith(magic) for magic, kind in _PACKED.items() if kind is found.packing):
        what = next((what for magic, what, _ in _MAGIC if head.startswith(magic[:4])), "something else" if head else "empty")
        raise SourceError(
            f"not {found.packing} data, as its name says, but {what}", found.path, "give it the suffix of what it is"
        )


def _judge_head(found: Text, head: bytes) -> None:
    wide = found.encoding.startswith(("utf-16", "utf-32"))
    for magic, what, mend in _MAGIC:
        if head.startswith(magic) and not (wide and "UTF-16" in what) and _certain(magic, head):
            raise SourceError(f"not a text file but {what}", found.path, mend)
    if head.lstrip().lower().startswith(_PAGES):
        raise SourceError("not data but a web page or XML", found.path, "look at the file: a download may have failed")
    if not wide and head.count(0) * 10 > len(head):
        raise SourceError(
            "not a text file: full of zero bytes", found.path, "look at the file; if it is UTF-16, say --encoding utf-16"
        )


def _certain(magic: bytes, head: bytes) -> bool:
    """Magic that could begin honest text (`ORC`, `PAR1`, `BZh`) counts only beside bytes that no text holds."""
    return not magic.isascii() or not magic.isalnum() or any(byte < 9 for byte in head)


@contextmanager
def _opened(path: str, opener: Opener) -> Iterator[BinaryIO]:
    try:
        file = opener(path)
    except IsADirectoryError:
        raise SourceError("a folder, not a file", path, "give the files in it: FOLDER/*.csv") from None
    except OSError as error:
        raise WorldError(f"cannot read the file: {error.strerror or error}", path) from error
    with file:
        yield file


class _Told:
    """A stream whose errors are told as ours."""

    def __init__(self, stream: Readable, path: str, packing: Packing) -> None:
        self._stream = stream
        self._path = path
        self._packing = packing

    def read(self, size: int, /) -> bytes:
        with _told(self._path, self._packing):
            return self._stream.read(size)


@contextmanager
def _told(path: str, packing: Packing) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and packing is Packing.NONE:
            raise WorldError(f"cannot read the file: {error.strerror or error}", path) from error
        raise SourceError(f"the {packing} data is damaged or cut off: {error}", path, "fetch or write the file again") from error


def _unpacked(file: BinaryIO, packing: Packing, path: str) -> Readable:
    if packing is Packing.NONE:
        return _Told(file, path, packing)
    with _told(path, packing):
        if packing is Packing.ZIP:
            return _Told(_member(file, path), path, packing)
        import pyarrow as pa  # noqa: PLC0415  only packed files need it here

        return _Told(pa.CompressedInputStream(pa.PythonFile(file, "r"), str(packing)), path, packing)


def _member(file: BinaryIO, path: str) -> Readable:
    archive = zipfile.ZipFile(file)
    members = [item for item in archive.infolist() if not item.is_dir() and not item.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        listed = ", ".join(item.filename for item in members[:5])
        raise SourceError(
            f"the zip holds {len(members)} files ({listed or 'none'}), not one", path, "unpack it and give the files"
        )
    if members[0].flag_bits & 1:
        raise SourceError("the zip is encrypted", path, "unpack it and give the file")
    return archive.open(members[0])


def _codec(encoding: str) -> tuple[str, str]:
    """The codec that inverts, and how it carries what it cannot decode."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    return encoding, "surrogatepass" if wide else "surrogateescape"


class _Recoded:
    """A stream of another encoding as UTF-8; what cannot be decoded becomes a lone surrogate, which is no UTF-8."""

    def __init__(self, stream: Readable, encoding: str, path: str) -> None:
        codec, errors = _codec(encoding)
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(codec)(errors)
        self._path = path
        self._encoding = encoding
        self._done = False

    def read(self, size: int, /) -> bytes:
        """Empty only at the end of the stream, as for any reader."""
        while not self._done:
            data = self._stream.read(size)
            self._done = not data
            try:
                decoded = self._decoder.decode(data, self._done)
            except UnicodeDecodeError as error:
                raise SourceError(
                    f"not {self._encoding}: {error.reason}", self._path, "say its encoding: --encoding latin-1"
                ) from None
            if decoded:
                return decoded.encode("utf-8", "surrogatepass")
        return b""

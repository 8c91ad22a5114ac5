"""
Payload objects under a key: AES-256-GCM over chunks, so that any size streams through in bounded memory and can be sought in.

    header   "DQE1" · id of the key (8) · salt (32) · size of a chunk (4)
    chunk    ciphertext, tag (16); all but the last are of full size

Each object has a key of its own, derived from the ring's and the salt, so a chunk's number is its nonce. The last chunk's nonce
says that it is the last, and every tag covers the header: chunks cannot be changed, moved, left out, or cut off at the end.

Parquet has an encryption of its own, but Arrow streams have none, and both formats are kept here; one framing serves both.
"""

from __future__ import annotations

import io
import secrets
import struct
from collections import OrderedDict
from typing import IO, Any

from dq.errors import MissingExtra, WorldError
from dq.quarantine.keys import Key, Keys
from dq.quarantine.objects import Sink

SUFFIX = ".aes"
_MAGIC = b"DQE1"
_HEADER = struct.Struct(">4s8s32sI")
_CHUNK = 256 << 10
_TAG = 16
_KEPT = 8  # decrypted chunks in memory: columns of a row group are read in turns


class Sealed(io.RawIOBase):
    """A file to write to; what passes goes on to *sink*, encrypted. `finish` writes the end."""

    def __init__(self, sink: Sink, key: Key) -> None:
        self._sink = sink
        salt = secrets.token_bytes(32)
        self._header = _HEADER.pack(_MAGIC, key.id.encode(), salt, _CHUNK)
        self._cipher = _cipher(key, salt)
        self._waiting = bytearray()
        self._number = 0
        sink.write(self._header)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Encrypt all but the last chunk's worth."""
        self._waiting += memoryview(data).cast("B")
        done = 0
        with memoryview(self._waiting) as whole:
            while len(whole) - done > _CHUNK:
                self._put(whole[done : done + _CHUNK], last=False)
                done += _CHUNK
        del self._waiting[:done]
        return memoryview(data).nbytes

    def finish(self) -> None:
        """Write the last chunk; without it the object cannot be read."""
        self._put(self._waiting, last=True)
        self._waiting = bytearray()

    def _put(self, plain: Any, *, last: bool) -> None:
        self._sink.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, self._header))
        self._number += 1


class Opened(io.RawIOBase):
    """
    The plain bytes of an encrypted *file*, decrypted where they are read.

    Raises:
        UsageError: the key is not given; it is named. WorldError: the bytes are not what was written.
    """

    def __init__(self, file: IO[bytes], keys: Keys, where: str) -> None:
        self._file, self._where = file, where
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self._header = file.read(_HEADER.size)
        if len(self._header) != _HEADER.size or not self._header.startswith(_MAGIC):
            raise WorldError("a payload object is not encrypted as its name says", where, "restore the object from a backup")
        _, key_id, salt, self._chunk = _HEADER.unpack(self._header)
        self._cipher = _cipher(keys.find(key_id.decode("ascii", "replace"), where), salt)
        body = size - _HEADER.size
        self._chunks = max(-(-body // (self._chunk + _TAG)), 1)
        self._size = max(body - _TAG * self._chunks, 0)
        self._place = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._plain(self._chunks - 1)  # that it ends as it was written

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a plain byte."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(start + offset, 0)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill *buffer* as far as there are bytes."""
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._place < self._size:
            number, offset = divmod(self._place, self._chunk)
            piece = self._plain(number)[offset : offset + len(view) - done]
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._place += len(piece)
        return done

    def _plain(self, number: int) -> bytes:
        if (known := self._kept.get(number)) is not None:
            self._kept.move_to_end(number)
            return known
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  optional

        self._file.seek(_HEADER.size + number * (self._chunk + _TAG))
        sealed = self._file.read(self._chunk + _TAG)
        try:
            plain = self._cipher.decrypt(_nonce(number, last=number == self._chunks - 1), sealed, self._header)
        except (InvalidTag, ValueError):
            mend = "restore the object from a backup"
            raise WorldError("a payload object cannot be decrypted: it was altered", self._where, mend) from None
        self._kept[number] = plain
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return bytes(plain)


def can_encrypt() -> None:
    """
    See that the library is there, before anything is written.

    Raises:
        MissingExtra: it is not.
    """
    try:
        import cryptography  # noqa: F401, PLC0415  optional
    except ImportError:
        raise MissingExtra("cryptography", "encryption") from None


def _cipher(key: Key, salt: bytes) -> Any:
    can_encrypt()
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  optional
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    return AESGCM(HKDF(SHA256(), 32, salt, b"dq payload").derive(key.secret))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])

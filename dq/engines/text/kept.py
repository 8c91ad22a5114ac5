"""The readable part of a file: the file itself as long as nothing had to go, then a copy."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dq.engines.text.streams import Text
from dq.errors import WorldError

_BLOCK = 1 << 20


@contextmanager
def spilling(spill: Path, kind: str) -> Iterator[Path]:
    """
    A new folder in *spill* to write to.

    Raises:
        WorldError: it cannot be written.
    """
    try:
        yield Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=spill))
    except OSError as error:
        raise WorldError(f"cannot write: {error.strerror or error}", str(spill), "free space, or set spill_directory") from error


class Kept:
    """Is told of the bytes of *file* in order: which stay, which go. A copy at *path* begins with the first difference."""

    def __init__(self, file: Text, path: Path) -> None:
        self._file = file
        self._path = path
        self._same = 0  # bytes from the start that are as in the file
        self._copy: BinaryIO | None = None
        if not file.plain:
            self.differ()

    def keep(self, data: bytes | memoryview) -> None:
        """The next bytes of the file stay."""
        if self._copy is None:
            self._same += len(data)
        else:
            self._copy.write(data)

    def write(self, data: bytes) -> None:
        """Bytes that are not in the file."""
        self.differ()
        self.keep(data)

    def differ(self) -> None:
        """The next bytes of the file go."""
        if self._copy is not None:
            return
        self._copy = self._path.open("wb")
        if not self._same:
            return
        with self._file.stream() as stream:
            left = self._same
            while left and (data := stream.read(min(left, _BLOCK))):
                self._copy.write(data)
                left -= len(data)

    def close(self) -> Path | None:
        """The copy, if there is one."""
        if self._copy is None:
            return None
        self._copy.close()
        return self._path

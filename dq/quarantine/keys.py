"""The keys that dead letters are encrypted with: from the environment or from a command, never from a file of the project."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from functools import cached_property

from dq.errors import UsageError, WorldError

_BYTES = 32
_PATIENCE = 60  # seconds that a key command may take
_MEND = "give it in DQ_QUARANTINE_KEY, after the newest and a comma, or let quarantine_key_command print it"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of 32 bytes, and the id by which an object says that it needs it; the id tells nothing about the key."""

    id: str
    secret: bytes = field(repr=False)

    def derived(self, purpose: str) -> bytes:
        """Another key of 32 bytes, for one purpose: it tells nothing about this one."""
        return hmac.digest(self.secret, f"dq {purpose}".encode(), "sha256")


class Keys:
    """
    A ring of keys: the newest encrypts, all decrypt.

    *said* holds them, the newest first, with commas or line ends between, each in Base64 or 64 hexadecimal digits.
    *command* prints them likewise; it is run when a key is first needed, without a shell. Neither: nothing is encrypted.
    """

    def __init__(self, said: str = "", command: str = "") -> None:
        self._said = said
        self._command = command

    def __bool__(self) -> bool:
        """Whether there is any; a command counts."""
        return bool(self._said.strip() or self._command.strip())

    @cached_property
    def all(self) -> tuple[Key, ...]:
        """
        The keys, the newest first.

        Raises:
            UsageError: one is no key. WorldError: the command failed.
        """
        if self._said.strip():
            return _keys(self._said, "quarantine_key")
        return _keys(_printed(self._command), "quarantine_key_command") if self._command.strip() else ()

    @property
    def newest(self) -> Key | None:
        """The one that encrypts; None: nothing is encrypted."""
        return next(iter(self.all), None)

    def find(self, key_id: str, where: str) -> Key:
        """
        The key of that id, for what lies at *where*.

        Raises:
            UsageError: it is not among them; the message names it.
        """
        for key in self.all:
            if key.id == key_id:
                return key
        known = f"known are {', '.join(key.id for key in self.all)}" if self.all else "no key is given"
        lost = "if it is lost, so are the rows: `dq quarantine purge` removes them"
        raise UsageError(f"encrypted with key {key_id}, but {known}", where, f"{_MEND}; {lost}")


def new_key() -> str:
    """A new key, as `DQ_QUARANTINE_KEY` takes it."""
    import secrets  # noqa: PLC0415  only here

    return base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def _keys(said: str, where: str) -> tuple[Key, ...]:
    words = [word for word in re.split(r"[,\s]+", said) if word]
    if not words:
        raise UsageError("no key was given", where, "`dq quarantine new-key` makes one")
    return tuple(dict.fromkeys(_key(word, number, where) for number, word in enumerate(words, 1)))


def _key(word: str, number: int, where: str) -> Key:
    """The key that *word* is; an error never shows it."""
    try:
        secret = bytes.fromhex(word) if re.fullmatch(r"[0-9A-Fa-f]{64}", word) else base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != _BYTES:
        mend = "say 32 random bytes in Base64 or hexadecimal digits: `dq quarantine new-key` makes one"
        raise UsageError(f"key {number} is not {_BYTES} bytes", where, mend)
    return Key(hmac.digest(secret, b"dq key id", "sha256").hex()[:8], secret)


def _printed(command: str) -> str:
    """What *command* prints; it may print a secret anywhere, so nothing of it is shown."""
    words = shlex.split(command)
    mend = "run it by hand, and see what it says"
    try:
        done = subprocess.run(words, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603  the project's own words
    except (OSError, subprocess.TimeoutExpired) as error:
        how = "did not end in time" if isinstance(error, subprocess.TimeoutExpired) else f"cannot be run: {error.strerror}"
        raise WorldError(f"'{words[0]}' {how}", "quarantine_key_command", mend) from None
    if done.returncode:
        raise WorldError(f"'{words[0]}' ended with {done.returncode}", "quarantine_key_command", mend)
    return done.stdout.decode("utf-8", "replace")

"""Sensitive values as something to look at: their shape, and a short keyed hash so that rows can be told apart."""

from __future__ import annotations

import hashlib
import os
import secrets
import string

_RUN_KEY = secrets.token_bytes(32)
_LONGEST = 24
_PLAIN = frozenset(string.punctuation + " ")


def mask(text: str | None, key: bytes | None = None) -> str | None:
    """
    The shape of a value, then eight hex digits of a keyed hash. Null stays null.

    Letters become `x`, digits `9`, blanks and ASCII punctuation stay, the rest is `?`. The key is *key*, else the variable
    DQ_MASK_KEY, else derived from DQ_QUARANTINE_KEY, else a new one each process: then equal values look equal within one run
    only.

    Example:
        >>> mask("Ann 42", b"k")[:7]
        'Xxx 99#'
    """
    if text is None:
        return None
    key = key or os.environ.get("DQ_MASK_KEY", "").encode() or _derived(os.environ.get("DQ_QUARANTINE_KEY", "")) or _RUN_KEY
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=4).hexdigest()
    shape = "".join(map(_shape, text[:_LONGEST]))
    return f"{shape}{'…' if len(text) > _LONGEST else ''}#{digest}"


def _derived(ring: str) -> bytes:
    """A key of its own from the newest key of a ring."""
    newest = ring.replace(",", " ").split()[:1]
    return hashlib.blake2b(newest[0].encode(), person=b"dq mask").digest() if newest else b""


def _shape(char: str) -> str:
    """What may be seen of a character; signs of other scripts, say vowels of Hindi or an emoji, would say too much."""
    if char.isalpha():
        return "X" if char.isupper() else "x"
    if char.isnumeric():
        return "9"
    return char if char in _PLAIN else "?"

"""Sensitive values as something to look at: their shape, and a short keyed hash so that rows can be told apart."""

from __future__ import annotations

import hashlib
import os
import secrets

_RUN_KEY = secrets.token_bytes(32)
_LONGEST = 24


def mask(text: str | None, key: bytes | None = None) -> str | None:
    """
    Letters become `x`, digits `9`, the rest stays; then eight hex digits of a keyed hash. Null stays null.

    The key is *key*, else the variable DQ_MASK_KEY, else a new one each process: then equal values look equal within
    one run only.

    Example:
        >>> mask("Ann 42", b"k")[:7]
        'Xxx 99#'
    """
    if text is None:
        return None
    key = key or os.environ.get("DQ_MASK_KEY", "").encode() or _RUN_KEY
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=4).hexdigest()
    shape = "".join("9" if c.isdigit() else ("X" if c.isupper() else "x") if c.isalpha() else c for c in text[:_LONGEST])
    return f"{shape}{'…' if len(text) > _LONGEST else ''}#{digest}"

"""Text from data and contracts made harmless: no control characters, no escape sequences, no hidden or reordering characters."""

from __future__ import annotations

import re

# C0 and C1 controls, soft hyphen, invisible and bidirectional format characters, line separators, lone surrogates,
# tags and noncharacters. Joiners (U+200C, U+200D) and variation selectors stay: words and emoji need them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f\U0001fffe\U0001ffff\U0010fffe\U0010ffff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def shown(text: str, limit: int | None = None) -> str:
    r"""
    *text* on one line, safe to print; longer than *limit* characters, it is cut and says how long it is.

    Example:
        >>> shown("a\x1b[31m\nb")
        'a\\x1b[31m\\nb'
    """
    cut = limit is not None and len(text) > limit
    safe = _UNSAFE.sub(_escape, text[:limit] if cut else text)
    return f"{safe}… ({len(text):,} characters)" if cut else safe


def shown_lines(text: str) -> str:
    """*text* safe to print, its own line breaks kept."""
    return "\n".join(shown(line) for line in text.splitlines())


def json_safe(document: str) -> str:
    """A JSON *document*, its hidden characters as JSON escapes: the same values, safe to print."""
    return _HIDDEN.sub(_json_escape, document)


_HIDDEN = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", ""))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] in _SHORT:
        return _SHORT[found[0]]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"

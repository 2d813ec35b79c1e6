"""Text that XML can carry: what is left out would make Word and Excel refuse the whole file."""

from __future__ import annotations

import re

# Everything but the characters of XML 1.0, lone surrogates too.
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return a text without the characters that no XML file may hold."""
    return _UNPRINTABLE.sub("", text)

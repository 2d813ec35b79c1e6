"""Text that people upload from their spreadsheets."""

from __future__ import annotations

from fieldvisit.errors import Refused


def decoded(content: bytes) -> str:
    """Return an uploaded text, UTF-8 or GB18030 (Excel in China); raise Refused when it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("文件的文字编码认不出来，请另存为 UTF-8 编码的 CSV。")

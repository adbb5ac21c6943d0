"""What winmail.dat holds.

Outlook wraps files and text in this format (MS-OXTNEF) when it thinks that the
receiver is another Outlook.  tnefparse reads it; this module first makes sure
that its loops end, since it believes every count that the file states.
"""

from __future__ import annotations

import contextlib
import logging
import struct
from dataclasses import dataclass
from typing import Any

from service.adapters.mime_text import clean, decode, tidy_name

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)

_SIGNATURE = 0x223E9F78
# attMAPIProps, attAttachment: lists of MAPI properties.
_PROPERTY_LISTS = (0x9003, 0x9005)
# attOemCodepage, attBody, attMAPIProps, attTnefVersion: all of the message level that we use.
_OF_THE_MESSAGE = (0x9007, 0x800C, 0x9003, 0x9006)
_MAX_OBJECTS = 2_000
# tnefparse copies what is left of the file at each object.
_MAX_COPIED = 600_000_000
_FIXED = {0x02: 2, 0x0B: 2, 0x03: 4, 0x04: 4, 0x0A: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_COUNTED = (0x0000, 0x000D, 0x001E, 0x001F, 0x0102)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The files (name and content) and the text of a winmail.dat."""

    files: tuple[tuple[str, bytes], ...]
    plain: str | None
    html: str | None


def unwrap(content: bytes) -> Wrapped | None:
    """Unpack a winmail.dat; None when it is broken or something else."""
    sieved = _sieve(content)
    if sieved is None:
        return None
    from tnefparse import TNEF

    # It raises many kinds of exception on broken input.
    try:
        tnef = TNEF(sieved, do_checksum=False)
    except Exception:
        return None
    codepage = tnef.codepage if isinstance(tnef.codepage, str) else "cp1252"
    files: list[tuple[str, bytes]] = []
    for attachment in tnef.attachments:
        data = attachment.data
        if isinstance(data, list):
            data = b"".join(d for d in data if isinstance(d, bytes))
        if isinstance(data, bytes) and data and not hasattr(attachment, "embed"):
            files.append((_name(attachment, codepage), data))
    return Wrapped(tuple(files), _text(tnef.body, codepage), _text(tnef.htmlbody, codepage))


def _name(attachment: Any, codepage: str) -> str:
    with contextlib.suppress(Exception):
        long_name = attachment.long_filename()
        if isinstance(long_name, list):
            long_name = long_name[0] if long_name else ""
        if isinstance(long_name, bytes):
            long_name = decode(long_name, codepage)[0]
        if isinstance(long_name, str) and long_name.strip("\x00 "):
            return tidy_name(clean(long_name))
    # The short name is bytes in the sender's own code page.
    short = getattr(attachment, "_name", b"")
    if isinstance(short, list):
        short = short[0] if short else b""
    text = decode(short, codepage)[0] if isinstance(short, bytes) else str(short)
    return tidy_name(clean(text))


def _text(value: Any, codepage: str) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bytes):
        value = decode(value.rstrip(b"\x00"), codepage)[0]
    if not isinstance(value, str):
        return None
    text = clean(value)
    return text if text.strip() else None


def _sieve(content: bytes) -> bytes | None:
    """The same file with only what we use, or None when a count in it cannot be true."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
        return None
    kept = [content[:6]]
    offset, objects, size = 6, 0, len(content)
    while offset + 11 <= size:
        level, name, _, length = struct.unpack_from("<BHHI", content, offset)
        end = min(offset + 11 + length, size)
        objects += 1
        if objects > _MAX_OBJECTS:
            return None
        data = content[offset + 9 : end - 2]
        if name in _PROPERTY_LISTS and not _counts_are_true(data):
            return None
        if level == 2 or name in _OF_THE_MESSAGE:
            kept.append(content[offset:end])
        offset = end
    if sum(map(len, kept)) * len(kept) > _MAX_COPIED:
        return None
    return b"".join(kept)


def _counts_are_true(data: bytes) -> bool:
    """Whether a list of MAPI properties ends where it says (MS-OXTNEF 2.1.3.4, MS-OXCDATA 2.11)."""
    size = len(data)
    try:
        (count,) = struct.unpack_from("<I", data)
        offset = 4
        if count > size // 4:
            return False
        for _ in range(count):
            kind, name = struct.unpack_from("<HH", data, offset)
            offset += 4
            if name >= 0x8000:
                (named,) = struct.unpack_from("<I", data, offset + 16)
                offset += 24
                if named:
                    (length,) = struct.unpack_from("<I", data, offset - 4)
                    offset += length + -length % 4
            values = 1
            many = bool(kind & 0x1000)
            kind &= ~0x1000
            if many:
                (values,) = struct.unpack_from("<I", data, offset)
                offset += 4
                if values > size // 2:
                    return False
            if kind in _FIXED:
                offset += _FIXED[kind] * values
                if values % 2 and _FIXED[kind] == 2:
                    offset += 2
            elif kind in _COUNTED:
                if not many:
                    (values,) = struct.unpack_from("<I", data, offset)
                    offset += 4
                    if values > size // 4:
                        return False
                for _ in range(values):
                    (length,) = struct.unpack_from("<I", data, offset)
                    offset += 4 + length + -length % 4
                    if offset > size + 4:
                        return False
            else:
                # tnefparse stops here too, with what it has.
                return True
            if offset > size + 4:
                return False
    except struct.error:
        # It ends early; tnefparse will meet the same end.
        return True
    return True

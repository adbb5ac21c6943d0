"""What tells one letter from another, before anything of it is understood.

The same letter may reach the mailbox twice (through a list and directly), or
lie in it twice after a folder was copied; then only the trace headers differ
(RFC 5321, 4.4).  So what counts is who wrote, when, about what, and the body.
"""

from __future__ import annotations

import hashlib
import re

_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_WANTED = (b"from", b"date", b"subject", b"message-id")
_IN_BRACKETS = re.compile(rb"<[^<>\s]{1,996}>")
# A line of a header is at most 998 characters long (RFC 5322, 2.1.1).
_LONGEST_ID = 998


def fingerprint(raw: bytes) -> tuple[str | None, str]:
    """A letter's Message-ID, None when it has none, and the fingerprint of what it says.

    Line ends and the folding of headers do not matter.  Never raises; any
    bytes have a fingerprint.
    """
    end = _BLANK_LINE.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    found = _headers(head)
    digest = hashlib.sha256()
    for name in (b"from", b"date", b"subject"):
        digest.update(name + b":" + found.get(name, b"") + b"\n")
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
    # Some servers add a line end at the end of a message, some take it away.
    digest.update(body.rstrip(b"\r\n"))
    return _message_id(found.get(b"message-id", b"")), digest.hexdigest()


def _headers(head: bytes) -> dict[bytes, bytes]:
    """The topmost value of each wanted header, unfolded, its white space made single."""
    found: dict[bytes, bytes] = {}
    current: bytes | None = None
    for line in head.splitlines():
        if line[:1] in (b" ", b"\t"):
            if current is not None:
                found[current] += b" " + line
            continue
        name, colon, value = line.partition(b":")
        name = name.strip().lower()
        current = name if colon and name in _WANTED and name not in found else None
        if current is not None:
            found[current] = value
    return {name: b" ".join(value.split()) for name, value in found.items()}


def _message_id(value: bytes) -> str | None:
    bracketed = _IN_BRACKETS.search(value)
    chosen = bracketed.group() if bracketed else value[:_LONGEST_ID]
    return chosen.replace(b"\0", b"").decode("utf-8", "replace").strip() or None

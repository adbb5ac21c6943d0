"""Long attachments, set aside while a message is taken apart.

The standard library's parser looks at each line of a message, and nine tenths of the
lines of a backlog are base64.  They hold nothing that a parser could find: no boundary,
no header, no blank line.  So each long body is replaced by a short mark before parsing
and put back after it, and the message comes out as it would have.
"""

from __future__ import annotations

import re
from email.message import Message

# Bodies shorter than this are parsed as they are.
_LONG = 16_384
# A part's header is at most so many bytes after the line that says base64.
_LONGEST_HEAD = 8_192
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_FIELD = b"content-transfer-encoding:"
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_MARK = "setaside0by0kallelse"
_MARKS = re.compile(rf"{_MARK}(\d+)end")


def set_aside(raw: bytes) -> tuple[bytes, list[bytes]]:
    """The message with a mark for each long base64 body, and the bodies."""
    if len(raw) < _LONG or _MARK.encode() in raw:
        return raw, []
    pieces: list[bytes] = []
    bodies: list[bytes] = []
    kept = at = 0
    nowhere = len(raw)
    # Where each spelling comes next; mail programs use no third.
    coming = dict.fromkeys((b"base64", b"BASE64"), -1)
    while True:
        for word, where in coming.items():
            if where < at:
                found = raw.find(word, at)
                coming[word] = nowhere if found < 0 else found
        hit = min(coming.values())
        if hit == nowhere:
            break
        at = hit + 6
        body = _body_after(raw, hit)
        if body is not None:
            start, end = body
            pieces += [raw[kept:start], f"{_MARK}{len(bodies)}end".encode()]
            bodies.append(raw[start:end])
            kept = at = end
    if not bodies:
        return raw, []
    return b"".join((*pieces, raw[kept:])), bodies


def _body_after(raw: bytes, hit: int) -> tuple[int, int] | None:
    """Where the body lies whose header says base64 at `hit`; None unless it is long and pure."""
    line = raw[raw.rfind(b"\n", max(0, hit - 200), hit) + 1 : hit].lower()
    if line.rstrip() != _FIELD:
        return None
    head = _END_OF_HEAD.search(raw, hit, hit + _LONGEST_HEAD)
    if head is None:
        return None
    if b"message/" in raw[max(0, hit - _LONGEST_HEAD) : head.start()].lower():
        # What is enclosed is taken apart in its turn, by its lines.
        return None
    start = head.end()
    # No line of base64 begins with a hyphen, so the next that does is the boundary.
    end = raw.find(b"\n--", start - 1)
    end = len(raw) if end < 0 else end
    if raw[end - 1 : end] == b"\r":
        end -= 1
    if end - start < _LONG:
        return None
    body = raw[start:end]
    if body.translate(None, _ALPHABET) or b"\n\n" in body or b"\n\r\n" in body:
        return None
    return start, end


def put_back(message: Message, bodies: list[bytes]) -> None:
    """Give each part its body again."""
    if not bodies:
        return

    def whole(text: str) -> str:
        return _MARKS.sub(lambda mark: bodies[int(mark[1])].decode("ascii"), text)

    for part in message.walk():
        payload = part.get_payload()
        if isinstance(payload, str) and _MARK in payload:
            part.set_payload(whole(payload))
        for outside in ("preamble", "epilogue"):
            text = getattr(part, outside)
            if isinstance(text, str) and _MARK in text:
                setattr(part, outside, whole(text))

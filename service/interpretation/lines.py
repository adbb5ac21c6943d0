"""Sentences made ready for the rules: folded, and with the mentions marked in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from service.interpretation.rulebook import CLOSE, OPEN, Line
from service.interpretation.words import fold


class _Mention(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def mark(
    index: int, text: str, start: int, marks: Sequence[tuple[str, _Mention]], without_dots: bool
) -> Line:
    """A sentence that begins at `start`, with its mentions written as `‹p3›`.

    `marks` pairs the code of a mention ("p3", "m0", "d1") with the mention.
    """
    plain = fold(text)
    pieces: list[str] = []
    offsets: list[tuple[int, int]] = []
    at = written = 0
    for code, mention in sorted(marks, key=lambda row: (row[1].start, -row[1].end)):
        begin, end = mention.start - start, mention.end - start
        if begin < at or end > len(plain):
            continue
        token = f"{OPEN}{code}{CLOSE}"
        pieces += [plain[at:begin], token]
        written += begin - at + len(token)
        offsets.append((written, end - written))
        at = end
    pieces.append(plain[at:])
    return Line(index, plain, "".join(pieces), tuple(offsets), without_dots)

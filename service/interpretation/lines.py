"""Sentences made ready for the rules: folded, and with the mentions marked in them."""

from __future__ import annotations

import re
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
    index: int, text: str, start: int, mentions: Sequence[tuple[str, _Mention]], without_dots: bool
) -> Line:
    """A sentence that begins at `start`, with its mentions written as `‹p3›`.

    `mentions` pairs the code of a mention ("p3", "m0", "d1") with the mention.
    """
    plain = fold(text)
    marks = _with_addresses(plain, start, mentions)
    pieces: list[str] = []
    offsets: list[tuple[int, int]] = []
    at = written = 0
    for code, begin, end in marks:
        if begin < at or end > len(plain):
            continue
        if begin == end:
            continue
        token = f"{OPEN}{code}{CLOSE}"
        pieces += [plain[at:begin], token]
        written += begin - at + len(token)
        offsets.append((written, end - written))
        at = end
    pieces.append(plain[at:])
    return Line(index, plain, "".join(pieces), tuple(offsets), without_dots)


_BETWEEN = re.compile(r"[ ,]{0,2}[(<\[]?(?:mailto:)?\Z")


def _with_addresses(
    plain: str, start: int, mentions: Sequence[tuple[str, _Mention]]
) -> list[tuple[str, int, int]]:
    """Code, begin and end of each mention; an address right after a name is part of the name."""
    rows = sorted(
        ((code, m.start - start, m.end - start) for code, m in mentions), key=lambda row: (row[1], -row[2])
    )
    kept: list[tuple[str, int, int]] = []
    for code, begin, end in rows:
        if (
            kept
            and code[0] == "p"
            and kept[-1][0][0] == "p"
            and "@" in plain[begin:end]
            and begin >= kept[-1][2]
        ):
            gap = plain[kept[-1][2] : begin]
            if _BETWEEN.match(gap):
                closing = 1 if plain[end : end + 1] in {")", ">", "]"} else 0
                kept[-1] = (kept[-1][0], kept[-1][1], end + closing)
                continue
        kept.append((code, begin, end))
    return kept

"""Text as the reader sees it: folded, cut into sentences, with offsets kept.

Every offset points into the text that was given, so that an intent can show
the very words that caused it.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# How much of a message is looked at.  Nobody asks for anything after ten
# pages, and the whole text is kept anyway.
LONGEST = 20_000

_ABBREVIATIONS_TEXT = """
t.ex tex bl.a bla kl ca c:a cirka tel tfn st m.m mm m.fl o.s.v osv fr.o.m from t.o.m tom d.v.s dvs ang
ev resp v nr min tim jan feb febr mar apr jun aug sept sep okt nov dec mån tis ons tors tor fre lör
sön f.d fd s.k sk f.ö fö p.g.a pga i.st o.dyl etc bitr ordf sekr avd dr ing inkl exkl forts jfr kap obs
enl rev d e.d o.d t.f tf tills vidare f.n m.a.o p.s ps e.l mkt ngn ngt bitr. mr mrs ms e.g i.e approx no
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())

_BULLET = re.compile(r"[ \t]*(?P<bullet>[-–—•*·o▪●]|\d{1,2}[.):]|\(?[a-hA-H]\)|[ivx]{1,4}[.)])[ \t]+(?=\S)")
_END = re.compile(r"[.!?…]+[)\"”’']*(?=\s|$)|[\U0001F300-\U0001FAFF☺☹]+|:-?[)(D](?=\s|$)|;-?\)(?=\s|$)")
_LAST_WORD = re.compile(r"[\w.:]+$")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "”": '"', "“": '"', "„": '"', "»": '"', "«": '"',
                         "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\n": " ", "‑": "-", "−": "-", "\ufeff": " ", "\u200b": " "})  # fmt: skip
_DIACRITICS = str.maketrans("åäöéèüáàøæ", "aaoeeuaaoa")


# A sentence is folded by every reader that looks at it; the last thousand or so are remembered.
_REMEMBERED = 1000


def fold(text: str) -> str:
    """Lower case, composed (NFC), plain quotes and spaces; keeps å, ä and ö.

    The result has as many characters as the NFC form of the text, so offsets
    hold; a letter whose lower case is longer than itself is left alone.
    """
    return _fold_short(text) if len(text) <= _REMEMBERED else _fold(text)


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


_fold_short = lru_cache(maxsize=1024)(_fold)


def bare(text: str) -> str:
    """A folded text without its dots and rings, for whoever writes on a foreign keyboard."""
    return _bare_short(text) if len(text) <= _REMEMBERED else text.translate(_DIACRITICS)


@lru_cache(maxsize=1024)
def _bare_short(text: str) -> str:
    return text.translate(_DIACRITICS)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a line that stands alone, with its place in the text."""

    text: str
    start: int
    end: int
    # Counts from 0; a blank line or a new bullet begins the next paragraph.
    paragraph: int
    # "1.", "-", "a)" when the sentence opens a line of a list.
    bullet: str | None = None


def _blocks(text: str) -> list[tuple[int, int, str | None, bool]]:
    """Lines joined where a mail client broke them: (start, end, bullet, opens a paragraph)."""
    blocks: list[tuple[int, int, str | None, bool]] = []
    position, blank, longest = 0, True, 0
    for line in text.split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        if not line.strip():
            blank = True
            continue
        marked = _BULLET.match(line)
        bullet = marked["bullet"] if marked else None
        body = start + (marked.end() if marked else len(line) - len(line.lstrip()))
        previous = blocks[-1] if blocks and not blank and not bullet else None
        if previous and _soft(text[previous[0] : previous[1]], longest, line, bool(previous[2])):
            blocks[-1] = (previous[0], end, previous[2], previous[3])
        else:
            blocks.append((body, end, bullet, blank or bullet is not None))
        longest = len(line)
        blank = False
    return blocks


# "Möte: 16 september" begins a line of its own, and so does a second matter with its time.
_LABELLED = re.compile(r"[ \t]*[A-ZÅÄÖ][\wåäö-]+(?: \w+)?: +\S")
_DETAILED = re.compile(
    r"(?:\b\d{1,3} ?min(?:uter)?|\b(?:information|info|diskussion|beslut))[.)]?[ \t]*\Z", re.IGNORECASE
)


def _soft(before: str, length: int, line: str, bullet: bool = False) -> bool:
    """Whether a line break is the mail client's and not the writer's."""
    first = line.split(None, 1)[0]
    if _LABELLED.match(line) or (_DETAILED.search(before) and _DETAILED.search(line)):
        return False
    if bullet and line[:1].isupper() and length + 1 + len(first) <= 72:
        return False
    if line.lstrip()[0].islower() and length >= 25 and before.rstrip()[-1:] not in ".!?:":
        return True
    return (55 <= length <= 90 and length + len(first) >= 66) or (
        length >= 45 and before.rstrip().endswith(",")
    )


def sentences(text: str) -> tuple[Sentence, ...]:
    """Cut a text into sentences, up to `LONGEST` characters of it."""
    text = text[:LONGEST]
    found: list[Sentence] = []
    paragraph = -1
    for start, end, bullet, opens in _blocks(text):
        paragraph += opens
        block = text[start:end]
        begin = 0
        for stop in _END.finditer(block):
            if _abbreviated(block, stop):
                continue
            _add(found, block, begin, stop.end(), start, max(paragraph, 0), bullet)
            begin, bullet = stop.end(), None
        _add(found, block, begin, len(block), start, max(paragraph, 0), bullet)
    return tuple(found)


def _add(
    found: list[Sentence], block: str, begin: int, end: int, offset: int, paragraph: int, bullet: str | None
) -> None:
    piece = block[begin:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if any(c.isalnum() for c in piece) or piece.strip() in {"👍", "👌"}:
        found.append(
            Sentence(piece[left:right], offset + begin + left, offset + begin + right, paragraph, bullet)
        )


def _abbreviated(block: str, stop: re.Match[str]) -> bool:
    if not stop.group().startswith(".") or stop.group().startswith(".."):
        return False
    after = block[stop.end() :].lstrip()
    if not after:
        return False
    before = _LAST_WORD.search(block, max(0, stop.start() - 20), stop.start())
    word = before.group().casefold() if before else ""
    if word in _ABBREVIATIONS:
        return (
            after[0].islower()
            or after[0].isdigit()
            or word not in {"v", "st", "min", "m.m", "mm", "d", "from", "tom", "ps", "no", "mar"}
        )
    # "d. 12 mars", "Maria L. kommer", "1. feb"
    if len(word) == 1 and word.isalpha():
        return after[0].islower() or after[0].isdigit()
    if word.isdigit() and len(word) <= 2:
        return after[0].islower() or after[0].isdigit()
    return False

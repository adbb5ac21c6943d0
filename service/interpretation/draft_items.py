"""The numbered draft that a letter answers, and how people point at its items.

People say "punkt 4", "femman", "4:an", "sista punkten", "punkterna 3 och 6",
or name the matter in passing ("tolkfrågan").  All of it ends as the number
in the draft that is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from service.interpretation.surroundings import DraftItem

UNITS = {
    "ett": 1, "en": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9,
    "tio": 10,
    "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15, "sexton": 16, "sjutton": 17,
    "arton": 18,
    "nitton": 19, "tjugo": 20,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
NOUNS = {
    "ettan": 1, "tvåan": 2, "trean": 3, "fyran": 4, "femman": 5, "sexan": 6, "sjuan": 7, "åttan": 8,
    "nian": 9,
    "tian": 10, "elvan": 11, "tolvan": 12, "trettonde": 13,
}  # fmt: skip
BARE_NOUNS = {
    "etta": 1, "tvåa": 2, "trea": 3, "fyra": 4, "femma": 5, "sexa": 6, "sjua": 7, "åtta": 8, "nia": 9,
    "tia": 10,
}  # fmt: skip
ORDINALS = {
    "första": 1, "andra": 2, "tredje": 3, "fjärde": 4, "femte": 5, "sjätte": 6, "sjunde": 7, "åttonde": 8,
    "nionde": 9, "tionde": 10, "elfte": 11, "tolfte": 12,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
}  # fmt: skip

# A line of a draft: "5. Gemensam SIP-utbildning – Åsa Norberg (20 min, beslut)".
_ITEM_LINE = re.compile(r"^[ \t>]*(?P<number>\d{1,2})[.)] +(?P<rest>\S.*)$")
_MINUTES = re.compile(r"\b(\d{1,3}) ?min(?:uter)?\b")
_TYPE_WORDS = {"information", "info", "diskussion", "beslut", "beredning", "discussion", "decision"}


def draft_items(text: str) -> tuple[DraftItem, ...]:
    """The numbered lines of a quoted draft, in order; empty when there is no such list.

    A line that was wrapped by a mail client is joined again.  What follows
    the title (presenter, minutes, type) may stand in brackets or after dashes.
    """
    items: list[tuple[int, str]] = []
    for line in text.split("\n"):
        found = _ITEM_LINE.match(line)
        if found and int(found["number"]) == len(items) + 1:
            items.append((int(found["number"]), found["rest"].strip()))
        elif found and int(found["number"]) == 1:
            items = [(1, found["rest"].strip())]
        elif (
            items
            and (rest := line.lstrip("> \t").rstrip())
            and items[-1][1].count("(") > items[-1][1].count(")")
        ):
            # The bracket was left open, so the line goes on.
            items[-1] = (items[-1][0], f"{items[-1][1]} {rest}")
    return tuple(_item(number, rest) for number, rest in items)


def _item(number: int, rest: str) -> DraftItem:
    # A remark that Outlook writes on the very line is no part of the draft.
    rest = re.split(r" \[[^\]\d][^\]]{1,60}\] ", rest, maxsplit=1)[0].strip()
    minutes = int(m[1]) if (m := _MINUTES.search(rest)) else None
    title, presenter = rest, None
    details: list[str] = []
    # The title itself may hold a bracket or a dash; what counts as detail is told by what it says.
    if bracket := re.search(r"\(([^()]*)\)\s*$", rest):
        parts = [part.strip() for part in bracket[1].split(",")]
        if any(_MINUTES.fullmatch(part) or part.casefold() in _TYPE_WORDS for part in parts):
            details += parts
            title = rest[: bracket.start()].strip()
    pieces = re.split(r"\s+[–—-]\s+", title)
    if len(pieces) > 1:
        tail = [part.strip() for part in pieces[-1].split(",")]
        if any(_MINUTES.fullmatch(part) or part.casefold() in _TYPE_WORDS for part in tail) or (
            details and len(tail) == 1 and looks_like_a_name(tail[0])
        ):
            details += tail
            title = title[: title.rindex(pieces[-1])].rstrip(" –—-")
    for part in details:
        if (
            part
            and not _MINUTES.search(part)
            and part.casefold() not in _TYPE_WORDS
            and looks_like_a_name(part)
        ):
            presenter = part
    return DraftItem(number, title.strip(), minutes, presenter)


def looks_like_a_name(text: str) -> bool:
    """Whether it could be one or two people's names: a few words, each with a capital."""
    words = text.replace(" och ", " ").replace("/", " ").split()
    return 0 < len(words) <= 6 and all(w[:1].isupper() and not w.isupper() for w in words)


def number_word(word: str) -> int | None:
    """The number that a word stands for: "5", "fem", "femman", "5:an", "femte"; None when it is none."""
    word = word.casefold().rstrip(".")
    if digits := re.fullmatch(r"(\d{1,2})(?::?(?:an|ans|a|e|:e|:a))?", word):
        return int(digits[1])
    for table in (UNITS, NOUNS, BARE_NOUNS, ORDINALS):
        if word in table:
            return table[word]
    if word.endswith("s") and word[:-1] in NOUNS:
        return NOUNS[word[:-1]]
    return None


# Endings that only say "the matter of": "tolkfrågan", "Barnahuspunkten", "SIP-biten".
_MATTER_NOUNS = (
    "frågan", "frågorna", "punkten", "punkterna", "ärendet", "ärendena", "biten", "delen", "dragningen",
    "informationen", "infon", "redovisningen", "presentationen", "diskussionen", "beslutet", "grejen",
)  # fmt: skip
_COMMON = {
    "för", "och", "med", "till", "från", "vid", "hos", "mot", "den", "det", "inom", "samt", "under",
    "mellan", "efter",
    "före", "utan", "som", "när", "hur", "vad", "länet", "länets", "kommun", "kommunen", "kommunerna",
    "region",
    "regionen", "möte", "mötet", "mötets", "ny", "nya", "nytt", "fråga", "frågor", "punkt", "punkten",
    "ärende",
    "ärendet", "gemensam", "gemensamma", "information", "diskussion", "beslut", "över", "igen", "nästa",
    "övriga",
    "barn", "unga", "vi", "vår", "våra", "arbetet", "arbete", "fortsatt", "fortsatta",
}  # fmt: skip


def _words(text: str) -> list[str]:
    return [w for w in re.split(r"[^\w]+", text.casefold()) if w]


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    for noun in _MATTER_NOUNS:
        if word.endswith(noun) and len(word) - len(noun) >= 3:
            # "familjecentralsfrågan": the binding s belongs to neither word.
            stem = word[: -len(noun)]
            return stem[:-1] if stem.endswith("s") and len(stem) > 4 else stem
    for ending in (
        "ernas", "arnas", "ornas", "erna", "arna", "orna", "ans", "ens", "ets", "are", "an", "en", "et", "er",
        "ar",
        "or", "na", "n", "t", "s",
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=8192)
def _close(mine: str, theirs: str) -> float:
    """How surely two words speak of the same thing, 0 to 1."""
    if mine == theirs:
        return 1.0
    a, b = _stem(mine), _stem(theirs)
    if a == b:
        return 0.95
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter):
        return 0.85
    if len(shorter) == 3 and longer.startswith(shorter) and any(mine.endswith(n) for n in _MATTER_NOUNS):
        return 0.8
    if len(shorter) >= 6:
        shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(shorter))
        if shared >= 6 and shared >= 0.6 * len(shorter):
            return 0.7
    if len(shorter) >= 5 and longer.endswith(shorter):
        return 0.7
    return 0.0


def by_title(word: str, items: Sequence[DraftItem]) -> int | None:
    """The one item whose title speaks of this word; None when none or several do."""
    folded = word.casefold()
    parts = [folded, *(p for p in folded.split("-") if p != folded)]
    scores: dict[int, float] = {}
    for part in parts:
        for noun in _MATTER_NOUNS:
            part = part if part != noun else ""
        if len(part) < 3 or part in _COMMON or part.isdigit():
            continue
        for item in items:
            best = max(
                (_close(part, w) for w in _words(item.title) if w not in _COMMON and len(w) > 2), default=0.0
            )
            scores[item.number] = max(scores.get(item.number, 0.0), best)
    if not scores:
        return None
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    number, best = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return number if best >= 0.7 and best - second >= 0.1 else None


def numbers_of(items: Iterable[DraftItem]) -> frozenset[int]:
    """The numbers that the draft has."""
    return frozenset(item.number for item in items)


def item_above(line: str, items: Sequence[DraftItem]) -> int | None:
    """The item that a quoted line belongs to: by its number, else by its title."""
    for text in reversed(line.split("\n")):
        found = _ITEM_LINE.match(text)
        if found and (not items or int(found["number"]) in numbers_of(items)):
            return int(found["number"])
    folded = " ".join(_words(line))
    for item in items:
        title = " ".join(_words(item.title))
        if len(title) > 5 and title in folded:
            return item.number
    return None

"""Whom the secretary co-opts: "Adjungera Anna Berg, anna.berg@kommunen.example, till punkt 4".

Co-opting is nothing that members ask for by mail, so it is no kind of intent:
only an order by whoever decides is read, and what else the letter says is
left over to be read as usual.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.interpretation.words import fold


@dataclass(frozen=True, slots=True)
class CoOpted:
    """One sentence that co-opts somebody.

    `people` are pairs of name and address, either of which may be empty;
    `numbers` are those of the items, `words` the sentence where the items
    have to be found by their titles, and both are empty for a whole meeting.
    """

    people: tuple[tuple[str, str], ...]
    numbers: tuple[int, ...] = ()
    words: str = ""
    sentence: str = ""


_ORDER = re.compile(
    r"\b(?:adjungera[srtd]?|adjungering)\b|\b(?:bjud(?:er|s)?|kalla[rs]?) in\b.{0,120}\badjungera[dt]",
    re.DOTALL,
)
# Not, perhaps, if, who asks, or what has been.
_NO_ORDER = re.compile(
    r"\b(?:inte|ej|aldrig|ifall|kanske|eventuellt|ska vi|kan vi|borde|får jag|varför|vem|vilka"
    r"|var adjungera\w*|om (?:hon|han|hen|det|de|vi|ni|du|man|möjligt|någon)|tidigare|förra)\b|\?\s*$"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NAME = r"[A-ZÅÄÖÉ][\w’'-]+(?:\s+(?:(?:von|af|de|van|el|al)\s+)?[A-ZÅÄÖÉ][\w’'-]+){1,3}"
_BEFORE = re.compile(
    rf"(?P<name>{_NAME})[\s,:;(<\[–-]*(?:(?:på|med)\s+)?(?:e-?post|mejl|mail|adress)?\w*[\s:(<]*$"
)
_AFTER = re.compile(rf"^[\s,:;)>\]–-]*\(?(?P<name>{_NAME})")
_NAMES = re.compile(_NAME)
_NUMBERS = re.compile(
    r"\b(?:punkt(?:en|er|erna)?|p|ärende(?:t|na)?|nr|nummer)\.?\s*(?:nr\.?\s*|nummer\s*)?"
    r"(?P<n>\d{1,2}(?:\s*(?:,|och|samt|&|\+)\s*\d{1,2})*)\b"
)
_SOME_ITEM = re.compile(r"\b(?:punkt(?:en|er|erna)?|ärende(?:t|na)?|frågan|frågorna|dragningen)\b")
_WHOLE = re.compile(r"\bhela\s+(?:mötet|dagordningen|tiden)\b|\bsamtliga punkter\b|\balla punkter\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])|\n+")


def co_opted(text: str) -> tuple[tuple[CoOpted, ...], str]:
    """The sentences of a text that co-opt somebody, and the text without them."""
    found: list[CoOpted] = []
    rest: list[str] = []
    for sentence in _sentences(text):
        one = _read(sentence)
        if one:
            found.append(one)
        else:
            rest.append(sentence)
    return tuple(found), "\n".join(rest).strip()


def _sentences(text: str) -> list[str]:
    """Sentences and lines; an address on a line of its own belongs to the order before it."""
    parts: list[str] = []
    for part in (p.strip() for p in _SENTENCE.split(text)):
        if parts and _ADDRESS.fullmatch(part.strip(" ()<>,.")) and _ORDER.search(fold(parts[-1])):
            parts[-1] = f"{parts[-1]} {part}"
        elif part:
            parts.append(part)
    return parts


def _read(sentence: str) -> CoOpted | None:
    folded = fold(sentence)
    if not _ORDER.search(folded) or _NO_ORDER.search(folded):
        return None
    people = _people(sentence)
    if not people:
        return None
    numbers = tuple(
        dict.fromkeys(int(n) for m in _NUMBERS.finditer(folded) for n in re.findall(r"\d+", m["n"]))
    )
    by_title = not numbers and not _WHOLE.search(folded) and _SOME_ITEM.search(folded)
    return CoOpted(people, numbers, folded if by_title else "", sentence)


def _people(sentence: str) -> tuple[tuple[str, str], ...]:
    """Each address with the name beside it; without an address, the names."""
    people: list[tuple[str, str]] = []
    end = 0
    for address in _ADDRESS.finditer(sentence):
        before = _BEFORE.search(_without_verb(sentence[end : address.start()]))
        after = None if before else _AFTER.match(sentence[address.end() :])
        name = before["name"] if before else after["name"] if after else ""
        people.append((" ".join(name.split()), address[0].rstrip(".")))
        end = address.end()
    if people:
        return tuple(people)
    return tuple((" ".join(m[0].split()), "") for m in _NAMES.finditer(_without_verb(sentence)))


def _without_verb(text: str) -> str:
    """The first word of an order has a capital letter and is no name."""
    return re.sub(r"\b(?:Adjungera\w*|Bjud(?:er)?|Kallar?|Vi|Jag|Hej)\b", lambda m: m[0].lower(), text)

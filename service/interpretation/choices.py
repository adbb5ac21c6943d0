"""An answer to a numbered question: "2", "det första", "ja", "nej, gör inget"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.interpretation.words import fold


@dataclass(frozen=True, slots=True)
class Choice:
    """What an answer says; `number` counts from 1 and is None when none was given."""

    number: int | None = None
    yes: bool = False
    no: bool = False
    # "Strunta i det": neither of the readings.
    never_mind: bool = False


_ORDINALS = {
    "första": 1, "förste": 1, "etta": 1, "ettan": 1, "ett": 1, "en": 1, "one": 1, "first": 1,
    "andra": 2, "andre": 2, "tvåa": 2, "tvåan": 2, "två": 2, "two": 2, "second": 2,
    "tredje": 3, "trea": 3, "trean": 3, "tre": 3, "three": 3, "third": 3,
    "fjärde": 4, "fyra": 4, "fyran": 4, "four": 4, "fourth": 4,
    "femte": 5, "femma": 5, "femman": 5, "fem": 5, "five": 5, "fifth": 5,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?:svar|alternativ|alt|nummer|nr|option|number)?\.?\s*:?\s*(?P<n>\d{1,2})\s*[.):!]*(?=$|\s|,)"
)
_ORDINAL = re.compile(
    r"(?:(?:det|den|nummer|alternativ|the|jag (?:menar|menade|tar|väljer))\s+)*(?P<word>\w+)"
)
_YES = re.compile(
    r"(?:ja|japp|jajamän|jepp|jo|precis|(?:det )?stämmer|visst|absolut|gör (?:så|det)|kör|ok|okej|yes|yep"
    r"|go ahead|självklart|gärna)\b"
)
_NO = re.compile(r"(?:nej|nä|näe|nix|inte|no|nope|gör (?:inte det|inget|ingenting))\b")
_NEVER_MIND = re.compile(
    r"\b(?:strunta i|glöm|ingetdera|inget av|inga av|ingen av|varken|gör (?:inget|ingenting)|neither"
    r"|none of)\b"
)


def choose(text: str, options: int) -> Choice:
    """Read an answer to a question with so many numbered options.

    Only the first line with words counts; a number outside the options is no
    choice.
    """
    line = next((fold(part).strip() for part in text.splitlines() if part.strip()), "")
    line = re.sub(r"^(?:hej|hejsan|tjena|hallå|hi|hello)\b[^\w]*", "", line)
    never = bool(_NEVER_MIND.search(line))
    if (found := _NUMBER.match(line)) and 1 <= int(found["n"]) <= options:
        return Choice(number=int(found["n"]))
    said_no = bool(_NO.match(line))
    rest = re.sub(r"^(?:nej|nä|ja|jo|no|yes)\b[\s,.!–-]*", "", line)
    if (found := _ORDINAL.match(rest)) and not never:
        number = _ORDINALS.get(found["word"])
        # "En" alone begins too many sentences to be a number.
        if number and number <= options and (found["word"] not in ("en", "ett") or rest in ("en", "ett")):
            return Choice(number=number)
    return Choice(yes=bool(_YES.match(line)) and not said_no, no=said_no or never, never_mind=never)

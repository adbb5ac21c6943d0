"""Answers to "how is it going?": "klart", "1 klart, 2 senast 15 april", "väntar på svar från skolan"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from service.interpretation.dates import find_dates
from service.interpretation.words import fold


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one of the numbered tasks; `due` is a new day for it."""

    number: int
    state: Literal["open", "done"]
    words: str
    due: date | None = None


_PARTS = re.compile(
    r"\n+|;|(?<=[^\W\d][.!])\s+|(?<=\?)\s+|,?\s+men\s+"
    r"|(?<=[^\W\d])(?:,|\s+och|,\s*och)\s+(?=(?:punkt|nr|nummer|uppgift)\.?\s*\d|(?:ettan|tvåan|trean|fyran)\b"
    r"|\d{1,2}[.:)]?\s+(?:är|blir|kl|se|sk|in|få|ha|g|f|av|v))",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:punkt(?:en|erna)?|nr|nummer|uppgift(?:en|erna)?)?\.?\s*"
    r"(?P<n>\d{1,2}(?:\s*(?:,|och|&|\+)\s*\d{1,2})*)"
)
_LEADING = re.compile(
    rf"^{_NUMBER}\s*(?:[.:)–-]|\b)(?!\s*(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec|/|:e|:a))"
)
_ANYWHERE = re.compile(
    r"\b(?:punkt(?:en|erna)?|nr|nummer|uppgift(?:en|erna)?)\.?\s*(?P<n>\d{1,2}(?:\s*(?:,|och|&|\+)\s*\d{1,2})*)\b"
)
_DONE = re.compile(
    r"\b(?:klara?t?|avklara(?:d|t|de)|slutför(?:d|t|da)|färdig(?:t|a|ställ\w+)?|gjor(?:d|t|da)|avsluta(?:d|t|de)"
    r"|genomför(?:d|t|da)|utför(?:d|t|da)|åtgärda(?:d|t|de)|fixa(?:d|t|de)|done|finished|completed?)\b"
)
_NOT_DONE = re.compile(
    r"\b(?:inte|ej|ännu|nästan|snart|aldrig|delvis|halv\w*|not|yet|blir|hinner|ska|kommer|behöver|väntar|hoppas|räknar"
    r"|när)\b|\?"
)
# Who comes to a meeting is something else than how a task goes.
_COMING = re.compile(r"\b(?:komma|delta|närvara|vara med|förhinder|förhindrad|frånvarande|ersättare)\b")
_ALL = re.compile(r"\b(?:allt|alla|båda|bägge|samtliga|allting|everything|all)\b")
_FRAME = re.compile(
    r"^(?:hej\w*|hallå|god\w*|tack\w*|mvh|m v h|hälsning\w*|vänlig\w*|med vänlig\w*|bästa|allt gott|hi|hello"
    r"|regards|best|[/-]+)\W*(?:\w+\W*){0,4}$"
)
_GREETING = re.compile(r"^(?:hej\w*|hallå|hi|hello)(?: \w+)?[,!.]\s*", re.IGNORECASE)
_WORDS = {"ettan": "1", "tvåan": "2", "trean": "3", "fyran": "4", "femman": "5"}


def told_of_tasks(text: str, count: int, today: date) -> tuple[Told, ...]:
    """What an answer says of so many numbered tasks; empty when it says nothing of any.

    A new day is one that is still to come: "klart 1 mars", written in April,
    says that it was done.
    """
    found: dict[int, Told] = {}
    for part in (_GREETING.sub("", p.strip(" ,")) for p in _PARTS.split(text)):
        folded = re.sub(r"^\w+", lambda m: _WORDS.get(m[0], m[0]), fold(part))
        frame = _FRAME.match(folded) and not _DONE.search(folded)
        # A question of theirs is no answer to ours.
        if not folded or frame or folded.endswith("?") or _COMING.search(folded):
            continue
        numbers = _numbers(folded, count)
        due = _new_day(part, today)
        done = bool(_DONE.search(folded)) and not _NOT_DONE.search(folded) and due is None
        plain = done and (len(folded.split()) <= 6 or bool(_ALL.search(folded)))
        if not numbers and (count == 1 or _ALL.search(folded) or plain):
            # Of a single task all is said that is more than a word or two.
            if not (done or due or (count == 1 and len(folded.split()) > 2)):
                continue
            numbers = tuple(range(1, count + 1))
        for number in numbers:
            before = found.get(number)
            if before and not (done or due):
                # More words about what has been said already.
                found[number] = Told(number, before.state, f"{before.words} {part}", before.due)
                continue
            found[number] = Told(number, "done" if done else "open", part, due)
    return tuple(found[n] for n in sorted(found))


def _numbers(folded: str, count: int) -> tuple[int, ...]:
    said = _LEADING.match(folded) or _ANYWHERE.search(folded)
    numbers = [int(n) for n in re.findall(r"\d+", said["n"])] if said else []
    return tuple(dict.fromkeys(numbers)) if numbers and all(0 < n <= count for n in numbers) else ()


def _new_day(part: str, today: date) -> date | None:
    days = [m.day or m.last for m in find_dates(part, today) if m.last > today]
    return days[-1] if days else None

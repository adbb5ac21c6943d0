"""Minutes written on the form, as a Word document or in a mail, read into decisions and actions.

The form's headings and labels are the marks to read by.  A heading is a line
that repeats a matter of the agenda with its number, or that a document marks
as one with "## "; under it each label says what the words after it are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from service.domain.minutes import NOBODY, Action, Decision, Matter, Minutes
from service.interpretation.dates import find_dates

_Part = Literal["said", "decision", "action", "present", "substitutes", "absent"]

_LABELS: tuple[tuple[_Part, str], ...] = (
    ("said", r"om ärendet|diskussion|sammanfattning|anteckningar|redogörelse|överläggning"),
    ("decision", r"beslut|§ ?(?P<before>\d{1,3}) beslut|ställningstagande"),
    ("action", r"vem gör vad(?:, till när)?|att göra|åtgärd(?:er)?|uppdrag"),
    ("present", r"närvarande|deltagare"),
    ("substitutes", r"ersättare"),
    ("absent", r"förhinder|frånvarande|anmält förhinder"),
)
_LABEL = re.compile(
    "(?:"
    + "|".join(f"(?P<{part}>{words})" for part, words in _LABELS)
    + r")(?: ?\(?§ ?(?P<after>\d{1,3})\)?)? ?:\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_ATTENDANCE = frozenset({"present", "substitutes", "absent"})
_HEADING = re.compile(r"(?P<marked>## )?(?:(?:§ ?|punkt )?(?P<number>\d{1,2})[.):]? )?(?P<title>\S.*)")
# "– Annika Sjödin (20 min, diskussion)" after the title, as our own mail writes it.
_BULLET = re.compile(r"[-–—•*·] +")
_CLOSING = re.compile(
    r"(?:(?:vänlig\w*|varma|bästa|med vänlig\w*) hälsning\w*|hälsningar|mvh)\b.{0,40}$", re.IGNORECASE
)
# What stands above the minutes in a mail and is no part of them: a greeting, and our form's own head.
_NO_PART = re.compile(
    r"(?:hej|hejsan|god (?:morgon|dag))\b.{0,60}|(?:här (?:kommer|är)|bifogar)\b.{0,120}|"
    r"protokoll\b.{0,120}|mötet .{0,60} är slut\b.*|(?:plats|tid|länk):.*",
    re.IGNORECASE,
)
_ISO = re.compile(r"^(?P<what>.*?) – (?P<due>\d{4}-\d\d-\d\d)$", re.DOTALL)


@dataclass
class _Open:
    """A matter that is being read."""

    number: int | None
    title: str
    said: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


def read_minutes(
    text: str,
    titles: Mapping[int, str],
    day: date,
    *,
    people: Sequence[str] = (),
    network: str = "",
    following: date | None = None,
) -> Minutes | None:
    """The minutes that a text holds; None when it tells nothing under any matter's heading.

    `titles` are the agenda's, by number; `day` is the meeting's, from which
    dates without a year are counted; `people` are known by name, so that a
    first name is enough; `following` is the day of the next meeting.
    """
    reader = _Reader(titles, day, people, network, following)
    for line in text.splitlines():
        reader.take(line)
    reader.close()
    matters = tuple(
        Matter(m.number, m.title, tuple(m.said), tuple(m.decisions), tuple(m.actions)) for m in reader.matters
    )
    if not any(matters):
        return None
    return Minutes(
        matters=matters,
        present=tuple(reader.people_of["present"]),
        substitutes=tuple(reader.people_of["substitutes"]),
        absent=tuple(reader.people_of["absent"]),
        before=tuple(reader.before),
    )


def is_form(text: str, titles: Mapping[int, str]) -> bool:
    """Whether a text is a minutes form, filled in or not: labels under the headings of matters."""
    reader = _Reader(titles, date.min, (), "", None)
    labels, ours = 0, False
    for line in text.splitlines():
        flat = " ".join(line.split())
        if heading := reader.heading(flat):
            # A finished document has headings too; the form's repeat the agenda with its numbers.
            ours = ours or titles.get(heading[0] or 0) == heading[1]
        elif ours and (found := _LABEL.fullmatch(flat)):
            labels += not found["present"] and not found["absent"]
    return labels > 0


class _Reader:
    """Goes through the lines; what stands under a label is gathered until the next one."""

    def __init__(
        self,
        titles: Mapping[int, str],
        day: date,
        people: Sequence[str],
        network: str,
        following: date | None,
    ) -> None:
        self.titles = {n: " ".join(t.split()) for n, t in titles.items()}
        self.day = day
        self.names = _names(people)
        subjects = "|".join(re.escape(s) for s in (network, "nätverket", "mötet", "vi") if s)
        self.decides = re.compile(rf"(?:{subjects})(?: har)? (?:beslut\w*|beslöt)\b", re.IGNORECASE)
        self.following = following
        self.matters: list[_Open] = []
        self.before: list[str] = []
        self.people_of: dict[str, list[str]] = {part: [] for part in _ATTENDANCE}
        self._part: _Part | None = None
        self._section: int | None = None
        # Below the writer's greeting nothing is said until the next heading.
        self._ended = False
        # Paragraphs of what is being gathered, each a list of lines.
        self._gathered: list[list[str]] = [[]]

    def take(self, raw: str) -> None:
        line = " ".join(raw.split())
        if not line:
            self._gathered.append([])
            # Who was there is told in one run of lines; an empty label may be answered below it.
            if self._part in _ATTENDANCE and any(self._gathered):
                self.close()
        elif heading := self.heading(line):
            self.close()
            self._ended = False
            self._begin(*heading)
        elif found := _LABEL.fullmatch(line):
            self.close()
            self._part = _part(found)
            number = found["before"] or found["after"]
            self._section = int(number) if number else None
            if found["rest"]:
                self._gather(found["rest"])
        elif self.matters and _CLOSING.match(line):
            self.close()
            self._ended = True
        elif not self._ended:
            self._gather(line)

    def _gather(self, line: str) -> None:
        if _BULLET.match(line):
            self._gathered.append(["- " + _BULLET.sub("", line, count=1)])
        else:
            self._gathered[-1].append(line)

    def heading(self, line: str) -> tuple[int | None, str] | None:
        """The number and title of a matter whose heading a line is."""
        found = _HEADING.fullmatch(line)
        if found is None:
            return None
        number = int(found["number"]) if found["number"] else None
        known = self.titles.get(number) if number is not None else None
        title = found["title"]
        if known and title.casefold().startswith(known.casefold()):
            more = title[len(known) :]
            if not more.strip() or more.lstrip()[0] in "–—-.:(":
                return number, known
            return (number, title) if not more[0].isalnum() else None
        return (number, title) if found["marked"] else None

    def _begin(self, number: int | None, title: str) -> None:
        words = title.casefold().rstrip(":")
        for part, pattern in _LABELS:
            # Word's own heading above the names of those who came.
            if number is None and part in _ATTENDANCE and re.fullmatch(pattern, words):
                self._part = part
                return
        if number is None and not self.matters and words in ("ärenden", "dagordning"):
            return
        self.matters.append(_Open(number, title))

    def close(self) -> None:
        """Put what has been gathered where it belongs."""
        paragraphs = [" ".join(lines) for lines in self._gathered if lines]
        lines = [line for block in self._gathered for line in block]
        part, self._part, self._gathered = self._part, None, [[]]
        if not paragraphs:
            return
        if part in _ATTENDANCE:
            self.people_of[part] += _people(paragraphs)
        elif not self.matters:
            self.before += [p for p in paragraphs if not _NO_PART.fullmatch(p)]
        elif part == "decision":
            self.matters[-1].decisions.append(Decision(tuple(paragraphs), self._section))
        elif part == "action":
            self.matters[-1].actions += [self._action(a) for a in self._actions(lines)]
        else:
            self._said(paragraphs, labelled=part == "said")
        self._section = None

    def _said(self, paragraphs: Sequence[str], *, labelled: bool) -> None:
        matter = self.matters[-1]
        for paragraph in paragraphs:
            if not labelled and self.decides.match(paragraph):
                matter.decisions.append(Decision((paragraph,)))
            else:
                matter.said.append(paragraph)

    # Actions.

    def _actions(self, lines: Sequence[str]) -> Iterator[str]:
        """Lines as actions: a bullet or a name begins one; semicolons part them."""
        found: list[str] = []
        for line in lines:
            if not found or line.startswith("- ") or self._begins(line):
                found.append(line.removeprefix("- "))
            else:
                found[-1] += f" {line}"
        for one in found:
            yield from (part.strip(" .") for part in one.split(";") if part.strip(" ."))

    def _begins(self, line: str) -> bool:
        return bool(self.names.match(line) or _NAMED.match(line))

    def _action(self, text: str) -> Action:
        if canonical := re.fullmatch(r"(?P<who>[^–]{1,120}) – (?P<rest>.+)", text, re.DOTALL):
            who, rest = self._full(canonical["who"].strip()), canonical["rest"]
            exact = _ISO.match(rest)
            if exact:
                return Action("" if who == NOBODY else who, exact["what"], date.fromisoformat(exact["due"]))
            what, due = self._due(rest)
            return Action("" if who == NOBODY else who, what, due)
        what, due = self._due(text)
        found = _NAMED.match(what) or self.names.match(what) or _UNKNOWN.match(what)
        if not found:
            return Action("", what, due)
        rest = what[found.end() :].strip(" ,:–—-")
        return Action(self._full(found["who"].strip()), rest or what, due)

    def _full(self, who: str) -> str:
        """The full names of those who are known by their first names."""
        parts = re.split(r"(, | och )", who)
        return "".join(self.names.full.get(part.casefold(), part) for part in parts)

    def _due(self, text: str) -> tuple[str, date | None]:
        """What is left without the day by which it is to be done, and that day."""
        if self.following and (found := _NEXT.search(text)):
            return _cut(text, found.start(), found.end()), self.following
        if self.day == date.min:
            return text, None
        mentions = [m for m in find_dates(text, self.day) if m.last >= self.day]
        for mention in reversed(mentions):
            before = _BY.search(text[: mention.start])
            after = text[mention.end :].strip(" .)")
            if before or not after:
                start = before.start() if before else mention.start
                # "Before the summer" is before its first day.
                early = before is not None and re.search(r"före|innan|inför", before[0], re.IGNORECASE)
                return _cut(text, start, mention.end), mention.first if early else mention.last
        return text, None


_NEXT = re.compile(
    r"[,–—(-]?\s*\b(?:(?:till|före|innan|senast|inför) )?(?:nästa|kommande) (?:möte\w*|gång)\)?",
    re.IGNORECASE,
)
_BY = re.compile(
    r"[,–—(-]?\s*(?:\b(?:klart?|senast|till|före|innan|till och med|inför)\b ?(?:den |mötet )?)+$",
    re.IGNORECASE,
)
# "Lena Wikström: …", "Samordnarna – …": whoever stands before the mark.
_NAMED = re.compile(r"(?P<who>[^\W\d_a-zåäö][^:–—]{1,80}?) ?(?:: | [–—-] )")
# A first name and a surname that nobody has told us of, before a verb.
_UNKNOWN = re.compile(r"(?P<who>[A-ZÅÄÖÉ][\w-]+ [A-ZÅÄÖÉ][\w-]+)(?= [a-zåäö])")


def _cut(text: str, start: int, end: int) -> str:
    """The text without a stretch of it and the marks that surrounded that."""
    return " ".join(f"{text[:start].rstrip(' ,(–—-')} {text[end:].lstrip(' ,)')}".split()).strip(" ,.")


class _Names:
    """Names at the beginning of a line: full ones, and first names that only one has."""

    def __init__(self, people: Sequence[str]) -> None:
        firsts = [p.split()[0].casefold() for p in people if p.split()]
        self.full = {p.split()[0].casefold(): p for p in people if firsts.count(p.split()[0].casefold()) == 1}
        known = sorted({*people, *(p.split()[0] for p in people if p.split())}, key=len, reverse=True)
        one = "|".join(re.escape(k) for k in known)
        self._pattern = re.compile(rf"(?P<who>(?:{one})(?:(?:, | och )(?:{one}))*)\b") if one else None

    def match(self, text: str) -> re.Match[str] | None:
        return self._pattern.match(text) if self._pattern else None


def _names(people: Sequence[str]) -> _Names:
    return _Names([p for p in people if p.strip()])


def _part(found: re.Match[str]) -> _Part:
    return next(part for part, _ in _LABELS if found[part] is not None)


def _people(paragraphs: Sequence[str]) -> list[str]:
    """A bullet each, else names with commas between them, those within parentheses aside."""
    people: list[str] = []
    for paragraph in paragraphs:
        if paragraph.startswith("- "):
            people.append(paragraph[2:])
        else:
            people += [p.strip() for p in re.split(r",(?![^(]*\))", paragraph) if p.strip()]
    return people

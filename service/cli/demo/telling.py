"""What the demonstration says in the terminal while it runs."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from typing import TextIO

from service.domain.intents import Reading
from service.domain.network import Network, Person
from service.usecases.describe import describe
from service.usecases.office import Outbound
from service.usecases.words import day_in_words, listed

_COLOURS = {"day": "1", "who": "1;36", "read": "33", "sent": "32", "aside": "2", "chapter": "1;7"}
# What a newcomer does not need to see to understand the service.
_QUIET = frozenset({"agenda-report"})
# These say something new each time; of the others the first words are shown once.
_ALWAYS_TOLD = frozenset(
    {"receipt", "call-in", "released", "seat-notice", "ask-secretary", "answer", "agenda-draft-reminder"}
)
_OPTION = re.compile(r"\s*\d+\.\s")


class Telling:
    """Writes a line for each thing that happens, under the day on which it happened."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._coloured = out.isatty()
        self._width = min(shutil.get_terminal_size((100, 24)).columns, 110)
        self._day: date | None = None
        self._shown: set[str] = set()

    def chapter(self, title: str, *lines: str) -> None:
        self._line("")
        self._line(f" {title} ", "chapter")
        for line in lines:
            self._wrapped(line, "", "aside")

    def aside(self, text: str) -> None:
        """A word to whoever watches."""
        self._wrapped(text, "        · ", "aside")

    def plain(self, text: str) -> None:
        self._line(text)

    def written(self, at: datetime, writer: Person, text: str, files: Sequence[str]) -> None:
        self._date(at)
        self._line(f"  {at:%H.%M} {self._paint(writer.name, 'who')} skriver:")
        for line in text.splitlines():
            if line.strip():
                self._wrapped(line, "        | ")
        if files:
            self._line(f"        | [bifogat: {', '.join(files)}]")

    def understood(self, reading: Reading, network: Network, answers_question: bool) -> None:
        if reading.automatic == "bounce":
            found = f"Ett studsat mejl: {listed(list(reading.failed))} gick inte att nå."
        elif reading.automatic:
            found = "Automatisk post; den besvaras inte."
        elif answers_question:
            found = "Ett svar på tjänstens fråga."
        else:
            found = " ".join(describe(i, network) for i in reading.intents) or "Ingenting att göra."
            if any(not i.certain for i in reading.intents):
                found += " (Osäkert, så tjänsten frågar först.)"
        self._wrapped(found, "        uppfattat: ", "read")

    def sent(self, at: datetime, posted: Sequence[Outbound], answering: bool) -> None:
        groups: dict[tuple[str, str], list[Outbound]] = {}
        for letter in posted:
            groups.setdefault((letter.mailing, letter.subject), []).append(letter)
        for (mailing, _), letters in groups.items():
            if mailing in _QUIET:
                continue
            first = letters[0]
            files = [f.filename for f in first.files]
            if first.calendar:
                files.append("kalenderfil")
            if len(letters) > 3:
                to = f"{len(letters)} personer"
            else:
                to = listed([letter.to.name or letter.to.address for letter in letters])
            head = f"→ {to}: {first.subject}"
            if not answering:
                self._date(at)
                head = f"{at:%H.%M} {head}"
            self._wrapped(head, "        " if answering else "  ", "sent", hanging=2 if answering else 8)
            if len(letters) <= 3 and (mailing in _ALWAYS_TOLD or mailing not in self._shown):
                for line in _gist(first):
                    self._wrapped(line, "          ", lines=3)
            self._shown.add(mailing)
            if files:
                self._wrapped(f"[bifogat: {', '.join(files)}]", "          ", "aside", lines=2)

    def _date(self, at: datetime) -> None:
        if at.date() != self._day:
            self._day = at.date()
            self._line("")
            self._line(day_in_words(self._day).capitalize(), "day")

    def _wrapped(self, text: str, indent: str, colour: str = "", lines: int = 12, hanging: int = 0) -> None:
        """Lines of the terminal's width; those after the first stand under the text, or hang further in."""
        rest = indent if "|" in indent else " " * (len(indent) + hanging)
        shown = textwrap.wrap(
            text, self._width - len(rest), max_lines=lines, placeholder=" …", break_on_hyphens=False
        )
        for number, line in enumerate(shown):
            self._line(f"{rest if number else indent}{self._paint(line, colour)}")

    def _paint(self, text: str, colour: str) -> str:
        if not (self._coloured and colour):
            return text
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"

    def _line(self, text: str, colour: str = "") -> None:
        print(self._paint(text, colour) if colour else text, file=self._out, flush=True)


def _gist(letter: Outbound) -> list[str]:
    """The first paragraph that says something; of a question its choices too."""
    paragraphs = [p for p in letter.text.split("\n\n") if p.strip()]
    told = [p for p in paragraphs if not _is_greeting(p)]
    if not told:
        return []
    gist = [" ".join(told[0].split())]
    if len(told) > 1 and gist[0].endswith(":"):
        gist[0] += f" {' '.join(told[1].split())}"
    if letter.what == "ask":
        gist += _options(letter.text)
    return gist


def _options(text: str) -> list[str]:
    """The numbered choices of a question, each with the lines that go on with it."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if _OPTION.match(line):
            found.append(line.strip())
            inside = True
        elif inside and line.startswith(" ") and line.strip():
            found[-1] += f" {line.strip()}"
        else:
            inside = False
    return found


def _is_greeting(paragraph: str) -> bool:
    return len(paragraph) < 40 and paragraph.casefold().startswith(("hej ", "hej!", "hej,"))

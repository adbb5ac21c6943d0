"""What the demonstration says in the terminal while it runs."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TextIO

from service.domain.intents import Reading
from service.domain.network import Network, Person
from service.usecases.describe import describe
from service.usecases.office import Outbound
from service.usecases.words import day_in_words, listed

_COLOURS = {"day": "1", "who": "1;36", "read": "33", "sent": "32", "aside": "2", "chapter": "1;7"}
# What a newcomer does not need to see to understand the service.
_QUIET = frozenset({"agenda-report"})


class Telling:
    """Writes a line for each thing that happens, under the day on which it happened."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._coloured = out.isatty()
        self._width = min(shutil.get_terminal_size((100, 24)).columns, 110)
        self._day: date | None = None
        # For the names behind ids; set once the network is known.
        self.network: Network | None = None

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

    def understood(self, reading: Reading, answers_question: bool) -> None:
        if reading.automatic == "bounce":
            found = f"Ett studsat mejl: {listed(list(reading.failed))} gick inte att nå."
        elif reading.automatic:
            found = "Automatisk post; den besvaras inte."
        elif answers_question:
            found = "Ett svar på tjänstens fråga."
        else:
            found = " ".join(describe(i, self.network) for i in reading.intents) or "Ingenting att göra."
            if any(not i.certain for i in reading.intents):
                found += " (Osäkert, så tjänsten frågar först.)"
        self._wrapped(found, "        uppfattat: ", "read")

    def sent(self, at: datetime, posted: Sequence[Outbound], answering: bool) -> None:
        for mailing, group in groupby(posted, key=lambda letter: letter.mailing):
            letters = list(group)
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
            head = f"→ {to}: "
            if not answering:
                self._date(at)
                head = f"{at:%H.%M} {head}"
            self._wrapped(f"{head}{first.subject}", "  " if not answering else "        ", "sent")
            if len(letters) <= 3:
                self._wrapped(_gist(first.text), "          ", "", lines=3)
            if files:
                self._wrapped(f"[bifogat: {', '.join(files)}]", "          ", "aside", lines=2)

    def _date(self, at: datetime) -> None:
        if at.date() != self._day:
            self._day = at.date()
            self._line("")
            self._line(day_in_words(self._day).capitalize(), "day")

    def _wrapped(self, text: str, indent: str, colour: str = "", lines: int = 12) -> None:
        rest = " " * len(indent)
        shown = textwrap.wrap(
            text, self._width - len(indent), max_lines=lines, placeholder=" …", break_on_hyphens=False
        )
        for number, line in enumerate(shown):
            self._line(f"{rest if number and '|' not in indent else indent}{self._paint(line, colour)}")

    def _paint(self, text: str, colour: str) -> str:
        if not (self._coloured and colour):
            return text
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"

    def _line(self, text: str, colour: str = "") -> None:
        print(self._paint(text, colour) if colour else text, file=self._out, flush=True)


def _gist(text: str) -> str:
    """The first paragraph that says something."""
    paragraphs = [" ".join(p.split()) for p in text.split("\n\n")]
    told = [p for p in paragraphs if p and not _is_greeting(p)]
    if len(told) > 1 and told[0].endswith(":"):
        return f"{told[0]} {told[1]}"
    return told[0] if told else ""


def _is_greeting(paragraph: str) -> bool:
    return len(paragraph) < 40 and paragraph.casefold().startswith(("hej ", "hej!", "hej,"))

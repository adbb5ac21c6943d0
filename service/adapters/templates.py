"""The letterhead: from a mailing's facts to its subject, text and HTML.

A mailing is a folder under templates/<language>/ with three templates.  They
choose words, not policy; dates, lists and mailto links are written by the
filters below, with the patterns of the language's own base/words.toml.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError
from markupsafe import Markup, escape

from service.domain.network import Meeting
from service.usecases.office import Rendered

# Every mailing that the service sends.  The checks ask for each in each language.
MAILINGS: tuple[str, ...] = (
    "agenda", "agenda-draft", "agenda-draft-reminder", "agenda-report", "answer", "ask-priorities",
    "ask-secretary", "attendance-list", "call", "call-in", "co-opted", "hand-over", "help",
    "meeting-cancelled", "meeting-moved", "minutes", "minutes-draft", "minutes-form",
    "minutes-reminder", "more-files", "preparation", "question", "receipt", "referrals", "released",
    "remind-action", "remind-call", "seat-notice", "set-aside", "stock-taking", "successors",
    "supplementary", "too-large", "uncertain", "undeliverable", "welcome",
)  # fmt: skip
PARTS: tuple[str, ...] = ("subject.txt.j2", "text.txt.j2", "html.html.j2")

# A line of text is at most this long, which every mail program shows unbroken, quoted or not.
WIDTH = 74
# Begins a line that stays whole however long it is: an agenda's lines are read back out of answers.
WHOLE = "\x02"
_SUBJECT_LIMIT = 180
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Phrasing:
    """How one language writes dates, hours, lists and fixed words."""

    def __init__(self, words: Mapping[str, Any], language: str) -> None:
        self.words = words
        self.language = language
        self._date = lru_cache(maxsize=2048)(self._date_uncached)

    @classmethod
    def read(cls, folders: Iterable[Path], language: str) -> Phrasing:
        """Read base/words.toml of each folder, the first folder's words winning one by one.

        Raises FileNotFoundError when no folder has it.
        """
        paths = [path for folder in folders if (path := folder / "base" / "words.toml").is_file()]
        if not paths:
            raise FileNotFoundError(f"base/words.toml for language {language}")
        words: dict[str, Any] = {}
        for path in reversed(paths):
            for key, value in tomllib.loads(path.read_text("utf-8")).items():
                words[key] = {**words.get(key, {}), **value} if isinstance(value, dict) else value
        return cls(words, language)

    def _date_uncached(self, day: date, pattern: str) -> str:
        return str(format_date(day, self.words["dates"][pattern], locale=self.language))

    def day(self, moment: date) -> str:
        """11 februari 2027"""
        return self._date(_day(moment), "day")

    def short(self, moment: date) -> str:
        """11 februari"""
        return self._date(_day(moment), "short")

    def in_words(self, moment: date) -> str:
        """torsdag 11 februari 2027"""
        return self._date(_day(moment), "in_words")

    def clock(self, moment: datetime) -> str:
        """13.00"""
        pattern: str = self.words["dates"]["clock"]
        return pattern.replace("HH", f"{moment.hour:02}").replace("mm", f"{moment.minute:02}")

    def at(self, moment: datetime) -> str:
        """torsdag 4 februari 2027 kl. 08.00"""
        return str(self.words["dates"]["at"]).format(day=self.in_words(moment), time=self.clock(moment))

    def hours(self, meeting: Meeting) -> str:
        """13.00–15.00"""
        return f"{self.clock(meeting.start)}–{self.clock(meeting.end)}"

    def when(self, meeting: Meeting) -> str:
        """torsdag 11 februari 2027 kl. 13.00–15.00"""
        if meeting.start.date() != meeting.end.date():
            return str(self.words["dates"]["until"]).format(
                start=self.at(meeting.start), end=self.at(meeting.end)
            )
        return str(self.words["dates"]["between"]).format(
            day=self.in_words(meeting.start), start=self.clock(meeting.start), end=self.clock(meeting.end)
        )

    def listed(self, things: Iterable[object]) -> str:
        """Anna, Bo och Cilla"""
        words = [_one_line(thing) for thing in things]
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.words['and']} {words[-1]}"

    def type_word(self, item_type: str | None) -> str:
        """diskussion; nothing for an item whose type is not known"""
        return str(self.words["types"].get(item_type or "", ""))

    def kind_word(self, kind: str) -> str:
        """möte, strategidag"""
        return str(self.words["kinds"].get(kind, kind))

    def size(self, count: int) -> str:
        """1,2 MB"""
        if count < 1_000_000:
            return f"{max(1, round(count / 1000))} kB"
        return f"{count / 1_000_000:.1f} MB".replace(".", self.words["number"]["decimal"])


class Letterhead:
    """Renders mailings.  Templates in `own` win over those shipped, one by one."""

    def __init__(self, shipped: Path, own: Path | None = None, language: str = "sv") -> None:
        folders = [folder / language for folder in (own, shipped) if folder is not None]
        self.phrasing = Phrasing.read(folders, language)
        loader = FileSystemLoader([str(folder) for folder in folders])
        self._plain = _environment(loader, autoescape=False)
        self._html = _environment(loader, autoescape=True)
        filters = _filters(self.phrasing)
        self._plain.filters.update(filters)
        self._html.filters.update(filters)
        self._html.filters["lines"] = _html_lines
        for environment in (self._plain, self._html):
            environment.globals["words"] = self.phrasing.words
        self._ready: dict[str, tuple[Template, Template, Template]] = {}

    def render(self, mailing: str, facts: Mapping[str, Any]) -> Rendered:
        """Write a mailing's letter.

        Raises jinja2.TemplateNotFound when the mailing has no templates, and
        jinja2.UndefinedError when a template names a fact that is not given.
        """
        subject, text, html = self._templates(mailing)
        return Rendered(
            subject=_one_line(subject.render(facts))[:_SUBJECT_LIMIT],
            text=_finish_text(text.render(facts)),
            html=_finish_html(html.render(facts)),
        )

    def missing(self) -> list[str]:
        """Which templates are not there or cannot be read, one line each; empty when all is well."""
        faults = []
        for mailing in MAILINGS:
            for part, environment in zip(PARTS, (self._plain, self._plain, self._html), strict=True):
                try:
                    environment.get_template(f"{mailing}/{part}")
                except TemplateError as error:
                    faults.append(f"{mailing}/{part}: {error or 'not found'}")
        return faults

    def _templates(self, mailing: str) -> tuple[Template, Template, Template]:
        if mailing not in self._ready:
            subject, text, html = (f"{mailing}/{part}" for part in PARTS)
            self._ready[mailing] = (
                self._plain.get_template(subject),
                self._plain.get_template(text),
                self._html.get_template(html),
            )
        return self._ready[mailing]


def _environment(loader: FileSystemLoader, *, autoescape: bool) -> Environment:
    return Environment(
        loader=loader,
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Compiled once and kept: a template is read again when the service starts again.
        auto_reload=False,
        cache_size=-1,
    )


def _filters(phrasing: Phrasing) -> dict[str, Callable[..., Any]]:
    return {
        "day": phrasing.day,
        "short": phrasing.short,
        "in_words": phrasing.in_words,
        "clock": phrasing.clock,
        "at": phrasing.at,
        "hours": phrasing.hours,
        "when": phrasing.when,
        "listed": phrasing.listed,
        "type_word": phrasing.type_word,
        "kind_word": phrasing.kind_word,
        "size": phrasing.size,
        "one_line": _one_line,
        "quoted": _quoted,
        "name": _name,
        "capital": lambda text: text[:1].upper() + text[1:],
        "whole": lambda text: WHOLE + _one_line(text),
        "mailto": mailto,
    }


def mailto(address: str, subject: str = "", body: str = "") -> str:
    """A mailto link with subject and body filled in (RFC 6068)."""
    fields = [f"{k}={quote(v.replace(chr(10), chr(13) + chr(10)), safe='')}" for k, v in
              (("subject", subject), ("body", body)) if v]  # fmt: skip
    return f"mailto:{quote(address, safe='@')}" + ("?" + "&".join(fields) if fields else "")


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _one_line(text: object) -> str:
    """The same words on one line, without control characters."""
    return " ".join(_CONTROLS.sub(" ", str(text)).split())


def _name(someone: Any) -> str:
    """The name of a presenter, given as a name or as a contact."""
    if someone is None:
        return ""
    return _one_line(someone if isinstance(someone, str) else someone.name or "")


def _quoted(text: str) -> str:
    """Somebody's words marked as a quotation, each line with "> "."""
    lines = [_CONTROLS.sub("", line).rstrip() for line in str(text).strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _html_lines(text: object) -> Markup:
    """Somebody's words with their line breaks, as data and never as markup."""
    lines = [escape(_CONTROLS.sub("", line).rstrip()) for line in str(text).strip().splitlines()]
    return Markup("<br>\n").join(lines)


# A line must not begin with a number that only wrapping put there: it would be read as an item of the agenda.
_NUMBER = re.compile(r" (?=\d{1,2}[.)]( |$))")
_JOINED = "\x03"
_HANGING = re.compile(r"(?:> ?)+|\s*(?:[-–•] |\d{1,3}\. )|\s+")


def _finish_text(text: str) -> str:
    """Wrap what is too long, keep what must stay whole, and never more than one empty line."""
    out: list[str] = []
    for line in text.splitlines():
        whole = line.lstrip().startswith(WHOLE)
        line = _CONTROLS.sub("", line).rstrip()
        if not line and (not out or not out[-1]):
            continue
        if whole or len(line) <= WIDTH:
            out.append(line)
            continue
        found = _HANGING.match(line)
        lead = found[0] if found else ""
        hang = lead if lead.startswith(">") else " " * len(lead)
        wrapped = textwrap.wrap(
            _NUMBER.sub(_JOINED, line[len(lead) :]),
            WIDTH,
            initial_indent=lead,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        out += [part.replace(_JOINED, " ") for part in wrapped] or [line]
    return "\n".join(out).strip("\n") + "\n"


_INDENT = re.compile(r"\n\s*\n+[ \t]*|\n[ \t]+")


def _finish_html(html: str) -> str:
    """Without control characters, and without the templates' own indentation."""
    return _INDENT.sub("\n", _CONTROLS.sub("", html)).strip() + "\n"

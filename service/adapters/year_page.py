"""A year of mailings as a calendar page, for a browser or a wall."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.domain.network import Meeting
from service.domain.working_days import is_working_day
from service.usecases.rehearse import STEP_WORDS, Planned
from service.usecases.words import clock, day_in_words, month_name


@dataclass(frozen=True, slots=True)
class Day:
    """A square of the calendar; number 0 is a square outside the month."""

    number: int
    css: str


@dataclass(frozen=True, slots=True)
class Row:
    """Something that happens: a meeting, or a mailing about one."""

    iso: str
    when: str
    what: str
    about: str
    who: str
    meeting: bool


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weeks: tuple[tuple[Day, ...], ...]
    rows: tuple[Row, ...]


def year_page(network: str, year: int, meetings: Iterable[Meeting], planned: Sequence[Planned]) -> str:
    """The page as HTML; complete in itself, nothing is fetched from the net."""
    held = [m for m in meetings if m.start.year == year and not m.cancelled]
    # The first call of a year is sent in the year before.
    first = min([p.at for p in planned], default=None)
    months = [(year, n) for n in range(1, 13)]
    if first and first.year < year:
        months = [(first.year, n) for n in range(first.month, 13)] + months
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("year_page.html.j2")
    return template.render(
        network=network, year=year, months=[_month(y, n, held, planned) for y, n in months]
    )


def _month(year: int, number: int, held: Sequence[Meeting], planned: Sequence[Planned]) -> Month:
    steps = [p for p in planned if (p.at.year, p.at.month) == (year, number)]
    meetings = [m for m in held if (m.start.year, m.start.month) == (year, number)]
    meeting_days = {m.day for m in meetings}
    step_days = {p.at.date() for p in steps}

    def day(found: date) -> Day:
        if found.month != number:
            return Day(0, "")
        if found in meeting_days:
            return Day(found.day, "meeting")
        if found in step_days:
            return Day(found.day, "step")
        return Day(found.day, "" if is_working_day(found) else "off")

    weeks = calendar.Calendar().monthdatescalendar(year, number)
    rows = [(m.start, _meeting_row(m)) for m in meetings] + [(p.at, _step_row(p)) for p in steps]
    return Month(
        name=f"{month_name(number).capitalize()} {year}",
        weeks=tuple(tuple(day(d) for d in week) for week in weeks),
        rows=tuple(row for _, row in sorted(rows, key=lambda pair: pair[0])),
    )


def _when(moment: datetime) -> str:
    return f"{day_in_words(moment.date())} kl. {clock(moment)}"


def _meeting_row(meeting: Meeting) -> Row:
    what = {"strategic": "Strategisk dag", "extra": "Extra möte"}.get(meeting.kind, "Möte")
    return Row(meeting.start.isoformat(), _when(meeting.start), what, meeting.place, "", True)


def _step_row(step: Planned) -> Row:
    who = f"{len(step.to)} mottagare" if len(step.to) > 3 else ", ".join(r.name for r in step.to)
    about = f"mötet {step.meeting.day.day} {month_name(step.meeting.day.month)}"
    return Row(step.at.isoformat(), _when(step.at), STEP_WORDS[step.step], about, who, False)

"""Dates in Swedish words, for the sentences that use cases put together."""

from __future__ import annotations

from datetime import date, datetime

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
    "november", "december",
)  # fmt: skip
_DAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


def day_in_words(day: date) -> str:
    """As in "torsdag 11 februari 2027"."""
    return f"{_DAYS[day.weekday()]} {short_day(day)}"


def short_day(day: date) -> str:
    """As in "11 februari 2027"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_name(number: int) -> str:
    """As in "februari"; months count from 1."""
    return _MONTHS[number - 1]


def clock(moment: datetime) -> str:
    """As in "08.00"."""
    return f"{moment.hour:02d}.{moment.minute:02d}"


def listed(words: list[str] | tuple[str, ...]) -> str:
    """As in "a, b och c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} och {words[-1]}"

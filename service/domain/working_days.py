"""Working days in Sweden, by the `holidays` library."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _free_days(year: int) -> frozenset[date]:
    # Midsummer Eve, Christmas Eve and New Year's Eve are free in fact, not in law.
    return frozenset(holidays.country_holidays("SE", years=year, categories=("public", "de_facto")))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _free_days(day.year)


def last_working_day(day: date) -> date:
    """The day itself when it is a working day, else the nearest working day before."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def first_working_day(day: date) -> date:
    """The day itself when it is a working day, else the nearest working day after."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day

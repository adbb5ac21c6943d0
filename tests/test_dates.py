"""Every shape of Swedish date, seen from Monday 12 April 2027."""

from __future__ import annotations

from datetime import date

import pytest

from service.interpretation.dates import find_clock, find_dates, find_minutes

TODAY = date(2027, 4, 12)
# The days of the network's meetings.
KNOWN = (date(2026, 12, 10), date(2027, 2, 11), date(2027, 4, 22), date(2027, 6, 3), date(2027, 9, 16))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("den 22 april", "2027-04-22"),
        ("22/4", "2027-04-22"),
        ("22.4", "2027-04-22"),
        ("22 apr -27", "2027-04-22"),
        ("22e april", "2027-04-22"),
        ("den 22:a", "2027-04-22"),
        ("den 22", "2027-04-22"),
        ("den tjugoandra april", "2027-04-22"),
        ("torsdagen den 22 april 2027 kl 13", "2027-04-22"),
        ("tors 22/4", "2027-04-22"),
        ("2027-04-22", "2027-04-22"),
        ("270422", "2027-04-22"),
        ("torsdag v. 16", "2027-04-22"),
        ("på torsdag", "2027-04-15"),
        ("i torsdags", "2027-04-08"),
        ("nästa torsdag", "2027-04-22"),
        ("torsdag nästa vecka", "2027-04-22"),
        ("i dag", "2027-04-12"),
        ("imorgon", "2027-04-13"),
        ("i övermorgon", "2027-04-14"),
        ("on 22 April", "2027-04-22"),
        ("April 22nd", "2027-04-22"),
        ("the 22nd", "2027-04-22"),
        ("den 10 december", "2027-12-10"),
        ("den 11 februari", "2027-02-11"),
        ("årsskiftet", "2028-01-01"),
    ],
)  # fmt: skip
def test_a_day_is_found(text: str, day: str) -> None:
    """One day, in the year that is nearest, and rather to come."""
    found = find_dates(f"Jag hör av mig {text} om det.", TODAY, KNOWN)

    assert [m.day for m in found] == [date.fromisoformat(day)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("10-20 april", "2027-04-10", "2027-04-20"),
        ("fr.o.m. den 1 maj t.o.m. den 30 juni", "2027-05-01", "2027-06-30"),
        ("mellan den 20 och 24 april", "2027-04-20", "2027-04-24"),
        ("v. 16", "2027-04-19", "2027-04-25"),
        ("vecka 15-17", "2027-04-12", "2027-05-02"),
        ("hela nästa vecka", "2027-04-19", "2027-04-25"),
        ("i september", "2027-09-01", "2027-09-30"),
        ("hela våren", "2027-01-01", "2027-06-30"),
        ("under hösten", "2027-08-01", "2027-12-31"),
        ("resten av året", "2027-04-12", "2027-12-31"),
        ("från mars till juni", "2027-03-01", "2027-06-30"),
    ],
)  # fmt: skip
def test_a_span_of_days_is_found(text: str, first: str, last: str) -> None:
    """Weeks, months, seasons and everything with a "till" in it."""
    found = find_dates(f"Jag är borta {text} tyvärr.", TODAY, KNOWN)

    assert [(m.first, m.last) for m in found] == [(date.fromisoformat(first), date.fromisoformat(last))]


@pytest.mark.parametrize(
    "text", ["kl 9.10", "24/7", "8 mån", "var är den", "den andra frågan", "sidan 7", "man kan inte"]
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    """Times of day, months of age, the word "var" and "man", other numbers."""
    assert find_dates(text, TODAY, KNOWN) == ()


def test_a_weekday_that_contradicts_its_date_is_noted() -> None:
    """22 April 2027 is a Thursday, whatever the letter says."""
    (found,) = find_dates("fredag den 22 april", TODAY, KNOWN)

    assert found.day == date(2027, 4, 22)
    assert found.conflict == "den 22 april 2027 är en torsdag, inte en fredag"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("ca 20-25 minuter", 25),
        ("en kvart räcker", 15),
        ("en halvtimme", 30),
        ("20 min", 20),
        ("10min", 10),
        ("fem min", 5),
        ("tre kvart", 45),
        ("en timme", 60),
        ("en och en halv timme", 90),
        ("half an hour", 30),
        ("kvart över tre", None),
        ("hembesök vid 8 mån", None),
    ],
)  # fmt: skip
def test_minutes(text: str, minutes: int | None) -> None:
    """What a matter asks for; of two the longer."""
    assert find_minutes(text) == minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("kl. 13.45", 825),
        ("kvart i två", 105),
        ("halv två", 90),
        ("fram till 14.30", 870),
        ("vid tretiden", 180),
    ],
)
def test_times_of_day(text: str, minutes: int) -> None:
    """In minutes after midnight; whether two is two in the afternoon the meeting tells."""
    assert [c.minutes for c in find_clock(text)] == [minutes]

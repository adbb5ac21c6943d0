"""Retention: what is not a record is not kept for ever.

Thanks, out-of-office answers, newsletters and reports of bounces are of
short-lived importance (gallringsbara handlingar av tillfällig eller ringa
betydelse); their words go after the days that the network file says, 90
unless it says otherwise.  All else is a public record until the registrators
decide, and is kept for ever unless the file gives a time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from service.domain.world import Charter
from service.usecases.office import Handled, Office

EVERY = timedelta(days=1)


def is_past(letter: Handled, charter: Charter, now: datetime) -> bool:
    """Whether the words of a handled letter are to go."""
    days = charter.keep_letters_days
    if letter.automatic or letter.kinds == ("courtesy",):
        days = min(charter.keep_courtesies_days, days or charter.keep_courtesies_days)
    if letter.state == "asked" or not days:
        return False
    return letter.handled_at + timedelta(days=days) < now


def keep_retention(office: Office) -> int:
    """Once a day, take away what is past its time; returns how many letters."""
    store, now = office.store, office.now()
    last = store.last_note("retention")
    if last and now - last[0] < EVERY:
        return 0
    charter = store.world().charter
    days = [d for d in (charter.keep_courtesies_days, charter.keep_letters_days) if d]
    past: list[int] = []
    if days:
        old = store.handled_before(now - timedelta(days=min(days)))
        past = [letter.number for letter in old if is_past(letter, charter, now)]
        store.dispose(past)
    with store.work() as book:
        book.note("retention", detail=f"{len(past)} letters")
    return len(past)

"""After a backup has been put back: what was done since it was taken must not be done again.

The backup knows nothing of the letters that came, the steps that were taken
and the mail that went out after it.  Members have had those mailings; to send
them again, under new Message-IDs, would be the double mailing that nobody
should get.  On the other hand something may really be missing.  So the
service does in silence all that it would have done, letter by letter at the
times when they came, and then lays everything that wants to go out before
the secretary in one question: send again, or not.  Until she has answered
none of it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from service.usecases.keep_calendar import StepFailed, keep_calendar
from service.usecases.office import Arrival, Office
from service.usecases.receive import handle_or_set_aside
from service.usecases.uncertain import ask_about

WHY = "hölls när databasen återställdes"
# What is held may make new letters due (a report of a mailing), and those are held as well.
ROUNDS = 3


def catch_up(
    office: Office,
    since_backup: Sequence[Arrival],
    set_clock: Callable[[datetime], None],
    now: datetime,
    temporary: tuple[type[Exception], ...],
) -> int:
    """Live through the time since the backup and hold all mail; returns how many letters are held.

    `since_backup` are letters that lie in the handled folder and are not in
    the records; `set_clock` sets the office's clock.  May be run again after
    it was interrupted.
    """
    for arrival in sorted(since_backup, key=lambda a: a.arrived):
        set_clock(arrival.arrived)
        _steps(office, temporary)
        for number in office.store.keep([arrival]):
            # Once is enough: what cannot be handled now is tried again by the daemon.
            handle_or_set_aside(office, number, temporary)
    set_clock(now)
    held = []
    for _ in range(ROUNDS):
        _steps(office, temporary)
        with office.store.work() as book:
            more = book.hold(WHY)
            held += more
        if not more:
            break
    with office.store.work() as book:
        ask_about(office, book, held, "restored", now)
        book.note("restored", detail=f"{len(since_backup)} letters read again, {len(held)} letters held")
    return len(held)


def _steps(office: Office, temporary: tuple[type[Exception], ...]) -> None:
    # What fails now is tried again, and told, by the daemon.
    with suppress(StepFailed):
        keep_calendar(office, temporary)

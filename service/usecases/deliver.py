"""Delivering: empty the outbox, one recipient at a time.

Each answer of the server is recorded before anything else happens.  Before a
letter is handed over, that it is about to be is recorded too, so that a
service killed in between knows afterwards what it cannot know.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from service.usecases.bounces import unreachable
from service.usecases.office import Office, Outbound
from service.usecases.uncertain import MAILING, ask_about

log = logging.getLogger("kallelse.deliver")


class Courier(Protocol):
    """Hands one message to one recipient."""

    def send(self, sender: str, recipient: str, message: bytes) -> str:
        """Returns the server's answer."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What a courier raises, by what to do next."""

    # The server cannot be reached at all: stop the round.
    away: type[Exception]
    # Try this letter again later.
    temporary: type[Exception]
    # This letter will never be taken.
    permanent: type[Exception]
    # Nobody knows whether it was taken.
    uncertain: type[Exception]
    # The database is away: nothing can be recorded, so nothing is sent.
    absent: type[Exception]


# So many letters are under way at a time; after a kill so many have to be asked about.
BATCH = 20

# Growing pauses between tries; after the last a letter is given up.
PAUSES: Sequence[timedelta] = tuple(
    timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440)
)

# A letter that cannot even be made is tried three times.
MAKING: Sequence[timedelta] = (timedelta(minutes=1), timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that the server has taken while the database could not be told."""

    number: int
    answer: str
    at: datetime


def deliver(
    office: Office,
    courier: Courier,
    faults: Faults,
    stopping: Callable[[], bool] = lambda: False,
    unsaved: list[Taken] | None = None,
) -> int:
    """Send what waits; returns how many letters the server took.

    Ends when the service is stopping, and raises `faults.away` when the
    server is away; what is left waits for a later round.  `unsaved` remembers what was taken while the
    database was away, so that it is recorded, and not sent again, once it is
    back; the caller keeps the list as long as the process lives.
    """
    store = office.store
    sent = 0
    unsaved = [] if unsaved is None else unsaved
    while unsaved:
        store.delivered(unsaved[0].number, unsaved[0].answer, unsaved[0].at)
        unsaved.pop(0)
    for letter in store.interrupted():
        # Killed between the server's answer and our note of it: the same Message-ID goes out again.
        log.warning("letter=%s was on its way when the service stopped; it is sent again", letter.number)
    while not stopping() and (batch := store.waiting(office.now(), limit=BATCH)):
        store.sending([letter.number for letter in batch if letter.number is not None])
        # After a power cut we know at least which letters may have gone out.
        store.make_lasting()
        for at, letter in enumerate(batch):
            if stopping():
                _put_off(office, batch[at:], "tjänsten stoppas", office.now())
                return sent
            try:
                sent += _deliver_one(office, courier, faults, letter, unsaved)
            except faults.away as fault:
                _put_off(office, batch[at:], str(fault), office.now() + PAUSES[0])
                log.warning("the mail server is away: %s", type(fault).__name__)
                raise
    return sent


def _put_off(office: Office, letters: Sequence[Outbound], why: str, until: datetime) -> None:
    """Let letters wait again without counting it as a try of theirs."""
    for letter in letters:
        assert letter.number is not None
        office.store.postponed(letter.number, why, until, counts=False)


def _deliver_one(
    office: Office, courier: Courier, faults: Faults, letter: Outbound, unsaved: list[Taken]
) -> int:
    store, world = office.store, office.store.world()
    number = letter.number
    assert number is not None
    try:
        message = office.compose(letter, world, store.file)
    except faults.absent:
        raise
    # A file that is missing, a name that cannot be written: this letter's own fault, and nobody else's.
    except Exception as fault:
        log.exception("letter=%d could not be made", number)
        _try_later(office, letter, f"kunde inte skrivas: {type(fault).__name__}", MAKING)
        return 0
    try:
        answer = courier.send(world.charter.address, letter.to.address, message)
    except (faults.away, faults.absent):
        raise
    except faults.temporary as fault:
        _try_later(office, letter, str(fault), PAUSES)
        return 0
    except faults.uncertain as fault:
        _leave_uncertain(office, letter, str(fault))
        return 0
    except faults.permanent as fault:
        _give_up(office, letter, str(fault))
        return 0
    except Exception as fault:
        # Whatever this may have been, part of the letter may have gone.
        log.exception("letter=%d: the courier failed", number)
        _leave_uncertain(office, letter, f"{type(fault).__name__}: {fault}")
        return 0
    try:
        store.delivered(number, answer, office.now())
    except faults.absent:
        unsaved.append(Taken(number, answer, office.now()))
        raise
    log.info("letter=%d what=%s to=%s sent", number, letter.what, letter.to.person or "outsider")
    return 1


def _try_later(office: Office, letter: Outbound, why: str, pauses: Sequence[timedelta]) -> None:
    assert letter.number is not None
    if letter.tries >= len(pauses):
        _give_up(office, letter, f"gav upp efter {letter.tries + 1} försök: {why}")
    else:
        office.store.postponed(letter.number, why, office.now() + pauses[letter.tries])


def _give_up(office: Office, letter: Outbound, why: str) -> None:
    """A refusal while sending counts as a bounce: the secretary is told, unless it was hers.

    In one transaction, so that no refusal goes untold however the service ends.
    """
    assert letter.number is not None
    with office.store.work() as book:
        book.give_up(letter.number, "refused", why)
        if letter.mailing != "undeliverable":
            unreachable(office, book, letter.to, letter, why)
    log.warning("letter=%d to=%s refused", letter.number, letter.to.person or "outsider")


def _leave_uncertain(office: Office, letter: Outbound, why: str) -> None:
    """Nobody knows whether it arrived: it is not sent again before the secretary says so."""
    assert letter.number is not None
    if letter.mailing == MAILING:
        # The question itself must reach her; twice is better than never, and under one Message-ID.
        _try_later(office, letter, why, PAUSES)
        return
    now = office.now()
    with office.store.work() as book:
        book.give_up(letter.number, "uncertain", why)
        ask_about(office, book, [letter], "no-answer", now)
    log.warning("letter=%d to=%s uncertain", letter.number, letter.to.person or "outsider")

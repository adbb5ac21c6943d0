"""The daemon: one clerk, one thing at a time.

A bell rings when mail has come (IDLE), when a step comes due (APScheduler),
and every few minutes for safety; each time the clerk makes the same round:
take in, handle, keep the calendar, deliver.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from service.adapters.database import StoreAway
from service.adapters.imap import Fetched, ImapMailbox, MailboxAway
from service.adapters.smtp import SmtpCourier
from service.domain.timeline import next_moment
from service.usecases.deliver import deliver
from service.usecases.keep_calendar import keep_calendar
from service.usecases.office import Arrival
from service.usecases.receive import TOO_LARGE, handle_or_set_aside
from service.wiring import FAULTS, Service

log = logging.getLogger("kallelse.daemon")

# So many letters are kept and handled before the next are fetched.
BATCH = 50
# 25 MB of files are some 35 MB of message; of what is larger only the header is taken in.
LARGEST = 36_000_000
# Without any ring the clerk looks again after so long.
ROUND = timedelta(minutes=3)
# A fault is followed by growing pauses, never by a tight loop.
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    kept: int = 0
    handled: int = 0
    steps: int = 0
    sent: int = 0
    # What was away, in a line for the operator; empty when all went well.
    away: tuple[str, ...] = ()


def one_round(
    service: Service,
    mailbox: ImapMailbox | None,
    courier: SmtpCourier | None,
    stopping: Callable[[], bool] = lambda: False,
) -> Round:
    """Take in all new mail, do all that is due, deliver what waits.

    A server that is away does not keep the clerk from the rest of the work.
    Raises StoreAway, for without the database there is none.
    """
    kept = handled = 0
    away: list[str] = []
    if mailbox:
        try:
            kept, handled = take_in(service, mailbox, courier, stopping)
        except MailboxAway as fault:
            away.append(f"brevlådan: {fault}")
    handled += handle_kept(service, stopping)
    if stopping():
        return Round(kept, handled, away=tuple(away))
    steps = keep_calendar(service.office)
    sent = 0
    if courier:
        sent = deliver(service.office, courier, FAULTS, stopping=stopping)
        # What has just been delivered may complete a report.
        if not stopping() and (more := keep_calendar(service.office)):
            steps += more
            sent += deliver(service.office, courier, FAULTS, stopping=stopping)
    return Round(kept, handled, steps, sent, tuple(away))


def take_in(
    service: Service, mailbox: ImapMailbox, courier: SmtpCourier | None, stopping: Callable[[], bool]
) -> tuple[int, int]:
    """Keep what is new in the mailbox, handle it, and move it only then."""
    store, folder = service.store, _folder(service)
    validity, _ = mailbox.uids(after=2**32 - 2)
    # Left over from last time: handled, but not yet moved.
    _move(service, mailbox, folder, validity)
    validity, new = mailbox.uids(after=store.high_uid(folder, validity))
    # What the server could not deliver last time is asked for again.
    new = tuple(sorted({*new, *mailbox.unreadable}))
    kept = handled = 0
    for arrivals in _batches(mailbox, new, folder, validity):
        kept += len(store.keep(arrivals))
        handled += handle_kept(service, stopping)
        _move(service, mailbox, folder, validity)
        if courier:
            deliver(service.office, courier, FAULTS, stopping=stopping)
        if stopping():
            break
    return kept, handled


def _folder(service: Service) -> str:
    return service.config.imap.folder if service.config.imap else ""


def _batches(
    mailbox: ImapMailbox, uids: tuple[int, ...], folder: str, validity: int
) -> Iterator[list[Arrival]]:
    """Fetched letters, some at a time, bounded in number and bytes."""
    batch: list[Arrival] = []
    size = 0
    for fetched in mailbox.fetch(uids, limit=LARGEST):
        batch.append(_arrival(fetched, folder, validity))
        size += len(fetched.raw)
        if len(batch) >= BATCH or size > 8_000_000:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _arrival(fetched: Fetched, folder: str, validity: int) -> Arrival:
    raw = fetched.raw if not fetched.headers_only else TOO_LARGE + fetched.raw
    return Arrival(
        raw=raw,
        arrived=fetched.arrived,
        folder=folder,
        uidvalidity=validity,
        uid=fetched.found.uid,
    )


def _move(service: Service, mailbox: ImapMailbox, folder: str, validity: int) -> None:
    """Move handled letters; where they stay, that they have been seen to is enough."""
    if not service.config.imap or not service.config.imap.handled:
        return
    uids = service.store.to_move(folder, validity)
    if uids:
        mailbox.move_to_handled(uids, uidvalidity=validity)
        service.store.moved(folder, validity, uids)


def handle_kept(service: Service, stopping: Callable[[], bool] = lambda: False) -> int:
    """Handle every kept letter, oldest first."""
    handled = 0
    while not stopping() and (numbers := service.store.unhandled()):
        for number in numbers:
            handle_or_set_aside(service.office, number, (StoreAway,))
            handled += 1
            if stopping():
                break
    return handled


class Daemon:
    """Runs rounds until it is told to stop."""

    def __init__(self, service: Service, notify: Callable[[str], None] = lambda state: None) -> None:
        self._service = service
        self._notify = notify
        self._bell = threading.Event()
        self._stop = threading.Event()

    def stop(self, *_: Any) -> None:
        """Finish the letter in hand, then end."""
        self._stop.set()
        self._bell.set()

    def ring(self) -> None:
        self._bell.set()

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        mailbox, courier = self._service.mailbox(), self._service.courier()
        scheduler = BackgroundScheduler(timezone=str(self._service.store.world().zone))
        scheduler.start()
        watcher = self._service.watcher(self.ring)
        if watcher:
            watcher.start()
        log.info("ready network=%s", self._service.store.world().charter.short_name)
        self._notify("READY=1")
        try:
            self._work(mailbox, courier, scheduler)
        finally:
            self._notify("STOPPING=1")
            scheduler.shutdown(wait=False)
            with contextlib.suppress(Exception):
                if watcher:
                    watcher.stop()
                if mailbox:
                    mailbox.close()
                if courier:
                    courier.close()
        return 0

    def _work(
        self, mailbox: ImapMailbox | None, courier: SmtpCourier | None, scheduler: BackgroundScheduler
    ) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            self._bell.clear()
            try:
                did = one_round(self._service, mailbox, courier, self._stop.is_set)
                trouble = did.away
            except StoreAway as fault:
                trouble = (f"databasen: {fault}",)
            self._notify("WATCHDOG=1")
            for line in trouble:
                log.warning("away: %s", line)
            if trouble:
                # A ring does not shorten the pause: the server that is away rings, too.
                self._stop.wait(pause.total_seconds())
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            self._plan(scheduler)
            self._bell.wait(self._rest())

    def _rest(self) -> float:
        """Seconds until the clerk looks without being rung for."""
        waiting = self._service.store.next_try()
        if waiting is None:
            return ROUND.total_seconds()
        return min(max((waiting - self._service.office.now()).total_seconds(), 1.0), ROUND.total_seconds())

    def _plan(self, scheduler: BackgroundScheduler) -> None:
        """Ask to be woken at the next moment at which a step may come due; the job is not stored."""
        office = self._service.office
        meetings = tuple(self._service.store.world().meetings.values())
        moment = next_moment(meetings, office.rules.timeline, office.now())
        if moment is not None:
            scheduler.add_job(
                self.ring,
                "date",
                run_date=moment,
                id="next-step",
                replace_existing=True,
                misfire_grace_time=None,
                coalesce=True,
            )


def once(service: Service, report: Callable[[Round], None] = lambda did: None) -> Round:
    """One pass: all new mail, all that is due, all that waits."""
    mailbox, courier = service.mailbox(), service.courier()
    try:
        did = one_round(service, mailbox, courier)
        report(did)
        return did
    finally:
        with contextlib.suppress(Exception):
            if mailbox:
                mailbox.close()
            if courier:
                courier.close()


def ingest(service: Service, raws: list[bytes], at: datetime) -> int:
    """Take messages in as though the mailbox had delivered them; returns how many were new."""
    new = service.store.keep([Arrival(raw, at) for raw in raws])
    handle_kept(service)
    return len(new)

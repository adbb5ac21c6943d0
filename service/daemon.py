"""The daemon: one clerk, one thing at a time.

A bell rings when mail has come (IDLE), when a step comes due (APScheduler),
and every few minutes for safety; each time the clerk makes the same round:
take in, handle, keep the calendar, deliver.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import signal
import threading
import time
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from service.adapters.database import SqlStore, StoreAway, StoreError
from service.adapters.imap import Fetched, ImapMailbox, LoginRefused, MailboxAway
from service.adapters.smtp import Away as PostAway
from service.adapters.smtp import SmtpCourier
from service.domain.timeline import next_moment
from service.usecases.deliver import deliver
from service.usecases.health import Health
from service.usecases.keep_calendar import StepFailed, keep_calendar
from service.usecases.office import Arrival, Office
from service.usecases.receive import TOO_LARGE, handle_or_set_aside
from service.usecases.reconcile import Findings, Lying, compare, said, stock_taken, tell, tell_of_unreadable
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
REFUSED_PAUSE = timedelta(minutes=1)
# The watchdog hears from us at least so often, in seconds, while anything moves.
PING = 20.0
# Mailbox and records are compared in the first round after this hour, local time.
STOCK_TAKING_HOUR = 6
# So far back handled and junk mail is looked at.
LOOK_BACK = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    kept: int = 0
    handled: int = 0
    steps: int = 0
    sent: int = 0
    # What was away, in a line for the operator; empty when all went well.
    away: tuple[str, ...] = ()
    # Whether the mail server was away: how, "" when it took a letter, None when there was nothing to send.
    post_away: str | None = None
    # The mailbox does not let us in, and many lock an account that is tried too often.
    seldom: bool = False


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
    kept = handled = steps = 0
    away: list[str] = []
    seldom = False
    sending = _Sending(service, courier, stopping)
    tried: set[int] = set()
    if mailbox:
        try:
            kept, handled = take_in(service, mailbox, sending, stopping, tried)
        except MailboxAway as fault:
            away.append(f"brevlådan: {fault}")
            seldom = isinstance(fault, LoginRefused)
    handled += handle_kept(service, stopping, tried)
    # What has just been delivered may complete a report, so the calendar is looked at again.
    for _ in range(2):
        if stopping():
            break
        try:
            steps += keep_calendar(service.office, (StoreAway, StoreError))
        # A step that cannot be taken must not keep letters from being read and sent.
        except StepFailed as fault:
            away.append(f"kalendern: {fault}")
        if stopping() or not sending.deliver():
            break
    return Round(kept, handled, steps, sending.sent, tuple(dict.fromkeys(away)), sending.away, seldom)


class _Sending:
    """The deliveries of one round; once the mail server was away, it is left alone for the rest of it."""

    def __init__(self, service: Service, courier: SmtpCourier | None, stopping: Callable[[], bool]) -> None:
        self._service, self._courier, self._stopping = service, courier, stopping
        self.sent = 0
        self.away: str | None = None

    def deliver(self) -> int:
        """Send what waits; returns how many letters were taken."""
        if self._courier is None or self.away:
            return 0
        service = self._service
        try:
            sent = deliver(service.office, self._courier, FAULTS, self._stopping, service.unsaved)
        except PostAway as fault:
            self.away = f"e-postservern: {fault}"
            return 0
        if sent:
            self.away = ""
        self.sent += sent
        return sent


def take_in(
    service: Service,
    mailbox: ImapMailbox,
    sending: _Sending | None = None,
    stopping: Callable[[], bool] = lambda: False,
    tried: set[int] | None = None,
) -> tuple[int, int]:
    """Keep what is new in the mailbox, handle it, and move it only then.

    What is new is what the database does not know, not what has a higher
    number: a message that the server could not hand out is asked for again.
    Where handled mail stays in the folder it is too much to ask each time,
    so only a new connection's first look goes through all of it.  `tried` is
    as in `handle_kept`.
    """
    tried = set() if tried is None else tried
    store, folder = service.store, _folder(service)
    moves = bool(service.config.imap and service.config.imap.handled)
    validity, _ = mailbox.uids(after=2**32 - 2)
    # Left over from last time: kept and not yet handled, or handled and not yet moved.
    handled = handle_kept(service, stopping, tried)
    _move(service, mailbox, folder, validity)
    seen = mailbox.looked_through == validity
    validity, found = mailbox.uids(after=store.high_uid(folder, validity) if seen and not moves else 0)
    new = tuple(sorted({*store.unknown(folder, validity, found), *mailbox.unreadable}))
    kept = 0
    for arrivals in _batches(mailbox, new, folder, validity):
        kept += len(store.keep(arrivals))
        handled += handle_kept(service, stopping, tried)
        _move(service, mailbox, folder, validity)
        if sending:
            # Whoever wrote first need not wait until all the others have been read.
            sending.deliver()
        if stopping():
            return kept, handled
    mailbox.looked_through = validity
    tell_of_unreadable(service.office, folder, validity, mailbox.unreadable)
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
        # What is moved away is not found again by looking, so its effects must be on the disk.
        service.store.make_lasting()
        mailbox.move_to_handled(uids, uidvalidity=validity)
        service.store.moved(folder, validity, uids)


def handle_kept(
    service: Service,
    stopping: Callable[[], bool] = lambda: False,
    tried: set[int] | None = None,
) -> int:
    """Handle every kept letter, oldest first; returns how many.

    One that fails is tried again in the next round: `tried` are the numbers
    that have had their turn in this one, and grows.
    """
    tried = set() if tried is None else tried
    before = len(tried)
    while not stopping():
        waiting = service.store.unhandled(limit=BATCH + len(tried))
        numbers = [number for number in waiting if number not in tried]
        if not numbers:
            break
        for number in numbers:
            tried.add(number)
            handle_or_set_aside(service.office, number, (StoreAway,))
            if stopping():
                break
    return len(tried) - before


def take_stock(
    service: Service, mailbox: ImapMailbox, stopping: Callable[[], bool] = lambda: False
) -> Findings:
    """Compare mailbox and records, take in what was passed by, and tell the secretary of the rest.

    Looks at all of the inbox, and at the handled and the junk folder as far
    back as anybody would still miss a letter; both are opened for reading
    only.  Raises MailboxAway and StoreAway.
    """
    store, office, config = service.store, service.office, service.config.imap
    assert config is not None
    now = office.now()
    mailbox.looked_through = None
    # What lies in the inbox unknown is taken in as any new letter.
    kept, _ = take_in(service, mailbox, stopping=stopping)
    known = store.message_ids()
    there = {_bare(mark) for mark in mailbox.message_ids().values()}
    handled: list[Lying] = []
    if config.handled:
        lying = mailbox.message_ids(config.handled, (now - LOOK_BACK).date())
        there.update(_bare(mark) for mark in lying.values())
        handled = _strangers(office, mailbox, config.handled, lying, known)
    junk: list[Lying] = []
    if folder := mailbox.junk_folder():
        lying = mailbox.message_ids(folder, (now - LOOK_BACK).date())
        junk = _strangers(office, mailbox, folder, lying, known)
    put_away = {
        letter.message_id: _line_about(office, store, letter.sha256)
        for letter in store.put_away(now - LOOK_BACK / 4)
        if letter.message_id and letter.message_id not in there
    }
    addresses = [a for p in store.world().people.values() for a in (p.email, *p.aliases) if a]
    found = compare(addresses, put_away, there, handled, junk, kept)
    tell(office, found)
    return found


def lost_since(service: Service, mailbox: ImapMailbox) -> list[Arrival]:
    """Letters in the handled folder that the records do not know: handled after a backup was taken.

    They come without their place, for there is nothing to move.  Raises MailboxAway.
    """
    config = service.config.imap
    if config is None or not config.handled:
        return []
    known = service.store.message_ids()
    lying = mailbox.message_ids(config.handled)
    uids = [uid for uid, mark in lying.items() if not mark or _bare(mark) not in known]
    return [
        Arrival(_arrival(one, config.handled, 1).raw, one.arrived)
        for one in mailbox.fetch(uids, limit=LARGEST, folder=config.handled)
    ]


def _bare(message_id: str) -> str:
    """A Message-ID as the records have it: between its angle brackets."""
    start, end = message_id.find("<"), message_id.find(">")
    return message_id[start : end + 1] if 0 <= start < end else message_id


def _strangers(
    office: Office, mailbox: ImapMailbox, folder: str, lying: Mapping[int, str], known: Container[str]
) -> list[Lying]:
    """What lies in a folder and is not in the records, by its header; at most a hundred a time."""
    uids = [uid for uid, mark in lying.items() if mark and _bare(mark) not in known][:100]
    return [
        Lying(_bare(lying[one.found.uid]), office.parse(one.raw))
        for one in mailbox.fetch(uids, limit=0, folder=folder)
    ]


def _line_about(office: Office, store: SqlStore, sha256: str) -> str:
    return said(office.parse(store.file(sha256)))


def _stock_is_due(service: Service) -> bool:
    """Whether mailbox and records have not been compared yet this morning."""
    now = service.office.now()
    return now.hour >= STOCK_TAKING_HOUR and not stock_taken(service.office, now.date())


class Daemon:
    """Runs rounds until it is told to stop."""

    def __init__(self, service: Service, notify: Callable[[str], None] = lambda state: None) -> None:
        self._service = service
        self._notify = notify
        self._bell = threading.Event()
        self._stop = threading.Event()
        self._health = Health()
        self._pinged = 0.0
        # How the mail server was away the last time that there was something to send.
        self._post_away = ""
        self._stock_after: datetime | None = None

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
            rest, seldom = 0.0, False
            try:
                did = one_round(self._service, mailbox, courier, self._stopping)
                trouble, seldom = did.away, did.seldom
                if did.post_away is not None:
                    self._post_away = did.post_away
                if mailbox and not trouble and not self._stop.is_set():
                    self._take_stock(mailbox)
                self._plan(scheduler)
                rest = self._rest()
            except StoreAway as fault:
                trouble = (str(fault),)
            except StoreError:
                raise
            # Whatever this is, it is better tried again with growing pauses than by being started anew.
            except Exception as fault:
                log.exception("the round was broken")
                trouble = (f"oväntat fel: {type(fault).__name__}: {fault}",)
            self._ping()
            self._tell(trouble)
            if trouble:
                # A ring does not shorten the pause: the server that is away rings, too.
                pause = max(pause, REFUSED_PAUSE) if seldom else pause
                self._wait(self._stop, pause.total_seconds())
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            self._wait(self._bell, rest)

    def _stopping(self) -> bool:
        """Asked between letters; tells the watchdog that the work goes on."""
        if time.monotonic() - self._pinged > PING:
            self._ping()
        return self._stop.is_set()

    def _ping(self) -> None:
        self._pinged = time.monotonic()
        self._notify("WATCHDOG=1")

    def _wait(self, sign: threading.Event, seconds: float) -> None:
        """Wait for a sign, telling the watchdog now and then."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not sign.wait(min(left, PING)):
            self._ping()

    def _tell(self, trouble: tuple[str, ...]) -> None:
        """Tell the operator how it is: the log, systemd's status, and `kallelse status`."""
        # Letters that wait for the mail server pause by themselves; it is trouble all the same.
        trouble = (*trouble, self._post_away) if self._post_away else trouble
        for line in trouble:
            log.warning("away: %s", line)
        news = self._health.after("; ".join(trouble), self._service.office.now())
        if news is None:
            return
        (log.error if news.state == "broken" else log.info)("health: %s", news.line)
        self._notify(f"STATUS={news.line}")
        # Without a database only systemd and the log can be told.
        with contextlib.suppress(StoreAway), self._service.store.work() as book:
            book.note("health", detail=news.line)

    def _take_stock(self, mailbox: ImapMailbox) -> None:
        """Compare mailbox and records once a day; a fault in that is no fault of the round."""
        now = self._service.office.now()
        if (self._stock_after and now < self._stock_after) or not _stock_is_due(self._service):
            return
        self._stock_after = now + timedelta(hours=1)
        try:
            take_stock(self._service, mailbox, self._stopping)
        except (StoreAway, StoreError):
            raise
        except Exception as fault:
            log.warning("mailbox and records could not be compared: %s", fault)

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


def once(service: Service, *, stock: bool = True) -> Round:
    """One pass: all new mail, all that is due, all that waits; each morning's first one takes `stock` too.

    A pass at another time than now leaves that out: the mailbox has no letters of that day.
    """
    mailbox, courier = service.mailbox(), service.courier()
    try:
        did = one_round(service, mailbox, courier)
        if stock and mailbox and not did.away and _stock_is_due(service):
            try:
                take_stock(service, mailbox)
            except MailboxAway as fault:
                return dataclasses.replace(did, away=(f"brevlådan: {fault}",))
            # What was found is told at once.
            more = one_round(service, None, courier)
            did = dataclasses.replace(
                did, sent=did.sent + more.sent, away=more.away, post_away=more.post_away
            )
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

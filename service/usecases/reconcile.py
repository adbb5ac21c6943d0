"""Taking stock: once a day mailbox and records are compared, and what only one of them has is told.

Mail goes astray without anybody's fault: a message is dragged to the handled
folder before it was read, a member's letter is taken for junk, a folder is
emptied.  Each finding is told the secretary once.
"""

from __future__ import annotations

import logging
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.letters import Letter
from service.usecases.letters import to_secretary
from service.usecases.office import Book, Office
from service.usecases.outgoing import Post
from service.usecases.writing import write

log = logging.getLogger("kallelse.reconcile")

# After so many rounds in which the server could not hand a message out, somebody is told.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Lying:
    """A message that lies in a folder: its Message-ID, or what else tells it, and its header."""

    mark: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Findings:
    """What the mailbox has and the records not, and the other way round."""

    # In the handled folder although nobody has read it.
    never_read: tuple[Lying, ...] = ()
    # From somebody in the network, among the junk.
    junk: tuple[Lying, ...] = ()
    # In the records, and nowhere in the mailbox: Message-ID, and a line that says what it was.
    gone: tuple[tuple[str, str], ...] = ()
    # New in the inbox, and taken in on the way; that is no finding.
    taken_in: int = 0

    def __bool__(self) -> bool:
        return bool(self.never_read or self.junk or self.gone)


def stock_taken(office: Office, day: date) -> bool:
    """Whether mailbox and records have been compared on a day, local time."""
    last = office.store.last_note("stock-taking")
    return last is not None and last[0].astimezone(office.store.world().zone).date() >= day


def compare(
    ours: Iterable[str],
    put_away: Mapping[str, str],
    there: Container[str],
    handled: Sequence[Lying],
    junk: Sequence[Lying],
    taken_in: int = 0,
) -> Findings:
    """What differs.

    `ours` are the addresses of the network; `put_away` the Message-IDs of
    letters that the records say lie in the handled folder, with a line about
    each; `there` all that lies in the inbox and the handled folder; `handled`
    and `junk` what lies in those folders and is not in the records.  Messages
    without Message-ID are left out: nothing tells them apart.
    """
    addresses = {address.casefold() for address in ours}
    return Findings(
        never_read=tuple(handled),
        junk=tuple(x for x in junk if x.letter.sender and x.letter.sender.address.casefold() in addresses),
        gone=tuple((mark, line) for mark, line in put_away.items() if mark not in there),
        taken_in=taken_in,
    )


def tell(office: Office, found: Findings) -> bool:
    """Tell the secretary what is new among the findings; says whether there was anything."""
    now = office.now()
    with office.store.work() as book:
        fresh = _fresh(book, found)
        for kind, marks in (
            ("never-read", [one.mark for one in fresh.never_read]),
            ("junk", [one.mark for one in fresh.junk]),
            ("gone", [mark for mark, _ in fresh.gone]),
        ):
            for mark in marks:
                book.note(f"astray-{kind}", detail=mark)
        book.note(
            "stock-taking",
            detail=f"never read {len(found.never_read)}, junk {len(found.junk)}, gone {len(found.gone)}, "
            f"taken in {found.taken_in}",
        )
        to = to_secretary(book.world, now)
        if not fresh or to is None:
            return False
        post = Post(
            what="reminder",
            mailing="stock-taking",
            to=to,
            facts={
                "heading": "Brevlådan och registret stämmer inte överens",
                "intro": "Vi har jämfört brevlådan med registret. Det här behöver du titta på.",
                "parts": tuple(_parts(fresh)),
            },
        )
        write(office, book, [post], now)
    log.warning("astray=%d", len(fresh.never_read) + len(fresh.junk) + len(fresh.gone))
    return True


def _fresh(book: Book, found: Findings) -> Findings:
    return Findings(
        never_read=tuple(x for x in found.never_read if not book.noted("astray-never-read", x.mark)),
        junk=tuple(x for x in found.junk if not book.noted("astray-junk", x.mark)),
        gone=tuple(x for x in found.gone if not book.noted("astray-gone", x[0])),
        taken_in=found.taken_in,
    )


def _parts(found: Findings) -> Iterable[tuple[str, tuple[str, ...]]]:
    if found.never_read:
        yield (
            "Ligger bland hanterade mejl utan att vi har läst dem",
            tuple(f"{said(one.letter)} Flytta det till inkorgen om vi ska ta hand om det."
                  for one in found.never_read),
        )  # fmt: skip
    if found.junk:
        yield (
            "Ligger i skräpposten fast de kommer från nätverket",
            tuple(f"{said(one.letter)} Flytta det till inkorgen, så tar vi hand om det."
                  for one in found.junk),
        )  # fmt: skip
    if found.gone:
        yield "Är borta ur brevlådan men finns kvar i registret", tuple(line for _, line in found.gone)


def said(letter: Letter) -> str:
    """A letter in a line that its receiver would know it by."""
    who = (letter.sender.name or letter.sender.address) if letter.sender else "okänd avsändare"
    when = f", {letter.date:%Y-%m-%d}" if letter.date else ""
    return f"Från {who}, ”{letter.subject or 'utan ämne'}”{when}."


def tell_of_unreadable(office: Office, folder: str, uidvalidity: int, unreadable: Mapping[int, str]) -> None:
    """Count the rounds in which a message could not be had, and tell of it after the third.

    The count stands in the journal, so that a service that is started anew
    each time comes to three, too.  The message stays in the folder and is
    asked for again in each round.
    """
    if not unreadable:
        return
    now: datetime = office.now()
    with office.store.work() as book:
        told = []
        for uid in unreadable:
            mark = f"{folder} {uidvalidity} {uid}"
            before = book.noted("unreadable", mark)
            if before >= ROUNDS:
                continue
            book.note("unreadable", detail=mark)
            if before + 1 == ROUNDS:
                told.append(uid)
        to = to_secretary(book.world, now)
        if not told or to is None:
            return
        lines = tuple(
            f"Mejl nummer {uid} i mappen {folder}. Öppna brevlådan i ett vanligt e-postprogram och titta."
            for uid in told
        )
        post = Post(
            what="reminder",
            mailing="stock-taking",
            to=to,
            facts={
                "heading": "Ett mejl går inte att hämta" if len(told) == 1 else "Mejl går inte att hämta",
                "intro": "E-postservern lämnar inte ut det till oss. Vi försöker igen varje gång vi tittar.",
                "parts": (("Ligger kvar i brevlådan", lines),),
            },
        )
        write(office, book, [post], now)
    log.warning("unreadable=%d", len(told))


__all__ = ["Findings", "Lying", "compare", "said", "stock_taken", "tell", "tell_of_unreadable"]

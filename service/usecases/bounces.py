"""A letter of ours that could not be delivered: the secretary is told who was not reached, and with what.

A report in a bounce and a refusal while sending count the same.  Each address
is told of once, with a request for a new one; later mailings only note it.
What is merely late is kept, and nobody is bothered.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from service.domain.distribution import chair, recipient
from service.domain.intents import ContactChange, Reading
from service.domain.letters import Letter
from service.domain.network import Person
from service.domain.references import parse
from service.usecases.filing.case import ToDecide
from service.usecases.letters import to_secretary
from service.usecases.office import Book, LetterState, Office, OpenQuestion, Outbound
from service.usecases.opening import Opened
from service.usecases.outgoing import Post, Recipient
from service.usecases.writing import write

BOUNCED = "Mottagarens e-postserver svarade att mejlet inte kan levereras."


def file_bounce(office: Office, book: Book, number: int, letter: Letter, reading: Reading) -> LetterState:
    """Note who could not be reached, and tell of each address once.

    Only a bounce of our own counts: it has to enclose or answer a Message-ID
    that we have sent, or name an address of somebody in the network.  A
    report that a letter is delayed names nobody as failed.
    """
    ours = _our_letter(book, letter)
    network = book.world.network_on(office.now().date())
    told = False
    for address in _failed(reading, ours):
        person = network.person_by_address(address)
        if ours is None and person is None:
            # Somebody says that a letter which we never wrote has not arrived.
            book.note("bounce-of-others", letter=number)
            continue
        if ours is not None and ours.mailing == "undeliverable":
            book.note("bounce", letter=number, detail=person.id if person else "outsider")
            continue
        name = person.name if person else (ours.to.name if ours else "")
        told |= unreachable(office, book, Recipient(name, address), ours, BOUNCED, because_of=number)
    return "acted" if told else "noted"


def _our_letter(book: Book, letter: Letter) -> Outbound | None:
    """Which of our letters a bounce is about: by the enclosed Message-ID, else by what it answers."""
    enclosed = letter.report.original_message_id if letter.report else None
    inner = [e.message_id for e in letter.enclosed if e.message_id]
    for message_id in (enclosed, *inner, *letter.in_reply_to, *reversed(letter.references)):
        if message_id and parse(message_id, book.world.domain) and (ours := book.sent(message_id)):
            return ours
    return None


def _failed(reading: Reading, ours: Outbound | None) -> tuple[str, ...]:
    """The addresses that failed, as we wrote them.

    Each letter of ours has one recipient, so whatever address a report names
    (a forwarding may lie in between), it is that one who was not reached.
    """
    if ours is not None and reading.failed:
        return (ours.to.address,)
    return reading.failed


def key_of(address: str) -> str:
    """An address as the journal keeps it: told from others, and not read."""
    return hashlib.sha256(address.strip().casefold().encode("utf-8", "replace")).hexdigest()[:16]


def is_unreachable(book: Book, address: str) -> bool:
    """Whether an address has been found not to work."""
    return book.noted("unreachable", key_of(address)) > 0


def unreachable(
    office: Office,
    book: Book,
    to: Recipient,
    ours: Outbound | None,
    why: str,
    *,
    because_of: int | None = None,
) -> bool:
    """Note that an address does not work; the first time, tell the secretary and ask for another.

    Says whether anybody was told.  What the secretary herself does not get
    is told the chair.
    """
    now = office.now()
    first = not is_unreachable(book, to.address)
    book.note(
        "unreachable", letter=because_of, meeting=ours.meeting if ours else None, detail=key_of(to.address)
    )
    teller = _whom_to_tell(book, to.address, now)
    if not first or teller is None:
        return False
    person = book.world.network_on(now.date()).person_by_address(to.address)
    post = Post(
        what="ask",
        mailing="undeliverable",
        to=teller,
        meeting=ours.meeting if ours else None,
        facts={
            "address": to.address,
            "name": to.name,
            "mailing_subject": ours.subject if ours else "",
            "reason": why,
        },
        because_of=because_of,
    )
    asked = ToDecide(_address_question(person, teller, because_of), post)
    letters = write(office, book, [asked.post], now)
    if person:
        book.ask(asked.question, [letter.message_id for letter in letters])
    return True


def _whom_to_tell(book: Book, address: str, now: datetime) -> Recipient | None:
    to = to_secretary(book.world, now)
    if to is not None and to.address.casefold() != address.casefold():
        return to
    lead = chair(book.world, now)
    if lead and lead.email and lead.email.casefold() != address.casefold():
        return recipient(lead)
    return None


def _address_question(person: Person | None, asked: Recipient, because_of: int | None) -> OpenQuestion:
    return OpenQuestion("address", because_of or 0, person.id if person else None, asked)


_ADDRESS = re.compile(r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}\w{2,24}(?![\w-])")


def new_address(book: Book, question: OpenQuestion, opened: Opened) -> ContactChange | None:
    """The new address that an answer gives for whoever was not reached; None when it gives none, or two."""
    person = book.world.people.get(question.speaker or "")
    if person is None:
        return None
    known = {a.casefold() for a in (*person.addresses, book.world.charter.address, question.asked.address)}
    said = dict.fromkeys(a.casefold() for a in _ADDRESS.findall(opened.reading.text))
    new = [a for a in said if a not in known]
    return ContactChange(certain=True, person=person.id, email=new[0]) if len(new) == 1 else None

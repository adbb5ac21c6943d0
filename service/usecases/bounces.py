"""A letter of ours that could not be delivered: the secretary is told who was not reached, and with what."""

from __future__ import annotations

from service.domain.intents import Reading
from service.domain.letters import Letter
from service.usecases.letters import to_secretary
from service.usecases.office import Book, LetterState, Office
from service.usecases.outgoing import Post
from service.usecases.writing import write


def file_bounce(office: Office, book: Book, number: int, letter: Letter, reading: Reading) -> LetterState:
    """Tell the secretary once for each address; a bounce about a notice to her only lands in the journal.

    Only what bounces of our own counts: the report has to carry one of our
    Message-IDs, or name an address that we have written to.
    """
    now = office.now()
    to = to_secretary(book.world, now)
    original = letter.report.original_message_id if letter.report else None
    ours = book.sent(original) if original else None
    told = False
    for address in reading.failed:
        person = book.world.network_on(now.date()).person_by_address(address)
        book.note("bounce", letter=number, detail=person.id if person else "outsider")
        if to is None or address.casefold() == to.address.casefold():
            continue
        if ours is None and person is None:
            continue
        if ours is not None and ours.mailing == "undeliverable":
            continue
        write(
            office,
            book,
            [
                Post(
                    what="ask",
                    mailing="undeliverable",
                    to=to,
                    meeting=ours.meeting if ours else None,
                    facts={
                        "address": address,
                        "name": person.name if person else (ours.to.name if ours else ""),
                        "mailing_subject": ours.subject if ours else "",
                        "reason": "Mottagarens e-postserver svarade att mejlet inte kan levereras.",
                    },
                    because_of=number,
                )
            ],
            now,
        )
        told = True
    return "acted" if told else "noted"

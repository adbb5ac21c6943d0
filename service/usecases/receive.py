"""Receiving: keep the raw bytes first, then read the letter, file it and write the answer.

One transaction holds reading, records, journal and the letters to be sent.
A crash anywhere leaves the letter kept and not handled, and the next round
takes it from there.
"""

from __future__ import annotations

import logging

from service.domain.agenda import FileRef
from service.usecases.bounces import file_bounce
from service.usecases.carrying_out import carry_out, receipt_to
from service.usecases.letters import to_secretary
from service.usecases.office import Book, LetterState, Office
from service.usecases.opening import Opened, open_letter, reading_json, store_files
from service.usecases.outgoing import Post
from service.usecases.settle import may_answer, settle_question
from service.usecases.writing import write

log = logging.getLogger("kallelse.receive")

# After so many failed tries a letter is set aside and the secretary has it.
TRIES = 3

# Stands first in a letter of which only the header was taken in.
TOO_LARGE = b"X-Kallelse-Too-Large: yes\r\n"
LIMIT_MB = 25


def handle(office: Office, number: int) -> LetterState:
    """Read one kept letter, file it and put the answer in the outbox.

    Raises whatever the database raises; a fault of the letter's own is
    counted by `handle_or_set_aside`.
    """
    now = office.now()
    with office.store.work() as book:
        kept = book.kept(number)
        if kept.state != "kept":
            # Last time we stopped after saving and before moving the mail.
            return kept.state
        letter = office.parse(book.raw(number))
        opened = open_letter(office, book, number, letter)
        state = _act(office, book, opened)
        book.settle(
            number,
            state,
            reading_json(opened.reading),
            sender=opened.reading.sender,
        )
    log.info(
        "letter=%d from=%s meaning=%s because=%s state=%s at=%s",
        number,
        opened.reading.sender or "outsider",
        opened.reading.automatic or "+".join(i.kind for i in opened.reading.intents) or "nothing",
        ",".join(dict.fromkeys(e.rule for i in opened.reading.intents for e in i.evidence)) or "-",
        state,
        now.isoformat(timespec="seconds"),
    )
    return state


def _act(office: Office, book: Book, opened: Opened) -> LetterState:
    reading = opened.reading
    if reading.automatic == "bounce":
        return file_bounce(office, book, opened.number, opened.letter, reading)
    if reading.automatic:
        return "noted"
    if opened.letter.header("x-kallelse-too-large"):
        return _too_large(office, book, opened)
    question = next((q for m in opened.answered_ids if (q := book.question_asked_in(m))), None)
    if question and not question.closed and may_answer(book.world, question, opened, office):
        state = settle_question(office, book, question, opened)
        if state is not None:
            return state
    files = store_files(office, book, opened)
    return carry_out(office, book, opened, opened.reading.intents, files)


def _too_large(office: Office, book: Book, opened: Opened) -> LetterState:
    """Ask the sender to send less at a time."""
    to = receipt_to(opened)
    if to is None:
        return "noted"
    post = Post(
        what="ask",
        mailing="too-large",
        to=to,
        facts={"limit_mb": LIMIT_MB},
        thread=(opened.letter.message_id,) if opened.letter.message_id else (),
        because_of=opened.number,
    )
    write(office, book, [post], office.now())
    return "asked"


def handle_or_set_aside(office: Office, number: int, temporary: tuple[type[Exception], ...]) -> None:
    """Handle a letter; one that cannot be handled never stops those behind it.

    A fault named in `temporary` (the database is away) is raised on; any
    other is counted, and after three tries the letter is set aside and the
    secretary gets it with the original attached.
    """
    try:
        handle(office, number)
    except temporary:
        raise
    except Exception as fault:
        log.exception("letter=%d could not be handled", number)
        if office.store.failed(number, f"{type(fault).__name__}: {fault}") >= TRIES:
            try:
                set_aside(office, number)
            except temporary:
                raise
            except Exception:
                # Whatever in it breaks the program, its bytes do not when they are only enclosed.
                log.exception("letter=%d could not be told of in its own words", number)
                set_aside(office, number, in_its_own_words=False)


def set_aside(office: Office, number: int, *, in_its_own_words: bool = True) -> None:
    """Give up on a letter: it is kept, and the secretary gets the original.

    Without `in_its_own_words` nothing of it is read or repeated.
    """
    now = office.now()
    with office.store.work() as book:
        raw = book.raw(number)
        letter = office.parse(raw) if in_its_own_words else None
        to = to_secretary(book.world, now)
        sender = letter.sender if letter else None
        if to is not None:
            original = FileRef(book.add_file(raw), "originalmejl.eml", "message/rfc822", len(raw))
            write(
                office,
                book,
                [
                    Post(
                        what="ask",
                        mailing="set-aside",
                        to=to,
                        facts={
                            "from_text": f"{sender.name} <{sender.address}>" if sender else "okänd avsändare",
                            "their_subject": letter.subject if letter else "",
                            "reason": "Mejlet gick inte att läsa.",
                        },
                        files=(original,),
                        because_of=number,
                    )
                ],
                now,
            )
        book.settle(number, "set-aside", None, sender=None, note="three failed tries")

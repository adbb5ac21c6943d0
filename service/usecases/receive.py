"""Receiving: keep the raw bytes first, then read the letter, file it and write the answer.

One transaction holds reading, records, journal and the letters to be sent.
A crash anywhere leaves the letter kept and not handled, and the next round
takes it from there.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from service.domain import intents
from service.domain.agenda import FileRef
from service.domain.references import from_a_service
from service.usecases.bounces import file_bounce, key_of
from service.usecases.carrying_out import carry_out, file_all, receipt_to
from service.usecases.co_opting import asked_in
from service.usecases.counter_proposals import proposed_time
from service.usecases.filing.minutes import answer_on_the_form
from service.usecases.letters import to_secretary
from service.usecases.office import Book, LetterState, Office
from service.usecases.opening import Opened, open_letter, reading_json, store_files
from service.usecases.outgoing import Post
from service.usecases.settle import may_answer, settle_in_own_words, settle_question, settle_remark
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
        state = _act(office, book, opened, kept.arrived)
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


def _act(office: Office, book: Book, opened: Opened, arrived: datetime) -> LetterState:
    reading = opened.reading
    if reading.automatic == "bounce":
        return file_bounce(office, book, opened.number, opened.letter, reading)
    if reading.automatic or from_a_service(opened.letter.message_id):
        # Another service of our kind is a machine too, even where Auto-Submitted has been lost on the way.
        return "noted"
    if opened.letter.header("x-kallelse-too-large"):
        return _too_large(office, book, opened)
    hour = f"{_writer(opened)} {arrived.astimezone(UTC):%Y-%m-%dT%H}"
    answered = book.noted("answered", hour)
    if answered >= _quota(office, opened):
        return _over_quota(office, book, opened, hour)
    state = _attend_to(office, book, opened)
    if state in ("acted", "asked"):
        book.note("answered", letter=opened.number, detail=hour)
    return state


def _attend_to(office: Office, book: Book, opened: Opened) -> LetterState:
    """Do what an answer settles, else what the letter asks for."""
    question = next((q for m in opened.answered_ids if (q := book.question_asked_in(m))), None)
    # How it goes with what is to be done can be told as many times as there is news.
    open_ = question and (not question.closed or question.kind == "follow-up")
    if question and open_ and may_answer(book.world, question, opened, office):
        state = settle_question(office, book, question, opened)
        if state is not None:
            return state
    if (state := settle_remark(office, book, opened)) is not None:
        return state
    files = store_files(office, book, opened)
    if (state := _co_opt(office, book, opened, files)) is not None:
        return state
    on_form = answer_on_the_form(book.world, opened)
    proposed = proposed_time(book.world, opened, office.now())
    if proposed and proposed.decide:
        letters = write(office, book, [proposed.decide.post], office.now())
        book.ask(proposed.decide.question, [letter.message_id for letter in letters])
    state, outcome = file_all(
        office, book, opened, (on_form,) if on_form else opened.reading.intents, files,
        told=(proposed.note,) if proposed else (),
    )  # fmt: skip
    if proposed and state == "noted":
        state = "acted"
    if question and not question.closed and state == "acted" and not outcome.asks:
        settle_in_own_words(office, book, question, opened)
    return state


def _co_opt(office: Office, book: Book, opened: Opened, files: Mapping[str, FileRef]) -> LetterState | None:
    """Ask in whom the secretary co-opts, then do what else she writes; None when she co-opts nobody."""
    asked = asked_in(book.world, opened, office.now())
    if asked is None:
        return None
    book.remember_undo(opened.number, book.put(asked.outcome.put))
    write(office, book, asked.outcome.posts, office.now())
    rest = dataclasses.replace(opened.letter, plain=asked.rest, html=None)
    others = open_letter(office, book, opened.number, rest).reading.intents if asked.rest else ()
    wishes = [i for i in others if not isinstance(i, intents.Courtesy | intents.Question)]
    _, outcome = file_all(
        office, book, opened, wishes, files, told=asked.outcome.notes, asked=asked.outcome.asks
    )
    return "asked" if outcome.asks or asked.outcome.asks else "acted"


def _proven(opened: Opened) -> bool:
    """Whether it is a person of the network who writes, as far as can be told."""
    return opened.role not in ("outsider", "former") and opened.trust in ("pass", "unchecked")


def _writer(opened: Opened) -> str:
    """Whose letters are counted together: a person's by id, others' by the address, unreadably."""
    if _proven(opened) and opened.speaker:
        return opened.speaker.id
    return key_of(opened.letter.sender.address if opened.letter.sender else "")


def _quota(office: Office, opened: Opened) -> int:
    """How many letters from one writer are answered in an hour.  Secretary and chair have much to answer."""
    deciding = _proven(opened) and opened.role in ("secretary", "chair")
    return office.answers_per_hour * (5 if deciding else 1)


def _over_quota(office: Office, book: Book, opened: Opened, hour: str) -> LetterState:
    """Too many letters in an hour, a flood or a machine that does not say so: no more answers.

    What a member asks for is done all the same, only not receipted; what
    others send is set aside.  The secretary is told, once.
    """
    if not book.noted("flood", hour):
        book.note("flood", letter=opened.number, detail=hour)
        _tell_of_flood(office, book, opened)
    if not _proven(opened):
        return "set-aside"
    wishes = [i for i in opened.reading.intents if not isinstance(i, intents.Help)]
    files = store_files(office, book, opened)
    return carry_out(office, book, opened, wishes, files, receipt=False)


def _tell_of_flood(office: Office, book: Book, opened: Opened) -> None:
    now = office.now()
    to = to_secretary(book.world, now)
    sender = opened.letter.sender
    if to is None:
        return
    done = (
        "Det som går att göra blir gjort, men inga fler bekräftelser skickas den här timmen."
        if _proven(opened)
        else "De läggs åt sidan utan svar den här timmen, och finns kvar i brevlådan."
    )
    raw = book.raw(opened.number)
    original = FileRef(book.add_file(raw), "originalmejl.eml", "message/rfc822", len(raw))
    post = Post(
        what="ask",
        mailing="set-aside",
        to=to,
        facts={
            "from_text": f"{sender.name} <{sender.address}>" if sender else "okänd avsändare",
            "their_subject": opened.letter.subject,
            "reason": f"Fler än {_quota(office, opened)} mejl på en timme från samma avsändare. {done}",
        },
        files=(original,),
        because_of=opened.number,
    )
    write(office, book, [post], now)


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

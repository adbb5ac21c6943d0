"""Letters of ours of which nobody knows whether they arrived: the secretary decides.

SMTP leaves a doubt between the end of a letter and the server's answer to it
(RFC 5321, 4.5.3.2.6), and a backup that has been put back leaves one about
all that it held ready to send.  To send again unasked may give a whole
network the same mailing twice, to keep silent may lose it; so neither is
done before the secretary has said which.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from service.interpretation.choices import choose
from service.usecases.carrying_out import answer
from service.usecases.filing.case import Note, Outcome
from service.usecases.letters import to_secretary
from service.usecases.office import Book, LetterState, Office, OpenQuestion, Option, Outbound
from service.usecases.opening import Opened
from service.usecases.outgoing import Post
from service.usecases.writing import write

# What the asking letter is called; it is never asked about in its turn.
MAILING = "uncertain"

_AGAIN = re.compile(r"\b(skicka|sänd)\b.{0,30}\b(igen|om|på nytt)\b|\bskicka (dem|det|den|allt|alla)\b", re.I)
_NOT = re.compile(r"\b(inte|nej|låt bli|ej)\b", re.I)


def ask_about(
    office: Office,
    book: Book,
    letters: Sequence[Outbound],
    cause: Literal["no-answer", "restored"],
    now: datetime,
) -> bool:
    """Ask the secretary, in one letter, whether these are sent again; says whether somebody was asked."""
    to = to_secretary(book.world, now)
    about = [letter for letter in letters if letter.mailing != MAILING and letter.number is not None]
    if to is None or not about:
        return False
    numbers = tuple(letter.number for letter in about if letter.number is not None)
    one = len(about) == 1
    options = (
        Option("Skicka mejlet igen" if one else "Skicka mejlen igen", again=numbers),
        Option("Skicka inget igen"),
    )
    first = about[0]
    post = Post(
        what="ask",
        mailing=MAILING,
        to=to,
        meeting=first.meeting if len({letter.meeting for letter in about}) == 1 else None,
        facts={
            "cause": cause,
            "rows": tuple((x.to.name or x.to.address, x.to.address, x.subject, x.created) for x in about),
            "options": tuple(o.sentence for o in options),
        },
    )
    written = write(office, book, [post], now)
    question = OpenQuestion("uncertain", numbers[0], None, to, options)
    book.ask(question, [letter.message_id for letter in written])
    return True


def settle_uncertain(
    office: Office, book: Book, question: OpenQuestion, opened: Opened
) -> LetterState | None:
    """Send again, or leave it, as the answer says; None when it says neither."""
    text = opened.reading.text
    chosen = choose(text, len(question.options))
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    again = chosen.number == 1 or chosen.yes or bool(_AGAIN.search(first_line))
    leave = chosen.number == 2 or chosen.no or bool(_NOT.search(first_line))
    if again == leave and chosen.number is None:
        return None
    option = question.options[0 if again and chosen.number != 2 else 1]
    if option.again:
        # The same Message-ID goes out, so that a mail program that has it already can tell.
        book.send_again(option.again, "skickas igen, som sekreteraren bestämt")
    book.note("uncertain", letter=opened.number, detail=f"{len(option.again)} sent again")
    book.close(question, text[:500])
    answer(office, book, opened, Outcome(notes=(Note("decided", {"sentence": option.sentence}),)))
    return "acted"

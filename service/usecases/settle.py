"""Settling a question: what somebody answered, and what is done about it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from service.domain import intents
from service.domain.agenda import Item
from service.domain.distribution import may_decide
from service.domain.intents import Intent, Undo
from service.domain.network import Meeting
from service.domain.policy import power_of
from service.domain.world import World
from service.interpretation.choices import Choice, choose
from service.usecases.bounces import new_address
from service.usecases.carrying_out import answer, apply, carry_out, file_all, receipt_to
from service.usecases.correcting import (
    about_days,
    days_of,
    instead,
    keep,
    keep_choice,
    keep_rewording,
    named_days,
    remark_on_receipt,
)
from service.usecases.describe import describe
from service.usecases.filing.case import Ask, Case, Note, Outcome
from service.usecases.follow_up import settle_follow_up
from service.usecases.held_files import harmless, let_in_before
from service.usecases.office import Book, LetterState, Office, OpenQuestion, Option
from service.usecases.opening import Opened, open_letter, store_files
from service.usecases.outgoing import Post
from service.usecases.uncertain import settle_uncertain
from service.usecases.writing import write
from service.usecases.year import settle_priorities, settle_successors


def may_answer(world: World, question: OpenQuestion, opened: Opened, office: Office) -> bool:
    """Whether the writer is the one who was asked, or the secretary of the day in her place."""
    if opened.trust in ("none", "fail"):
        return False
    wishes = [i for o in question.options for i in o.intents]
    if opened.by_others and (
        question.kind != "reading" or any(power_of(i, None) == "decide" for i in wishes)
    ):
        # What only the secretary decides she decides herself, not her assistant and not a list.
        return False
    sender = opened.letter.sender
    if sender is None:
        return False
    if opened.speaker and opened.speaker.id == question.asked.person:
        return True
    if sender.address.casefold() == question.asked.address.casefold():
        return True
    return question.kind != "reading" and may_decide(
        world, opened.speaker.id if opened.speaker else None, office.now()
    )


def settle_question(office: Office, book: Book, question: OpenQuestion, opened: Opened) -> LetterState | None:
    """Do what an answer says; None when the letter is no answer to the question after all."""
    match question.kind:
        case "question":
            return _pass_on(office, book, question, opened)
        case "priorities" | "successors":
            return _settle_for_the_year(office, book, question, opened)
        case "address":
            return _note_address(office, book, question, opened)
        case "follow-up":
            return _settle_tasks(office, book, question, opened)
        case "uncertain":
            return settle_uncertain(office, book, question, opened)
    chosen = choose(opened.reading.text, len(question.options))
    option = _chosen(office, book, question, opened, chosen)
    if option is None:
        # Not an answer to choose by: whatever else it says is read as a letter of its own.
        return None
    book.close(question, opened.reading.text[:500])
    _carry_out_option(office, book, question, opened, option)
    return "acted"


def _settle_for_the_year(
    office: Office, book: Book, question: OpenQuestion, opened: Opened
) -> LetterState | None:
    """Record the focus areas, or who is chair and secretary, of the year that was asked about."""
    if opened.reference is None or opened.reference.meeting is None:
        return None
    year, text = opened.reference.meeting.year, opened.reading.text
    if question.kind == "priorities":
        areas = settle_priorities(book, text, year)
        note = Note("priorities", {"year": year, "areas": areas}) if areas else None
    else:
        sentence = settle_successors(book, question, text, year, office.now())
        note = Note("successors", {"sentence": sentence}) if sentence else None
    if note is None:
        return None
    book.close(question, text[:500])
    answer(office, book, opened, Outcome(notes=(note,)))
    return "acted"


# What somebody may write beside how it goes with a task.
_BESIDE = (
    intents.Absence, intents.Attendance, intents.Proposal, intents.Withdrawal, intents.Replacement,
    intents.ContactChange,
)  # fmt: skip


def _settle_tasks(office: Office, book: Book, question: OpenQuestion, opened: Opened) -> LetterState | None:
    """Record what is told of the tasks, and do what else the letter asks for."""
    told = settle_follow_up(book, question, opened, office.now())
    if told is None:
        return None
    note = Note("follow-up", told)
    if not question.closed:
        book.close(question, opened.reading.text[:500])
    wishes = [i for i in opened.reading.intents if isinstance(i, _BESIDE)]
    if wishes:
        return carry_out(office, book, opened, wishes, store_files(office, book, opened), told=(note,))
    answer(office, book, opened, Outcome(notes=(note,)))
    return "acted"


def _note_address(office: Office, book: Book, question: OpenQuestion, opened: Opened) -> LetterState | None:
    """Use the address that the secretary gives for whoever could not be reached."""
    change = new_address(book, question, opened)
    if change is None:
        return None
    book.close(question, "")
    return carry_out(office, book, opened, [change], {}, decided=True, released=True, speaker=opened.speaker)


def _chosen(
    office: Office, book: Book, question: OpenQuestion, opened: Opened, chosen: Choice
) -> Option | None:
    if chosen.number is not None:
        return question.options[chosen.number - 1]
    if not question.options:
        return None
    days = named_days(office, book, opened)
    by_day = [o for o in question.options if days and days == days_of(o.intents)]
    if len(by_day) == 1:
        return by_day[0]
    if days and (question.kind == "reading" or (question.kind == "wish" and chosen.yes)):
        # "Nej, mötet i april", "ja, men i april": the same reading, about another meeting.
        for option in question.options:
            others = [d for d in days if d not in days_of(option.intents)]
            if others and (moved := about_days(option.intents, others)):
                return Option(_sentence(book, office, moved), moved)
    if chosen.yes and len(question.options) <= 2:
        return question.options[0]
    if chosen.no:
        if len(question.options) == 2 and question.kind == "reading" and not chosen.never_mind:
            return question.options[1]
        return Option("Gör ingenting.")
    return None


def _sentence(book: Book, office: Office, wishes: Sequence[Intent]) -> str:
    network = book.world.network_on(office.now().date())
    return " ".join(describe(i, network) for i in wishes)


def _carry_out_option(
    office: Office, book: Book, question: OpenQuestion, opened: Opened, option: Option
) -> None:
    first = open_letter(office, book, question.about, office.parse(book.raw(question.about)))
    speaker = book.world.people.get(question.speaker or "")
    asked_the_sender = question.kind == "reading"
    keep_choice(office, book, question, first, opened, option.intents)
    if not option.intents:
        # No to a file is not no to its matter.
        dropped = _drop_late(book.world, question.about) if question.kind != "file" else ()
        if dropped:
            book.remember_undo(question.about, book.put(dropped))
            answer(office, book, first, Outcome(notes=tuple(_not_taken_up(i) for i in dropped)))
        answer(office, book, opened, Outcome(notes=(Note("nothing-done", {}),)))
        return
    files = store_files(office, book, first)
    if question.kind == "late":
        # She was asked about those that could do harm by themselves.
        files = let_in_before(book.world, files, question.about)
    _, outcome = file_all(
        office,
        book,
        # Whoever could not be proven is not told what was done in his name, only the secretary is.
        first,
        option.intents,
        files,
        decided=True,
        # The secretary has seen that there are personal numbers; the sender's own yes is not enough.
        released=not asked_the_sender,
        speaker=speaker,
        receipt=asked_the_sender or first.trust in ("pass", "unchecked"),
        thread=opened if asked_the_sender else None,
    )
    if not asked_the_sender:
        told = tuple(_to_another(n) for n in outcome.notes)
        notes = told or (Note("decided", {"sentence": option.sentence}),)
        answer(office, book, opened, Outcome(notes=notes))


def _to_another(note: Note) -> Note:
    """The same note, told to somebody else than whoever it is about."""
    return Note(note.kind, {**note.facts, "is_self": False}) if note.facts.get("is_self") else note


def _drop_late(world: World, about: int) -> Sequence[Item]:
    return [
        dataclasses.replace(i, state="withdrawn")
        for i in world.items.values()
        if i.letter == about and i.state in ("late", "held")
    ]


def _not_taken_up(item: Item) -> Note:
    return Note("not-taken-up", {"title": item.title})


_THANKS = re.compile(
    r"\W*(?:(?:hej|tack\w*|ok|okej|bra|fint|toppen|så|mycket|för|det|frågan?|mejlet|hälsningar|mvh)\W*){1,6}",
    re.IGNORECASE,
)


def _pass_on(office: Office, book: Book, question: OpenQuestion, opened: Opened) -> LetterState:
    """Send the secretary's answer to the member who asked."""
    if _THANKS.fullmatch(opened.reading.text):
        # Whatever else she writes may be the answer, however it was read.
        return "noted"
    first = open_letter(office, book, question.about, office.parse(book.raw(question.about)))
    to = receipt_to(first)
    if to is None or not opened.reading.text.strip():
        return "noted"
    who = opened.speaker.name if opened.speaker else question.asked.name
    letter = first.letter
    write(
        office,
        book,
        [
            Post(
                what="ack",
                mailing="answer",
                to=to,
                meeting=first.reference.meeting if first.reference else None,
                facts={
                    "secretary_name": who,
                    "answer_text": opened.reading.text,
                    "their_subject": letter.subject,
                    "their_text": first.reading.text,
                },
                files=tuple(harmless(store_files(office, book, opened)).values()),
                thread=(*letter.references[-5:], *((letter.message_id,) if letter.message_id else ())),
                because_of=question.about,
            )
        ],
        office.now(),
    )
    if not question.closed:
        book.close(question, opened.reading.text[:500])
    return "acted"


def settle_in_own_words(office: Office, book: Book, question: OpenQuestion, opened: Opened) -> None:
    """Close a question about readings whose answer, in other words, has just been carried out."""
    if question.kind != "reading" or not may_answer(book.world, question, opened, office):
        return
    first = open_letter(office, book, question.about, office.parse(book.raw(question.about)))
    if keep_rewording(office, book, question, first, opened, opened.reading.intents):
        book.close(question, opened.reading.text[:500])


def settle_remark(office: Office, book: Book, opened: Opened) -> LetterState | None:
    """ "Nej, mötet i april" in answer to a receipt: what was done is undone, and done for that meeting.

    What is only said to be wrong is asked about.  None when the letter is no
    such answer.
    """
    if opened.by_others or opened.trust in ("none", "fail"):
        return None
    remark = remark_on_receipt(office, book, opened)
    if remark is None:
        return None
    first = open_letter(office, book, remark.letter, office.parse(book.raw(remark.letter)))
    wishes = instead(first, remark, opened)
    if not wishes:
        options = (
            Option("Ta tillbaka det som du fick bekräftat.", (Undo(),)),
            Option("Låt det vara som det är."),
        )
        answer(office, book, opened, Outcome(asks=(Ask("Vad blev fel?", options),)))
        return "asked"
    undo = Case(
        intent=Undo(),
        world=book.world,
        rules=office.rules,
        now=office.now(),
        letter=opened.letter,
        number=opened.number,
        speaker=opened.speaker,
    )
    taken_back = apply(book, opened.number, Outcome(undo=remark.letter), undo)
    keep(office, book, first, (*_untouched(first, wishes), *wishes), opened, "undone")
    write(office, book, taken_back.posts, office.now())
    return carry_out(
        office,
        book,
        first,
        wishes,
        store_files(office, book, first),
        decided=True,
        speaker=opened.speaker,
        thread=opened,
        told=(Note("taken-back", {"meetings": _meetings_before(book, first, wishes)}),),
    )


def _meetings_before(book: Book, first: Opened, wishes: Sequence[Intent]) -> tuple[Meeting, ...]:
    """The meetings that the misread letter was taken to be about."""
    kinds = {type(w) for w in wishes}
    days = days_of(i for i in first.reading.intents if type(i) in kinds)
    return tuple(book.world.meetings[d] for d in days if d in book.world.meetings)


def _untouched(first: Opened, wishes: Sequence[Intent]) -> tuple[Intent, ...]:
    kinds = {type(w) for w in wishes}
    return tuple(i for i in first.reading.intents if type(i) not in kinds)

"""Settling a question: what somebody answered, and what is done about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

from service.domain import intents
from service.domain.agenda import Item
from service.domain.distribution import may_decide
from service.domain.intents import Intent
from service.domain.policy import power_of
from service.domain.world import World
from service.interpretation.choices import Choice, choose
from service.interpretation.meetings import find_meetings
from service.interpretation.surroundings import Surroundings
from service.usecases.bounces import new_address
from service.usecases.carrying_out import answer, carry_out, receipt_to
from service.usecases.filing.case import Note, Outcome
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
    days = _meetings_named(office, book, opened)
    by_day = [o for o in question.options if days and days == _meetings_of(o)]
    if len(by_day) == 1:
        return by_day[0]
    if days and question.kind == "reading":
        # "Nej, mötet i april": the same reading, about another meeting.
        for option in question.options:
            if moved := _about(option, days):
                return moved
    if chosen.yes and len(question.options) <= 2:
        return question.options[0]
    if chosen.no:
        if len(question.options) == 2 and question.kind == "reading" and not chosen.never_mind:
            return question.options[1]
        return Option("Gör ingenting.")
    return None


def _meetings_named(office: Office, book: Book, opened: Opened) -> tuple[date, ...]:
    now = office.now()
    surroundings = Surroundings(book.world.network_on(now.date()), now)
    found = find_meetings(opened.reading.text, opened.letter, surroundings)
    return tuple(dict.fromkeys(k for m in found if not m.open and not m.conflict for k in m.keys))


def _meetings_of(option: Option) -> tuple[date, ...]:
    days: list[date] = []
    for intent in option.intents:
        match intent:
            case intents.Absence() | intents.Attendance():
                days += intent.meetings
            case intents.Proposal() | intents.MeetingChange() | intents.MinutesFiled():
                days += [intent.meeting] if intent.meeting else []
            case _:
                pass
    return tuple(dict.fromkeys(days))


def _about(option: Option, days: tuple[date, ...]) -> Option | None:
    changed: list[Intent] = []
    for intent in option.intents:
        match intent:
            case intents.Absence() | intents.Attendance():
                changed.append(dataclasses.replace(intent, meetings=days))
            case intents.Proposal() | intents.MeetingChange() | intents.MinutesFiled():
                changed.append(dataclasses.replace(intent, meeting=days[0]))
            case _:
                return None
    return Option(option.sentence, tuple(changed)) if changed else None


def _carry_out_option(
    office: Office, book: Book, question: OpenQuestion, opened: Opened, option: Option
) -> None:
    first = open_letter(office, book, question.about, office.parse(book.raw(question.about)))
    speaker = book.world.people.get(question.speaker or "")
    asked_the_sender = question.kind == "reading"
    if not option.intents:
        dropped = _drop_late(book.world, question.about)
        if dropped:
            book.remember_undo(question.about, book.put(dropped))
            answer(office, book, first, Outcome(notes=tuple(_not_taken_up(i) for i in dropped)))
        answer(office, book, opened, Outcome(notes=(Note("nothing-done", {}),)))
        return
    carry_out(
        office,
        book,
        # Whoever could not be proven is not told what was done in his name, only the secretary is.
        first,
        option.intents,
        store_files(office, book, first),
        decided=True,
        # The secretary has seen that there are personal numbers; the sender's own yes is not enough.
        released=not asked_the_sender,
        speaker=speaker,
        receipt=asked_the_sender or first.trust in ("pass", "unchecked"),
        thread=opened if asked_the_sender else None,
    )
    if not asked_the_sender:
        answer(office, book, opened, Outcome(notes=(Note("decided", {"sentence": option.sentence}),)))


def _drop_late(world: World, about: int) -> Sequence[Item]:
    return [
        dataclasses.replace(i, state="withdrawn")
        for i in world.items.values()
        if i.letter == about and i.state in ("late", "held")
    ]


def _not_taken_up(item: Item) -> Note:
    return Note("not-taken-up", {"title": item.title})


def _pass_on(office: Office, book: Book, question: OpenQuestion, opened: Opened) -> LetterState:
    """Send the secretary's answer to the member who asked."""
    if [i.kind for i in opened.reading.intents] == ["courtesy"] and len(opened.reading.text) < 40:
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
                files=tuple(store_files(office, book, opened).values()),
                thread=(*letter.references[-5:], *((letter.message_id,) if letter.message_id else ())),
                because_of=question.about,
            )
        ],
        office.now(),
    )
    if not question.closed:
        book.close(question, opened.reading.text[:500])
    return "acted"

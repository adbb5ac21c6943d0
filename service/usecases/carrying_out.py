"""Carrying out what a letter asks for, and answering its sender once for all of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from service.domain import intents
from service.domain.agenda import FileRef
from service.domain.distribution import recipient
from service.domain.intents import Intent
from service.domain.network import Network, Person
from service.domain.personal_data import masked
from service.domain.policy import reason, verdict
from service.domain.world import World
from service.usecases.correcting import keep_undoing
from service.usecases.describe import describe
from service.usecases.filing import FILING
from service.usecases.filing.case import Ask, Case, Note, Outcome, ToDecide
from service.usecases.filing.matters import held_item
from service.usecases.filing.undoing import undo_letter
from service.usecases.held_files import (
    concerns,
    harmless,
    kept_back,
    told_of,
    waits_for_its_files,
    wish_for_the_rest,
)
from service.usecases.invitees import followed
from service.usecases.letters import to_secretary
from service.usecases.office import Book, LetterState, Office, OpenQuestion, Option
from service.usecases.opening import Opened, open_letter
from service.usecases.outgoing import Post, Recipient, their_words
from service.usecases.writing import write


def carry_out(
    office: Office,
    book: Book,
    opened: Opened,
    wishes: Iterable[Intent],
    files: Mapping[str, FileRef],
    *,
    decided: bool = False,
    released: bool = False,
    speaker: Person | None = None,
    receipt: bool = True,
    thread: Opened | None = None,
    told: tuple[Note, ...] = (),
) -> LetterState:
    """File each intent in turn, and answer the sender once for all of them; see `file_all`."""
    return file_all(
        office, book, opened, wishes, files,
        decided=decided, released=released, speaker=speaker, receipt=receipt, thread=thread, told=told,
    )[0]  # fmt: skip


def file_all(
    office: Office,
    book: Book,
    opened: Opened,
    wishes: Iterable[Intent],
    files: Mapping[str, FileRef],
    *,
    decided: bool = False,
    released: bool = False,
    speaker: Person | None = None,
    receipt: bool = True,
    thread: Opened | None = None,
    told: tuple[Note, ...] = (),
    asked: tuple[Ask, ...] = (),
) -> tuple[LetterState, Outcome]:
    """File each intent in turn, and answer the sender once for all of them; returns what came of it.

    `decided` means that somebody has already said yes, and `released` that
    it was the secretary, who has been told of any personal numbers and of
    files that could do harm;
    `speaker` is then whose wish it is.  The receipt answers `thread` where that is another
    letter than the one which is carried out, and begins with what there is `told` and `asked` already.
    """
    now = office.now()
    who = speaker if decided else opened.speaker
    outcome = Outcome()
    held: list[Intent] = []
    private: list[Intent] = []
    shown: list[Intent] = []
    filed: list[Intent] = []
    undone: list[int] = []
    # What is asked about the files that could do harm, and what they would have gone with.
    rest: list[Intent] = []
    without: list[Intent] = []
    all_files, files = files, harmless(files, released=released)
    subject, text = opened.letter.subject, opened.reading.text
    found = () if released else places_of_personal_numbers(subject, text, all_files)
    for index, intent in enumerate(wishes):
        speaker_id = opened.speaker.id if opened.speaker else None
        may = "act" if decided else verdict(intent, role=opened.role, trust=opened.trust, speaker=speaker_id)
        if may == "hand-over":
            shown.append(intent)
            continue
        if may == "ask":
            held.append(intent)
            continue
        case = Case(
            intent=intent,
            world=book.world,
            rules=office.rules,
            now=now,
            letter=opened.letter,
            number=opened.number,
            index=index,
            speaker=who,
            reference=opened.reference,
            answers=_answers(book, opened, intent),
            files=files,
            forms=_forms(office, book, files) if isinstance(intent, intents.MinutesFiled) else {},
            decided=decided,
            text=opened.reading.text,
            genuine=opened.genuine is not None,
            by_others=opened.by_others,
        )
        if found and isinstance(intent, SPREADS) and (intent.certain or decided):
            private.append(intent)
            if kept := held_item(case):
                book.remember_undo(opened.number, book.put([kept]))
            continue
        by_another = isinstance(intent, intents.Approval) and opened.by_others
        if (
            not (intent.certain or decided or by_another)
            and not isinstance(intent, intents.Question | intents.Help)
        ):  # fmt: skip
            outcome = outcome.plus(
                _uncertain(intent, book.world.network_on(now.date()), who.id if who else None)
            )
            continue
        if not released and waits_for_its_files(intent, all_files):
            without.append(intent)
            rest += [w for w in (wish_for_the_rest(intent, None, all_files),) if w]
            continue
        one = FILING[type(intent)](case)
        one = apply(book, opened.number, one, case)
        outcome = outcome.plus(one)
        filed.append(intent)
        if not released and concerns(intent, all_files):
            without.append(intent)
            rest += [w for w in (wish_for_the_rest(intent, one, all_files),) if w]
        if case.answers is not None and any(n.kind == "undone" for n in one.notes):
            undone.append(case.answers)
    if without:
        outcome = outcome.plus(kept_back(opened, to_secretary(book.world, now), rest, all_files))
    if held:
        why = reason(opened.role, opened.trust)
        outcome = outcome.plus(_ask_the_secretary(office, book, opened, held, all_files, why, found))
    if shown:
        outcome = outcome.plus(_show_the_secretary(office, book, opened, shown, all_files, found))
    if private:
        outcome = outcome.plus(_hold_back(office, book, opened, private, who, all_files, found))
    _send(office, book, outcome)
    if receipt:
        whole = Outcome(notes=told, asks=asked).plus(outcome)
        answer(office, book, thread or opened, whole, about=opened.number)
    if not decided:
        taken_back = [open_letter(office, book, n, office.parse(book.raw(n))) for n in undone]
        keep_undoing(office, book, taken_back, opened, filed)
    if outcome.asks or held or shown or private or rest:
        return "asked", outcome
    return ("acted" if outcome != Outcome() else "noted"), outcome


def apply(book: Book, number: int, outcome: Outcome, case: Case) -> Outcome:
    """Write an outcome's changes into the records, and keep what undoes them."""
    before = book.world
    if outcome.undo is not None:
        return _and_follow(book, number, undo_letter(book, outcome.undo, case), before, case)
    if outcome.put:
        book.remember_undo(number, book.put(outcome.put))
    if outcome.drop:
        book.remember_undo(number, book.drop(outcome.drop))
    outcome = _and_follow(book, number, outcome, before, case)
    for person in outcome.stop:
        book.stop_waiting(person, "har lämnat nätverket")
    for meeting, mailings in outcome.stop_about:
        book.stop_waiting_for(meeting, mailings, "mötet är inställt")
    return outcome


def _and_follow(book: Book, number: int, outcome: Outcome, before: World, case: Case) -> Outcome:
    """What the change means for those co-opted for an item that has moved or gone."""
    if not book.world.invitees:
        return outcome
    more = followed(before, book.world, case.now, case.number)
    if more.drop:
        book.remember_undo(number, book.drop(more.drop))
    if more.put:
        book.remember_undo(number, book.put(more.put))
    return dataclasses.replace(outcome, posts=(*outcome.posts, *more.posts))


def _forms(office: Office, book: Book, files: Mapping[str, FileRef]) -> Mapping[str, str]:
    """The words of the Word documents that came with minutes; what is dangerous to open is not opened."""
    return {
        name: text
        for name, file in files.items()
        if not {"bomb", "locked", "unreadable"} & set(file.flags)
        and (text := office.read_form(book.file(file.sha256)))
    }


def _answers(book: Book, opened: Opened, intent: Intent) -> int | None:
    """The number of the letter whose receipt is answered; for an undo, else the sender's newest."""
    for message_id in opened.answered_ids:
        ours = book.sent(message_id)
        if ours and ours.because_of is not None and ours.what in ("ack", "ask", "agenda-draft"):
            return ours.because_of
    if isinstance(intent, intents.Undo) and opened.speaker:
        return book.latest_acted(opened.speaker.id)
    return None


def _uncertain(intent: Intent, network: Network, speaker: str | None) -> Outcome:
    """One question back, with the readings to choose between."""
    readings = [i for i in (intent, *intent.alternatives) if _says_who(i)]
    options = tuple(Option(describe(r, network, speaker), (r,)) for r in readings)
    if len(options) == 1:
        options += (Option("Nej, det stämmer inte. Gör ingenting."),)
    return Outcome(asks=(Ask(intent.doubt or "Vi är inte säkra på att vi förstod dig rätt.", options),))


def _says_who(intent: Intent) -> bool:
    """Whether a reading can be carried out; one about nobody in particular is no choice."""
    match intent:
        case intents.Absence() | intents.Attendance() | intents.ContactChange():
            return intent.person is not None
        case intents.Replacement():
            return intent.leaving is not None
        case _:
            return True


# What everybody gets to read in the end.
SPREADS = (intents.Proposal, intents.Supplement, intents.MinutesFiled)


def places_of_personal_numbers(subject: str, text: str, files: Mapping[str, FileRef]) -> tuple[str, ...]:
    """Where in a letter there are personal numbers, in words; the quoted mail below it spreads nowhere."""
    places = ["ämnesraden"] if masked(subject) != subject else []
    places += ["mejlets text"] if masked(text) != text else []
    places += [f"bilagan {masked(f.filename)}" for f in files.values() if "personal-number" in f.flags]
    return tuple(places)


def _hold_back(
    office: Office,
    book: Book,
    opened: Opened,
    wishes: list[Intent],
    who: Person | None,
    files: Mapping[str, FileRef],
    found: tuple[str, ...],
) -> Outcome:
    """Keep what has personal numbers from everyone until the secretary has said what to do.

    She is asked, with the numbers masked and the files left out; the sender
    is asked for the same without them.
    """
    where = " och ".join(found)
    why = f"Det finns personnummer i {where}. Det hålls kvar och sprids inte till någon förrän du har svarat."
    outcome = _ask_the_secretary(
        office, book, opened, wishes, files, why, found,
        yes="Släpp fram det som det är: ", speaker=who, note=False,
    )  # fmt: skip
    to = receipt_to(opened)
    if not outcome.decide or to is None or to.address == outcome.decide[0].post.to.address:
        return outcome
    ask = Ask(
        f"Det finns personnummer i {where}, så vi har inte tagit in det. Skicka det gärna igen utan "
        "personnummer. Behövs de måste sekreteraren först godkänna det; hon har fått frågan."
    )
    return outcome.plus(Outcome(asks=(ask,)))


def _show_the_secretary(
    office: Office,
    book: Book,
    opened: Opened,
    shown: list[Intent],
    files: Mapping[str, FileRef],
    found: tuple[str, ...],
) -> Outcome:
    """What nobody's yes is enough for: she sees it, and does it in a letter of her own if it was meant."""
    to = to_secretary(book.world, office.now())
    if to is None:
        return Outcome()
    why = (
        f"{reason(opened.role, opened.trust)} Är det du som har skrivit? Svara då själv på det senaste "
        "utkastet, eller skriv till oss på nytt."
    )
    wish = _described(book, office, shown)
    return Outcome(posts=(_their_letter(opened, to, wish, why, (), files, found),))


def _described(book: Book, office: Office, wishes: Iterable[Intent]) -> str:
    network = book.world.network_on(office.now().date())
    return " ".join(masked(describe(i, network)) for i in wishes)


def _their_letter(
    opened: Opened,
    to: Recipient,
    wish: str,
    why: str,
    options: tuple[str, ...],
    files: Mapping[str, FileRef],
    found: tuple[str, ...],
) -> Post:
    return Post(
        what="ask",
        mailing="ask-secretary",
        to=to,
        meeting=opened.reference.meeting if opened.reference else None,
        facts={
            # What is wished, by whom, and whether it is proven that it is that person.
            "wish": wish,
            "claimed": opened.trust in ("none", "fail"),
            "reason": why,
            **their_words(opened.letter, opened.reading.text, masked),
            "options": options,
        },
        files=() if found else tuple(harmless(files).values()),
        because_of=opened.number,
    )


def _ask_the_secretary(
    office: Office,
    book: Book,
    opened: Opened,
    held: list[Intent],
    files: Mapping[str, FileRef],
    why: str,
    found: tuple[str, ...],
    *,
    yes: str = "",
    speaker: Person | None = None,
    note: bool = True,
) -> Outcome:
    """A wish that may not be carried out at once: the secretary decides."""
    now = office.now()
    to = to_secretary(book.world, now)
    if to is None:
        return Outcome(notes=(Note("received", {}),))
    wish = _described(book, office, held)
    options = (
        Option(yes + wish, tuple(held)),
        Option("Gör ingenting."),
    )
    if found and not yes:
        why = f"{why} Det finns också personnummer i {' och '.join(found)}."
    if bad := told_of(files.values()):
        # Her yes lets them through, all but what the virus scanner warns of.
        why = f"{why} {bad} Bilagan är inte med i det här mejlet."
    who = speaker or opened.speaker
    spoken_for = who.id if who else None
    question = OpenQuestion("wish", opened.number, spoken_for, to, options)
    post = _their_letter(opened, to, wish, why, tuple(o.sentence for o in options), files, found)
    # Whoever may have been impersonated is not written to.
    notes = (Note("received", {}),) if note and opened.speaker is None and opened.trust != "fail" else ()
    return Outcome(notes=notes, decide=(ToDecide(question, post),))


def _send(office: Office, book: Book, outcome: Outcome) -> None:
    """Write everything but the receipt."""
    now = office.now()
    for to_decide in outcome.decide:
        letters = write(office, book, [to_decide.post], now)
        book.ask(to_decide.question, [letter.message_id for letter in letters])
    write(office, book, outcome.posts, now)


def answer(office: Office, book: Book, opened: Opened, outcome: Outcome, *, about: int | None = None) -> None:
    """Send a letter's writer the receipt: what was understood, and what is asked back."""
    to = receipt_to(opened)
    if to is None or not (outcome.notes or outcome.asks):
        return
    about = opened.number if about is None else about
    letters = write(office, book, [_receipt(opened, outcome, to, about)], office.now())
    if outcome.asks:
        options = tuple(o for ask in outcome.asks for o in ask.options)
        speaker = opened.speaker.id if opened.speaker else None
        book.ask(
            OpenQuestion("reading", about, speaker, to, options), [letter.message_id for letter in letters]
        )


def receipt_to(opened: Opened) -> Recipient | None:
    """Who gets the receipt: the writer, by the network's address where it has one."""
    sender = opened.letter.sender
    if sender is None or not sender.address:
        return None
    if opened.speaker and opened.speaker.email:
        # A new address that was told in this very letter is used from the next one.
        return Recipient(opened.speaker.name, sender.address, opened.speaker.id)
    return recipient(opened.speaker) if opened.speaker else Recipient(sender.name, sender.address)


def _receipt(opened: Opened, outcome: Outcome, to: Recipient, about: int) -> Post:
    number = 1
    questions: list[dict[str, Any]] = []
    for ask in outcome.asks:
        sentences = tuple(masked(option.sentence) for option in ask.options)
        questions.append({"doubt": masked(ask.doubt), "options": sentences, "first": number})
        number += len(sentences)
    letter = opened.letter
    return Post(
        what="ask" if outcome.asks else "ack",
        mailing="receipt",
        to=to,
        meeting=_about(opened, outcome),
        facts={
            "subject_of": masked(letter.subject),
            "notes": tuple({"kind": n.kind, **n.facts} for n in outcome.notes),
            "questions": tuple(questions),
        },
        thread=(*letter.references[-5:], *((letter.message_id,) if letter.message_id else ())),
        because_of=about,
    )


def _about(opened: Opened, outcome: Outcome) -> date | None:
    """The meeting that the receipt is about: the first that a note names, else the thread's."""
    for note in outcome.notes:
        meeting = note.facts.get("meeting") or next(iter(note.facts.get("meetings", ())), None)
        if meeting is not None:
            key: date = meeting.key
            return key
    return opened.reference.meeting if opened.reference else None

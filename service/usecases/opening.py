"""Opening a kept letter: parsed, read against the records, and tied to what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.agenda import FileRef
from service.domain.intents import Reading, as_json
from service.domain.letters import Attachment, Letter
from service.domain.network import Person
from service.domain.policy import Trust
from service.domain.references import Reference, answered
from service.domain.world import World
from service.interpretation.reading import reference_of
from service.interpretation.surroundings import DraftItem, Surroundings
from service.usecases.office import Book, Office


@dataclass(frozen=True, slots=True)
class Opened:
    """A kept letter, parsed and read, with what it answers."""

    number: int
    letter: Letter
    reading: Reading
    reference: Reference | None
    # Message-IDs of ours that it answers, nearest first.
    answered_ids: tuple[str, ...]
    speaker: Person | None
    trust: Trust


def open_letter(office: Office, book: Book, number: int, letter: Letter) -> Opened:
    """Read a letter against what the records know of its thread."""
    world = book.world
    now = letter.date.astimezone(world.zone) if letter.date else office.now()
    # A date in the future, or years back, is a broken clock: then the arrival counts.
    if abs((now - office.now()).days) > 400:
        now = office.now()
    network = world.network_on(now.date())
    reference = answered(letter.in_reply_to, letter.references, world.domain)
    speaker = network.person_by_address(letter.sender.address) if letter.sender else None
    surroundings = Surroundings(
        network=network,
        now=now,
        draft=_draft_items(world, reference),
        matters=tuple(
            i.title
            for i in reversed(world.items.values())  # type: ignore[call-overload]
            if speaker and i.proposer == speaker.id and i.state == "proposed"
        ),
    )
    reading = office.read(letter, surroundings)
    return Opened(
        number=number,
        letter=letter,
        reading=reading,
        reference=reference or reference_of(letter, network, surroundings),
        answered_ids=tuple(dict.fromkeys((*letter.in_reply_to, *reversed(letter.references)))),
        speaker=speaker,
        trust=office.trust(letter),
    )


def _draft_items(world: World, reference: Reference | None) -> tuple[DraftItem, ...]:
    if reference is None or reference.what != "agenda-draft" or reference.meeting is None:
        return ()
    draft = world.drafts.get(("agenda", reference.meeting, reference.version))
    if draft is None:
        return ()
    return tuple(
        DraftItem(n, i.title, i.minutes, i.presenter.name if i.presenter else None)
        for n, i in enumerate(draft.lines, 1)
    )


def store_files(book: Book, opened: Opened) -> Mapping[str, FileRef]:
    """Store the letter's attachments, each content once; those of a bare forward's enclosed letter too."""
    wanted = set(opened.reading.attachments)
    found: dict[str, FileRef] = {}
    for attachment in _all_attachments(opened.letter):
        if attachment.filename in wanted and attachment.filename not in found:
            found[attachment.filename] = FileRef(
                book.add_file(attachment.content),
                attachment.filename,
                attachment.content_type,
                attachment.size,
            )
    return found


def _all_attachments(letter: Letter) -> Iterable[Attachment]:
    yield from letter.attachments
    for inner in letter.enclosed:
        yield from _all_attachments(inner)


def reading_json(reading: Reading) -> dict[str, Any]:
    """A reading as `inspect` prints it, without the files' own facts."""
    return {
        "automatic": reading.automatic,
        "sender": reading.sender,
        "text": reading.text,
        "attachments": list(reading.attachments),
        "intents": [as_json(i) for i in reading.intents],
        "failed": list(reading.failed),
    }

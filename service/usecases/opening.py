"""Opening a kept letter: parsed, read against the records, and tied to what it answers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.agenda import FileRef
from service.domain.intents import Reading, as_json
from service.domain.letters import Attachment, Letter
from service.domain.network import Person
from service.domain.policy import Role, Trust, role_of
from service.domain.references import Reference, answered, quoted_in, without_quoted
from service.domain.world import World
from service.interpretation.reading import reference_of
from service.interpretation.surroundings import DraftItem, Surroundings
from service.usecases.office import Book, Office, Outbound


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
    role: Role
    trust: Trust
    # The letter of ours that `reference` names, when we really wrote it: a
    # Message-ID of the right form that was never sent proves nothing.
    genuine: Outbound | None = None
    # Whether it came by other hands than the sender's: an assistant's
    # (Sender, RFC 5322, 3.6.2) or a mailing list's (RFC 2369, RFC 2919).
    by_others: bool = False


def open_letter(office: Office, book: Book, number: int, letter: Letter) -> Opened:
    """Read a letter against what the records know of its thread."""
    world = book.world
    now = letter.date.astimezone(world.zone) if letter.date else office.now()
    # A date in the future, or years back, is a broken clock: then the arrival counts.
    if abs((now - office.now()).days) > 400:
        now = office.now()
    network = world.network_on(now.date())
    letter = _without_reference_line(_with_quoted_reference(book, letter))
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
    ours = book.sent(str(reference)) if reference else None
    return Opened(
        number=number,
        letter=letter,
        reading=reading,
        reference=reference or reference_of(letter, network, surroundings),
        answered_ids=tuple(dict.fromkeys((*letter.in_reply_to, *reversed(letter.references)))),
        speaker=speaker,
        role=role_of(world, speaker.id if speaker else None, office.now()),
        trust=office.trust(letter, lambda: book.raw(number)),
        # What still waits to be sent has been seen by nobody.
        genuine=ours if ours and ours.state != "stopped" else None,
        by_others=letter.sent_by is not None or any(letter.header(name) for name in _LIST_HEADERS),
    )


_LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailing-list", "x-beenthere")
_FORWARDED = re.compile(r"\s*(?:vb|fw|fwd|vidarebefordrat|vidarebefordran)\s*:", re.IGNORECASE)
# So much of a letter is searched for the reference that a draft carries in its text.
_SEARCHED = 200_000


def _with_quoted_reference(book: Book, letter: Letter) -> Letter:
    """The letter as an answer to the draft that it quotes, where its mail program dropped the headers.

    A draft carries its reference in its text too.  Only one that we have
    really sent is believed, and none in a letter that is forwarded.
    """
    domain = book.world.domain
    if answered(letter.in_reply_to, letter.references, domain) or _FORWARDED.match(letter.subject or ""):
        return letter
    for text in (letter.plain, letter.html):
        for message_id in quoted_in((text or "")[:_SEARCHED], domain):
            if book.sent(message_id):
                return dataclasses.replace(letter, in_reply_to=(message_id, *letter.in_reply_to))
    return letter


def _without_reference_line(letter: Letter) -> Letter:
    """The letter's own words: the line that binds it to a draft is none of them."""
    plain, html = (
        text if text is None or len(text) > _SEARCHED else without_quoted(text)
        for text in (letter.plain, letter.html)
    )
    if (plain, html) == (letter.plain, letter.html):
        return letter
    return dataclasses.replace(letter, plain=plain, html=html)


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


def store_files(office: Office, book: Book, opened: Opened) -> Mapping[str, FileRef]:
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
                office.examine(attachment.filename, attachment.content),
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

"""Taking away what the records no longer need: raw letters past their time, and a person who has left.

A letter's row stays when its words go, so that the same message is not taken
in again, and the journal still says that it came.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, cast, delete, select, update

from service.adapters.database.book import add_blobs
from service.adapters.database.models import (
    Base,
    Blob,
    CorrectionRow,
    DraftRow,
    Incoming,
    ItemRow,
    Journal,
    Outgoing,
    PersonAddressRow,
    PersonRow,
    PresenceRow,
    Question,
    UndoRow,
    table_of,
)
from service.usecases.office import Handled

# What stands in the place of a letter that is no longer kept.
GONE = b"X-Kallelse-Disposed: yes\r\n\r\n"
GONE_SHA = hashlib.sha256(GONE).hexdigest()

_incoming, _blob = table_of(Incoming), table_of(Blob)
_SHA = re.compile(r"\b[0-9a-f]{64}\b")
# Where hashes of stored contents stand inside other values.
_HOLDERS = (
    (table_of(Outgoing), ("files",)),
    (table_of(ItemRow), ("files",)),
    (table_of(DraftRow), ("files", "lines")),
    (table_of(UndoRow), ("content",)),
)


def handled_before(connection: Connection, before: datetime) -> list[Handled]:
    """Letters that were handled before a time and whose words are still kept."""
    rows = connection.execute(
        select(_incoming.c.number, _incoming.c.state, _incoming.c.handled_at, _incoming.c.reading)
        .where(_incoming.c.handled_at < before, _incoming.c.raw != GONE_SHA)
        .order_by(_incoming.c.number)
    )
    found = []
    for row in rows:
        reading = json.loads(row.reading) if row.reading else {}
        kinds = tuple(str(i.get("kind")) for i in reading.get("intents", ()))
        found.append(Handled(row.number, row.state, row.handled_at, reading.get("automatic"), kinds))
    return found


def dispose(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    """Take away the raw bytes and the words of letters; returns how many contents are gone for good."""
    if not numbers:
        return 0
    add_blobs(connection, {GONE_SHA: GONE}, now)
    wanted = _incoming.c.number.in_(list(numbers))
    raws = set(connection.execute(select(_incoming.c.raw).where(wanted)).scalars())
    for row in connection.execute(select(_incoming.c.number, _incoming.c.reading).where(wanted)).all():
        connection.execute(
            update(_incoming)
            .where(_incoming.c.number == row.number)
            .values(raw=GONE_SHA, reading=_without_words(row.reading), note="gallrat")
        )
    # What was read in a letter and what was meant are words of it, too.
    corrections = table_of(CorrectionRow)
    connection.execute(
        delete(corrections).where(
            corrections.c.letter.in_(list(numbers)) | corrections.c.said_in.in_(list(numbers))
        )
    )
    return _drop_unused(connection, raws)


def _without_words(reading: str | None) -> str | None:
    """What a letter was, without what it said."""
    if reading is None:
        return None
    kept = json.loads(reading)
    bare = {"automatic": kept.get("automatic"), "sender": kept.get("sender"), "text": "", "attachments": [],
            "intents": [{"kind": i.get("kind")} for i in kept.get("intents", ())], "failed": []}  # fmt: skip
    return json.dumps(bare)


def _drop_unused(connection: Connection, shas: set[str]) -> int:
    """Delete those contents that nothing refers to any more."""
    used = set(connection.execute(select(_incoming.c.raw).where(_incoming.c.raw.in_(list(shas)))).scalars())
    for table, columns in _HOLDERS:
        for column in columns:
            for text in connection.execute(select(cast(table.c[column], Text))).scalars():
                used |= set(_SHA.findall(text or "")) & shas
    gone = shas - used - {GONE_SHA}
    if gone:
        connection.execute(delete(_blob).where(_blob.c.sha256.in_(list(gone))))
    return len(gone)


def forget_person(connection: Connection, person: str, instead: str, now: datetime) -> int:
    """Take a person out of the records: name, addresses, telephone, letters from and to, and the id itself.

    `instead` is the id that stands where the old one stood, so that the
    records of meetings still hold together.  Returns how many letters were
    disposed of.  What others have written of the person, and what has gone
    out to everyone, are records and stay.
    """
    numbers = list(
        connection.execute(
            select(_incoming.c.number).where(_incoming.c.sender == person, _incoming.c.raw != GONE_SHA)
        ).scalars()
    )
    dispose(connection, numbers, now)
    people, addresses = table_of(PersonRow), table_of(PersonAddressRow)
    connection.execute(delete(addresses).where(addresses.c.person == person))
    outgoing, questions, presences = table_of(Outgoing), table_of(Question), table_of(PresenceRow)
    connection.execute(
        update(outgoing)
        .where(outgoing.c.to_person == person)
        .values(
            to_name="Borttagen person",
            to_address="",
            # That it went out stays; the same words stand in what the others got.
            text="",
            html="",
            # An invitation names its attendee, and a server's refusal the address.
            calendar=None,
            answer="",
        )
    )
    connection.execute(
        update(questions)
        .where(questions.c.asked_person == person)
        .values(asked_name="Borttagen person", asked_address="", answer="")
    )
    connection.execute(update(presences).where(presences.c.person == person).values(words=""))
    _forget_in_journal(connection, person, instead)
    undo = table_of(UndoRow)
    connection.execute(delete(undo).where(undo.c.content.contains(f'"{person}"')))
    connection.execute(
        update(people)
        .where(people.c.id == person)
        .values(name="Borttagen person", email="", title="", phone="")
    )
    _rename(connection, person, instead)
    return len(numbers)


def _forget_in_journal(connection: Connection, person: str, instead: str) -> None:
    """The journal names people by id, as a word of its own in its details."""
    journal = table_of(Journal)
    word = re.compile(rf"(?<![\w.-]){re.escape(person)}(?![\w.-])")
    rows = connection.execute(
        select(journal.c.number, journal.c.detail).where(journal.c.detail.contains(person, autoescape=True))
    ).all()
    for row in rows:
        connection.execute(
            update(journal).where(journal.c.number == row.number).values(detail=word.sub(instead, row.detail))
        )


def _rename(connection: Connection, old: str, new: str) -> None:
    """Put one id in the place of another, where it is a value and where it stands inside JSON."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in _IDS.get(table.name, ()):
                connection.execute(update(table).where(column == old).values({column.name: new}))
        for name in _JSON.get(table.name, ()):
            column = table.c[name]
            key = next(iter(table.primary_key.columns))
            rows = connection.execute(select(key, column).where(column.contains(f'"{old}"'))).all()
            for row in rows:
                text = row[1].replace(f'"{old}"', f'"{new}"')
                connection.execute(update(table).where(key == row[0]).values({name: text}))


_IDS: dict[str, tuple[str, ...]] = {
    "person": ("id",),
    "tenure": ("person", "whose"),
    "term": ("chair", "secretary"),
    "item": ("proposer",),
    "draft": ("approved_by",),
    "presence": ("person",),
    "callin": ("person",),
    "incoming": ("sender",),
    "outgoing": ("to_person",),
    "question": ("speaker", "asked_person"),
    "correction": ("by",),
}
_JSON: dict[str, tuple[str, ...]] = {
    # Who prepares the agenda, and other circles of people.
    "charter": ("content",),
    "draft": ("lines",),
    "question": ("options",),
    "incoming": ("reading",),
    "correction": ("read", "meant"),
}

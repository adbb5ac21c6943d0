"""How each class of entity stands in its table.

A column holds the field of the same name; times are turned to the network's
zone on the way out, and values inside a value are JSON.  What `put` adds to
the world is what reading the row back would give, so that the world in
memory and the one on disk cannot drift apart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Delete,
    Dialect,
    Insert,
    RowMapping,
    Select,
    Table,
    bindparam,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from service.adapters.database import codec
from service.adapters.database.models import (
    Base,
    CallInRow,
    CharterRow,
    DraftRow,
    FollowUpRow,
    InviteeRow,
    ItemRow,
    MeetingRow,
    PersonAddressRow,
    PersonRow,
    PresenceRow,
    PrioritiesRow,
    StepDoneRow,
    TenureRow,
    TermRow,
    storable,
    table_of,
)
from service.domain.agenda import Draft, Item
from service.domain.network import Invitee, Meeting, Person, Term
from service.domain.world import (
    CallIn,
    Charter,
    Entity,
    FollowUp,
    Presence,
    Priorities,
    StepDone,
    Tenure,
    World,
)

# A network before its file has been loaded.
NO_CHARTER = Charter(name="", short_name="", address="")


@dataclass(frozen=True)
class Shelf:
    """One class of entity: its table, its key, and the fields that need turning."""

    kind: type[Any]
    model: type[Base]
    keys: tuple[str, ...]
    times: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    # Columns that no field has: what the key needs besides.
    extra: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    # Fields that stand in a table of their own.
    apart: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        found: Table = table_of(self.model)
        return found

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(f.name for f in dataclasses.fields(self.kind) if f.name not in self.apart)

    def row(self, entity: Any) -> dict[str, Any]:
        """The entity's row, without what stands apart."""
        row: dict[str, Any] = {}
        for name in self.fields:
            value = getattr(entity, name)
            if isinstance(value, str):
                value = storable(value)
            elif isinstance(value, datetime):
                if value.tzinfo is None:
                    raise ValueError(f"{self.kind.__name__}.{name} has no zone: {value}")
                value = value.astimezone(UTC)
            elif name in self.values:
                value = None if value is None else codec.dumps(value)
            row[name] = value
        for name, of in self.extra.items():
            row[name] = storable(of(entity))
        return row

    def entity(self, row: Mapping[str, Any] | RowMapping, zone: ZoneInfo, apart: Mapping[str, Any]) -> Any:
        """The entity that a row holds, its times in the network's zone."""
        values = {name: row[name] for name in self.fields}
        for name in self.times:
            if values[name] is not None:
                values[name] = values[name].astimezone(zone)
        for name in self.values:
            if values[name] is not None:
                values[name] = codec.loads(values[name], zone)
        return self.kind(**values, **apart)


SHELVES: dict[type[Any], Shelf] = {
    s.kind: s
    for s in (
        Shelf(Person, PersonRow, ("id",), apart=("aliases",)),
        Shelf(
            Tenure,
            TenureRow,
            ("place", "role", "since", "whose"),
            extra={"whose": lambda tenure: tenure.key[3]},
        ),
        Shelf(Term, TermRow, ("year",)),
        Shelf(Meeting, MeetingRow, ("key",), times=("start", "end", "preparation")),
        Shelf(Item, ItemRow, ("id",), times=("received",), values=("presenter", "files")),
        Shelf(
            Draft,
            DraftRow,
            ("what", "meeting", "version"),
            times=("created", "approved_at"),
            values=("lines", "files"),
        ),
        Shelf(Presence, PresenceRow, ("meeting", "person"), times=("told",)),
        Shelf(CallIn, CallInRow, ("meeting", "seat")),
        Shelf(
            Invitee,
            InviteeRow,
            ("meeting", "folded"),
            extra={"folded": lambda invitee: invitee.key[1]},
        ),
        Shelf(Priorities, PrioritiesRow, ("year",), values=("areas",)),
        Shelf(FollowUp, FollowUpRow, ("meeting", "task"), times=("told",)),
        Shelf(StepDone, StepDoneRow, ("meeting", "step"), times=("at",)),
    )
}


def insert_into(dialect: Dialect, table: Table) -> Any:
    """An INSERT that can say ON CONFLICT; both databases write it alike."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


class Shelving:
    """The statements that keep the entities, made once for a database."""

    def __init__(self, dialect: Dialect) -> None:
        self._put: dict[type[Any], Insert] = {}
        self._drop: dict[type[Any], Delete] = {}
        self._all: dict[type[Any], Select[Any]] = {}
        for kind, shelf in SHELVES.items():
            self._put[kind] = _upsert(dialect, shelf.table, shelf.keys)
            self._drop[kind] = delete(shelf.table).where(
                *(shelf.table.c[k] == bindparam(f"key_{k}") for k in shelf.keys)
            )
            self._all[kind] = select(shelf.table).order_by(shelf.table.c.ordinal)
        self._put_charter = _upsert(dialect, table_of(CharterRow), ("key",))
        addresses: Table = table_of(PersonAddressRow)
        self._addresses = select(addresses).order_by(addresses.c.person, addresses.c.place)
        self._put_address = addresses.insert()
        self._drop_addresses = addresses.delete().where(addresses.c.person == bindparam("of"))

    def world(self, connection: Connection) -> World:
        """All entities, in the order in which they came."""
        content = connection.execute(select(CharterRow.content)).scalar()
        charter = NO_CHARTER if content is None else codec.loads(content, ZoneInfo("UTC"))
        zone = ZoneInfo(charter.timezone)
        aliases: dict[str, list[str]] = {}
        for row in connection.execute(self._addresses):
            aliases.setdefault(row.person, []).append(row.address)
        entities: list[Entity] = []
        for kind, shelf in SHELVES.items():
            for found in connection.execute(self._all[kind]).mappings():
                apart = {"aliases": tuple(aliases.get(found["id"], ()))} if kind is Person else {}
                entities.append(shelf.entity(found, zone, apart))
        return World(charter).put(entities)

    def put(self, connection: Connection, entities: Iterable[Entity], zone: ZoneInfo) -> list[Entity]:
        """Write entities; returns them as reading the rows would give them."""
        written: list[Entity] = []
        for entity in entities:
            if isinstance(entity, Charter):
                text = codec.dumps(entity)
                connection.execute(self._put_charter, {"key": entity.key, "content": text})
                written.append(codec.loads(text, zone))
                continue
            shelf = SHELVES[type(entity)]
            row = shelf.row(entity)
            connection.execute(self._put[type(entity)], row)
            apart: dict[str, Any] = {}
            if isinstance(entity, Person):
                apart["aliases"] = self._put_aliases(connection, row["id"], entity)
            written.append(shelf.entity(row, zone, apart))
        return written

    def _put_aliases(self, connection: Connection, person: str, entity: Person) -> tuple[str, ...]:
        aliases = tuple(storable(a) for a in entity.aliases)
        connection.execute(self._drop_addresses, {"of": person})
        if aliases:
            connection.execute(
                self._put_address,
                [{"person": person, "place": n, "address": a} for n, a in enumerate(aliases)],
            )
        return aliases

    def drop(self, connection: Connection, entities: Iterable[Entity]) -> None:
        """Take entities away by their keys; those that are not there are no fault."""
        for entity in entities:
            shelf = SHELVES[type(entity)]
            row = shelf.row(entity)
            connection.execute(self._drop[type(entity)], {f"key_{k}": row[k] for k in shelf.keys})


def _upsert(dialect: Dialect, table: Table, keys: tuple[str, ...]) -> Insert:
    """Insert a row, or bring the one with this key up to date where it stands."""
    columns = [c.name for c in table.columns if c.name != "ordinal"]
    statement = insert_into(dialect, table).values({c: bindparam(c) for c in columns})
    made: Insert = statement.on_conflict_do_update(
        index_elements=list(keys),
        set_={c: statement.excluded[c] for c in columns if c not in keys}
        or {keys[0]: statement.excluded[keys[0]]},
    )
    return made

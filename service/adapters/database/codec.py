"""Domain values as JSON and back.

Each value says what it is: `{"is": "Item", "title": ...}` (no field can be
called `is`, while several are called `type`).  So one codec serves the lines
of a draft, what undoes a letter, and the readings that a question offers,
with intents of any kind inside one another.  Fields that have their default
are left out, which keeps the rows short and lets a field be added with a
default later.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from service.adapters.database.errors import StoreError
from service.domain import agenda, intents, network, world
from service.usecases import office, outgoing

_TYPES: dict[str, type[Any]] = {
    t.__name__: t
    for t in (
        *get_args(world.Entity),
        *intents.KINDS,
        intents.Evidence,
        intents.Contact,
        intents.Operation,
        agenda.FileRef,
        network.Principal,
        network.Forum,
        network.Seat,
        network.Audience,
        outgoing.CalendarEntry,
        outgoing.Recipient,
        office.Option,
    )
}
# `Undo` is both an intent and what the office keeps; on paper they are told apart.
_TYPES["UndoIntent"] = intents.Undo
_TYPES["Undo"] = office.Undo
_NAMES = {t: name for name, t in _TYPES.items()}


def _fields(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """A class's fields, each with its default, or MISSING."""
    return tuple(
        (f.name, f.default if f.default_factory is dataclasses.MISSING else f.default_factory())
        for f in dataclasses.fields(kind)
    )


_FIELDS = {kind: _fields(kind) for kind in _NAMES}


def plain(value: Any) -> Any:
    """A value as `json` can write it; TypeError for a class that the codec does not know."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    name = _NAMES.get(type(value))
    if name is not None:
        known: dict[str, Any] = {"is": name}
        for field, default in _FIELDS[type(value)]:
            inner = getattr(value, field)
            if inner is default or (default is not dataclasses.MISSING and inner == default):
                continue
            known[field] = plain(inner)
        return known
    if isinstance(value, datetime):
        if value.tzinfo is None:
            # Only the time that a letter names for a meeting: the network's wall clock.
            return {"is": "wall", "at": value.isoformat()}
        return {"is": "time", "at": value.isoformat()}
    if isinstance(value, date):
        return {"is": "date", "at": value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


def value_of(plain_value: Any, zone: ZoneInfo) -> Any:
    """The value that `plain` wrote; lists become tuples and times are given in `zone`.

    Raises StoreError for what another version of the program wrote and this one does not know.
    """
    if isinstance(plain_value, list):
        return tuple(value_of(v, zone) for v in plain_value)
    if not isinstance(plain_value, dict):
        return plain_value
    name = plain_value.get("is")
    match name:
        case "time":
            return datetime.fromisoformat(plain_value["at"]).astimezone(zone)
        case "wall":
            return datetime.fromisoformat(plain_value["at"])
        case "date":
            return date.fromisoformat(plain_value["at"])
    kind = _TYPES.get(str(name))
    if kind is None:
        raise StoreError(
            f"i databasen står {name!r}, som den här versionen av kallelse inte känner till; "
            "installera en nyare"
        )
    try:
        return kind(**{k: value_of(v, zone) for k, v in plain_value.items() if k != "is"})
    except TypeError as error:
        raise StoreError(
            f"i databasen står {name} som den här versionen inte kan läsa ({error}); installera en nyare"
        ) from error


def dumps(value: Any) -> str:
    """A value as JSON text, in ASCII, so that any database takes any words."""
    return json.dumps(plain(value), separators=(",", ":"))


def loads(text: str, zone: ZoneInfo) -> Any:
    """The value that `dumps` wrote."""
    return value_of(json.loads(text), zone)

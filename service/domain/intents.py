"""What a letter asks for.

One class for each kind; a letter may ask for several things, so a reading
holds a list of them.  The field names are those that `kallelse inspect`
prints.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal

ItemType = Literal["information", "discussion", "decision"]
Extent = Literal["whole", "late", "early"]
MeetingAction = Literal["cancel", "move", "place"]
Automatic = Literal["bounce", "auto-reply", "bulk", "loop"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which rule saw which words."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Someone by name: a presenter, a successor, a substitute whom the network does not know."""

    name: str | None = None
    email: str | None = None
    title: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Common to all kinds.

    When `certain` is false the service asks first: `doubt` says in one
    Swedish clause what is unclear ("det finns två Maria i nätverket") and
    `alternatives` holds the other readings, the likeliest being this one.
    """

    kind: ClassVar[str]
    certain: bool = True
    evidence: tuple[Evidence, ...] = ()
    doubt: str | None = None
    alternatives: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Intent):
    """A matter for an agenda."""

    kind: ClassVar[str] = "proposal"
    title: str
    type: ItemType | None = None
    forum: str | None = None
    minutes: int | None = None
    presenter: Contact | None = None
    meeting: date | None = None
    attachments: tuple[str, ...] = ()
    # The matter in the sender's own words.
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Intent):
    """Takes a proposed matter back; the title is None when only the thread tells."""

    kind: ClassVar[str] = "withdrawal"
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement(Intent):
    """More material for a matter already proposed."""

    kind: ClassVar[str] = "supplement"
    title: str | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence(Intent):
    """Someone cannot come, comes late or leaves early."""

    kind: ClassVar[str] = "absence"
    person: str | None
    meetings: tuple[date, ...] = ()
    # A person id, or a contact whom the network does not know.
    substitute: str | Contact | None = None
    extent: Extent = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance(Intent):
    """Someone will come after all, or confirms that he comes."""

    kind: ClassVar[str] = "attendance"
    person: str | None
    meetings: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement(Intent):
    """Someone leaves the network for good; `from_` is the first day without that person."""

    kind: ClassVar[str] = "replacement"
    leaving: str | None
    successor: Contact | None = None
    from_: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange(Intent):
    """A member's new address, phone, title or name; only what is new is given."""

    kind: ClassVar[str] = "contact"
    person: str | None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Intent):
    """The draft is good as it is."""

    kind: ClassVar[str] = "approval"


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of a draft; `item` is always the number in the draft that is answered.

    `op` is one of remove, move, rename, minutes, presenter, type, postpone
    and add; the other fields are those that the op needs.  For a move, `to`
    is the place where the item ends up.
    """

    op: Literal["remove", "move", "rename", "minutes", "presenter", "type", "postpone", "add"]
    item: int | None = None
    to: int | None = None
    title: str | None = None
    minutes: int | None = None
    presenter: Contact | None = None
    type: ItemType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Intent):
    """The draft is good once changed; `comment` is what is no operation."""

    kind: ClassVar[str] = "changes"
    operations: tuple[Operation, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesFiled(Intent):
    """The minutes of a meeting, to be sent out."""

    kind: ClassVar[str] = "minutes"
    meeting: date | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChange(Intent):
    """The secretary or chair cancels or moves a meeting, or changes its place."""

    kind: ClassVar[str] = "meeting"
    meeting: date | None
    action: MeetingAction
    # Local time of the network, naive.
    start: datetime | None = None
    end: datetime | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Intent):
    """Needs a person's answer."""

    kind: ClassVar[str] = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Help(Intent):
    """Asks how the service works."""

    kind: ClassVar[str] = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Intent):
    """ "You misunderstood": take the last action back."""

    kind: ClassVar[str] = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Courtesy(Intent):
    """Thanks, seen, noted: nothing to do, and nothing to answer."""

    kind: ClassVar[str] = "courtesy"


KINDS: tuple[type[Intent], ...] = (
    Proposal, Withdrawal, Supplement, Absence, Attendance, Replacement, ContactChange, Approval,
    Changes, MinutesFiled, MeetingChange, Question, Help, Undo, Courtesy,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a letter says, and what it asks for in the order in which it asks."""

    automatic: Automatic | None
    # The id of the person who wrote it, by address or alias.
    sender: str | None
    # What the sender newly wrote.
    text: str
    # Filenames, in order; the files themselves stand in the letter.
    attachments: tuple[str, ...]
    intents: tuple[Intent, ...] = ()
    # For a bounce: the addresses that could not be reached.
    failed: tuple[str, ...] = ()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name.rstrip("_"): _plain(inner)
            for f in dataclasses.fields(value)
            if (inner := getattr(value, f.name)) is not None
        }
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return value


def as_json(intent: Intent) -> dict[str, Any]:
    """An intent as `inspect` prints it: its kind, and every field that is not None."""
    values: dict[str, Any] = {"kind": intent.kind, **_plain(intent)}
    values["alternatives"] = [as_json(a) for a in intent.alternatives]
    for empty in ("alternatives", "description"):
        if not values.get(empty):
            values.pop(empty, None)
    return values

"""The office: what the clerk's work needs of the world outside.

`wiring` builds one office for each network.  Use cases take it as an
argument and never reach past it; the tests sit in an office whose mailbox is
a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from service.domain.agenda import FileRef, StandingItem
from service.domain.intents import Intent, Reading
from service.domain.letters import Letter
from service.domain.policy import Trust
from service.domain.references import What
from service.domain.timeline import ActionRule, Timeline
from service.domain.world import Entity, World
from service.domain.year import YearRule
from service.interpretation.surroundings import Surroundings
from service.usecases.outgoing import CalendarEntry, DocumentOrder, Post, Recipient

LetterState = Literal[
    # Stored, nothing else yet.
    "kept",
    # Its effects are in the records and its answer in the outbox.
    "acted",
    # Somebody has been asked what to do with it.
    "asked",
    # Read, and nothing was to be done: thanks, automatic mail.
    "noted",
    # It could not be handled; the secretary has it.
    "set-aside",
]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Raw bytes as the mailbox delivered them; `arrived` is aware."""

    raw: bytes = field(repr=False)
    arrived: datetime
    folder: str = ""
    uidvalidity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored letter."""

    number: int
    arrived: datetime
    state: LetterState
    tries: int = 0
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """A letter that has been handled, as far as retention looks at it."""

    number: int
    state: LetterState
    handled_at: datetime
    # As in a Reading.
    automatic: str | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outbound:
    """A letter in the outbox, rendered, its Message-ID settled; one recipient."""

    message_id: str
    what: What
    mailing: str
    meeting: date | None
    version: int
    to: Recipient
    subject: str
    text: str
    html: str
    created: datetime
    files: tuple[FileRef, ...] = ()
    calendar: CalendarEntry | None = None
    thread: tuple[str, ...] = ()
    because_of: int | None = None
    # Set once it is in the outbox.
    number: int | None = None
    state: Literal["waiting", "sending", "sent", "refused", "uncertain", "stopped"] = "waiting"
    tries: int = 0
    # The server's answer, or why it was stopped.
    answer: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """What to put back, and what to take away, when the effects of a letter are undone."""

    put_back: tuple[Entity, ...] = ()
    take_away: tuple[Entity, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put_back or self.take_away)


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered answer to a question: a sentence, and the intents that it would carry out."""

    sentence: str
    intents: tuple[Intent, ...] = ()
    # Numbers of letters of our own that it would send again.
    again: tuple[int, ...] = ()
    # The task that it is about, as `follow_up` refers to it.
    task: str = ""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for somebody's answer.

    `about` is the number of the letter that raised it and `speaker` the
    person whose wish it is (None for an outsider).  `kind` is "reading" (the
    sender chooses among readings), "wish" (the secretary decides on an
    outsider's or unproven wish), "question" (the secretary answers a member),
    "late" (which meeting a late matter belongs to, or whether late material
    is sent on), "priorities" (which focus areas the meeting decided),
    "successors" (who is chair and secretary next year) or "uncertain"
    (whether letters of ours that may have arrived are sent again; `about` is
    then the number of the first of them), "file" (whether files that could do
    harm are let through) or "address" (where `speaker` is
    reached, since the old address does not work; `about` may be 0) or
    "follow-up" (what has become of the numbered tasks, its options).
    """

    kind: Literal[
        "reading",
        "wish",
        "question",
        "late",
        "priorities",
        "successors",
        "uncertain",
        "file",
        "address",
        "follow-up",
    ]
    about: int
    speaker: str | None
    asked: Recipient
    options: tuple[Option, ...] = ()
    # Set once it is stored.
    number: int | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What was read in a letter, and all that was meant according to its sender or the secretary.

    `letter` is the number of the letter that was misread and `said_in` that
    of the one which corrects it; `by` is the person who wrote that, None for
    an outsider.  `how` is "chosen" (an answer to a question took another
    reading than the first, or none), "reworded" (it was answered in other
    words), "undone" (it was taken back; nothing is meant until a new wish
    follows) or "decided" (the secretary's answer to a wish).
    """

    letter: int
    read: tuple[Intent, ...]
    meant: tuple[Intent, ...]
    by: str | None
    said_in: int
    how: Literal["chosen", "reworded", "undone", "decided"]
    at: datetime
    # Set once it is stored.
    number: int | None = None


class Book(Protocol):
    """The records in one transaction: all of it is saved, or none."""

    @property
    def world(self) -> World: ...

    def put(self, entities: Iterable[Entity]) -> Undo:
        """Save entities, new or changed; returns what undoes it."""

    def drop(self, entities: Iterable[Entity]) -> Undo:
        """Remove entities; returns what undoes it."""

    def kept(self, number: int) -> Kept: ...

    def settle(
        self,
        number: int,
        state: LetterState,
        reading: Mapping[str, Any] | None,
        *,
        sender: str | None,
        note: str = "",
    ) -> None:
        """What became of a letter, with its reading as `inspect` prints it."""

    def remember_undo(self, number: int, undo: Undo) -> None:
        """Keep what undoes the effects of a letter (added to what it had)."""

    def undo_of(self, number: int) -> Undo | None:
        """What undoes a letter; None when it had no effects or they have been undone."""

    def undone(self, number: int) -> None: ...

    def latest_acted(self, person: str) -> int | None:
        """The newest letter of a person whose effects can still be undone."""

    def post(self, letters: Sequence[Outbound]) -> None:
        """Put letters into the outbox; a Message-ID that is there already is skipped."""

    def stop_waiting(self, person: str, why: str) -> int:
        """Stop what still waits for a person; returns how many."""

    def stop_waiting_for(self, meeting: date, mailings: Sequence[str], why: str) -> int:
        """Stop what still waits of some mailings about a meeting; returns how many."""

    def give_up(self, number: int, state: Literal["refused", "uncertain"], answer: str) -> None:
        """Say that a letter was refused, or that nobody knows; with what the secretary is told of it."""

    def send_again(self, numbers: Sequence[int], why: str) -> int:
        """Let letters whose fate is uncertain wait again; returns how many."""

    def hold(self, why: str) -> list[Outbound]:
        """Make all that waits or was being sent uncertain; returns it."""

    def noted(self, what: str, detail: str) -> int:
        """How many lines the journal has that say just this."""

    def sent(self, message_id: str) -> Outbound | None:
        """One of our own letters by its Message-ID, whatever its state."""

    def mailing(self, mailing: str, meeting: date, version: int | None = None) -> list[Outbound]:
        """All letters of a mailing about a meeting, in the order of writing."""

    def ask(self, question: OpenQuestion, message_ids: Sequence[str]) -> None:
        """Store a question and which of our letters ask it."""

    def question_asked_in(self, message_id: str) -> OpenQuestion | None:
        """The question that one of our letters asked, closed ones too."""

    def open_questions(self, about: int | None = None) -> list[OpenQuestion]: ...

    def close(self, question: OpenQuestion, answer: str) -> None: ...

    def keep_correction(self, correction: Correction) -> None:
        """Keep what somebody says was meant with the letter that was misread."""

    def corrections(self, *, said_in: int | None = None) -> list[Correction]:
        """All corrections in the order in which they were made, or those that one letter made."""

    def raw(self, number: int) -> bytes:
        """The bytes of a kept letter."""

    def add_file(self, content: bytes) -> str:
        """Store content once, under its sha256, which is returned."""

    def file(self, sha256: str) -> bytes: ...

    def note(
        self, what: str, *, letter: int | None = None, meeting: date | None = None, detail: str = ""
    ) -> None:
        """A line in the journal."""


class Store(Protocol):
    """The database of one network."""

    def work(self) -> AbstractContextManager[Book]:
        """A transaction; commits at the end, rolls back on an exception.

        Takes the network's turn first, so that two clerks never work at once.
        """

    def world(self) -> World:
        """The world as last committed."""

    def keep(self, arrivals: Sequence[Arrival]) -> list[int]:
        """Store raw letters in one commit; returns the numbers of those that are new.

        A letter is known by its place (folder, UIDVALIDITY, UID), and by
        Message-ID together with a fingerprint of what it says, trace headers
        aside; a letter without Message-ID by the fingerprint alone.  A new
        place of a known letter is remembered.
        """

    def high_uid(self, folder: str, uidvalidity: int) -> int:
        """The highest UID kept from a folder; 0 when there is none."""

    def unhandled(self, limit: int = 100) -> list[int]:
        """Numbers of letters that are kept and not yet handled, oldest first."""

    def to_move(self, folder: str, uidvalidity: int) -> list[int]:
        """UIDs of letters that are handled but still lie in the folder."""

    def moved(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None: ...

    def failed(self, number: int, why: str) -> int:
        """Count a failed try, in a commit of its own; returns how many it has been."""

    def waiting(self, now: datetime, limit: int = 50) -> list[Outbound]:
        """Letters whose time to be sent has come, oldest first."""

    def make_lasting(self) -> None:
        """See that all that has been committed would outlive a power cut."""

    def sending(self, numbers: Sequence[int]) -> None:
        """Say, in a commit, that these are about to be handed to the server."""

    def delivered(self, number: int, answer: str, at: datetime) -> None: ...

    def refused(self, number: int, answer: str, at: datetime) -> None: ...

    def uncertain(self, number: int, answer: str, at: datetime) -> None: ...

    def postponed(self, number: int, answer: str, until: datetime, *, counts: bool = True) -> None:
        """Wait again until a time; `counts` says whether it was a try."""

    def handled_before(self, before: datetime) -> list[Handled]:
        """Letters handled before a time, whose words are still kept."""

    def dispose(self, numbers: Sequence[int]) -> int:
        """Take away the words of letters; returns how many contents are gone for good."""

    def last_note(self, what: str) -> tuple[datetime, str] | None:
        """The newest line of a kind in the journal: when, and its detail; None when there is none."""

    def file(self, sha256: str) -> bytes:
        """A stored content, outside a transaction."""

    def next_try(self) -> datetime | None:
        """When the next waiting letter's time comes; None when none waits."""

    def is_loaded(self) -> bool:
        """Whether a network has been loaded; until then there is no world."""

    def interrupted(self) -> list[Outbound]:
        """Letters that a stopped service left in the state "sending"; they wait again afterwards."""

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """`incoming`: received, acted, asked, failed; `outgoing`: waiting, sent, refused."""

    def awaiting(self) -> list[OpenQuestion]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of a letter."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The network's terms of reference as data."""

    timeline: Timeline
    # Which groups of people each mailing goes to.
    distribution: Mapping[str, tuple[str, ...]]
    standing_items: tuple[StandingItem, ...]
    year: tuple[YearRule, ...] = ()
    actions: ActionRule = field(default_factory=ActionRule)


@dataclass(frozen=True)
class Office:
    """Everything within reach of the clerk of one network."""

    store: Store
    rules: Rules
    now: Callable[[], datetime]
    # A random token for a Message-ID.
    token: Callable[[], str]
    parse: Callable[[bytes], Letter]
    read: Callable[[Letter, Surroundings], Reading]
    render: Callable[[str, Mapping[str, Any]], Rendered]
    make_document: Callable[[DocumentOrder], bytes]
    # The agenda and its annexes, fetched by hash, in one PDF; empty when no annex can be bound in.
    bind: Callable[[DocumentOrder, Callable[[str], bytes]], bytes]
    # The bytes of a letter in the outbox; files are fetched by hash.
    compose: Callable[[Outbound, World, Callable[[str], bytes]], bytes]
    # What about a file (name, content) calls for care, as names; see FileRef.flags.
    examine: Callable[[str, bytes], tuple[str, ...]]
    # The words of a Word document, its headings marked "## "; "" for any other file.
    read_form: Callable[[bytes], str]
    # So many letters from one sender are answered in an hour.
    answers_per_hour: int
    # What is proven of a letter's sender; the letter's bytes are fetched only when they are needed.
    trust: Callable[[Letter, Callable[[], bytes]], Trust]


__all__ = [
    "Arrival", "Book", "Correction", "Kept", "LetterState", "Office", "OpenQuestion", "Option", "Outbound",
    "Post", "Rendered", "Rules", "Store", "Undo",
]  # fmt: skip

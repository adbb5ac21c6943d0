"""What a filing function is given, and what it gives back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.domain.agenda import FileRef
from service.domain.intents import Intent
from service.domain.letters import Letter
from service.domain.network import Meeting, Network, Person
from service.domain.references import Reference
from service.domain.world import Entity, World
from service.usecases.office import OpenQuestion, Option, Rules
from service.usecases.outgoing import Post


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was understood and done, told in the receipt.

    `kind` names the partial template that puts it into words.
    """

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question put to the sender in the receipt, with numbered answers."""

    doubt: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class ToDecide:
    """A question put to somebody else, with the letter that asks it."""

    question: OpenQuestion
    post: Post


@dataclass(frozen=True, slots=True)
class Case:
    """One intent of one letter, and all that its filing may look at.

    `speaker` is the person whose wish it is, and None for an outsider.
    `decided` is true when the secretary has already said yes to it.
    """

    intent: Intent
    world: World
    rules: Rules
    now: datetime
    letter: Letter
    number: int
    # The intent's place in its letter, which makes its ids its own.
    index: int = 0
    speaker: Person | None = None
    reference: Reference | None = None
    # The number of the letter that the answered receipt was about.
    answers: int | None = None
    files: Mapping[str, FileRef] = field(default_factory=dict)
    # The words of the Word documents among the files, when minutes are handed in.
    forms: Mapping[str, str] = field(default_factory=dict)
    decided: bool = False
    # The sender's new words.
    text: str = ""
    # Whether `reference` is a letter that we have sent, and whether an
    # assistant or a list stands between its writer and us.
    genuine: bool = False
    by_others: bool = False

    @property
    def network(self) -> Network:
        return self.world.network_on(self.now.date())

    @property
    def id(self) -> str:
        """The id of what this intent makes."""
        return f"{self.number}.{self.index}"

    @property
    def received(self) -> datetime:
        return self.now

    def meeting(self, key: date) -> Meeting | None:
        return self.network.meeting(key)

    def next_meeting(self) -> Meeting | None:
        return self.network.next_meeting(self.now)

    def file_refs(self, names: tuple[str, ...]) -> tuple[FileRef, ...]:
        return tuple(self.files[n] for n in names if n in self.files)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What filing one intent changes and says."""

    put: tuple[Entity, ...] = ()
    drop: tuple[Entity, ...] = ()
    notes: tuple[Note, ...] = ()
    asks: tuple[Ask, ...] = ()
    decide: tuple[ToDecide, ...] = ()
    posts: tuple[Post, ...] = ()
    # People whose waiting letters are stopped, because they have left.
    stop: tuple[str, ...] = ()
    # Letters about a meeting that have lost their point: (meeting, mailings).
    stop_about: tuple[tuple[date, tuple[str, ...]], ...] = ()
    # Put the effects of an earlier letter back.
    undo: int | None = None

    def plus(self, other: Outcome) -> Outcome:
        """Both, this one first."""
        return Outcome(
            **{
                f.name: getattr(self, f.name) + getattr(other, f.name)
                for f in dataclasses.fields(Outcome)
                if f.name != "undo"
            },
            undo=self.undo if self.undo is not None else other.undo,
        )

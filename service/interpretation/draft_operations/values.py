"""What an answer to a draft asks for, and what it is read with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from service.domain.intents import Contact, ItemType, Operation
from service.interpretation.hearing import Sense
from service.interpretation.phrases import Phrases
from service.interpretation.surroundings import DraftItem

# Who is named in a text: start, end, and the person.  None stands for someone
# who cannot be told for certain ("Maria", of whom there are two).
FindPeople = Callable[[str], Sequence[tuple[int, int, Contact | None]]]
# What the second reader makes of a sentence, and where in its own sentence the words begin.
Hear = Callable[[str], tuple[Sense, int]]

# Meanings of a sentence that asks to have the draft changed: who answers a draft with a matter wants it
# on the agenda, and who takes one back wants it off.
CHANGING = ("changes", "proposal", "detail", "withdrawal", "supplement")
# From the first likelihood on a sentence is heard to ask for a change, from the second plainly so; under the
# third it is heard to ask for none.
_LIKELY, _PLAIN, _UNLIKELY = 0.4, 0.8, 0.12
# So likely, a sentence only tells something.
_TELLS = 0.85
# So much is too much to be passed over in silence.
_POSSIBLE = 0.2
# So much is enough where the rules see one.
_BORNE_OUT = 0.35
_OTHER_BUSINESS = (
    "absence", "late", "early", "attendance", "replacement", "contact", "cancel", "move", "place", "minutes",
)  # fmt: skip
# How likely words must be heard to name a matter, or a person to play a part.
_PART = 0.6


@dataclass(frozen=True, slots=True)
class Token:
    """A word or several that say one thing; what they say depends on the kind."""

    kind: str
    start: int
    end: int
    numbers: tuple[int, ...] = ()
    person: Contact | None = None
    type: ItemType | None = None
    # The part that a person is heard to play, "" for none.
    role: str = ""
    # What stands between quotation marks, or is heard as a title.
    words: str = ""


@dataclass(slots=True)
class Clause:
    """A part of a sentence with one thing to say."""

    start: int
    end: int
    text: str
    tokens: list[Token]
    verbs: set[str]
    muted: bool = False
    # The whole sentence, folded: clauses that are joined again are cut from it anew.
    whole: str = ""

    def of(self, *kinds: str) -> list[Token]:
        """The words of these kinds, in order."""
        return [t for t in self.tokens if t.kind in kinds]

    def before(self, token: Token) -> str:
        """The clause's words up to one of its tokens."""
        return self.text[: max(0, token.start - self.start)]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer, or the rest of one, and what the second reader makes of it."""

    text: str
    sense: Sense = field(default_factory=Sense)
    # Where the words begin in the sentence that the sense is of.
    offset: int = 0
    # Its item is known, for it is written beside it: "4. Utgår".
    implied: bool = False

    def part(self, start: int, end: int | None = None, *, implied: bool | None = None) -> Said:
        """Some of its words, under the same sense."""
        words = self.text[start:end]
        lead = len(words) - len(words.lstrip(" ,"))
        return Said(
            words[lead:].rstrip(), self.sense, self.offset + start + lead,
            self.implied if implied is None else implied,
        )  # fmt: skip

    @property
    def learnt(self) -> bool:
        """Whether there is a second reader at all."""
        return bool(self.sense.acts)

    @property
    def asks(self) -> bool:
        """Whether the second reader hears a change asked for."""
        return self.sense.of(*CHANGING) >= _LIKELY

    @property
    def plain(self) -> bool:
        """Whether the second reader plainly hears one, or there is none to doubt it."""
        return not self.learnt or self.sense.of(*CHANGING) >= _PLAIN

    @property
    def borne_out(self) -> bool:
        """Whether the second reader can hear the change that the rules see."""
        return not self.learnt or self.sense.of(*CHANGING) >= _BORNE_OUT

    @property
    def could_ask(self) -> bool:
        """Whether the second reader may hear a change, though something else is likelier."""
        return self.learnt and self.sense.of(*CHANGING) >= _POSSIBLE and not self.questions

    @property
    def tells(self) -> bool:
        """Whether the second reader hears nothing in it that wants anything of the draft."""
        return self.sense.of("background", "courtesy", "question", *_OTHER_BUSINESS) >= _TELLS

    @property
    def questions(self) -> bool:
        """Whether the second reader hears a question that wants an answer."""
        return self.sense.of("question") >= _LIKELY

    @property
    def elsewhere(self) -> bool:
        """Whether the second reader hears other business: a new room, somebody's absence."""
        return self.sense.of(*_OTHER_BUSINESS) >= _PART

    @property
    def idle(self) -> bool:
        """Whether the second reader hears that nothing is to be changed."""
        return self.learnt and self.sense.of(*CHANGING) < _UNLIKELY

    def titles(self) -> list[tuple[int, int]]:
        """Where in the words a matter is heard named."""
        return self._places("title")

    def roles(self) -> list[tuple[int, int, str]]:
        """Where in the words a person is heard, and what part he plays."""
        return [
            (p.start - self.offset, p.end - self.offset, p.role)
            for p in self.sense.parts
            if p.role != "title" and p.likelihood >= _PART and p.start >= self.offset
        ]

    def _places(self, role: str) -> list[tuple[int, int]]:
        return [
            (p.start - self.offset, p.end - self.offset)
            for p in self.sense.having(role)
            if p.likelihood >= _PART and p.start >= self.offset and p.end - self.offset <= len(self.text)
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer to a draft asks for."""

    operations: tuple[Operation, ...] = ()
    # The sentences that asked for them, one for each operation.
    evidence: tuple[str, ...] = ()
    # Sentences that gave no operation, in order.
    left: tuple[str, ...] = ()
    # Those of them in which a verb of change is heard to change nothing: a thought, something told.
    unheard: tuple[str, ...] = ()
    # Those that are heard to ask for a change, and the items that they speak of.
    lost: tuple[tuple[str, tuple[int, ...]], ...] = ()
    # Whether something may be wanted of an item, though neither reader can say what.
    touches: bool = False
    # Why one should ask first, as a Swedish clause; None when all is plain.
    doubt: str | None = None


@dataclass(slots=True)
class State:
    """What has been read of an answer so far."""

    items: tuple[DraftItem, ...]
    found: list[tuple[Operation, str]] = field(default_factory=list)
    # What "den" means.
    last: tuple[int, ...] = ()
    # The item of whom was named last ("Åsa är sjuk. Eva drar hennes punkt.").
    owned: int | None = None
    # Which of `found` is the new item that is spoken of; None when an old one is.
    added: int | None = None
    # What "lika mycket" means: minutes, and whether they are more (1), less (-1) or all (0).
    span: tuple[int, int] | None = None
    # What is still to come: the operation and the item, and what is unclear when it does not.
    unfinished: dict[tuple[str, int], str] = field(default_factory=dict)
    # Sentences in which a verb of change is heard to change nothing.
    unheard: list[str] = field(default_factory=list)
    # What "en punkt om det" is about, when the sentence before told of it.
    topic: str = ""
    doubt: str | None = None

    def doubts(self, because: str) -> None:
        """Something is unclear; the first thing that was counts."""
        self.doubt = self.doubt or because

    def put(self, operation: Operation, words: str) -> None:
        """One more operation; what is said twice is done once."""
        gone = any(op.op in {"remove", "postpone"} and op.item == operation.item for op, _ in self.found)
        if gone and operation.op in {"presenter", "minutes", "type"}:
            # "Ta bort den, Tomas drog tillbaka den i går."
            return
        same = [
            i for i, (op, _) in enumerate(self.found) if (op.op, op.item) == (operation.op, operation.item)
        ]
        removed = [
            i for i, (op, _) in enumerate(self.found) if op.op == "remove" and op.item == operation.item
        ]
        if same and operation.op in {"remove", "postpone"}:
            return
        if same and operation.op == "minutes" and self.found[same[-1]][1] == words:
            # "25 minuter är snålt, ge den tre kvart": the last time counts.
            self.found[same[-1]] = (operation, words)
        elif operation.op == "postpone" and removed:
            # "Stryk femman, den tar vi i höst": it is put off.
            self.found[removed[0]] = (operation, words)
        else:
            self.found.append((operation, words))

    def speak_of(self, *items: int) -> None:
        """From here on "den" means the last of these items."""
        if items:
            self.last, self.added = items[-1:], None


@dataclass(frozen=True, slots=True)
class Reader:
    """What the operations are read with: the verbs, the draft, and who people are."""

    phrases: Phrases
    items: tuple[DraftItem, ...] = ()
    people: FindPeople = lambda text: ()
    # Who "jag" is.
    speaker: Contact | None = None
    hear: Hear = lambda text: (Sense(), 0)
    # Whether a sentence approves only on a condition.
    conditional: Callable[[str], bool] = lambda text: False

    def item(self, number: int) -> DraftItem | None:
        """An item of the draft by its number."""
        return next((i for i in self.items if i.number == number), None)

"""A clause becomes operations: what is to be done with what it points at."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.intents import Operation
from service.interpretation.draft_operations import details, naming
from service.interpretation.draft_operations.clauses import NEGATION, STRONG
from service.interpretation.draft_operations.moving import Placed, moves, swapped
from service.interpretation.draft_operations.pointing import Meant, meant
from service.interpretation.draft_operations.values import Clause, Reader, Said, State
from service.interpretation.words import fold

# Verbs that no clause speaks without wanting something done; "rename" and "add" were read before.
_DEFINITE = frozenset({"remove", "postpone", "move", "swap", "minutes"})
ASKS = re.compile(
    r"^\W*(?:\w+ ){0,3}?(?:kan|kunde|skulle|ska|skall|vore|går|får|borde|bör|vill|could|can|would|"
    r"should)\b.*\?"
)
# "I april": at another meeting, which these verbs say where no rule does.
_TAKEN_UP = re.compile(r"\b(?:tas|ta|tar|kommer|lyft\w*|får|ska|kan|till|passar|hör|bättre|vänta\w*)\b")


def act_on(clauses: Sequence[Clause], said: Said, reader: Reader, state: State) -> None:
    """Read the clauses of a sentence in order; a verb goes on through those that have none."""
    carried: set[str] = set()
    # The items of clauses that wanted something and got nothing.
    unmade: set[int] = set()
    asks = bool(ASKS.match(fold(said.text)))
    for clause in clauses:
        if clause.muted:
            continue
        verbs = clause.verbs
        if not verbs and clause.of("item", "num") and clause.of(
            "to", "clock", "person", "type", "before", "after", "first", "last", "later"
        ):  # fmt: skip
            verbs = carried
        if clause.verbs - {"type"}:
            carried = clause.verbs
        unmade |= _act(clause, verbs, said, reader, state, asks=asks)
    # "Punkt 6 som trea, den sätter stämningen", "lägg resten på sexan, alltså 35": done in other words.
    if unmade - {op.item for op, words in state.found if words == said.text}:
        state.doubts("en ändring gick inte att förstå helt")


def _act(
    clause: Clause, verbs: set[str], said: Said, reader: Reader, state: State, *, asks: bool
) -> set[int]:
    """Read one clause; returns the items that it wants something done with that is not understood."""
    laters = clause.of("later")
    if "remove" in verbs and clause.of("clock") and not laters:
        # "Ta bort 5 minuter på trean" takes minutes.
        verbs = (verbs - {"remove"}) | {"minutes"}
    found = meant(clause, verbs, said, reader, state)
    if found.missing:
        return set()
    negated = bool(NEGATION.search(clause.text)) and not asks
    if negated and verbs & STRONG and not _belongs_to_the_verb(clause, reader):
        # "Stryk inte 4": nothing to do, and nothing to ask.
        return set()
    if not found.items:
        _without_item(clause, verbs, found, said, state)
        return set()
    operations = _operations(clause, verbs, found, said, reader, state, asks=asks)
    for operation in operations:
        state.put(operation, said.text)
    if operations and not verbs and not said.implied and not _says_enough(found, said):
        state.doubts("det kan vara menat på ett annat sätt")
    wanted = not operations and clause.verbs & _DEFINITE and not negated
    return set(found.items) if wanted else set()


def _says_enough(found: Meant, said: Said) -> bool:
    """Whether a clause without a verb that the rules know leaves no doubt: "fyran på åttonde plats"."""
    return said.plain or (said.borne_out and (found.moving or bool(found.clocks)))


def _operations(
    clause: Clause,
    verbs: set[str],
    found: Meant,
    said: Said,
    reader: Reader,
    state: State,
    *,
    asks: bool,
) -> list[Operation]:
    items = found.items
    if "swap" in verbs and len(items) == 2:
        return swapped(*items)
    if "remove" in verbs:
        return [Operation("remove", item=n) for n in items]
    if _to_another_meeting(clause, verbs, found, said):
        return [Operation("postpone", item=n) for n in items]
    made: list[Placed] = moves(clause, found, reader) if found.moving else []
    asked = not clause.text.strip().endswith("?") or bool(verbs) or asks
    made += details.minutes(clause, verbs, found, reader, state, asked=asked)
    made += details.presenter(clause, verbs, found, said, reader, state)
    made += details.kind(clause, verbs, found, said)
    return [op for _, op in sorted(made, key=lambda pair: pair[0])]


def _to_another_meeting(clause: Clause, verbs: set[str], found: Meant, said: Said) -> bool:
    laters = clause.of("later")
    if "postpone" in verbs:
        return bool(laters or found.anchors or not found.places)
    return bool(
        laters
        and not found.moving
        and not found.clocks
        and (verbs & {"move", "presenter"} or said.implied or said.asks or _TAKEN_UP.search(clause.text))
    )


def _without_item(clause: Clause, verbs: set[str], found: Meant, said: Said, state: State) -> None:
    """What asks for something without an item: it completes a new item, or must be asked about."""
    if state.added is not None and not verbs & _DEFINITE:
        people = [t for t in clause.of("person", "me") if t.role == "presenter" or "presenter" in verbs]
        clock = found.clocks[-1] if found.clocks and not details.is_told(clause) else None
        if people or clock:
            naming.give(state, clock, people[0] if people else None)
            return
    if found.clocks and not details.is_told(clause) and not said.idle and not said.questions:
        state.doubts("en tid gick inte att knyta till någon punkt")
    if (
        verbs & {"remove", "postpone", "swap"}
        or ("move" in verbs and found.moving)
        or ("minutes" in verbs and found.clocks)
    ):
        state.doubts("det framgår inte vilken punkt som ska ändras")


def _belongs_to_the_verb(clause: Clause, reader: Reader) -> bool:
    """Whether the "inte" belongs to the verb itself, as in "behöver inte vara med", or to a reason."""
    for spoken in reader.phrases.spoken(clause.text, "remove", "postpone"):
        if NEGATION.search(fold(clause.text)[spoken.start : spoken.end]):
            return True
    # "Per hinner inte": the negation belongs to a reason before the verb.
    return bool(
        re.search(r"\b(?:hinner|kan|hann|är|blir|har|kommer|räcker|behövs|får) (?:\w+ )?inte\b", clause.text)
    ) and not re.search(
        r"\b(?:ska|skall|bör|får|vill|kan) (?:vi |ni |du )?inte (?:stryk|flytta|ta|skjut)", clause.text
    )

"""What the second reader adds to what the rules heard, and what it takes away.

Where a sentence is like the examples of a meaning and no rule saw it, a hit
is added under the name "…/by-example"; where a rule spoke in a sentence that
by all likeness means something else, its hit is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.interpretation.context import SUBJECT, Context
from service.interpretation.hearing import COMING, Sense
from service.interpretation.rulebook import Hit

# From here on the likeness counts as a hit of its own.
_LIKELY = 0.6
# Under the first a rule's hit is left out, when another meaning is as likely as the second; under the
# third it is, whatever the rest may mean.
_HARDLY, _LIKELIER, _NOT_AT_ALL = 0.1, 0.5, 0.02
# What a sentence tells when it asks for nothing is no meaning of its own: it takes more.
_TELLS_LITTLE = ("background", "courtesy")
_CERTAIN = 0.9

# Which meanings bear out a rule's hit, by the kind of the rule.
_BORNE_OUT_BY: Mapping[str, tuple[str, ...]] = {
    "absence": (*COMING, "replacement", "undo"),
    "elsewhere": (*COMING, "replacement"),
    "late": COMING,
    "early": COMING,
    "attendance": (*COMING, "undo"),
    "substitute": COMING,
    "stand-in": COMING,
    "leaving": ("replacement", "contact"),
    "successor": ("replacement", "contact"),
    "contact": ("contact", "replacement"),
    "cancel": ("cancel", "move", "place"),
    "move": ("cancel", "move", "place"),
    "place": ("cancel", "move", "place"),
    "help": ("help", "question"),
    "undo": ("undo", "withdrawal", "attendance", "absence"),
}
# Meanings that a hit may be added for.
_ADDED = ("contact", "cancel", "move", "place", "help", "undo", "question")


def with_second_opinion(context: Context) -> Context:
    """The context with the hits that both readers together make out."""
    if not context.senses:
        return context
    kept = tuple(h for h in context.hits if _credible(context, h))
    added: list[Hit] = []
    for index in range(len(context.sentences)):
        known = {h.kind for h in kept if h.line == index}
        added += _by_example(context, index, known)
        added += _coming(context, index, known, kept)
    return replace(context, hits=(*kept, *added)) if added or len(kept) < len(context.hits) else context


def _credible(context: Context, hit: Hit) -> bool:
    meanings = _BORNE_OUT_BY.get(hit.kind)
    if meanings is None or hit.line == SUBJECT:
        return True
    sense = context.sense(hit.line)
    support = sense.of(*meanings)
    if hit.kind in {"leaving", "successor"} and support < sense.of(*COMING):
        # "Min ledighet har förlängts": who is away for once is told of, and nobody who leaves.
        return False
    if hit.kind in {"cancel", "move", "place"} and not may_change_meetings(context):
        # "Nämnden blev inställd": whose meeting it is, only the meaning tells.
        return support >= max(0.5, sense.of(*COMING))
    return not (support < _HARDLY and _means_another(sense, meanings, support))


def _means_another(sense: Sense, meanings: tuple[str, ...], support: float) -> bool:
    others = {act: p for act, p in sense.acts.items() if act not in meanings}
    told = sum(others.get(act, 0.0) for act in _TELLS_LITTLE)
    asked = sum(p for act, p in others.items() if act not in _TELLS_LITTLE)
    return asked >= _LIKELIER or (support < _NOT_AT_ALL and max(told, asked) >= _CERTAIN)


def may_change_meetings(context: Context) -> bool:
    """Whether the writer is secretary or chair; an unknown writer may speak for them."""
    year = context.surroundings.now.year
    officers = context.surroundings.network.officers(year, year + 1)
    return context.sender is None or context.sender.id in officers


def _by_example(context: Context, index: int, known: set[str]) -> list[Hit]:
    sense = context.sense(index)
    text = context.text_of(index)
    added = [
        Hit(f"{act}/by-example", index, 0, len(text))
        for act in _ADDED
        if act not in known and sense.of(act) >= _LIKELY
    ]
    if sense.of("replacement") >= _LIKELY:
        added += _replacement(context, index, known)
    return added


def _replacement(context: Context, index: int, known: set[str]) -> list[Hit]:
    """Somebody leaves, somebody takes over: whom the sentence names in either part."""
    sense = context.sense(index)
    text = context.text_of(index)
    added: list[Hit] = []
    for part in sense.having("successor"):
        code = context.code_of(index, part.start)
        if code and "successor" not in known and part.likelihood >= _LIKELY:
            added.append(Hit("successor/by-example", index, part.end, len(text), {"EFTERTRÄDARE": code}))
            added.append(Hit("lasting/by-example", index, part.end, len(text)))
    if "leaving" not in known and not added:
        added.append(Hit("leaving/by-example", index, 0, len(text)))
    return added


def _coming(context: Context, index: int, known: set[str], kept: Sequence[Hit]) -> list[Hit]:
    """Somebody's coming or staying away, told in words that no rule knows."""
    sense = context.sense(index)
    if sense.of(*COMING) < _LIKELY or not known.isdisjoint((*COMING, "elsewhere", "stand-in", "substitute")):
        return []
    others = any(h.kind in {"absence", "late", "early", "elsewhere"} and h.line != index for h in kept)
    if (
        sense.having("substitute")
        and not sense.having("absent")
        and (others or _heard_elsewhere(context, index))
    ):
        # Who comes instead of whom another sentence tells of.
        return []
    act = max(COMING, key=sense.of)
    return [Hit(f"{act}/by-example", index, 0, len(context.text_of(index)))]


def _heard_elsewhere(context: Context, index: int) -> bool:
    """Whether another sentence tells who is absent."""
    return any(
        context.sense(n).of("absence") >= _LIKELY and not context.sense(n).having("substitute")
        for n in range(len(context.sentences))
        if n != index
    )

"""Which items of the draft a clause speaks of.

People point by number ("punkt 4", "femman"), by words of the title
("tolkfrågan"), by whose it is ("Annikas punkt"), or by "den".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from service.interpretation.draft_items import by_title
from service.interpretation.draft_operations.tokens import lex
from service.interpretation.draft_operations.values import Clause, Reader, Said, State, Token
from service.interpretation.words import fold

_STOP_TITLE = frozenset(["dagordningen", "utkastet", "mötet", "listan", "dokumentet", "bilagan"])
_PRONOUN = re.compile(
    r"\b(?:den|det|denna|dem|de|dessa|detta|densamma|it|them|this|that)\b(?! (?:\d{1,2}(?! ?min|"
    r"\d)|första|andra|tredje|sista))"
)
# A clause with no more words than this has no room to name anything.
_FEW_WORDS = 4
HIS = re.compile(r"\b(?:hennes|hans|hens|sin|sitt|her|his) (?:punkt|ärende|del|dragning|item|pass)")
# "Sexan får 30": minutes, though nobody says so.
_GETS = re.compile(
    r"\b(?:får|få|ha|ge|ger|behöver|räcker|på|blir|tar|sätt|till|med|klarar sig på)\s+"
    r"(?:den |det |bara |max |gott |hela |ca |cirka |högst |minst )?$"
)
_ITS_NOUN = re.compile(r"(?:punkt|ärende|dragning|del|pass|fråga|presentation|rapport)")
_WISHES = re.compile(r"\b(?:ber|bett|bad|vill|önskar|behöver|måste|får|ska|kan|kunna|låt|låter)\b")
# "20 min, inte 30".
_NOT_SO = re.compile(r"\b(?:inte|ej|från|not|from) $")
_GIVES = re.compile(r"\b(?:ge|ger|få|får|behöver|räcker|ha|give|needs|sätt|sätter)\b")
_MORE_OR_LESS = re.compile(
    r"\b(?:(?:förläng|utöka|öka|korta|minska|dra|banta|skär)\w* (?:\S+ ){0,4}?med|"
    r"lägg (?:på|till)|plussa på|(?:dra|ta|skär|knapra|korta|kapa) (?:av|bort|ner|ned))\b"
)
_WANTS = frozenset({"remove", "postpone", "move", "swap", "minutes", "rename", "type"})


@dataclass(slots=True)
class Meant:
    """What the words of a clause point at."""

    items: tuple[int, ...] = ()
    # "Före", "efter", and the number of the item that each points at, by its place.
    anchors: list[Token] = field(default_factory=list)
    pointed: dict[int, int] = field(default_factory=dict)
    # "Till 2", "först", "ett steg upp".
    places: list[Token] = field(default_factory=list)
    clocks: list[Token] = field(default_factory=list)
    # Whether it points at an item that the draft does not have.
    missing: bool = False

    @property
    def moving(self) -> bool:
        """Whether a place in the order is named."""
        return bool(self.anchors or self.places)


def meant(clause: Clause, verbs: set[str], said: Said, reader: Reader, state: State) -> Meant:
    """Everything that a clause points at; what "den" means from here on is kept in `state`."""
    found = Meant(places=clause.of("to", "first", "last", "steps", "between"))
    named = sorted(clause.of("item", "num"), key=lambda t: t.start)
    named = _take_minutes(clause, verbs, named, found, reader, said)
    titles = _titles(clause, verbs, said, named, found, reader)
    objects = _take_anchors(clause, named, titles, found)
    _take_times(clause, verbs, named, found)
    asked = bool(verbs & _WANTS) or "presenter" in verbs or said.implied or said.asks
    for token in named:
        if token.kind == "item" or asked or found.moving or found.clocks or clause.of("later"):
            objects += [(token.start, n) for n in token.numbers]
    loose = {t.start for t in named if t.kind == "num"}
    if not objects:
        objects = titles
    elif "swap" in verbs and len(objects) < 2:
        objects += [pair for pair in titles if pair[1] not in {n for _, n in objects}]
    objects = _known(objects, loose, found, reader, state)
    if not found.missing:
        found.items = tuple(dict.fromkeys(n for _, n in sorted(objects)))
        _from_before(clause, verbs, said, named, titles, found, reader, state)
    return found


def _take_minutes(
    clause: Clause, verbs: set[str], named: list[Token], found: Meant, reader: Reader, said: Said
) -> list[Token]:
    """The times of a clause, those too that are bare numbers; returns what is left of the named items."""
    found.clocks = clause.of("clock")
    if found.clocks:
        return named
    if rounds := clause.of("round"):
        found.clocks = rounds[-1:]
        return named
    numbers = [t for t in named if t.kind == "num" and not _NOT_SO.search(clause.before(t))]
    if (
        said.asks
        and len(numbers) == 1
        and not verbs & {"swap", "remove", "postpone"}
        and 10 <= numbers[0].numbers[0] <= 90
        and numbers[0].numbers[0] % 5 == 0
        and reader.items
        and not reader.item(numbers[0].numbers[0])
    ):
        # "Alltså 35 där": no item has that number.
        found.clocks = [replace(numbers[0], kind="clock")]
        return [t for t in named if t is not numbers[0]]
    if (
        len(numbers) == 1
        and not (clause.of("to", "first", "last", "steps", "between") and "minutes" not in verbs)
        and not verbs & {"swap", "remove", "postpone"}
        and numbers[0].numbers[0] % 5 == 0
        and (len(named) > 1 or clause.of("person") or (said.asks and not reader.item(numbers[0].numbers[0])))
        and _GETS.search(clause.before(numbers[0]))
    ):  # fmt: skip
        found.clocks = [replace(numbers[0], kind="clock")]
        return [t for t in named if t is not numbers[0]]
    return named


def _titles(
    clause: Clause, verbs: set[str], said: Said, named: Sequence[Token], found: Meant, reader: Reader
) -> list[tuple[int, int]]:
    """Items that are pointed at by their titles, where a clause has something to ask of them."""
    something = (
        verbs & _WANTS
        or clause.of("before", "after")
        or found.places
        or clause.of("later")
        or (not named and (found.clocks or "presenter" in verbs or clause.of("type", "same")))
        or (not named and said.asks)
    )
    if not something:
        return []
    skip = [(t.start, t.end) for t in clause.tokens if t.kind != "person"]
    return title_items(said.text, clause.start, clause.end, reader, skip)


def _take_anchors(
    clause: Clause, named: list[Token], titles: list[tuple[int, int]], found: Meant
) -> list[tuple[int, int]]:
    """What "före 3" points at is no object; returns the objects that stood beside it ("före 3 och 4")."""
    objects: list[tuple[int, int]] = []
    for anchor in clause.of("before", "after"):
        near = [t for t in named if 0 <= t.start - anchor.end <= 12]
        told = [pair for pair in titles if 0 <= pair[0] - anchor.end <= 30]
        if near:
            found.pointed[anchor.start] = near[0].numbers[0]
            named.remove(near[0])
            objects += [(near[0].start, n) for n in near[0].numbers[1:]]
        elif told:
            found.pointed[anchor.start] = told[0][1]
            titles[:] = [pair for pair in titles if pair[1] != told[0][1]]
        else:
            continue
        found.anchors.append(anchor)
    return objects


def _take_times(clause: Clause, verbs: set[str], named: list[Token], found: Meant) -> None:
    """Which "till 6" is the item that gets a time, and which is itself a time."""
    if found.clocks and "move" not in verbs and not found.anchors:
        # "tio minuter mer till punkt 6": the item that gets them, not a place.
        gets = [
            t
            for t in found.places
            if t.kind == "to" and "punkt" in clause.text[t.start - clause.start : t.end - clause.start]
        ]
        named += [replace(t, kind="item") for t in gets]
        found.places = [t for t in found.places if t not in gets]
    if "minutes" in verbs and not found.clocks and "move" not in verbs:
        bare = next((t for t in found.places if t.kind == "to" and t.numbers), None)
        if bare is not None:
            # "Korta fyran till 15": minutes, though nobody says so.
            found.clocks = [replace(bare, kind="clock")]
            found.places = [t for t in found.places if t is not bare]


def _known(
    objects: list[tuple[int, int]], loose: set[int], found: Meant, reader: Reader, state: State
) -> list[tuple[int, int]]:
    """The objects that the draft has."""
    known = {i.number for i in reader.items}
    if not known:
        return objects
    # "Det tog 50 förra året": a number that the draft does not have is no item.
    objects = [(a, n) for a, n in objects if n in known or a not in loose]
    if all(n in known for _, n in objects):
        return objects
    state.doubts("utkastet har ingen punkt med det numret")
    kept = [(a, n) for a, n in objects if n in known]
    found.missing = not kept
    return kept


def _from_before(
    clause: Clause,
    verbs: set[str],
    said: Said,
    named: Sequence[Token],
    titles: Sequence[tuple[int, int]],
    found: Meant,
    reader: Reader,
    state: State,
) -> None:
    """What a clause that names no item speaks of: someone's own item, or what was spoken of before."""
    people = clause.of("person")
    if not found.items and ((found.clocks and not found.moving) or (said.asks and _asks_of_an_item(clause))):
        # "Let Anders have 20 minutes", "Birgitta ber att få komma först": the one item that he presents.
        found.items = next(((n,) for t in people if (n := owned_by(t, said, reader)) is not None), ())
    if not found.items and not titles and not named and not clause.of("to"):
        skip = [(t.start, t.end) for t in clause.tokens if t.kind != "person"]
        mentioned = title_items(said.text, clause.start, clause.end, reader, skip)
        if len(mentioned) == 1:
            # Nothing is asked of it yet: it is what "den" means further on.
            state.speak_of(mentioned[0][1])
    if not found.items and HIS.search(clause.text) and state.owned is not None:
        found.items = (state.owned,)
    if not found.items and state.last and state.added is None and _goes_on(clause, verbs, said, found):
        found.items = state.last
    if not found.items and "presenter" in verbs:
        owned = [n for t in people if (n := owned_by(t, said, reader)) is not None]
        if len(clause.of("person", "me")) >= 2 and len(owned) == 1:
            # "Byt ut Johan mot Lena."
            found.items = (owned[0],)
    for token in people:
        state.owned = owned_by(token, said, reader) or state.owned
    state.speak_of(*found.items)


def _asks_of_an_item(clause: Clause) -> bool:
    """ "Birgitta ber att få komma först", not "Mats slutar till sommaren"."""
    return (
        bool(clause.of("first", "last", "later", "before", "after", "type"))
        and len(clause.of("person")) == 1
        and bool(_WISHES.search(clause.text))
    )


def _goes_on(clause: Clause, verbs: set[str], said: Said, found: Meant) -> bool:
    """Whether a clause without an item of its own speaks of the last one."""
    if _PRONOUN.search(clause.text) or said.implied:
        return True
    if verbs & {"remove", "postpone"}:
        # "Stryk alltså"; whatever else a longer clause names is no item that is known.
        return len(re.findall(r"[^\W\d]+", clause.text)) <= _FEW_WORDS
    if found.clocks:
        # "40 minuter är i underkant, lägg på tio minuter"; "sätt Eva på trean och ge henne 25 min".
        return bool(
            _MORE_OR_LESS.search(clause.text)
            or (_GIVES.search(clause.text) and not clause.of("person"))
            or (said.asks and not clause.of("person"))
        )
    return said.asks and bool(clause.of("type"))


def owned_by(token: Token, said: Said, reader: Reader) -> int | None:
    """The one item that a person presents; of two people of one name, the one who presents any."""
    person = token.person
    name = fold(person.name or "") if person else fold(said.text[token.start : token.end])
    if not name:
        return None
    found = [
        i.number
        for i in reader.items
        if i.presenter and (fold(i.presenter) == name or name in fold(i.presenter).split())
    ]
    return found[0] if len(found) == 1 else None


def title_items(
    text: str, start: int, end: int, reader: Reader, skip: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Items that are pointed at by words of their titles, or by whose they are: (place, number)."""
    found: list[tuple[int, int]] = []
    skip = tuple(skip)
    for match in re.finditer(r"[^\W\d][\w-]+", text[start:end]):
        at, till = start + match.start(), start + match.end()
        if any(a < till and at < b for a, b in skip) or match.group().casefold() in _STOP_TITLE:
            continue
        number = by_title(match.group(), reader.items)
        if number is not None and number not in {n for _, n in found}:
            found.append((at, number))
    # "Annikas punkt": the one item that she presents.
    for match in re.finditer(r"([A-ZÅÄÖ][\wåäöé-]+?)s ([a-zåäö]{3,})", text[start:end]):
        # "Mats punkt" has no ending of its own, "Mats slutar" is no item.
        own = {f"{match[1]}s".casefold()} if _ITS_NOUN.match(match[2]) else set()
        names = {match[1].casefold(), *own}
        owned = [
            i.number for i in reader.items if i.presenter and names & set(i.presenter.casefold().split())
        ]
        if len(owned) == 1 and owned[0] not in {n for _, n in found}:
            found.append((start + match.start(), owned[0]))
    return sorted(found)


def spoken_of(said: Said, reader: Reader) -> tuple[int, ...]:
    """Every item that a sentence speaks of, by number or by title, whatever it says of them."""
    tokens = lex(said, reader)
    told = [n for t in tokens if t.kind == "item" for n in t.numbers]
    if not told:
        skip = [(t.start, t.end) for t in tokens if t.kind != "person"]
        told = [n for _, n in title_items(said.text, 0, len(said.text), reader, skip)]
    return tuple(dict.fromkeys(told))

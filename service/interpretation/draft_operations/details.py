"""What an item is given: a time, a type, a presenter."""

from __future__ import annotations

import re

from service.domain.intents import Contact, Operation
from service.interpretation.draft_operations.clauses import TOLD_TIME
from service.interpretation.draft_operations.moving import Placed
from service.interpretation.draft_operations.pointing import Meant
from service.interpretation.draft_operations.values import Clause, Reader, Said, State, Token
from service.interpretation.surroundings import DraftItem

_TO_A_TIME = r"\b(?:till|to) (?:högst |max |ca |bara |endast )?"
_MORE = re.compile(
    r"\b(?:mer(?! än)|extra|ytterligare|more(?! than)|längre(?! än)|additional|utöver)\b|"
    r"(?:min\w*|kvart|timme|halvtimme|"
    r"timma|halvtimma|\b(?:fem|tio|\d{1,2}))\.? till\b"
    r"(?=\s*(?:[.,;:!?)]|$|på\b|för\b|och\b|så\b|i\b|än\b|med\b|åt\b|där\b|då\b|eftersom\b|alltså\b))"
)
_LESS = re.compile(r"\b(?:mindre|kortare|less|shorter)\b")
_MORE_BY = re.compile(
    r"\b(?:(?:förläng|utöka|öka)\w* (?:\S+ ){0,4}?med|lägg (?:på|till)|plussa på|extend (?:\S+ ){0,4}?by)\b"
)
_LESS_BY = re.compile(
    r"\b(?:(?:korta|minska|dra|banta|skär)\w* (?:\S+ ){0,4}?med|(?:dra|dras|ta|tas|skär|"
    r"korta|kapa) (?:av|bort|ner|ned)|(?:stryk|kapa|cut|shorten) (?:\S+ ){0,3}?(?:by)?|"
    r"(?:knapra|nagga|nalla|dra\b|nyp|hyvla|tjuva|skär|spara|ta)\w* (?:\S+ ){0,3}?(?:min\w*|kvart\w*)\.? "
    r"(?:vardera |var |styck )?(?:på|av|från))\b"
)
_INSTEAD = re.compile(r"i ?stället för|i st f|instead of")
_HALF = re.compile(r"\b(halver|dubbl)")
_DENIED = re.compile(r"\b(?:inte|inget|ingen|ej|not|no|i ?stället för|instead of)(?: \w+){0,2} $")
_LABEL = re.compile(r"[:–—-]\s*(?:\w+ ){0,2}$")


def minutes(
    clause: Clause, verbs: set[str], meant: Meant, reader: Reader, state: State, *, asked: bool
) -> list[Placed]:
    """The time that items are given: outright, or as so much more or less than the draft says."""
    if (same := clause.of("same")) and asked:
        return _same_again(meant.items, same[0].start, reader, state)
    if not meant.clocks:
        return _halved(clause, verbs, meant.items, reader)
    if not asked or TOLD_TIME.search(clause.text):
        return []
    clock = _the_clock(clause, meant.clocks)
    way = _way(clause.text) if len(meant.clocks) == 1 else 0
    state.span = (clock.numbers[0], way)
    return _given(meant.items, clock.start, reader, state)


def is_told(clause: Clause) -> bool:
    """Whether a time is only told ("tog en timme förra året") or found wrong."""
    return bool(TOLD_TIME.search(clause.text))


def _the_clock(clause: Clause, clocks: list[Token]) -> Token:
    """The time that counts: "10 min i stället för 20 min", "inte 20 utan 10 min"."""
    if len(clocks) > 1 and (instead := re.search(rf"{_INSTEAD.pattern}|mot ", clause.text)):
        return next((c for c in reversed(clocks) if c.end - clause.start <= instead.start() + 1), clocks[0])
    if len(clocks) > 1 and re.search(r"\b(?:inte|ej|not) (?:\w+ )?$", clause.before(clocks[-1])):
        # "20 min, inte 30".
        return clocks[0]
    return clocks[-1]


def _way(text: str) -> int:
    """Whether a time comes on top (1), comes off (-1), or is the whole (0)."""
    if _MORE_BY.search(text):
        return 1
    if _MORE.search(text) and not re.search(r"\b(?:till|to) (?:högst |max |ca )?\d", text):
        return 1
    if (_LESS_BY.search(text) or _LESS.search(text)) and not re.search(
        rf"{_TO_A_TIME}(?:\d|en |tio|fem|tjugo|trettio)", text
    ):
        return -1
    return 0


def _given(items: tuple[int, ...], at: int, reader: Reader, state: State) -> list[Placed]:
    assert state.span is not None
    span, way = state.span
    made: list[Placed] = []
    for n in items:
        if way == 0:
            made.append((at, Operation("minutes", item=n, minutes=span)))
            continue
        item = reader.item(n)
        if item is None or item.minutes is None:
            state.doubts("utkastet säger inte hur lång tid punkten har i dag")
        elif item.minutes + way * span > 0:
            made.append((at, Operation("minutes", item=n, minutes=item.minutes + way * span)))
        else:
            state.doubts("så mycket tid har punkten inte")
    return made


def _same_again(items: tuple[int, ...], at: int, reader: Reader, state: State) -> list[Placed]:
    """ "Och lika mycket på femman"."""
    if state.span is None:
        if items:
            state.doubts("det framgår inte hur lång tid punkten ska ha")
        return []
    return _given(items, at, reader, state)


def _halved(clause: Clause, verbs: set[str], items: tuple[int, ...], reader: Reader) -> list[Placed]:
    half = _HALF.search(clause.text) if "minutes" in verbs else None
    if half is None:
        return []
    times = [(n, item.minutes) for n in items if (item := reader.item(n)) and item.minutes]
    return [
        (
            clause.start + half.start(),
            Operation("minutes", item=n, minutes=now // 2 if half[1] == "halver" else now * 2),
        )
        for n, now in times
    ]


def kind(clause: Clause, verbs: set[str], meant: Meant, said: Said) -> list[Placed]:
    """The type that items are made: what stands last, unless it is denied ("inte beslut utan diskussion")."""
    kinds = clause.of("type")
    if not kinds:
        return []
    spoken = (
        "type" in verbs
        or said.implied
        or said.asks
        or _LABEL.search(clause.before(kinds[0]))
        or (len(meant.items) == 1 and meant.clocks)
    )
    if not spoken:
        return []
    kinds = [t for t in kinds if not _DENIED.search(clause.before(t))]
    if not kinds:
        return []
    return [(kinds[-1].start, Operation("type", item=n, type=kinds[-1].type)) for n in meant.items]


# Verbs that say, of whoever stands beside them, that he presents.
_PRESENTS = re.compile(
    r"\b(?:tar|ta|drar|föredra\w*|håller|presentera\w*|redovisa\w*|kör|leder|föredragande|present\w*)\b"
)
_MAY_PRESENT = re.compile(r"\b(?:tar|ta|tas|drar|håller|med)\b")
_PUTS = re.compile(r"\b(?:sätt|skriv|lägg|put)\w*\b")
_WISHES = re.compile(r"\b(?:vill|ber|bad|önskar|undrar|tycker|anser|behöver|slipp\w*|hinner)\b")
_WISHES = re.compile(r"\b(?:vill|ber|bad|önskar|undrar|tycker|anser|behöver|slipp\w*|hinner)\b")
_AWAY = re.compile(r"\b(?:slipper|kan inte|hinner inte|är sjuk|är borta)\b")
# Parts that a person is heard to play who stands on the agenda from now on.
TAKES_OVER = frozenset({"presenter", "substitute", "successor", "coming"})


def presenter(
    clause: Clause, verbs: set[str], meant: Meant, said: Said, reader: Reader, state: State
) -> list[Placed]:
    """Who presents the items from now on."""
    people = clause.of("person", "me")
    if not people or not meant.items or not _speaks_of_presenting(clause, verbs, meant, said, people):
        return []
    chosen = _heard(clause, people, meant.items, said, reader) or _told(clause, people)
    if chosen is None:
        return []
    if chosen.person is None:
        state.doubts("det framgår inte vem som ska föredra punkten")
        return []
    return [
        (chosen.start, Operation("presenter", item=n, presenter=chosen.person))
        for n in meant.items
        if not _presents_already(chosen.person, reader.item(n))
    ]


def _presents_already(person: Contact, item: DraftItem | None) -> bool:
    """ "Erik informerar bara": he stood there before."""
    return item is not None and item.presenter is not None and item.presenter == person.name


def _speaks_of_presenting(
    clause: Clause, verbs: set[str], meant: Meant, said: Said, people: list[Token]
) -> bool:
    if len(people) == 1 and meant.clocks and not _PRESENTS.search(clause.text):
        # "Let Anders have 20 minutes instead of 30."
        return False
    heard = said.asks and any(t.role in TAKES_OVER for t in people)
    if "presenter" in verbs or heard:
        return True
    if (
        said.asks
        and {t.kind for t in clause.tokens} == {"person", "item"}
        and not _WISHES.search(clause.text)
    ):
        # "Jonas har lovat att rycka in på trean": what else could be asked of an item and a person?
        return True
    if any(_takes_an_item(clause, t) for t in people):
        return True
    if said.learnt and not said.implied and not any(t.role in TAKES_OVER for t in people):
        # "Annars får Eva åka hem": a name beside a weak word is no presenter.
        return False
    if "move" in verbs and not meant.moving and not clause.of("later") and _PUTS.search(clause.text):
        return True
    return "minutes" not in verbs and bool(_MAY_PRESENT.search(clause.text))


_TAKES_IT = re.compile(
    r" (?:\w+ ){0,2}(?:tar|ta|drar|dra|håller|hålla|kör|köra|leder|visar|visa|gör|sköter)(?: \w+)? $"
)


def _takes_an_item(clause: Clause, person: Token) -> bool:
    """ "Eva kan ta sjuan också"."""
    return any(
        _TAKES_IT.fullmatch(clause.text[person.end - clause.start : item.start - clause.start])
        for item in clause.of("item")
    )


def _heard(
    clause: Clause, people: list[Token], items: tuple[int, ...], said: Said, reader: Reader
) -> Token | None:
    """The one who is heard to take it over."""
    if not said.learnt:
        return None
    takes = [t for t in people if t.role in TAKES_OVER and not _genitive(clause, t)]
    new = [
        t for t in takes if not (t.person and any(_presents_already(t.person, reader.item(n)) for n in items))
    ]
    # "Per har bett Mats föredra": who stands there already hands it over.
    takes = new or takes
    presents = [t for t in takes if t.role == "presenter"]
    return next(iter(presents or takes), None)


def _told(clause: Clause, people: list[Token]) -> Token | None:
    """The one whom the words make presenter: "Lena i stället för Johan", "byt Johan mot Lena"."""
    text = clause.text
    chosen = people
    if instead := _INSTEAD.search(text):
        chosen = [p for p in people if p.end - clause.start <= instead.start() + 1] or [
            p for p in people if p.start - clause.start > instead.start()
        ][1:]
    elif against := re.search(r"\b(?:mot|till|med|by|to|av)\b", text):
        chosen = [p for p in people if p.start - clause.start >= against.start()] or people
    elif slips := _AWAY.search(text):
        chosen = [p for p in people if p.start - clause.start > slips.end()]
    if replaced := re.search(r"\bersätt(?:er|a)\b", text):
        chosen = [p for p in people if p.end - clause.start <= replaced.start()] or chosen
    chosen = [p for p in chosen if not _genitive(clause, p)]
    if not chosen:
        return None
    return chosen[-1] if chosen[0].kind == "me" else chosen[0]


def _genitive(clause: Clause, token: Token) -> bool:
    return bool(re.match(r"s\b", clause.text[token.end - clause.start :]))

"""New titles, and new items: what is to be called what, and what is to come onto the agenda."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.domain.intents import Operation
from service.interpretation.draft_operations.pointing import HIS, owned_by, title_items
from service.interpretation.draft_operations.values import Reader, Said, State, Token
from service.interpretation.titles import related
from service.interpretation.words import fold

# A title follows; those of the first line can be followed by nothing else.
_CALLED = re.compile(r"\b(?:heta|kallas|lyda|rubriceras|benämnas|called)\b:?")
_TO = re.compile(r"(?<!rubriken )(?<!titeln )(?<!namnet )(?<!\w)(?:till|to)\b:?|:")
_AS = re.compile(r"\b(?:vara|stå|bli|blir|som|skriv(?: i ?stället)?|använd|sätt|kör på)\b:?")
_CALL_IT = re.compile(r"\bkalla (?:den|punkten|punkt \d+|\w+an|\d+(?::?an?)?)(?: för)?:? ")
_AFTER_A_TITLE = re.compile(
    r"(?i),? (?:i ?stället(?: för)?|eftersom|för att|så att|, så|instead)\b|, (?:så|det|för|då|som)\b"
)
_EDGES = " .,:;!?\"'”“»«–-"


def rename(said: Said, tokens: Sequence[Token], reader: Reader, state: State) -> bool:
    """A new title for an item; false when the sentence tells none."""
    found = _new_title(said, tokens)
    item, old = _item_named(said, tokens, found[1] if found else len(said.text), reader, state)
    if found is None:
        if item is None:
            return False
        # "Rubriken på trean låter som en läxa": what it is to be called may follow.
        state.speak_of(item)
        state.unfinished["rename", item] = "det framgår inte vad punkten ska heta"
        return False
    title, _ = found
    if old is not None and fold(old).strip() == fold(title).strip():
        return False
    if item is None:
        state.doubts("det framgår inte vilken punkt som ska heta något annat")
        return True
    state.speak_of(item)
    state.put(Operation("rename", item=item, title=_capital(title)), said.text)
    return True


def _new_title(said: Said, tokens: Sequence[Token]) -> tuple[str, int] | None:
    """The new title, and where it begins: in quotation marks, or as both readers find it."""
    if quotes := [t for t in tokens if t.kind == "quote"]:
        return quotes[-1].words.strip(_EDGES), quotes[-1].start
    told = _after_the_verb(said.text)
    heard = [(said.text[a:b].strip(_EDGES), a) for a, b in said.titles()]
    if not heard:
        return told
    if told and fold(told[0]).startswith(fold(heard[-1][0])):
        return told
    return heard[-1]


def _after_the_verb(text: str) -> tuple[str, int] | None:
    folded = fold(text)
    called = _CALL_IT.search(folded) or _CALLED.search(folded)
    verb = called or next(reversed(list(_TO.finditer(folded))), None)
    weak = verb is None
    verb = verb or next(reversed(list(_AS.finditer(folded))), None)
    if verb is None:
        return None
    words = _AFTER_A_TITLE.split(text[verb.end() :])[0].strip(_EDGES)
    if not words or (weak and not words[:1].isupper()):
        # "Låter som en läxa" names no title.
        return None
    return words, verb.start() if not called or called.re is _CALLED else called.end()


def _item_named(
    said: Said, tokens: Sequence[Token], at: int, reader: Reader, state: State
) -> tuple[int | None, str | None]:
    """Which item gets the title that begins at a place, and its old title where that is quoted too."""
    numbers = [n for t in tokens if t.kind in {"item", "num"} and t.start < at for n in t.numbers]
    if numbers:
        return numbers[0], None
    quotes = [t for t in tokens if t.kind == "quote"]
    if len(quotes) > 1:
        old = quotes[0].words
        same = [i.number for i in reader.items if fold(i.title).strip() == fold(old).strip()]
        if same:
            return same[0], old
    if HIS.search(fold(said.text[:at])):
        # "Håkan vill byta rubrik på sin punkt."
        people = [t for t in tokens if t.kind == "person" and t.start < at]
        own = [n for t in people if (n := owned_by(t, said, reader)) is not None]
        if own or state.owned is not None:
            return (own[0] if own else state.owned), None
    named = title_items(said.text, 0, at, reader, [(t.start, t.end) for t in tokens])
    later = [n for t in tokens if t.kind == "item" and t.start > at for n in t.numbers]
    candidates = [*(n for _, n in named[:1]), *later, *state.last]
    known = [n for n in candidates if not reader.items or reader.item(n)]
    return (known[0] if known else None), None


_NEW_ITEM = re.compile(
    r"(?i)\b(?:(?:en|ett|an?|ny|nytt|kort|extra|ytterligare|new)\s+)+(?:\w+ )?(?:punkt|ärende|"
    r"informationspunkt|infopunkt|beslutspunkt|diskussionspunkt|beslutsärende|item|point|stående "
    r"punkt)\b(?:\s+(?:\d{1,2}|sist|först|till))?\s*(?:om|kring|med|rörande|angående|ang\.?|gällande|"
    r"som heter|som rör|med rubriken|till(?=\s*[:–-])|on|about|called|för\b|[:–-])?\s*:?\s*"
)
_ADD_VERB = re.compile(
    r"(?i)\b(?:lägg(?:a|er|s)?|sätt(?:a)?|för(?:a|s)?|ta|tar|skriv(?:a)?|stoppa|peta|få|"
    r"kläm(?:ma)?|trä|komplettera(?:s)?)\b(?: (?:gärna|också|även|då|dessutom|dagordningen|"
    r"den))*\s+(?:till|in|upp|med)\b\s*:?\s*|\b(?:in|upp) med\b\s*:?\s*|\b(?:add|include|insert)\b\s*:?\s*|"
    r"\b(?:saknas|saknar|fattas|glömt|glömde)\b(?: (?:också|även|dock|jag|vi|bara))*\s*:?\s*"
)
_LACKS = re.compile(r"(?i)sakna|fattas|glöm")
# What stands after a new item's title.
_ENDS_A_TITLE = frozenset({"clock", "person", "me", "first", "last", "to", "after", "before", "type"})
_AFTER_AN_ITEM = re.compile(
    r"(?i)[,;(]| (?:–|-) |\. |\bsom (?:punkt|nr|nummer)\b|\bpå (?:dagordningen|listan)\b|"
    r"\b(?:eftersom|för att|så att|där|och (?:ge|låt|sätt))\b|"
    r"\b(?:läggs|tas|sätts|skrivs|förs|bör|ska|skall|behöver|måste) (?:till|in|upp|med|läggas|tas|föras)\b"
)
_TAIL = re.compile(
    r"(?i)\s+(?:på|med|om|i|av|ca|cirka|och|till|sist|dagordningen|på dagordningen|också|även|for|of)\s*$"
)
_HEAD = re.compile(r"(?i)^(?:en punkt om|frågan om|om|något om|även|också|att)\s+")
_IT = re.compile(r"(?i)(?:den|det|denna|punkten|ärendet|den här|it)(?: också| även)?")


def add(said: Said, tokens: Sequence[Token], reader: Reader, state: State) -> bool:
    """A new item; false when the words add something to an item that is there."""
    text = said.text
    quotes = [t for t in tokens if t.kind == "quote"]
    new, verb = _NEW_ITEM.search(text), _ADD_VERB.search(text)
    if not verb and not new:
        return False
    if not new and not quotes and _adds_to_what_is_there(said, tokens, verb, reader):
        return False
    if verb and _LACKS.match(verb.group()) and not said.asks and not new and not quotes:
        # "Sedan saknar jag tolkavtalet": what is to be done follows.
        return False
    title = _item_title(said, tokens, quotes, new, verb)
    if state.added is None and _IT.fullmatch(title):
        # "Länsstyrelsen vill informera om hemlösheten. Lägg till en punkt om det."
        title = state.topic
        state.doubts("det framgår inte säkert vad den nya punkten ska heta")
    if state.added is not None and _IT.fullmatch(title):
        # "Jag saknar en punkt om X. Lägg till den, 15 min."
        _complete(said, tokens, quotes, state)
        return True
    if len(title) < 3:
        if new:
            state.doubts("det framgår inte vad den nya punkten ska heta")
        return bool(new)
    _put_new(title, said, state)
    _complete(said, tokens, quotes, state)
    return True


_ABOUT = re.compile(
    r"\b(?:om|kring|angående|rörande) (?P<topic>(?!att\b|det\b|den\b|vi\b|jag\b)[^.,;:?!]{4,60})"
)


def topic_of(said: Said) -> str:
    """What a sentence is about: "har bett att få informera om hemlöshetsuppdraget"; "" when it says none."""
    if titles := said.titles():
        return said.text[slice(*titles[-1])].strip(_EDGES)
    found = _ABOUT.search(said.text)
    return found["topic"].strip(_EDGES) if found else ""


def lacks(said: Said) -> bool:
    """Whether something is found missing, and heard asked for: "det saknas en punkt om statsbidragen"."""
    verb = _ADD_VERB.search(said.text)
    return said.asks and bool(verb and _LACKS.match(verb.group()))


def _put_new(title: str, said: Said, state: State) -> None:
    """A new item, unless it is one that was just asked for in other words."""
    operation = Operation("add", title=_capital(title))
    before = next(
        (n for n, (op, _) in enumerate(state.found) if op.op == "add" and related(op.title or "", title)),
        None,
    )
    if before is not None:
        earlier, _ = state.found[before]
        state.found[before] = (replace(earlier, title=operation.title), said.text)
        state.added = before
    else:
        state.put(operation, said.text)
        state.added = len(state.found) - 1
    state.last = ()


def _adds_to_what_is_there(
    said: Said, tokens: Sequence[Token], verb: re.Match[str] | None, reader: Reader
) -> bool:
    """ "Lägg till 10 min på punkt 4", "ta upp skolfrånvaron först"."""
    text = said.text
    places = any(t.kind in {"first", "last", "to", "before", "after", "clock", "later"} for t in tokens)
    if verb and places:
        told = _told_title(text, tokens, None, verb)
        if len(told.split()) <= 2 and title_items(told, 0, len(told), reader, ()):
            return True
    if any(
        t.kind == "item" and not re.search(r"(?i)(?:efter|före|innan|som|ny|nya|mellan)\s*$", text[: t.start])
        for t in tokens
    ):
        return True
    clock = next((t for t in tokens if t.kind == "clock"), None)
    return bool(verb and clock and 0 <= clock.start - verb.end() <= 2)


def _item_title(
    said: Said,
    tokens: Sequence[Token],
    quotes: Sequence[Token],
    new: re.Match[str] | None,
    verb: re.Match[str] | None,
) -> str:
    """What a new item is to be called: as it is quoted, or heard, or what stands after the verb."""
    text = said.text
    if quotes:
        return quotes[0].words.strip(_EDGES)
    told = _told_title(text, tokens, new, verb)
    heard = [text[a:b].strip(_EDGES) for a, b in said.titles()]
    if heard and fold(heard[0]) not in fold(told):
        return heard[0]
    if heard and len(told) > len(heard[0]) + 25:
        return heard[0]
    return told


def _told_title(
    text: str, tokens: Sequence[Token], new: re.Match[str] | None, verb: re.Match[str] | None
) -> str:
    begin = new.end() if new else verb.end() if verb else 0
    end = min(
        (t.start for t in tokens if t.start >= begin + 3 and t.kind in _ENDS_A_TITLE), default=len(text)
    )
    words = text[begin:end]
    if verb and new and new.start() - verb.end() > 6:
        # "Lägg in Rapport från SVOM som ny punkt 4."
        words = re.sub(r"(?i)\s+som\s*$", "", text[verb.end() : new.start()])
    words = _AFTER_AN_ITEM.split(words)[0].strip()
    words = _TAIL.sub("", _TAIL.sub("", words))
    return _HEAD.sub("", words.strip()).strip(_EDGES)


_I_PRESENT = re.compile(
    r"jag (?:\w+ ){0,2}(?:drar|tar|föredrar|håller|presenterar|kör|redovisar|pratar|berättar|visar|inleder)"
)


def _complete(said: Said, tokens: Sequence[Token], quotes: Sequence[Token], state: State) -> None:
    """The time and the presenter of the new item that is spoken of."""
    folded = fold(said.text)
    clocks = [t for t in tokens if t.kind == "clock"]
    people = [
        t
        for t in tokens
        if (t.kind == "person" or (t.kind == "me" and (t.role or _I_PRESENT.match(folded[t.start :]))))
        and not (quotes and quotes[0].start <= t.start < quotes[0].end)
    ]
    heard = [t for t in people if t.role == "presenter"]
    give(state, clocks[-1] if clocks else None, next(iter(heard or people), None))


def give(state: State, clock: Token | None, presenter: Token | None) -> None:
    """A time and a presenter for the new item that is spoken of; nothing is taken from it."""
    if state.added is None:
        return
    operation, words = state.found[state.added]
    state.found[state.added] = (
        replace(
            operation,
            minutes=clock.numbers[0] if clock else operation.minutes,
            presenter=(presenter.person if presenter else None) or operation.presenter,
        ),
        words,
    )


def by_example(said: Said, tokens: Sequence[Token], reader: Reader, state: State) -> bool:
    """A title in a sentence that no rule knows, but that is heard to ask for a change.

    Beside an item, or its old title, it is that item's new title; else a new
    item's.
    """
    quotes = [t for t in tokens if t.kind == "quote"]
    titles = [t.words.strip(_EDGES) for t in quotes] or [
        said.text[a:b].strip(_EDGES) for a, b in said.titles()
    ]
    if not said.asks or not titles:
        return False
    known = {fold(i.title).strip(): i.number for i in reader.items}
    new = titles[-1]
    if fold(new) in known or (not quotes and title_items(new, 0, len(new), reader, ())):
        # The words only name the item that is there.
        return False
    items = [
        t.numbers[0]
        for t in tokens
        if t.kind == "item"
        and not re.search(r"(?i)(?:efter|före|innan|och|som|mellan) *$", said.text[: t.start])
    ]
    items += [known[fold(t)] for t in titles[:-1] if fold(t) in known]
    if items and not any(t.kind in {"before", "after", "between"} for t in tokens):
        if reader.items and reader.item(items[0]) is None:
            return False
        state.speak_of(items[0])
        state.put(Operation("rename", item=items[0], title=_capital(new)), said.text)
        return True
    if items or not (quotes or said.plain):
        return False
    _put_new(titles[0], said, state)
    _complete(said, tokens, quotes, state)
    if not said.plain:
        state.doubts("det framgår inte om det är en ny punkt")
    return True


_LISTED = re.compile(r"[,;(]| (?:–|-) ")


def add_listed(said: Said, tokens: Sequence[Token], state: State) -> bool:
    """A line of a list of what is missing: "Vårdval psykiatri, 15 min, Mats Hedin"."""
    title = _LISTED.split(said.text)[0].strip(_EDGES)
    if len(title) < 3 or any(t.kind in {"item", "num"} for t in tokens):
        return False
    _put_new(title, said, state)
    _complete(said, tokens, [t for t in tokens if t.kind == "quote"], state)
    return True


def opens_list(said: Said) -> bool:
    """Whether a list of new items follows: "två saker fattas:"."""
    verb = _ADD_VERB.search(said.text) or re.search(r"(?i)\bnya (?:punkter|ärenden)\b", said.text)
    return bool(verb) and said.text.rstrip().endswith(":")


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]

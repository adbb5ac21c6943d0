"""The new words of an answer to a draft agenda, read sentence by sentence as operations.

A sentence is cut into clauses, and a clause is read by what stands in it: an
item ("punkt 4", "femman", "tolkfrågan"), a place ("till 2", "efter fyran"),
minutes, a person, a type, and the verb, which the rules know.  Where no rule
knows the verb the second reader's word that a change is asked for is enough;
where it hears none, a verb changes nothing.  Numbers are always those of the
draft that is answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.interpretation.draft_operations import details, naming
from service.interpretation.draft_operations.acting import ASKS, act_on
from service.interpretation.draft_operations.clauses import NEGATION, STRONG, clauses_of
from service.interpretation.draft_operations.pointing import spoken_of
from service.interpretation.draft_operations.tokens import lex
from service.interpretation.draft_operations.values import Asked, Reader, Said, State, Token
from service.interpretation.phrases import Spoken
from service.interpretation.words import fold, sentences

_POLITE_IF = re.compile(
    r"\bom (?:det |ni |du |vi )?(?:går|möjligt|kan|hinner|vill|är (?:ok|okej|möjligt|bra)|passar|"
    r"inte har något emot|så är|går bra)\b|\bif (?:possible|you can|that works)\b"
)
_IF = re.compile(
    r"^(?:\W*)(?:om|ifall|såvida|if|unless)\s+(?!punkt|nummer|nr)|, (?:om|ifall|såvida|if|unless) "
)
# "Har Håkan inte hört av sig så stryk punkt 5."
_INVERTED_IF = re.compile(
    r"^\W*(?:har|hinner|kan|blir|skulle|hör|kommer|får|är|hade)\b[^.?!]{3,80}?,? så (?:stryk|ta|"
    r"flytta|skjut|får|kan|ska|lägg|låt)\w*\b(?!.*\?)"
)
_REST = re.compile(
    r"\b(?:resten|övriga|övrigt|annars|allt annat|de andra|the rest|everything else|otherwise)\b"
)
# "Ändringar:", "När ska den vara ute?": nothing in them is asked to be done.
_ASKS_NOTHING = re.compile(
    r"^(?:[^\W\d]+[ ,]*){1,6}:\s*$|"
    r"^\W*(?:vem|vad|varför|när|hur|var|vilken|vilka|vilket|who|what|when|why|how)\b.*\?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_MERGED = re.compile(r"\bslå\w* (?:\w+ ){0,3}?(?:ihop|samman)\b|\bmerge\b")


def read_operations(text: str, remarks: Sequence[tuple[str, int | None]], reader: Reader) -> Asked:
    """Read the new words of an answer.

    `remarks` are words written between the lines, with the number of the item
    above; they stand in `text` as well.
    """
    state = State(reader.items)
    left: list[str] = []
    lost: list[tuple[str, tuple[int, ...]]] = []
    # Whether a list of new items goes on.
    listing = False
    touches = False
    for part, item in _parts(_in_lines(text), remarks):
        if item is not None:
            state.speak_of(item)
        labelled = _labels(part, reader)
        for number, sentence in enumerate(sentences(part)):
            label = labelled.get(number)
            if label is not None:
                state.speak_of(label)
            before = len(state.found)
            sense, offset = reader.hear(sentence.text)
            implied = item is not None or label is not None
            said = Said(sentence.text, sense, offset, implied)
            tokens = lex(said, reader) if listing and sentence.bullet else []
            if not (listing and sentence.bullet and naming.add_listed(said, tokens, state)):
                _read_sentence(said, reader, state)
            listing = naming.opens_list(said) or (listing and sentence.bullet is not None)
            if len(state.found) == before:
                left.append(sentence.text)
                if not _ASKS_NOTHING.search(said.text) and (
                    said.asks or (said.could_ask and _names_an_item(said, reader))
                ):
                    lost.append((sentence.text, spoken_of(said, reader)))
                touches = touches or _may_touch(said, reader)
            state.topic = naming.topic_of(said)
    for (op, item), because in state.unfinished.items():
        if not any((o.op, o.item) == (op, item) for o, _ in state.found):
            state.doubts(because)
    return Asked(
        operations=tuple(op for op, _ in state.found),
        evidence=tuple(words for _, words in state.found),
        left=tuple(left),
        unheard=tuple(state.unheard),
        lost=tuple(lost),
        touches=touches,
        doubt=state.doubt,
    )


def _in_lines(text: str) -> str:
    """The text with each change of a list on a line of its own."""
    if len(re.findall(r"(?:^|\s)\(?\d\)\s", text)) >= 2:
        # "1) punkt 4 utgår 2) punkt 6 flyttas"
        text = re.sub(r"(?<=\s)\(?(\d)\)\s+", r"\n\1) ", text)
    if len(re.findall(r"(?:^|\s)[-•*] (?:punkt )?\d{1,2}\s?[:–-]", text)) >= 2:
        text = re.sub(r"(?:(?<=\s)|^)[-•*] (?=(?:punkt )?\d{1,2}\s?[:–-])", "\n", text)
    # "4: 35 min": the number is the line's label.
    return re.sub(r"(?m)^(\s*)[-•*]?\s*(\d{1,2})\s?:\s+", r"\1\2. ", text)


def _parts(text: str, remarks: Sequence[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """The text cut where remarks begin and end, in order."""
    parts: list[tuple[str, int | None]] = []
    position = 0
    for words, item in remarks:
        at = text.find(words, position)
        if at < 0:
            parts.append((words, item))
            continue
        if text[position:at].strip():
            parts.append((text[position:at], None))
        parts.append((words, item))
        position = at + len(words)
    if text[position:].strip():
        parts.append((text[position:], None))
    return parts


def _labels(part: str, reader: Reader) -> dict[int, int]:
    """Sentences that open with an item's number as a label ("4. Utgår"), and the number.

    A list of changes may be numbered too ("1. Stryk punkt 4"); then the
    number is no item.
    """
    found: dict[int, int] = {}
    for index, sentence in enumerate(sentences(part)):
        bullet = re.fullmatch(r"(\d{1,2})[.):]", sentence.bullet or "")
        if not bullet:
            continue
        tokens = lex(Said(sentence.text), reader)
        if not any(t.kind in {"item", "num", "lastitem"} for t in tokens):
            found[index] = int(bullet[1])
    return found


def _read_sentence(said: Said, reader: Reader, state: State) -> None:
    folded = fold(said.text)
    if not re.search(r"[^\W_]", folded):
        return
    tokens = lex(said, reader)
    spoken = reader.phrases.spoken(said.text)
    names = {s.name for s in spoken}
    strong = names & STRONG
    if _is_no_wish(said, folded, tokens, spoken, reader, state):
        return
    if "mused" in names and not ASKS.match(folded):
        _after_a_thought(said, folded, tokens, reader, state)
        return
    if reader.conditional(said.text) and not strong:
        # "Godkänns så snart Håkan har sagt ja till att dra femman" changes nothing.
        return
    if strong and ((_IF.search(folded) and not _POLITE_IF.search(folded)) or _INVERTED_IF.match(folded)):
        # The likelier reading is that the condition holds; but it must be asked.
        state.doubts("ändringen tycks gälla bara under ett villkor")
    if "rename" in names and _with_more(said, folded, tokens, spoken, reader, state):
        return
    if "rename" in names and naming.rename(said, tokens, reader, state):
        return
    if ("add" in names or naming.lacks(said)) and naming.add(said, tokens, reader, state):
        return
    if not strong - {"rename", "add", "move"} and naming.by_example(said, tokens, reader, state):
        return
    if _MERGED.search(folded):
        state.doubts("punkter kan inte slås ihop här")
        return
    before = len(state.found)
    act_on(clauses_of(said.text, tokens, reader), said, reader, state)
    outright = _outright(said, folded, tokens, names)
    if len(state.found) > before and not (said.implied or said.borne_out or outright):
        state.doubts("det kan vara menat på ett annat sätt")


def _names_an_item(said: Said, reader: Reader) -> bool:
    return any(t.kind == "item" for t in lex(said, reader))


_MODAL = re.compile(
    r"\b(?:får|ska|skall|bör|borde|kan|kunde|måste|vill|behöver|hinner|should|could|must|can)\b"
)


def _may_touch(said: Said, reader: Reader) -> bool:
    """Whether a sentence may want something of an item, though neither reader can say what."""
    return (
        said.learnt
        and not said.tells
        and bool(_MODAL.search(fold(said.text)))
        and bool(spoken_of(said, reader))
    )


def _outright(said: Said, folded: str, tokens: Sequence[Token], names: set[str]) -> bool:
    """Whether the words are too plain for the second reader to raise a doubt: "stryk sjuan, resten ok"."""
    verb = names & (STRONG | {"presenter", "type"}) or ASKS.match(folded)
    return bool(verb) and any(t.kind == "item" for t in tokens) and not said.idle


# "Ge trean en halvtimme": whoever writes so wants something done, whatever it is like.
_ORDERS = re.compile(
    r"\W*(?:(?:hej|och|men|sedan|sen|dessutom|samt|då|så|ja|ok|okej|snälla)\b\W*){0,3}(?:ge|låt|ta|stryk|flytta|lägg|"
    r"sätt|skjut|byt|korta|gör|ändra|skriv|dra|minska|öka|förläng|utöka|döp|placera|lyft|plocka|slopa|bordlägg|kalla)\b"
)


def _orders(said: Said, folded: str, reader: Reader) -> bool:
    return bool(_ORDERS.match(folded)) and not NEGATION.search(folded) and bool(spoken_of(said, reader))


def _is_no_wish(
    said: Said, folded: str, tokens: Sequence[Token], spoken: Sequence[Spoken], reader: Reader, state: State
) -> bool:
    """A sentence that asks for nothing: "låt den ligga", or what the second reader hears as told."""
    strong = {s.name for s in spoken} & STRONG
    kept = [s for s in spoken if s.name == "keep"]
    if kept and not _REST.search(folded[: kept[0].end]):
        mused = any(s.name == "mused" for s in spoken) and not ASKS.match(folded)
        but = folded.rfind(" men ", 0, kept[0].start)
        if mused or but >= 0 or not strong:
            # "Vi pratade om att flytta 4, men låt den ligga".
            state.speak_of(*(n for t in tokens if t.kind in {"item", "num"} for n in t.numbers))
            return True
    if (
        said.idle
        and not said.implied
        and not _puts_somebody_on(said, tokens, reader)
        and not _orders(said, folded, reader)
    ):
        if strong and not said.elsewhere and not any(s.name in {"mused", "keep"} for s in spoken):
            state.unheard.append(said.text)
        told = spoken_of(said, reader)
        # It is what "den" means further on.
        state.speak_of(*(told if len(told) == 1 else ()))
        return True
    return False


def _puts_somebody_on(said: Said, tokens: Sequence[Token], reader: Reader) -> bool:
    """Heard as an absence, but at an item: "Tomas är på kurs, Annika visar journalsystemet i hans ställe"."""
    people = [t for t in tokens if t.kind in {"person", "me"}]
    takes_over = any(t.role in details.TAKES_OVER for t in people)
    outright = any(t.kind == "item" for t in tokens) and reader.phrases.speaks(said.text, "presenter")
    return said.elsewhere and bool(people) and ((takes_over and bool(spoken_of(said, reader))) or outright)


def _after_a_thought(said: Said, folded: str, tokens: Sequence[Token], reader: Reader, state: State) -> None:
    """What was mused stays a thought; what comes after "men" may be a wish."""
    but = re.search(r"\b(?:men|fast|but)\b", folded)
    if not but:
        return
    head = [n for t in tokens if t.kind in {"item", "num"} and t.end <= but.start() for n in t.numbers]
    state.speak_of(*head)
    _read_sentence(said.part(but.end(), implied=bool(head) or said.implied), reader, state)


def _with_more(
    said: Said, folded: str, tokens: Sequence[Token], spoken: Sequence[Spoken], reader: Reader, state: State
) -> bool:
    """A new title after another change: "sexan är ingen beslutspunkt, och titeln borde lyda ..."."""
    at = min(s.start for s in spoken if s.name == "rename")
    cut = max(folded.rfind(" och ", 0, at), folded.rfind(", ", 0, at))
    if cut <= 0 or not any(t.end <= cut and t.kind in {"type", "clock", "person"} for t in tokens):
        return False
    _read_sentence(said.part(0, cut), reader, state)
    _read_sentence(said.part(cut, implied=True), reader, state)
    return True

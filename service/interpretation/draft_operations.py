"""Changes to a draft, in whatever way they are written, as operations.

A sentence is cut into clauses, and a clause is read by what stands in it: an
item ("punkt 4", "femman", "tolkfrågan"), a place ("till 2", "efter fyran"),
minutes, a person, a type, and the verb, which the rules know.  Numbers are
always those of the draft that is answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from service.domain.intents import Contact, ItemType, Operation
from service.interpretation.draft_items import ORDINALS, by_title, number_word
from service.interpretation.phrases import Phrases, Spoken
from service.interpretation.surroundings import DraftItem
from service.interpretation.words import fold, sentences

# Who is named in a text: start, end, and the person.  None stands for someone
# who cannot be told for certain ("Maria", of whom there are two).
FindPeople = Callable[[str], Sequence[tuple[int, int, Contact | None]]]

_N = (
    r"(?:\d{1,2}(?::?(?:an|ans|a))?(?!\d|:\d|[.,]\d|/\d)|ettans?|tvåans?|treans?|fyrans?|femmans?|"
    r"sexans?|sjuans?|åttans?|nians?|tians?|elvans?|tolvans?)"
)
_W = (
    r"(?:ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|etta|tvåa|trea|femma|sexa|sjua|åtta|nia|"
    r"tia|one|two|three|four|five|six|seven|eight|nine|ten)"
)
_ANY = rf"(?:{_N}|{_W})(?!\w)"
_NOT_TIME = r"(?!\s*(?:min|m\b|minut|procent|%|tim|timm|st\b|personer|år|sidor|dagar|veckor|kommuner|bilag))"
_MONTH = "(?:jan|feb|mars|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-zå-ö]*"
_ORDINAL = "(?:" + "|".join(ORDINALS) + r"|\d{1,2}:[ea]|\d{1,2}(?:st|nd|rd|th))"
_PLACE_WORD = (
    r"(?:platsen|plats|punkten|punkt|nummer|nr|position|placering|place|position|number|item|spot|"
    r"ärende)"
)

_WORD_MINUTES = {
    "fem": 5, "tio": 10, "femton": 15, "tjugo": 20, "tjugofem": 25, "trettio": 30, "trettiofem": 35,
    "fyrtio": 40,
    "fyrtiofem": 45, "femtio": 50, "femtiofem": 55, "sextio": 60, "sjuttiofem": 75, "nittio": 90,
    "åtta": 8, "tolv": 12,
    "sju": 7, "ten": 10, "five": 5, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
_SPANS = {
    "en och en halv timme": 90, "en och en halv timma": 90, "en timme": 60, "en timma": 60,
    "1 timme": 60, "1 tim": 60,
    "en hel timme": 60, "två timmar": 120, "en halvtimme": 30, "en halvtimma": 30, "en halv timme": 30,
    "en halv timma": 30, "halvtimme": 30, "halvtimmen": 30, "halv timme": 30, "tre kvart": 45, "trekvart": 45,
    "en kvart": 15, "kvart": 15, "kvarten": 15, "half an hour": 30, "an hour": 60, "a quarter": 15, "1 h": 60,
}  # fmt: skip

_TYPES: tuple[tuple[str, ItemType], ...] = (
    (
        (
            r"besluta(?:s)?(?: om)?|ta(?:r)? (?:ett )?beslut|beslut(?:s(?:punkt|ärende|fråga)(?:en|et)?|"
            r"et)?|decision"
        ),
        "decision",
    ),
    (r"diskuteras?|diskussion(?:s(?:punkt|ärende|fråga)(?:en|et)?|en)?|discussion", "discussion"),
    (
        (
            r"informeras?(?: om)?|info(?:rmation(?:en|s(?:punkt|ärende|fråga)(?:en|et)?)?|punkt(?:en)?)?|"
            r"information"
        ),
        "information",
    ),
)

# In order: an earlier form takes its words from a later one.
_FORMS: tuple[tuple[str, str], ...] = (
    ("quote", r"\"[^\"\n]{2,120}\"|(?<![\w])'[^'\n]{3,120}'(?!\w)"),
    ("mask", (
        r"\b(?:\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}(?:[-/ ]\d{2,4})?|kl\.? ?\d{1,2}(?:[.:]\d\d)?|klockan "
        r"\S+|\d{1,2}[.:]\d\d|halv (?:ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv)|kvart (?:i|"
        r"över|past|to) \w+|version(?:en)? \d+|v(?:ecka|\.) ?\d+|(?:19|20)\d\d|\d+ ?(?:%|procent|"
        r"personer|st\b|sidor|år\b|dagar|veckor|kommuner))"
    )),
    ("later", (
        rf"(?:till|på|i|inför|vid|under|i stället|tas|to|until|for|at|in)?\s*\b(?:(?:nästa|kommande|"
        rf"följande|ett senare|ett annat|next|the next|ett kommande|ett följande|a later) (?:gång|"
        rf"möte(?:t)?|sammanträde(?:t)?|träff|tillfälle|termin|år|meeting|time)|(?:en annan|"
        rf"nästkommande) gång|(?:(?:mötet|gången) (?:efter|därefter|i|den|på)(?: den)?(?: "
        rf"\d{{1,2}}(?::[ea])?)?(?: {_MONTH})?)|{_MONTH}möte(?:t)?|det därpå följande(?: mötet)?|därpå "
        rf"följande|strategidagen|(?:till|i|på|i höst|efter) (?:våren|hösten|vår|höst|sommaren|vintern|"
        rf"jul|årsskiftet)(?:mötet)?|höstens (?:första )?möte|vårens (?:första )?möte|längre fram|"
        rf"senare|framöver|later)\b"
    )),
    ("later", (
        rf"(?:till|på|i|inför|vid|tills|to|until|for|in) (?:i )?(?:slutet av |början av |mötet (?:i |"
        rf"den )?|den )?(?:\d{{1,2}}(?::[ea])?\s+)?(?:{_MONTH})\b(?: \d{{4}})?"
    )),
    (
        "later",
        r"(?:till|på) (?:mötet )?(?:den \d{1,2}(?::[ea])?|\d{1,2}/\d{1,2})(?! ?(?:punkt|ärende|plats))",
    ),
    ("mask", (
        rf"\b(?:den )?\d{{1,2}}(?::[ea])?\s+{_MONTH}\b|\bden \d{{1,2}}:[ea]\b(?! ?(?:punkt|ärende|"
        rf"plats))"
    )),
    ("clock", (
        r"(?:(?<=\w )\d{1,3} [-–] \d{1,3}|(?:\+ ?|(?<!\d )- ?|"
        r"−)?\b\d{1,3}(?:[-–]\d{1,3})?)\s*(?:min(?:uter(?:na|s)?|ut|utes|s)?\b\.?|m\b(?!\w)|')"
    )),
    ("clock", r"\b(?:" + "|".join(sorted(_SPANS, key=len, reverse=True)) + r")\b"),
    (
        "clock",
        r"\b(?:"
        + "|".join(sorted(_WORD_MINUTES, key=len, reverse=True))
        + r") (?:minuter(?:na)?|min|minutes)\b",
    ),
    ("between", rf"\bmellan (?:{_PLACE_WORD} )?{_ANY} och {_ANY}"),
    ("steps", (
        r"\b(?:ett|en|två|tre|1|2|3) (?:steg|snäpp|pinnhål|position(?:er)?|rad(?:er)?)\b(?: (?:upp|ner|"
        r"ned|fram|bak)(?:åt)?\b)?|\b(?:upp|ner|ned|fram|bak)(?:åt)? (?:ett|en|två|tre|1|2|3) (?:steg|"
        r"snäpp|pinnhål|position(?:er)?|plats(?:er)?|rad(?:er)?)\b"
    )),
    ("to", (
        rf"\b(?:till|som|blir|bli|få bli|vara|upp till|in på|to|as) (?:dagordningens "
        rf")?(?:{_PLACE_WORD}\.? {_ANY}|(?:den )?{_ORDINAL} (?:plats(?:en)?|punkt(?:en)?|"
        rf"position(?:en)?|ärende(?:t)?|sakärende|place|item))"
    )),
    ("to", (
        rf"\b(?:på|in) (?:(?:platsen|plats|nummer|nr|position|place|position|spot)\.? {_ANY}|(?:den "
        rf")?{_ORDINAL} (?:plats(?:en)?|position(?:en)?|place))"
    )),
    ("to", (
        rf"\b(?:som|blir|bli|få bli) (?:ny |en |nya )?(?:{_N}|etta|tvåa|trea|fyra|femma|sexa|sjua|åtta|"
        rf"nia|tia)(?!\w)"
    ) + _NOT_TIME),
    ("to", rf"\b(?:till|to) (?:#)?{_ANY}" + _NOT_TIME),
    ("before", (
        r"\b(?:(?:direkt|strax|närmast|precis|genast) )?(?:före|innan|framför|ovanför|before|ahead of|"
        r"above)\b"
    )),
    ("after", (
        r"\b(?:(?:direkt|strax|närmast|precis|genast|right|directly) )?(?:efter|bakom|nedanför|after|"
        r"below)\b(?! att)"
    )),
    ("item", (
        rf"\b(?:punkten|punkterna|punkter|punkt|pkt|p|nummer|nr|ärendena|ärendet|ärenden|ärende|items|"
        rf"item|points|point|number|no)\.? ?(?:{_ANY}{_NOT_TIME})(?:(?:\s*,\s*(?:samt |och )?|"
        rf"\s+(?:och|samt|and|resp\.?|respektive)\s+|\s*(?:&|\+|/|–|-)\s*)(?:punkt |nr )?(?:{_N}|"
        rf"{_W})(?!\w){_NOT_TIME})*"
    )),
    ("item", (
        rf"(?:§+|#) ?{_N}(?:(?:\s*,\s*|\s+(?:och|samt|and)\s+|\s*[&+–-]\s*)(?:§ ?|# "
        rf"?)?{_N}{_NOT_TIME})*"
    )),
    ("item", (
        r"\b(?:ettans?|tvåans?|treans?|fyrans?|femmans?|sexans?|sjuans?|åttans?|nians?|tians?|elvans?|"
        r"tolvans?|\d{1,2}:?ans?|\d{1,2}:an)\b"
    )),
    ("item", rf"\b(?:den |the )?(?:{_ORDINAL}) (?:punkten|ärendet|frågan|item|point)\b"),
    ("lastitem", (
        r"\b(?:den |the )?(?:näst ?sista|sista|second last|last) (?:sak)?(?:punkten|ärendet|frågan|"
        r"item)\b(?: (?:före|innan) övriga frågor)?"
    )),
    ("lastitem", r"\bövriga? frågor\b"),
    ("last", (
        r"\b(?:allra |längst |näst )?sist(?!\w)|\blängst (?:ner|ned|bak)\b|\bunderst\b|\bi slutet\b|"
        r"\bavslutar? med\b|\bsom (?:sista|avslutande) (?:punkt|ärende|sakärende)\b|\blast\b|\bat the "
        r"end\b"
    )),
    ("first", (
        r"\b(?:allra |högst |längst )?först(?! (?:och främst|kl|i |om |den |när|efter|omkring|vid|på|"
        r"nu|då|senare|vill|ska|av allt))\b|\bföre allt annat\b|\böverst\b|\b(?:högst|längst) upp\b|"
        r"\bi början\b|\b(?:börja|börjar|inled|inleder|starta|startar|begin|start) (?:med|with)\b|"
        r"\bsom (?:första|inledande) (?:punkt|ärende|sakärende|sakfråga)\b|\bförst av (?:sak\w+|"
        r"ärendena|alla)\b|\bfirst\b|\bat the top\b"
    )),
    ("type", r"\b(?:" + "|".join(p for p, _ in _TYPES) + r")\b"),
    ("num", r"(?<![\w.,/:-])\d{1,2}(?![\w:]|[.,:]\d|/\d)" + _NOT_TIME),
)  # fmt: skip
_LEXER = re.compile("|".join(f"(?P<{kind}{i}>{form})" for i, (kind, form) in enumerate(_FORMS)))
_NUMBERS = re.compile(rf"{_N}|\b{_W}\b|\b{_ORDINAL}\b|[–-](?=\s*\d)")
_SEPARATOR = re.compile(
    r"[,;()]|\s[–—-]\s|\b(?:och|samt|men|utan|så|and|but|plus|resp|respektive)\b|&|:(?=\s)", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(?:eftersom|därför att|för att|så att(?! (?:den|det|de) (?:kommer|ligger|hamnar|blir|står|"
    r"tas))|på grund av|p\.g\.a\.?|pga|med anledning av|med tanke på|because|since)\b|(?<=, "
    r")(?:för|då|ty|as)\b(?! \d)"
)
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
_PRONOUN = re.compile(
    r"\b(?:den|det|denna|dem|de|dessa|detta|densamma|it|them|this|that)\b(?! (?:\d{1,2}(?! ?min|"
    r"\d)|första|andra|tredje|sista))"
)
_NEGATION = re.compile(r"\b(?:inte|ej|icke|aldrig|not|never|don't|dont|nej)\b")
_ASKS = re.compile(
    r"^\W*(?:\w+ ){0,3}?(?:kan|kunde|skulle|ska|skall|vore|går|får|borde|bör|vill|could|can|would|"
    r"should)\b.*\?"
)
_MORE = re.compile(
    r"\b(?:mer|extra|ytterligare|more|längre|additional|utöver)\b|(?:min\w*|kvart|timme|halvtimme|"
    r"timma|halvtimma)\.? till\b(?! (?:\d|en\b|tio|fem|tjugo|trettio))"
)
_LESS = re.compile(r"\b(?:mindre|kortare|less|shorter)\b")
_MORE_BY = re.compile(
    r"\b(?:(?:förläng|utöka|öka)\w* (?:\S+ ){0,4}?med|lägg (?:på|till)|plussa på|extend (?:\S+ ){0,4}?by)\b"
)
_LESS_BY = re.compile(
    r"\b(?:(?:korta|minska|dra|banta|skär)\w* (?:\S+ ){0,4}?med|(?:dra|dras|ta|tas|skär|knapra|"
    r"korta|kapa) (?:av|bort|ner|ned)|(?:stryk|kapa|cut|shorten) (?:\S+ ){0,3}?(?:by)?)\b"
)
# A time that is told or found wrong, not asked for.
_TOLD_TIME = re.compile(
    r"\b(?:tog|blev|(?<!minuter )(?<!min )var|hade|förra|totalt|sammanlagt|tillsammans|ihop|snålt|"
    r"i (?:under|över)kant|"
    r"för (?:lite|litet|mycket|kort|långt|långa|korta|knappt)|too (?:short|long|little|much)|"
    # "Anders kommer 20 minuter sent" is no time for his matter.
    r"(?:kommer|ansluter|dyker upp|är)\b[^.;]{0,40}\b(?:sent|sen|försenad))\b"
)
_REST = re.compile(
    r"\b(?:resten|övriga|övrigt|annars|allt annat|de andra|the rest|everything else|otherwise)\b"
)
_NAME = re.compile(
    r"(?<![\w@.])[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)?(?: (?:[A-ZÅÄÖ]\. ?)?(?:af |von |de "
    r")?[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)?){0,2}"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or several that say one thing; `value` depends on the kind."""

    kind: str
    start: int
    end: int
    numbers: tuple[int, ...] = ()
    person: Contact | None = None
    type: ItemType | None = None


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
        return [t for t in self.tokens if t.kind in kinds]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer to a draft asks for."""

    operations: tuple[Operation, ...] = ()
    # The sentences that asked for them, one for each operation.
    evidence: tuple[str, ...] = ()
    # Sentences that gave no operation, in order.
    left: tuple[str, ...] = ()
    # Why one should ask first, as a Swedish clause; None when all is plain.
    doubt: str | None = None


@dataclass(slots=True)
class _State:
    items: tuple[DraftItem, ...]
    found: list[tuple[Operation, str]] = field(default_factory=list)
    # What "den" means.
    last: tuple[int, ...] = ()
    # The item of whom was named last ("Åsa är sjuk. Eva drar hennes punkt.").
    owned: int | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """What the operations are read with: the verbs, the draft, and who people are."""

    phrases: Phrases
    items: tuple[DraftItem, ...] = ()
    people: FindPeople = lambda text: ()
    # Who "jag" is.
    speaker: Contact | None = None


def read_operations(text: str, remarks: Sequence[tuple[str, int | None]], reader: Reader) -> Asked:
    """Read the new words of an answer.

    `remarks` are words written between the lines, with the number of the item
    above; they stand in `text` as well.
    """
    state = _State(reader.items)
    if len(re.findall(r"(?:^|\s)\(?\d\)\s", text)) >= 2:
        # "1) punkt 4 utgår 2) punkt 6 flyttas": each on a line of its own.
        text = re.sub(r"(?<=\s)\(?(\d)\)\s+", r"\n\1) ", text)
    left: list[str] = []
    if len(re.findall(r"(?:^|\s)[-•*] (?:punkt )?\d{1,2}\s?[:–-]", text)) >= 2:
        text = re.sub(r"(?:(?<=\s)|^)[-•*] (?=(?:punkt )?\d{1,2}\s?[:–-])", "\n", text)
    # "4: 35 min": the number is the line's label.
    text = re.sub(r"(?m)^(\s*)[-•*]?\s*(\d{1,2})\s?:\s+", r"\1\2. ", text)
    for part, item in _parts(text, remarks):
        state.last = (item,) if item is not None else state.last
        labelled = _labels(part, reader)
        for number, sentence in enumerate(sentences(part)):
            label = labelled.get(number)
            if label is not None:
                state.last = (label,)
            before = len(state.found)
            silent = item is not None or label is not None
            _read_sentence(sentence.text, reader, state, implied=silent)
            if len(state.found) == before:
                left.append(sentence.text)
    return Asked(
        operations=tuple(op for op, _ in state.found),
        evidence=tuple(words for _, words in state.found),
        left=tuple(left),
        doubt=state.doubt,
    )


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
        tokens = _lex(sentence.text, reader)
        if not any(t.kind in {"item", "num", "lastitem"} for t in tokens):
            found[index] = int(bullet[1])
    return found


def _lex(text: str, reader: Reader) -> list[Token]:
    folded = fold(text)
    tokens: list[Token] = []
    for match in _LEXER.finditer(folded):
        kind = (match.lastgroup or "").rstrip("0123456789")
        words = match.group()
        start = match.start() + len(words) - len(words.lstrip())
        token = Token(kind, start, match.end())
        if kind in {"item", "num", "to", "between", "steps"}:
            token = replace(token, numbers=_numbers(words))
        elif kind == "lastitem":
            last = len(reader.items) or None
            standing = [i.number for i in reader.items if _closing(i.title)]
            if words.strip() in {"övriga frågor", "övrig frågor"}:
                other = next((i.number for i in reader.items if re.match(r"(?i)övrig", i.title)), None)
                if other is None:
                    continue
                token = replace(token, kind="item", numbers=(other,))
            elif "övriga" in words and standing:
                token = replace(token, kind="item", numbers=(min(standing) - 1,))
            elif "näst" in words and last:
                token = replace(token, kind="item", numbers=(last - 1,))
            elif "sak" in words and standing and last:
                token = replace(token, kind="item", numbers=(min(standing) - 1,))
            elif last:
                token = replace(token, kind="item", numbers=(last,))
        elif kind == "clock":
            minutes = _minutes(words)
            if minutes is None:
                continue
            token = replace(token, numbers=(minutes,))
        elif kind == "type":
            token = replace(token, type=next(t for p, t in _TYPES if re.fullmatch(p, words)))
        tokens.append(token)
    taken = [(t.start, t.end) for t in tokens]
    for start, end, person in reader.people(text):
        if not any(a < end and start < b for a, b in taken):
            tokens.append(Token("person", start, end, person=person))
            taken.append((start, end))
    for match in _NAME.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        if " " in match.group() and match.start() > 0:
            tokens.append(
                Token("person", match.start(), match.end(), person=Contact(name=_nominative(match.group())))
            )
    if reader.speaker:
        for match in re.finditer(
            r"\bjag\b(?= )(?! (?:och|den|det))|\bi(?='ll| will| can| would| am| shall)", folded
        ):
            if match.group() == "jag" or text[match.start()] == "I":
                tokens.append(Token("me", match.start(), match.end(), person=reader.speaker))
    return sorted(tokens, key=lambda t: t.start)


def _nominative(name: str) -> str:
    return name


def _numbers(words: str) -> tuple[int, ...]:
    found: list[int] = []
    span = False
    for match in _NUMBERS.finditer(words):
        if match.group() in {"-", "–"}:
            span = bool(found)
            continue
        number = number_word(match.group())
        if number is None:
            continue
        if span and 0 < number - found[-1] <= 15:
            found += range(found[-1] + 1, number + 1)
        else:
            found.append(number)
        span = False
    return tuple(found)


def _minutes(words: str) -> int | None:
    words = words.strip()
    if words in _SPANS:
        return _SPANS[words]
    if digits := re.search(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?", words):
        return int(digits[2] or digits[1])
    return _WORD_MINUTES.get(words.split()[0])


def _closing(title: str) -> bool:
    """Whether an item stands at the end of every agenda."""
    return bool(
        re.match(
            (
                r"(?i)\W*(?:övriga? frågor|övrigt|nästa möte|mötets? avslut|avslutning|mötet avslutas|"
                r"summering|other)"
            ),
            title,
        )
    )


def _opening(title: str) -> bool:
    """Whether an item stands at the beginning of every agenda."""
    return bool(
        re.match(
            (
                r"(?i)\W*(?:mötets? öppn|mötet öppnas|öppnande|föregående|val av|inledning|välkom|"
                r"godkännande av|fastställande|dagordning|närvaro|upprop|presentationsrunda|laget runt|"
                r"opening|minutes of)"
            ),
            title,
        )
    )


def _read_sentence(text: str, reader: Reader, state: _State, *, implied: bool) -> None:
    folded = fold(text)
    if not any(c.isalpha() for c in folded) and not re.search(r"\d", folded):
        return
    tokens = _lex(text, reader)
    spoken = reader.phrases.spoken(text)
    names = {s.name for s in spoken}
    strong = names & _STRONG
    mused = "mused" in names and not _ASKS.match(folded)
    kept = [s for s in spoken if s.name == "keep"]
    if kept and not _REST.search(folded[: kept[0].end]):
        cut = max(folded.rfind(", men ", 0, kept[0].start), folded.rfind(" men ", 0, kept[0].start))
        if mused or cut >= 0 or not strong:
            # "Vi pratade om att flytta 4, men låt den ligga": nothing is asked for.
            items = [n for t in tokens if t.kind in {"item", "num"} for n in t.numbers]
            state.last = tuple(items[-1:]) or state.last
            return
    if mused:
        after = re.search(r"\b(?:men|fast|but)\b", folded)
        if not after:
            return
        # What was mused stays a thought; what comes after "men" may be a wish.
        head = [n for t in tokens if t.kind in {"item", "num"} and t.end <= after.start() for n in t.numbers]
        state.last = tuple(head[-1:]) or state.last
        _read_sentence(text[after.end() :].strip(), reader, state, implied=bool(head) or implied)
        return
    if (_IF.search(folded) and not _POLITE_IF.search(folded)) or _INVERTED_IF.match(folded):
        # The likelier reading is that the condition holds; but it must be asked.
        state.doubt = state.doubt or ("ändringen tycks gälla bara under ett villkor" if strong else None)
    if "rename" in names and _with_more(text, folded, tokens, spoken, reader, state, implied=implied):
        return
    if "rename" in names and _rename(text, tokens, spoken, reader, state):
        return
    if "add" in names and _add(text, tokens, spoken, reader, state):
        return
    if re.search(r"\bslå\w* (?:\w+ ){0,3}?(?:ihop|samman)\b|\bmerge\b", folded):
        state.doubt = state.doubt or "punkter kan inte slås ihop här"
        return
    clauses = _clauses(text, tokens, reader)
    _resolve(clauses, reader, state, folded, text, implied=implied)


def _with_more(
    text: str,
    folded: str,
    tokens: list[Token],
    spoken: Sequence[Spoken],
    reader: Reader,
    state: _State,
    *,
    implied: bool,
) -> bool:
    """A new title after another change: "sexan är ingen beslutspunkt, och titeln borde lyda ..."."""
    at = min(s.start for s in spoken if s.name == "rename")
    cut = max(folded.rfind(" och ", 0, at), folded.rfind(", ", 0, at))
    if cut <= 0 or not any(t.end <= cut and t.kind in {"type", "clock", "person"} for t in tokens):
        return False
    _read_sentence(text[:cut], reader, state, implied=implied)
    _read_sentence(text[cut:].lstrip(" ,"), reader, state, implied=True)
    return True


def _clauses(text: str, tokens: list[Token], reader: Reader) -> list[Clause]:
    """Cut a sentence where something new may begin, and join again what belongs together."""
    folded = fold(text)
    inside = [(t.start, t.end) for t in tokens]
    everything = reader.phrases.spoken(text)
    spoken = [s for s in everything if s.name not in {"keep", "mused", "wish"}]
    kept = [s.start for s in everything if s.name == "keep"]
    cuts = [
        (m.start(), m.end())
        for m in _SEPARATOR.finditer(folded)
        if not any(a < m.end() and m.start() < b for a, b in inside)
        and not any(s.name in _STRONG and s.start <= m.start() < s.end for s in spoken)
    ]
    edges = [0, *(e for _, e in cuts)]
    ends = [*(s for s, _ in cuts), len(folded)]
    joints = ["", *(folded[s:e].strip() for s, e in cuts)]
    clauses: list[Clause] = []
    muted = False
    for index, (start, end) in enumerate(zip(edges, ends, strict=True)):
        folded[start:end]
        joint = joints[index]
        if joint in {"men", "så", ";", "but"}:
            muted = False
        mute_from = end
        if reason := _REASON.search(folded, max(0, start - 2), end):
            mute_from = reason.start() if not muted else start
        leading = bool(
            re.match(
                r"\W*(?:eftersom|då|med anledning av|på grund av|because|since|med tanke på)\b",
                folded[start:end],
            )
        )
        inner = [t for t in tokens if start <= t.start < end]
        if (
            muted
            and joint in {",", "och", "and"}
            and (
                any(
                    start <= s.start < end and s.name in {"remove", "postpone", "swap", "move"}
                    for s in spoken
                )
            )
        ):
            muted = False
            mute_from = end
        first_verb = min((s.start for s in spoken if start <= s.start < end), default=end)
        if leading and index == 0 and first_verb < end:
            # "Eftersom Per är sjuk stryker vi 5": the reason ends where the verb begins.
            leading, muted, mute_from, start = False, False, end, first_verb
            inner = [t for t in tokens if start <= t.start < end]
        active = [t for t in inner if not muted and t.start < mute_from]
        verbs = {s.name for s in spoken if start <= s.start < end and s.start < mute_from and not muted}
        if not verbs & _STRONG and any(start <= k < end for k in kept):
            # "Behåll femman men stryk sexan."
            clauses.append(Clause(start, end, folded[start:end], [], set(), True, folded))
            continue
        clauses.append(
            Clause(start, end, folded[start:end], active, verbs, muted or (leading and index == 0), folded)
        )
        if mute_from < end and not (leading and index == 0):
            muted = True
    return _joined(clauses, joints)


_STRONG = frozenset({"remove", "postpone", "move", "swap", "minutes", "rename", "add"})
_CARRIES = {"item", "num"}
_DETAILS = {
    "to",
    "before",
    "after",
    "first",
    "last",
    "steps",
    "between",
    "clock",
    "person",
    "me",
    "type",
    "later",
    "quote",
}


def _joined(clauses: list[Clause], joints: list[str]) -> list[Clause]:
    """Join "4, 6 och 7" and ", 20 min, beslut" to what they belong to."""
    joined: list[Clause] = []
    pending: list[Clause] = []
    for clause, joint in zip(clauses, joints, strict=True):
        kinds = {t.kind for t in clause.tokens}
        bare = bool(kinds & _CARRIES) and not kinds & _DETAILS and not clause.verbs and not clause.muted
        words = len(re.findall(r"[^\W\d]+", clause.text))
        previous = joined[-1] if joined else None
        if bare and words <= 3:
            if (
                previous
                and not pending
                and previous.of(*_CARRIES)
                and joint in {",", "och", "samt", "and", "&", "plus"}
                and (
                    not previous.of("clock", "type", "to", "person", "first", "last")
                    or "swap" in previous.verbs
                )
            ):
                _merge(previous, clause)
            else:
                pending.append(clause)
            continue
        if joint == "utan" and pending and _NEGATION.search(pending[-1].text):
            # "Inte sexan utan sjuan."
            pending = []
        for waiting in pending:
            clause = _merged(waiting, clause)
        pending = []
        if (
            previous
            and joint in {",", "och", "samt", "and"}
            and not clause.verbs
            and not clause.muted
            and "move" in previous.verbs
            and previous.of(*_CARRIES)
            and not previous.of("to", "before", "after", "first", "last", "later", "between", "steps")
            and clause.of(*_CARRIES)
            and clause.of("to", "before", "after", "first", "last", "later", "between")
        ):
            # "Lägg fyran och femman sist."
            _merge(previous, clause)
            continue
        if (
            previous
            and not previous.muted
            and not clause.muted
            and not clause.verbs
            and joint in {",", "och", "and", "med"}
            and _completes(previous, kinds)
        ):
            _merge(previous, clause)
            continue
        if (
            previous
            and joint in {":", "–", "-", "—"}
            and not previous.verbs
            and not previous.of(*_CARRIES, *_DETAILS)
            and not previous.muted
            and len(previous.text.split()) <= 5
        ):
            # "Spelandet: 90 min."
            _merge(previous, clause)
            continue
        if (
            previous
            and previous.of("clock")
            and not previous.of(*_CARRIES)
            and not previous.muted
            and joint == ","
            and not clause.verbs
            and not re.search(r"\b(?:lägg|ge|dra|korta|jag|vi)\b", clause.text)
            and (
                (kinds <= {"clock"} and kinds)
                or (
                    kinds <= {"to", "item", "mask"}
                    and re.match(r"\W*(?:till|på|för|under) (?:punkt|nr|\w+an\b)", clause.text)
                )
            )
        ):
            # "tio minuter mer, det vill säga 30 minuter, till punkt 6"
            _merge(previous, clause)
            continue
        if (
            previous
            and kinds
            and not kinds & _CARRIES
            and not clause.verbs - {"type", "presenter"}
            and not clause.muted
            and not previous.muted
            and previous.of(*_CARRIES)
            and joint in {",", "och", "samt", "and", ":", "(", ")", "–", "-", "—", "utan"}
            and not re.search(r"\b(?:jag|vi|du|lägg|ge|dra|är|behöver)\b", clause.text)
            and words <= 8
        ):
            _merge(previous, clause)
            continue
        joined.append(clause)
    for waiting in pending:
        joined.append(waiting)
    return joined


def _merge(into: Clause, other: Clause) -> None:
    into.end = other.end
    into.text = into.whole[into.start : into.end]
    into.tokens = [*into.tokens, *other.tokens]
    into.verbs |= other.verbs


def _merged(first: Clause, second: Clause) -> Clause:
    return Clause(
        first.start, second.end, second.whole[first.start : second.end], [*first.tokens, *second.tokens],
        first.verbs | second.verbs, second.muted, second.whole,
    )  # fmt: skip


_ANCHORS = frozenset({"before", "after", "first", "last"})


def _completes(previous: Clause, kinds: set[str]) -> bool:
    """Whether a clause gives what the one before it lacks.

    "Byt plats på SIP och Barnahus"; "ändra föredragande på 4, det blir Eva";
    "tidigare, direkt efter 2".
    """
    if "swap" in previous.verbs and len(previous.of(*_CARRIES)) < 2:
        return True
    if "presenter" in previous.verbs and not previous.of("person", "me") and kinds & {"person", "me"}:
        return True
    return bool(
        kinds <= _ANCHORS | {"item"} and kinds & _ANCHORS and not previous.of(*sorted(_ANCHORS), "to")
    )


_STOP_TITLE = frozenset(["dagordningen", "utkastet", "mötet", "listan", "dokumentet", "bilagan"])


def _title_items(
    text: str, start: int, end: int, reader: Reader, skip: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Items that are pointed at by words of their titles: (place, number)."""
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[^\W\d][\w-]+", text[start:end]):
        at, till = start + match.start(), start + match.end()
        if any(a < till and at < b for a, b in skip) or match.group().casefold() in _STOP_TITLE:
            continue
        number = by_title(match.group(), reader.items)
        if number is not None and number not in {n for _, n in found}:
            found.append((at, number))
    # "Annikas punkt": the one item that she presents.
    for match in re.finditer(r"([A-ZÅÄÖ][\wåäöé-]+?)s? [a-zåäö]{3,}", text[start:end]):
        if text[start + match.end(1)] != "s":
            continue
        owned = [
            i.number
            for i in reader.items
            if i.presenter and match[1].casefold() in i.presenter.casefold().split()
        ]
        if len(owned) == 1 and owned[0] not in {n for _, n in found}:
            found.append((start + match.start(), owned[0]))
    return sorted(found)


def _resolve(
    clauses: list[Clause], reader: Reader, state: _State, folded: str, text: str, *, implied: bool
) -> None:
    carried: set[str] = set()
    asks = bool(_ASKS.match(folded))
    for clause in clauses:
        if clause.muted:
            continue
        verbs = clause.verbs or (
            carried
            if clause.of("item", "num")
            and clause.of("to", "clock", "person", "type", "before", "after", "first", "last", "later")
            else set()
        )
        if clause.verbs - {"type"}:
            carried = clause.verbs
        _act(clause, verbs, reader, state, text, asks=asks, implied=implied)


def _act(
    clause: Clause, verbs: set[str], reader: Reader, state: _State, words: str, *, asks: bool, implied: bool
) -> None:
    """Turn one clause into operations."""
    explicit = clause.of("item")
    numbers = clause.of("num")
    anchors = clause.of("before", "after")
    places = clause.of("to", "first", "last", "steps", "between")
    clocks = clause.of("clock")
    laters = clause.of("later")
    negated = bool(_NEGATION.search(clause.text)) and not asks
    definite = verbs & {"remove", "postpone", "move", "swap", "minutes", "rename", "type"}

    # What an anchor ("före 3") points at is no object.
    pointed: dict[int, int] = {}
    objects: list[tuple[int, int]] = []
    everything = sorted([*explicit, *numbers], key=lambda t: t.start)
    if (
        not clocks
        and not places
        and len(explicit) + len(clause.of("person")) >= 1
        and len(numbers) == 1
        and not verbs & {"move", "swap", "remove", "postpone"}
        and (
            given := re.search(
                (
                    r"\b(?:får|få|ha|ge|behöver|räcker|på|blir|tar|klarar sig på)\s+(?:bara |max |"
                    r"gott |hela |"
                    r"ca )?$"
                ),
                clause.text[: numbers[0].start - clause.start],
            )
        )
        and numbers[0].numbers[0] % 5 == 0
        and "punkt" not in given.group()
    ):
        # "Sexan får 30": minutes, though nobody says so.
        clocks = [replace(numbers[0], kind="clock")]
        clause.tokens = [*(t for t in clause.tokens if t is not numbers[0]), clocks[0]]
        everything = explicit
        numbers = []
    titles = (
        _title_items(
            words,
            clause.start,
            clause.end,
            reader,
            [(t.start, t.end) for t in clause.tokens if t.kind not in {"person"}],
        )
        if definite
        or anchors
        or places
        or laters
        or (clocks and not everything)
        or ("presenter" in verbs and not everything)
        or (clause.of("type") and not everything)
        else []
    )
    for anchor in anchors:
        near = [t for t in everything if 0 <= t.start - anchor.end <= 12]
        named = [(a, n) for a, n in titles if 0 <= a - anchor.end <= 30]
        if near:
            pointed[anchor.start] = near[0].numbers[0]
            everything.remove(near[0])
            rest = near[0].numbers[1:]
            objects += [(near[0].start, n) for n in rest]
        elif named:
            pointed[anchor.start] = named[0][1]
            titles = [pair for pair in titles if pair[1] != named[0][1]]
    anchors = [a for a in anchors if a.start in pointed]
    if clocks and not verbs & {"move"} and not anchors:
        # "tio minuter mer till punkt 6": the item that gets them, not a place.
        everything += [
            replace(t, kind="item")
            for t in places
            if t.kind == "to" and "punkt" in clause.text[t.start - clause.start : t.end - clause.start]
        ]
        places = [t for t in places if not any(e.start == t.start for e in everything)]
    if (
        "minutes" in verbs
        and not clocks
        and "move" not in verbs
        and (bare := next((t for t in places if t.kind == "to" and t.numbers), None))
    ):
        # "Korta fyran till 15": minutes, though nobody says so.
        clocks = [replace(bare, kind="clock")]
        clause.tokens = [*(t for t in clause.tokens if t is not bare), clocks[0]]
        places = [t for t in places if t is not bare]
    moving = bool(anchors or places)
    for token in everything:
        if token.kind == "num" and not (
            definite or moving or clocks or implied or "presenter" in verbs or laters
        ):
            continue
        objects += [(token.start, n) for n in token.numbers]
    if not objects:
        objects = titles
    elif "swap" in verbs and len(objects) < 2:
        objects += [pair for pair in titles if pair[1] not in {n for _, n in objects}]
    known = {i.number for i in reader.items}
    if known:
        loose = {t.start for t in numbers}
        # "Det tog 50 förra året": a number that the draft does not have is no item.
        objects = [(a, n) for a, n in objects if n in known or a not in loose]
    if known and any(n not in known for _, n in objects):
        state.doubt = state.doubt or "utkastet har ingen punkt med det numret"
        objects = [(a, n) for a, n in objects if n in known]
        if not objects:
            return
    items = tuple(dict.fromkeys(n for _, n in sorted(objects)))
    if not items and clocks and not places and not anchors:
        # "Let Anders have 20 minutes": the one item that he presents.
        for token in clause.of("person"):
            if (owned_item := _owned(token.person, reader)) is not None:
                items = (owned_item,)
    if not items and not titles and not everything and not clause.of("to"):
        mentioned = _title_items(
            words,
            clause.start,
            clause.end,
            reader,
            [(t.start, t.end) for t in clause.tokens if t.kind != "person"],
        )
        if len(mentioned) == 1:
            # Nothing is asked of it yet: it is what "den" means further on.
            state.last = (mentioned[0][1],)
    if not items and state.last and clocks and (_MORE_BY.search(clause.text) or _LESS_BY.search(clause.text)):
        # "40 minuter är i underkant, lägg på tio minuter."
        items = state.last
    if (
        not items
        and state.last
        and (_PRONOUN.search(clause.text) or implied or definite & {"remove", "postpone"})
    ):
        items = state.last
    if (
        not items
        and state.owned is not None
        and re.search(r"\b(?:hennes|hans|hens|her|his) (?:punkt|ärende|del|dragning|item|pass)", clause.text)
    ):
        items = (state.owned,)
    if not items and "presenter" in verbs:
        owned = [n for t in clause.of("person") if (n := _owned(t.person, reader)) is not None]
        if len(clause.of("person", "me")) >= 2 and len(owned) == 1:
            # "Byt ut Johan mot Lena."
            items = (owned[0],)
        elif state.owned is not None and re.search(
            r"\b(?:hennes|hans|hens|her|his) (?:punkt|ärende|del|dragning|item|pass)", clause.text
        ):
            items = (state.owned,)
    for token in clause.of("person"):
        state.owned = _owned(token.person, reader) or state.owned
    if items:
        state.last = items[-1:]

    before = len(state.found)
    if "remove" in verbs and clocks and not laters:
        # "Ta bort 5 minuter på trean" takes minutes.
        verbs = (verbs - {"remove"}) | {"minutes"}
    if negated and definite - {"type"} and not _spoken_negation(clause, reader):
        # "Stryk inte 4": nothing to do, and nothing to ask.
        return
    if "swap" in verbs and len(items) == 2:
        a, b = items
        state.found += [(Operation("move", item=a, to=b), words), (Operation("move", item=b, to=a), words)]
        return
    if (
        not items
        and clocks
        and state.last
        and re.search(r"\b(?:ge|ger|få|får|behöver|räcker|ha|give|needs)\b", clause.text)
        and not clause.of("person")
    ):
        # "Sätt Eva på trean och ge henne 25 min."
        items = state.last
    if not items:
        if clocks and not _TOLD_TIME.search(clause.text):
            # A time that belongs to no item that could be told.
            state.doubt = state.doubt or "en tid gick inte att knyta till någon punkt"
        if (
            definite & {"remove", "postpone", "swap"}
            or ("move" in verbs and moving)
            or ("minutes" in verbs and clocks)
        ):
            state.doubt = state.doubt or "det framgår inte vilken punkt som ska ändras"
        return
    if "remove" in verbs:
        _put(state, words, [Operation("remove", item=n) for n in items])
        return
    if "postpone" in verbs and not (places and not laters and not anchors):
        _put(state, words, [Operation("postpone", item=n) for n in items])
        return
    if (
        laters
        and not moving
        and not clocks
        and (
            verbs & {"move", "presenter"}
            or implied
            or re.search(r"\b(?:tas|ta|tar|kommer|lyft\w*|får|ska|kan|till|passar|hör|bättre)\b", clause.text)
        )
    ):
        _put(state, words, [Operation("postpone", item=n) for n in items])
        return
    made: list[tuple[int, Operation]] = []
    if moving:
        made += _moves(items, anchors, pointed, places, clause, reader, state)
    made += _details(items, clause, verbs, reader, state, moving=moving, implied=implied)
    _put(state, words, [op for _, op in sorted(made, key=lambda pair: pair[0])])
    if len(state.found) == before and definite - {"type"} and not negated:
        state.doubt = state.doubt or "en ändring gick inte att förstå helt"


def _owned(person: Contact | None, reader: Reader) -> int | None:
    """The one item that a person presents."""
    name = fold(person.name or "") if person else ""
    if not name:
        return None
    found = [
        i.number
        for i in reader.items
        if i.presenter and (fold(i.presenter) == name or name in fold(i.presenter).split())
    ]
    return found[0] if len(found) == 1 else None


def _spoken_negation(clause: Clause, reader: Reader) -> bool:
    """Whether the "inte" belongs to the verb itself, as in "behöver inte vara med"."""
    for spoken in reader.phrases.spoken(clause.text, "remove", "postpone"):
        if _NEGATION.search(fold(clause.text)[spoken.start : spoken.end]):
            return True
    # "Per hinner inte": the negation belongs to a reason before the verb.
    return bool(
        re.search(r"\b(?:hinner|kan|hann|är|blir|har|kommer|räcker|behövs) (?:\w+ )?inte\b", clause.text)
    ) and not re.search(
        r"\b(?:ska|skall|bör|får|vill|kan) (?:vi |ni |du )?inte (?:stryk|flytta|ta|skjut)", clause.text
    )


def _moves(
    items: tuple[int, ...],
    anchors: list[Token],
    pointed: dict[int, int],
    places: list[Token],
    clause: Clause,
    reader: Reader,
    state: _State,
) -> list[tuple[int, Operation]]:
    made: list[tuple[int, Operation]] = []
    last = len(reader.items)
    between = next((p for p in places if p.kind == "between"), None)
    exact = next((p for p in places if p.kind == "to" and p.numbers), None)
    step = next((p for p in places if p.kind == "steps" and p.numbers), None)
    if exact:
        for offset, item in enumerate(items):
            made.append((exact.start, Operation("move", item=item, to=exact.numbers[0] + offset)))
    elif between and len(between.numbers) == 2:
        made += _beside(items, between.numbers[0], between.start, before=False)
    elif anchors:
        anchor = anchors[-1]
        made += _beside(items, pointed[anchor.start], anchor.start, before=anchor.kind == "before")
    elif step:
        up = not re.search(r"\b(?:ner|ned|bak|down)", clause.text)
        for item in items:
            made.append(
                (
                    step.start,
                    Operation("move", item=item, to=item - step.numbers[0] if up else item + step.numbers[0]),
                )
            )
    elif places:
        place = places[0]
        opening = next((i.number for i in reader.items if not _opening(i.title)), 1)
        closing = next((i.number for i in reader.items if _closing(i.title)), last + 1)
        if place.kind == "first":
            made += [(place.start, Operation("move", item=n, to=opening + k)) for k, n in enumerate(items)]
        elif place.kind == "last" and last:
            target = closing - 1
            if items == (target,):
                target = last
            made += [
                (place.start, Operation("move", item=n, to=target - len(items) + 1 + k))
                for k, n in enumerate(items)
            ]
    return made


def _beside(items: tuple[int, ...], target: int, at: int, *, before: bool) -> list[tuple[int, Operation]]:
    """Where items end up that go before or after another: its place counts without them."""
    made = []
    for offset, item in enumerate(items):
        place = target + offset if before else target + 1 + offset
        if item < target:
            place -= 1 + offset
            place += offset
        made.append((at, Operation("move", item=item, to=place)))
    return made


def _details(
    items: tuple[int, ...],
    clause: Clause,
    verbs: set[str],
    reader: Reader,
    state: _State,
    *,
    moving: bool,
    implied: bool,
) -> list[tuple[int, Operation]]:
    made: list[tuple[int, Operation]] = []
    text = clause.text
    clocks = clause.of("clock")
    by_number = {i.number: i for i in reader.items}
    asked_time = clocks and not _TOLD_TIME.search(text)
    if asked_time and not (text.strip().endswith("?") and not verbs and not _ASKS.match(clause.whole)):
        clock = clocks[-1]
        # "10 min i stället för 20 min", "inte 20 utan 10 min"
        if len(clocks) > 1 and (instead := re.search(r"i ?stället för|i st f|instead of|mot ", text)):
            clock = next(
                (c for c in reversed(clocks) if c.end - clause.start <= instead.start() + 1), clocks[0]
            )
        more = bool(
            _MORE_BY.search(text)
            or (_MORE.search(text) and not re.search(r"\b(?:till|to) (?:högst |max |ca )?\d", text))
        )
        less = bool(_LESS_BY.search(text) or _LESS.search(text)) and not re.search(
            r"\b(?:till|to) (?:högst |max |ca |bara |endast )?(?:\d|en |tio|fem|tjugo|trettio)", text
        )
        for n in items:
            minutes: int | None = clock.numbers[0]
            if (more or less) and len(clocks) == 1:
                now = by_number[n].minutes if n in by_number else None
                if now is None:
                    state.doubt = state.doubt or "utkastet säger inte hur lång tid punkten har i dag"
                    continue
                minutes = now + clock.numbers[0] if more else now - clock.numbers[0]
            made.append((clock.start, Operation("minutes", item=n, minutes=minutes)))
    elif "minutes" in verbs and not clocks and (half := re.search(r"\b(halver|dubbl)", text)):
        for n in items:
            now = by_number[n].minutes if n in by_number else None
            if now:
                made.append(
                    (
                        clause.start + half.start(),
                        Operation("minutes", item=n, minutes=now // 2 if half[1] == "halver" else now * 2),
                    )
                )
    if op := _presenter(items, clause, verbs, reader, state, implied=implied):
        made += op
    if kinds := clause.of("type"):
        said = (
            "type" in verbs
            or implied
            or re.search(r"[:–—-]\s*(?:\w+ ){0,2}$", text[: max(0, kinds[0].start - clause.start)])
        )
        if said or (len(items) == 1 and clocks):
            denied = [
                t
                for t in kinds
                if re.search(
                    r"\b(?:inte|inget|ingen|ej|not|no|i ?stället för|instead of)(?: \w+){0,2} $",
                    text[: t.start - clause.start],
                )
            ]
            kinds = [t for t in kinds if t not in denied]
            if not kinds:
                return made
            kind = kinds[-1]
            made += [(kind.start, Operation("type", item=n, type=kind.type)) for n in items]
    return made


def _presenter(
    items: tuple[int, ...], clause: Clause, verbs: set[str], reader: Reader, state: _State, *, implied: bool
) -> list[tuple[int, Operation]]:
    people = clause.of("person", "me")
    putting = (
        "move" in verbs
        and not clause.of("to", "before", "after", "first", "last", "later")
        and re.search(r"\b(?:sätt|skriv|lägg|put)\w*\b", clause.text)
    )
    if not people or not (
        "presenter" in verbs
        or putting
        or ("minutes" not in verbs and re.search(r"\b(?:tar|ta|tas|drar|håller|med)\b", clause.text))
    ):
        return []
    text = clause.text
    if (
        clause.of("clock")
        and len(people) == 1
        and not re.search(
            (
                r"\b(?:tar|ta|drar|föredra\w*|håller|presentera\w*|redovisa\w*|kör|leder|föredragande|"
                r"present\w*)\b"
            ),
            text,
        )
    ):
        # "Let Anders have 20 minutes instead of 30."
        return []
    chosen = people
    # "Lena i stället för Johan", "byt Johan mot Lena"
    if instead := re.search(r"i ?stället för|i st f|instead of", text):
        chosen = [p for p in people if p.end - clause.start <= instead.start() + 1] or [
            p for p in people if p.start - clause.start > instead.start()
        ][1:]
    elif against := re.search(r"\b(?:mot|till|med|by|to|av)\b", text):
        chosen = [p for p in people if p.start - clause.start >= against.start()] or people
    elif slips := re.search(r"\b(?:slipper|kan inte|hinner inte|är sjuk|är borta)\b", text):
        chosen = [p for p in people if p.start - clause.start > slips.end()]
    if replaced := re.search(r"\bersätt(?:er|a)\b", text):
        chosen = [p for p in people if p.end - clause.start <= replaced.start()] or chosen
    chosen = [
        p for p in chosen if not re.match(r"s\b", text[p.end - clause.start : p.end - clause.start + 1])
    ]
    if not chosen:
        return []
    person = chosen[-1] if len(chosen) == 1 or chosen[0].kind == "me" else chosen[0]
    if person.person is None:
        state.doubt = state.doubt or "det framgår inte vem som ska föredra punkten"
        return []
    return [(person.start, Operation("presenter", item=n, presenter=person.person)) for n in items]


def _put(state: _State, words: str, operations: list[Operation]) -> None:
    for operation in operations:
        same = [
            i for i, (op, _) in enumerate(state.found) if (op.op, op.item) == (operation.op, operation.item)
        ]
        if same and operation.op in {"remove", "postpone"}:
            continue
        if same and operation.op == "minutes" and state.found[same[-1]][1] == words:
            # "25 minuter är snålt, ge den tre kvart": the last time counts.
            state.found[same[-1]] = (operation, words)
            continue
        if operation.op == "postpone" and (
            gone := [
                i for i, (op, _) in enumerate(state.found) if op.op == "remove" and op.item == operation.item
            ]
        ):
            # "Stryk femman, den tar vi i höst": it is put off.
            state.found[gone[0]] = (operation, words)
            continue
        state.found.append((operation, words))


_TO_TITLE = re.compile(
    (
        r"(?:\btill\b|\bheta\b|\bkallas\b|\blyda\b|\bvara\b|\bstå\b|\bsom\b|\bblir\b|\bbenämnas\b|"
        r"\brubriceras\b|\bto\b|\bcalled\b|:)\s*:?\s*(?:\"|')?(?P<title>[^\n]+)$"
    ),
    re.IGNORECASE,
)


def _rename(text: str, tokens: list[Token], spoken: Sequence[object], reader: Reader, state: _State) -> bool:
    folded = fold(text)
    quotes = [t for t in tokens if t.kind == "quote"]
    title = ""
    at = len(text)
    if quotes:
        at = quotes[-1].start
        title = text[quotes[-1].start + 1 : quotes[-1].end - 1]
    else:
        starts = list(
            re.finditer(
                (
                    r"\b(?:heta|kallas|lyda|rubriceras|benämnas|called|to)\b:?|(?<!\w)till\b:?|\b(?:vara|stå|"
                    r"bli|blir|som|skriv(?: i ?stället)?|använd|sätt|kör på)\b:?|:"
                ),
                folded,
            )
        )
        verb = next(
            (
                m
                for m in starts
                if m.group().rstrip(":") in {"heta", "kallas", "lyda", "rubriceras", "benämnas", "called"}
            ),
            None,
        )
        verb = verb or next(
            (m for m in reversed(starts) if m.group().rstrip(":") in {"till", "to"} or m.group() == ":"), None
        )
        verb = verb or (starts[-1] if starts else None)
        if call := re.search(r"\bkalla (?:den|punkten|punkt \d+|\w+an|\d+(?::?an?)?)(?: för)?:? ", folded):
            verb = call
        if verb is None:
            return False
        at = call.end() if call else verb.start()
        title = text[verb.end() :]
        title = re.split(
            (
                r"(?i),? (?:i ?stället(?: för)?|eftersom|för att|så att|, så|instead)\b|, (?:så|det|för|då|"
                r"som)\b"
            ),
            title,
        )[0]
    title = title.strip(" .,:;\"'”“»«–-")
    before = [t for t in tokens if t.kind in {"item", "num"} and t.start < at]
    numbers = [n for t in before for n in t.numbers]
    if not numbers and len(quotes) > 1:
        old = text[quotes[0].start + 1 : quotes[0].end - 1]
        numbers = [i.number for i in reader.items if fold(i.title).strip() == fold(old).strip()]
    if not numbers:
        numbers = [n for _, n in _title_items(text, 0, at, reader, [(t.start, t.end) for t in tokens])][:1]
    if not numbers:
        later = [n for t in tokens if t.kind == "item" and t.start > at for n in t.numbers]
        numbers = later[:1] or list(state.last[:1])
    if not numbers or not title:
        state.doubt = state.doubt or "det framgår inte vilken punkt som ska heta något annat"
        return True
    state.last = (numbers[0],)
    state.found.append((Operation("rename", item=numbers[0], title=title[:1].upper() + title[1:]), text))
    return True


_NEW_ITEM = re.compile(
    r"(?i)\b(?:(?:en|ett|an?|ny|nytt|kort|extra|ytterligare|new)\s+)+(?:\w+ )?(?:punkt|ärende|"
    r"informationspunkt|infopunkt|beslutspunkt|diskussionspunkt|beslutsärende|item|point|stående "
    r"punkt)\b(?:\s+(?:\d{1,2}|sist|först))?\s*(?:om|kring|med|rörande|angående|ang\.?|gällande|"
    r"som heter|som rör|med rubriken|till(?=\s*[:–-])|on|about|called|för|[:–-])?\s*:?\s*"
)
_ADD_VERB = re.compile(
    r"(?i)\b(?:lägg(?:a|er|s)?|sätt(?:a)?|för(?:a|s)?|ta|tar|skriv(?:a)?|stoppa|peta|få|"
    r"kläm(?:ma)?|trä|komplettera(?:s)?)\b(?: (?:gärna|också|även|då|dessutom|dagordningen|"
    r"den))*\s+(?:till|in|upp|med)\b\s*:?\s*|\b(?:in|upp) med\b\s*:?\s*|\b(?:add|include|insert)\b\s*:?\s*"
)


def _add(text: str, tokens: list[Token], spoken: Sequence[object], reader: Reader, state: _State) -> bool:
    """A new item; false when the words add something to an item that is there."""
    quotes = [t for t in tokens if t.kind == "quote"]
    new = _NEW_ITEM.search(text)
    verb = _ADD_VERB.search(text)
    if not verb and not new:
        return False
    objects = [
        t
        for t in tokens
        if t.kind in {"item"} and not re.search(r"(?i)(?:efter|före|innan|som|ny|nya)\s*$", text[: t.start])
    ]
    clocks = [t for t in tokens if t.kind == "clock"]
    if not new and not quotes and (objects or (verb and clocks and clocks[0].start - verb.end() <= 2)):
        # "Lägg till 10 min på punkt 4" changes what is there.
        return False
    if quotes:
        title = text[quotes[0].start + 1 : quotes[0].end - 1]
    else:
        begin = new.end() if new else verb.end() if verb else 0
        end = len(text)
        for token in tokens:
            if token.start >= begin + 3 and token.kind in {
                "clock",
                "person",
                "me",
                "first",
                "last",
                "to",
                "after",
                "before",
                "type",
            }:
                end = min(end, token.start)
        title = text[begin:end]
        if verb and new and new.start() - verb.end() > 6:
            # "Lägg in Rapport från SVOM som ny punkt 4."
            title = re.sub(r"(?i)\s+som\s*$", "", text[verb.end() : new.start()])
        title = re.split(
            (
                r"(?i)[,;(]| (?:–|-) |\. |\bsom (?:punkt|nr|nummer)\b|\bpå (?:dagordningen|listan)\b|"
                r"\b(?:eftersom|för att|så att|där|och (?:ge|låt|sätt))\b"
            ),
            title,
        )[0]
        title = re.sub(
            r"(?i)\s+(?:på|med|om|i|av|ca|cirka|och|till|sist|dagordningen|på dagordningen|for|of)\s*$",
            "",
            title.strip(),
        )
        title = re.sub(r"(?i)\s+(?:på|med|om|i|av|ca|cirka|och|till|for|of)\s*$", "", title)
        title = re.sub(r"(?i)^(?:en punkt om|frågan om|om|något om|även|också|att)\s+", "", title.strip())
    title = title.strip(" .,:;!?\"'”“–-")
    if len(title) < 3:
        state.doubt = state.doubt or "det framgår inte vad den nya punkten ska heta"
        return bool(new)
    folded = fold(text)
    tokens = [
        t for t in tokens
        if t.kind != "me"
        or re.match(
            (
                r"jag (?:\w+ ){0,2}(?:drar|tar|föredrar|håller|presenterar|kör|redovisar|pratar|"
                r"berättar|visar)"
            ), folded[t.start :]
        )
    ]  # fmt: skip
    people = [
        t
        for t in tokens
        if t.kind in {"person", "me"} and not (quotes and quotes[0].start <= t.start < quotes[0].end)
    ]
    presenter = people[0].person if people else None
    adds = [i for i, (op, _) in enumerate(state.found) if op.op == "add"]
    if adds and re.fullmatch(r"(?i)den|det|denna|punkten|ärendet|den här|it", title):
        # "Jag saknar en punkt om X. Lägg till den, 15 min."
        op, _ = state.found[adds[-1]]
        minutes = clocks[-1].numbers[0] if clocks else op.minutes
        state.found[adds[-1]] = (replace(op, minutes=minutes, presenter=presenter or op.presenter), text)
        return True
    state.found.append(
        (
            Operation(
                "add",
                title=title[:1].upper() + title[1:],
                minutes=clocks[-1].numbers[0] if clocks else None,
                presenter=presenter,
            ),
            text,
        )
    )
    return True

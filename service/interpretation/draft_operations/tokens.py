"""The words of a change that say one thing each: "punkt 4", "till 2", "tio minuter", "först", "Eva".

Numbers, places, times, types and people are found here, whatever the
sentence asks to have done with them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from service.domain.intents import Contact, ItemType
from service.interpretation.draft_items import ORDINALS, number_word
from service.interpretation.draft_operations.values import Reader, Said, Token
from service.interpretation.hearing import PRONOUNS
from service.interpretation.words import fold

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
            r"besluta[rs]?(?: om)?|ta(?:r)? (?:ett )?beslut|beslut(?:s(?:punkt|ärende|fråga)(?:en|et)?|"
            r"et)?|decision"
        ),
        "decision",
    ),
    (r"diskutera[rs]?|diskussion(?:s(?:punkt|ärende|fråga)(?:en|et)?|en)?|discussion", "discussion"),
    (
        (
            r"informera[rs]?(?: om)?|info(?:rmation(?:en|s(?:punkt|ärende|fråga)(?:en|et)?)?|punkt(?:en)?)?|"
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
    # "Den tar vi den 22 april".
    ("later", rf"(?:(?<=\bden )|(?<=\bdet )|(?<=\btas )|(?<=\bvi ))den \d{{1,2}}(?::[ea])?\s+{_MONTH}\b"),
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
    # Minutes, though nobody says so: "få tio till", "ge den tjugo".
    ("clock", r"\b(?:fem|tio|\d{1,2}) (?:till|extra|mer|mindre)\b(?=\s*(?:[.,;!]|$|och\b|så\b))"),
    ("round", r"\b(?:" + "|".join(w for w, n in _WORD_MINUTES.items() if n > 12) + r")\b"),
    # What another item got is given to this one too.
    ("same", r"\b(?:lika (?:mycket|många minuter|lång tid|lång)|samma tid|detsamma|likaså)\b"),
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
        r"below)\b(?! att)|\b(?:direkt|omedelbart|närmast|följ\w*) på\b"
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
        r"nu|då|senare|vill|ska|av allt|till|nästa|kommande))\b|"
        r"\bföre allt annat\b|\böverst\b|\b(?:högst|längst) upp\b|"
        r"\bi början\b|\b(?:börja|börjar|inled|inleder|starta|startar|begin|start) (?:med|with)\b|"
        r"\bsom (?:första|inledande) (?:punkt|ärende|sakärende|sakfråga)\b|\bförst av (?:sak\w+|"
        r"ärendena|alla)\b|\bfirst\b|\bat the top\b"
    )),
    ("type", r"\b(?:" + "|".join(p for p, _ in _TYPES) + r")\b"),
    ("num", r"(?<![\w.,/:-])\d{1,2}(?![\w:]|[.,:]\d|/\d)" + _NOT_TIME),
)  # fmt: skip
_LEXER = re.compile("|".join(f"(?P<{kind}{i}>{form})" for i, (kind, form) in enumerate(_FORMS)))
_NUMBERS = re.compile(rf"{_N}|\b{_W}\b|\b{_ORDINAL}\b|[–-](?=\s*\d)")

_NAME = re.compile(
    r"(?<![\w@.])[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)?(?: (?:[A-ZÅÄÖ]\. ?)?(?:af |von |de "
    r")?[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)?){0,2}"
)


def lex(said: Said, reader: Reader) -> list[Token]:
    """What stands in a sentence, in order."""
    folded = fold(said.text)
    tokens: list[Token] = []
    for match in _LEXER.finditer(folded):
        kind = (match.lastgroup or "").rstrip("0123456789")
        words = match.group()
        start = match.start() + len(words) - len(words.lstrip())
        token = _token(Token(kind, start, match.end()), said.text[start : match.end()], reader)
        if token is not None:
            tokens.append(token)
    tokens += _people(said, folded, tokens, reader)
    return sorted(tokens, key=lambda t: t.start)


def _token(token: Token, words: str, reader: Reader) -> Token | None:
    """A token with what it says; None when it says nothing here."""
    folded = fold(words)
    if token.kind == "later" and (
        own := [i.number for i in reader.items if fold(i.title).strip() == folded.strip()]
    ):
        # "Nästa möte kan tas bort": an item of that name.
        return replace(token, kind="item", numbers=tuple(own))
    if token.kind in {"item", "num", "to", "between", "steps"}:
        return replace(token, numbers=_numbers(folded))
    if token.kind == "lastitem":
        return _last_item(token, folded, reader)
    if token.kind in {"clock", "round"}:
        minutes = _minutes(folded)
        return None if minutes is None else replace(token, numbers=(minutes,))
    if token.kind == "type":
        return replace(token, type=next(t for p, t in _TYPES if re.fullmatch(p, folded)))
    if token.kind == "quote":
        return replace(token, words=words[1:-1])
    return token


def _last_item(token: Token, words: str, reader: Reader) -> Token | None:
    """ "Sista punkten", "övriga frågor": which item that is in this draft."""
    last = len(reader.items)
    standing = [i.number for i in reader.items if is_closing(i.title)]
    if words in {"övriga frågor", "övrig frågor"}:
        other = next((i.number for i in reader.items if re.match(r"(?i)övrig", i.title)), None)
        return None if other is None else replace(token, kind="item", numbers=(other,))
    if standing and ("övriga" in words or "sak" in words):
        return replace(token, kind="item", numbers=(min(standing) - 1,))
    if not last:
        return token
    return replace(token, kind="item", numbers=(last - 1 if "näst" in words else last,))


_ME = re.compile(r"\bjag\b(?= )(?! (?:och|den|det))|\bi(?='ll| will| can| would| am| shall)")


def _people(said: Said, folded: str, taken_by: list[Token], reader: Reader) -> list[Token]:
    """Who is named: known, named in full, or the writer; each with the part that is heard."""
    taken = [(t.start, t.end) for t in taken_by]
    parts = said.roles()
    found: list[Token] = []

    def add(kind: str, start: int, end: int, person: Contact | None) -> None:
        if not any(a < end and start < b for a, b in taken):
            role = next((r for a, b, r in parts if a < end and start < b), "")
            found.append(Token(kind, start, end, person=person, role=role))
            taken.append((start, end))

    for start, end, person in reader.people(said.text):
        add("person", start, end, person)
    for match in _NAME.finditer(said.text):
        if " " in match.group() and match.start() > 0:
            add("person", match.start(), match.end(), Contact(name=match.group()))
    if reader.speaker:
        for match in _ME.finditer(folded):
            if match.group() == "jag" or said.text[match.start()] == "I":
                add("me", match.start(), match.end(), reader.speaker)
        for start, end, role in parts:
            if role == "presenter" and folded[start:end] in PRONOUNS:
                add("me", start, end, reader.speaker)
    return found


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


def is_closing(title: str) -> bool:
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


def is_opening(title: str) -> bool:
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

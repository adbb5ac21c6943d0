"""The whole name of a matter, where the second reader has heard the heart of it.

The second reader finds where a title stands; it often misses the last words
of a long one ("bemanningen av skolhälsovården | under lov"), the first
("avlämning av | elever") or all but one of a question's.  Grammar knows where
a name begins and ends.
"""

from __future__ import annotations

import re

from service.interpretation.titles import MEETING, TIME, end_of, tidy

_PREPOSITION = (
    "av|för|till|med|i|på|hos|mellan|mot|under|inför|vid|kring|bland|från|efter|utan|inom|utanför|över"
)
# "avlämning av | elever": what the preposition belongs to, with what stands before it.
_BELONGS_TO = re.compile(
    r"(?<![\w-])(?P<head>(?:(?:den|det|de|nya?|nytt|gemensam\w*|vår|våra|vårt|låg|hög|ökad|fler|bättre|[\w-]+s|"
    r"[\w-]+ande|[\w-]+iga?|[\w-]+iska?) )?(?P<noun>[\w-]{4,}))"
    r" (?:av|för|till|mot|i|på|hos|mellan|bland) (?:(?:den|det|de|en|ett|sin|våra?|unga|äldre|barns) )?\Z",
    re.IGNORECASE,
)
# What a preposition belongs to but is no part of a name: verbs, and the words of asking.
_NO_NOUN = re.compile(
    r"(?i)(?:.*(?:erar?|erade|nde|ning om)|punkt\w*|ärende\w*|fråg\w+|\w*information|info|\w*diskussion\w*|"
    r"\w*dialog|snack|samtal|minuter|min|halvtimme\w*|kvart|timme|stund|tid|ord|något|någonting|mer|lite|"
    r"prata\w*|tala\w*|höra|berätta\w*|gäller|handlar|rör|tänk\w+|funder\w+|jobba\w*|arbeta\w*|anmäl\w*|"
    r"skick\w*|ta|tar|tog|tas|lägg\w*|sätt\w*|lyft\w*|beslut\w*|ställning\w*|enas|bestämma|anhåll\w+|"
    r"hemställ\w+|dagordning\w*|agenda\w*|möte\w*|sammanträde\w*|underlag\w*|förslag\w*|önskemål\w*|tack|"
    r"inför|till|från|plats|utrymme|dragning\w*|genomgång\w*|redovisning\w*|läge\w*|stöta|stött|stöter|koll\w*|"
    r"titt\w*|tittar|avsätta?|ägna\w*|använd\w*|redogjorde|redogör\w*|önska\w*|uppskatta\w*|visar?|kommer|komma|går|gå|behov\w*|mycket|fram|"
    r"tillbaka|tank\w+|arbetsgrupp|bilag\w*|länk\w*|ökning\w*|version\w*|synpunkt\w*|pass|programpunkt|tips\w*|"
    r"nätverket|gruppen|region\w*|oss|inspel|bidra\w*|rubrik\w*|ämne\w*)\Z"
)
# A clause that is a name as it stands: "hur skolan får besked när en elev skrivs ut".
_CLAUSE = re.compile(r"(?i)(?:hur|vem|vilka|vilken|vilket|vad(?! gäller)|varför|var)\b")
_CLAUSE_BEFORE = re.compile(
    r"(?i)\b(?P<word>hur|vem|vilka|vilket|vilken|vad(?! gäller)|varför)(?: (?:som|ska|kan|har|får|bör|är))?"
    r" (?:[\w-]+ ){0,3}\Z"
)
_CLAUSE_END = re.compile(
    rf"[.;:!?\n]|,| [–—-] | (?:på|till|i|vid|under|den|inför) {MEETING}|{MEETING}|"
    rf"\s+(?:ca |cirka |på |i )?{TIME}|"
    r"\s(?:på|till|vid|i) (?:nästa|ett|något|ert|vårt) (?:\w+ )?(?:möte|gång|sammanträde)\b|$"
)
# What goes on a name: a place, a time, whom it is for.
_GOES_ON = re.compile(
    rf"\A\s(?:(?:{_PREPOSITION}|upp till)\s|(?:år|mån|månader|timmar)\b|\d+\b|"
    r"som (?!ett|en|tema|sam|samtals|punkt|något|jag|vi|diskussion|info|beslut|faktiskt))"
)
# The agenda, a forum, us: where the matter is to go, and no part of its name.
_ELSEWHERE = re.compile(
    r"(?i)\b(?:agendan?|dagordning\w*|program\w*|listan?|nätverket|gruppen|kretsen|svom|samreko|barnarenan|oss|"
    r"er|mig|dess ställe|bordet|rubrik\w*|möt\w*|bussig|snäll|fika\w*|kaffe|lunch\w*|när|någon\w*|gång|"
    r"skriv\w*|beredning\w*|ska|skall|kan|vill|bör|är|behöver|måste|har|får|kommer|kännedom|diskussion|beslut|"
    r"information|faktiskt)\b"
)
_LONGEST_WORDS = 12
# What is heard with this likelihood is the whole name.
_WHOLE = 0.9
# What may stand before a name within what was heard.
_LEAD = re.compile(
    r"(?i)\A\W*(?:(?:nämligen|beträffande|gällande|angående|rörande|avseende|alltså|bort|upp|om|också|även|just|"
    r"igen|det här med|frågan om|frågor om|ärendet|punkten(?: om)?|ställning till|stod|är|har|och)\b[\s,:]*)+"
)
# A sentence runs on after the name: "distansundervisning för hemmasittare | funkar i Funäsdalen".
_RUNS_ON = re.compile(
    r"(?i)(?<!\bsom)(?<!\bdär)(?<!\bnär)\s(?:strykas|utgå|återkallas|återtas|läggas|funkar|fungerar|är|har|blir|behöver|bör|ska|kan|måste|förtjänar|får|kommer|går|saknas|skulle|"
    r"vidare|larmar|ser|strular|brister|ökar|minskar|väntar|svarar|räcker|som (?:faktiskt|ju|jag|vi)|"
    r"och (?:att|jag|vi|det)|(?:redovisar|berättar|drar|visar) gärna)\b"
)


def named(cover: str, start: int, end: int, likelihood: float = 0.0) -> str:
    """The name whose heart stands from `start` to `end`, as it is printed.

    `cover` is the sentence with meetings and minutes masked; what was heard with
    a high likelihood is whole already.
    """
    begin, close = whole_name(cover, start, end, likelihood < _WHOLE)
    words = cover[begin:close]
    if _CLAUSE.match(words):
        return tidy(words)
    words = _LEAD.sub("", words)
    runs_on = _RUNS_ON.search(words)
    return tidy(words[: runs_on.start()] if runs_on and runs_on.start() >= 4 else words)


def whole_name(cover: str, start: int, end: int, grows: bool = True) -> tuple[int, int]:
    """Where the name begins and ends whose heart stands from `start` to `end`; it grows only when told so."""
    if clause := _clause(cover, start, end):
        return clause
    start = _begin(cover, start) if grows else start
    told = start + end_of(cover[start : start + 300])
    if told < end:
        return start, told if told - start >= 4 else end
    return start, _end(cover, start, end, told) if grows or cover[:end][-1:].isdigit() else end


def _clause(cover: str, start: int, end: int) -> tuple[int, int] | None:
    """The clause that a question word opens: all of it is the name."""
    before = None
    if not _CLAUSE.match(cover[start:]) and (before := _CLAUSE_BEFORE.search(cover[:start])) is None:
        return None
    begin = before.start("word") if before else start
    found = _CLAUSE_END.search(cover, end)
    close = found.start() if found else len(cover)
    return (begin, close) if 4 <= len(cover[begin:close].split()) <= 16 else None


def _begin(cover: str, start: int) -> int:
    for _ in range(2):
        found = _BELONGS_TO.search(cover[:start])
        if found is None or _NO_NOUN.match(found["noun"]):
            break
        start = found.start("head")
    return start


def _end(cover: str, start: int, end: int, told: int) -> int:
    rest = cover[end:told]
    if not _GOES_ON.match(rest):
        return end
    cut = re.search(r",|\s(?:och|men|så|då)\s|;|\s[–—-]\s", rest)
    rest = rest[: cut.start()] if cut else rest
    whole = cover[start : end + len(rest)]
    return end if _ELSEWHERE.search(rest) or len(whole.split()) > _LONGEST_WORDS else end + len(rest)

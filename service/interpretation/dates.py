"""Dates as Swedes write them, and minutes; each with its place in the text.

Our own small grammar: what it finds it also resolves, against the day on
which the letter was written and the days that are known to matter (the
meetings).  A date without a year means the nearest one, and rather the one
to come; a weekday that does not fit its date is kept as a conflict.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from service.interpretation.words import bare, fold

DateKind = Literal["day", "dayofmonth", "weekday", "relative", "week", "month", "season", "range"]

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "januari janurai jan january",
        "februari febuari feburari februri febrauri febr feb february",
        "mars march",
        "april arpil apr",
        "maj may",
        "juni jun june",
        "juli jul july",
        "augusti agusti aug august",
        "september septemper setember spetember septembre sept sep",
        "oktober okober okt october oct",
        "november novmber novemeber nov",
        "december decmber desember dec",
    ),
    1,
):
    for _name in _names.split():
        _MONTHS[_name] = _number
_WEEKDAYS = {
    "mandag": 0, "monday": 0, "tisdag": 1, "tuesday": 1, "onsdag": 2, "wednesday": 2, "torsdag": 3, "thursday": 3,
    "fredag": 4, "friday": 4, "lordag": 5, "saturday": 5, "sondag": 6, "sunday": 6, "mon": 0, "man": 0, "tis": 1,
    "tue": 1, "ons": 2, "wed": 2, "tors": 3, "tor": 3, "to": 3, "thu": 3, "thur": 3, "fre": 4, "fri": 4, "lor": 5, "son": 6,
    "torsd": 3, "onsd": 2, "tisd": 1, "mand": 0, "fred": 4, "ti": 1,
}  # fmt: skip
_ORDINALS = {
    word: number
    for number, words in enumerate(
        [
            "forsta",
            "andra",
            "tredje",
            "fjarde",
            "femte",
            "sjatte",
            "sjunde",
            "attonde",
            "nionde",
            "tionde",
            "elfte",
            "tolfte",
            "trettonde",
            "fjortonde",
            "femtonde",
            "sextonde",
            "sjuttonde",
            "artonde",
            "nittonde",
            "tjugonde",
            "tjugoforsta",
            "tjugoandra",
            "tjugotredje",
            "tjugofjarde",
            "tjugofemte",
            "tjugosjatte",
            "tjugosjunde",
            "tjugoattonde",
            "tjugonionde",
            "trettionde",
            "trettioforsta",
        ],
        1,
    )
    for word in (words,)
}
_M = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_MLONG = (
    "(?:januari|januar[iy]|febr?uari|feburari|februri|february|mars|march|april|maj|juni|june|juli|july|augusti|"
    "august|september|oktober|october|november|december)"
)
_WLONG = "(?:mandag|tisdag|onsdag|torsdag|fredag|lordag|sondag|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_W = "(?:" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + ")"
_ORD = "(?:" + "|".join(sorted(_ORDINALS, key=len, reverse=True)) + ")"
_D = r"(?:3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?:(?:,? )(?P<y{n}>20\d\d)|,? ?[-’'](?P<yy{n}>\d\d)(?!\d))?"
_B, _E = r"(?<![\w/.-])", r"(?![\w])"

_FORMS: tuple[tuple[str, str], ...] = (
    ("iso", rf"(?<![\d-])(?P<iy>20\d\d)[-./](?P<im>0?[1-9]|1[0-2])[-./](?P<id>{_D})(?![\d-])"),
    ("compact", r"(?<![\w/.+-])(?P<cy>(?:20)?(?:2[5-9]|3\d))(?P<cm>0[1-9]|1[0-2])(?P<cd>0[1-9]|[12]\d|3[01])(?![\w-])"),
    (
        "daymonth",
        rf"{_B}(?:(?P<wd1>{_W})(?:en)?s?[.,]? ?(?:\(?v(?:ecka|\.)? ?\d{{1,2}}\)?,? ?)?)?(?:(?:den|d\.?|the) )?"
        rf"(?:(?P<d1>{_D})(?: ?:?(?:e|a|st|nd|rd|th|de))?\.?|(?P<o1>{_ORD}))(?: ?(?:-|–|och|&) ?(?P<d1b>{_D})(?::?[ea])?)?"
        rf" ?(?:of )?(?P<m1>{_M})\.?(?:manad)?{_E}" + _YEAR.format(n=1),
    ),
    (
        "monthday",
        rf"{_B}(?:(?P<wd2>{_W}),? )?(?P<m2>{_MLONG}|jan|feb|apr|aug|sept?|oct|nov|dec) (?:the )?(?P<d2>{_D})(?:st|nd|rd|th)?(?![\w:/.]\d|\w)"
        + r"(?:,? (?P<y2>20\d\d))?(?P<yy2>(?!))?",
    ),
    (
        "slash",
        rf"(?<![\d/.])(?:(?P<wd3>{_W})(?:en)?s?[.,]? ?)?(?:(?<!\w)(?:den|d\.) )?(?<![\d/])(?P<d3>{_D})(?: ?(?:-|–) ?(?P<d3b>{_D}))? ?/ ?(?P<m3>1[0-2]|0?[1-9])(?![\d/])"
        rf"(?:(?: ?[-/] ?|\s)(?P<y3>20\d\d)|[-/](?P<yy3>\d\d))?(?!\d)",
    ),
    ("dot", rf"(?<![\d./:,-])(?P<dotlead>kl\.? ?|klockan |pkt\.? |punkt )?(?P<d4>{_D})\.(?P<m4>1[0-2]|0?[1-9])(?:\.(?P<y4>20\d\d))?(?![\d:]|[.,-]\d| ?[–-] ?\d)"),
    (
        "ofmonth",
        rf"{_B}(?:(?P<wd5>{_WLONG})(?:en)?s? )?(?:(?P<lead5>den|d\.|the) (?:(?P<d5>{_D})(?: ?:?(?:e|a|st|nd|rd|th|de))?|(?P<o5>{_ORD}))"
        rf"|(?P<d5b>{_D})(?::(?:e|a|de)|(?:st|nd|rd|th)(?!\w)))(?: ?(?:-|–|och) ?(?P<d5c>{_D}):?[ea]?)?(?!\w|[/.:]\d| ?%| (?:punkt|arende|sida|stycke|gang|person|min|tim|kap|vers|del|led|version|mote|fraga|par|rad))",
    ),
    (
        "weekday",
        rf"{_B}(?P<rel6>nu pa |pa |i |nastkommande |nasta veckas |nasta |forra |senaste |denna |den har |kommande |redan pa |this |next |on |last |coming )?(?P<wd6>{_WLONG})(?P<inf6>ens|en|s)?{_E}"
        # "På onsdag den 11 februari": a weekday with its date is one mention.
        rf"(?!s?[.,]? ?(?:(?:den|d\.|the) (?:{_D}(?!\d)|{_ORD})|{_D}(?: ?:?(?:e|a|st|nd|rd|th|de))? ?(?:{_MLONG}|jan|feb|mar|apr|jun|jul|aug|sep|okt|nov|dec|/ ?\d)))"
        rf"(?: (?P<tail6>(?:i )?nasta vecka|next week|(?:i )?(?:den har|denna) veckan?|this week|i veckan|(?:i )?v(?:ecka|\.)? ?(?P<wk6>\d{{1,2}})))?",
    ),
    (
        "relative",
        rf"{_B}(?P<word7>i ?dag|today|tonight|i kvall|i ?morgon|imorn|i morron|tomorrow|i ?overmorgon|i ?gar|yesterday|(?:nu )?i eftermiddag|this afternoon|nu pa morgonen|i morse|i formiddag)(?:s|ens)?{_E}",
    ),
    (
        "weekspan",
        rf"{_B}(?P<lead8>hela |under |all |i )?(?P<rel8>nasta|den har|denna|this|next|kommande) (?:vecka|veckan|week){_E}|{_B}(?:hela |i |all )(?P<rel8b>veckan|vecka|week){_E}",
    ),
    ("weeknumber", rf"{_B}(?:v|vecka|veckorna|week|veckan)\.? ?(?P<w9>[1-5]?\d)(?: ?(?:-|–|till|och|to) ?(?P<w9b>[1-5]?\d))?(?![\w/]|[.:]\d)"),
    ("weeksahead", rf"{_B}om (?P<n10>en|tva|tre|fyra|fem|sex|\d) (?P<u10>veckor|vecka|manader|manad|dagar|dag){_E}|{_B}in (?P<n10b>a|two|three|\d) (?P<u10b>weeks?|months?|days?){_E}"),
    ("month", rf"{_B}(?P<lead11>i |in |under |hela |till |for |fran |efter |om )?(?P<m11>{_MLONG}|feb|febr|sept|okt|nov|dec|apr|aug)(?P<inf11>s)?{_E}(?:(?: |-)(?P<y11>20\d\d))?"),
    (
        "season",
        rf"{_B}(?P<lead12>hela |resten av |under |i |till |all |the rest of |den har |denna |nasta )?(?P<s12>varterminens?|hostterminens?|varens?|hostens?|sommarens?|vinterns?|var|host|sommar|vinter|aret ut|aret|ar|terminen|spring|autumn|fall|summer|year|term){_E}(?: (?P<y12>20\d\d))?",
    ),
    ("turn", rf"{_B}(?P<w13>arsskiftet|nyar|(?:efter |over |fore )?jul(?:en|helgen)?|efter sommaren|efter semestern|the new year|new year){_E}(?: (?P<y13>20\d\d)/?)?"),
)  # fmt: skip
_ALL = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS))


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date, or a span of days, as the text names it.

    `day` is None for a span; `first` and `last` bound what is meant, both
    included.  `conflict` says in Swedish what does not hold together.
    """

    start: int
    end: int
    text: str
    kind: DateKind
    first: date
    last: date
    day: date | None = None
    conflict: str | None = None
    year_given: bool = False


def _cost(day: date, today: date) -> int:
    """How far-fetched a day is: what has been costs three times what is to come."""
    distance = (day - today).days
    return distance if distance >= 0 else -3 * distance


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _century(yy: str) -> int:
    return 2000 + int(yy)


def nearest(day: int, month: int, today: date, known: Iterable[date] = ()) -> date | None:
    """The year in which a day and month most likely lie, seen from a day."""
    candidates = [d for y in (today.year - 1, today.year, today.year + 1) if (d := _make(y, month, day))]
    met = set(known)
    return min(candidates, key=lambda d: _cost(d, today) - (60 if d in met else 0), default=None)


def _of_month(day: int, today: date, known: tuple[date, ...]) -> date | None:
    """Which month a bare "den 16:e" means: a meeting within reach, else the nearest to come."""
    meetings = [d for d in known if d.day == day and -40 <= (d - today).days <= 120]
    if meetings:
        return min(meetings, key=lambda d: _cost(d, today))
    for ahead in range(3):
        month = (today.month - 1 + ahead) % 12 + 1
        year = today.year + (today.month - 1 + ahead) // 12
        found = _make(year, month, day)
        if found and found >= today:
            return found
    return None


def _monday(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def _nearest_week(week: int, today: date) -> date | None:
    mondays = [m for y in (today.year - 1, today.year, today.year + 1) if (m := _monday(y, week))]
    return min(mondays, key=lambda m: _cost(m + timedelta(days=6), today), default=None)


WEEKDAY_NAMES = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTH_NAMES = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip


def in_words(day: date) -> str:
    """ "torsdag 22 april"."""
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]}"


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)


def _month_span(month: int, today: date, year: int | None = None) -> tuple[date, date]:
    if year is None:
        spans = [
            (date(y, month, 1), month_end(y, month)) for y in (today.year - 1, today.year, today.year + 1)
        ]
        return min(spans, key=lambda span: 0 if span[0] <= today <= span[1] else _cost(span[1], today))
    return date(year, month, 1), month_end(year, month)


_SEASONS = {"var": (1, 6), "host": (8, 12), "sommar": (6, 8), "vinter": (12, 2)}


def season_span(word: str, today: date, year: int | None = None) -> tuple[date, date]:
    """The days of "våren" (January to June), "hösten" (August to December), "året"."""
    if word.startswith(("ar", "year")):
        y = year or today.year
        return date(y, 1, 1), date(y, 12, 31)
    if word.startswith(("termin", "term")):
        word = "var" if today.month <= 6 else "host"
    name = {"spring": "var", "autumn": "host", "fall": "host", "summer": "sommar"}.get(word)
    name = name or next((s for s in _SEASONS if word.startswith(s)), "var")
    first, last = _SEASONS[name]
    if name == "vinter":
        y = year or (today.year if today.month > 2 else today.year - 1)
        return date(y, 12, 1), month_end(y + 1, 2)
    y = year or (today.year if today <= month_end(today.year, last) else today.year + 1)
    return date(y, first, 1), month_end(y, last)


# The whole text and the subject line are looked at by more than one reader.
@lru_cache(maxsize=8)
def find_dates(text: str, today: date, known: tuple[date, ...] = ()) -> tuple[DateMention, ...]:
    """Every date and span of days in a text, resolved from `today`, in order."""
    flat = bare(fold(text))
    found = list(_points(text, flat, today, known))
    return tuple(_joined(text, flat, found, today))


def _points(text: str, flat: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    for match in _ALL.finditer(flat):
        form = next(n for n, _ in _FORMS if match.group(n) is not None)
        yield from _RESOLVE[form](match, text, today, known)


def _mention(
    match: re.Match[str],
    text: str,
    kind: DateKind,
    first: date,
    last: date | None = None,
    conflict: str | None = None,
    year_given: bool = False,
) -> DateMention:
    last = last or first
    return DateMention(
        match.start(),
        match.end(),
        text[match.start() : match.end()],
        kind,
        first,
        last,
        first if first == last else None,
        conflict,
        year_given,
    )


def _weekday_conflict(word: str | None, day: date) -> str | None:
    if not word or word not in _WEEKDAYS or _WEEKDAYS[word] == day.weekday():
        return None
    said = WEEKDAY_NAMES[_WEEKDAYS[word]]
    return f"den {day.day} {MONTH_NAMES[day.month - 1]} {day.year} är en {WEEKDAY_NAMES[day.weekday()]}, inte en {said}"


def _year_of(match: re.Match[str], n: int) -> int | None:
    if match.group(f"y{n}"):
        return int(match.group(f"y{n}"))
    return _century(match.group(f"yy{n}")) if match.group(f"yy{n}") else None


def _iso(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    day = _make(int(match["iy"]), int(match["im"]), int(match["id"]))
    if day:
        yield _mention(match, text, "day", day, year_given=True)


def _compact(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    year = int(match["cy"]) if len(match["cy"]) == 4 else _century(match["cy"])
    day = _make(year, int(match["cm"]), int(match["cd"]))
    if day:
        yield _mention(match, text, "day", day, year_given=True)


def _dated(
    match: re.Match[str],
    text: str,
    today: date,
    known: tuple[date, ...],
    day: int,
    month: int,
    year: int | None,
    weekday: str | None,
    until: int | None = None,
) -> Iterator[DateMention]:
    first = _make(year, month, day) if year else nearest(day, month, today, known)
    if not first:
        return
    if weekday in _WEEKDAYS and not year and _WEEKDAYS[weekday] != first.weekday():
        # Another year may fit, but only one near enough to be meant, and rather a meeting.
        for y in (today.year, today.year + 1):
            other = _make(y, month, day)
            if other and _WEEKDAYS[weekday] == other.weekday() and other in known and first not in known:
                first = other
    last = _make(first.year, month, until) if until else None
    if last and last > first:
        separate = re.search(r"och|&", match.group()) and not _BETWEEN.search(
            match.string, max(0, match.start() - 12), match.start()
        )
        if separate:
            # "22 och 23 april" are two days.
            yield _mention(match, text, "day", first, None, None, bool(year))
            yield _mention(match, text, "day", last, None, None, bool(year))
            return
        yield _mention(match, text, "range", first, last, None, bool(year))
        return
    yield _mention(match, text, "day", first, None, _weekday_conflict(weekday, first), bool(year))


def _daymonth(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    day = int(match["d1"]) if match["d1"] else _ORDINALS[match["o1"]]
    until = int(match["d1b"]) if match["d1b"] else None
    yield from _dated(
        match, text, today, known, day, _MONTHS[match["m1"]], _year_of(match, 1), match["wd1"], until
    )


def _monthday(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    yield from _dated(
        match, text, today, known, int(match["d2"]), _MONTHS[match["m2"]], _year_of(match, 2), match["wd2"]
    )


def _slash(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    day, month = int(match["d3"]), int(match["m3"])
    until = int(match["d3b"]) if match["d3b"] else None
    if (day, month) == (24, 7):
        return
    yield from _dated(match, text, today, known, day, month, _year_of(match, 3), match["wd3"], until)


def _dot(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    if match["dotlead"]:
        return
    day, month = int(match["d4"]), int(match["m4"])
    first = _make(int(match["y4"]), month, day) if match["y4"] else nearest(day, month, today, known)
    before = bare(fold(text[max(0, match.start() - 5) : match.start()]))
    if first and (first in known or match["y4"] or before.endswith(("den ", " d "))):
        yield _mention(match, text, "day", first, year_given=bool(match["y4"]))


def _ofmonth(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    if match["o5"] and _ORDINALS[match["o5"]] <= 3 and not match["wd5"]:
        # "den första", "den andra", "den tredje" are seldom dates.
        day = _ORDINALS[match["o5"]]
        meeting = next((d for d in known if d.day == day and 0 <= (d - today).days <= 45), None)
        after = text[match.end() : match.end() + 2].strip()
        if not meeting or day < 3 or (after and after[0] not in ".,!?;:)"):
            return
    number = int(match["d5"] or match["d5b"] or 0) or _ORDINALS[match["o5"] or "forsta"]
    day_found = _of_month(number, today, known)
    if not day_found:
        return
    wd = match["wd5"]
    if wd and _WEEKDAYS[wd] != day_found.weekday():
        for ahead in range(60):
            other = today + timedelta(days=ahead)
            if other.day == number and other.weekday() == _WEEKDAYS[wd] and day_found not in known:
                day_found = other
                break
    yield _mention(match, text, "dayofmonth", day_found, None, _weekday_conflict(wd, day_found))
    if match["d5c"]:
        other_day = _make(day_found.year, day_found.month, int(match["d5c"]))
        if other_day:
            yield _mention(match, text, "dayofmonth", other_day)


def _weekday(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    wanted = _WEEKDAYS[match["wd6"]]
    lead, inflection, tail = (match["rel6"] or "").strip(), match["inf6"] or "", match["tail6"] or ""
    ahead = (wanted - today.weekday()) % 7
    day = today + timedelta(days=ahead)
    if match["wk6"]:
        monday = _nearest_week(int(match["wk6"]), today)
        if not monday:
            return
        day = monday + timedelta(days=wanted)
    elif tail.endswith(("nasta vecka", "next week")) or lead == "nasta veckas":
        day = today - timedelta(days=today.weekday()) + timedelta(days=7 + wanted)
    elif lead in {"forra", "senaste", "last"} or (lead == "i" and inflection == "s"):
        behind = (today.weekday() - wanted) % 7 or 7
        day = today - timedelta(days=behind)
    elif lead in {"nasta", "next"}:
        # "Nästa torsdag" is the one after this week's to most people, but a meeting settles it.
        near, far = day if ahead else day + timedelta(days=7), day + timedelta(days=7)
        same_week = near.isocalendar()[1] == today.isocalendar()[1]
        day = far if same_week and near != far and (far in known or near not in known) else near
        if near not in known and far in known:
            day = far
    yield _mention(match, text, "weekday", day)


def _relative(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    word = match["word7"].replace(" ", "")
    days = 0
    if word.startswith(("imorgon", "imorn", "imorron", "tomorrow")):
        days = 1
    elif word.startswith("iovermorgon"):
        days = 2
    elif word.startswith(("igar", "yesterday")):
        days = -1
    yield _mention(match, text, "relative", today + timedelta(days=days))


def _weekspan(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    monday = today - timedelta(days=today.weekday())
    if (match["rel8"] or "") in {"nasta", "next", "kommande"}:
        monday += timedelta(days=7)
    yield _mention(match, text, "week", monday, monday + timedelta(days=6))


def _weeknumber(
    match: re.Match[str], text: str, today: date, known: tuple[date, ...]
) -> Iterator[DateMention]:
    week = int(match["w9"])
    first = _nearest_week(week, today) if 1 <= week <= 53 else None
    if not first:
        return
    until = int(match["w9b"]) if match["w9b"] else week
    last = first + timedelta(days=6 + 7 * max(0, until - week))
    yield _mention(match, text, "week", first, last)


_COUNTS = {"en": 1, "a": 1, "tva": 2, "two": 2, "tre": 3, "three": 3, "fyra": 4, "fem": 5, "sex": 6}


def _weeksahead(
    match: re.Match[str], text: str, today: date, known: tuple[date, ...]
) -> Iterator[DateMention]:
    word = match["n10"] or match["n10b"]
    count = _COUNTS.get(word) or int(word)
    unit = match["u10"] or match["u10b"]
    if unit.startswith(("dag", "day")):
        yield _mention(match, text, "relative", today + timedelta(days=count))
    elif unit.startswith(("veck", "week")):
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * count)
        yield _mention(match, text, "week", monday, monday + timedelta(days=6))
    else:
        month = (today.month - 1 + count) % 12 + 1
        year = today.year + (today.month - 1 + count) // 12
        yield _mention(match, text, "month", *_month_span(month, today, year))


def _month(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    word = match["m11"]
    if word in {"may", "march", "august"} and not match["lead11"]:
        return
    year = int(match["y11"]) if match["y11"] else None
    yield _mention(match, text, "month", *_month_span(_MONTHS[word], today, year), year_given=bool(year))


def _season(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    word, lead = match["s12"], (match["lead12"] or "").strip()
    if word in {"var", "host", "sommar", "vinter", "ar", "spring", "fall", "year", "term"} and lead not in {
        "i", "hela", "till", "under", "nasta", "the rest of", "all", "den har", "denna",
    }:  # fmt: skip
        return
    if word == "var" and "å" not in fold(match.string and text[match.start() : match.end()]):
        # "var" is another word than "vår", unless the writer has no dots at all.
        return
    year = int(match["y12"]) if match["y12"] else None
    if word in {"ar", "year", "aret"} and lead in {"nasta"}:
        year = today.year + 1
    first, last = season_span(word, today, year)
    if lead in {"resten av", "the rest of"} or word == "aret ut":
        first = max(first, today)
    yield _mention(match, text, "season", first, last, year_given=bool(year))


def _turn(match: re.Match[str], text: str, today: date, known: tuple[date, ...]) -> Iterator[DateMention]:
    word = match["w13"]
    if "sommar" in word or "semester" in word:
        year = today.year if today.month <= 8 else today.year + 1
        yield _mention(match, text, "season", date(year, 8, 1), date(year, 9, 30))
        return
    year = int(match["y13"]) if match["y13"] else today.year + (1 if today.month > 1 else 0)
    if word.startswith(("jul", "over jul", "fore jul")):
        yield _mention(match, text, "range", date(year - 1, 12, 20), date(year, 1, 6))
        return
    yield _mention(match, text, "day", date(year, 1, 1))


_RESOLVE = {
    "iso": _iso, "compact": _compact, "daymonth": _daymonth, "monthday": _monthday, "slash": _slash, "dot": _dot,
    "ofmonth": _ofmonth, "weekday": _weekday, "relative": _relative, "weekspan": _weekspan,
    "weeknumber": _weeknumber, "weeksahead": _weeksahead, "month": _month, "season": _season, "turn": _turn,
}  # fmt: skip

_DASH = re.compile(
    r"\s*(?:-|–|—|till och med|t\.? ?o\.? ?m\.?|tom|till|fram till|to|until|through)\s*(?:och med )?(?:den )?"
)
_BETWEEN = re.compile(r"(?:mellan|between)\s*\Z")
_FROM = re.compile(r"(?:fran och med|fr\.? ?o\.? ?m\.?|from och med|from|fran|starting|as of)\s*(?:den )?\Z")


def _joined(text: str, flat: str, found: list[DateMention], today: date) -> Iterator[DateMention]:
    """Two dates with "till" or a dash between them are one span."""
    number = 0
    while number < len(found):
        one = found[number]
        two = found[number + 1] if number + 1 < len(found) else None
        if two and one.end <= two.start and two.start - one.end <= 22:
            gap = flat[one.end : two.start]
            if not gap.strip() and flat.startswith(("till ", "to "), two.start):
                gap = "till"
            before = flat[max(0, one.start - 22) : one.start]
            spans = _DASH.fullmatch(gap) or (gap.strip() in {"och", "and"} and _BETWEEN.search(before))
            if one.kind == "weekday" and one.day and two.kind == "week" and not gap.strip():
                # "torsdag om två veckor"
                day = two.first + timedelta(days=one.day.weekday())
                yield DateMention(one.start, two.end, text[one.start : two.end], "weekday", day, day, day)
                number += 2
                continue
            if spans and two.last >= one.first and (one.day or one.kind in {"month", "week"}):
                yield DateMention(
                    one.start,
                    two.end,
                    text[one.start : two.end],
                    "range",
                    one.first,
                    two.last,
                    None,
                    one.conflict,
                )
                number += 2
                continue
        yield one
        number += 1


def starts_at(flat: str, mention: DateMention) -> bool:
    """Whether the words before a date say that something begins then ("fr.o.m.")."""
    return bool(_FROM.search(flat[max(0, mention.start - 24) : mention.start]))


_HOURS = {
    "ett": 1, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "atta": 8, "nio": 9, "tio": 10, "elva": 11, "tolv": 12,
    "one": 1, "two": 2, "three": 3, "four": 4, "ten": 10, "eleven": 11, "noon": 12,
}  # fmt: skip
_HW = "(?:" + "|".join(sorted(_HOURS, key=len, reverse=True)) + r"|1[0-2]|0?[1-9])"
_CLOCK = re.compile(
    rf"(?<![\w/.])(?:(?P<half>halv|half past) (?P<h1>{_HW})|(?P<quarter>(?:en )?kvart|tio(?: minuter)?|fem(?: minuter)?|tjugo(?: minuter)?|quarter|a quarter) (?P<side>i|over|to|past) (?P<h2>{_HW})"
    rf"|(?:kl\.? ?|klockan |at |vid |omkring |runt |kring |strax efter |strax fore |efter |till |fram till |around |until |tidigast |senast |ca |cirka )+(?P<h3>[01]?\d|2[0-3])(?:[.:](?P<m3>[0-5]\d))?(?! ?(?:min|personer|april|maj|juni|februari|mars|september|november|december|/))"
    rf"|(?P<h4>[01]?\d|2[0-3])[.:](?P<m4>[0-5]\d)(?![\d.-])|(?:vid |omkring |runt |kring |till |efter |klockan |kl |fram till )+(?P<h5>{_HW})|(?P<h6>{_HW})-?tiden)(?![\w/])"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in a text, as minutes after midnight; `loose` hours may be afternoon ones."""

    start: int
    end: int
    minutes: int
    loose: bool


def find_clock(text: str) -> tuple[Clock, ...]:
    """Times of day: "kl. 13.45", "halv två", "kvart i två", "tretiden"."""
    rows: list[Clock] = []
    for match in _CLOCK.finditer(bare(fold(text))):
        hour_word = match["h1"] or match["h2"] or match["h3"] or match["h4"] or match["h5"] or match["h6"]
        hour = _HOURS.get(hour_word) or int(hour_word)
        minutes = hour * 60
        if match["half"]:
            minutes += -30 if match["half"] == "halv" else 30
        elif match["quarter"]:
            word = match["quarter"].split()[-2 if match["quarter"].endswith("minuter") else -1]
            step = {"kvart": 15, "quarter": 15, "tio": 10, "fem": 5, "tjugo": 20}[word]
            minutes += -step if match["side"] in {"i", "to"} else step
        else:
            minutes += int(match["m3"] or match["m4"] or 0)
        rows.append(Clock(match.start(), match.end(), minutes, hour <= 7))
    return tuple(rows)


_NUMBER_WORDS = {
    "en": 1, "ett": 1, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "atta": 8, "nio": 9, "tio": 10,
    "elva": 11, "tolv": 12, "femton": 15, "tjugo": 20, "tjugofem": 25, "trettio": 30, "trettiofem": 35,
    "fyrtio": 40, "fyrtiofem": 45, "femtio": 50, "sextio": 60, "nittio": 90,
    "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45,
}  # fmt: skip
_NW = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
_MINUTES = re.compile(
    rf"(?<![\w/.:-])(?:(?:\d{{1,3}} ?(?:-|–|till|a|eller) ?)?(?P<n>\d{{1,3}})|(?:(?:{_NW})(?:-|–| till | eller ))?(?P<w>{_NW})) ?(?:st )?(?:minuters?|minutes?|min|m)(?![\w])(?! (?:promenad|bort|fore|efter|sen|fran(?! (?:mig|min|mitt|oss|var|vart)(?!\w))))"
    r"|(?P<tkv>(?:tre|3) ?kvart(?:s|ar)?)(?!\w)|(?<!\w)(?P<thalf>en och en halv timm?e?s?|1[,.]5 ?(?:tim|h)\w*|halvannan timm?e|halvannan timma)(?!\w)"
    r"|(?<!\w)(?:en )?(?P<half>halvtimmes?|halvtimma|halv timm[ea]|half an hour|half hour|0[,.]5 ?tim\w*|1/2 tim\w*)(?!\w)|(?<!\w)(?:en |a )?(?P<kv>kvarts?|quarter of an hour|kvarten)(?!\w)(?! (?:over|i|fore|av|to|past) )"
    r"|(?<!\w)(?P<hn>en|ett|one|an|a|1|2|tva|two) ?(?P<hour>timm[ea]s?|timmar|tim|h|hours?)(?!\w)"
)


def find_minutes(text: str) -> int | None:
    """How many minutes a text asks for: "en kvart", "20 min", "ca 20-25 minuter" (the longer)."""
    for match in _MINUTES.finditer(bare(fold(text))):
        if match["n"]:
            number = int(match["n"])
            if 1 <= number <= 480:
                return number
        elif match["w"]:
            return _NUMBER_WORDS[match["w"]]
        elif match["tkv"]:
            return 45
        elif match["thalf"]:
            return 90
        elif match["half"]:
            return 30
        elif match["kv"]:
            return 15
        elif match["hour"]:
            return 120 if match["hn"] in {"2", "tva", "two"} else 60
    return None

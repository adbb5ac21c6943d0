"""Which of the network's meetings a text means.

A date is ours only when a meeting is held, or was called, on it; everything
else is someone else's date and is kept as such.  "Nästa möte" counts from the
letter's own day, and a thread about a meeting makes "mötet" that meeting.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from service.domain.letters import Letter
from service.domain.network import Meeting, Network
from service.interpretation.dates import _MLONG, _MONTHS, DateMention, find_dates, season_span
from service.interpretation.surroundings import Surroundings
from service.interpretation.words import bare, fold

_NOUN = (
    r"(?:natverks?|samreko|styr|stor)?-?(?:motena|moten|mote(?:t|ts)?|sammantraden?a?|sammantradet|sammankomst(?:en|er|erna)?|"
    r"traff(?:en|ar|arna)?|gang(?:en|erna|er)?|tillfallet|samling(?:en)?|samrekomote\w*|samreko|meetings?|session|time|one)"
)
_SINGLE = r"(?:(?:natverks?|samreko-?)?(?:mote(?:t)?|sammantrade(?:t)?|sammankomst(?:en)?|traff(?:en)?)|gang(?:en)?|samreko|tillfalle(?:t)?|samling|meeting|time|session|natverksmote|samrekotraff|dagordning(?:en)?|agenda)"
_ORDINAL = {
    "forsta": 0,
    "first": 0,
    "andra": 1,
    "second": 1,
    "tredje": 2,
    "sista": -1,
    "last": -1,
    "avslutande": -1,
}
_MSHORT = "(?:jan|feb|febr|mar|apr|maj|jun|jul|aug|sep|sept|okt|nov|dec)"

_FORMS: tuple[tuple[str, str], ...] = (
    (
        "seasonal",
        r"(?:(?P<sea1>varens|hostens|varterminens|hostterminens|terminens|arets|nasta ars|nastkommande ars) (?P<ord1>forsta|andra|tredje|sista|avslutande)? ?(?P<n1>" + _NOUN + r"|halva)?)",
    ),
    (
        "ofseason",
        r"(?:(?P<ord2>forsta|andra|sista|last|first) (?:motet|sammantradet|traffen|gangen|meeting|mote) ?(?P<sea2>(?:i|pa|under|for|till|in|of|this|next|the)? ?(?:den |the )?(?:varen|hosten|var|host|aret|ar|spring|autumn|year|nasta ar|nya aret|new year|terminen)(?: 20\d\d)?|efter nyar|efter arsskiftet|(?P<y2>20\d\d)|fore jul|innan jul|fore sommaren|innan sommaren|fore semestern|efter sommaren|efter semestern|efter jul|before christmas|after the summer))",
    ),
    (
        "all",
        r"(?:(?:alla|samtliga|bada|de bada|resten av|alla de|all|both|the rest of the|ovriga|resterande|aterstaende) (?:av )?(?P<q3>arets|varens|hostens|kvarvarande|kommande|aterstaende|ovriga|var|host|dessa|the|vara)? ?-?(?P<n3>varmoten\w*|hostmoten\w*|moten|motena|sammantraden|sammantradena|traffar|traffarna|tillfallena|tillfallen|gangerna|meetings)(?: (?P<sea3>(?:i|under|this|in) (?:var|varen|host|hosten|ar|aret|spring|autumn|year)(?!\w)))?)",
    ),
    ("seasonmeetings", r"(?:(?P<sea4>var|host)-?(?P<n4>moten(?:a)?|traffar(?:na)?)(?!\w))"),
    (
        "count",
        r"(?:(?:de |vara |the )?(?P<c5>tva|tre|fyra|two|three) (?:nasta|narmaste|kommande|nastkommande|next) (?:motena|moten|traffarna|gangerna|sammantradena|meetings|ganger)|(?:de |the )?(?:nasta|narmaste|kommande|next) (?P<c5b>tva|tre|two|three) (?:motena|moten|traffarna|gangerna|sammantradena|meetings|ganger))",
    ),
    (
        "after",
        r"(?:(?:(?:(?:nasta )?" + _SINGLE + r"|det|the one|nasta) )(?:(?:narmast |nast )?darefter|darpa(?: foljande)?|det darpa foljande|efter (?:det|nasta|den)(?! \w+(?:mote|traff))|nast efter(?: det)?|after (?:that|next))(?: (?:motet|mote|sammantrade\w*|gang|traff))?|(?:det )?darpa foljande(?: motet| mote| sammantrade\w*)?|nastnasta (?:mote\w*|gang|traff)|nast nasta (?:mote\w*|gang|traff)|motet efter nasta|(?:gangen|gang) darpa)",
    ),
    (
        "next",
        r"(?:(?:vart |ert |samrekos |natverkets |vid |your |our |the )?(?:allra )?(?:nastkommande|nasta|narmast(?:e|a)? kommande|narmast forestaende|narmaste|kommande|forestaende|annalkande|nast kommande|the coming|next|upcoming|narmast) "
        + r"(?:ordinarie |kommande |samreko-?)?" + _SINGLE + r"(?!-)(?:s)?(?!\w))",
    ),
    (
        "this",
        r"(?:(?:det har|detta|den har|dagens|this|morgondagens|veckans|torsdagens) (?:" + _SINGLE + r")(?!\w))",
    ),
    (
        "month",
        r"(?:(?P<m7>" + _MLONG + "|" + _MSHORT + r")s?[ -]?(?:motet|mote(?!n)|sammantradet|sammantrade|traffen|traff|samreko|gangen|sammankomsten|meeting)s?(?!\w))",
    ),
    ("inmonth", r"(?:(?:motet|mote|sammantradet|traffen|gangen|moten|motena) (?:nu |som ar |vi har )?i (?P<m8>" + _MLONG + "|" + _MSHORT + r")(?!\w)(?: 20\d\d)?)"),
    (
        "strategic",
        r"(?:(?:nasta ars |arets |var |vara )?(?:(?:strategi|planerings|utvecklings|inspirations)(?:-?dag(?:en|ar|s)?|-?motet|-?mote|-?traffen|heldag(?:en)?|-?internat(?:et)?)|strategiska (?:dagen|heldagen|motet|motesdagen)|strategisk dag|heldagen|strategy day|strategic day)(?!\w))",
    ),
)  # fmt: skip
_ALL = re.compile(r"(?<![\w-])(?:" + "|".join(f"(?P<{n}>{f})" for n, f in _FORMS) + ")")
# Bodies whose meetings are not ours.
_FOREIGN = re.compile(
    r"(?:\w*namnd(?:en)?s?|\w*styrelsen?s?|\w*utskott(?:et)?s?|fullmaktige\w*|svom:?s?|barnarenan:?s?|\w*radet?s|facket\w*|socialstyrelsen\w*|lansstyrelsen\w*|teams-?|ledningsgrupp(?:en)?s?|apt|skr:?s?|rekrytering\w*|\w+natverk\w*|\w*forening\w*|elevhalso\w*|lasgrupp\w*)(?: har)?(?: sitt)? \Z"
)


@dataclass(frozen=True, slots=True)
class MeetingMention:
    """Words that name one or more of our meetings, or a date of someone else's.

    `keys` are the keys of the meetings meant, in order.  `first` and `last`
    are the days that the words cover.  `span` says that the words name a time
    ("vecka 16", "hela våren") and not the meetings themselves.  `open` marks
    an open wish ("någon gång under våren"), which names no meeting.
    `conflict` says in Swedish what does not hold together.  `past` marks
    meetings that have been held.
    """

    start: int
    end: int
    text: str
    keys: tuple[date, ...] = ()
    open: bool = False
    conflict: str | None = None
    first: date | None = None
    last: date | None = None
    span: bool = False
    past: bool = False
    # Named as a meeting ("mötet den 13 april") or only as a date.
    named: bool = False
    # The kind of date that was found, or of the phrase: "next", "month", "day" ...
    kind: str = ""
    # Named as the meeting of another body ("SVOM:s möte den 22 april").
    foreign: bool = False

    @property
    def ours(self) -> bool:
        return bool(self.keys)


def _days(network: Network) -> dict[date, Meeting]:
    """Every day on which a meeting is held, or was once called, and its meeting."""
    days = {m.key: m for m in network.meetings}
    days.update({m.day: m for m in network.meetings})
    return days


def coming(s: Surroundings) -> list[Meeting]:
    """The meetings that start after the letter's moment, in order."""
    return list(s.network.upcoming(s.now))


def next_meeting(s: Surroundings) -> Meeting | None:
    """The first meeting that starts after the letter's moment and is not cancelled."""
    return s.network.next_meeting(s.now)


def is_past(meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting has been held."""
    return meeting.end <= now


def covered(network: Network, first: date, last: date, now: datetime) -> tuple[date, ...]:
    """The meetings that are still to come within some days, both included."""
    return tuple(
        m.key for m in network.meetings if first <= m.day <= last and not m.cancelled and m.end > now
    )


@lru_cache(maxsize=64)
def _place_words(place: str) -> frozenset[str]:
    common = {
        "region",
        "regionens",
        "hus",
        "sal",
        "rum",
        "lokal",
        "salen",
        "rummet",
        "lokalen",
        "kommun",
        "kommunens",
    }
    return frozenset(w for w in re.findall(r"[a-z]{2,}", bare(fold(place))) if w not in common)


def _by_place(flat: str, s: Surroundings) -> Iterator[tuple[int, int, Meeting]]:
    """Meetings called by their place: "dagen i Ås", "mötet på Birka"."""
    held: dict[str, list[Meeting]] = {}
    for meeting in s.network.meetings:
        if abs((meeting.start - s.now).days) <= 200:
            for word in _place_words(meeting.place):
                held.setdefault(word, []).append(meeting)
    unique = {word: rows[0] for word, rows in held.items() if len(rows) == 1}
    for match in re.finditer(
        r"(?<!\w)(?:dagen|motet|dagarna|heldagen|traffen|mote) (?:i|pa|at) (?:sal |rum )?(\w+)", flat
    ):
        meeting_found = unique.get(match[1])
        if meeting_found:
            yield match.start(), match.end(), meeting_found


def _today(s: Surroundings) -> date:
    return s.now.astimezone(s.network.timezone).date() if s.now.tzinfo else s.now.date()


def dates_in(text: str, s: Surroundings) -> tuple[DateMention, ...]:
    """Every date of a text, resolved from the letter's own day, in order."""
    return find_dates(text, _today(s), tuple(_days(s.network)))


def find_meetings(
    text: str, letter: Letter, s: Surroundings, thread: Meeting | None = None
) -> tuple[MeetingMention, ...]:
    """Every meeting and date that a text names, in order.

    `thread` is the meeting that the answered message is about; "det här
    mötet" then means it.
    """
    flat = bare(fold(text))
    days = _days(s.network)
    mentions = list(_phrases(text, flat, s, thread, _today(s)))
    for start, end, meeting in _by_place(flat, s):
        mentions.append(_of(text, start, end, (meeting,), s, "place"))
    for found in dates_in(text, s):
        if not any(m.start <= found.start < m.end or found.start <= m.start < found.end for m in mentions):
            mentions.append(_dated(text, flat, found, days, s, thread))
    counted = _counted_on(text, flat, sorted(mentions, key=_by_order), s)
    return tuple(sorted(counted, key=_by_order))


def _by_order(mention: MeetingMention) -> tuple[int, int]:
    return mention.start, mention.end


_WEEK_AFTER = re.compile(
    r"(?<!\w)(?:veckan (?:darpa|darefter|efter(?! \w))|foljande vecka|en vecka senare|the week after|the following week)(?!\w)"
)


def _counted_on(
    text: str, flat: str, mentions: list[MeetingMention], s: Surroundings
) -> Iterator[MeetingMention]:
    """What counts from the day just named: "inte den 3 juni, utan gången därefter", "veckan därpå"."""
    before: MeetingMention | None = None
    for mention in mentions:
        if mention.kind == "after" and before and mention.start - before.end <= 120:
            later = [m for m in coming(s) if m.key > before.keys[0]][:1]
            if later:
                mention = replace(mention, keys=(later[0].key,), first=later[0].day, last=later[0].day)
        elif len(mention.keys) == 1 and not mention.past:
            before = mention
        yield mention
    for match in _WEEK_AFTER.finditer(flat):
        day = next((m.last for m in reversed(mentions) if m.end <= match.start() and m.last), None)
        if day and (found := _in(s, *_week_after(day), future=True)):
            yield _of(text, match.start(), match.end(), found[:1], s, "after")


def _week_after(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week after a day's."""
    monday = day - timedelta(days=day.weekday()) + timedelta(days=7)
    return monday, monday + timedelta(days=6)


def _of(
    text: str,
    start: int,
    end: int,
    meetings: tuple[Meeting, ...],
    s: Surroundings,
    kind: str,
    span: bool = False,
) -> MeetingMention:
    return MeetingMention(
        start,
        end,
        text[start:end],
        tuple(dict.fromkeys(m.key for m in meetings)),
        first=meetings[0].day if meetings else None,
        last=meetings[-1].day if meetings else None,
        past=bool(meetings) and all(is_past(m, s.now) for m in meetings),
        named=True,
        kind=kind,
        span=span,
    )


def _in(s: Surroundings, first: date, last: date, future: bool = False) -> tuple[Meeting, ...]:
    return tuple(
        m for m in s.network.meetings
        if first <= m.day <= last and not m.cancelled and (not future or m.end > s.now)
    )  # fmt: skip


def _ordinal(meetings: tuple[Meeting, ...], word: str | None) -> tuple[Meeting, ...]:
    if not word:
        return meetings
    index = _ORDINAL[word]
    return (meetings[index],) if -len(meetings) <= index < len(meetings) else ()


def _phrases(
    text: str, flat: str, s: Surroundings, thread: Meeting | None, today: date
) -> Iterator[MeetingMention]:
    upcoming = coming(s)
    # The kinds of Meeting: a strategic day counts as a meeting.
    for match in _ALL.finditer(flat):
        form = next(n for n, _ in _FORMS if match.group(n) is not None)
        if form in {"next", "after", "this"} and _FOREIGN.search(
            flat[max(0, match.start() - 40) : match.start()]
        ):
            continue
        meetings: tuple[Meeting, ...] = ()
        if form == "seasonal":
            meetings = _seasonal(match["sea1"], match["ord1"], match["n1"], s, today)
        elif form == "ofseason":
            meetings = _of_season(match, s, today)
        elif form == "all":
            meetings = _all_of(match, s, today)
        elif form == "seasonmeetings":
            meetings = _in(s, *season_span(match["sea4"], today), future=True)
        elif form == "count":
            count = {"tva": 2, "two": 2, "tre": 3, "three": 3, "fyra": 4}[match["c5"] or match["c5b"]]
            meetings = tuple(upcoming[:count])
        elif form == "after":
            base = thread if thread and not is_past(thread, s.now) else (upcoming[0] if upcoming else None)
            later = [m for m in upcoming if base and m.start > base.start]
            if "moten" in flat[match.start() : match.end()]:
                later = []
            meetings = tuple(later[:1])
        elif form == "next":
            meetings = tuple(upcoming[:1])
        elif form == "this":
            meetings = (thread,) if thread and not is_past(thread, s.now) else tuple(upcoming[:1])
        elif form in {"month", "inmonth"}:
            meetings = _month_meetings(_MONTHS[(match["m7"] if form == "month" else match["m8"])], s)
        elif form == "strategic":
            meetings = _strategic(s)
        if meetings:
            yield _of(text, match.start(), match.end(), meetings, s, form)


def _month_meetings(month: int, s: Surroundings) -> tuple[Meeting, ...]:
    """The meeting of a month: the one nearest to come, else the one just held."""
    rows = [m for m in s.network.meetings if m.day.month == month and not m.cancelled]
    ahead = [m for m in rows if m.end > s.now and (m.start - s.now).days < 340]
    behind = [m for m in rows if m.end <= s.now and (s.now - m.end).days < 100]
    if ahead:
        return tuple(m for m in ahead if m.day.year == ahead[0].day.year)
    return tuple(behind[-1:])


def _strategic(s: Surroundings) -> tuple[Meeting, ...]:
    rows = [m for m in s.network.meetings if m.kind == "strategic" and not m.cancelled]
    behind = [m for m in rows if m.end <= s.now and (s.now - m.end).days < 90]
    ahead = [m for m in rows if m.end > s.now]
    return tuple(ahead[:1] or behind[-1:])


def _seasonal(
    season: str, ordinal: str | None, noun: str | None, s: Surroundings, today: date
) -> tuple[Meeting, ...]:
    if not noun and not ordinal:
        return ()
    if season in {"nasta ars", "nastkommande ars"}:
        first, last = date(today.year + 1, 1, 1), date(today.year + 1, 12, 31)
    elif season == "arets":
        first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    else:
        first, last = season_span(season[:-1], today)
    meetings = _in(s, first, last)
    if ordinal:
        chosen = _ordinal(meetings, ordinal)
        if (
            season == "arets"
            and ordinal == "forsta"
            and today.month >= 11
            and chosen
            and is_past(chosen[0], s.now)
        ):
            return _ordinal(_in(s, date(today.year + 1, 1, 1), date(today.year + 1, 12, 31)), ordinal)
        return chosen
    plural = noun is not None and re.search(r"(moten|ena|ar|arna|er|erna|meetings)\Z", noun)
    if plural:
        return tuple(m for m in meetings if m.end > s.now)
    ahead = tuple(m for m in meetings if m.end > s.now)
    return ahead if len(ahead) == 1 else ()


def _of_season(match: re.Match[str], s: Surroundings, today: date) -> tuple[Meeting, ...]:
    words, ordinal = match["sea2"], match["ord2"]
    year = int(y[0]) if (y := re.findall(r"20\d\d", words)) else None
    if match["y2"] or re.fullmatch(r"\W*20\d\d", words):
        assert year is not None
        return _ordinal(_in(s, date(year, 1, 1), date(year, 12, 31)), ordinal)
    if re.search(r"efter (?:nyar|arsskiftet|jul)|nya aret|new year|nasta ar", words):
        start = date(today.year + 1, 1, 1)
        return _ordinal(_in(s, start, start + timedelta(days=364)), ordinal)
    if re.search(r"(?:fore|innan|before) (?:jul|christmas)", words):
        return _ordinal(_in(s, today, date(today.year, 12, 24)), ordinal)
    if re.search(r"(?:fore|innan) (?:sommar|semester)", words):
        year = today.year if today.month <= 7 else today.year + 1
        return _ordinal(_in(s, today, date(year, 7, 15)), ordinal)
    if re.search(r"(?:efter|after)(?: the)? (?:sommar|semester|summer)", words):
        year = today.year if today.month <= 9 else today.year + 1
        return _ordinal(_in(s, date(year, 8, 1), date(year, 12, 31)), ordinal)
    if re.search(r"\bar(?:et)?\b|year", words):
        return _ordinal(_in(s, date(today.year, 1, 1), date(today.year, 12, 31)), ordinal)
    season = "host" if re.search(r"host|autumn", words) else "var"
    return _ordinal(_in(s, *season_span(season, today, year)), ordinal)


def _all_of(match: re.Match[str], s: Surroundings, today: date) -> tuple[Meeting, ...]:
    words = f"{match['q3'] or ''} {match['n3']} {match['sea3'] or ''}"
    if re.search(r"\bvar(?!a)|spring", words):
        return _in(s, *season_span("var", today), future=True)
    if re.search(r"\bhost|autumn", words):
        return _in(s, *season_span("host", today), future=True)
    if re.search(r"\bar|year", words):
        return _in(s, date(today.year, 1, 1), date(today.year, 12, 31), future=True)
    if match.group().startswith(("bada", "de bada", "both")):
        return ()
    if re.search(r"resten|rest of|resterande|aterstaende|kvarvarande|ovriga", match.group()):
        return _in(s, today, date(today.year, 12, 31), future=True)
    return ()


_NEAR_NOUN = re.compile(
    r"(?:mote(?:t|na)?|sammantrade(?:t)?|traff(?:en)?|samreko|sammankomst(?:en)?|meeting|strategidag(?:en)?)(?: \w+){0,2}[ ,:(]*\Z"
)
_OPEN = re.compile(
    r"(?:nagon gang|nagot av|nar som helst|nagot mote|vid nagot|nagon av|sometime|some time)[\w ]{0,20}\Z"
)
_WHOLE = re.compile(r"hela|resten|all |the rest|aret ut")


def _dated(
    text: str,
    flat: str,
    found: DateMention,
    days: dict[date, Meeting],
    s: Surroundings,
    thread: Meeting | None,
) -> MeetingMention:
    before = flat[max(0, found.start - 40) : found.start]
    named = bool(_NEAR_NOUN.search(before)) and not _FOREIGN.search(_NEAR_NOUN.sub("", before))
    opened = bool(_OPEN.search(before))
    noun = _NEAR_NOUN.search(before)
    foreign = bool(
        noun
        and _FOREIGN.search(
            before[: noun.start()] + " "
            if not before[: noun.start()].endswith(" ")
            else before[: noun.start()]
        )
    )
    of_others = bool(_FOREIGN.search(before))
    keys: tuple[date, ...] = ()
    past = False
    conflict = found.conflict
    span = False
    if found.day is not None:
        meeting = days.get(found.day)
        if meeting:
            keys, past = (meeting.key,), is_past(meeting, s.now)
        elif named and not conflict and found.kind in {"day", "dayofmonth"}:
            conflict = f"den {found.day.day}/{found.day.month} har vi inget möte"
    elif found.kind == "month":
        rows = (
            _month_meetings(found.first.month, s) if not found.year_given else _in(s, found.first, found.last)
        )
        keys = tuple(m.key for m in rows) if not opened else ()
        past = bool(rows) and all(is_past(m, s.now) for m in rows)
        span = flat.startswith("hela", found.start)
    else:
        span = True
        keys = () if opened else covered(s.network, found.first, found.last, s.now)
    return MeetingMention(
        found.start,
        found.end,
        found.text,
        keys,
        opened or (found.kind == "season" and len(keys) > 1 and not _WHOLE.match(flat, found.start)),
        conflict,
        found.first,
        found.last,
        span,
        past,
        named,
        found.kind,
        foreign or (of_others and not keys),
    )

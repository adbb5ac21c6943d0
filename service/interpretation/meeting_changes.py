"""The meeting is called off, moved, or held somewhere else.

Only the secretary and the chair of the meeting's year decide that; from
anybody else it is asked about first.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from service.domain.intents import Intent, MeetingChange
from service.domain.network import Meeting
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import find_dates
from service.interpretation.grammar import is_asked, is_denied, is_supposed, subject_of
from service.interpretation.meetings import MeetingMention
from service.interpretation.rulebook import Hit
from service.interpretation.words import bare, fold

# From here on the meaning tells that it is our meeting, whatever other bodies the sentence names.
_OURS_LIKELY = 0.3
_OURS = re.compile(
    r"(?<!\w)(?:möte\w*|sammanträde\w*|träff(?:en)?|samreko\w*|strategidag\w*|strategimöte\w*|sammankomst\w*|dagen i|vi|oss|meeting|lokal\w*|sal|salen|rum|rummet|mötes\w+|\w+mötet|venue|room)(?!\w)"
)
_NOT_OURS = re.compile(
    r"(?<!\w)(?:svoms?|barnarenans?|\w*nämnden\w*|\w*styrelsen\w*|\w*utskott\w*|fullmäktige\w*|ledningsgrupp\w*|beredning\w*|apt|teams-möte\w*|avstämning\w*|förhandling\w*|kurs\w*|konferens\w*|operation\w*|utbildning\w*|resan|flyg\w*|tåg\w*|buss\w*)(?!\w)"
)
# Another body's meeting, whoever tells of it.
_THEIR_MEETING = re.compile(
    r"(?:nämndens|nämnders|styrelsens|utskottets|svoms|barnarenans|fullmäktiges|ledningsgruppens|beredningens) (?:\w+ )?(?:möte|sammanträde)"
)
_TIME = r"(?:kl\.? ?|klockan )?(?P<h{n}>[01]?\d|2[0-3])(?:[.:](?P<m{n}>[0-5]\d))?"
_SPAN = re.compile(
    r"(?<![\d/.-])"
    + _TIME.format(n=1)
    + r" ?(?:-|–|—|till|och) ?"
    + _TIME.format(n=2)
    + r"(?![\d/]|[.:]\d| ?(?:minuter|min|personer|st|april|maj|juni|mars|jan|feb|okt|nov|dec|sep|aug|jul|jun))"
)
_AT = re.compile(r"(?<!\w)(?:kl\.? ?|klockan |at )(?P<h>[01]?\d|2[0-3])(?:[.:](?P<m>[0-5]\d))?(?!\d)")


def read_meeting_changes(context: Context) -> tuple[list[Intent], frozenset[int]]:
    """What happens to a meeting; and the sentences that say so."""
    found: list[Intent] = []
    used: set[int] = set()
    cancels = _about_us(context, "cancel")
    moves = _about_us(context, "move")
    places = _about_us(context, "place")
    handled: set[tuple[date | None, str]] = set()
    if moves:
        change = _move(context, moves)
        if change:
            found.append(change)
            used |= {h.line for h in moves}
            handled.add((change.meeting, "move"))
    if (
        cancels
        and not context.likeliest("cancel") >= _CALLED_OFF
        and (elsewhere := _elsewhere(context, cancels))
    ):
        # "Kan inte hållas i Regionens hus. I stället har Jamtli bokats."
        return [*found, elsewhere], frozenset({*used, *(h.line for h in cancels)} - {SUBJECT})
    if cancels and not any(isinstance(i, MeetingChange) and i.action == "move" for i in found):
        change = _cancel(context, cancels)
        if change:
            found.append(change)
            used |= {h.line for h in cancels}
    if places and not any(isinstance(i, MeetingChange) and i.action == "cancel" for i in found):
        change = _place(context, places)
        if change and not _same_as_move(found, change):
            found.append(change)
            used |= {h.line for h in places}
    return found, frozenset(used - {SUBJECT})


_CALLED_OFF = 0.6
_NOT_THERE = re.compile(
    r"(?<!\w)(?:inte|ej) (?:\w+ ){0,2}?(?:hållas|vara|sitta|ses|äga rum|genomföras)\b[\w ]{0,20}? (?:i|på|hos) "
)


def _elsewhere(context: Context, hits: Sequence[Hit]) -> MeetingChange | None:
    """A meeting that cannot be held in its room, and is held in another."""
    rows = [h for h in hits if _NOT_THERE.search(fold(context.text_of(h.line)))]
    return _place(context, rows) if rows else None


def _same_as_move(found: Sequence[Intent], change: MeetingChange) -> bool:
    for intent in found:
        if isinstance(intent, MeetingChange) and intent.action == "move" and intent.place:
            return True
    return False


_MEETING = re.compile(r"möte|sammanträd|träff|samreko|strategidag|sammankomst|meeting")
_ROOM = re.compile(
    r"(?<!\w)(?:lokal\w*|sal|salen|rum|rummet|möte\w*|sammanträde\w*|strategidag\w*|room|venue|meeting)(?!\w)"
)


def _about_us(context: Context, kind: str) -> list[Hit]:
    rows: list[Hit] = []
    for hit in context.hits_of(kind):
        if is_asked(context, hit) or is_supposed(context, hit) or is_denied(context, hit):
            continue
        if hit.line == SUBJECT and context.reference is not None:
            continue
        if hit.rule in {"place/where", "move/new-hours"} and not _decides(context):
            # From anybody else it is no news: "vi ses på Birka".
            continue
        text = fold(context.text_of(hit.line))
        if (
            kind == "place"
            and re.search(r"(?<!\w)jag(?!\w)", text)
            and digital_place(text)
            and not _ROOM.search(_DIGITAL.sub("", text))
        ):
            # "Jag tar det via Teams" is the writer's own way of taking part.
            continue
        if (
            not _decides(context)
            and not _MEETING.search(text)
            and not any(m.keys for m in context.meetings_in(hit.line))
        ):
            continue
        if kind == "place" and not _decides(context) and not _ROOM.search(text):
            continue
        if kind == "place" and not _decides(context) and re.search(r"dubbelbokat (?:sig|mig|oss)", text):
            continue
        if not _decides(context) and _hearsay(context, hit.line):
            continue
        ours = _OURS.search(text) or any(m.keys for m in context.meetings_in(hit.line))
        if not ours and not (context.thread_meeting and kind == "place"):
            continue
        if _THEIR_MEETING.search(text):
            continue
        if (
            context.sense(hit.line).of("cancel", "move", "place") < _OURS_LIKELY
            and _NOT_OURS.search(text)
            and not re.search(r"(?<!\w)(?:vårt möte|mötet|sammanträdet|samreko|vi|strategidagen)(?!\w)", text)
        ):
            continue
        if kind in {"cancel", "move"} and re.search(
            r"(?<!\w)(?:jag|mig|min|mitt)(?!\w)(?! har (?:kommit|beslut|bestäm)| är överens)",
            text[max(0, hit.start - 25) : hit.end],
        ):
            continue
        if (
            kind in {"cancel", "move"}
            and not _decides(context)
            and subject_of(context, hit).who == "person"
            and not re.search(r"(?<!\w)(?:möte|sammanträde|träff|samreko|strategidag)", text)
        ):
            continue
        rows.append(hit)
    return rows


def _hearsay(context: Context, index: int) -> bool:
    """What somebody has only heard, and asks about: "enligt Anders är mötet inställt, stämmer det?"."""
    after = context.sentences[index + 1].text if 0 <= index + 1 < len(context.sentences) else ""
    return bool(
        re.search(
            r"(?<!\w)(?:enligt|hört|hörde|ryktas|ryktet|sägs|påstås|påstår|säger att)(?!\w)",
            fold(context.text_of(index)),
        )
    ) or bool(re.match(r"\W*(?:stämmer|är) (?:det|så)\b.{0,25}\?", fold(after)))


def _meeting(
    context: Context, hits: Sequence[Hit], origin: bool = False
) -> tuple[Meeting | None, str | None]:
    """Which meeting is changed, and a doubt."""
    network, now = context.surroundings.network, context.surroundings.now
    rows: list[MeetingMention] = []
    for hit in hits:
        rows += context.meetings_in(hit.line)
    rows += [m for m in context.meetings if m not in rows]
    rows += context.subject_meetings
    for mention in rows:
        keys = [k for k in mention.keys if (m := network.meeting(k)) and m.end > now]
        if len(keys) == 1 and not (mention.span and mention.kind == "season"):
            return network.meeting(keys[0]), mention.conflict
    if context.thread_meeting:
        return context.thread_meeting, None
    conflict = next((m.conflict for m in rows if m.conflict), None)
    return network.next_meeting(now), conflict


def _may(context: Context, meeting: Meeting | None) -> bool:
    """Whether the writer decides about the meeting: its year's secretary or chair."""
    network = context.surroundings.network
    person = context.sender
    if person is None or meeting is None:
        return False
    return person.id in network.officers(meeting.start.year, context.surroundings.now.year)


def _decides(context: Context) -> bool:
    """Whether the writer is this year's, or next year's, secretary or chair."""
    year = context.surroundings.now.year
    officers = context.surroundings.network.officers(year, year + 1)
    return context.sender is not None and context.sender.id in officers


def _finish(context: Context, meeting: Meeting | None, doubt: str | None) -> tuple[bool, str | None]:
    if meeting is None:
        return False, doubt or "det framgår inte vilket möte det gäller"
    if doubt:
        return False, doubt
    if not _may(context, meeting):
        return False, "bara sekreteraren och ordföranden ändrar ett möte"
    return True, None


def _cancel(context: Context, hits: Sequence[Hit]) -> MeetingChange | None:
    meeting, doubt = _meeting(context, hits)
    certain, doubt = _finish(context, meeting, doubt)
    return MeetingChange(
        meeting=meeting.key if meeting else None, action="cancel", certain=certain,
        evidence=tuple(context.evidence(h) for h in hits[:2]), doubt=doubt,
    )  # fmt: skip


def _clock(hour: str, minute: str | None) -> time:
    return time(int(hour), int(minute or 0))


# The times that are no longer true: "i stället för 9.00", "inte kl 13".
_OLD_TIME = re.compile(
    r"(?:i stallet for|istallet for|inte|instead of|och inte|fran) (?:kl\.? ?|klockan )?\d{1,2}(?:[.:]\d\d)?"
    r"(?: ?[-–] ?\d{1,2}(?:[.:]\d\d)?)?(?! ?(?:till|-|–|to|och))"
)
_BARE = re.compile(r"(?<![\d./:-])(?P<h>[01]?\d|2[0-3])[.:](?P<m>[0-5]\d)(?![\d/-]|\.\d)")
_STARTS = re.compile(
    r"(?:borja\w*|starta\w*|start|inled\w*|drar igang|ses|mots|samlas|begin|tid(?:en)?:?)[\w ]{0,30}? (?:redan |forst |kl\.? ?|klockan |vid )*(?P<h>[01]?\d|2[0-3])(?:[.:](?P<m>[0-5]\d))?(?![\d/]|[.:]\d| ?(?:min|st|pers|jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec|:))"
)
_ENDS = re.compile(
    r"(?:sluta\w*|slut|avsluta\w*|haller pa till|pagar till|till|end\w*)[\w ]{0,12}? ?(?:kl\.? ?|klockan |vid )*(?P<h>[01]?\d|2[0-3])(?:[.:](?P<m>[0-5]\d))?(?![\d/]|[.:]\d| ?(?:min|st|pers|jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec|:))"
)


def times_in(text: str) -> tuple[time | None, time | None]:
    """When something begins and ends: "kl. 13–15", "börjar redan 12.30 och slutar 14.30", "kl 9.30"."""
    flat = _OLD_TIME.sub(lambda m: "_" * len(m.group()), bare(fold(text)))
    moved = re.search(
        r"(?:flytta|andra|skjut|senarelagg|tidigarelagg|moved)\w*[^.]*?fran (?:kl\.? ?|klockan )?\d{1,2}(?:[.:]\d\d)? till ",
        flat,
    )
    if moved:
        flat = "_" * moved.end() + flat[moved.end() :]
        first = re.match(
            r"_*(?:kl\.? ?|klockan )?(?P<h>[01]?\d|2[0-3])(?:[.:](?P<m>[0-5]\d))?(?! ?[-–] ?\d)", flat
        )
        if first and not re.match(r" (?:april|maj|juni|mars|feb|sep|nov|dec|okt|jan)", flat[first.end() :]):
            return _clock(first["h"], first["m"]), None
    for match in _SPAN.finditer(flat):
        begin, last = int(match["h1"]), int(match["h2"])
        marked = "kl" in match.group() or match["m1"] or match["m2"]
        before = flat[max(0, match.start() - 10) : match.start()]
        if begin < last and (
            marked
            or (begin >= 7 and last <= 20 and not re.search(r"(?:den|vecka|v\.?|punkt\w*) ?\Z", before))
        ):
            return _clock(match["h1"], match["m1"]), _clock(match["h2"], match["m2"])
    starts, ends = _STARTS.search(flat), _ENDS.search(flat)
    end = _clock(ends["h"], ends["m"]) if ends else None
    if starts:
        start = _clock(starts["h"], starts["m"])
        return start, end if end and end > start else None
    found = [*_AT.finditer(flat), *_BARE.finditer(flat)]
    return (_clock(found[0]["h"], found[0]["m"]), None) if found else (None, None)


def _move(context: Context, hits: Sequence[Hit]) -> MeetingChange | None:
    network, now = context.surroundings.network, context.surroundings.now
    lines = [h.line for h in hits]
    texts = [context.text_of(n) for n in dict.fromkeys(lines)]
    following = [
        context.sentences[n + 1].text for n in lines
        if n + 1 < len(context.sentences) and n + 1 not in lines and n >= 0
    ]  # fmt: skip
    if any(re.search(r"(?<!\w)(?:dit|då|den dagen)(?!\w)", fold(t)) for t in texts):
        texts = [context.text_of(n - 1) for n in lines if n > 0 and n - 1 not in lines] + texts
    today = now.date()
    known = {m.key for m in network.meetings} | {m.day for m in network.meetings}
    found = [d for t in (*texts, *following) for d in find_dates(t, today, tuple(known))]
    meeting, doubt = _meeting(context, hits)
    if meeting is None:
        return None
    own = {meeting.key, meeting.day}
    # "från den 16:e till den 21 september" was read as one span.
    named = [
        replace(d, first=d.last, day=d.last) if d.kind == "range" and d.first in own else d for d in found
    ]
    others = {day for m in network.meetings for day in (m.key, m.day)} - own
    targets = [d for d in named if d.day and d.day not in own and d.day not in others and d.day >= today]
    # "Flyttas till onsdag 9/12, ministern kommer på torsdagen": the date says when, the weekday why.
    targets = [d for d in targets if d.kind not in {"weekday", "relative"}] or targets
    start_time: time | None = None
    end_time: time | None = None
    for text in (*texts, *following):
        start_time, end_time = times_in(text)
        if start_time:
            break
    days: list[date] = []
    for target in targets:
        assert target.day
        found_day = target.day
        if bare_day := re.fullmatch(r"\W*(?:den )?(\d{1,2})(?::?[ea])?\W*", fold(target.text)):
            # "Mötet i april flyttas till den 20:e": in the meeting's own month.
            same_month = _in_month(meeting.day, int(bare_day[1]))
            found_day = same_month if same_month and same_month >= today else found_day
        if found_day not in own:
            days.append(found_day)
    conflict = next((d.conflict for d in targets if d.conflict), None)
    day: date | None = days[-1] if days else None
    if day is None:
        day = _shift(texts, meeting)
    if day is None and start_time is None:
        return None
    local_start = meeting.start.timetz().replace(tzinfo=None)
    if day is None and start_time == local_start and end_time is None:
        return None
    length = meeting.end - meeting.start
    if re.search(
        r"slut(?:tiden)?\w* (?:är |blir )?(?:oförändra|densamma|som|samma)",
        fold(" ".join((*texts, *following))),
    ):
        end_time = end_time or meeting.end.timetz().replace(tzinfo=None)
    new_day = day or meeting.day
    begin = datetime.combine(new_day, start_time or local_start)
    end = datetime.combine(new_day, end_time) if end_time else begin + length
    place = next((p for t in (*texts, *following) if (p := place_in(t, meeting.place))), None)
    certain, doubt = _finish(context, meeting, doubt or conflict)
    return MeetingChange(
        meeting=meeting.key, action="move", start=begin, end=end, place=place, certain=certain,
        evidence=tuple(context.evidence(h) for h in hits[:2]), doubt=doubt,
    )  # fmt: skip


def _in_month(day: date, number: int) -> date | None:
    """The day of that number in a day's month; None where the month is too short."""
    try:
        return day.replace(day=number)
    except ValueError:
        return None


_STEPS = {
    "en": 1,
    "ett": 1,
    "två": 2,
    "tre": 3,
    "1": 1,
    "2": 2,
    "3": 3,
    "fyra": 4,
    "a": 1,
    "one": 1,
    "two": 2,
}


def _shift(texts: Sequence[str], meeting: Meeting) -> date | None:
    """ "en vecka framåt", "två dagar tidigare"."""
    for text in texts:
        found = re.search(
            r"(?<!\w)(en|ett|två|tre|fyra|a|one|two|\d) (vecka|veckor|week|weeks|dag|dagar|dygn|day|days)(?: (framåt|fram|senare|tidigare|bakåt|later|earlier|forward))?",
            fold(text),
        )
        if found:
            days = _STEPS.get(found[1], 1) * (7 if found[2].startswith(("vecka", "veckor", "week")) else 1)
            back = found[3] in {"tidigare", "bakåt", "earlier"} or "tidigarelägg" in fold(text)
            return meeting.day - timedelta(days=days) if back else meeting.day + timedelta(days=days)
    return None


_CAP = r"[A-ZÅÄÖ][\wåäöé:-]*"
_HOUSE = r"(?:[Ss]al(?:en)?|[Rr]um(?:met)?|[Ll]okal(?:en)?|[Kk]onferensrum(?:met)?|[Ss]ammanträdesrum(?:met)?|[Mm]ötesrum(?:met)?|[Hh]otell|[Hh]otel|[Rr]oom|[Ff]olkets|[Hh]örsal(?:en)?|[Aa]ula(?:n)?|[Bb]iblioteket|[Kk]ommunhuset|[Rr]ådhuset|[Ss]tadshuset|[Kk]ommunkontoret|[Rr]egionhuset|[Ll]andstingshuset|[Hh]älsocentralen|[Pp]lan \d)"
# "Folkets hus", "Gamla teatern", "Läroverkets aula": a house or a hall that a name goes before.
_NOUN = (
    r"(?:hus(?:et)?|[a-zåäö]*(?:folkhögskola|gymnasium|skola|hotell|gård|hem|hemmet|huset|hus|sal|salen|hall|hallen|teatern|teater|"
    r"aula|aulan|kyrka|kyrkan|museum|museet|bibliotek|biblioteket|centrum|park|parken|konferens|matsal|restaurang|rum|rummet))"
)
_UNIT = (
    rf"(?:{_HOUSE}(?: (?:{_CAP}|[A-Z]?\d+[A-Z]?|plan \d+|{_NOUN}(?!\w)))*|"
    rf"{_CAP}(?: (?:{_CAP}|\d+(?!\d*[.:/]\d)|{_NOUN}(?!\w)))*)"
)
_PLACE = re.compile(
    rf"(?:(?<!\w)(?:i|på|till|at|in|to|är|blir|:|lokal|hos|vi|tar|låna|lånar|hyr|hyra|bokat|fått)\s+|:\s*)(?P<place>(?:stora |lilla )?{_UNIT}(?:(?:,| -| –|, i| i| på|\s\()\s*(?:våning \d+|plan \d+|(?:salong|sal|rum|lokal) {_CAP}|{_UNIT})\)?)*)"
)
_DIGITAL = re.compile(
    r"(?i)(?<!\w)(?:helt )?(digitalt|på teams|via teams|teams|på zoom|via zoom|på länk|via länk|online|på distans|helt på teams)(?!\w)"
)
_NOT_PLACES = {
    "samreko",
    "svom",
    "torsdag",
    "fredag",
    "onsdag",
    "tisdag",
    "måndag",
    "mars",
    "april",
    "maj",
    "stället",
    "vi",
    "ni",
    "jag",
    "mötet",
    "det",
    "den",
    "hej",
    "mvh",
    "tack",
    "ny",
    "nya",
    "plats",
    "januari",
    "februari",
    "juni",
    "september",
    "november",
    "december",
    "tiden",
    "tiderna",
    "samma",
    "bekräftelsen",
    "på",
    "i",
    "strategidagen",
    "dagen",
    "sammanträdet",
    "lokalen",
    "salen",
    "rummet",
    "sal",
    "rum",
    "lokal",
}


def place_in(text: str, current: str = "", after: int = 0) -> str | None:
    """Where a sentence says that the meeting is held; `current` is where it would have been."""
    old = set(_words(current))
    found: list[tuple[int, str]] = []
    for match in _PLACE.finditer(text):
        place = match["place"].strip(" ,.(_")
        if place.count("(") < place.count(")"):
            place = place.rstrip(")")
        if not place:
            continue
        first = fold(place.split()[0])
        if first in _NOT_PLACES and len(place.split()) == 1:
            continue
        if first in {"vi", "det", "mötet", "den", "strategidagen", "samma"} or set(_words(place)) <= old:
            continue
        lead = fold(text[max(0, match.start() - 34) : match.start("place")])
        if re.search(r"(?:inte|i stället för|istället för|från|inte längre|ur|ut ur)\W+(?:\w+\W+)?\Z", lead):
            continue
        found.append((match.start("place"), place))
    later = [p for at, p in found if at >= after]
    if later or found:
        return later[0] if later else found[0][1]
    return None


def digital_place(text: str) -> str | None:
    """A meeting without a room: its link, "Teams", or only "digitalt"."""
    found = _DIGITAL.search(text)
    if not found:
        return None
    link = re.search(r"https?://\S+[\w/]", text)
    if link:
        return link.group()
    return "Teams" if "teams" in text.lower() else found[1].lower()


def _words(place: str) -> list[str]:
    return re.findall(r"\w{2,}", fold(place))


def _place(context: Context, hits: Sequence[Hit]) -> MeetingChange | None:
    meeting, doubt = _meeting(context, hits)
    if meeting is None:
        return None
    place: str | None = None
    rows = [(h.line, max(0, h.start - 4)) for h in hits]
    rows += [(h.line + 1, 0) for h in hits if 0 <= h.line + 1 < len(context.sentences)]
    for index, after in rows:
        text = _without_old(context, index)
        place = digital_place(text) or place_in(text, meeting.place, after)
        if place:
            break
    if not place:
        return None
    certain, doubt = _finish(context, meeting, doubt)
    return MeetingChange(
        meeting=meeting.key, action="place", place=place, certain=certain,
        evidence=tuple(context.evidence(h) for h in hits[:2]), doubt=doubt,
    )  # fmt: skip


def _without_old(context: Context, index: int) -> str:
    """A sentence without its dates, which look like places ("den 3 juni")."""
    text = context.text_of(index)
    offset = context.sentences[index].start if index >= 0 else 0
    for mention in context.meetings_in(index):
        begin, end = mention.start - offset, mention.end - offset
        text = text[:begin] + "_" * (end - begin) + text[end:]
    return text

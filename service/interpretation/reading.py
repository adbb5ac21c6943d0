"""Read a letter: what its sender newly wrote, and what that asks for.

The order is the secretary's: set aside what no person wrote, find the new
words, find the people and meetings in them, ask the rules, and then let each
kind of reader say what it sees.  Combining the answers is the last step.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from service.domain.intents import Intent, Question, Reading
from service.domain.letters import Letter
from service.domain.network import Meeting, Network
from service.domain.references import Reference, answered
from service.interpretation import combining, draft_answers, matters, notices
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import find_dates
from service.interpretation.features import signed
from service.interpretation.files import files_of
from service.interpretation.hearing import Sense, Words, listen
from service.interpretation.lines import mark
from service.interpretation.meetings import MeetingMention, dates_in, find_meetings, is_past
from service.interpretation.people import Mention, find_people, person_by_address
from service.interpretation.quoting import NewWords, new_words
from service.interpretation.rulebook import Hit, Line, NearMiss, Rulebook
from service.interpretation.screening import screen
from service.interpretation.second_opinion import with_second_opinion
from service.interpretation.speaking import speaker_of
from service.interpretation.surroundings import Surroundings
from service.interpretation.words import LONGEST, bare, fold, sentences

log = logging.getLogger("kallelse.reading")

_PREFIX = re.compile(
    r"\s*(?:(?:re|sv|svar|vb|fw|fwd|vs|vidarebefordra(?:t|n)?|aw|antw|tr|ang|angående)\s*(?:\[\d+\])?\s*:\s*)+",
    re.IGNORECASE,
)
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "will",
        "is",
        "to",
        "my",
        "for",
        "with",
        "meeting",
        "i'm",
        "unable",
        "please",
        "attend",
        "next",
        "regards",
    ]
)
_SUBJECTS: tuple[tuple[str, str], ...] = (
    (r"utkast till (?:dagordning|foredragningslista|kallelse)", "agenda-draft"),
    (r"utkast till (?:protokoll|minnesanteckningar)", "minutes-draft"),
)


def read(letter: Letter, rulebook: Rulebook, surroundings: Surroundings) -> Reading:
    """What a letter says.  Never raises for anything that stands in a letter."""
    return read_explained(letter, rulebook, surroundings)[1]


def read_explained(
    letter: Letter, rulebook: Rulebook, surroundings: Surroundings
) -> tuple[Context | None, Reading]:
    """What a letter says, and what was seen in it; no context when a machine wrote it."""
    network = surroundings.network
    screening = screen(letter, network)
    sender = person_by_address(network, letter.sender)
    names = tuple(a.filename for a in files_of(letter))
    context = None if screening.automatic else understand(letter, rulebook, surroundings)
    text = context.words.text if context else new_words(letter).text
    intents: tuple[Intent, ...] = ()
    if context:
        intents = _whatever_comes(context)
    return context, Reading(
        automatic=screening.automatic,
        sender=sender.id if sender else None,
        text=text,
        attachments=names,
        intents=intents,
        failed=screening.failed,
    )


def _whatever_comes(context: Context) -> tuple[Intent, ...]:
    """The intents; a fault of the reader's own hands the letter to the secretary, and stops nothing."""
    try:
        return tuple(intents_of(context))
    except Exception:
        log.exception("a letter could not be read")
        return (Question(certain=False, doubt="tjänsten kunde inte läsa mejlet"),)


def intents_of(context: Context) -> list[Intent]:
    """All that the letter asks for, combined and in its order."""
    found: list[Intent] = []
    found += draft_answers.read(context)
    found += matters.read(context)
    found = [i for i in found if not combining.no_matter(i)]
    found += notices.read(context, found)
    return combining.combined(context, found)


def understand(
    letter: Letter, rulebook: Rulebook, surroundings: Surroundings, *, inner: bool = False
) -> Context:
    """Everything that is known of a letter before anyone asks what it wants.

    `inner` says that it is only passed on by another; what it passes on itself is left alone.
    """
    network = surroundings.network
    words = new_words(letter)
    text = words.text[:LONGEST]
    subject = _PREFIX.sub("", letter.subject or "", count=1).strip()[:300]
    reference = reference_of(letter, network, surroundings)
    thread = _thread_meeting(reference, network, surroundings)
    cut = sentences(text)
    people = find_people(text, letter, surroundings)
    meetings = find_meetings(text, letter, surroundings, thread)
    subject_people = find_people(subject, letter, surroundings)
    subject_meetings = find_meetings(subject, letter, surroundings, thread)
    without_dots = _without_dots(text)
    lines: list[Line] = []
    person_codes = [(f"p{n}", m) for n, m in enumerate((*people, *subject_people))]
    meeting_codes = [
        (("m" if m.keys or (m.conflict and m.named) else "d") + str(n), m)
        for n, m in enumerate((*meetings, *subject_meetings))
    ]
    # Where a meeting's words and a person's overlap ("torsdagen"), the meeting wins.
    lines.append(
        mark(
            SUBJECT, subject, 0, (*person_codes[len(people) :], *meeting_codes[len(meetings) :]), without_dots
        )
    )
    body: tuple[tuple[str, Mention | MeetingMention], ...] = (
        *person_codes[: len(people)],
        *meeting_codes[: len(meetings)],
    )
    for number, sentence in enumerate(cut):
        inside = [row for row in body if sentence.start <= row[1].start < sentence.end]
        lines.append(mark(number, sentence.text, sentence.start, inside, without_dots))
    hits: list[Hit] = []
    misses: list[NearMiss] = []
    for line in lines:
        spoke, held = rulebook.match(line)
        hits += spoke
        misses += held
    sender = person_by_address(network, letter.sender)
    context = Context(
        letter=letter, words=words, subject=subject, sentences=cut, surroundings=surroundings,
        rulebook=rulebook, reference=reference, sender=sender, speaker=sender, by_assistant=False,
        trusted=sender is not None, people=people, meetings=meetings, subject_people=subject_people,
        subject_meetings=subject_meetings, lines=tuple(lines), hits=tuple(hits), near_misses=tuple(misses),
        thread_meeting=thread,
    )  # fmt: skip
    context = replace(context, senses=_senses(context))
    context = speaker_of(with_second_opinion(context))
    passed_on = () if inner else tuple(_passed_on(letter, words))
    return replace(
        context, forwarded=tuple(understand(m, rulebook, surroundings, inner=True) for m in passed_on)
    )


# Further down in a forward nothing is looked for.
_MOST_FORWARDED = 2


def _passed_on(letter: Letter, words: NewWords) -> Iterator[Letter]:
    """The mails that a forward passes on: those below its own words, then those enclosed."""
    if words.forwarded:
        for quoted in words.quoted[:_MOST_FORWARDED]:
            yield replace(
                letter, sender=quoted.author, sent_by=None, subject=quoted.subject, plain=quoted.text,
                html=None, in_reply_to=(), references=(), attachments=(), enclosed=(), calendar=None,
            )  # fmt: skip
    yield from letter.enclosed[:_MOST_FORWARDED]


def _senses(context: Context) -> tuple[Sense, ...]:
    """What the second reader makes of the subject line and of each sentence."""
    if context.rulebook.learnt is None:
        return ()
    spoke: dict[int, list[str]] = {}
    for hit in context.hits:
        spoke.setdefault(hit.line, []).append(hit.rule)
    days = dates_in(context.words.text[:LONGEST], context.surroundings)
    body = [
        Words(
            s.text,
            tuple((m.start - s.start, m.end - s.start) for m in context.people_in(n) if m.end <= s.end),
            tuple(spoke.get(n, ())),
            tuple(
                (d.start - s.start, d.end - s.start, signed(d))
                for d in days
                if s.start <= d.start and d.end <= s.end
            ),
        )
        for n, s in context.numbered()
    ]
    title = Words(
        context.subject,
        tuple((m.start, m.end) for m in context.subject_people),
        tuple(spoke.get(SUBJECT, ())),
        tuple((d.start, d.end, signed(d)) for d in dates_in(context.subject, context.surroundings)),
    )
    answers = context.reference.what if context.reference else "-"
    return tuple(listen(context.rulebook.learnt, title, body, answers))


def _without_dots(text: str) -> bool:
    """Whether a Swedish text was written without å, ä and ö."""
    folded = fold(text)
    if any(c in "åäö" for c in folded):
        return False
    tokens = set(re.findall(r"[a-z']+", bare(folded)))
    return len(tokens & _ENGLISH) < 3 and bool(
        tokens & {"jag", "och", "ar", "pa", "det", "for", "inte", "mote", "motet"}
    )


def reference_of(letter: Letter, network: Network, s: Surroundings) -> Reference | None:
    """Which of our messages is answered: by its Message-ID, else by the subject of an answer."""
    domain = network.address.partition("@")[2]
    found = answered(letter.in_reply_to, letter.references, domain)
    if found:
        return found
    if not _PREFIX.match(letter.subject or ""):
        return None
    flat = bare(fold(letter.subject))
    for pattern, what in _SUBJECTS:
        match = re.search(pattern, flat)
        if not match:
            continue
        version = re.search(r"version (\d{1,4})", flat)
        dates = find_dates(letter.subject, s.now.date(), tuple(m.key for m in network.meetings))
        meeting = next((d.day for d in dates if d.day and network.meeting(d.day)), None)
        return Reference(
            what="agenda-draft" if what == "agenda-draft" else "minutes-draft",
            meeting=_key(network, meeting),
            version=int(version[1]) if version else 1,
            domain=domain,
        )
    return None


def _key(network: Network, day: date | None) -> date | None:
    meeting = network.meeting(day) if day else None
    return meeting.key if meeting else None


def _thread_meeting(reference: Reference | None, network: Network, s: Surroundings) -> Meeting | None:
    """The thread's meeting; one that has been held is no longer what an answer is about."""
    if not reference or not reference.meeting:
        return None
    meeting = network.meeting(reference.meeting)
    return meeting if meeting and not is_past(meeting, s.now) else None

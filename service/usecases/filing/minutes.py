"""The minutes that the secretary sends in: on our form, as text for each matter, or as a finished document.

What stands on the form is read into decisions and actions, and its PDF is
made from it; a finished document is passed on as it is.  Either way she sees
the mailing before it goes.
"""

from __future__ import annotations

import dataclasses
import re

from service.domain.agenda import Draft, FileRef
from service.domain.distribution import may_decide
from service.domain.intents import Courtesy, MinutesFiled, Question, Supplement, Withdrawal
from service.domain.minutes import Minutes, as_text, merged
from service.domain.network import Meeting
from service.domain.world import Entity, World
from service.interpretation.minutes_form import is_form
from service.usecases.filing.case import Ask, Case, Outcome
from service.usecases.filing.passed_on import not_yours
from service.usecases.letters import minutes_draft_posts
from service.usecases.minutes import read_for, stored, titles_of, with_numbers
from service.usecases.office import Option
from service.usecases.opening import Opened
from service.usecases.words import day_in_words

# Our letters that ask for the minutes.
ASKING = frozenset({"minutes-form", "minutes-reminder"})
_QUOTE_MARKS = re.compile(r"(?m)^[ \t]*(?:>[ \t]?)+")


def file_minutes(case: Case) -> Outcome:
    """Make a draft of the minutes mailing and show it before it goes."""
    intent = case.intent
    assert isinstance(intent, MinutesFiled)
    if not may_decide(case.world, case.speaker.id if case.speaker else None, case.now) and not case.decided:
        return not_yours(case)
    meeting = case.meeting(intent.meeting) if intent.meeting else _last_held(case)
    if meeting is None or meeting.start > case.now:
        return Outcome(asks=(_which_meeting(case, intent),))
    files = case.file_refs(intent.attachments)
    forms = tuple(
        f for f in files if is_form(case.forms.get(f.filename, ""), titles_of(case.world, meeting.key))
    )
    minutes = _on_the_form(case, meeting, forms)
    if forms and minutes is None:
        return Outcome(asks=(_EMPTY,))
    newest = case.world.newest_draft("minutes", meeting.key)
    if minutes and newest and not forms and case.reference and case.reference.what == "minutes-draft":
        # An answer to the draft corrects some of its matters; the others are as they were.
        before = stored(case.world, newest)
        minutes = merged(before, minutes) if before else minutes
    draft = Draft(
        what="minutes",
        meeting=meeting.key,
        version=newest.version + 1 if newest else 1,
        created=case.now,
        text=as_text(with_numbers(case.world, meeting, minutes)) if minutes else case.text,
        # The form itself has done its work: everyone gets the PDF that is made of it.
        files=tuple(f for f in files if f not in forms),
    )
    put: tuple[Entity, ...] = (draft,)
    if newest and newest.state in ("waiting", "approved"):
        put = (dataclasses.replace(newest, state="superseded"), draft)
    thread = (case.letter.message_id,) if case.letter.message_id else ()
    return Outcome(
        put=put,
        posts=minutes_draft_posts(
            case.world.put(put), case.rules, meeting, draft, case.now, case.number, thread
        ),
    )


_EMPTY = Ask(
    "Protokollsmallen som du skickade är inte ifylld. Fyll i den under punkterna, eller skriv protokollet "
    "i ett mejl, och skicka igen."
)


def _on_the_form(case: Case, meeting: Meeting, forms: tuple[FileRef, ...]) -> Minutes | None:
    """The minutes on a form that is attached, else in the letter's own words, else in the form it quotes."""
    for form in forms:
        if found := read_for(case.world, meeting, case.forms[form.filename]):
            return found
    if found := read_for(case.world, meeting, case.text):
        return found
    found = read_for(case.world, meeting, _whole(case.letter.plain)) if case.genuine else None
    # What stands above the form there are our own words.
    return dataclasses.replace(found, before=()) if found else None


def _whole(text: str | None) -> str:
    """A letter's words with what it quotes: an answer may be written into the form where it is quoted."""
    return _QUOTE_MARKS.sub("", text or "")


_LITTLE = (MinutesFiled, Supplement, Withdrawal, Question, Courtesy)


def answer_on_the_form(world: World, opened: Opened) -> MinutesFiled | None:
    """The minutes in an answer to our form, or to their draft, that does not say what it is; else None.

    Whoever fills in a form does not also write "here are the minutes".
    """
    asked = opened.genuine
    meeting = world.meetings.get(asked.meeting) if asked and asked.meeting else None
    if asked is None or meeting is None or opened.role not in ("secretary", "chair") or opened.by_others:
        return None
    texts = [opened.reading.text]
    if asked.mailing in ASKING:
        texts.append(_whole(opened.letter.plain))
    elif asked.what != "minutes-draft":
        return None
    written = any(read_for(world, meeting, text) for text in texts)
    # A file in answer to the question about the minutes is the minutes, whatever little is said of it.
    enclosed = asked.mailing in ASKING and bool(opened.reading.attachments)
    if not written and not (enclosed and all(isinstance(i, _LITTLE) for i in opened.reading.intents)):
        return None
    return MinutesFiled(certain=True, meeting=meeting.key, attachments=opened.reading.attachments)


def _which_meeting(case: Case, intent: MinutesFiled) -> Ask:
    held = [m for m in case.network.meetings if m.end <= case.now and not m.cancelled][-3:]
    return Ask(
        "Vilket möte gäller protokollet?",
        tuple(
            Option(f"Mötet {day_in_words(m.day)}.", (dataclasses.replace(intent, meeting=m.key),))
            for m in reversed(held)
        ),
    )


def _last_held(case: Case) -> Meeting | None:
    return next((m for m in reversed(case.network.meetings) if m.end <= case.now and not m.cancelled), None)

"""Absence, attendance, replacement, contact, meeting changes; question, help, undo, courtesy."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.intents import Courtesy, Help, Intent, Question, Undo
from service.interpretation.coming import read_calendar, read_coming
from service.interpretation.context import SUBJECT, Context
from service.interpretation.grammar import is_asked
from service.interpretation.meeting_changes import read_meeting_changes
from service.interpretation.moving_on import read_contact, read_replacement


def read(context: Context, before: Sequence[Intent] = ()) -> list[Intent]:
    """What the letter gives notice of; `before` is what it has been seen to ask for already."""
    calendar = read_calendar(context)
    if calendar is not None:
        return calendar
    found: list[Intent] = []
    replacement, used = read_replacement(context)
    found += replacement
    contact, used_by_contact = read_contact(context, bool(replacement))
    found += contact
    changes, used_by_changes = read_meeting_changes(context)
    found += changes
    taken = frozenset({*used, *used_by_contact, *used_by_changes})
    found += read_coming(context, taken, (*before, *found))
    return found


def read_rest(context: Context, found: list[Intent]) -> list[Intent]:
    """Undo, help, question or courtesy, when nothing else was asked for."""
    if context.letter.calendar is not None:
        return []
    undo = [h for h in context.hits_of("undo") if h.line != SUBJECT and not is_asked(context, h)]
    if undo and (context.reference and context.reference.what in {"ack", "ask"}) and not found:
        return [Undo(evidence=tuple(context.evidence(h) for h in undo[:2]))]
    if found:
        return []
    helps = [h for h in context.hits_of("help")]
    if helps:
        return [Help(evidence=tuple(context.evidence(h) for h in helps[:2]))]
    if undo:
        return [Undo(evidence=tuple(context.evidence(h) for h in undo[:2]))]
    asks = [h for h in context.hits_of("question") if h.line != SUBJECT]
    thanks = context.hits_of("courtesy")
    if asks:
        return [Question(evidence=(context.evidence(asks[0]),))]
    if thanks and len(context.words.text) < 600:
        return [Courtesy(evidence=(context.evidence(thanks[0]),))]
    return [Question()]

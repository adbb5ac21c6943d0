"""Absence, attendance, replacement, contact, meeting changes; question, help, undo, courtesy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.intents import Courtesy, Help, Intent, Question, Undo
from service.interpretation.calendar_answers import read_calendar
from service.interpretation.coming import guessed, read_coming
from service.interpretation.context import SUBJECT, Context
from service.interpretation.grammar import is_asked
from service.interpretation.meeting_changes import read_meeting_changes
from service.interpretation.moving_on import read_replacement
from service.interpretation.new_details import read_contact
from service.interpretation.rulebook import Hit
from service.interpretation.words import fold


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
    """Undo, help, question or courtesy: what is left when the wishes have been read.

    A question beside a wish is handed on as well.
    """
    if context.letter.calendar is not None:
        return []
    undo = [h for h in context.hits_of("undo") if h.line != SUBJECT and not _only_asked(context, h)]
    evidence = tuple(context.evidence(h) for h in undo[:2])
    if undo and context.reference and context.reference.what in {"ack", "ask"}:
        return [Undo(evidence=evidence)]
    used = {e.text for i in found for e in i.evidence}
    asks = [
        h for h in context.hits_of("question") if h.line != SUBJECT and context.text_of(h.line) not in used
    ]
    if found:
        asked = [
            h for h in asks if context.text_of(h.line).rstrip().endswith("?") and not _polite(context, h)
        ]
        return (
            [Question(evidence=(context.evidence(asked[0]),))] if asked and _short_of_matters(found) else []
        )
    helps = context.hits_of("help")
    if helps:
        return [Help(evidence=tuple(context.evidence(h) for h in helps[:2]))]
    if undo:
        return [Undo(evidence=evidence)]
    if asks:
        return [Question(evidence=(context.evidence(asks[0]),))]
    thanks = context.hits_of("courtesy")
    if not any(h.line != SUBJECT for h in thanks) and (likely := guessed(context)):
        return likely
    if thanks and len(context.words.text) < 600:
        return [Courtesy(evidence=(context.evidence(thanks[0]),))]
    return [Question()]


def _only_asked(context: Context, hit: Hit) -> bool:
    """A question about a mistake, and not a wish to have it undone ("Kan ni radera?")."""
    text = fold(context.text_of(hit.line))
    return is_asked(context, hit) and not re.match(r"\W*(?:kan|vill|skulle|can|could)\W", text)


def _polite(context: Context, hit: Hit) -> bool:
    """A wish that only looks like a question: "Kan ni notera det?", "Är det ok?"."""
    text = fold(context.text_of(hit.line))
    return bool(
        re.match(r"\W*(?:kan|kunde|vill|skulle|can|could|får) (?:ni|du|vi|jag|you|i|we)(?!\w)", text)
        or re.search(
            r"(?:är det|går det|funkar det|blir det)? ?(?:ok|okej|bra|möjligt|lugnt)(?: så)?\?\Z", text
        )
    )


def _short_of_matters(found: Sequence[Intent]) -> bool:
    """Beside a matter its own words may ask ("Vem håller i SIP:en?"); beside a notice a question is one."""
    return not any(i.kind in {"proposal", "changes", "withdrawal"} for i in found)

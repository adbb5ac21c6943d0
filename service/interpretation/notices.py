"""Absence, attendance, replacement, contact, meeting changes; question, help, undo, courtesy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.intents import (
    Absence,
    Attendance,
    Changes,
    Courtesy,
    Evidence,
    Help,
    Intent,
    MeetingChange,
    MinutesFiled,
    Question,
    Replacement,
    Undo,
)
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
    of_draft = _said_of_the_draft(context, before)
    replacement, used = read_replacement(context)
    replacement = [i for i in replacement if not _stands_within(context, i, of_draft)]
    found += replacement
    contact, used_by_contact = read_contact(context, bool(replacement))
    found += contact
    changes, used_by_changes = read_meeting_changes(context)
    found += [i for i in changes if not _stands_within(context, i, of_draft)]
    taken = frozenset({*used, *used_by_contact, *used_by_changes, *of_draft})
    coming = read_coming(context, taken, (*before, *found))
    changed = {
        i.meeting for i in found
        if isinstance(i, MeetingChange) and i.certain and i.action in {"cancel", "move"}
    }  # fmt: skip
    # Who is away from a meeting that is called off or moved is its reason, and no notice.
    coming = [
        i
        for i in coming
        if not (isinstance(i, (Absence, Attendance)) and i.meetings and changed.issuperset(i.meetings))
    ]
    filed = any(isinstance(i, MinutesFiled) for i in before)
    found += [
        i
        for i in coming
        if not _follows_from_leaving(context, i, replacement)
        and not (filed and not _names_meeting(context, i))
    ]
    return found


def _said_of_the_draft(context: Context, before: Sequence[Intent]) -> frozenset[int]:
    """The sentences that change the answered draft: "Anders hinner inte, så Jonas drar trean"."""
    words = [
        fold(e.text)
        for i in before
        if isinstance(i, Changes)
        for e in i.evidence
        if i.operations or e.rule in {"changes/minutes-draft", "changes/wish", "approval/if"}
    ]
    return frozenset(
        number
        for number, sentence in context.numbered()
        if any(w and (w in fold(sentence.text) or fold(sentence.text) in w) for w in words)
    )


def _stands_within(context: Context, intent: Intent, lines: frozenset[int]) -> bool:
    """Whether everything that an intent rests on is said in these sentences."""
    texts = {context.text_of(n) for n in lines}
    return bool(lines and intent.evidence) and all(e.text in texts for e in intent.evidence)


def _follows_from_leaving(context: Context, intent: Intent, replacement: Sequence[Intent]) -> bool:
    """An absence that only says again that somebody has left: "ni får klara er utan mig sen"."""
    leaving = {i.leaving for i in replacement if isinstance(i, Replacement)}
    if not isinstance(intent, Absence) or intent.person not in leaving:
        return False
    return not _names_meeting(context, intent)


def _names_meeting(context: Context, intent: Intent) -> bool:
    """Whether the words that an intent rests on name one of our meetings."""
    texts = {e.text for e in intent.evidence}
    return any(m.keys for n, s in context.numbered() if s.text in texts for m in context.meetings_in(n))


def read_rest(context: Context, found: list[Intent]) -> list[Intent]:
    """Undo, help, question or courtesy: what is left when the wishes have been read.

    A question beside a wish is handed on as well.
    """
    if context.letter.calendar is not None:
        return []
    undo = [h for h in context.hits_of("undo") if h.line != SUBJECT and not _only_asked(context, h)]
    evidence = tuple(context.evidence(h) for h in undo[:2])
    if undo and _answers_an_ack(context):
        # "Ångrade mig, radera!" under a receipt may take the matter back, or what we made of it.
        sure = not context.senses or (context.likeliest("undo") >= _HEARD > context.likeliest("withdrawal"))
        return [
            Undo(
                evidence=evidence,
                certain=sure,
                doubt=None if sure else "det kan vara menat på ett annat sätt",
            )
        ]
    used = {e.text for i in found for e in i.evidence}
    asks = [
        h for h in context.hits_of("question")
        if h.line != SUBJECT and context.text_of(h.line) not in used and _asks(context, h)
    ]  # fmt: skip
    if found:
        asked = [
            h for h in asks if context.text_of(h.line).rstrip().endswith("?") and not _polite(context, h)
        ]
        return (
            [Question(evidence=(context.evidence(asked[0]),))] if asked and _short_of_matters(found) else []
        )
    helps = context.hits_of("help")
    if asks and context.likeliest("question") > 3 * context.likeliest("help"):
        # "Hur gör vi med fikat?" is no question about the service.
        helps = ()
    if helps and (not undo or context.likeliest("help") >= context.likeliest("undo")):
        return [Help(evidence=tuple(context.evidence(h) for h in helps[:2]))]
    if undo:
        # Outside a thread of ours nothing tells what is to be taken back.
        sure = context.reference is not None or bool(context.letter.in_reply_to) or _is_answer(context)
        return [
            Undo(
                evidence=evidence,
                certain=sure,
                doubt=None if sure else "det framgår inte vad som ska tas tillbaka",
            )
        ]
    if asks:
        return [Question(evidence=(context.evidence(asks[0]),))]
    thanks = context.hits_of("courtesy")
    if context.reference and context.reference.what in {"call", "preparation"} and _has_nothing(context):
        return [Courtesy(evidence=(Evidence("proposal/none", context.words.text[:200]),))]
    if context.senses[1:] and all(s.of("courtesy") >= 0.45 for s in context.senses[1:]):
        return [Courtesy(evidence=(Evidence("courtesy/by-example", context.words.text[:200]),))]
    if not any(h.line != SUBJECT for h in thanks) and (likely := guessed(context)):
        return likely
    if thanks and len(context.words.text) < 600:
        return [Courtesy(evidence=(context.evidence(thanks[0]),))]
    return [Question()]


# From here on a meaning is heard at all.
_HEARD = 0.3


def _asks(context: Context, hit: Hit) -> bool:
    """Whether a question is put, and not only spoken of: "tack för svaret på min fråga"."""
    sense = context.sense(hit.line)
    if not sense.acts or context.text_of(hit.line).rstrip().endswith("?"):
        return True
    return sense.of("question", "help") >= _HEARD


def _has_nothing(context: Context) -> bool:
    """Whether an answer to the call says that there is nothing to take up, and nothing else."""
    return any(h.rule == "proposal/none" for h in context.hits) and not any(
        s.of("question", "help", "undo", "proposal") >= _HEARD for s in context.senses[1:]
    )


def _answers_an_ack(context: Context) -> bool:
    """Whether the letter answers a confirmation or a question of ours, by its thread or its subject."""
    if context.reference is not None:
        return context.reference.what in {"ack", "ask"}
    return bool(_ACK.match(context.letter.subject or ""))


def _is_answer(context: Context) -> bool:
    return bool(re.match(r"(?i)\s*(?:re|sv|svar|aw)\s*:", context.letter.subject or ""))


# The subjects of our confirmations, in an answer whose thread was lost.
_ACK = re.compile(
    r"(?i)\s*(?:re|sv|svar|aw)\s*:\s*(?:noterat|bekräftelse|mottaget|uppfattat|registrerat|anmält)\b"
)


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

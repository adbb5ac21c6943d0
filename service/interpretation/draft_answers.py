"""Answers to a draft: it is good as it is, or it is good once changed.

Only an answer to a draft that the service sent is read here; who may approve
is judged elsewhere.  A word of approval beside something to change is a
change, and what is not approved in so many words is not approved: an approval
is certain only when the rules and the second reader both hear it, and neither
hears anything kept back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.intents import Approval, Changes, Contact, Evidence, Intent, Operation
from service.interpretation.context import Context
from service.interpretation.draft_items import draft_items, item_above
from service.interpretation.draft_operations import Asked, FindPeople, Hear, Reader, read_operations
from service.interpretation.draft_verdict import (
    GREETING,
    ITEM_WORD,
    Verdict,
    corrects,
    is_idle,
    judge,
    reservation,
    unclear_about_the_draft,
)
from service.interpretation.hearing import Sense
from service.interpretation.people import find_people
from service.interpretation.phrases import Phrases, phrases
from service.interpretation.surroundings import DraftItem
from service.interpretation.words import fold, sentences

# Thinking aloud: "stryk avtalet, eller nej, låt det stå".
_TAKES_BACK = re.compile(
    r"(?<!\w)(?:eller nej|nej,? förresten|nej,? vänta|eller vänta|ångrar mig|ångrade mig|"
    r"eller förresten|glöm det|jag skojar|skämt åsido|jag skämtar|"
    r"(?:det )?tycker (?:inte jag|jag inte)|håller inte med|vid närmare eftertanke|on second thought)(?!\w)"
)


def read(context: Context) -> list[Intent]:
    """What an answer to a draft says; empty for every other letter, and for other business."""
    reference = context.reference
    if reference is None or reference.what not in {"agenda-draft", "minutes-draft"}:
        return []
    if context.words.forwarded and not context.words.remarks:
        return []
    approving, changing = phrases(context.rulebook, "approval"), phrases(context.rulebook, "changes")
    verdict = judge(context.words.text, approving, changing, hear := hearing_of(context))
    if reference.what == "minutes-draft":
        return _minutes_answer(context, verdict)
    return _agenda_answer(context, verdict, approving, changing, hear)


def draft_of(context: Context) -> tuple[DraftItem, ...]:
    """The items of the draft that is answered: known, else read from the quote."""
    if context.surroundings.draft:
        return context.surroundings.draft
    for quoted in context.words.quoted:
        if items := draft_items(quoted.text):
            return items
    return ()


def hearing_of(context: Context) -> Hear:
    """What the second reader makes of words of the text, and where in their sentence they begin."""
    senses = {s.text: context.sense(n) for n, s in context.numbered()}

    def hear(words: str) -> tuple[Sense, int]:
        if words in senses:
            return senses[words], 0
        for text, sense in senses.items():
            at = text.find(words)
            if at >= 0:
                return sense, at
        # The words reach over more than a sentence that was heard: its parts would be misplaced.
        inside = [s for text, s in senses.items() if text in words]
        return (Sense(inside[0].acts, inside[0].types), 0) if inside else (Sense(), 0)

    return hear


def _agenda_answer(
    context: Context, verdict: Verdict, approving: Phrases, changing: Phrases, hear: Hear
) -> list[Intent]:
    items = draft_of(context)
    reader = Reader(
        changing, items, _people_of(context), _speaker(context), hear,
        conditional=lambda words: approving.speaks(words, "if"),
    )  # fmt: skip
    remarks = [(r.text, item_above(r.above, items)) for r in context.words.remarks]
    asked = read_operations(context.words.text, remarks, reader)
    struck = _struck(context, items, asked.operations)
    operations = (*asked.operations, *struck)
    if not operations:
        return _without_operations(context, asked, verdict, approving)
    doubt = asked.doubt or _unheard(asked, approving, changing) or _taken_back(context, asked)
    if struck or any(_only_coloured(context, r.text, r.above) for r in context.words.remarks):
        # What is struck through may also be a mail program's way to show an old text.
        doubt = doubt or "ändringarna syns bara som överstruken eller färgad text"
    return [
        Changes(
            certain=doubt is None and _sure(context),
            evidence=tuple(
                Evidence(f"changes/{op.op}", words)
                for op, words in zip(asked.operations, asked.evidence, strict=True)
            ),
            doubt=doubt,
            operations=operations,
            comment=" ".join(s for s in asked.left if not is_idle(s, approving)),
        )
    ]


def _without_operations(context: Context, asked: Asked, verdict: Verdict, approving: Phrases) -> list[Intent]:
    """An answer that asks for no change that could be told: a yes, a no, or a wish in words."""
    text = context.words.text
    if verdict.no:
        because = "godkännandet tycks ha ett villkor" if verdict.conditional else None
        return [
            _wish(
                context,
                [Evidence("approval/if" if verdict.conditional else "approval/no", verdict.words)],
                asked.doubt or because,
                *([Approval()] if verdict.yes else []),
            )
        ]
    if asked.doubt or (verdict.wishes and (verdict.yes or verdict.points)):
        because = "det framgår inte vad som ska ändras" if verdict.unclear else None
        evidence = Evidence("changes/wish", verdict.words or text.strip()[:200])
        return [_wish(context, [evidence], asked.doubt or because)]
    kept_back = reservation(context, approving) if verdict.yes else None
    if kept_back is not None and kept_back.heard:
        evidence = Evidence("changes/reservation", kept_back.words)
        return [_wish(context, [evidence], "svaret tycks ha en invändning", Approval())]
    if verdict.yes:
        return [_approval(context, verdict, kept_back=bool(kept_back or asked.unheard or asked.touches))]
    if unclear_about_the_draft(context):
        # It speaks of the draft without saying plainly what is to be done.
        evidence = Evidence("changes/unclear", text.strip()[:200])
        return [_wish(context, [evidence], "det framgår inte vad som ska ändras")]
    if asked.lost or verdict.perhaps:
        evidence = Evidence("changes/unclear", asked.lost[0][0] if asked.lost else verdict.perhaps)
        return [
            _wish(context, [evidence], "det framgår inte vad som ska ändras")
            if asked.lost
            else _approval(context, verdict)
        ]
    return []


def _approval(context: Context, verdict: Verdict, *, kept_back: bool = False) -> Approval:
    """Certain only when both readers hear it, and neither hears anything kept back."""
    doubt = None
    if not verdict.agreed:
        doubt = "det framgår inte säkert att utkastet godkänns"
    elif verdict.against or kept_back:
        doubt = "svaret tycks också vilja ändra något"
    return Approval(
        certain=doubt is None and _sure(context),
        doubt=doubt,
        evidence=(Evidence("approval/yes", verdict.words or verdict.perhaps),),
    )


def _wish(context: Context, evidence: Sequence[Evidence], doubt: str | None, *others: Intent) -> Changes:
    """A change in words alone."""
    return Changes(
        certain=doubt is None and _sure(context),
        doubt=doubt,
        evidence=tuple(evidence),
        comment=_comment(context.words.text),
        alternatives=others,
    )


def _minutes_answer(context: Context, verdict: Verdict) -> list[Intent]:
    """Corrections to draft minutes are words for the secretary, whatever they ask for."""
    if verdict.corrects or context.words.remarks or (corrects(context.words.text) and not verdict.heard_yes):
        doubt = "godkännandet tycks ha ett villkor" if verdict.conditional else None
        if (
            not (context.words.remarks or verdict.no)
            and context.senses
            and context.likeliest("changes") < _HEARD
        ):
            doubt = doubt or "det framgår inte säkert om något ska rättas"
        told = [
            s.text
            for n, s in context.numbered()
            if context.sense(n).of("changes") >= _HEARD or corrects(s.text)
        ]
        words = told or [verdict.words or context.words.text.strip()[:200]]
        return [_wish(context, [Evidence("changes/minutes-draft", w) for w in words], doubt)]
    return [_approval(context, verdict)] if verdict.yes or verdict.perhaps else []


# From here on a sentence can be heard to correct something.
_HEARD = 0.25


def _sure(context: Context) -> bool:
    return context.trusted and not context.by_assistant


def _only_coloured(context: Context, remark: str, above: str) -> bool:
    """Whether a remark is told from the draft's own line by its colour alone."""
    line = above.strip().split("\n")[-1].strip()
    plain = context.letter.plain or ""
    words = remark.strip().split("\n")[0]
    return bool(
        line and words and re.search(re.escape(line[-40:]) + r"[ \t]+" + re.escape(words[:40]), plain)
    )


def _struck(
    context: Context, items: Sequence[DraftItem], operations: Sequence[Operation]
) -> tuple[Operation, ...]:
    """Items of the draft that were struck through in the quote."""
    gone: list[Operation] = []
    for words in context.words.struck:
        for line in words.split("\n"):
            number = item_above(line, items)
            if number is not None and not any(op.item == number for op in (*operations, *gone)):
                gone.append(Operation("remove", item=number))
    return tuple(gone)


# A place in the order, or a time, in words.
_TIMED = re.compile(r"\d+ ?(?:min|minuter|m)\b|\b(?:först|sist|före|efter|kvart|halvtimme|timme)\b")
# Nothing is asked of what stands beside these.
_AT_REST = re.compile(r"\b(?:inte|ej|blir|låt|låter)\b")


def _unheard(asked: Asked, approving: Phrases, changing: Phrases) -> str | None:
    """A change that was asked for but not understood, beside those that were."""
    if asked.unheard:
        return f"”{asked.unheard[0][:120]}” gick inte att förstå"
    changed = {op.item for op in asked.operations}
    for sentence, items in asked.lost:
        if set(items) - changed and not changing.speaks(sentence, "mused", "keep"):
            return f"”{sentence[:120]}” gick inte att förstå"
    for sentence in asked.left:
        folded = fold(sentence)
        if is_idle(sentence, approving) or changing.speaks(sentence, "mused", "keep"):
            continue
        strong = changing.speaks(sentence, "remove", "postpone", "swap", "rename", "move")
        if ITEM_WORD.search(folded) and (
            (_TIMED.search(folded) and not sentence.rstrip().endswith("?"))
            or (strong and not _AT_REST.search(folded))
        ):
            return f"”{sentence[:120]}” gick inte att förstå"
    return None


def _taken_back(context: Context, asked: Asked) -> str | None:
    """Why the operations may not be meant after all: a later sentence, or the same, takes something back."""
    told = " ".join(s for s in (s.text for s in context.sentences) if s not in asked.unheard)
    return "något av det skrivna tycks tas tillbaka" if _TAKES_BACK.search(fold(told)) else None


def _comment(text: str) -> str:
    kept = [s.text for s in sentences(text) if not GREETING.match(fold(s.text))]
    return " ".join(kept).strip()


def _people_of(context: Context) -> FindPeople:
    network = context.surroundings.network

    def find(text: str) -> list[tuple[int, int, Contact | None]]:
        found: list[tuple[int, int, Contact | None]] = []
        for mention in find_people(text, context.letter, context.surroundings):
            if mention.genitive:
                continue
            person: Contact | None = None
            if mention.person is not None and len(mention.candidates) < 2:
                known = network.person(mention.person)
                person = Contact(name=known.name, email=known.email or None)
            elif mention.contact is not None and len(mention.candidates) < 2:
                person = Contact(name=mention.contact.name, email=mention.contact.email)
            found.append((mention.start, mention.end, person))
        return found

    return find


def _speaker(context: Context) -> Contact | None:
    person = context.speaker
    return Contact(name=person.name, email=person.email or None) if person else None

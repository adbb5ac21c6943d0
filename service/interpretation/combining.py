"""Many readings, one reading: what the letter asks for, in its order.

Courtesy stands alone, a question beside a wish is handed on, and nothing is
certain from someone whom the network does not know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.domain.intents import (
    Changes,
    Courtesy,
    Evidence,
    Intent,
    Proposal,
    Question,
    Replacement,
    Supplement,
    Undo,
    Withdrawal,
)
from service.interpretation.context import Context
from service.interpretation.hearing import COMING
from service.interpretation.notices import read_rest
from service.interpretation.words import fold


def combined(context: Context, found: list[Intent]) -> list[Intent]:
    """The intents of a letter, ordered and honest."""
    wishes = [i for i in found if not isinstance(i, (Courtesy, Question)) and not _of_farewell(found, i)]
    wishes = [_doubted(context, i) for i in wishes]
    wishes = [i for i in wishes if not _overheard(context, i, wishes)]
    kept = sorted(wishes, key=lambda i: _place(context, i)) if wishes else []
    if any(isinstance(i, Changes) for i in kept):
        kept = [i for i in kept if i.kind not in {"approval"}]
    rest = read_rest(context, kept)
    if rest and isinstance(rest[0], Undo):
        # What else the letter says may be the right reading, or only the complaint: ask.
        others = [
            i
            for i in kept
            if i.kind not in {"absence", "attendance", "undo", "withdrawal"}
            and not (isinstance(i, Proposal) and not i.certain and len(context.words.text) < 200)
        ]
        kept = [
            *rest,
            *(
                replace(i, certain=False, doubt=i.doubt or "det står i ett svar som rättar något annat")
                for i in others
            ),
        ]
    else:
        kept += rest
    if not context.trusted:
        kept = [
            i
            if i.kind in {"courtesy"}
            else replace(i, certain=False, doubt=i.doubt or "avsändaren finns inte i nätverket")
            for i in kept
        ]
    return kept


# Which meanings of a sentence bear out an intent.
_BORNE_OUT_BY: dict[str, tuple[str, ...]] = {
    "proposal": ("proposal", "detail"),
    "withdrawal": ("withdrawal",),
    "supplement": ("supplement",),
    "absence": ("absence", "late", "early"),
    "attendance": ("attendance",),
    "replacement": ("replacement",),
    "contact": ("contact",),
    "approval": ("approval",),
    # Who answers a draft with a matter wants it on the agenda, and who takes one back wants it off.
    "changes": ("changes", "proposal", "detail", "withdrawal", "supplement"),
    "meeting": ("cancel", "move", "place"),
    "minutes": ("minutes",),
}
# Answers to drafts and notices of coming: their own readers have weighed each sentence by both.
_WEIGHED_BEFORE = frozenset({"approval", "changes", "absence", "attendance"})
# From the first likelihood on the readers agree; from the second on when nothing else reaches the third.
_AGREED, _LIKELY, _AGAINST = 0.6, 0.2, 0.4
# Under the first likelihood an intent is overheard, when the sentence by the second does something else.
_OVERHEARD, _ELSE = 0.1, 0.85


def _doubted(context: Context, intent: Intent) -> Intent:
    """An intent of which only the rules are sure is asked about."""
    acts = _BORNE_OUT_BY.get(intent.kind)
    if not intent.certain or acts is None or not _may_be_doubted(context):
        return intent
    if intent.kind in _WEIGHED_BEFORE:
        return intent
    support, against = _weighed(context, intent, acts)
    by_example = all(e.rule.endswith("/by-example") for e in intent.evidence)
    if isinstance(intent, Proposal) and by_example and context.likeliest("question") >= _AGREED:
        # "Vi beslutade om en rutin. Vem för ut den?": no rule heard anything asked for.
        return replace(intent, certain=False, doubt="det kan vara menat som en fråga")
    if support >= _AGREED or (support >= _LIKELY and max(against.values(), default=0.0) < _AGAINST):
        return intent
    return replace(intent, certain=False, doubt="det kan vara menat på ett annat sätt")


def _may_be_doubted(context: Context) -> bool:
    """Whether there are sentences to judge by: a calendar answer and remarks between lines have none."""
    return bool(
        context.senses and context.sentences and context.letter.calendar is None and not context.words.remarks
    )


def _weighed(context: Context, intent: Intent, acts: tuple[str, ...]) -> tuple[float, dict[str, float]]:
    """How likely the sentences that an intent rests on mean it, and what else they may mean."""
    texts = [e.text for e in intent.evidence]
    own = [n for n, s in context.numbered() if any(s.text in t or t in s.text for t in texts)]
    against: dict[str, float] = {}
    for n in own:
        for act, likelihood in context.sense(n).acts.items():
            if act not in acts:
                against[act] = max(against.get(act, 0.0), likelihood)
    return max((context.sense(n).of(*acts) for n in own), default=context.likeliest(*acts)), against


def _overheard(context: Context, intent: Intent, others: Sequence[Intent]) -> bool:
    """What a rule heard in words that plainly mean something else: "vi ses i höst!", "Lena är på plats"."""
    acts = _BORNE_OUT_BY.get(intent.kind)
    if intent.certain or acts is None or not intent.evidence or not _may_be_doubted(context):
        return False
    if context.forwarded and isinstance(intent, Proposal):
        # "Till septembermötet!" above a mail that is passed on: the mail is the matter.
        return False
    if intent.kind in COMING:
        # "Jag deltar den 11 februari men har förhinder i april" says both.
        acts = COMING
    support, against = _weighed(context, intent, acts)
    if support >= _OVERHEARD:
        return False
    if against.get("courtesy", 0.0) >= _ELSE:
        return True
    meant = {a for o in others if o is not intent for a in _BORNE_OUT_BY.get(o.kind, ())}
    return any(likelihood >= _ELSE and act in meant for act, likelihood in against.items())


def _of_farewell(found: list[Intent], intent: Intent) -> bool:
    """A matter or a file that is only seen in somebody's notice of leaving: "min sista dag här är den 13"."""
    if not isinstance(intent, (Proposal, Supplement)) or intent.attachments or not intent.evidence:
        return False
    texts = {e.text for i in found if isinstance(i, Replacement) for e in i.evidence}
    return all(e.text in texts for e in intent.evidence)


# A word of thanks is no heading.
_PRAISE = re.compile(r"(?:perfekt|toppen|tack|kanon|utmärkt|suveränt|bra|ok|okej|fint|super)(?!\w)")
# What happens to a meeting, and is nothing to talk about at it.
_OF_A_MEETING = re.compile(
    r"(?:möte\w* |sammanträde\w* )?(?:avlys\w*|inställ\w*|avboka\w*|framflytt\w*|flyttat möte|"
    r"(?:ny|nya|nytt|ändrad|ändrat|annan|annat) "
    r"(?:tid|mötestid|lokal|sal|plats|datum|dag|mötesdag|starttid|klockslag))"
)


def no_matter(intent: Intent) -> bool:
    """What only sounds like a matter: to come ("fått tid att delta"), a substitute, a new date."""
    if isinstance(intent, Proposal) and _PRAISE.match(fold(intent.title)) and len(intent.title.split()) < 4:
        return True
    if isinstance(intent, Proposal) and _OF_A_MEETING.fullmatch(fold(intent.title).strip(" .!")):
        return True
    if isinstance(intent, Proposal):
        if re.fullmatch(
            r"(?:ja|nej|japp|absolut|självklart|tyvärr)(?: \w+)?", fold(intent.title).strip(" .!")
        ):
            # "Septembermötet: ja visst" answers about coming.
            return True
        return fold(intent.title).strip(" .!") in {
            "delta", "komma", "medverka", "närvara", "vara med", "mötet", "möte", "det", "den",
        }  # fmt: skip
    if isinstance(intent, Withdrawal) and intent.title:
        return bool(
            re.search(r"(?<!\w)(?:ersättare|suppleant|nytt datum|ny tid|kalendern)(?!\w)", fold(intent.title))
        )
    return False


def _place(context: Context, intent: Intent) -> int:
    """Where in the letter the words of an intent stand."""
    return min((_find(context, e) for e in intent.evidence), default=len(context.words.text))


def _find(context: Context, evidence: Evidence) -> int:
    at = context.words.text.find(evidence.text)
    return (
        at
        if at >= 0
        else (-1 if evidence.text and evidence.text in context.subject else len(context.words.text))
    )

"""Many readings, one reading: what the letter asks for, in its order.

Courtesy stands alone, a question beside a wish is handed on, and nothing is
certain from someone whom the network does not know.
"""

from __future__ import annotations

import re
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
from service.interpretation.notices import read_rest
from service.interpretation.words import fold


def combined(context: Context, found: list[Intent]) -> list[Intent]:
    """The intents of a letter, ordered and honest."""
    wishes = [i for i in found if not isinstance(i, (Courtesy, Question)) and not _of_farewell(found, i)]
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
    kept = [_doubted(context, i) for i in kept]
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
# From the first likelihood on the two readers agree; below the second they do not, nor when another meaning
# is as likely as the third.
_AGREED, _HARDLY, _AGAINST = 0.35, 0.08, 0.5
# Meanings that speak for nothing else: a greeting in the same sentence, a reason.
_TELLS_LITTLE = ("courtesy", "background", "question")


def _doubted(context: Context, intent: Intent) -> Intent:
    """An intent of which only the rules are sure is asked about."""
    acts = _BORNE_OUT_BY.get(intent.kind)
    if not intent.certain or acts is None or not context.senses or context.letter.calendar is not None:
        return intent
    if context.words.remarks or not context.sentences:
        # What stands between the lines, or only in the subject line, is too little to judge by.
        return intent
    if any(e.rule.startswith("approval/") for e in intent.evidence) and intent.kind == "changes":
        # A draft that is held back; the second reader has no word for that.
        return intent
    texts = [e.text for e in intent.evidence]
    own = [n for n, s in context.numbered() if any(s.text in t or t in s.text for t in texts)]
    support = max((context.sense(n).of(*acts) for n in own), default=context.likeliest(*acts))
    # "Stryk sjuan, resten är bra" changes and approves in one breath.
    little = (*_TELLS_LITTLE, "approval") if intent.kind == "changes" else _TELLS_LITTLE
    against = max(
        (p for n in own for act, p in context.sense(n).acts.items() if act not in {*acts, *little}),
        default=0.0,
    )
    if support >= _AGREED or (support >= _HARDLY and against < _AGAINST):
        return intent
    return replace(intent, certain=False, doubt="det kan vara menat på ett annat sätt")


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

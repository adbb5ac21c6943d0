"""A sentence is cut into clauses with one thing to say each, and joined where it was cut too much."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from service.interpretation.draft_operations.values import Clause, Reader, Token
from service.interpretation.phrases import Spoken
from service.interpretation.words import fold

# Verbs that ask for a change by themselves.
STRONG = frozenset({"remove", "postpone", "move", "swap", "minutes", "rename", "add"})
# What a change is made to, and what it is changed to.
CARRIES = frozenset({"item", "num"})
_DETAILS = frozenset(
    {
        *("to", "before", "after", "first", "last", "steps", "between", "later"),
        *("clock", "round", "same", "person", "me", "type", "quote"),
    }
)
_PLACES = frozenset({"to", "before", "after", "first", "last", "between"})
_ANCHORS = frozenset({"before", "after", "first", "last"})

_SEPARATOR = re.compile(
    r"[,;()]|\s[–—-]\s|\b(?:och|samt|men|utan|så(?! att)|and|but|plus|resp|respektive)\b|&|:(?=\s)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:eftersom|därför att|för att|så att|på grund av|p\.g\.a\.?|pga|med anledning av|med tanke på|"
    r"because|since)\b|(?<=, )(?:för|då|ty|as)\b(?! \d)"
)
_REASON_FIRST = re.compile(r"\W*(?:eftersom|då|med anledning av|på grund av|because|since|med tanke på)\b")
# A time that is told or found wrong, not asked for.
TOLD_TIME = re.compile(
    r"\b(?:tog|blev|(?<!minuter )(?<!min )var|hade|förra|totalt|sammanlagt|tillsammans|ihop|snålt|"
    r"i (?:under|över)kant|"
    r"(?:räcker|hinner|går|duger|funkar|håller) (?:\w+ )?(?:inte|aldrig|knappast|knappt)|"
    r"för (?:lite|litet|mycket|kort|långt|långa|korta|knappt|snålt|snäl\w*)|too (?:short|long|little|much)|"
    # "Anders kommer 20 minuter sent" is no time for his matter.
    r"(?:kommer|ansluter|dyker upp|är)\b[^.;]{0,40}\b(?:sent|sen|försenad))\b"
)
NEGATION = re.compile(r"\b(?:inte|ej|icke|aldrig|not|never|don't|dont|nej)\b")


def clauses_of(text: str, tokens: list[Token], reader: Reader) -> list[Clause]:
    """Cut a sentence where something new may begin, and join again what belongs together."""
    folded = fold(text)
    everything = reader.phrases.spoken(text)
    spoken = [s for s in everything if s.name not in {"keep", "mused", "wish"}]
    kept = [s.start for s in everything if s.name == "keep"]
    pieces, joints = _cut(folded, tokens, spoken)
    clauses: list[Clause] = []
    # A reason asks for nothing: "eftersom punkt 3 tog så lång tid".
    muted = False
    for index, ((start, end), joint) in enumerate(zip(pieces, joints, strict=True)):
        here = [s for s in spoken if start <= s.start < end]
        if joint in {"men", "så", ";", "but"}:
            muted = False
        mute_from = end
        reason = _REASON.search(folded, max(0, start - 2), end)
        if reason and not (
            # "Flytta 6 så att den hamnar efter 2" says where to.
            reason.group() == "så att"
            and any(reason.end() <= t.start < end and t.kind in _PLACES | {"clock", "round"} for t in tokens)
        ):
            mute_from = start if muted else reason.start()
        if (
            muted
            and joint in {",", "och", "and"}
            and any(s.name in {"remove", "postpone", "swap", "move"} for s in here)
        ):
            muted, mute_from = False, end
        leading = index == 0 and bool(_REASON_FIRST.match(folded, start, end))
        if leading and here:
            # "Eftersom Per är sjuk stryker vi 5": the reason ends where the verb begins.
            leading, muted, mute_from, start = False, False, end, min(s.start for s in here)
        active = [t for t in tokens if start <= t.start < mute_from and not muted]
        verbs = {s.name for s in here if start <= s.start < mute_from and not muted}
        if not verbs & STRONG and any(start <= k < end for k in kept):
            # "Behåll femman men stryk sexan."
            clauses.append(Clause(start, end, folded[start:end], [], set(), True, folded))
            continue
        clauses.append(Clause(start, end, folded[start:end], active, verbs, muted or leading, folded))
        muted = muted or (mute_from < end and not leading)
    return _joined(clauses, joints)


def _cut(
    folded: str, tokens: Sequence[Token], spoken: Sequence[Spoken]
) -> tuple[list[tuple[int, int]], list[str]]:
    """Where the clauses lie, and the word or sign before each."""
    cuts = [
        (m.start(), m.end())
        for m in _SEPARATOR.finditer(folded)
        if not any(t.start < m.end() and m.start() < t.end for t in tokens)
        and not any(s.name in STRONG and s.start <= m.start() < s.end for s in spoken)
    ]
    starts, ends = [0, *(e for _, e in cuts)], [*(s for s, _ in cuts), len(folded)]
    return list(zip(starts, ends, strict=True)), ["", *(folded[s:e].strip() for s, e in cuts)]


def _joined(clauses: list[Clause], joints: list[str]) -> list[Clause]:
    """Join "4, 6 och 7" and ", 20 min, beslut" to what they belong to."""
    joined: list[Clause] = []
    # Items that wait for what is to be done with them: "4 och 6 | stryks".
    waiting: list[Clause] = []
    for clause, joint in zip(clauses, joints, strict=True):
        previous = joined[-1] if joined else None
        if _only_items(clause):
            if previous and not waiting and _list_goes_on(previous, clause, joint):
                _merge(previous, clause)
            else:
                waiting.append(clause)
            continue
        if joint == "utan" and waiting and NEGATION.search(waiting[-1].text):
            # "Inte sexan utan sjuan."
            waiting = []
        for items in waiting:
            clause = _merged(items, clause)
        waiting = []
        if previous and not previous.muted and any(fits(previous, clause, joint) for fits in _JOINS):
            _merge(previous, clause)
        else:
            joined.append(clause)
    return [*joined, *waiting]


def _only_items(clause: Clause) -> bool:
    kinds = {t.kind for t in clause.tokens}
    return (
        bool(kinds & CARRIES)
        and not kinds & _DETAILS
        and not clause.verbs
        and not clause.muted
        and len(re.findall(r"[^\W\d]+", clause.text)) <= 3
    )


def _list_goes_on(previous: Clause, clause: Clause, joint: str) -> bool:
    """ "Stryk 4 | och 6"; "dra fem minuter från trean | , fyran | och femman"."""
    open_list = not previous.of("clock", "type", "to", "person", "first", "last") or (
        not previous.of("type", "to", "person", "first", "last") and previous.tokens[-1].kind in CARRIES
    )
    return (
        bool(previous.of(*CARRIES))
        and joint in {",", "och", "samt", "and", "&", "plus"}
        and ("swap" in previous.verbs or open_list)
    )


def _place_follows(previous: Clause, clause: Clause, joint: str) -> bool:
    """ "Lägg fyran | och femman sist"."""
    return (
        joint in {",", "och", "samt", "and"}
        and not clause.verbs
        and not clause.muted
        and "move" in previous.verbs
        and bool(previous.of(*CARRIES))
        and not previous.of("to", "before", "after", "first", "last", "later", "between", "steps")
        and bool(clause.of(*CARRIES))
        and bool(clause.of("to", "before", "after", "first", "last", "later", "between"))
    )


def _completes(previous: Clause, clause: Clause, joint: str) -> bool:
    """ "Byt plats på SIP | och Barnahus"; "byt föredragande på 4 | , det blir Eva"; "tidigare, | efter 2"."""
    if clause.muted or clause.verbs or joint not in {",", "och", "and", "med"}:
        return False
    kinds = {t.kind for t in clause.tokens}
    if "swap" in previous.verbs and len(previous.of(*CARRIES)) < 2:
        return True
    if "presenter" in previous.verbs and not previous.of("person", "me") and kinds & {"person", "me"}:
        return True
    return bool(
        kinds <= _ANCHORS | {"item"} and kinds & _ANCHORS and not previous.of(*sorted(_ANCHORS), "to")
    )


def _labels(previous: Clause, clause: Clause, joint: str) -> bool:
    """ "Spelandet | : 90 min"."""
    return (
        joint in {":", "–", "-", "—"}
        and not previous.verbs
        and not previous.of(*CARRIES, *_DETAILS)
        and len(previous.text.split()) <= 5
    )


def _gives_to(previous: Clause, clause: Clause, joint: str) -> bool:
    """ "Tio minuter mer | , det vill säga 30 minuter | , till punkt 6"."""
    kinds = {t.kind for t in clause.tokens}
    return (
        joint == ","
        and bool(previous.of("clock"))
        and not previous.of(*CARRIES)
        and not clause.verbs
        and not re.search(r"\b(?:lägg|ge|dra|korta|jag|vi)\b", clause.text)
        # "En kvart till rutinen är för lite, det behövs 25 minuter".
        and not TOLD_TIME.search(previous.text)
        and (
            kinds == {"clock"}
            or (
                kinds <= {"to", "item", "mask"}
                and bool(re.match(r"\W*(?:till|på|för|under) (?:punkt|nr|\w+an\b)", clause.text))
            )
        )
    )


def _details_follow(previous: Clause, clause: Clause, joint: str) -> bool:
    """ "Punkt 4 | : 15 min | , beslut | , Eva drar"."""
    kinds = {t.kind for t in clause.tokens}
    return (
        bool(kinds)
        and not kinds & CARRIES
        and not clause.verbs - {"type", "presenter"}
        and not clause.muted
        and bool(previous.of(*CARRIES))
        # "Kvarten på punkt 4 räcker inte, gör 25 minuter av den": the first is found wrong.
        and not (previous.of("clock") and "clock" in kinds)
        and joint in {",", "och", "samt", "and", ":", "(", ")", "–", "-", "—", "utan"}
        and not re.search(r"\b(?:jag|vi|du|lägg|ge|dra|är|behöver)\b", clause.text)
        and len(re.findall(r"[^\W\d]+", clause.text)) <= 8
    )


_JOINS: tuple[Callable[[Clause, Clause, str], bool], ...] = (
    _place_follows, _completes, _labels, _gives_to, _details_follow,
)  # fmt: skip


def _merge(into: Clause, other: Clause) -> None:
    into.end = other.end
    into.text = into.whole[into.start : into.end]
    into.tokens = [*into.tokens, *other.tokens]
    into.verbs |= other.verbs


def _merged(first: Clause, second: Clause) -> Clause:
    return Clause(
        first.start, second.end, second.whole[first.start : second.end], [*first.tokens, *second.tokens],
        first.verbs | second.verbs, second.muted, second.whole,
    )  # fmt: skip

"""Who may cause what, and on which proof of who is speaking.

One table says it: a row for each kind of wish, a column for each role, and
for each role what happens under each degree of proof.  What may not be done
at once is never lost: the secretary is asked, with the reason in plain words.

`Trust` says what could be proven of the sender's address: "pass" and "fail"
are the receiving server's words (or the signature's own, where
`security.dkim` is on), "none" means that nothing was said although something
is configured to say it, and "unchecked" that the network's operator has
configured nothing to believe (`security.authserv = []`) and answers for the
mailbox himself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from service.domain import intents
from service.domain.distribution import chair, secretary
from service.domain.intents import Intent
from service.domain.world import World

Trust = Literal["pass", "none", "fail", "unchecked"]

# "former" had a place and has left it: known, but with no more say than anybody.
Role = Literal["secretary", "chair", "member", "substitute", "former", "outsider"]

# "act": at once.  "ask": the secretary decides.  "hand-over": the secretary
# sees it, and can do the same only in a letter of her own.
Verdict = Literal["act", "ask", "hand-over"]

# What a wish can do, from nothing to everything.
Power = Literal["harmless", "own", "others", "decide"]

_A: Verdict = "act"
_Q: Verdict = "ask"
_H: Verdict = "hand-over"


def _under(passed: Verdict, unchecked: Verdict, none: Verdict, fail: Verdict) -> Mapping[Trust, Verdict]:
    return {"pass": passed, "unchecked": unchecked, "none": none, "fail": fail}


_FREE = _under(_A, _A, _A, _H)
_PROVEN = _under(_A, _A, _Q, _Q)
_ASKED = _under(_Q, _Q, _Q, _Q)
# Filing lets only secretary and chair decide; others are passed on from there.
_DECIDES = _under(_A, _A, _H, _H)

TABLE: Mapping[Power, Mapping[Role, Mapping[Trust, Verdict]]] = {
    # Questions, help, thanks: they change nothing, and an answer goes to whoever was proven to ask.
    "harmless": {
        "secretary": _FREE, "chair": _FREE, "member": _FREE,
        "substitute": _FREE, "former": _FREE, "outsider": _FREE,
    },
    # Matters, absences, one's own address or successor.
    "own": {
        "secretary": _PROVEN, "chair": _PROVEN, "member": _PROVEN,
        "substitute": _PROVEN, "former": _ASKED, "outsider": _ASKED,
    },
    # To change where somebody else's mail goes, or who has somebody else's seat.
    "others": {
        "secretary": _PROVEN, "chair": _PROVEN, "member": _ASKED,
        "substitute": _ASKED, "former": _ASKED, "outsider": _ASKED,
    },
    # To approve or change a draft, to send minutes in, to move or cancel a meeting.
    "decide": {
        "secretary": _DECIDES, "chair": _DECIDES, "member": _DECIDES,
        "substitute": _DECIDES, "former": _ASKED, "outsider": _ASKED,
    },
}  # fmt: skip

_DECIDING = (intents.Approval, intents.Changes, intents.MinutesFiled, intents.MeetingChange)
_HARMLESS = (intents.Question, intents.Help, intents.Courtesy)


def power_of(intent: Intent, speaker: str | None) -> Power:
    """What a wish can do; `speaker` is the id of the person who wishes, None for an outsider."""
    if isinstance(intent, _HARMLESS):
        return "harmless"
    if isinstance(intent, _DECIDING):
        return "decide"
    if isinstance(intent, intents.Replacement) and intent.leaving not in (None, speaker):
        return "others"
    if isinstance(intent, intents.ContactChange) and intent.person not in (None, speaker):
        return "others"
    return "own"


def role_of(world: World, person: str | None, now: datetime) -> Role:
    """What someone is in the network at a moment; for a person, `person` is the id."""
    if person is None or person not in world.people:
        return "outsider"
    today = now.date()
    for found, role in ((secretary(world, now), "secretary"), (chair(world, now), "chair")):
        if found and found.id == person:
            return role  # type: ignore[return-value]
    own = [t for t in world.tenures.values() if t.person == person]
    if any(t.role == "holder" and t.covers(today) for t in own):
        return "member"
    if any(t.covers(today) for t in own):
        return "substitute"
    if not own or any(t.since > today for t in own):
        # Those whom the network file names without a place: who prepares, who is invited.  And those to come.
        return "member"
    if any(person in (term.chair, term.secretary) for term in world.terms.values()):
        return "member"
    if person in world.network_on(today).preparers:
        return "member"
    return "former"


def verdict(intent: Intent, *, role: Role, trust: Trust, speaker: str | None) -> Verdict:
    """Whether an intent is carried out at once, is for the secretary to decide, or is only shown to her."""
    decided = TABLE[power_of(intent, speaker)][role][trust]
    if isinstance(intent, intents.Approval) and decided == "ask":
        # Nobody approves by way of the secretary's yes to something else.
        return "hand-over"
    return decided


def reason(role: Role, trust: Trust) -> str:
    """Why something was not done at once, in plain words for the secretary."""
    if trust == "none":
        return (
            "Det gick inte att styrka att mejlet verkligen kommer från den adress som står som avsändare, "
            "så vi har inte gjort något."
        )
    if trust == "fail":
        return (
            "E-postservern säger att mejlet inte kommer från den adress som står som avsändare. "
            "Det kan vara förfalskat, så vi har inte gjort något."
        )
    if role == "former":
        return "Avsändaren har lämnat nätverket."
    if role == "outsider":
        return "Avsändaren är inte med i nätverket."
    return "Mejlet gäller någon annans uppgifter eller plats än avsändarens egen."

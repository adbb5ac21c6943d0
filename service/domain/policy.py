"""Who may cause what, and on which proof of who is speaking.

`Trust` says what the receiving server could prove of the sender's address:
"pass" and "fail" are its words, "none" means that it wrote nothing although
it is configured to, and "unchecked" that the network's operator has
configured no server to believe (`security.authserv = []`) and answers for
the mailbox himself.
"""

from __future__ import annotations

from typing import Literal

from service.domain import intents
from service.domain.intents import Intent

Trust = Literal["pass", "none", "fail", "unchecked"]
Verdict = Literal["act", "ask-secretary"]

# What changes nothing may be answered whoever asks.
HARMLESS: tuple[type[Intent], ...] = (intents.Question, intents.Help, intents.Courtesy)

_BY_TRUST: dict[Trust, dict[str, Verdict]] = {
    "pass": {"member": "act", "outsider": "ask-secretary"},
    "unchecked": {"member": "act", "outsider": "ask-secretary"},
    "none": {"member": "ask-secretary", "outsider": "ask-secretary"},
    "fail": {"member": "ask-secretary", "outsider": "ask-secretary"},
}


def verdict(intent: Intent, *, known: bool, trust: Trust) -> Verdict:
    """Whether an intent is carried out at once, or the secretary is asked first."""
    if isinstance(intent, HARMLESS):
        return "act"
    return _BY_TRUST[trust]["member" if known else "outsider"]


REASONS: dict[Trust, str] = {
    "pass": "Avsändaren är inte med i nätverket.",
    "unchecked": "Avsändaren är inte med i nätverket.",
    "none": "Det gick inte att styrka att mejlet verkligen kommer från den adress som står som avsändare.",
    "fail": "E-postservern säger att mejlet inte kommer från den adress som står som avsändare.",
}

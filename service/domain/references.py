"""What an answer answers.

Each message that the service sends says in its own Message-ID what it is, as
in `<agenda-draft.2027-02-11.2.k7f3q9mw@samverkan.example>`: what, the
meeting's key, the version and a random token.  Where a mail client dropped
In-Reply-To and References, the subject still tells.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

What = Literal[
    "agenda-draft", "minutes-draft", "agenda", "minutes", "call", "preparation", "reminder", "invitation",
    "ack", "ask",
]  # fmt: skip

# A message about no meeting in particular carries this date.
NO_MEETING = date(1, 1, 1)

_FORM = re.compile(
    r"<(?P<what>[a-z-]{2,20})\.(?P<meeting>\d{4}-\d\d-\d\d)\.(?P<version>\d{1,6})\.(?P<token>[a-z0-9]{4,64})@(?P<domain>[^<>@\s]{1,255})>"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One of our own Message-IDs, taken apart."""

    what: What
    # None when the message was about no meeting in particular.
    meeting: date | None
    version: int
    # Empty when only the subject told.
    token: str = ""
    domain: str = ""

    def __str__(self) -> str:
        meeting = (self.meeting or NO_MEETING).isoformat()
        return f"<{self.what}.{meeting}.{self.version}.{self.token}@{self.domain}>"


def parse(message_id: str, domain: str) -> Reference | None:
    """Take a Message-ID apart; None when it is not one of ours at this domain."""
    found = _FORM.fullmatch(message_id.strip())
    if not found or found["what"] not in get_args(What) or found["domain"].casefold() != domain.casefold():
        return None
    try:
        meeting = date.fromisoformat(found["meeting"])
    except ValueError:
        return None
    return Reference(
        what=found["what"],  # type: ignore[arg-type]
        meeting=None if meeting == NO_MEETING else meeting,
        version=int(found["version"]),
        token=found["token"],
        domain=found["domain"],
    )


# Our letters whose answer decides something.
DECIDED_BY_ANSWER: frozenset[What] = frozenset({"agenda-draft", "minutes-draft", "ask", "reminder"})
# The token of a sealed one is a SHA-256 in hexadecimal; no letter goes out with one so long.
_SEAL = 64


def sealed(message_id: str) -> str:
    """A Message-ID of ours as it is kept once its letter has gone out.

    Whoever reads the records, or a copy of them, must not be able to answer a
    draft that he was never sent: where an answer decides something, the
    random token is kept as its hash, which recognises an answer and cannot
    be used for one.  Any other Message-ID comes back as it is.
    """
    found = _FORM.fullmatch(message_id.strip())
    if not found or found["what"] not in DECIDED_BY_ANSWER or is_sealed(message_id):
        return message_id
    token = hashlib.sha256(message_id.strip().encode("utf-8", "replace")).hexdigest()
    return f"<{found['what']}.{found['meeting']}.{found['version']}.{token}@{found['domain']}>"


def is_sealed(message_id: str) -> bool:
    """Whether a Message-ID is one that `sealed` has made, and that no answer may name."""
    found = _FORM.fullmatch(message_id.strip())
    return bool(found and found["what"] in DECIDED_BY_ANSWER and len(found["token"]) == _SEAL)


def token_of(message_id: str) -> str:
    """The random part of one of our Message-IDs; empty for any other."""
    found = _FORM.fullmatch(message_id.strip())
    return found["token"] if found else ""


_QUOTED = re.compile(
    r"(?<![\w.-])(?:agenda-draft|minutes-draft)\.\d{4}-\d\d-\d\d\.\d{1,6}\.[a-z0-9]{4,64}(?![\w-])"
)


def in_text(reference: Reference) -> str:
    """A reference as a draft carries it in its text, for mail programs that drop the headers."""
    return str(reference).strip("<>").rpartition("@")[0]


def quoted_in(text: str, domain: str) -> list[str]:
    """Message-IDs of the drafts whose references stand in a text, topmost first, a few at most."""
    found = dict.fromkeys(m.group() for m in _QUOTED.finditer(text))
    return [f"<{name}@{domain}>" for name in list(found)[:5]]


_LINE = re.compile(rf"(?m)(?:^(?!>)|(?<=>))[^<>\n]{{0,40}}{_QUOTED.pattern}[ \t]*(?=$|<)")


def without_quoted(text: str) -> str:
    """A text without the lines that only carry a draft's reference, as the buttons of a draft write them."""
    return _LINE.sub("", text)


def from_a_service(message_id: str | None) -> bool:
    """Whether a Message-ID is of the form that a service like this gives its letters, at any domain."""
    return bool(message_id and _FORM.fullmatch(message_id.strip()))


def answered(in_reply_to: Iterable[str], references: Iterable[str], domain: str) -> Reference | None:
    """Which of our messages is answered: In-Reply-To first, else the last of References."""
    for message_id in (*in_reply_to, *reversed(tuple(references))):
        if reference := parse(message_id, domain):
            return reference
    return None

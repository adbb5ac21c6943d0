"""What an answer answers.

Each message that the service sends says in its own Message-ID what it is, as
in `<agenda-draft.2027-02-11.2.k7f3q9mw@samverkan.example>`: what, the
meeting's key, the version and a random token.  Where a mail client dropped
In-Reply-To and References, the subject still tells.
"""

from __future__ import annotations

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

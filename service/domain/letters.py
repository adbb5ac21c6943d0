"""A message that has arrived, as a value.

The MIME adapter makes it from raw bytes; everything inward of the adapter
sees only this.  A malformed message is a letter with defects, never an
exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and a bare addr-spec (RFC 5322, 3.4)."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a letter; `content` is decoded and `sha256` is its hex digest."""

    filename: str
    content_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False, compare=False, default=b"")


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """An answer to an invitation (iTIP REPLY or COUNTER, RFC 5546)."""

    method: str
    uid: str
    sequence: int | None
    # When the meeting starts according to the answer, aware where it can be.
    start: datetime | None
    # ACCEPTED, DECLINED, TENTATIVE, DELEGATED or "".
    participation: str
    attendee: str
    comment: str
    delegated_to: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a bounce says (RFC 3464, and the odd ones that flufl.bounce knows)."""

    failed: tuple[str, ...]
    delayed: tuple[str, ...] = ()
    # The Message-ID of the message that could not be delivered, with its angle brackets.
    original_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One message.

    `date` is aware and keeps the sender's own offset; it is None when the
    message has no date that can be read.  Message-IDs keep their angle
    brackets.  `headers` has lower-case names and every value, decoded and
    unfolded, topmost first.  Text is NFC with "\\n" line ends.
    """

    message_id: str | None
    date: datetime | None
    # None when there is no From, or no address in it.
    sender: Mailbox | None
    # The Sender header, when it differs from From: an assistant who writes for someone.
    sent_by: Mailbox | None
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    headers: Mapping[str, tuple[str, ...]] = field(repr=False)
    # The text part and the HTML part as they came, decoded; None when there is none.
    plain: str | None
    html: str | None
    # Real attachments: neither pictures of a signature nor detached signatures
    # nor the parts of a delivery report; what winmail.dat holds stands here.
    attachments: tuple[Attachment, ...] = ()
    # Messages enclosed as message/rfc822 (or .eml, .msg), outermost first.
    enclosed: tuple[Letter, ...] = ()
    calendar: CalendarReply | None = None
    report: DeliveryReport | None = None
    # What was wrong with it, as names; more than one From, a broken address
    # ("address"), an undecodable part ("charset"), ...
    defects: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The topmost value of a header, or an empty string."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""

"""What a returned message says about whom it did not reach.

Delivery reports have a format of their own (RFC 3464), which most servers
keep to.  The older and odder ones are read by flufl.bounce, and only when the
message comes from a mail server by its headers: a member who forwards a
bounce and asks about it is a member.
"""

from __future__ import annotations

import contextlib
import email
import logging
import re
from collections.abc import Iterable
from email.message import Message

from service.adapters.mime_text import content_of, header
from service.domain.letters import DeliveryReport

# The detectors write the message that they fail on to the log.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_ADDRESS = re.compile(r"[^\s<>;,:\"()]{1,120}@[^\s<>;,:\"()]{1,200}")
_DAEMON = re.compile(
    r"^(mailer-?daemon|postmaster|mail-?daemon|microsoftexchange[0-9a-f]+|mdaemon|bounce|no-?reply-bounce)@",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"undeliver(able|ed)|delivery (status notification|failure|has failed|problem)|"
    r"(mail|message) delivery (failed|failure|subsystem|delayed)|failure notice|returned mail|"
    r"olevererbar|kunde inte levereras|gick inte att leverera|leveransfel|leveransen misslyckades|"
    r"ikke leveres|kan ikke leveres|ikke levert",
    re.IGNORECASE,
)


_ODDITY_BYTES = 40_000


def looks_returned(message: Message, from_address: str) -> bool:
    """Whether headers say that a mail server wrote this about a message that it could not deliver."""
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type", "") or "").casefold()
        return kind in {"", "delivery-status"}
    if message.get("X-Failed-Recipients"):
        return True
    return_path = header(message.get("Return-Path", ""))
    from_daemon = bool(_DAEMON.match(from_address)) or return_path == "<>"
    return from_daemon and bool(_RETURNED.search(header(message.get("Subject", ""))))


def delivery_report(message: Message, parts: Iterable[Message]) -> DeliveryReport | None:
    """Read the report of a message that `looks_returned`, or None when it names nobody.

    `parts` are the leaves and enclosed messages of the whole tree.
    """
    failed: dict[str, None] = {}
    delayed: dict[str, None] = {}
    original: str | None = None
    for part in parts:
        kind = part.get_content_type()
        if kind in {"message/delivery-status", "message/global-delivery-status"}:
            _read_status(part, failed, delayed)
        elif original is None and kind in {
            "message/rfc822",
            "message/global",
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global-headers",
        }:
            original = _original_id(part)
    if not failed and not delayed:
        _read_oddity(message, failed, delayed)
    if not failed and not delayed:
        for value in message.get_all("X-Failed-Recipients", [])[:100]:
            for address in _ADDRESS.findall(header(str(value)[:10_000])):
                failed[address] = None
    if not failed and not delayed:
        return None
    still_delayed = tuple(a for a in delayed if a not in failed)
    return DeliveryReport(tuple(failed), still_delayed, original)


def _read_status(part: Message, failed: dict[str, None], delayed: dict[str, None]) -> None:
    blocks = part.get_payload() if part.is_multipart() else None
    if not isinstance(blocks, list):
        return
    # The first block is about the message, each of the others about one recipient.
    for block in blocks[:500]:
        if not isinstance(block, Message):
            continue
        # What we wrote to comes first: a forwarded mailbox fails under a name that we never used.
        address = _recipient(block, "Original-Recipient") or _recipient(block, "Final-Recipient")
        if not address:
            continue
        action = header(block.get("Action", "")).casefold().strip()
        status = header(block.get("Status", "")).strip()
        if action == "failed" or (not action and status.startswith("5")):
            failed[address] = None
        elif action == "delayed" or (not action and status.startswith("4")):
            delayed[address] = None


def _recipient(block: Message, name: str) -> str:
    value = header(block.get(name, ""))
    # "rfc822; anna@kommun.example" (RFC 3464, 2.3.2)
    found = _ADDRESS.search(value.rpartition(";")[2] or value)
    return found[0].strip("'.") if found else ""


def _original_id(part: Message) -> str | None:
    if part.is_multipart():
        payload = part.get_payload()
        first = payload[0] if isinstance(payload, list) and payload else None
        value = header(first.get("Message-ID", "")) if isinstance(first, Message) else ""
    else:
        head = content_of(part)[:20_000].decode("utf-8", "replace")
        found = re.search(r"(?im)^message-id:\s*(\S+)", head)
        value = found[1] if found else ""
    match = _MESSAGE_ID.search(value)
    return match[0] if match else None


def _read_oddity(message: Message, failed: dict[str, None], delayed: dict[str, None]) -> None:
    from flufl.bounce import all_failures

    # The detectors raise on much that is broken; they are guesses, so then there is none.
    # Some of them take quadratic time, and all they look for stands near the top.
    with contextlib.suppress(Exception):
        temporary, permanent = all_failures(email.message_from_bytes(message.as_bytes()[:_ODDITY_BYTES]))
        for found, into in ((permanent, failed), (temporary, delayed)):
            for raw in sorted(found):
                address = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
                if _ADDRESS.fullmatch(address):
                    into[address] = None

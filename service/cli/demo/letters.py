"""Mail as the members of the demonstration write it: each from the program that she is used to.

An answer is made from the very message that was received: its Message-ID in
In-Reply-To and References, its subject with "Sv:" or "Re:", its text quoted
below as Outlook, Gmail or a telephone does it.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal

from service.domain.network import Person

# The standard policy folds long subjects in the middle of words that it has encoded.
_POLICY = policy.SMTP.clone(max_line_length=900)

Program = Literal["outlook", "gmail", "phone"]

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")


@dataclass(frozen=True, slots=True)
class File:
    """A file that a member attaches."""

    name: str
    content: bytes
    content_type: str = "application/pdf"


def compose(
    writer: Person,
    to: tuple[str, str],
    text: str,
    at: datetime,
    *,
    subject: str = "",
    answering: bytes | None = None,
    program: Program = "outlook",
    files: Sequence[File] = (),
) -> bytes:
    """A whole message; `answering` is the raw message that it answers, `to` is (name, address)."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(writer.name, addr_spec=writer.email)
    message["To"] = Address(to[0], addr_spec=to[1])
    original = _opened(answering) if answering else None
    message["Subject"] = _answering_subject(original, program) if original else subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = _own_id(writer, f"{at.isoformat()}{text}")
    if original:
        message["In-Reply-To"] = str(original["Message-ID"])
        known = f"{original.get('References', '')} {original['Message-ID']}".split()
        message["References"] = " ".join(known)
    signature = _signature(writer, program)
    quoted = _quoted(original, program) if original else ""
    message.set_content(f"{text}\n\n{signature}\n{quoted}", charset="utf-8")
    if program == "outlook":
        message.add_alternative(_as_outlook(text, signature, original), subtype="html", charset="utf-8")
    for file in files:
        kind, _, sub = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=sub, filename=file.name)
    return message.as_bytes()


def bounce(of: bytes, address: str, at: datetime) -> bytes:
    """A delivery report for one of our messages: nobody has that address (RFC 3464)."""
    original = _opened(of)
    domain = address.partition("@")[2]
    report = EmailMessage(policy=_POLICY)
    report["From"] = Address("Mail Delivery System", addr_spec=f"mailer-daemon@{domain}")
    report["To"] = original["From"]
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(at)
    report["Message-ID"] = f"<{hashlib.sha256(of).hexdigest()[:20]}@mx.{domain}>"
    report["Auto-Submitted"] = "auto-replied"
    boundary = "=_report"
    lines = [
        f"--{boundary}", "Content-Type: text/plain; charset=us-ascii", "",
        f"This is the mail system at host mx.{domain}.", "",
        "I'm sorry to have to inform you that your message could not be delivered.", "",
        f"<{address}>: host mx.{domain} said: 550 5.1.1 User unknown", "",
        f"--{boundary}", "Content-Type: message/delivery-status", "",
        f"Reporting-MTA: dns; mx.{domain}", "",
        f"Final-Recipient: rfc822; {address}", "Action: failed", "Status: 5.1.1",
        f"Diagnostic-Code: smtp; 550 5.1.1 <{address}>: User unknown", "",
        f"--{boundary}", "Content-Type: text/rfc822-headers", "",
        f"From: {original['Reply-To'].addresses[0].addr_spec}", f"To: {address}",
        f"Message-ID: {original['Message-ID']}", f"Date: {original['Date']}", "",
        f"--{boundary}--", "",
    ]  # fmt: skip
    head = report.as_bytes().removesuffix(b"\r\n")
    kind = f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"'
    return b"".join(
        (head, b"MIME-Version: 1.0\r\n", kind.encode(), b"\r\n\r\n", "\r\n".join(lines).encode("ascii"))
    )


def calendar_answer(writer: Person, invitation: bytes, at: datetime, *, comes: bool) -> bytes:
    """What a calendar sends when an invitation is accepted or declined (RFC 5546, 3.2.3)."""
    original = _opened(invitation)
    entry = next(part.get_content() for part in original.walk() if part.get_content_type() == "text/calendar")
    kept = {}
    for line in entry.replace("\r\n ", "").splitlines():
        name = line.partition(":")[0].partition(";")[0]
        if name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER"):
            # The entry's own come after those of its time zone.
            kept[name] = line
    state = "ACCEPTED" if comes else "DECLINED"
    answer = "\r\n".join(
        (
            "BEGIN:VCALENDAR", "PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "VERSION:2.0",
            "METHOD:REPLY", "BEGIN:VEVENT",
            f"ATTENDEE;PARTSTAT={state};CN={writer.name}:mailto:{writer.email}",
            *kept.values(), f"DTSTAMP:{at.astimezone().strftime('%Y%m%dT%H%M%S')}",
            "END:VEVENT", "END:VCALENDAR", "",
        )
    )  # fmt: skip
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(writer.name, addr_spec=writer.email)
    message["To"] = original["Reply-To"]
    message["Subject"] = f"{'Accepterat' if comes else 'Avböjt'}: {original['Subject']}"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = _own_id(writer, answer)
    message.set_content(
        answer.encode(), maintype="text", subtype="calendar", params={"method": "REPLY", "charset": "utf-8"}
    )
    return message.as_bytes()


def message_id(raw: bytes) -> str:
    return str(_opened(raw)["Message-ID"] or "")


def plain_text(raw: bytes) -> str:
    """The text of a message, as its reader sees it."""
    part = _opened(raw).get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _opened(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _own_id(writer: Person, of: str) -> str:
    token = hashlib.sha256(f"{writer.email} {of}".encode()).hexdigest()[:24]
    return f"<{token}@{writer.email.partition('@')[2]}>"


def _answering_subject(original: EmailMessage, program: Program) -> str:
    subject = str(original["Subject"])
    if subject.lower().startswith(("sv:", "re:")):
        return subject
    return f"{'Re' if program == 'gmail' else 'Sv'}: {subject}"


def _signature(writer: Person, program: Program) -> str:
    if program == "phone":
        return "Skickat från min iPhone"
    if program == "gmail":
        return f"Hälsningar {writer.first_name}"
    return f"Med vänlig hälsning\n{writer.name}\n{writer.title}"


def _quoted(original: EmailMessage, program: Program) -> str:
    text = plain_text(original.as_bytes()).rstrip()
    written = parsedate_to_datetime(str(original["Date"]))
    sender = original["From"].addresses[0]
    if program == "outlook":
        return "\n".join(("\n________________________________", *_outlook_head(original), "", text, ""))
    who = f"{sender.display_name} <{sender.addr_spec}>"
    marked = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    clock = f"{written:%H:%M}"
    day = f"{written.day} {_MONTHS[written.month - 1][:3]}. {written.year}"
    if program == "gmail":
        weekday = _WEEKDAYS[written.weekday()]
        return f"\nDen {weekday} {day} kl {clock} skrev {who}:\n\n{marked}\n"
    return f"\n{day} kl. {clock} skrev {who}:\n\n{marked}\n"


def _outlook_head(original: EmailMessage) -> tuple[str, ...]:
    written = parsedate_to_datetime(str(original["Date"]))
    sender = original["From"].addresses[0]
    return (
        f"Från: {sender.display_name} <{sender.addr_spec}>",
        f"Skickat: den {written.day} {_MONTHS[written.month - 1]} {written.year} {written:%H:%M}",
        f"Till: {original['To'].addresses[0].display_name} <{original['To'].addresses[0].addr_spec}>",
        f"Ämne: {original['Subject']}",
    )


def _as_outlook(text: str, signature: str, original: EmailMessage | None) -> str:
    """The same in the HTML that Outlook writes."""
    own = "".join(_paragraph(line) for line in (*text.split("\n"), "", *signature.split("\n")))
    if original is None:
        return _page(own)
    head = "<br>".join(
        f"<b>{html.escape(name)}:</b> {html.escape(value.strip())}"
        for name, _, value in (line.partition(":") for line in _outlook_head(original))
    )
    below = "".join(_paragraph(line) for line in plain_text(original.as_bytes()).rstrip().split("\n"))
    rule = (
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{head}</p></div>'
    )
    return _page(own + _paragraph("") + rule + below)


def _paragraph(line: str) -> str:
    return f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}</p>\n'


def _page(body: str) -> str:
    style = "p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif;}"
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        f"<style>{style}</style></head>\n"
        f'<body lang="SV"><div class="WordSection1">\n{body}</div></body></html>\n'
    )

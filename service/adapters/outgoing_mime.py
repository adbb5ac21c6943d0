"""From a rendered letter to the bytes that go out.

The small parts are made by the standard library; attachments are encoded
straight into the message, in pieces, so that twenty megabytes are held once
beside the message itself.  All lines are ASCII, shorter than 998 octets, and
end in CRLF, so any server may take them (RFC 5321, 4.5.3.1.6).
"""

from __future__ import annotations

import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from service.domain.agenda import FileRef
from service.usecases.office import Rendered

# The standard policy folds at 78 by encoding what has no space in it, which destroys
# Exchange's long Message-IDs.
POLICY = SMTP.clone(max_line_length=900, cte_type="7bit")

_LINE = 57
_PIECE = _LINE * 4096
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,800}>")
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,80}", re.ASCII)
# Invisible signs that make a name read as another: bidirectional overrides, zero-width, line separators.
_TREACHEROUS = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# First and newest ids of a thread; the newest are what mail programs look at.
_THREAD_LENGTH = 24
_NAME_LENGTH = 150


def compose(
    *,
    message_id: str,
    sender: tuple[str, str],
    to: tuple[str, str],
    rendered: Rendered,
    date: datetime,
    thread: Sequence[str] = (),
    auto: Literal["auto-generated", "auto-replied"] = "auto-generated",
    files: Sequence[tuple[FileRef, bytes]] = (),
    calendar: tuple[bytes, str] | None = None,
    language: str = "sv",
) -> bytes:
    """The whole message, ready for SMTP's DATA.

    `sender` and `to` are (name, address); `date` is aware; `thread` holds
    Message-IDs, newest last; `calendar` is (file, method).  The same
    arguments give the same bytes.  Raises ValueError for an address or
    Message-ID that cannot stand in a header.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    seed = hashlib.sha256(message_id.encode()).hexdigest()
    attached = [(_part_head(ref.filename, ref.content_type), content) for ref, content in files]
    if calendar:
        attached.append((_part_head("invite.ics", "application/ics"), calendar[0]))

    body = _alternatives(rendered, calendar, boundary=f"=_alt_{seed[:24]}")
    head = EmailMessage(policy=POLICY)
    head["From"] = address(*sender)
    head["Reply-To"] = address(*sender)
    head["To"] = address(*to)
    head["Subject"] = _words(rendered.subject)
    head["Date"] = format_datetime(date)
    head["Message-ID"] = message_id
    known = [i for i in (t.strip() for t in thread) if _MESSAGE_ID.fullmatch(i)]
    if known:
        head["In-Reply-To"] = known[-1]
        head["References"] = " ".join(dict.fromkeys([*known[:1], *known[-_THREAD_LENGTH:]]))
    head["Auto-Submitted"] = auto
    # Everything but NDR: "All" would also ask Exchange not to tell us what it could not deliver.
    head["X-Auto-Response-Suppress"] = "DR, RN, NRN, OOF, AutoReply"
    head["Content-Language"] = language
    head["MIME-Version"] = "1.0"
    # The empty line that ends the header is written when what follows is known.
    top = head.as_bytes().removesuffix(b"\r\n")
    if not attached:
        return top + body.as_bytes()

    boundary = f"=_mix_{seed[24:48]}"
    line = f"--{boundary}".encode()
    pieces = [top, f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()]
    pieces += [line, b"\r\n", body.as_bytes(), b"\r\n"]
    for part_head, content in attached:
        pieces += [line, b"\r\n", part_head, *_base64(content)]
    pieces += [line, b"--\r\n"]
    return b"".join(pieces)


def address(name: str, addr_spec: str) -> Address:
    """A mailbox for a header; ValueError when the address is none.

    The name may be anything: what could break out of the header is left out.
    """
    local, at, domain = addr_spec.strip().rpartition("@")
    if (
        not (local and at and domain)
        or not addr_spec.isprintable()
        or re.search(r'[\s<>,;:"()\\]', addr_spec.strip())
    ):
        raise ValueError(f"not an address: {addr_spec!r}")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    if not local.isascii():
        raise ValueError(
            f"an address with other letters than a–z before the @ cannot be reached: {addr_spec!r}"
        )
    return Address(display_name=_words(name), addr_spec=f"{local}@{domain}")


def safe_filename(name: str) -> str:
    """The name of an attached file, without folders, invisible signs or anything else that deceives."""
    name = _TREACHEROUS.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split()).strip(" .")
    name = re.sub(r'[<>:"|?*]', "_", name)
    if len(name) > _NAME_LENGTH:
        stem, dot, ending = name.rpartition(".")
        name = (
            f"{stem[: _NAME_LENGTH - len(ending) - 1]}.{ending}"
            if dot and len(ending) < 10
            else name[:_NAME_LENGTH]
        )
    return name or "bilaga"


def _words(text: str) -> str:
    """Words for a header: one line, nothing invisible, no lone surrogates."""
    text = _TREACHEROUS.sub("", text.encode("utf-8", "replace").decode("utf-8"))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _alternatives(rendered: Rendered, calendar: tuple[bytes, str] | None, boundary: str) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message.set_content(rendered.text, charset="utf-8")
    message.add_alternative(rendered.html, subtype="html", charset="utf-8")
    if calendar:
        content, method = calendar
        message.add_alternative(
            content,
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"method": "".join(c for c in method if c.isalpha()), "charset": "utf-8"},
        )
    message.set_boundary(boundary)
    for part in message.walk():
        del part["MIME-Version"]
    return message


def _part_head(filename: str, content_type: str) -> bytes:
    """The header of an attached part, up to and with its empty line."""
    part = EmailMessage(policy=POLICY)
    # A whole message may not be sent as base64 (RFC 2046, 5.2.1); its .eml name opens it all the same.
    plain = not _CONTENT_TYPE.fullmatch(content_type) or content_type.lower().startswith(
        ("message/", "multipart/")
    )
    part["Content-Type"] = "application/octet-stream" if plain else content_type.lower()
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment", filename=safe_filename(filename))
    return part.as_bytes()


def _base64(content: bytes) -> Iterator[bytes]:
    """The content as lines of base64, a quarter of a megabyte at a time."""
    view = memoryview(content)
    for start in range(0, len(view), _PIECE):
        encoded = binascii.b2a_base64(view[start : start + _PIECE], newline=False)
        yield b"\r\n".join([encoded[i : i + 76] for i in range(0, len(encoded), 76)])
        yield b"\r\n"

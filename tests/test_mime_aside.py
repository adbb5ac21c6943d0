"""Setting long attachments aside changes nothing but the time."""

from __future__ import annotations

import base64
import email
from email.message import Message
from pathlib import Path

import pytest

from service.adapters.mime_aside import put_back, set_aside

LETTERS = sorted((Path(__file__).resolve().parent / "letters").glob("*/*.eml"))
LONG = base64.encodebytes(bytes(range(256)) * 200).replace(b"\n", b"\r\n")


def same(raw: bytes) -> int:
    """Compare both ways of parsing, part by part; how many bodies were set aside."""
    shorter, bodies = set_aside(raw)
    message = email.message_from_bytes(shorter)
    put_back(message, bodies)
    expected = email.message_from_bytes(raw)
    assert [told(part) for part in message.walk()] == [told(part) for part in expected.walk()]
    return len(bodies)


def told(part: Message) -> tuple[object, ...]:
    payload = part.get_payload()
    return (
        part.items(),
        payload if isinstance(payload, str) else len(payload),
        part.get_payload(decode=True),
        part.preamble,
        part.epilogue,
        [type(d) for d in part.defects],
    )


def mixed(*parts: bytes, end: bytes = b"--x--\r\n") -> bytes:
    head = b'From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
    return head + b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + end


def part(body: bytes, head: bytes = b"Content-Type: application/pdf", encoding: bytes = b"base64") -> bytes:
    return head + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body


@pytest.mark.parametrize("letter", LETTERS, ids=lambda path: path.stem)
def test_letters_come_out_as_they_were(letter: Path):
    """Every letter of the collection, whatever is in it."""
    same(letter.read_bytes())


def test_long_attachments_are_set_aside_and_put_back():
    """Two of three; the short one is not worth it."""
    raw = mixed(part(LONG), part(b"a29ydA=="), part(LONG[:-2], encoding=b"BASE64"), b"\r\nHej")

    assert same(raw) == 2
    assert len(set_aside(raw)[0]) < 1000


@pytest.mark.parametrize(
    "raw",
    [
        mixed(part(LONG), end=b""),
        mixed(part(LONG)).replace(b"\r\n", b"\n"),
        part(LONG, head=b"From: a@b.example"),
        mixed(part(LONG, head=b"Content-Type: message/rfc822")),
        mixed(part(LONG, head=b"Content-Type: message/delivery-status")),
        mixed(part(LONG, head=b"Content-Type: multipart/mixed; boundary=y")),
        mixed(b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + LONG),
        mixed(part(LONG)) + part(LONG),
        part(LONG) + mixed(part(LONG)),
        mixed(part(LONG[:20000] + b"\r\n" + LONG[20000:])),
        mixed(part(LONG[:30000] + b"-" + LONG[30000:])),
        mixed(part(LONG + b"--\r\n" + LONG)),
        mixed(part(b"--x\r\n" + LONG)),
        mixed(part(LONG + b"setaside0by0kallelse0end")),
        mixed(part(LONG), b"\r\nsetaside0by0kallelse0end"),
        mixed(part(LONG, encoding=b"base64 (sic)")),
        b"base64" * 5000,
    ],
    ids=lambda raw: str(hash(raw) % 1000),
)
def test_odd_messages_come_out_as_they_would(raw: bytes):
    """Cut short, wrongly declared, with lines that are none, or with our own mark in them."""
    same(raw)

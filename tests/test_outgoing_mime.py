"""What leaves the house: whole messages, parsed back with the standard library."""

from __future__ import annotations

import email
import email.policy
import re
import time
import tracemalloc
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.calendar_files import calendar_file
from service.adapters.outgoing_mime import compose, safe_filename
from service.domain.agenda import FileRef
from service.usecases.office import Rendered
from tests.sample_facts import ENTRY, LENA, a_file

RENDERED = Rendered(
    "Kallelse och dagordning: SamReKo 11 februari 2027", "Hej Åsa!\n\nVälkommen.\n", "<p>Hej Åsa!</p>\n"
)
NOON = datetime(2027, 2, 4, 8, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
MESSAGE_ID = "<agenda.2027-02-11.1.k7f3q9mw@samverkan.example>"


def composed(**changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "message_id": MESSAGE_ID,
        "sender": ("SamReKo – hälso- och sjukvård, skola och IFO", "samreko@samverkan.example"),
        "to": ("Öberg, Åsa", "asa.oberg@regionjh.example"),
        "rendered": RENDERED,
        "date": NOON,
    }
    return compose(**{**arguments, **changes})


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert all(part.defects == [] for part in message.walk())
    return message


def safe_for_any_server(raw: bytes) -> None:
    """7 bit, CRLF only, no line longer than 998 octets (RFC 5321, 4.5.3.1.6; RFC 5322, 2.1.1)."""
    assert raw.isascii()
    assert b"\0" not in raw
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.endswith(b"\r\n")


def test_a_plain_letter_has_two_alternatives() -> None:
    """Text first, HTML last, so that the richest that a program can show is shown (RFC 2046, 5.1.4)."""
    raw = composed()
    message = parsed(raw)
    safe_for_any_server(raw)
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == RENDERED.text  # type: ignore[union-attr]
    assert message.get_body(("html",)).get_content().replace("\r\n", "\n") == RENDERED.html  # type: ignore[union-attr]


def test_the_header_says_who_and_that_no_robot_should_answer() -> None:
    """Names with commas, dashes and Swedish letters survive; Reply-To is the network."""
    message = parsed(composed(auto="auto-replied"))
    (to,) = message["To"].addresses
    (sender,) = message["From"].addresses
    assert (to.display_name, to.addr_spec) == ("Öberg, Åsa", "asa.oberg@regionjh.example")
    assert sender.display_name == "SamReKo – hälso- och sjukvård, skola och IFO"
    assert message["Reply-To"].addresses[0].addr_spec == "samreko@samverkan.example"
    assert message["Message-ID"] == MESSAGE_ID
    assert message["Date"].datetime == NOON
    assert message["Auto-Submitted"] == "auto-replied"
    assert "OOF" in message["X-Auto-Response-Suppress"]
    assert message["Subject"] == RENDERED.subject


def test_bounces_are_not_suppressed() -> None:
    """X-Auto-Response-Suppress: All would keep Exchange from telling us what did not arrive."""
    asked = {value.strip() for value in parsed(composed())["X-Auto-Response-Suppress"].split(",")}
    assert not asked & {"All", "NDR"}


def test_an_exchange_thread_is_kept_whole() -> None:
    """Message-IDs longer than a folded line are written as they came, never encoded."""
    long_id = f"<{'DB9PR05MB' * 22}@DB9PR05MB1234.eurprd05.prod.outlook.com>"
    thread = ["<forst@x.example>", *[f"<{n}.{long_id[1:]}" for n in range(40)], "<sist@x.example>"]
    raw = composed(thread=thread)
    message = parsed(raw)
    safe_for_any_server(raw)
    assert b"=?" not in raw[raw.index(b"References:") :].split(b"Auto-Submitted")[0]
    references = message["References"].split()
    assert references[0] == "<forst@x.example>"
    assert references[-1] == "<sist@x.example>" == message["In-Reply-To"]
    assert set(references) <= set(thread)
    assert len(references) <= 25


def test_what_is_no_message_id_does_not_reach_the_header() -> None:
    """A thread comes from other people's mail, and may hold anything."""
    evil = [
        "<a@b>\r\nBcc: ond@x.example",
        "hej",
        "<å@x.example>",
        "<bra@x.example>",
        "<" + "x" * 2000 + "@y>",
    ]
    message = parsed(composed(thread=evil))
    assert message["References"] == message["In-Reply-To"] == "<bra@x.example>"
    assert message["Bcc"] is None


EVIL = "Eva\r\nBcc: ond@x.example\r\n\r\n<script>\u202e\x00\u2028"


def test_names_subjects_and_file_names_cannot_add_headers() -> None:
    """Line breaks and invisible signs in them become spaces or nothing."""
    raw = composed(
        to=(EVIL, "eva@x.example"),
        sender=(EVIL, "samreko@samverkan.example"),
        rendered=Rendered(EVIL, "t\n", "<p>t</p>"),
        files=[(FileRef("0", EVIL + ".pdf", "application/pdf\r\nX-Ond: ja", 3), b"abc")],
    )
    message = parsed(raw)
    safe_for_any_server(raw)
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["eva@x.example"]
    assert all("X-Ond" not in part and "Bcc" not in part for part in message.walk())
    assert "\u202e" not in message["Subject"]


@settings(max_examples=150, deadline=None)
@given(name=st.text(max_size=80), subject=st.text(max_size=300), filename=st.text(max_size=200))
def test_any_words_make_a_sound_message(name: str, subject: str, filename: str) -> None:
    """Whatever people call themselves and their files, the message parses and reaches one person."""
    raw = composed(
        to=(name, "asa@x.example"),
        rendered=Rendered(subject, "Hej\n", "<p>Hej</p>"),
        files=[(FileRef("0", filename, "text/plain", 1), b"x")],
    )
    message = email.message_from_bytes(raw, policy=email.policy.default)
    safe_for_any_server(raw)
    assert [a.addr_spec for a in message["To"].addresses] == ["asa@x.example"]
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == safe_filename(filename)
    assert attached.get_content() == "x"


WORDS = st.lists(st.text('aZ9åÖé–”"\\,.;:()=?_<>@😀中', min_size=1, max_size=30), max_size=10).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(words=WORDS)
def test_subjects_are_read_as_they_were_written(words: str) -> None:
    """Åäö, quotation marks and what looks like encoded words come through, however long."""
    raw = composed(rendered=Rendered(words, "Hej\n", "<p>Hej</p>"))
    safe_for_any_server(raw)
    assert parsed(raw)["Subject"] == words


@settings(max_examples=200, deadline=None)
@given(words=st.lists(st.text("aZ9åÖé–'-.,\"\\", min_size=1, max_size=30), max_size=6).map(" ".join))
def test_names_are_read_as_they_were_written(words: str) -> None:
    """Commas, quotes and Swedish letters in a name stay part of the name."""
    raw = composed(to=(words, "asa@x.example"))
    safe_for_any_server(raw)
    name, address = parseaddr(email.message_from_bytes(raw)["To"].replace("\r\n ", " "))
    assert str(make_header(decode_header(name))) == words[:150].strip()
    assert address == "asa@x.example"


def test_encoded_lines_are_short() -> None:
    """No encoded word is longer than 75 signs, nor the line that it stands on than 76 (RFC 2047, 2)."""
    raw = composed(rendered=Rendered("Ärendet ”Förslag på åtgärder” " * 8, "Hej\n", "<p>Hej</p>"))
    for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n"):
        if b"=?" in line:
            assert len(line) <= 76
            assert all(len(word) <= 75 for word in line.split() if word.startswith(b"=?"))


@pytest.mark.parametrize("bad", [
    "", "asa", "@x.example", "a b@x.example", "a@x.example, b@x.example", "å@x.example",
    "a@x.example\r\nBcc: b@x.example", "<a@x.example>",
])  # fmt: skip
def test_what_is_no_address_is_refused(bad: str) -> None:
    """An address that cannot stand in a header is told before anything is sent."""
    with pytest.raises(ValueError, match="address"):
        composed(to=("Åsa", bad))


def test_a_domain_with_swedish_letters_is_written_for_servers() -> None:
    """räksmörgås.example becomes its ASCII form (RFC 5890)."""
    assert b"asa@xn--rksmrgs-5wao1o.example" in composed(to=("Åsa", "asa@räksmörgås.example"))


def test_attachments_arrive_byte_for_byte_under_their_names() -> None:
    """Swedish file names (RFC 2231) and any content."""
    contents = [bytes(range(256)) * 40, b"", b"\r\n.\r\nFrom hej\n", "å".encode() * 100_001]
    names = [
        "Förslag på åtgärder.pdf",
        "tom.txt",
        "punkt.bin",
        "Ärende 5 – underlag (slutlig version).docx",
    ]
    files = [(a_file(n, len(c)), c) for n, c in zip(names, contents, strict=True)]
    raw = composed(files=files)
    message = parsed(raw)
    safe_for_any_server(raw)
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == names
    assert [part.get_payload(decode=True) for part in attached] == contents


def test_a_letter_as_attachment_stays_whole() -> None:
    """The original of a letter that was set aside: message/rfc822 may not be base64 (RFC 2046, 5.2.1)."""
    original = b"From: \xe5\xe4\xf6\r\nSubject: " + b"x" * 3000 + b"\n\n\xff\x00"
    message = parsed(
        composed(files=[(FileRef("0", "mejlet.eml", "message/rfc822", len(original)), original)])
    )
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "application/octet-stream"
    assert attached.get_filename() == "mejlet.eml"
    assert attached.get_payload(decode=True) == original


def test_an_invitation_is_an_alternative_and_a_file() -> None:
    """Outlook and Gmail look for text/calendar with its method; others open the file (RFC 6047)."""
    ics = calendar_file(ENTRY, LENA, NOON)
    raw = composed(calendar=(ics, "REQUEST"), files=[(a_file("Dagordning.pdf"), b"%PDF")])
    message = parsed(raw)
    safe_for_any_server(raw)
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
        "application/pdf", "application/ics",
    ]  # fmt: skip
    (invitation,) = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    assert invitation["Content-Type"].params["method"] == "REQUEST"
    assert invitation.get_payload(decode=True) == ics
    assert [p.get_filename() for p in message.iter_attachments()] == ["Dagordning.pdf", "invite.ics"]


def test_nothing_tells_of_the_machine() -> None:
    """Message-ID, boundaries and Date are ours; the same letter is the same bytes every time."""
    first = composed(files=[(a_file("a.pdf"), b"x")])
    time.sleep(0.01)
    assert composed(files=[(a_file("a.pdf"), b"x")]) == first
    names = {line.split(b":")[0] for line in first.split(b"\r\n\r\n")[0].split(b"\r\n")}
    assert not names & {b"User-Agent", b"X-Mailer", b"Received", b"X-Originating-IP"}


def test_twenty_megabytes_are_not_copied_over_and_over() -> None:
    """Beside the file itself there is the message and little else: well under three times the file."""
    size = 20_000_000
    content = b"\xa5" * size
    files = [(a_file("stor.pdf", size), content)]
    composed()
    tracemalloc.start()
    raw = composed(files=files)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(raw) < size * 1.4
    assert peak < size * 3


@pytest.mark.parametrize(("name", "shown"), [
    ("..\\..\\etc\\passwd", "passwd"), ("/etc/../", "bilaga"), ("  ..  ", "bilaga"), ("", "bilaga"),
    ("fakt\u202efdp.exe", "faktfdp.exe"), ("a\u0308.pdf", "ä.pdf"), ('a"b<c>.pdf', "a_b_c_.pdf"),
    ("x" * 300 + ".docx", "x" * 145 + ".docx"),
])  # fmt: skip
def test_file_names_deceive_nobody(name: str, shown: str) -> None:
    """No folders, no direction tricks, one form of each letter, and the ending stays."""
    assert safe_filename(name) == shown

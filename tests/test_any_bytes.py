"""Whatever arrives makes a letter: no bytes raise, and none take more than their share of time."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.adapters.mime import parse
from service.domain.letters import Letter
from service.domain.network import Network
from service.interpretation.quoting import new_words
from service.interpretation.screening import screen

NETWORK = Network("SamReKo", "SamReKo", "samreko@samverkan.example", ZoneInfo("Europe/Stockholm"))
often = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def take_in(raw: bytes) -> Letter:
    """All that happens to a letter before it is understood; checks what the letter promises."""
    letter = parse(raw)
    words = new_words(letter)
    screen(letter, NETWORK)
    texts = [
        letter.subject,
        letter.plain or "",
        letter.html or "",
        *(v for vs in letter.headers.values() for v in vs),
    ]
    texts += [a.filename for a in letter.attachments]
    for text in texts:
        assert "\x00" not in text
        # No half characters: they can neither be stored nor sent.
        text.encode("utf-8")
    words.text.encode("utf-8")
    assert letter.date is None or letter.date.tzinfo is not None
    assert "unreadable" not in letter.defects
    return letter


NAMES = st.sampled_from(
    [
        "From",
        "To",
        "Cc",
        "Subject",
        "Date",
        "Message-ID",
        "References",
        "Content-Type",
        "Content-Disposition",
        "Content-Transfer-Encoding",
        "Sender",
        "Reply-To",
        "Return-Path",
        "Auto-Submitted",
        "MIME-Version",
        "List-Id",
        "X-Failed-Recipients",
    ]
)
FRAGMENTS = st.sampled_from(
    [
        b"multipart/mixed; boundary=b",
        b"multipart/report; report-type=delivery-status; boundary=b",
        b"message/rfc822",
        b"text/calendar; method=REPLY",
        b"text/html; charset=utf-7",
        b"text/plain; charset=punycode",
        b"application/ms-tnef",
        b"base64",
        b"quoted-printable",
        b"x-uuencode",
        b"=?utf-8?q?=C3=A5?=",
        b"=?utf-8?b?w6U",
        b"=?idna?q?x?=",
        b"<a@b.example>",
        b'"',
        b"(",
        b"<",
        b"--b",
        b"--b--",
        b"\r\n",
        b"\n",
        b"\n\n",
        b" ",
        b"\t",
        b";",
        b"=",
        b"\x00",
        b"\xc3\xa5",
        b"\xe5",
        b"filename*0*=utf-8''%E5",
        b'filename="\xe5"',
        b"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n",
        b"END:VEVENT\nEND:VCALENDAR\n",
        b"\x78\x9f\x3e\x22\x01\x00",
        b"> ",
        b"Den 1 mars 2027 skrev A <a@b.example>:\n",
        "Från: a\nSkickat: 2027\nTill: b\n".encode(),
        b"<blockquote>",
        b"<table><tr><td>",
        b"<s>",
        b"&#0;",
        b"</",
        b"Mvh\n",
        b"mailer-daemon@b.example",
        b"failure notice",
        b"Thu, 5 Mar 2026 13:00:00 +9999",
        b"begin 644 a\n",
    ]
)


@often
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_letter(raw: bytes):
    """Noise."""
    take_in(raw)


@often
@given(
    st.lists(st.tuples(NAMES, st.lists(FRAGMENTS | st.binary(max_size=20), max_size=6)), max_size=12),
    st.lists(FRAGMENTS, max_size=30),
)
def test_any_headers_and_fragments_are_a_letter(headers: list[tuple[str, list[bytes]]], body: list[bytes]):
    """Headers and bodies made of what mail is made of, in any order."""
    take_in(
        b"".join(n.encode() + b": " + b"".join(v) + b"\r\n" for n, v in headers) + b"\r\n" + b"".join(body)
    )


@often
@given(
    st.text(alphabet="abåäö =?_\"<>@;%'*\u0301\u20ac\U0001f600", max_size=60),
    st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-7"]),
)
def test_any_charset_is_read(text: str, charset: str):
    """Names, subjects and file names in any charset under any label."""
    content = text.encode(charset, "replace").replace(b"\n", b"").replace(b"\r", b"")
    for label in ("utf-8", "iso-8859-1", "us-ascii", "utf-16", "hz", "idna", "no-such"):
        take_in(
            b"From: "
            + content
            + b" <a@b.example>\r\nSubject: "
            + content
            + b'\r\nContent-Disposition: attachment; filename="'
            + content
            + b'"\r\nContent-Type: text/plain; charset='
            + label.encode()
            + b"\r\n\r\n"
            + content
        )


PARTS = st.recursive(
    st.tuples(
        st.sampled_from(
            [
                b"text/plain",
                b"text/html",
                b"image/png",
                b"application/pdf",
                b"text/calendar; method=REPLY",
                b"application/ms-tnef",
            ]
        ),
        st.sampled_from(
            [
                b"",
                b"Content-Disposition: inline\r\n",
                b"Content-Disposition: attachment; filename=a.eml\r\n",
                b"Content-ID: <x>\r\n",
            ]
        ),
        st.binary(max_size=40),
    ),
    lambda inner: st.tuples(
        st.sampled_from(
            [b"mixed", b"alternative", b"related", b"report", b"signed", b"encrypted", b"digest"]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


def in_mime(tree: object, level: int = 0) -> bytes:
    if isinstance(tree, tuple) and len(tree) == 3:
        kind, headers, body = tree
        return b"Content-Type: " + kind + b"\r\n" + headers + b"\r\n" + body
    assert isinstance(tree, tuple)
    kind, inner = tree
    mark = b"b%d" % level
    parts = b"".join(b"--" + mark + b"\r\n" + in_mime(p, level + 1) + b"\r\n" for p in inner)
    return (
        b"Content-Type: multipart/"
        + kind
        + b"; boundary="
        + mark
        + b"\r\n\r\n"
        + parts
        + b"--"
        + mark
        + b"--"
    )


@often
@given(PARTS)
def test_any_tree_of_parts_is_a_letter(tree: object):
    """Boxes in boxes in any order."""
    take_in(b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + in_mime(tree))


PIECES = [
    *"abÅ >:-_=*|/\n.,()[]<1@",
    "Från: ",
    "skrev ",
    "Mvh",
    "Lena",
    "PS ",
    "\n> ",
    "\n3. ",
    "\n\n",
    "2027 ",
]


@often
@given(st.lists(st.sampled_from(PIECES), max_size=150).map("".join))
def test_any_text_has_new_words(text: str):
    """Quotes and signatures of any shape; what is kept was written."""
    letter = take_in(
        b"From: Lena <lena@b.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()
    )
    for line in new_words(letter).text.split("\n"):
        assert "".join(line.split()) in "".join((letter.plain or "").split())


@pytest.mark.skipif(
    importlib.util.find_spec("test.test_email") is None, reason="this Python comes without its own tests"
)
def test_the_standard_librarys_own_samples_are_letters():
    """Every message with which Python tests its e-mail package, the broken ones above all."""
    found = importlib.util.find_spec("test.test_email")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "data"
    samples = [p for p in sorted(folder.iterdir()) if p.is_file()] if folder.is_dir() else []
    if not samples:
        pytest.skip("this Python comes without its samples")
    for sample in samples:
        take_in(sample.read_bytes())


# --- time ---

HEAD = b"From: Lena <lena@b.example>\nSubject: Sv: Hej\nContent-Type: text/"
PLAIN = HEAD + b"plain; charset=utf-8\n\n"
HTML = HEAD + b"html; charset=utf-8\n\n"
ENDLESS: dict[str, Callable[[int], bytes]] = {
    "spaces": lambda n: PLAIN + b" " * n,
    "empty lines": lambda n: PLAIN + b"\n" * n,
    "quoted lines": lambda n: PLAIN + b"> hej\n" * (n // 6),
    "quote marks": lambda n: PLAIN + b">" * n,
    "headers of a quote": lambda n: PLAIN + "Från: a@b.example\n".encode() * (n // 19),
    "attributions": lambda n: PLAIN + b"Den 1 mars 2027 skrev a@b.example:\n" * (n // 35),
    "attributions on one line": lambda n: PLAIN + b"Den 1 mars 2027 09:00 skrev " * (n // 28),
    "brackets": lambda n: PLAIN + b"[" * n,
    "parentheses": lambda n: PLAIN + b"(" * n,
    "greetings": lambda n: PLAIN + b"Mvh Lena\n" * (n // 9),
    "notices": lambda n: PLAIN + b"personuppgifter behandlas " * (n // 26),
    "telephone numbers": lambda n: PLAIN + b"063-15 33 18 " * (n // 13),
    "drawn lines": lambda n: PLAIN + b"--\n" * (n // 3),
    "colons": lambda n: PLAIN + b"a 1:\n" * (n // 5),
    "tags": lambda n: HTML + b"<div>" * (n // 5),
    "angles": lambda n: HTML + b"<" * n,
    "tables": lambda n: HTML + b"<table><tr><td>a<td>b" * (n // 21),
    "block quotes": lambda n: HTML + b"<blockquote>a</blockquote>" * (n // 26),
    "struck words": lambda n: HTML + b"<s>a</s>" * (n // 8),
    "points": lambda n: HTML + b"<li>a" * (n // 5),
    "encoded words": lambda n: b"Subject: " + b"=?utf-8?q?=C3?= " * (n // 16) + b"\n\nHej",
    "parentheses in From": lambda n: b"From: " + b"(" * n + b"\n\nHej",
    "senders": lambda n: b"From: " + b"a@b.example, " * (n // 13) + b"\n\nHej",
    "parameters": lambda n: HEAD + b"plain; " + b"a=b; " * (n // 5) + b"\n\nHej",
    "headers": lambda n: b"X-A: b\n" * (n // 7) + b"\nHej",
    "parts": lambda n: HEAD[:-5] + b"multipart/mixed; boundary=b\n\n" + b"--b\n\na\n" * (n // 7),
    "accents": lambda n: PLAIN + "a\u0301\u0316".encode() + "\u0301\u0316".encode() * (n // 4),
    "odd charset": lambda n: HEAD + b"plain; charset=punycode\n\n" + b"a-b\xff" * (n // 4),
    "odd bounce": lambda n: (
        b"From: mailer-daemon@b.example\nReturn-Path: <>\nSubject: failure notice\n\n" + b"\n" * n
    ),
}
SMALL = 150_000


def seconds(raw: bytes) -> float:
    start = time.perf_counter()
    letter = parse(raw)
    new_words(letter)
    screen(letter, NETWORK)
    return time.perf_counter() - start


@pytest.mark.parametrize("make", ENDLESS.values(), ids=ENDLESS.keys())
def test_four_times_as_much_takes_no_more_than_its_share(make: Callable[[int], bytes]):
    """Linear time: a quadratic step takes sixteen times as long; ten allows for a busy machine."""
    seconds(make(1_000))
    small = min(seconds(make(SMALL)) for _ in range(2))
    large = min(seconds(make(4 * SMALL)) for _ in range(2))

    assert large < 10 * max(small, 0.05)


@pytest.mark.parametrize("name", ["spaces", "empty lines", "quoted lines", "headers of a quote", "brackets"])
def test_twenty_five_megabytes_are_taken_in_within_seconds(name: str):
    """The largest message that is let in; the clerk has other letters to read."""
    assert seconds(ENDLESS[name](25_000_000)) < 20

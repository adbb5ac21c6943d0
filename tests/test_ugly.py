# ruff: noqa: E501
"""Ugly messages are taken in: kept, read and handled, without an exception and without a loss.

The standard library's own collection of broken mail, what members write with
bytes changed, cut and doubled at random, and what hypothesis thinks of.  Some
1 500 in an ordinary run; FAULTS=full takes more than ten thousand.
"""

from __future__ import annotations

import base64
import itertools
import os
import random
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.daemon import handle_kept
from service.usecases.office import Arrival
from tests.desk import Desk
from tests.faults.figures import count

FULL = os.environ.get("FAULTS") == "full"
GENERATED = 11_000 if FULL else 1_200
THOUGHT_OF = 500 if FULL else 150
LETTERS = Path(__file__).parent / "letters"


def standard_samples() -> list[bytes]:
    """The broken and the odd mail that Python's own email package is tested with."""
    test_email = pytest.importorskip("test.test_email")
    folder = Path(test_email.__file__).parent / "data"
    return [path.read_bytes() for path in sorted(folder.glob("msg_*.txt"))]


def our_samples() -> list[bytes]:
    """What members write: the cases of reading."""
    return [path.read_bytes() for path in sorted(LETTERS.rglob("*.eml"))[:80]]


TEXT = "Hej! Jag vill ta upp köerna på mötet den 11 februari, 20 minuter. Åsa kan inte komma.\r\n".encode()
_HEADERS = (
    b"From: \"Lena\xff\" <lena.wikstrom@regionjh.example>", b"From: @", b"From: <>", b"From: a@b@c",
    b"From: =?utf-8?q?=00=ff?= <x@y.example>", b"From: " + b"a" * 5000 + b"@b.example", b"Date: ig\xe5r", b"Date: Mon, 99 Foo 9999 99:99:99 +9999",
    b"Date: Thu, 1 Jan 1970 00:00:00 +0000", b"Date: Fri, 31 Dec 9999 23:59:59 -2359", b"Message-ID: utan klamrar",
    b"Message-ID: <" + b"m" * 3000 + b">", b"Subject: =?iso-8859-1?b?!!!!?=", b"Subject: \r\n\tvikt\r\n rad",
    b"Subject: " + "Förhinder".encode("cp1252"), b"Subject: =?x-okand?q?hej?=", b"Subject: \x00\x01\x02",
    b"References: " + b"<a@b> " * 2000, b"In-Reply-To: <agenda-draft.2027-99-99.1.k7f3q9mwabcd@samverkan.example>",
    b"In-Reply-To: <agenda-draft.2027-02-11.999999.k7f3q9mwabcd@samverkan.example>",
    b"Content-Type: text/plain; charset=utf-7", b"Content-Type: text/plain; charset=\"utf-8", b"Content-Type: text/",
    b"Content-Type: multipart/mixed", b"Content-Type: multipart/mixed; boundary=\"\"",
    b"Content-Type: message/rfc822", b"Content-Type: text/calendar; method=REPLY",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"Content-Transfer-Encoding: x-uue",
    b"Content-Disposition: attachment; filename*=utf-8''%FF%FE%00.pdf", b"Content-Disposition: attachment; filename=\"../../etc/passwd\"",
    b"MIME-Version: 9.9", b"utan kolon", b": utan namn", b"X-" + b"y" * 900 + b": z", b"Auto-Submitted: kanske",
    b"Authentication-Results: ;;;===\x00", b"List-Id: <<<", b"Reply-To: ;", b"Sender: , , ,", b"To: undisclosed-recipients:;",
)  # fmt: skip


def made(dice: random.Random, at: str) -> bytes:
    """A message put together of what no mail program would write."""
    head = [dice.choice(_HEADERS) for _ in range(dice.randrange(1, 9))]
    if dice.random() < 0.6:
        head.append(b"From: Lena <lena.wikstrom@regionjh.example>")
    if dice.random() < 0.6:
        head.append(b"Date: " + at.encode())
    dice.shuffle(head)
    body = dice.choice(
        (TEXT, TEXT.decode().encode("cp1252"), b"", dice.randbytes(300), base64.b64encode(TEXT))
    )
    shape = dice.randrange(6)
    if shape == 0:
        body = nested(body, dice.randrange(1, 60))
    elif shape == 1:
        body = b"--x\r\nContent-Type: text/html\r\n\r\n<div>" * dice.randrange(1, 200) + body
        head.append(b'Content-Type: multipart/alternative; boundary="x"')
    end = dice.choice((b"\r\n", b"\n", b"\r"))
    return end.join(head) + end + dice.choice((end, b"")) + body


def nested(body: bytes, depth: int) -> bytes:
    """Parts in parts in parts."""
    for level in range(depth):
        edge = b"g%d" % level
        body = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n%s\r\n--%s--\r\n' % (
            edge,
            edge,
            body,
            edge,
        )
    return body


def changed(raw: bytes, dice: random.Random) -> bytes:
    """The same message after an accident or two."""
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(raw) + 1)
        match dice.randrange(7):
            case 0:
                raw = raw[:at]
            case 1:
                raw = raw[:at] + dice.randbytes(dice.randrange(1, 20)) + raw[at:]
            case 2:
                raw = raw[:at] + raw[at : at + 200] * 3 + raw[at + 200 :]
            case 3:
                raw = raw[:at] + raw[at + dice.randrange(1, 200) :]
            case 4:
                raw = raw.replace(b"\r\n", b"\n") if dice.random() < 0.5 else raw.replace(b"\n", b"\r")
            case 5:
                raw = raw.replace(
                    dice.choice((b":", b";", b"=", b"--", b"<", b'"', b"@")),
                    dice.choice((b"", b"\x00", b"::")),
                    dice.randrange(1, 5),
                )
            case _:
                raw = dice.choice(_HEADERS) + b"\r\n" + raw
    return raw


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(
        tmp_path_factory.mktemp("ugly"), "2027-01-11 09:00", authserv=("mx.samverkan.example",)
    ) as desk:
        desk.work()
        yield desk


_HOURS = itertools.count()


def take_in(desk: Desk, raws: list[bytes]) -> int:
    """Take messages in as the daemon does; returns how many were kept, each of which has been handled."""
    before = desk.status["incoming"]
    # An hour between each, so that they are no flood.
    hours = [desk.clock - timedelta(hours=next(_HOURS)) for _ in raws]
    numbers = desk.service.store.keep([Arrival(raw, at) for raw, at in zip(raws, hours, strict=True)])
    handle_kept(desk.service)
    after = desk.status["incoming"]
    assert after["received"] - before["received"] == len(numbers)  # type: ignore[index]
    lost = desk.service.store.unhandled()
    failed = after["failed"] - before["failed"]  # type: ignore[index]
    count("ugly messages taken in", len(numbers))
    count("ugly messages that raised an exception or were lost", len(lost) + failed)
    assert (lost, failed) == ([], 0)
    return len(numbers)


def test_the_standard_librarys_broken_mail_is_taken_in(desk: Desk):
    """Each of its samples, as it stands; a few differ in blank lines only and are one letter."""
    samples = standard_samples()

    assert take_in(desk, samples) >= 40


def test_generated_ugly_mail_is_taken_in(desk: Desk, caplog: pytest.LogCaptureFixture):
    """Made of broken pieces, and good ones broken; not one is lost, set aside or left."""
    dice = random.Random(2027)
    samples = [*standard_samples(), *our_samples()]
    taken = 0
    when = format_datetime(desk.clock)
    while taken < GENERATED:
        batch = [
            made(dice, when) if dice.random() < 0.5 else changed(dice.choice(samples), dice)
            for _ in range(50)
        ]
        taken += take_in(desk, batch)

    assert not [r for r in caplog.records if "could not be handled" in r.message]


@settings(
    max_examples=THOUGHT_OF,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(
    st.lists(st.tuples(st.sampled_from(["From", "Subject", "Date", "Content-Type", "References", "Sender", "To"]),
                       st.text(max_size=60)), max_size=8),
    st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace"))),
)  # fmt: skip
def test_mail_that_hypothesis_thinks_of_is_taken_in(desk: Desk, head: list[tuple[str, str]], body: bytes):
    """Any text in any header, any bytes below it."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in head).encode("utf-8", "replace")
    take_in(desk, [lines + b"\r\n" + body])


def test_what_has_been_taken_in_is_there_byte_for_byte(desk: Desk):
    """The raw bytes are the last resort, so they are whole."""
    raw = b"From: \x00\xff\r\nSubject: \x80\r\n\r\n" + bytes(range(256))
    number = desk.service.store.keep([Arrival(raw, desk.clock)])[0]
    handle_kept(desk.service)

    with desk.service.store.work() as book:
        assert book.raw(number) == raw

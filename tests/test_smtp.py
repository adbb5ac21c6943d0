"""Handing letters over, to a real SMTP server that refuses, stumbles and dies on command."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from service.adapters.smtp import (
    Away,
    CourierError,
    Permanent,
    SmtpCourier,
    SmtpSettings,
    Temporary,
    Uncertain,
)
from tests.servers import THE_SERVICE, Post, Proxy

MakeProxy = Callable[[int], Proxy]
OpenCourier = Callable[[SmtpSettings], SmtpCourier]

LENA = "lena.wikstrom@kommun.example"
JOHAN = "johan.edlund@region.example"

LETTER = b"\r\n".join(
    [
        b"From: Samreko <samreko@samverkan.example>",
        b"To: lena.wikstrom@kommun.example",
        b"Subject: Kallelse",
        b"",
        b"Dagordningen kommer i veckan.",
        b"",
    ]
)


@pytest.fixture
def courier() -> Iterator[OpenCourier]:
    """Makes couriers that say goodbye after the test."""
    made: list[SmtpCourier] = []

    def make(settings: SmtpSettings) -> SmtpCourier:
        made.append(SmtpCourier(settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


# Handing over


def test_a_letter_arrives_byte_for_byte(smtp: Post, courier: OpenCourier):
    """A Message-ID that is longer than a line must come through, or the answer's thread is lost."""
    message = EmailMessage()
    message["From"] = "Samreko <samreko@samverkan.example>"
    message["To"] = LENA
    message["Subject"] = "Dagordning för Åre"
    message["References"] = f"<{'DB9PR05MB' * 12}@eurprd05.prod.outlook.example>"
    message.set_content("Hej!\n.\nEn ensam punkt, och .en till.\n..\n")
    raw = message.as_bytes(policy=policy.SMTP.clone(max_line_length=900, cte_type="7bit"))

    answer = courier(smtp.settings()).send(THE_SERVICE, LENA, raw)

    assert answer == "250 2.0.0 Queued as 1"
    (posted,) = smtp.messages
    assert posted.raw == raw
    assert (posted.sender, posted.recipients) == (THE_SERVICE, (LENA,))
    assert message["References"] in message_from_bytes(posted.raw)["References"]


@pytest.mark.parametrize(
    ("raw", "arrives"),
    [
        (b"A: b\n\nrad\n.\n", b"A: b\r\n\r\nrad\r\n.\r\n"),
        (b"A: b\r\n\r\nslut", b"A: b\r\n\r\nslut\r\n"),
        (b"A: b\r\n\r\nen\rtv\xc3\xa5\n.\r\nMAIL FROM:<x@y.example>\r\n", None),
        (b".punkt: forst\r\n\r\n", b".punkt: forst\r\n\r\n"),
    ],
    ids=["bare line ends", "no last line end", "smuggling", "dot first"],
)
def test_line_ends_are_made_right(raw: bytes, arrives: bytes | None, smtp: Post, courier: OpenCourier):
    """Bare line ends are refused by Exchange Online, and can smuggle a second message past others."""
    courier(smtp.settings()).send(THE_SERVICE, LENA, raw)

    (posted,) = smtp.messages
    assert posted.raw == (arrives or b"A: b\r\n\r\nen\r\ntv\xc3\xa5\r\n.\r\nMAIL FROM:<x@y.example>\r\n")


def test_a_letter_of_twenty_megabytes_arrives_whole(smtp: Post, courier: OpenCourier):
    """An agenda with its annexes."""
    raw = LETTER + b"QUJDREVGR0g" * 6 + b"\r\n"
    raw += b"\r\n".join([b"." + b"x" * 70] * 280_000) + b"\r\n"
    assert len(raw) > 20_000_000

    courier(smtp.settings()).send(THE_SERVICE, LENA, raw)

    assert smtp.messages[0].raw == raw


def test_one_connection_carries_a_whole_mailing(smtp: Post, courier: OpenCourier):
    """Forty letters on forty connections would be throttled."""
    post = courier(smtp.settings())
    for number in range(40):
        post.send(THE_SERVICE, f"ledamot{number}@kommun.example", LETTER)

    assert smtp.connections == 1
    assert [one.recipients for one in smtp.messages] == [
        (f"ledamot{number}@kommun.example",) for number in range(40)
    ]


def test_we_do_not_tell_what_the_machine_is_called(smtp: Post, courier: OpenCourier):
    """The greeting ends up in the Received headers that every member gets."""
    courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER)

    assert smtp.commands[0] == "EHLO [127.0.0.1]"
    assert SmtpSettings("localhost", 25, user=THE_SERVICE).greeting_name == "samverkan.example"


def test_letters_outside_ascii_in_an_address(smtp: Post, courier: OpenCourier):
    """åsa@ needs a server that knows SMTPUTF8; a Swedish domain has an ASCII name as well."""
    post = courier(smtp.settings())
    post.send(THE_SERVICE, "info@åre.example", LETTER)
    post.send(THE_SERVICE, "åsa@kommun.example", LETTER)

    assert [one.recipients for one in smtp.messages] == [
        ("info@xn--re-xia.example",),
        ("åsa@kommun.example",),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lena",
        "@kommun.example",
        "Larsson, Åsa <a@kommun.example>",
        "a@kommun.example\r\nRCPT TO:<z@evil.example>",
        "a@kommun.example, z@evil.example",
        "a b@kommun.example",
        "a@b@kommun.example",
        '"a b"@kommun.example',
        "a@kommun.example ",
        "a@kommun.example\x00",
        "a@" + "å" * 80 + ".example",
    ],
)
def test_only_a_bare_address_is_written_to(address: str, smtp: Post, courier: OpenCourier):
    """The library would read these leniently, and write to someone else."""
    post = courier(smtp.settings())

    with pytest.raises(Permanent, match="inte en adress"):
        post.send(THE_SERVICE, address, LETTER)
    with pytest.raises(Permanent, match="inte en adress"):
        post.send(address, LENA, LETTER)

    assert smtp.commands == []


# Refusals


def test_one_refused_recipient_does_not_stop_the_others(smtp: Post, courier: OpenCourier):
    """A typing error in the network file must not cost the rest their agenda."""
    smtp.answers = {LENA: "550 5.1.1 Ingen sådan brevlåda"}
    post = courier(smtp.settings())

    with pytest.raises(Permanent, match=r"550 5\.1\.1 Ingen") as told:
        post.send(THE_SERVICE, LENA, LETTER)
    post.send(THE_SERVICE, JOHAN, LETTER)

    assert told.value.code == 550
    assert [one.recipients for one in smtp.messages] == [(JOHAN,)]
    assert smtp.connections == 1


@pytest.mark.parametrize(
    "reply", ["450 4.2.1 Försök senare", "452 4.2.2 Full brevlåda", "451 4.7.1 Greylisted"]
)
def test_a_passing_refusal_is_tried_again(reply: str, smtp: Post, courier: OpenCourier):
    """Greylisting answers 4xx the first time, and yes a few minutes later."""
    smtp.answers = {LENA: reply}
    post = courier(smtp.settings())
    with pytest.raises(Temporary, match=reply[:9]) as told:
        post.send(THE_SERVICE, LENA, LETTER)
    smtp.answers = {}
    post.send(THE_SERVICE, LENA, LETTER)

    assert told.value.code == int(reply[:3])
    assert len(smtp.to(LENA)) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("554 5.7.1 Ser ut som skräppost", Permanent), ("451 4.3.0 Virussökaren vilar", Temporary)],
)
def test_a_refusal_of_the_whole_letter_is_told_apart(
    reply: str, kind: type[CourierError], smtp: Post, courier: OpenCourier
):
    """The server may answer only when it has seen the contents."""
    smtp.at_data = lambda transport: reply
    post = courier(smtp.settings())

    with pytest.raises(kind, match=reply[:9]) as told:
        post.send(THE_SERVICE, LENA, LETTER)
    smtp.at_data = None
    post.send(THE_SERVICE, JOHAN, LETTER)

    assert type(told.value) is kind
    assert [one.recipients for one in smtp.messages] == [(JOHAN,)]


def test_a_letter_that_is_too_big_is_refused_before_it_is_sent(courier: OpenCourier):
    """The server states its limit; sending 30 MB to hear no is waste, and the reason is put plainly."""
    smtp = Post(max_size=1000)
    try:
        with pytest.raises(Permanent, match="tar emot 0,0 MB"):
            courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER + b"x" * 2000)
        assert not any(command.startswith("MAIL") for command in smtp.commands)
    finally:
        smtp.stop()


def test_a_refused_sender_is_no_fault_of_the_letter(smtp: Post, courier: OpenCourier):
    """When Exchange says SendAsDenied, all letters would be set aside one by one for a setting of ours."""
    smtp.at_mail = lambda transport: "550 5.7.60 SendAsDenied: ni får inte"

    with pytest.raises(Away, match="tar inte emot mejl från"):
        courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER)


def test_a_server_that_is_busy_is_no_fault_of_the_letter(smtp: Post, courier: OpenCourier):
    """Three busy minutes must not set a letter aside as undeliverable."""
    smtp.at_mail = lambda transport: "451 4.7.500 Server busy"

    with pytest.raises(Away, match="451"):
        courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER)


def test_a_bounce_is_asked_to_name_the_letter(smtp: Post, courier: OpenCourier, proxy: MakeProxy):
    """Only of servers that know how (RFC 3461); the others would refuse the letter for it."""
    line = proxy(smtp.port)
    line.rewrite = lambda piece: piece.replace(b"250 HELP", b"250 DSN")
    said: list[bytes] = []
    line.judge = lambda who, piece: said.append(piece) if who == "client" else None

    # aiosmtpd itself does not know the words, and says so.
    with pytest.raises(CourierError, match="555"):
        courier(smtp.settings(port=line.port)).send(THE_SERVICE, LENA, LETTER, "<kallelse+17@x.example>")
    courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER, "<kallelse+17@x.example>")

    assert any(b" RET=HDRS ENVID=<kallelse+2B17@x.example>" in piece for piece in said)
    assert len(smtp.messages) == 1


def test_a_server_that_is_leaving_is_tried_on_a_new_line(smtp: Post, courier: OpenCourier):
    """421 is often "enough letters on this connection"."""
    post = courier(smtp.settings())
    post.send(THE_SERVICE, LENA, LETTER)
    turns = iter(["421 4.7.0 Nog på den här linjen", None])
    smtp.at_mail = lambda transport: next(turns)

    post.send(THE_SERVICE, JOHAN, LETTER)

    assert smtp.connections == 2
    assert len(smtp.messages) == 2


def test_a_server_that_takes_nothing_at_all_is_away(smtp: Post, courier: OpenCourier):
    """421 on a new line too: the round stops, and no letter is blamed."""
    smtp.at_mail = lambda transport: "421 4.3.2 Stänger"

    with pytest.raises(Away, match="421"):
        courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER)


# Doubt


def test_a_line_that_dies_before_the_letter_leaves_no_doubt(
    smtp: Post, courier: OpenCourier, proxy: MakeProxy
):
    """Cut at RCPT: nobody has the letter, and it is sent again."""
    line = proxy(smtp.port)
    line.judge = lambda who, piece: "cut" if who == "client" and piece.startswith(b"RCPT") else None
    post = courier(smtp.settings(port=line.port))

    with pytest.raises(Temporary):
        post.send(THE_SERVICE, LENA, LETTER)
    line.judge = None
    post.send(THE_SERVICE, LENA, LETTER)

    assert len(smtp.to(LENA)) == 1


def test_a_line_that_dies_in_the_middle_of_the_letter_leaves_no_doubt(
    smtp: Post, courier: OpenCourier, proxy: MakeProxy
):
    """Without the final dot no server may deliver, so it can safely be sent again."""
    passed = 0

    def cut_late(who: str, piece: bytes) -> str | None:
        nonlocal passed
        passed += len(piece) if who == "client" else 0
        return "cut" if passed > 1_000_000 else None

    line = proxy(smtp.port)
    line.judge = cut_late
    post = courier(smtp.settings(port=line.port))
    big = LETTER + b"\r\n".join([b"x" * 70] * 200_000) + b"\r\n"

    with pytest.raises(Temporary, match="innan mejlet var överlämnat"):
        post.send(THE_SERVICE, LENA, big)
    line.judge = None
    post.send(THE_SERVICE, LENA, big)

    assert smtp.to(LENA) == [big]


def test_a_server_that_dies_with_the_letter_in_its_hands_leaves_a_doubt(smtp: Post, courier: OpenCourier):
    """It took the letter and died before it could say so: only a human, or the Message-ID, can tell."""

    def die(transport: asyncio.Transport) -> None:
        transport.abort()

    smtp.after_data = die
    post = courier(smtp.settings())

    with pytest.raises(Uncertain):
        post.send(THE_SERVICE, LENA, LETTER)
    smtp.after_data = None
    post.send(THE_SERVICE, JOHAN, LETTER)

    assert [one.recipients for one in smtp.messages] == [(LENA,), (JOHAN,)]


def test_an_answer_that_never_comes_leaves_a_doubt(smtp: Post, courier: OpenCourier, proxy: MakeProxy):
    """The letter is over there, the yes is lost in a black hole."""
    line = proxy(smtp.port)
    line.judge = lambda who, piece: "stall" if who == "server" and b"Queued" in piece else None
    post = courier(smtp.settings(port=line.port, timeout=0.5, patience=0.7))

    begun = time.monotonic()
    with pytest.raises(Uncertain):
        post.send(THE_SERVICE, LENA, LETTER)

    assert time.monotonic() - begun < 3
    assert len(smtp.messages) == 1


def test_a_late_answer_is_never_taken_for_the_next_letters(
    smtp: Post, courier: OpenCourier, proxy: MakeProxy
):
    """A yes that comes after we gave up must not be booked on someone else's letter."""
    line = proxy(smtp.port)
    line.judge = lambda who, piece: "stall" if who == "server" and b"Queued" in piece else None
    post = courier(smtp.settings(port=line.port, timeout=0.5, patience=0.5))
    with pytest.raises(Uncertain):
        post.send(THE_SERVICE, LENA, LETTER)
    line.judge = None
    line.resume()

    smtp.answers = {JOHAN: "550 5.1.1 Okänd"}
    with pytest.raises(Permanent):
        post.send(THE_SERVICE, JOHAN, LETTER)


def test_a_slow_line_is_not_a_lost_answer(smtp: Post, courier: OpenCourier, proxy: MakeProxy):
    """Twenty megabytes over a thin line take longer than an answer may; what matters is that it moves."""
    line = proxy(smtp.port)

    def slowly(who: str, piece: bytes) -> None:
        if who == "client" and len(piece) > 1000:
            time.sleep(0.01)

    line.judge = slowly
    big = LETTER + b"\r\n".join([b"x" * 70] * 200_000) + b"\r\n"
    post = courier(smtp.settings(port=line.port, timeout=0.7, patience=3.0))

    begun = time.monotonic()
    post.send(THE_SERVICE, LENA, big)

    assert time.monotonic() - begun > 2.0
    assert smtp.to(LENA) == [big]


def test_a_server_that_stops_taking_is_given_up_without_doubt(
    smtp: Post, courier: OpenCourier, proxy: MakeProxy
):
    """Stalled in the middle of the letter: not delivered, and the clerk is free again."""
    line = proxy(smtp.port)
    line.judge = lambda who, piece: "stall" if who == "client" and len(piece) > 10_000 else None
    post = courier(smtp.settings(port=line.port, timeout=0.7))
    big = LETTER + b"\r\n".join([b"x" * 70] * 200_000) + b"\r\n"

    with pytest.raises(Temporary, match="took nothing"):
        post.send(THE_SERVICE, LENA, big)

    assert smtp.messages == []


def test_a_server_that_has_had_enough_halfway_is_heard(courier: OpenCourier, proxy: MakeProxy, smtp: Post):
    """Its 552 in the middle of the letter is the reason, not the broken line that follows."""
    line = proxy(smtp.port)
    passed = 0

    def object_halfway(who: str, piece: bytes) -> str | None:
        nonlocal passed
        passed += len(piece) if who == "client" else 0
        if passed > 500_000 and line.judge is not None:
            line.judge = None
            line.inject(b"552 5.3.4 Nu blir det for mycket\r\n")
        return None

    line.judge = object_halfway
    post = courier(smtp.settings(port=line.port))
    big = LETTER + b"\r\n".join([b"x" * 70] * 400_000) + b"\r\n"

    with pytest.raises(Permanent, match="552"):
        post.send(THE_SERVICE, LENA, big)
    post.send(THE_SERVICE, JOHAN, LETTER)

    assert smtp.to(JOHAN) == [LETTER]


# The connection


def test_a_server_that_is_not_there_is_away(courier: OpenCourier):
    """Nothing is counted against the letter."""
    smtp = Post()
    smtp.stop()

    with pytest.raises(Away, match="går inte att nå") as told:
        courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER)

    assert "\n" not in str(told.value)


def test_a_host_that_does_not_exist_is_away(courier: OpenCourier):
    """A misspelt name in the configuration, or the name server's bad day."""
    with pytest.raises(Away, match="går inte att nå"):
        courier(SmtpSettings("finns-inte.invalid", 587, timeout=5)).check()


def test_a_server_that_answers_nothing_is_away_in_time(smtp: Post, courier: OpenCourier, proxy: MakeProxy):
    """A black hole before the greeting."""
    line = proxy(smtp.port)
    line.stall()

    begun = time.monotonic()
    with pytest.raises(Away):
        courier(smtp.settings(port=line.port, timeout=0.5)).send(THE_SERVICE, LENA, LETTER)

    assert time.monotonic() - begun < 3


def test_a_line_that_died_while_resting_is_made_anew(smtp: Post, courier: OpenCourier, proxy: MakeProxy):
    """Servers hang up after some minutes; the letter in hand need not hear of it."""
    line = proxy(smtp.port)
    post = courier(smtp.settings(port=line.port))
    post.send(THE_SERVICE, LENA, LETTER)
    line.cut()

    post.send(THE_SERVICE, JOHAN, LETTER)

    assert line.connections == 2
    assert [one.recipients for one in smtp.messages] == [(LENA,), (JOHAN,)]


def test_after_closing_it_can_send_again(smtp: Post, courier: OpenCourier):
    """The daemon closes the line between rounds."""
    post = courier(smtp.settings())
    post.send(THE_SERVICE, LENA, LETTER)
    post.close()
    post.close()
    post.send(THE_SERVICE, JOHAN, LETTER)

    assert smtp.connections == 2


def test_check_tells_what_the_server_can_do(smtp: Post, courier: OpenCourier):
    """For doctor."""
    post = courier(smtp.settings())

    assert "smtputf8" in post.check()
    assert post.size_limit == 60_000_000


# Login and TLS


def test_the_right_password_lets_in_and_the_wrong_one_is_away(courier: OpenCourier):
    """No letter is blamed for our password; and the password stands in no message."""
    smtp = Post(password="lösen med å")
    try:
        courier(smtp.settings(user=THE_SERVICE, password="lösen med å")).send(THE_SERVICE, LENA, LETTER)
        with pytest.raises(Away, match="släpper inte in") as told:
            courier(smtp.settings(user=THE_SERVICE, password="fel-lösen")).send(THE_SERVICE, LENA, LETTER)
        with pytest.raises(Away, match="kräver inloggning"):
            courier(smtp.settings()).send(THE_SERVICE, LENA, LETTER)
    finally:
        smtp.stop()

    assert "fel-lösen" not in str(told.value)
    assert len(smtp.messages) == 1


def test_a_token_is_asked_for_at_each_login(courier: OpenCourier):
    """Tokens live an hour; a line that is made anew needs a fresh one."""
    smtp = Post(token="hemlig-biljett")
    asked: list[int] = []

    def token() -> str:
        asked.append(1)
        return "hemlig-biljett" if len(asked) < 3 else "utgången"

    try:
        post = courier(smtp.settings(user=THE_SERVICE, token=token))
        post.send(THE_SERVICE, LENA, LETTER)
        post.send(THE_SERVICE, LENA, LETTER)
        post.close()
        post.send(THE_SERVICE, LENA, LETTER)
        post.close()
        with pytest.raises(Away, match="släpper inte in"):
            post.send(THE_SERVICE, LENA, LETTER)
    finally:
        smtp.stop()

    assert len(smtp.messages) == 3
    assert smtp.logins == [f"XOAUTH2 {THE_SERVICE}"] * 3


def test_a_token_that_cannot_be_had_is_away(courier: OpenCourier):
    """The token server's trouble is not the letter's."""
    smtp = Post(token="hemlig-biljett")

    def token() -> str:
        raise RuntimeError("invalid_client")

    try:
        with pytest.raises(Away, match="invalid_client"):
            courier(smtp.settings(user=THE_SERVICE, token=token)).send(THE_SERVICE, LENA, LETTER)
    finally:
        smtp.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, str]:
    ca = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return ca, str(path)


def server_context(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(context)
    return context


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_tls_is_spoken_both_ways_and_verified(
    tls: str, authority: tuple[trustme.CA, str], courier: OpenCourier, tmp_path: Path
):
    """The right certificate is trusted; a wrong name or an unknown authority is not."""
    ca, ca_file = authority
    stranger = str(tmp_path / "stranger.pem")
    trustme.CA().cert_pem.write_to_path(stranger)
    smtp = Post(certificate=server_context(ca), implicit_tls=tls == "tls", starttls=tls == "starttls")
    try:
        courier(smtp.settings(host="localhost", tls=tls, ca_file=ca_file)).send(THE_SERVICE, LENA, LETTER)
        for wrong in ({"ca_file": ca_file}, {"host": "localhost", "ca_file": stranger}):
            with pytest.raises(Away, match=r"(?i)certificate"):
                courier(smtp.settings(tls=tls, **wrong)).send(THE_SERVICE, LENA, LETTER)
    finally:
        smtp.stop()

    assert len(smtp.messages) == 1


def test_a_server_that_hides_starttls_gets_nothing(smtp: Post, courier: OpenCourier):
    """Whoever strips STARTTLS from the line learns neither password nor letter."""
    post = courier(smtp.settings(tls="starttls", user=THE_SERVICE, password="hemligt"))

    with pytest.raises(Away, match="STARTTLS"):
        post.send(THE_SERVICE, LENA, LETTER)

    assert smtp.messages == []
    assert smtp.logins == []


def test_bare_text_is_for_loopback_only():
    """A password never goes unencrypted over a network."""
    with pytest.raises(ValueError, match=r'smtp.tls = "none" är bara för loopback'):
        SmtpSettings("smtp.example", 25, tls="none")
    assert "hemligt" not in repr(SmtpSettings("localhost", 25, password="hemligt"))

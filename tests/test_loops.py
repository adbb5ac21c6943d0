"""Machines are not answered, floods are, for a while, and two services that meet fall silent."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from service.adapters.embedded import EmbeddedServers
from tests.desk import NETWORK, Desk, Got, only, to
from tests.servers import wait_for
from tests.settings import write_settings

SECRETARY = "ingrid.palm@regionjh.example"
US = "samreko@samverkan.example"
THEM = "annat@grannen.example"
WISH = "Hej! Jag har förhinder den 11 februari."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, "2027-01-07 09:00", answers_per_hour=20) as desk:
        desk.work()
        desk.got.clear()
        yield desk


@pytest.mark.parametrize(
    "header",
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated"),
        ("Auto-Submitted", "auto-replied; owner-email=x@y.example"),
        ("Auto-Submitted", "AUTO-NOTIFIED"),
        ("Return-Path", "<>"),
        ("Precedence", "auto_reply"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "Frånvaro"),
        ("X-Auto-Response-Suppress", "All\r\nAuto-Submitted: auto-replied"),
        ("X-Loop", US),
        ("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent"),
        ("Sender", US),
    ],
)
def test_a_machine_is_not_answered_and_not_obeyed(desk: Desk, header: tuple[str, str]):
    """RFC 3834, 2: no answer to what is automatic, to an empty return path, or to ourselves."""
    raw = (
        f"{header[0]}: {header[1]}\r\nFrom: lena.wikstrom@regionjh.example\r\nTo: {US}\r\n"
        f"Subject: Sv: Kallelse\r\nDate: {format_datetime(desk.clock)}\r\n"
        f"Message-ID: <m1@regionjh.example>\r\n\r\n{WISH}\r\n"
    )

    assert desk.bytes(raw.encode()) == []
    assert desk.meeting("2027-02-11")["absent"] == []


@pytest.mark.parametrize(
    "header",
    ["List-Id: <l.example>", "List-Unsubscribe: <mailto:l@l.example>", "Precedence: bulk", "Precedence: list",
     "Precedence: junk", "List-Post: <mailto:l@l.example>"],
)  # fmt: skip
def test_bulk_from_outside_is_not_answered(desk: Desk, header: str):
    """Newsletters and lists (RFC 2369, RFC 2919)."""
    raw = (
        f"{header}\r\nFrom: Nytt <nytt@firma.example>\r\nTo: {US}\r\nSubject: Kurs\r\n"
        f"Date: {format_datetime(desk.clock)}\r\nMessage-ID: <b1@firma.example>\r\n\r\nKom på vår kurs!\r\n"
    )

    assert desk.bytes(raw.encode()) == []


def test_a_person_whose_outlook_wants_no_automatic_answers_is_answered(desk: Desk):
    """X-Auto-Response-Suppress asks for no autoreply; it does not say that a machine has written."""
    got = desk.mail("lena.wikstrom", "Förhinder", WISH, headers=[("X-Auto-Response-Suppress", "OOF")])

    assert to(got, "lena.wikstrom@regionjh.example")


def test_our_own_letters_say_that_they_are_automatic(desk: Desk):
    """RFC 3834, 5, for everybody; Exchange's own header for Outlook's rules."""
    for got in desk.mail("lena.wikstrom", "Förhinder", WISH):
        assert str(got.message["Auto-Submitted"]).startswith("auto-")
        assert "OOF" in str(got.message["X-Auto-Response-Suppress"])


def test_our_own_letter_come_back_is_not_read(desk: Desk):
    """Forwarded to us by a rule, with all its headers."""
    letter = only(to(desk.mail("lena.wikstrom", "Förhinder", WISH), "johan.edlund@regionjh.example"))

    assert desk.bytes(letter.message.as_bytes()) == []


def answers(desk: Desk, count: int, sender: str, text: str = WISH) -> list[Got]:
    got: list[Got] = []
    for n in range(count):
        got += desk.mail(sender, f"Meddelande {n}", text)
        # The same hour goes on.
        desk.clock -= timedelta(minutes=1)
    return got


def test_a_stranger_who_floods_gets_twenty_answers_and_the_secretary_one_letter(desk: Desk):
    """The rest lies in the mailbox; nobody is written to hundreds of times."""
    got = answers(desk, 30, "Robot <robot@firma.example>", "Hej, vad kostar det?")

    assert len(to(got, "robot@firma.example")) == 20
    told = [g for g in to(got, SECRETARY) if "Fler än 20" in g.words]
    assert len(told) == 1
    assert "originalmejl.eml" in told[0].files
    assert desk.status["incoming"]["received"] == 30  # type: ignore[index]


def test_a_member_who_floods_is_still_heard(desk: Desk):
    """After twenty no receipts; what she asks for is done all the same."""
    got = answers(desk, 22, "annika.sjodin", "Tack! Hur långt är mötet den 11 februari?")
    desk.mail("annika.sjodin", "Förhinder", "Jag kan inte komma den 11 februari. Annika")

    assert len([g for g in to(got, "annika.sjodin@regionjh.example") if g.what == "ack"]) <= 20
    assert "annika.sjodin" in desk.meeting("2027-02-11")["absent"]  # type: ignore[operator]


def test_the_next_hour_answers_begin_anew(desk: Desk):
    """A busy day is no flood."""
    answers(desk, 25, "Robot <robot@firma.example>", "Hej, vad kostar det?")
    desk.clock += timedelta(hours=1)

    assert to(answers(desk, 1, "Robot <robot@firma.example>", "Hej, vad kostar det?"), "robot@firma.example")


# --- two services ---


def neighbour(folder: Path) -> Path:
    """Another network, at another address, that has us for a member; and we have them."""
    theirs = NETWORK.read_text(encoding="utf-8").replace(US, THEM)
    theirs = theirs.replace("lena.wikstrom@regionjh.example", US)
    path = folder / "grannen.toml"
    path.write_text(theirs, encoding="utf-8")
    return path


def ours(folder: Path) -> Path:
    path = folder / "vi.toml"
    path.write_text(
        NETWORK.read_text(encoding="utf-8").replace("lena.wikstrom@regionjh.example", THEM), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("lost", [(), ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence")])
def test_two_services_that_write_to_each_other_fall_silent(tmp_path: Path, lost: tuple[str, ...]):
    """Each takes the other for a member; at most two turns, also where a gateway strips what tells."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        Desk(tmp_path / "a", "2027-01-07 09:00", network=ours(tmp_path)) as we,
        Desk(tmp_path / "b", "2027-01-07 09:00", network=neighbour(tmp_path)) as they,
    ):
        going = to(we.work(), THEM)
        they.work()
        assert going, "the call for matters goes to them as to every member"
        turns = 0
        while going and turns < 10:
            turns += 1
            here, address = (they, US) if turns % 2 else (we, THEM)
            back: list[Got] = []
            for got in going:
                for name in lost:
                    del got.message[name]
                back += to(here.bytes(got.message.as_bytes()), address)
            going = back
        assert turns <= 2


def test_two_real_daemons_fall_silent(tmp_path: Path):
    """Two processes on real IMAP and SMTP; a letter in the one's name to the other sets them off."""
    with EmbeddedServers({US: "ett", THEM: "tva"}) as servers:
        daemons = []
        for name, address, network in (("a", US, ours(tmp_path)), ("b", THEM, neighbour(tmp_path))):
            path = write_settings(
                tmp_path / name,
                servers.imap(address),
                servers.smtp(address),
            )
            (tmp_path / name / "network.toml").write_bytes(network.read_bytes())
            daemons.append(
                subprocess.Popen(
                    [sys.executable, "-m", "service.cli", "--config", str(path), "run"],
                    stderr=subprocess.DEVNULL,
                )
            )
        try:
            raw = (
                f"From: {US}\r\nTo: {THEM}\r\nSubject: Hej\r\nDate: Thu, 07 Jan 2027 09:00:00 +0100\r\n"
                "Message-ID: <gnista@samverkan.example>\r\n\r\nHej! Hur funkar det har?\r\n"
            )
            servers.deliver(raw.encode(), THEM)
            wait_for(lambda: any(US in p.recipients for p in servers.posted), 120, "their answer")
            time.sleep(4)
            between = [p for p in servers.posted if {US, THEM} & set(p.recipients)]
            said = [re.search(rb"(?im)^subject: (.*)", p.raw) for p in between]
            # Whatever the calendars send of themselves, nothing answers an answer.
            replied = [p for p in between if b"auto-replied" in p.raw]
            assert len(replied) <= 2, said
        finally:
            for daemon in daemons:
                daemon.terminate()
            for daemon in daemons:
                assert daemon.wait(60) == 0

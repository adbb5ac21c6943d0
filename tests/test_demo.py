"""`kallelse demo`: a year of the service at work, played on its own servers."""

from __future__ import annotations

import email
import email.policy
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient
from pypdf import PdfReader

from service.cli import main

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Played:
    """What a demonstration told and left behind."""

    folder: Path
    told: str
    mails: Sequence[EmailMessage]

    def sent(self, what: str, meeting: str = "") -> list[EmailMessage]:
        """The service's letters of a kind, by their Message-IDs."""
        return [m for m in self.mails if str(m["Message-ID"]).startswith(f"<{what}.{meeting}")]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One demonstration in a folder of its own, as a newcomer runs it."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "demo", "--folder", str(folder)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=HERE,
        env={**os.environ, "KALLELSE_DATABASE_URL": "sqlite:////nowhere/at/all.db"},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    files = sorted((folder / "mejl").glob("*.eml"))
    mails = [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]
    return Played(folder, done.stdout, [m for m in mails if isinstance(m, EmailMessage)])


def recipients(mails: Sequence[EmailMessage]) -> Counter[str]:
    return Counter(m["To"].addresses[0].addr_spec for m in mails)


def file_names(mail: EmailMessage) -> list[str]:
    return [part.get_filename() or "" for part in mail.iter_attachments()]


def test_every_step_of_the_story_is_played(played: Played):
    """A mail that is answered in the story has come: no question and no draft failed to be sent."""
    assert "Kunde inte spelas" not in played.told
    assert "Klart" in played.told


def test_each_agenda_goes_out_a_week_before_with_its_files_once_to_each(played: Played):
    """The promise of the terms of reference, for every meeting of the year that was prepared in time."""
    for key, day in (
        ("2027-02-18", "2027-02-18"),
        ("2027-04-29", "2027-04-29"),
        ("2027-06-10", "2027-06-10"),
        ("2027-09-23", "2027-09-23"),
        ("2027-12-02", "2027-12-09"),
    ):
        mails = played.sent("agenda", key)
        assert len(mails) >= 12
        assert set(recipients(mails).values()) == {1}
        for mail in mails:
            written = parsedate_to_datetime(str(mail["Date"]))
            assert written.date() == date.fromisoformat(day) - timedelta(days=7)
            assert f"Dagordning SamFjäll {day}.pdf" in file_names(mail)
            assert "invite.ics" in file_names(mail)
    assert all("SIP för skolbarn 2026.pdf" in file_names(m) for m in played.sent("agenda", "2027-02-18"))


def test_no_agenda_or_minutes_go_out_before_somebody_has_approved_them(played: Played):
    """Every mailing has a confirmed approval before it, or at the same moment."""
    approved = {
        (match["what"], match["day"]): parsedate_to_datetime(str(m["Date"]))
        for m in played.sent("ack")
        if (match := re.search(r"(?P<what>dagordningen|protokollet) (?P<day>\d.*?) är godkän", m["Subject"]))
    }
    assert len(approved) == 10
    for what, kind in (("agenda", "dagordningen"), ("minutes", "protokollet")):
        for mail in played.sent(what):
            day = re.search(r"\d{1,2} \w+ 20\d\d", str(mail["Subject"]))
            assert day
            assert approved[(kind, day[0])] <= parsedate_to_datetime(str(mail["Date"]))


def test_an_absence_calls_in_the_right_substitute_and_a_taken_one_is_told(played: Played):
    """Cecilia has her own; the group has one, who is called for Fredrik, so Margareta's seat stays empty."""
    called = recipients(played.sent("invitation", "2027-02-18"))

    assert called["peter.ohman@regionfjallmark.example"] == 1
    assert called["leif.akerlund@tallmo.example"] == 1
    assert "Ingen ersättare för Margareta Hjort" in " ".join(played.told.split())


def test_a_substitute_who_is_called_after_the_agenda_gets_it_at_once(played: Played):
    """Whoever jumps in has the same papers as the others."""
    late = [m for m in played.sent("invitation", "2027-04-29") if "Nils Wallin" in str(m["To"])]

    assert len(late) == 1
    assert "Dagordning SamFjäll 2027-04-29.pdf" in file_names(late[0])


def test_whoever_has_left_gets_nothing_more(played: Played):
    """Oskar leaves on 31 March; from 1 April the seat's mail goes to Linnea."""
    left = [
        parsedate_to_datetime(str(m["Date"])).date() for m in played.mails if "oskar.dahlen@" in str(m["To"])
    ]

    assert left
    assert max(left) < date(2027, 4, 1)
    assert recipients(played.sent("agenda", "2027-04-29"))["linnea.strom@sjoboda.example"] == 1


def test_every_mail_of_the_service_is_whole(played: Played):
    """Text and HTML, marked as automatic, no trace of this machine, and lines that any server takes."""
    ours = [m for m in played.mails if "samfjall@samverkan.example" in str(m["From"])]

    assert len(ours) > 300
    for mail in ours:
        assert mail["Auto-Submitted"] in ("auto-generated", "auto-replied")
        html = mail.get_body(("html",))
        text = mail.get_body(("plain",))
        assert html is not None
        assert text is not None
        for said in (str(html.get_content()), str(text.get_content())):
            assert not re.search(r"\{\{|\{%|\bNone\b|Undefined|127\.0\.0\.1|localhost", said)
        assert str(played.folder) not in str(mail)


def test_the_folder_can_be_looked_through_and_asked(played: Played, capsys: pytest.CaptureFixture[str]):
    """Index, documents and database are left, and `status` and `export` work on them."""
    config = ["--config", str(played.folder / "kallelse.toml")]
    documents = list((played.folder / "handlingar").rglob("*.pdf"))

    assert (played.folder / "index.html").stat().st_size < 5_000_000
    assert len(documents) >= 15
    assert all(PdfReader(d).pages for d in documents)
    assert main([*config, "status", "--at", "2028-01-10T09:00"]) == 0
    assert "17 februari 2028" in capsys.readouterr().out
    assert main([*config, "export", str(played.folder / "ut"), "--year", "2027"]) == 0


def test_a_folder_that_is_somebody_elses_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A demonstration in the folder of a real network does not write over its configuration."""
    (tmp_path / "kallelse.toml").write_text("# mitt\n", encoding="utf-8")

    assert main(["demo", "--folder", str(tmp_path)]) == 1

    assert [p.name for p in tmp_path.iterdir()] == ["kallelse.toml"]
    assert "innehåller redan kallelse.toml" in capsys.readouterr().err


def test_a_second_demonstration_in_the_same_folder_answers_a_mail_program_afterwards(played: Played):
    """`--live`: the servers stay, an ordinary client logs in as a member, and Ctrl-C ends it all."""
    running = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "demo", "--live", "--folder", str(played.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=HERE,
    )
    try:
        assert running.stdout is not None
        lines: list[str] = []
        for line in running.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        told = "".join(lines)
        found = re.search(r"Inkommande: IMAP, (\S+), port (\d+)", told)
        assert found, told[-2000:]
        with IMAPClient(found[1], int(found[2]), ssl=False) as client:
            client.login("gunilla.berg@regionfjallmark.example", "demo")
            client.select_folder("INBOX")
            assert len(client.search()) > 50
        # The daemon says that it is ready only in its log; its handlers are in place a moment later.
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=30)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 0, errors
    assert "Servrarna är stängda." in rest
    assert "Traceback" not in errors

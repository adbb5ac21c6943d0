"""Backups that are put back, and mailbox and records that are compared."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from service.adapters.database import open_store
from service.config import load_config
from service.daemon import once, take_stock
from service.wiring import open_service
from tests.faults.figures import count
from tests.faults.running import Launcher, Ran
from tests.faults.story import MEETING, SECRETARY, STOCKHOLM, letter, newest
from tests.faults.test_servers import LENA, MARIA, PER, Place, the_letters
from tests.servers import Account, Post, Postgres
from tests.settings import write_settings


class House:
    """The program on a Dovecot and an SMTP server, run by its command line."""

    def __init__(self, launcher: Launcher, folder: Path, account: Account, post: Post, url: str = "") -> None:
        self.launcher, self.folder, self.account, self.post = launcher, folder, account, post
        self.config = write_settings(folder, account.settings(), post.settings(), database=url)
        self.url = url or f"sqlite:///{folder}/data/kallelse.db"

    def run(self, *argv: str) -> Ran:
        return self.launcher.run("--config", str(self.config), *argv)

    def play(self, first: str, last: str) -> None:
        """The mornings of the meeting from one date to another."""
        for stage in MEETING:
            if first <= stage.at <= last:
                self.account.drop(*stage.letters(self.post))
                ran = self.run("run", "--once", "--at", stage.at)
                assert ran.status == 0, ran.words

    @property
    def got(self) -> Counter[tuple[str, str]]:
        """Recipient and kind of all that has been handed over."""
        found: Counter[tuple[str, str]] = Counter()
        for posted in self.post.messages:
            what = re.search(rb"(?im)^message-id:\s*<([a-z-]+)\.", posted.raw)
            assert what
            found[(posted.recipients[0], what[1].decode())] += 1
        return found


@pytest.fixture
def house(launcher: Launcher, tmp_path: Path, dovecot: Account, smtp: Post) -> House:
    return House(launcher, tmp_path, dovecot, smtp)


@pytest.mark.dovecot
@pytest.mark.slow
def test_a_restored_service_sends_nothing_again(house: House):
    """The backup is from before the mailing; the disk dies after it.  Only a question goes out.

    What was handled in between is read again from the handled folder, so that no absence is forgotten.
    """
    house.play("2026-12", "2027-02-01T09")
    backup = house.folder / "copy.db"
    assert house.run("backup", str(backup)).status == 0
    house.play("2027-02-01T09", "2027-02-08T08")
    with closing(open_store(house.url)) as store:
        before = store.world()
    agendas = {who: n for (who, what), n in house.got.items() if what == "agenda"}
    assert len(agendas) > 10
    shutil.rmtree(house.folder / "data")
    sent = house.got

    ran = house.run("restore", str(backup), "--at", "2027-02-09T09:00")
    assert ran.status == 0, ran.words
    for at in ("2027-02-09T09:05", "2027-02-09T12:00"):
        ran = house.run("run", "--once", "--at", at)
        assert ran.status == 0, ran.words

    assert house.got - sent == Counter({(SECRETARY, "ask"): 1})
    question = newest(house.post, SECRETARY, "ask")
    assert "mejl fram?" in str(question["Subject"])
    with closing(open_store(house.url)) as store:
        assert {p.person for p in store.world().presences.values()} == {
            p.person for p in before.presences.values()
        }
        assert len(list(store.letters_in())) == 8
        assert store.counts()["outgoing"]["waiting"] == 0
        held = store.counts()["outgoing"]["uncertain"]
    assert held > 0

    # She leaves them; and what comes from now on is answered as always.
    house.account.drop(letter(20, "2027-02-09T13:00", SECRETARY, "", "2", answers=question))
    house.account.drop(
        letter(21, "2027-02-09T13:00", PER, "Förhinder", "Jag kan inte komma den 11 februari.")
    )
    now = house.got
    assert house.run("run", "--once", "--at", "2027-02-09T13:05").status == 0
    new = house.got - now
    assert new[(PER, "ack")] == 1
    assert {what for _, what in new} <= {"ack", "invitation"}
    count("services restored from a backup that sent nothing again")


@pytest.mark.dovecot
def test_a_restore_never_writes_over_a_database_and_leaves_none_that_is_half_done(house: House):
    """Neither over one that is there, nor from a file that is none, nor without the mailbox."""
    house.play("2026-12", "2027-01-01")
    backup = house.folder / "copy.db"
    assert house.run("backup", str(backup)).status == 0
    assert (backup.stat().st_mode & 0o777) == 0o600
    assert house.run("backup", str(backup)).status == 1
    ran = house.run("restore", str(backup))
    assert ran.status == 1
    assert "finns redan" in ran.words

    shutil.rmtree(house.folder / "data")
    ran = house.run("restore", str(house.config))
    assert ran.status == 1
    assert not list((house.folder / "data").glob("kallelse.db*"))
    house.config.write_text(
        house.config.read_text().replace(f"port = {house.account.server.port}", "port = 1", 1)
    )
    ran = house.run("restore", str(backup))
    assert ran.status == 1
    assert "--without-mailbox" in ran.words
    assert not (house.folder / "data" / "kallelse.db").exists()
    assert house.run("restore", str(backup), "--without-mailbox").status == 0
    assert (house.folder / "data" / "kallelse.db").exists()


@pytest.mark.postgres
@pytest.mark.dovecot
def test_on_postgresql_the_operator_is_told_the_command(
    launcher: Launcher, tmp_path: Path, dovecot: Account, smtp: Post, postgres_url: str
):
    """pg_dump is named with everything but the password."""
    house = House(launcher, tmp_path, dovecot, smtp, postgres_url.replace("postgres@", "postgres:hemligt@"))
    ran = house.run("backup", "kopia.dump")

    assert ran.status == 0, ran.words
    assert "pg_dump" in ran.words
    assert "--file='kopia.dump'" in ran.words
    assert "hemligt" not in ran.words


@pytest.mark.postgres
@pytest.mark.dovecot
@pytest.mark.slow
def test_on_postgresql_what_pg_restore_put_back_sends_nothing_again(
    launcher: Launcher, tmp_path: Path, dovecot: Account, smtp: Post, postgres_server: Postgres
):
    """pg_dump makes the copy as it is told, pg_restore puts it back, and restore holds the mail."""
    if not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    url, again = postgres_server.database(), postgres_server.database()
    house = House(launcher, tmp_path, dovecot, smtp, url)
    house.play("2026-12", "2027-02-01T09")
    told = house.run("backup", str(tmp_path / "kopia.dump"))
    command = next(line for line in told.words.splitlines() if "pg_dump" in line)
    made = subprocess.run(shlex.split(command), capture_output=True, text=True)
    if "server version mismatch" in made.stderr:
        pytest.skip("pg_dump is older than the server")
    assert made.returncode == 0, made.stderr
    house.play("2027-02-01T09", "2027-02-08T08")
    sent = house.got
    assert sum(n for (_, what), n in sent.items() if what == "agenda") > 10

    where = again.replace("+psycopg", "")
    dumped = ["pg_restore", "--no-owner", f"--dbname={where}", str(tmp_path / "kopia.dump")]
    subprocess.run(dumped, check=True, capture_output=True)
    house = House(launcher, tmp_path, dovecot, smtp, again)
    assert house.run("restore", "kopia.dump").status == 1
    ran = house.run("restore", "--at", "2027-02-09T09:00")
    assert ran.status == 0, ran.words
    for at in ("2027-02-09T09:05", "2027-02-09T12:00"):
        ran = house.run("run", "--once", "--at", at)
        assert ran.status == 0, ran.words

    assert house.got - sent == Counter({(SECRETARY, "ask"): 1})
    assert "mejl fram?" in str(newest(smtp, SECRETARY, "ask")["Subject"])
    with closing(open_store(again)) as store:
        assert len(list(store.letters_in())) == 8
        assert store.counts()["outgoing"]["waiting"] == 0
    count("services restored from a backup that sent nothing again")


# Taking stock.


@pytest.fixture
def place(tmp_path: Path, dovecot: Account, smtp: Post) -> Iterator[Place]:
    with closing(Place(tmp_path, dovecot, smtp)) as found:
        yield found


def _told(place: Place) -> list[EmailMessage]:
    import email
    import email.policy

    found = []
    for raw in (posted.raw for posted in place.post.messages):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        if "stämmer inte" in str(message["Subject"]):
            found.append(message)
    return found


@pytest.mark.dovecot
def test_what_only_the_mailbox_or_only_the_records_have_is_told_once(place: Place):
    """A letter dragged away unread, one among the junk, one that is gone; none of them moved by us."""
    place.account.drop(*the_letters())
    place.round()
    # Dovecot gives no letter a time of arrival in the future.
    place.clock = datetime.now(STOCKHOLM)
    at = "2027-01-11T11:00"
    unread = letter(11, at, PER, "Dragen åt sidan", "Kan inte komma den 11 februari.\n\nPer")
    junk = letter(12, at, LENA, "Bland skräpet", "Kan inte komma den 11 februari.\n\nLena")
    spam = letter(13, at, "vinst@lotteri.example", "Du har vunnit", "Klicka här")
    place.account.append(unread, "Hanterat")
    with place.account.client(None) as client:
        client.create_folder("Junk")
        for raw in (junk, spam):
            client.append("Junk", raw)
        client.select_folder("Hanterat")
        client.delete_messages([min(client.search())])
        client.expunge()

    assert take_stock(place.service, place.mailbox)
    place.round()
    told = _told(place)
    assert len(told) == 1
    body = told[0].get_body(("plain",))
    assert body is not None
    words = " ".join(str(body.get_content()).split())
    assert "Dragen åt sidan" in words
    assert "Bland skräpet" in words
    assert "Köerna till BUP" in words
    assert "Du har vunnit" not in words

    # The next day nothing is said again, and nobody's mail has been touched.
    take_stock(place.service, place.mailbox)
    place.round()
    assert len(_told(place)) == 1
    assert place.account.contents("Junk") == [junk, spam]
    assert unread in place.account.contents("Hanterat")


@pytest.mark.dovecot
def test_under_cron_each_mornings_first_pass_takes_stock_as_well(
    tmp_path: Path, dovecot: Account, smtp: Post
):
    """What one pass finds astray it tells in the same pass; the next one of the day does not look."""
    config = load_config(write_settings(tmp_path, dovecot.settings(), smtp.settings()))
    # Dovecot dates what is dropped now, and before six nobody compares.
    clock = datetime.now(STOCKHOLM).replace(hour=9)
    with open_service(config, lambda: clock) as service:
        assert once(service).away == ()
        with dovecot.client(None) as client:
            client.create_folder("Hanterat")
        for number in (31, 32):
            absent = letter(number, "2027-01-11T11:00", PER, f"Dragen {number}", "Kan inte komma.\n\nPer")
            dovecot.append(absent, "Hanterat")
            clock += timedelta(hours=24 if number == 31 else 1)
            once(service)

    told = [posted for posted in smtp.messages if b"Dragen" in posted.raw]
    assert len(told) == 1
    assert b"Dragen 31" in told[0].raw


@pytest.mark.dovecot
def test_a_letter_in_the_inbox_that_was_passed_by_is_taken_in(place: Place):
    """Its number is lower than one that was read: no round looks there by numbers alone."""
    first, second, third = the_letters()
    place.account.drop(first)

    def judge(who: str, piece: bytes) -> str | None:
        return "cut" if who == "server" and b"eHh4" * 12 in piece else None

    place.imap_line.judge = judge
    place.round()
    place.account.drop(second, third)
    place.round()
    assert len(list(place.service.store.letters_in())) == 2
    place.imap_line.judge = None
    place.mailbox.close()
    from service.adapters.imap import ImapMailbox

    place.mailbox = ImapMailbox(place.imap)
    place.round()

    place.check()
    assert MARIA in {g[0] for g in place.handed}


@pytest.mark.dovecot
def test_the_daemon_says_when_the_mailbox_has_been_away_for_an_hour(place: Place):
    """Five minutes are no news, an hour is: to systemd, the log and `status --json`; then "recovered"."""
    from service.daemon import Daemon
    from service.usecases.status import status

    said: list[str] = []
    daemon = Daemon(place.service, said.append)

    def health() -> str:
        found = status(place.service.store, place.service.office.rules, place.clock)["health"]
        return str(found["state"])

    trouble = ("brevlådan: mail.example:993 går inte att nå",)
    states = []
    for minutes in (0, 4, 2, 30, 25, 10, 10):
        place.clock += timedelta(minutes=minutes)
        daemon._tell(trouble)
        states.append(health())
    assert states == ["ok", "ok", "away", "away", "broken", "broken", "broken"]
    daemon._tell(())
    assert health() == "ok"
    assert [line.split(" since ")[0] for line in said] == [
        "STATUS=away", "STATUS=broken", "STATUS=recovered",
    ]  # fmt: skip
    assert "mail.example:993" in said[1]
    json.dumps(status(place.service.store, place.service.office.rules, place.clock))

"""Servers that misbehave, on real sockets: each fault ends with everything done once.

Every fault is a row in one of the tables.  The same three letters come in while it lasts; then
it ends, and the records, the mailbox and each recipient's mail are what they would have been.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from service.adapters.database import StoreAway
from service.adapters.imap import ImapMailbox, ImapSettings
from service.adapters.smtp import SmtpCourier
from service.config import Config, Imap, Security
from service.daemon import Round, one_round
from service.wiring import Service, open_service
from tests.conftest import started
from tests.desk import NETWORK, local
from tests.faults.figures import count
from tests.faults.story import SECRETARY, letter
from tests.servers import Account, Dovecot, Post, Proxy

AT = "2027-01-11T10:05"
LENA, MATS = "lena.wikstrom@regionjh.example", "mats.hedin@regionjh.example"
PER, MARIA = "per.ahlstrom@regionjh.example", "maria.lundqvist@regionjh.example"
SURVIVED = "kinds of server fault survived"


def the_letters() -> list[bytes]:
    """A proposal with a big file, a proposal, and an absence that calls a substitute in."""
    at = "2027-01-11T10:00"
    proposal = "Jag vill ta upp köerna till BUP på mötet den 11 februari, 20 minuter.\n\nLena"
    return [
        letter(1, at, LENA, "Köerna till BUP", proposal, files=[("Bilaga.pdf", b"%PDF " + b"x" * 300_000)]),
        letter(2, at, PER, "Avtal", "Vi behöver besluta om avtalet om datadelning vid nästa möte.\n\nPer"),
        letter(3, at, MATS, "Förhinder", "Jag kan inte komma den 11 februari.\n\nMats"),
    ]


class Place:
    """The service with a line between it and each of its servers, and a clock that the test sets."""

    def __init__(
        self, folder: Path, account: Account, post: Post, url: str = "", handled: str = "Hanterat"
    ) -> None:
        self.account, self.post = account, post
        self.imap_line, self.smtp_line = Proxy(account.server.port), Proxy(post.port)
        self.imap: ImapSettings = account.settings(
            port=self.imap_line.port, read_timeout=1.0, connect_timeout=2.0, handled=handled
        )
        self.clock = local("2027-01-11 09:00")
        imap = Imap(host="127.0.0.1", port=self.imap.port, user=account.user, tls="none", handled=handled)
        config = Config(
            source=folder / "kallelse.toml",
            network=NETWORK,
            data=folder / "data",
            imap=imap,
            smtp=None,
            database_url=url or f"sqlite:///{folder / 'data' / 'kallelse.db'}",
            security=Security(),
        )
        self.folder = folder
        self._open = open_service(config, lambda: self.clock)
        self.service: Service = self._open.__enter__()
        self.mailbox = ImapMailbox(self.imap)
        self.courier = SmtpCourier(post.settings(port=self.smtp_line.port, timeout=1.0, patience=1.0))
        # Whatever the calendar has to say at first is not what is tested.
        self.round()
        self.clock = local(AT.replace("T", " "))
        self.before = len(post.messages)

    def close(self) -> None:
        self.mailbox.close()
        self.courier.close()
        self._open.__exit__(None, None, None)
        self.imap_line.close()
        self.smtp_line.close()

    def round(self) -> Round:
        return one_round(self.service, self.mailbox, self.courier)

    def later(self, **more: float) -> Round:
        """A round after some time has passed."""
        from datetime import timedelta

        self.clock += timedelta(**more)
        return self.round()

    @property
    def handed(self) -> Counter[tuple[str, str, str]]:
        """Who got what how often since the letters came: recipient, kind, Message-ID."""
        found: Counter[tuple[str, str, str]] = Counter()
        for posted in self.post.messages[self.before :]:
            message_id = re.search(rb"(?im)^message-id:\s*<([^>]+)>", posted.raw)
            assert message_id
            name = message_id[1].decode()
            found[(posted.recipients[0], name.partition(".")[0], name)] += 1
        return found

    def check(self, *, mail: bool = True, extra: int = 0) -> None:
        """Everything has been done, once; `extra` letters to the secretary tell of the fault itself."""
        world = self.service.store.world()
        titles = sorted(i.title for i in world.items.values() if not i.standing)
        assert len(titles) == 2, titles
        assert [p.person for p in world.presences.values()] == ["mats.hedin"]
        assert [c.person for c in world.called_in(next(iter(world.callins))[0])] == ["maria.lundqvist"]
        assert len(list(self.service.store.letters_in())) == 3
        assert self.service.store.unhandled() == []
        assert len(self.account.contents("Hanterat")) == 3
        assert self.account.contents() == []
        if not mail:
            return
        assert set(self.handed.values()) == {1}, self.handed
        got = Counter(recipient for recipient, _, _ in self.handed)
        assert got.pop(SECRETARY, 0) == extra
        assert got == {LENA: 1, PER: 1, MATS: 1, MARIA: 1}
        # And it stays so.
        self.later(minutes=5)
        assert sum(self.handed.values()) == 4 + extra


@pytest.fixture
def place(tmp_path: Path, dovecot: Account, smtp: Post) -> Iterator[Place]:
    with closing(Place(tmp_path, dovecot, smtp)) as found:
        yield found


# IMAP.  Each takes the place, makes the fault, and returns what ends it.
End = Callable[[], object]


def _refuses_connections(place: Place) -> End:
    place.imap_line.refusing = True
    place.imap_line.cut()
    return lambda: setattr(place.imap_line, "refusing", False)


def _falls_silent(place: Place) -> End:
    place.imap_line.stall()
    return place.imap_line.resume


def _stalls_in_a_literal(place: Place) -> End:
    """The first bytes of a big message come, and then nothing."""
    passed = [0]

    def judge(who: str, piece: bytes) -> str | None:
        if who == "server":
            passed[0] += len(piece)
        return "swallow" if who == "server" and passed[0] > 100_000 else None

    place.imap_line.judge = judge
    return lambda: setattr(place.imap_line, "judge", None)


def _hangs_up_in_a_literal(place: Place) -> End:
    def judge(who: str, piece: bytes) -> str | None:
        return "cut" if who == "server" and b"eHh4" * 12 in piece else None

    place.imap_line.judge = judge
    return lambda: setattr(place.imap_line, "judge", None)


def _says_bye(place: Place) -> End:
    """It says goodbye instead of every answer to FETCH."""

    def judge(who: str, piece: bytes) -> str | None:
        if who == "client" and b"FETCH" in piece:
            place.imap_line.inject(b"* BYE the server is going down\r\n")
            return "cut"
        return None

    place.imap_line.judge = judge
    return lambda: setattr(place.imap_line, "judge", None)


def _garbles(place: Place) -> End:
    place.imap_line.rewrite = lambda piece: piece.replace(b"FETCH", b"F\xff(CH").replace(b"OK", b"%%")
    return lambda: setattr(place.imap_line, "rewrite", None)


def _breaks_at_the_move(place: Place) -> End:
    """All is handled, and then the line breaks when it is to be put away."""

    def judge(who: str, piece: bytes) -> str | None:
        return "cut" if who == "client" and b"MOVE" in piece else None

    place.imap_line.judge = judge
    return lambda: setattr(place.imap_line, "judge", None)


def _does_not_say_that_it_moved(place: Place) -> End:
    """The messages are moved, and the answer is lost."""
    asked = [False]

    def judge(who: str, piece: bytes) -> str | None:
        asked[0] = asked[0] or (who == "client" and b"MOVE" in piece)
        return "cut" if who == "server" and asked[0] and b"OK" in piece else None

    place.imap_line.judge = judge
    return lambda: setattr(place.imap_line, "judge", None)


IMAP: dict[str, Callable[[Place], End]] = {
    "IMAP refuses connections": _refuses_connections,
    "IMAP falls silent": _falls_silent,
    "IMAP stalls in a literal": _stalls_in_a_literal,
    "IMAP hangs up in a literal": _hangs_up_in_a_literal,
    "IMAP says BYE": _says_bye,
    "IMAP talks nonsense": _garbles,
    "IMAP breaks at the MOVE": _breaks_at_the_move,
    "IMAP moves and does not say so": _does_not_say_that_it_moved,
}


@pytest.mark.dovecot
@pytest.mark.parametrize("fault", IMAP)
def test_a_mailbox_that_fails_is_caught_up_with(fault: str, place: Place):
    """While it lasts the rounds say what is away and do the rest; after it everything is done once."""
    place.account.drop(*the_letters())
    end = IMAP[fault](place)
    rounds = [place.later(minutes=1) for _ in range(2)]
    assert any(r.away for r in rounds) or place.mailbox.unreadable
    connections = place.imap_line.connections
    assert connections < 40, "the server is hammered"
    end()

    for _ in range(3):
        place.later(minutes=5)
    place.check()
    count(SURVIVED, 1, fault)


@pytest.mark.dovecot
def test_a_renumbered_mailbox_brings_no_letter_back(place: Place, dovecot: Account):
    """UIDVALIDITY changes while handled letters still lie in the inbox: they are known again."""
    place.account.drop(*the_letters())
    end = _breaks_at_the_move(place)
    place.round()
    assert len(dovecot.contents()) == 3
    end()
    maildir = dovecot.server.folder / "mail" / dovecot.user
    place.mailbox.close()
    for name in maildir.glob("dovecot*"):
        name.unlink()
    with dovecot.client(None) as client:
        before = client.select_folder("INBOX")[b"UIDVALIDITY"]
    time.sleep(1.1)

    for _ in range(2):
        place.later(minutes=5)
    assert before
    place.check()
    count(SURVIVED, 1, "IMAP changes UIDVALIDITY")


@pytest.fixture(scope="module")
def plain_dovecot() -> Iterator[Dovecot]:
    """A server that has neither MOVE nor IDLE nor UIDPLUS."""
    server = started(lambda: Dovecot(capability="IMAP4rev1 NAMESPACE"))
    yield server
    server.remove()


@pytest.mark.dovecot
def test_a_server_without_move_idle_and_uidplus_does_as_well(
    plain_dovecot: Dovecot, tmp_path: Path, smtp: Post
):
    """Letters are copied, marked and expunged; the watch polls."""
    with closing(Place(tmp_path, plain_dovecot.account(), smtp)) as place:
        place.account.drop(*the_letters())
        place.round()
        place.check()
    count(SURVIVED, 1, "IMAP has no MOVE")
    count(SURVIVED, 1, "IMAP has no IDLE")


@pytest.mark.dovecot
def test_a_server_that_promises_move_and_refuses_it_does_as_well(place: Place):
    """MOVE is answered with NO, and the letters are copied instead."""

    def rewrite(piece: bytes) -> bytes:
        return piece.replace(b"OK [COPYUID", b"NO [CANNOT_") if b"Move completed" in piece else piece

    place.account.drop(*the_letters())
    place.imap_line.rewrite = rewrite
    for _ in range(2):
        place.later(minutes=5)
    place.imap_line.rewrite = None
    place.later(minutes=5)
    place.check()
    count(SURVIVED, 1, "IMAP refuses MOVE")


@pytest.mark.dovecot
def test_a_message_that_cannot_be_had_is_told_after_three_rounds_and_not_forgotten(
    place: Place, tmp_path: Path
):
    """The other letters are not kept waiting, a new process goes on counting, and in the end it is read."""
    place.account.drop(*the_letters())

    def judge(who: str, piece: bytes) -> str | None:
        return "cut" if who == "server" and b"eHh4" * 12 in piece else None

    place.imap_line.judge = judge
    place.round()
    assert len(list(place.service.store.letters_in())) == 2
    for _ in range(3):
        # As a service that is started anew each time.
        place.mailbox.close()
        place.mailbox = ImapMailbox(place.imap)
        place.later(minutes=5)
    told = [g for g in place.handed if g[0] == SECRETARY]
    assert len(told) == 1
    place.imap_line.judge = None
    place.later(minutes=5)
    place.check(extra=1)
    count(SURVIVED, 1, "IMAP does not hand out one message")


# SMTP.


def _smtp_refuses_connections(place: Place) -> End:
    place.smtp_line.refusing = True
    place.smtp_line.cut()
    return lambda: setattr(place.smtp_line, "refusing", False)


def _smtp_falls_silent(place: Place) -> End:
    place.smtp_line.stall()
    return place.smtp_line.resume


def _greylists(place: Place) -> End:
    for address in (LENA, PER, MATS, MARIA):
        place.post.answers[address] = "451 4.7.1 Greylisted, come back later"
    return place.post.answers.clear


def _takes_no_mail(place: Place) -> End:
    place.post.at_mail = lambda _: "452 4.3.1 Insufficient system storage"
    return lambda: setattr(place.post, "at_mail", None)


def _dies_in_data(place: Place) -> End:
    def judge(who: str, piece: bytes) -> str | None:
        return "cut" if who == "server" and piece.startswith(b"354") else None

    place.smtp_line.judge = judge
    return lambda: setattr(place.smtp_line, "judge", None)


def _refuses_after_data(place: Place) -> End:
    place.post.at_data = lambda _: "451 4.3.0 Content filter is away"
    return lambda: setattr(place.post, "at_data", None)


SMTP: dict[str, Callable[[Place], End]] = {
    "SMTP refuses connections": _smtp_refuses_connections,
    "SMTP falls silent": _smtp_falls_silent,
    "SMTP answers 4xx to recipients": _greylists,
    "SMTP answers 4xx to the sender": _takes_no_mail,
    "SMTP answers 4xx to the letter": _refuses_after_data,
    "SMTP dies in DATA": _dies_in_data,
}


@pytest.mark.dovecot
@pytest.mark.parametrize("fault", SMTP)
def test_a_mail_server_that_fails_is_caught_up_with(fault: str, place: Place):
    """The letters are read meanwhile; when it is over each answer goes out once."""
    place.account.drop(*the_letters())
    end = SMTP[fault](place)
    for _ in range(3):
        place.later(minutes=1)
    assert len(list(place.service.store.letters_in())) == 3
    asked = len(place.post.commands) + place.smtp_line.connections
    # Again at once: nothing has waited long enough to be tried.
    place.round()
    assert len(place.post.commands) + place.smtp_line.connections - asked <= 2, "it retries without a pause"
    end()

    for _ in range(6):
        place.later(minutes=20)
    place.check()
    count(SURVIVED, 1, fault)


@pytest.mark.dovecot
def test_a_mail_server_that_is_away_is_told_of_and_so_is_a_mailbox_that_lets_nobody_in(place: Place):
    """`run --once` and the daemon's health hear of both, and a refused login is tried seldom."""
    place.account.drop(*the_letters())
    end = _smtp_refuses_connections(place)
    did = place.round()
    assert did.handled == 3
    assert did.post_away
    # Nothing is due for a minute, which says nothing about the server.
    assert place.round().post_away is None
    end()
    assert place.later(minutes=5).post_away == ""
    refused = ImapMailbox(dataclasses.replace(place.imap, password="fel"))
    with closing(refused):
        did = one_round(place.service, refused, place.courier)
    assert did.seldom
    assert did.away
    place.check()


@pytest.mark.dovecot
def test_a_refused_recipient_is_told_once_and_does_not_stop_the_others(place: Place):
    """550 for one: the secretary is told who was not reached, and the rest is delivered."""
    place.post.answers[MARIA] = "550 5.1.1 No such user"
    place.account.drop(*the_letters())
    for _ in range(3):
        place.later(minutes=20)

    got = Counter(recipient for recipient, _, _ in place.handed)
    assert got == {LENA: 1, PER: 1, MATS: 1, SECRETARY: 1}
    assert b"maria.lundqvist@regionjh.example" in place.post.to(SECRETARY)[-1]
    place.check(mail=False)
    count(SURVIVED, 1, "SMTP refuses some recipients")


def _silent_after_the_letter(place: Place, recipient: str) -> Callable[[], None]:
    """The server takes the letter to one recipient and never says so."""
    mine = [False]

    def judge(who: str, piece: bytes) -> str | None:
        if who == "client" and b"RCPT TO" in piece:
            mine[0] = recipient.encode() in piece
        if who == "server" and mine[0] and b"Queued" in piece:
            return "swallow"
        return None

    place.smtp_line.judge = judge
    return lambda: setattr(place.smtp_line, "judge", None)


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("answers", "times"), [("skicka igen", 2), ("1", 2), ("Nej, det kom fram.", 1), ("2", 1)]
)
def test_a_letter_in_doubt_is_sent_again_only_when_the_secretary_says_so(
    answers: str, times: int, place: Place
):
    """The server takes the letter and is silent: it is not sent blindly, she is asked, and decides."""
    end = _silent_after_the_letter(place, MARIA)
    place.account.drop(*the_letters())
    place.round()
    end()
    for _ in range(3):
        place.later(hours=1)
    to_maria = [(g, n) for g, n in place.handed.items() if g[0] == MARIA]
    assert [n for _, n in to_maria] == [1]
    assert place.service.store.counts()["outgoing"]["uncertain"] == 1

    from tests.faults.story import newest

    question = newest(place.post, SECRETARY, "ask")
    assert "Kom mejlet fram" in str(question["Subject"])
    place.account.drop(letter(4, "2027-01-11T15:00", SECRETARY, "", answers, answers=question))
    place.later(minutes=5)
    place.later(minutes=5)

    # The same Message-ID, so that her mail program can see that it is the same letter.
    assert {g: n for g, n in place.handed.items() if g[0] == MARIA} == {to_maria[0][0]: times}
    assert [q for q in place.service.store.awaiting() if q.kind == "uncertain"] == []
    if times == 1:
        count(SURVIVED, 1, "SMTP times out after DATA")


@pytest.mark.dovecot
def test_a_server_that_dies_with_every_letter_in_its_hands_leads_to_questions_and_no_doubles(place: Place):
    """Not even the questions get through while it lasts; afterwards each is asked, and nothing is resent."""

    def judge(who: str, piece: bytes) -> str | None:
        return "cut" if who == "server" and b"Queued" in piece else None

    place.smtp_line.judge = judge
    place.account.drop(*the_letters())
    for _ in range(3):
        place.later(minutes=10)
    place.smtp_line.judge = None
    for _ in range(6):
        place.later(hours=1)

    got = Counter(g[0] for g in place.handed.elements())
    questions = {name for to, _, name in place.handed if to == SECRETARY}
    assert {LENA: 1, PER: 1, MATS: 1, MARIA: 1}.items() <= got.items()
    assert len(questions) == 4
    assert place.service.store.counts()["outgoing"]["uncertain"] == 4
    place.check(mail=False)
    count(SURVIVED, 1, "SMTP dies after DATA")


# The database.


@pytest.mark.dovecot
def test_a_database_that_is_locked_is_waited_for(place: Place, tmp_path: Path):
    """Another program holds the file longer than we wait; nothing is lost when it lets go."""
    import sqlite3

    place.account.drop(*the_letters())
    with closing(sqlite3.connect(tmp_path / "data" / "kallelse.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreAway):
            place.round()
        other.execute("ROLLBACK")

    place.round()
    place.check()
    count(SURVIVED, 1, "database locked")


@pytest.mark.dovecot
def test_a_disk_that_is_full_is_waited_for(place: Place, tmp_path: Path):
    """SQLite's own limit of pages stands for the disk; when there is room again all is done once."""
    engine = place.service.store._engine
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    place.account.drop(*the_letters())
    for _ in range(2):
        with pytest.raises(StoreAway, match="full"):
            place.later(minutes=1)
    assert len(place.account.contents()) == 3
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")

    place.round()
    place.check()
    count(SURVIVED, 1, "disk full")


@pytest.mark.dovecot
@pytest.mark.postgres
@pytest.mark.parametrize("when", ["at once", "after the letter was handed over"])
def test_a_database_that_is_gone_for_a_while_is_waited_for(
    when: str, postgres_url: str, tmp_path: Path, dovecot: Account, smtp: Post
):
    """Also when it goes between the mail server's answer and our note of it: nothing is sent twice."""
    parts = urlsplit(postgres_url)
    if parts.port is None:
        pytest.skip("this PostgreSQL listens on no port")
    line = Proxy(parts.port)
    url = postgres_url.replace(f":{parts.port}/", f":{line.port}/")
    with contextlib.closing(line), closing(Place(tmp_path, dovecot, smtp, url)) as place:
        place.account.drop(*the_letters())

        def gone(_: Any = None) -> None:
            line.refusing = True
            line.cut()

        if when == "at once":
            gone()
        else:
            smtp.after_data = gone
        for _ in range(2):
            with pytest.raises(StoreAway):
                place.later(minutes=1)
        smtp.after_data = None
        line.refusing = False

        for _ in range(3):
            place.later(minutes=5)
        place.check()
    count(SURVIVED, 1, f"database gone {when}")


@dataclass
class _Rings:
    times: list[float]

    def __call__(self) -> None:
        self.times.append(time.monotonic())


@pytest.mark.dovecot
def test_an_idle_that_was_dropped_silently_is_found_out(place: Place):
    """Nothing passes and nothing is closed; the next renewal of IDLE finds out, and the bell rings again."""
    from service.adapters.imap import Watcher

    rings = _Rings([])
    watcher = Watcher(place.imap, rings, renew=0.5, first_pause=0.1)
    watcher.start()
    try:
        from tests.servers import wait_for

        wait_for(lambda: watcher.state == "idle", what="the watch")
        place.imap_line.stall()
        place.account.drop(*the_letters())
        wait_for(lambda: watcher.state == "away", 15, "that the silence is noticed")
        before = len(rings.times)
        place.imap_line.resume()
        wait_for(lambda: len(rings.times) > before, 15, "the bell")
    finally:
        watcher.stop()
        watcher.join(10)
    place.round()
    place.check()
    count(SURVIVED, 1, "IMAP drops IDLE silently")

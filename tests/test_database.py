"""The database: what is put in comes out again, once, whatever happens in between.

Each test runs on SQLite, and on PostgreSQL where it is installed.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from service.adapters.database import SqlStore, StoreAway, StoreError, codec, fingerprint, open_store
from service.adapters.database.book import together
from service.domain.agenda import Draft, FileRef, Item
from service.domain.intents import KINDS, Absence, Contact, Evidence, Intent, MeetingChange, Proposal
from service.domain.network import Audience, Forum, Meeting, Person, Principal, Seat, Term
from service.domain.world import (
    CallIn,
    Charter,
    Entity,
    FollowUp,
    Invitee,
    Presence,
    Priorities,
    StepDone,
    Tenure,
    World,
)
from service.usecases.office import Arrival, OpenQuestion, Option, Outbound, Undo
from service.usecases.outgoing import CalendarEntry, Recipient
from tests.servers import Postgres

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2027, 2, 4, 8, 0, tzinfo=STOCKHOLM)
FEBRUARY = date(2027, 2, 11)
CHARTER = Charter("Samverkan i Exempelbygd", "SIE", "sie@samverkan.example")
ASA = Person("asa.oberg", "Åsa Öberg", "asa@region.example", aliases=("asa.oberg@old.example",))
TO_ASA = Recipient("Åsa Öberg", "asa@region.example", "asa.oberg")


@pytest.fixture(scope="module")
def one_database(postgres_server: Postgres) -> str:
    """One PostgreSQL database, in which each test has a schema of its own: making one takes a while."""
    return postgres_server.database()


_schemas = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kallelse.db"
    made: str = request.getfixturevalue("one_database")
    return f"{made}{'&' if '?' in made else '?'}schema=test{next(_schemas)}"


@pytest.fixture
def opened(url: str) -> Iterator[Callable[..., SqlStore]]:
    """Opens the same database as often as one likes."""
    stores: list[SqlStore] = []

    def another(**options: Any) -> SqlStore:
        stores.append(open_store(url, now=lambda: NOW, **options))
        return stores[-1]

    yield another
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[..., SqlStore]) -> SqlStore:
    store = opened()
    with store.work() as book:
        book.put([CHARTER, ASA])
    return store


def arrival(
    words: str = "Jag kan inte komma.",
    *,
    uid: int = 0,
    message_id: str | None = "<1@region.example>",
    folder: str = "INBOX",
    validity: int = 7,
    trace: str = "",
) -> Arrival:
    lines = [
        *([f"Received: {trace}"] if trace else []),
        "From: asa@region.example",
        "Subject: =?utf-8?q?F=C3=B6rhinder?=",
        "Date: Thu, 4 Feb 2027 07:59:00 +0100",
        *([f"Message-ID: {message_id}"] if message_id else []),
        "",
        words,
        "",
    ]
    return Arrival("\r\n".join(lines).encode(), NOW, folder, validity, uid)


def a_meeting(day: date = FEBRUARY, **changes: Any) -> Meeting:
    start = datetime(day.year, day.month, day.day, 13, 0, tzinfo=STOCKHOLM)
    return dataclasses.replace(Meeting(day, start, start + timedelta(hours=2)), **changes)


def an_outbound(message_id: str = "<ack.1@samverkan.example>", **changes: Any) -> Outbound:
    return dataclasses.replace(
        Outbound(message_id, "ack", "absence", FEBRUARY, 1, TO_ASA, "Noterat", "Hej!", "<p>Hej!</p>", NOW),
        **changes,
    )


def posted(store: SqlStore, *letters: Outbound) -> list[int]:
    with store.work() as book:
        book.post(letters)
        return [found.number for letter in letters if (found := book.sent(letter.message_id))]


# Values as JSON.

moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
st.register_type_strategy(datetime, moments)
st.register_type_strategy(date, st.dates())
st.register_type_strategy(Intent, st.deferred(lambda: st.one_of([st.builds(kind) for kind in KINDS])))


@pytest.mark.parametrize("kind", [*get_args(Entity), *KINDS], ids=lambda kind: kind.__name__)
def test_every_entity_and_every_intent_comes_back_from_json_as_it_was(kind: type[Any]):
    """Nothing that the domain can say is lost or changed on paper, other intents inside it included."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.from_type(kind))
    def comes_back(value: Any) -> None:
        back = codec.loads(codec.dumps(value), ZoneInfo("UTC"))
        assert back == value
        assert type(back) is type(value)

    comes_back()


def test_the_undo_of_an_office_and_the_intent_of_that_name_are_told_apart():
    from service.domain.intents import Undo as UndoIntent

    value = (Undo(put_back=(ASA,)), UndoIntent(evidence=(Evidence("undo/says-wrong", "fel"),)))

    assert codec.loads(codec.dumps(value), STOCKHOLM) == value


def test_the_wall_clock_of_a_wish_stays_a_wall_clock():
    """A letter that moves a meeting names a local time, which no zone may shift."""
    wish = MeetingChange(meeting=FEBRUARY, action="move", start=datetime(2027, 2, 12, 9, 0))  # noqa: DTZ001

    assert codec.loads(codec.dumps(wish), STOCKHOLM) == wish


def test_what_a_newer_version_wrote_is_refused_by_name():
    with pytest.raises(StoreError, match="'Gavel'"):
        codec.loads('{"is":"Gavel"}', STOCKHOLM)
    with pytest.raises(StoreError, match="Term"):
        codec.loads('{"is":"Term","year":2027,"chair":null,"secretary":null,"gavel":1}', STOCKHOLM)


# The world.

DAYS = st.sampled_from([date(2027, m, 11) for m in (1, 2, 3)])
WHO = st.sampled_from(["asa.oberg", "bo.ek", "eva.lind"])
WORDS = st.text(max_size=20)
FILES = st.lists(st.builds(FileRef, st.just("a" * 64), WORDS, WORDS, st.integers(0, 9)), max_size=2).map(
    tuple
)
CONTACTS = st.none() | st.builds(Contact, WORDS, st.none(), st.none(), st.none())
ITEMS = st.builds(
    Item,
    id=st.sampled_from(["i1", "i2", "i3"]),
    meeting=st.none() | DAYS,
    title=WORDS,
    minutes=st.none() | st.integers(0, 120),
    presenter=CONTACTS,
    files=FILES,
    received=st.none() | moments,
    state=st.sampled_from(["proposed", "late"]),
)
ENTITIES: st.SearchStrategy[Entity] = st.one_of(
    st.builds(Person, WHO, WORDS, WORDS, WORDS, WORDS, st.lists(WORDS, max_size=3, unique=True).map(tuple)),
    st.builds(
        Tenure,
        st.sampled_from(["s1", "g1"]),
        st.sampled_from(["holder", "group-substitute"]),
        st.none() | WHO,
        DAYS,
        st.none() | DAYS,
    ),
    st.builds(Term, st.sampled_from([2027, 2028]), st.none() | WHO, st.none() | WHO),
    st.builds(Meeting, DAYS, moments, moments, place=WORDS, preparation=st.none() | moments),
    ITEMS,
    st.builds(
        Draft,
        st.sampled_from(["agenda", "minutes"]),
        DAYS,
        st.integers(1, 2),
        moments,
        lines=st.lists(ITEMS, max_size=2).map(tuple),
        text=WORDS,
        files=FILES,
        approved_at=st.none() | moments,
    ),
    st.builds(Presence, DAYS, WHO, st.sampled_from(["attending", "absent"]), WORDS, st.none() | moments),
    st.builds(CallIn, DAYS, st.sampled_from(["s1", "s2"]), st.none() | WHO, WORDS, WORDS),
    st.builds(Priorities, st.integers(2026, 2028), st.lists(WORDS, max_size=3).map(tuple)),
    st.builds(Invitee, DAYS, WORDS, st.sampled_from(["X@a.example", "x@A.example", "y@a.example"])),
    st.builds(
        FollowUp,
        DAYS,
        st.sampled_from(["a1", "a2"]),
        st.sampled_from(["open", "done"]),
        moments,
        WORDS,
        WORDS,
        st.none() | DAYS,
    ),
    st.builds(StepDone, DAYS, st.sampled_from(["call", "agenda"]), moments),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "put", "drop", "undo"]), st.lists(ENTITIES, min_size=1, max_size=4)),
    min_size=1,
    max_size=12,
)


def shelves(world: World) -> dict[str, Any]:
    """A world taken apart so that the order of each mapping counts too."""
    return {
        f.name: list(value.items()) if isinstance(value := getattr(world, f.name), dict) else value
        for f in dataclasses.fields(world)
    }


def test_the_world_in_memory_is_the_world_on_disk(opened: Callable[..., SqlStore]):
    """After any puts, drops and undos, a service that starts now sees what the running one sees, in order."""
    running = opened()
    with running.work() as book:
        book.put([CHARTER])

    @settings(max_examples=40, deadline=None)
    @given(STEPS)
    def agree(steps: list[tuple[str, list[Entity]]]) -> None:
        with running.work() as book:
            book.drop([e for shelf in list(shelves(book.world).values())[1:] for _, e in shelf])
        undos: list[Undo] = []
        for what, entities in steps:
            with running.work() as book:
                if what == "undo" and undos:
                    last = undos.pop()
                    book.drop(last.take_away)
                    book.put(last.put_back)
                else:
                    undos.append(book.put(entities) if what == "put" else book.drop(entities))
        starting = opened()
        assert shelves(starting.world()) == shelves(running.world())
        starting.close()

    agree()


def test_what_was_done_is_undone(store: SqlStore):
    """Taking back puts every entity as it was, and takes away what was new, across several changes."""
    with store.work() as book:
        book.put([a_meeting(), Presence(FEBRUARY, "asa.oberg", "attending")])
    before = store.world()
    number = store.keep([arrival()])[0]

    with store.work() as book:
        absent = Presence(FEBRUARY, "asa.oberg", "absent", "Jag kan inte komma.", NOW)
        book.remember_undo(number, book.put([absent, CallIn(FEBRUARY, "s1", "bo.ek")]))
        book.remember_undo(number, book.put([dataclasses.replace(absent, words="Jag är sjuk.")]))
        book.remember_undo(number, book.drop([CallIn(FEBRUARY, "s1", "bo.ek")]))
        book.settle(number, "acted", {"kind": "absence"}, sender="asa.oberg")
    with store.work() as book:
        assert book.latest_acted("asa.oberg") == number
        undo = book.undo_of(number)
        assert undo is not None
        book.drop(undo.take_away)
        book.put(undo.put_back)
        book.undone(number)

    assert store.world() == before
    with store.work() as book:
        assert book.undo_of(number) is None
        assert book.latest_acted("asa.oberg") is None


def test_of_two_undos_the_first_one_knows_how_it_was():
    was, became, is_now = (Term(2027, None, who) for who in ("asa.oberg", "bo.ek", "eva.lind"))

    assert together(Undo(put_back=(was,)), Undo(put_back=(became,))) == Undo(put_back=(was,))
    assert together(Undo(take_away=(became,)), Undo(put_back=(became,))) == Undo(take_away=(became,))
    assert together(Undo(put_back=(was,)), Undo(take_away=(is_now,))) == Undo(put_back=(was,))


def test_a_meeting_keeps_its_hour_on_the_wall_in_winter_and_summer(
    store: SqlStore, opened: Callable[..., SqlStore]
):
    """Day arithmetic needs the network's own zone, not UTC and not an offset."""
    with store.work() as book:
        book.put([a_meeting(date(2027, 1, 14)), a_meeting(date(2027, 7, 1))])

    for meeting in opened().world().meetings.values():
        assert meeting.start.tzinfo == STOCKHOLM
        assert (meeting.start.hour, meeting.day) == (13, meeting.key)
        assert (meeting.start + timedelta(days=180)).hour == 13


def test_a_time_given_in_utc_comes_back_in_the_networks_zone_at_once(store: SqlStore):
    """The world in memory says half past midnight on the twelfth, just as the one on disk will."""
    late = datetime(2027, 2, 11, 23, 30, tzinfo=UTC)
    with store.work() as book:
        book.put([Meeting(FEBRUARY, late, late + timedelta(hours=2))])

        assert book.world.meetings[FEBRUARY].day == date(2027, 2, 12)


def test_a_time_without_a_zone_is_refused(store: SqlStore):
    naive = datetime(2027, 2, 11, 13, 0)  # noqa: DTZ001

    with pytest.raises(ValueError, match="zone"), store.work() as book:
        book.put([Meeting(FEBRUARY, naive, naive)])


def test_when_the_network_moves_to_another_zone_its_meetings_are_told_in_it(store: SqlStore):
    with store.work() as book:
        book.put([a_meeting()])
        book.put([dataclasses.replace(CHARTER, timezone="Europe/Helsinki")])

    assert store.world().meetings[FEBRUARY].start.hour == 14


def test_the_charter_comes_back_whole(store: SqlStore, opened: Callable[..., SqlStore]):
    whole = dataclasses.replace(
        CHARTER,
        principals=(Principal("r", "Regionen"),),
        forums=(Forum("f", "Samverkansgruppen", "SVG"),),
        seats=(Seat("s1", "Områdeschef", "r", group="g1", preparation=True),),
        audiences=(Audience("Skolchefer", "skol@x.example", ("s1",)),),
        minutes_adjusted_by_chair=True,
    )
    with store.work() as book:
        book.put([whole])

    assert opened().world().charter == whole


def test_a_network_that_has_not_been_loaded_is_an_empty_world(opened: Callable[..., SqlStore]):
    world = opened().world()

    assert world.charter.name == ""
    assert not world.people
    assert world.zone == STOCKHOLM


def test_words_that_no_database_takes_are_made_storable(store: SqlStore, opened: Callable[..., SqlStore]):
    """A NUL or half a surrogate pair in a hostile subject must not stop the letter."""
    with store.work() as book:
        book.put([Item("i1", FEBRUARY, "Ärende\0 ett \ud83d", presenter=Contact("\0Bo\udc00"))])
        book.post([an_outbound(subject="Noterat: \0\ud83d")])
        book.note("x", detail="\0")
    number = store.keep([arrival()])[0]
    with store.work() as book:
        book.settle(number, "acted", {"text": "\0\ud83d"}, sender=None, note="\0")

    assert store.world().items["i1"].title == "Ärende� ett ?"
    assert shelves(opened().world()) == shelves(store.world())


# Turns.


def test_what_fails_leaves_nothing_behind(store: SqlStore, opened: Callable[..., SqlStore]):
    """Records, letters and the world in memory are as before the letter."""
    before = store.world()

    def fail() -> None:
        with store.work() as book:
            book.put([a_meeting()])
            book.post([an_outbound()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert store.world() is before
    assert opened().world() == before
    assert store.waiting(NOW) == []


def test_two_services_see_each_others_work(store: SqlStore, opened: Callable[..., SqlStore]):
    """`kallelse load` beside the running daemon: the daemon's next letter meets the new seats."""
    other = opened()
    assert other.world() == store.world()
    with store.work() as book:
        book.put([a_meeting()])
    with other.work() as book:
        assert FEBRUARY in book.world.meetings
        book.put([Term(2027, "asa.oberg", None)])

    assert 2027 in store.world().terms


def test_the_world_is_not_read_anew_for_every_letter(store: SqlStore):
    with store.work() as book:
        first = book.world
    with store.work() as book:
        assert book.world is first
    assert store.world() is first


def test_turns_are_taken_one_at_a_time(url: str, opened: Callable[..., SqlStore]):
    """Four writers that each add to what they found lose none of it."""
    opened()

    def count() -> None:
        with closing(open_store(url)) as mine:
            for _ in range(15):
                with mine.work() as book:
                    term = book.world.terms.get(2027, Term(2027, "0", None))
                    book.put([dataclasses.replace(term, chair=str(int(term.chair or 0) + 1))])

    writers = [threading.Thread(target=count) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert opened().world().terms[2027].chair == "60"


def test_work_within_work_is_a_fault_in_the_program_and_said_at_once(store: SqlStore):
    """It would otherwise wait for itself."""
    with store.work():
        with pytest.raises(RuntimeError, match="at work already"):
            store.keep([arrival()])
        assert store.unhandled() == []


def test_a_locked_database_is_away_and_then_serves(store: SqlStore, opened: Callable[..., SqlStore]):
    """Somebody else works for longer than we wait: nothing is lost, and the next try succeeds."""
    impatient = opened(patience=0.2)
    with store.work(), pytest.raises(StoreAway):
        impatient.keep([arrival()])

    assert impatient.keep([arrival()]) == [1]


# Letters in.


def test_a_letter_is_kept_once_however_often_it_is_seen(store: SqlStore):
    """By its place; by Message-ID and what it says; its new places are remembered."""
    assert store.keep([arrival(uid=5)]) == [1]
    assert store.keep([arrival(uid=5)]) == []
    assert store.keep([arrival(uid=9, trace="from list.example")]) == []
    assert store.keep([arrival(uid=1, folder="Skräp")]) == []
    assert store.high_uid("INBOX", 7) == 9
    assert store.high_uid("INBOX", 8) == 0
    assert store.counts()["incoming"]["received"] == 1


def test_a_copy_in_the_same_batch_is_kept_once(store: SqlStore):
    numbers = store.keep([arrival(uid=1), arrival("Annat.", uid=2, message_id="<2@x>"), arrival(uid=3)])

    assert numbers == [1, 2]
    assert store.high_uid("INBOX", 7) == 3


def test_after_a_change_of_uidvalidity_known_letters_are_known(store: SqlStore):
    """The server has numbered the mailbox anew: uid 5 may be another letter, and uid 6 the former."""
    store.keep([arrival(uid=5)])

    assert store.keep([arrival("Nytt.", uid=5, validity=8, message_id="<2@x>")]) == [2]
    assert store.keep([arrival(uid=6, validity=8)]) == []


def test_a_message_id_used_twice_hides_no_letter(store: SqlStore):
    """Some programs give every letter the same Message-ID; what it says differs."""
    assert store.keep([arrival("Ett.", uid=1), arrival("Två.", uid=2)]) == [1, 2]


def test_letters_without_message_id_are_told_apart_by_what_they_say(store: SqlStore):
    first, second = (arrival(words, message_id=None) for words in ("Ett.", "Två."))

    assert store.keep([first, second]) == [1, 2]
    assert store.keep([first, second]) == []


def test_the_raw_bytes_come_back_as_they_were(store: SqlStore):
    raw = bytes(range(256)) * 50
    number = store.keep([Arrival(raw, NOW)])[0]

    with store.work() as book:
        assert book.raw(number) == raw
        assert book.kept(number).arrived == NOW
        with pytest.raises(KeyError):
            book.raw(number + 1)
        with pytest.raises(KeyError):
            book.kept(number + 1)


def test_a_letter_is_handled_once_its_effects_are_saved_and_then_moved(store: SqlStore):
    numbers = store.keep([arrival(f"{n}", uid=n, message_id=f"<{n}@x>") for n in (1, 2, 3)])
    assert store.unhandled() == numbers
    assert store.unhandled(limit=2) == numbers[:2]
    assert store.to_move("INBOX", 7) == []

    with store.work() as book:
        book.settle(numbers[1], "noted", {"automatic": "bulk"}, sender=None)

    assert store.unhandled() == [numbers[0], numbers[2]]
    assert store.to_move("INBOX", 7) == [2]
    store.moved("INBOX", 7, [2])
    assert store.to_move("INBOX", 7) == []


def test_a_copy_of_a_handled_letter_is_moved_too(store: SqlStore):
    number = store.keep([arrival(uid=1)])[0]
    with store.work() as book:
        book.settle(number, "acted", None, sender="asa.oberg")
    store.keep([arrival(uid=2)])

    assert store.to_move("INBOX", 7) == [1, 2]


def test_failed_tries_are_counted_past_a_rollback(store: SqlStore):
    number = store.keep([arrival()])[0]

    assert [store.failed(number, "KeyError") for _ in range(3)] == [1, 2, 3]
    with store.work() as book:
        assert (book.kept(number).tries, book.kept(number).state) == (3, "kept")


# The fingerprint.


def test_trace_headers_folding_and_line_ends_do_not_change_a_fingerprint():
    """The same letter by another way has the same fingerprint."""
    plain = b"From: a@x.example\r\nSubject: Ett tv\xc3\xa5\r\nMessage-ID: <1@x>\r\n\r\nHej\r\nd\xc3\xa5\r\n"
    other = (
        b"Received: by mx\nReturn-Path: <a@x.example>\nmessage-id:\n <1@x>\nSUBJECT: Ett\n tv\xc3\xa5\n"
        b"from:  a@x.example\n\nHej\nd\xc3\xa5"
    )

    assert fingerprint(plain) == fingerprint(other)
    assert fingerprint(plain)[0] == "<1@x>"


@pytest.mark.parametrize("changed", [b"From: b@x", b"Date: y", b"Subject: T", b"\r\n\r\nHej."])
def test_what_a_letter_says_changes_its_fingerprint(changed: bytes):
    letter = b"From: a@x\r\nDate: x\r\nSubject: S\r\n\r\nHej"
    name = changed.partition(b":")[0] if b":" in changed else b"\r\n\r\n"
    start = letter.index(name)
    end = letter.find(b"\r\n", start + 4) if b":" in changed else len(letter)

    assert fingerprint(letter[:start] + changed + letter[end:])[1] != fingerprint(letter)[1]


@given(st.binary(max_size=300))
def test_any_bytes_have_a_fingerprint(raw: bytes):
    message_id, mark = fingerprint(raw)

    assert len(mark) == 64
    assert message_id is None or message_id


def test_a_header_that_never_ends_is_no_message_id():
    message_id, _ = fingerprint(b"Message-ID: " + b"x" * 100_000 + b"\r\n\r\nHej")

    assert message_id is not None
    assert len(message_id) < 1000


# Letters out.


def test_a_letter_comes_out_of_the_outbox_as_it_went_in(store: SqlStore):
    number = store.keep([arrival()])[0]
    letter = an_outbound(
        files=(FileRef("a" * 64, "Förslag.pdf", "application/pdf", 100),),
        calendar=CalendarEntry(
            "REQUEST", "m@x", 1, NOW, NOW, "Möte", "Rådhuset", "", "", "SIE", "sie@samverkan.example"
        ),
        thread=("<1@region.example>",),
        because_of=number,
    )
    posted(store, letter)

    (found,) = store.waiting(NOW)
    assert found == dataclasses.replace(letter, number=found.number)
    with store.work() as book:
        assert book.sent(letter.message_id) == found
        assert book.sent("<other@x>") is None
        assert book.mailing("absence", FEBRUARY) == [found]
        assert book.mailing("absence", FEBRUARY, version=2) == []


def test_the_same_message_id_is_never_in_the_outbox_twice(store: SqlStore):
    """A round that is done again after a crash writes the same letters."""
    posted(store, an_outbound(subject="Ett"), an_outbound(subject="Två"))
    posted(store, an_outbound(subject="Tre"))

    assert [letter.subject for letter in store.waiting(NOW)] == ["Ett"]


def test_each_answer_of_the_server_is_remembered(store: SqlStore):
    numbers = posted(store, *(an_outbound(f"<{n}@x>") for n in range(5)))
    store.sending(numbers)
    assert store.waiting(NOW) == []

    store.delivered(numbers[0], "250 ok", NOW)
    store.refused(numbers[1], "550 no such user", NOW)
    store.uncertain(numbers[2], "timeout after DATA", NOW)
    store.postponed(numbers[3], "451 later", NOW + timedelta(minutes=5))
    store.postponed(numbers[4], "connection refused", NOW + timedelta(minutes=1), counts=False)

    with store.work() as book:
        states = [(o.state, o.tries, o.answer) for o in book.mailing("absence", FEBRUARY)]
        assert book.sent("<0@x>").sent_at == NOW
    assert states == [
        ("sent", 1, "250 ok"),
        ("refused", 1, "550 no such user"),
        ("uncertain", 1, "timeout after DATA"),
        ("waiting", 1, "451 later"),
        ("waiting", 0, "connection refused"),
    ]
    assert store.waiting(NOW) == []
    assert [o.number for o in store.waiting(NOW + timedelta(minutes=1))] == [numbers[4]]
    assert [o.number for o in store.waiting(NOW + timedelta(minutes=5))] == numbers[3:]
    assert store.counts()["outgoing"] == {
        "waiting": 2, "sent": 1, "refused": 1, "uncertain": 1, "stopped": 0,
    }  # fmt: skip


def test_what_waits_for_someone_who_has_left_is_stopped(store: SqlStore):
    """What has been sent stays sent."""
    numbers = posted(
        store,
        an_outbound("<1@x>"),
        an_outbound("<2@x>"),
        an_outbound("<3@x>", to=Recipient("Bo", "bo@x.example", "bo.ek")),
    )
    store.sending(numbers[:1])
    store.delivered(numbers[0], "250", NOW)

    with store.work() as book:
        assert book.stop_waiting("asa.oberg", "has left") == 1
    assert [o.message_id for o in store.waiting(NOW)] == ["<3@x>"]


def test_what_waits_about_a_cancelled_meeting_is_stopped(store: SqlStore):
    posted(
        store,
        an_outbound("<1@x>", mailing="agenda"),
        an_outbound("<2@x>", mailing="reminder"),
        an_outbound("<3@x>", mailing="meeting-cancelled"),
        an_outbound("<4@x>", mailing="agenda", meeting=date(2027, 3, 11)),
    )

    with store.work() as book:
        assert book.stop_waiting_for(FEBRUARY, ["agenda", "reminder"], "cancelled") == 2
        assert book.sent("<1@x>").answer == "cancelled"
    assert [o.message_id for o in store.waiting(NOW)] == ["<3@x>", "<4@x>"]


def test_letters_that_a_killed_service_was_sending_wait_again_and_the_journal_says_so(
    store: SqlStore, opened: Callable[..., SqlStore]
):
    numbers = posted(store, an_outbound("<1@x>"), an_outbound("<2@x>"))
    store.sending(numbers)
    store.delivered(numbers[0], "250", NOW)

    after = opened()
    assert [o.message_id for o in after.interrupted()] == ["<2@x>"]
    assert [o.message_id for o in after.waiting(NOW)] == ["<2@x>"]
    assert after.interrupted() == []
    with after._reader.connect() as connection:
        lines = connection.execute(text("SELECT what, detail FROM journal")).all()
    assert len(lines) == 1
    assert "<2@x>" in lines[0].detail


def test_a_letter_that_another_service_has_taken_is_not_taken_again(
    store: SqlStore, opened: Callable[..., SqlStore]
):
    """Two services on PostgreSQL both saw it waiting; the second must look again."""
    other = opened()
    numbers = posted(store, an_outbound("<1@x>"), an_outbound("<2@x>"))
    store.sending(numbers[:1])

    with pytest.raises(StoreAway):
        other.sending(numbers)
    assert [o.number for o in other.waiting(NOW)] == numbers[1:]


# Questions, files, the journal.


def test_a_question_is_found_by_the_letter_that_asked_it_until_it_is_answered_and_after(store: SqlStore):
    number = store.keep([arrival()])[0]
    absence = Absence(person="asa.oberg", meetings=(FEBRUARY,), alternatives=(Proposal(title="Budget"),))
    question = OpenQuestion(
        "reading", number, "asa.oberg", TO_ASA, (Option("Du kan inte komma.", (absence,)), Option("Annat."))
    )
    with store.work() as book:
        book.ask(question, ["<ask.1@x>", "<ask.2@x>"])
    with store.work() as book:
        found = book.question_asked_in("<ask.2@x>")
        assert found == dataclasses.replace(question, number=found.number)
        assert book.open_questions() == book.open_questions(about=number) == [found]
        assert book.open_questions(about=number + 1) == []
        assert book.question_asked_in("<other@x>") is None
        assert store.awaiting() == [found]
        book.close(found, "1")
        assert book.open_questions() == []
        assert book.question_asked_in("<ask.1@x>").closed
    assert store.awaiting() == []


def test_content_is_stored_once(store: SqlStore):
    """The same report to forty recipients is one row."""
    content = os.urandom(100_000)
    with store.work() as book:
        first = book.add_file(content)
        assert book.add_file(content) == first
        assert book.file(first) == content
    with store.work() as book:
        assert book.add_file(content) == first
        with pytest.raises(KeyError):
            book.file("0" * 64)
    assert store.file(first) == content
    with pytest.raises(KeyError):
        store.file("0" * 64)
    with store._reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM blob")).scalar() == 1


def test_counts_tell_what_became_of_the_letters(store: SqlStore):
    numbers = store.keep([arrival(str(n), message_id=f"<{n}@x>") for n in range(5)])
    with store.work() as book:
        for number, state in zip(numbers, ["acted", "acted", "asked", "set-aside"], strict=False):
            book.settle(number, state, None, sender=None)

    assert store.counts()["incoming"] == {
        "received": 5, "acted": 2, "asked": 1, "failed": 1, "noted": 0, "kept": 1,
    }  # fmt: skip

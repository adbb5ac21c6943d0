"""Killed anywhere: a whole meeting on real servers, the process shot between any two steps.

`FAULTS=full` plays it often enough for more than two hundred kills on each database.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.figures import count
from tests.faults.kills import Killer, Played, compare, in_peace, killer, play
from tests.faults.running import Launcher
from tests.servers import Dovecot, Post, Postgres

Play = Callable[[Killer, str], Played]


@pytest.fixture(scope="module")
def playing(launcher: Launcher, dovecot_server: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Plays the meeting on servers of its own, on SQLite or at a database's URL."""

    def one(kill: Killer, url: str) -> Played:
        post = Post()
        try:
            return play(
                launcher, tmp_path_factory.mktemp("meeting"), dovecot_server.account(), post, url, kill
            )
        finally:
            post.stop()

    return one


@pytest.fixture(scope="module")
def peace(playing: Play) -> Played:
    """The meeting as it should be."""
    return playing(in_peace, "")


@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_killed_between_any_two_steps_nothing_is_lost_and_nothing_done_twice(
    database: str, playing: Play, peace: Played, full: bool, request: pytest.FixtureRequest
):
    """After all kills the records, the outbox, the mailbox and every recipient have what they should.

    Only in the window that SMTP leaves open, between the server's answer and our note of it, may a
    letter arrive twice: with the same Message-ID, and the journal says so.
    """
    assert len(peace.books.handed) >= 70
    assert {o[1] for o in peace.books.letters_out} >= {"call", "preparation", "agenda", "minutes", "call-in"}
    plays = 10 if full else 1
    server: Postgres | None = request.getfixturevalue("postgres_server") if database == "PostgreSQL" else None
    kills = 0
    for number in range(plays):
        # The short run visits another place each time that the table of steps changes.
        kill = killer(peace.steps, number, plays)
        played = playing(kill, server.database() if server else "")
        verdict = compare(peace.books, played)
        made = sum(played.kills.values())
        kills += made
        count("kills made", made, f"{database} and Dovecot")
        count("messages lost", verdict.lost)
        count("mailings doubled", verdict.doubled)
        count(
            "handed over twice in the window that SMTP leaves open, same Message-ID, told in the journal",
            verdict.excused,
        )
        assert (verdict.lost, verdict.doubled) == (0, 0), "\n".join((f"play {number}", *verdict.says))
    # Most runs that are to die do; one may be through before.
    assert kills >= (200 if full else 14)


def test_the_count_of_losses_can_fail(playing: Play, peace: Played):
    """A letter taken out of the books is missed, one handed over twice is seen, and so is a lost record."""
    first = next(iter(peace.books.handed))
    thief = Played(books=_without(peace, first))
    verdict = compare(peace.books, thief)

    assert verdict.lost == 1
    assert verdict.doubled == 1
    assert len(verdict.says) == 2


def _without(peace: Played, first: tuple[str, str]) -> object:
    import copy

    books = copy.copy(peace.books)
    books.handed = peace.books.handed.copy()
    del books.handed[first]
    second = next(iter(books.handed))
    books.handed[second] += 1
    return books

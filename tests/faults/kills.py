"""The kill test: a meeting is played, the process is killed again and again, and the books are compared.

The meeting is played once in peace, which counts the steps of each morning and says what
there is at the end.  Then it is played with kills: each morning's first run dies at a step that
moves from play to play, so that together they visit all parts of it, and the runs that
follow die at random steps until one comes through.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from service.adapters.database import open_store
from service.adapters.database.models import Journal, table_of
from service.domain.references import sealed
from tests.faults.running import Launcher, Ran
from tests.faults.story import MEETING
from tests.servers import Account, Post
from tests.settings import write_settings

# The meeting may take so many runs a morning before we say that it never comes through.
MOST_RUNS = 12


@dataclass
class Books:
    """What there is when a meeting has been played, without what is made up anew each time."""

    world: Any
    letters_in: list[tuple[Any, ...]]
    letters_out: Counter[tuple[Any, ...]]
    handled: list[str]
    left: list[str]
    # Message-ID -> how often each recipient was handed it.
    handed: Counter[tuple[str, str]]
    # Message-IDs of which the journal says that they may arrive twice.
    told: set[str]
    written: set[str]
    refused: set[str]


@dataclass
class Played:
    """A meeting that has been played."""

    books: Books
    steps: list[int] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    # Letters whose final dot had been said when the process was killed, before it had saved the answer.
    open_windows: int = 0


# Says before which step of a stage's so-manieth run to kill; None lets it live.
Killer = Callable[[int, int], int | None]


def in_peace(_stage: int, _run: int) -> None:
    return None


def play(launcher: Launcher, folder: Path, account: Account, post: Post, url: str, kill: Killer) -> Played:
    """Play the whole meeting; the servers must be new."""
    config = write_settings(folder, account.settings(), post.settings(), database=url)
    played = Played(books=None)  # type: ignore[arg-type]
    # One address does not exist; of that, too, the secretary is told once.
    post.answers["erik.jonsson@krokom.example"] = "550 5.1.1 No such user"
    for number, stage in enumerate(MEETING):
        account.drop(*stage.letters(post))
        for run in range(MOST_RUNS):
            ran = launcher.run(
                "--config",
                str(config),
                "run",
                "--once",
                "--at",
                stage.at,
                kill_at=kill(number, run) if run < MOST_RUNS - 3 else None,
            )
            if ran.status == -9:
                played.kills[_sort(ran.killed_before)] += 1
                played.open_windows += _in_the_window(ran)
                continue
            assert ran.status == 0, f"{stage.at}: {ran.status}\n{ran.words[-3000:]}"
            # PostgreSQL needs a moment to see that a service has died; its letters are sent by the next run.
            if not _at_rest(url or f"sqlite:///{folder}/data/kallelse.db"):
                continue
            if run == 0:
                played.steps.append(len(ran.steps))
                played.kinds.update(_sort(s) for s in ran.steps)
            break
        else:
            raise AssertionError(f"{stage.at}: not done after {MOST_RUNS} runs\n{ran.words[-3000:]}")
    played.books = books(url or f"sqlite:///{folder}/data/kallelse.db", account, post)
    return played


def _sort(step: str) -> str:
    """The kind of a step, for the table: "smtp answered", "sql INSERT"."""
    step = re.sub(r"\d+ bytes", "bytes", step)
    return " ".join(step.split()[:2])


def _in_the_window(ran: Ran) -> int:
    """Whether the process died between saying the final dot and the statement that saves the answer."""
    for step in reversed(ran.steps[:-1]):
        if step.startswith("smtp says the final dot"):
            return 1
        if step == "sql COMMIT" or step.startswith("smtp says"):
            return 0
    return 0


def _at_rest(url: str) -> bool:
    with closing(open_store(url)) as store:
        return store.counts()["outgoing"]["waiting"] == 0 and not store.unhandled()


# The reference of a draft, as its text shows it, made up anew each time.
_TOKEN = re.compile(r"([a-z-]+\.\d{4}-\d\d-\d\d\.\d+\.)(?:[a-z0-9]{64}|[a-z0-9]{12})\b")


def books(url: str, account: Account, post: Post) -> Books:
    """Look at everything there is."""
    with closing(open_store(url)) as store:
        letters_out = list(store.letters_out())
        letters_in = list(store.letters_in())
        # PostgreSQL does not use a number again that a kill has wasted.
        rank = {r.number: place for place, r in enumerate(letters_in, 1)}
        journal = table_of(Journal)
        with store._reader.connect() as connection:
            told = connection.execute(select(journal.c.detail).where(journal.c.what == "interrupted"))
            interrupted = {detail.split(" ")[0] for detail in told.scalars()}
        return Books(
            world=_renumbered(store.world(), rank),
            letters_in=[(r.message_id, r.state, r.sender, str(r.reading)) for r in letters_in],
            letters_out=Counter(
                (
                    o.what,
                    o.mailing,
                    o.meeting,
                    o.version,
                    o.to,
                    o.subject,
                    _TOKEN.sub(r"\1", o.text),
                    o.state,
                    rank.get(o.because_of or 0),
                )
                for o in letters_out
            ),
            handled=sorted(_id_of(raw) for raw in account.contents("Hanterat")),
            left=[_id_of(raw) for raw in account.contents()],
            handed=Counter(
                (recipient, sealed(_id_of(posted.raw)))
                for posted in post.messages
                for recipient in posted.recipients
            ),
            told=interrupted,
            written={sealed(o.message_id) for o in letters_out},
            refused={sealed(o.message_id) for o in letters_out if o.state == "refused"},
        )


def _renumbered(world: Any, rank: dict[int, int]) -> Any:
    """The world as it would be if letters had been numbered without gaps."""

    def item(one: Any) -> Any:
        if one.letter is None:
            return one
        index = one.id.partition(".")[2]
        return dataclasses.replace(one, letter=rank[one.letter], id=f"{rank[one.letter]}.{index}")

    items = [item(one) for one in world.items.values()]
    drafts = {
        key: dataclasses.replace(d, lines=tuple(item(x) for x in d.lines)) for key, d in world.drafts.items()
    }
    return dataclasses.replace(world, items={one.id: one for one in items}, drafts=drafts)


def _id_of(raw: bytes) -> str:
    found = re.search(rb"(?im)^message-id:\s*(<[^>]+>)", raw)
    assert found
    return found[1].decode()


@dataclass(frozen=True)
class Verdict:
    """What the kills have cost."""

    lost: int
    doubled: int
    # Doubled in the one window that SMTP leaves open, with the same Message-ID, and told in the journal.
    excused: int
    says: tuple[str, ...]


def compare(peace: Books, killed: Played) -> Verdict:
    """What is missing and what is too much after the kills, a line for each."""
    found = killed.books
    says: list[str] = []
    lost = doubled = 0
    missing, extra = peace.letters_out - found.letters_out, found.letters_out - peace.letters_out
    lost += sum(missing.values())
    doubled += sum(extra.values())
    says += [f"not written: {m[:6]}" for m in missing] + [f"written too much: {e[:6]}" for e in extra]
    handed = {message_id for _, message_id in found.handed}
    for message_id in found.written - handed - found.refused:
        lost += 1
        says.append(f"written and never handed over: {message_id}")
    for message_id in handed - found.written:
        doubled += 1
        says.append(f"handed over and not in the records: {message_id}")
    excused = 0
    for (recipient, message_id), times in found.handed.items():
        if times == 1:
            continue
        if message_id in found.told:
            excused += times - 1
        else:
            doubled += times - 1
            says.append(f"{recipient} got {message_id} {times} times, and the journal does not know")
    if excused > killed.open_windows:
        doubled += excused - killed.open_windows
        says.append(f"{excused} letters came twice, and only {killed.open_windows} kills can excuse it")
    if found.letters_in != peace.letters_in:
        lost += 1
        says.append(f"letters read otherwise: {found.letters_in} instead of {peace.letters_in}")
    if found.world != peace.world:
        lost += 1
        says.append("the records differ: " + ", ".join(_differing(peace.world, found.world)))
    if found.handled != peace.handled or found.left:
        lost += 1
        says.append(f"put away: {found.handled}, left in the inbox: {found.left}")
    return Verdict(lost, doubled, excused, tuple(says))


def _differing(one: Any, other: Any) -> Iterator[str]:
    for shelf in ("people", "tenures", "meetings", "items", "drafts", "presences", "callins", "steps"):
        if getattr(one, shelf) != getattr(other, shelf):
            yield shelf


def killer(steps: list[int], play_number: int, plays: int, again: float = 0.6) -> Killer:
    """Kills of one play among many: the first of each stage spread evenly, those after it at random.

    `again` is how likely it is that the run after a kill is killed, too.
    """
    dice = random.Random(play_number)

    def kill(stage: int, run: int) -> int | None:
        among = steps[stage]
        if run == 0:
            # Each stage begins elsewhere, so that a play does not visit the same part of all.
            place = ((play_number + 0.5) / plays + stage * 0.618) % 1
            return 1 + int(place * among)
        return dice.randint(1, among) if dice.random() < again else None

    return kill

"""One poisoned message, letter or step: it is set aside and told, and never stops the rest."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from service.domain.letters import Letter
from tests.faults.figures import count
from tests.faults.story import SECRETARY, letter
from tests.faults.test_servers import LENA, MARIA, MATS, PER, SURVIVED, Place, the_letters
from tests.servers import Account, Post


@pytest.fixture
def place(tmp_path: Path, dovecot: Account, smtp: Post) -> Iterator[Place]:
    with closing(Place(tmp_path, dovecot, smtp)) as found:
        yield found


def poison(place: Place, **parts: Any) -> None:
    """Put other parts into the office: the program's own fault, where no message is known to find one."""
    place.service = dataclasses.replace(
        place.service, office=dataclasses.replace(place.service.office, **parts)
    )


def messages(place: Place, recipient: str) -> list[EmailMessage]:
    found = []
    for raw in place.post.to(recipient):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


@pytest.mark.dovecot
@pytest.mark.parametrize("words_too", [False, True], ids=["reading fails", "repeating its words fails, too"])
def test_a_poisoned_message_is_set_aside_after_three_rounds_with_the_original(place: Place, words_too: bool):
    """The others are done in the first round; the secretary gets the original, byte for byte, once."""
    office = place.service.office
    poisoned = letter(9, "2027-01-11T09:59", PER, "Gift", "Den här går inte att läsa.")

    def read(one: Letter, surroundings: Any) -> Any:
        if one.subject == "Gift":
            raise RecursionError("maximum recursion depth exceeded")
        return office.read(one, surroundings)

    def render(mailing: str, facts: Any) -> Any:
        if words_too and facts.get("their_subject") == "Gift":
            raise ValueError("surrogates not allowed")
        return office.render(mailing, facts)

    poison(place, read=read, render=render)
    place.account.drop(poisoned, *the_letters())
    place.round()
    assert place.service.store.counts()["incoming"]["kept"] == 1
    assert {r for r, _, _ in place.handed} == {LENA, PER, MATS, MARIA}
    for _ in range(4):
        place.later(minutes=5)

    told = [m for m in messages(place, SECRETARY) if "åt sidan" in str(m["Subject"])]
    assert len(told) == 1
    originals = [part for part in told[0].iter_attachments() if part.get_filename() == "originalmejl.eml"]
    assert len(originals) == 1
    # Byte for byte, as Dovecot has it.
    assert originals[0].get_payload(decode=True) in place.account.contents("Hanterat")
    assert place.service.store.counts()["incoming"]["failed"] == 1
    assert len(place.account.contents("Hanterat")) == 4
    count(SURVIVED, 1, "a message that breaks the program")


@pytest.mark.dovecot
def test_a_letter_that_cannot_be_made_does_not_stop_those_behind_it(place: Place):
    """Its file is gone, say: three tries, then it is given up and the secretary told."""
    office = place.service.office

    def compose(one: Any, world: Any, file: Any) -> bytes:
        if one.to.address == PER:
            raise KeyError("0" * 64)
        return office.compose(one, world, file)

    poison(place, compose=compose)
    place.account.drop(*the_letters())
    place.round()
    assert {r for r, _, _ in place.handed} == {LENA, MATS, MARIA}
    for _ in range(4):
        place.later(minutes=10)

    told = [m for m in messages(place, SECRETARY) if "Kom inte fram" in str(m["Subject"])]
    assert len(told) == 1
    assert PER in str(told[0].get_body(("plain",)))
    assert place.service.store.counts()["outgoing"]["waiting"] == 0
    count(SURVIVED, 1, "a letter of ours that cannot be made")


@pytest.mark.dovecot
def test_a_step_that_fails_keeps_no_other_and_no_letter_from_being_done(place: Place):
    """The reminder of one meeting cannot be written; all else goes on, and the secretary is told."""
    from tests.desk import local

    office = place.service.office

    def render(mailing: str, facts: Any) -> Any:
        if mailing == "remind-call":
            raise ValueError("a template that is broken")
        return office.render(mailing, facts)

    poison(place, render=render)
    place.clock = local("2027-01-21 08:00")
    place.account.drop(*the_letters())
    did = place.round()
    assert any("kalendern" in line for line in did.away)
    assert LENA in {r for r, _, _ in place.handed}
    place.clock = local("2027-01-25 13:00")
    place.round()
    place.clock = local("2027-01-27 13:00")
    place.round()
    assert "preparation" in {what for _, what, _ in place.handed}
    told = [m for m in messages(place, SECRETARY) if "kunde inte göras" in str(m["Subject"])]
    assert len(told) == 1
    count(SURVIVED, 1, "a step that cannot be taken")

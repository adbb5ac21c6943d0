"""The table of who may cause what, on which proof."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from service.adapters.network_files import load_network
from service.domain import intents
from service.domain.intents import Intent
from service.domain.policy import TABLE, Power, Role, Trust, power_of, reason, role_of, verdict
from service.domain.world import Tenure, World
from service.usecases.load import align
from tests.settings import NETWORK

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)

PROPOSAL = intents.Proposal(title="Köerna")
APPROVAL = intents.Approval()
QUESTION = intents.Question()


@pytest.fixture(scope="module")
def world() -> World:
    entities = align(None, load_network(NETWORK), NOW.date()).put
    charter = next(e for e in entities if type(e).__name__ == "Charter")
    return World(charter=charter).put(entities)  # type: ignore[arg-type]


def test_the_table_has_a_word_for_every_case():
    """Every power, role and degree of proof is in it: nothing falls through."""
    assert set(TABLE) == set(get_args(Power))
    for roles in TABLE.values():
        assert set(roles) == set(get_args(Role))
        assert all(set(proofs) == set(get_args(Trust)) for proofs in roles.values())


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("power", [p for p in get_args(Power) if p != "harmless"])
def test_nothing_that_changes_anything_is_done_for_an_address_alone(power: Power, role: Role):
    """Without proof the secretary is asked, whoever it claims to be; disproved all the more."""
    assert TABLE[power][role]["none"] != "act"
    assert TABLE[power][role]["fail"] != "act"


@pytest.mark.parametrize("trust", get_args(Trust))
@pytest.mark.parametrize("role", ["outsider", "former"])
def test_an_outsider_changes_nothing_on_any_proof(role: Role, trust: Trust):
    """To be who one says is not to belong to the network."""
    for intent in (PROPOSAL, APPROVAL, intents.Absence(person=None), intents.Undo()):
        assert verdict(intent, role=role, trust=trust, speaker=None) != "act"


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("trust", ["none", "fail"])
def test_an_unproven_approval_is_never_one_digit_from_being_obeyed(role: Role, trust: Trust):
    """It is shown to the secretary, not offered her as a choice."""
    assert verdict(APPROVAL, role=role, trust=trust, speaker="ingrid.palm") == "hand-over"


@pytest.mark.parametrize("trust", ["pass", "unchecked"])
def test_members_and_substitutes_do_their_own_at_once(trust: Trust):
    """That is what the service is for."""
    for role in ("secretary", "chair", "member", "substitute"):
        assert verdict(PROPOSAL, role=role, trust=trust, speaker="lena.wikstrom") == "act"  # type: ignore[arg-type]


def test_a_forged_question_is_not_answered():
    """The answer would go to whoever the forger names."""
    assert verdict(QUESTION, role="member", trust="fail", speaker="lena.wikstrom") == "hand-over"
    assert verdict(QUESTION, role="outsider", trust="none", speaker=None) == "act"


@pytest.mark.parametrize(
    ("intent", "power"),
    [
        (intents.ContactChange(person="lena.wikstrom", email="ny@x.example"), "own"),
        (intents.ContactChange(person="erik.jonsson", email="ny@x.example"), "others"),
        (intents.Replacement(leaving="lena.wikstrom"), "own"),
        (intents.Replacement(leaving="erik.jonsson"), "others"),
        (intents.Absence(person="erik.jonsson"), "own"),
        (intents.Changes(), "decide"),
        (intents.MinutesFiled(), "decide"),
        (intents.Help(), "harmless"),
    ],
)
def test_somebody_elses_address_and_seat_are_not_ones_own(intent: Intent, power: Power):
    """A colleague may say who is ill; whose mail goes where the secretary confirms."""
    assert power_of(intent, "lena.wikstrom") == power


def test_roles_follow_the_day(world: World):
    """Secretary and chair change with the year; whoever has left is known, and has no say."""
    assert role_of(world, "ingrid.palm", NOW) == "secretary"
    assert role_of(world, "maria.lundgren", NOW) == "chair"
    assert role_of(world, "lena.wikstrom", NOW) == "member"
    assert role_of(world, "johan.edlund", NOW) == "substitute"
    assert role_of(world, "nobody", NOW) == "outsider"
    assert role_of(world, None, NOW) == "outsider"
    assert role_of(world, "ingrid.palm", NOW.replace(year=2026)) != "secretary"
    seat = next(t for t in world.tenures.values() if t.person == "camilla.rask")
    after = world.put([Tenure(seat.place, seat.role, "camilla.rask", seat.since, until=date(2027, 1, 1))])
    assert role_of(after, "camilla.rask", NOW) == "former"


@pytest.mark.parametrize("trust", get_args(Trust))
@pytest.mark.parametrize("role", get_args(Role))
def test_every_refusal_has_a_reason_in_plain_words(role: Role, trust: Trust):
    """No header's name and no English reaches the secretary."""
    said = reason(role, trust)
    assert said.endswith(".")
    assert not any(word in said.casefold() for word in ("dkim", "dmarc", "spf", "header", "fail", "auth"))

"""Whom the words mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from service.adapters.network_files import load_network
from service.domain.letters import Mailbox
from service.domain.network import Network
from service.interpretation.people import Mention, find_people, person_by_address
from service.interpretation.surroundings import Surroundings
from tests.test_rules import a_letter


@cache
def network() -> Network:
    return load_network(Path(__file__).parent / "network.toml")


def people_in(text: str, sender: str = "jonas.dahl@regionjh.example") -> tuple[Mention, ...]:
    letter = replace(a_letter(text), sender=Mailbox("", sender))
    now = datetime(2027, 4, 12, 10, tzinfo=network().timezone)
    return find_people(text, letter, Surroundings(network(), now))


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Lena Wikström kommer", "lena.wikstrom"),
        ("Wikström Lena kommer", "lena.wikstrom"),
        ("lena wikström kommer", "lena.wikstrom"),
        ("Lena kommer", "lena.wikstrom"),
        ("för Håkans del", "hakan.nilsson"),
        ("Lena Vikström kommer", "lena.wikstrom"),
        ("Hakan Nilsson kommer", "hakan.nilsson"),
        ("fråga Jonas", "jonas.dahl"),
        ("områdeschefen för primärvården", "annika.sjodin"),
        ("regionöverläkaren kommer", "karin.nystrom"),
        ("Maria Lundqvist kommer, Maria drar den", "maria.lundqvist"),
        ("Maria Lg eller KN kommer", "karin.nystrom"),
        ("skriv till erik.jonsson@krokom.example", "erik.jonsson"),
    ],
)  # fmt: skip
def test_someone_in_the_network_is_known(text: str, person: str) -> None:
    """By name, in either order, inflected, misspelt, by first name, seat, initials or address."""
    assert person in [m.person for m in people_in(text)]


def test_two_marias_are_left_open() -> None:
    """Nothing in the words says which, so both are candidates."""
    (maria,) = people_in("Maria kommer")

    assert maria.person is None
    assert set(maria.candidates) == {"maria.lundqvist", "maria.lundgren"}


def test_a_maria_who_is_ones_own_substitute_is_she() -> None:
    """When Mats writes "Maria går i mitt ställe" he means his own substitute."""
    (maria,) = people_in("Maria går i mitt ställe", sender="mats.hedin@regionjh.example")

    assert maria.person == "maria.lundqvist"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Maria på öppenvården drar.", "maria.lundqvist"),
        ("IFO-chefen Maria kommer.", "maria.lundgren"),
        ("Maria i Östersund vet mer.", "maria.lundgren"),
        ("Fråga Maria (enhetschef).", "maria.lundqvist"),
        ("Maria hos oss tar den.", "maria.lundqvist"),
    ],
)
def test_where_a_maria_works_tells_which(text: str, person: str) -> None:
    """Her title, her municipality, or that she works where the writer does."""
    people = people_in(text, sender="annika.sjodin@regionjh.example")

    assert [m.person for m in people if "Maria" in m.text] == [person]


@pytest.mark.parametrize(
    "text",
    [
        "Britta Näslund föredrar, britta.naslund@krokom.example.",
        "Anna Sjödin föredrar.",
        "Johan Dahl föredrar.",
        "Erik Johnsen, erik.johnsen@helse.example, föredrar.",
    ],
)
def test_another_first_name_is_another_person(text: str) -> None:
    """Britta Näslund is not Birgitta Åslund, however alike the letters are."""
    assert {m.person for m in people_in(text)} == {None}


def test_a_stranger_is_told_with_her_address() -> None:
    """Name and address belong together wherever they stand in the sentence."""
    people = people_in("Petra Hallin (bitr. skolchef) kommer, petra.hallin@herjedalen.example")

    assert people[0].contact is not None
    assert people[0].contact.name == "Petra Hallin"
    assert people[0].contact.email == "petra.hallin@herjedalen.example"


def test_a_name_may_have_little_words_in_it() -> None:
    """Henrik af Klercker is one person."""
    (henrik,) = people_in("Föredragande är Henrik af Klercker.")

    assert henrik.contact is not None
    assert henrik.contact.name == "Henrik af Klercker"


def test_another_lena_is_not_ours() -> None:
    """ "Lena Karlsson … Lena" is not Lena Wikström."""
    assert [m.person for m in people_in("Lena Karlsson på BUP ringde. Lena vill veta mer.")] == [None, None]


@pytest.mark.parametrize(
    "text", ["skolchef", "ny områdeschef primärvård", "Mini-Maria", "Nära Vård", "Region Jämtland"]
)
def test_what_is_no_person(text: str) -> None:
    """A bare title, a vacancy, a clinic, a programme."""
    assert [m.person for m in people_in(f"Det gäller {text} i länet.") if m.person] == []


def test_only_the_address_tells_who_wrote() -> None:
    """A display name proves nothing; an alias does."""
    assert person_by_address(network(), Mailbox("Lena Wikström", "ond@annan.example")) is None
    alias = person_by_address(network(), Mailbox("", "ANDERS@fors-familjen.example"))
    assert alias is not None
    assert alias.id == "anders.fors"

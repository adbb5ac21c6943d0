"""Which of the network's meetings a text means."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest

from service.adapters.network_files import load_network
from service.domain.network import Network
from service.interpretation.meetings import MeetingMention, find_meetings
from service.interpretation.surroundings import Surroundings
from tests.test_rules import a_letter


@cache
def network() -> Network:
    return load_network(Path(__file__).parent / "network.toml")


def meetings_in(
    text: str, now: str = "2027-04-12T10:00", thread: str | None = None
) -> tuple[MeetingMention, ...]:
    moment = datetime.fromisoformat(now).replace(tzinfo=network().timezone)
    about = network().meeting(date.fromisoformat(thread)) if thread else None
    return find_meetings(text, a_letter(text), Surroundings(network(), moment), about)


def keys(mentions: tuple[MeetingMention, ...]) -> list[str]:
    return [key.isoformat() for m in mentions for key in m.keys]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nästa möte", ["2027-04-22"]),
        ("nästa gång", ["2027-04-22"]),
        ("närmast kommande sammanträde", ["2027-04-22"]),
        ("mötet därefter", ["2027-06-03"]),
        ("det därpå följande", ["2027-06-03"]),
        ("strategidagen", ["2027-06-03"]),
        ("dagen i Ås", ["2027-06-03"]),
        ("septembermötet", ["2027-09-16"]),
        ("mötet i november", ["2027-11-25"]),
        ("till febuarimötet", ["2027-02-11"]),
        ("vårens sista möte", ["2027-06-03"]),
        ("höstens möten", ["2027-09-16", "2027-11-25"]),
        ("båda höstmötena", ["2027-09-16", "2027-11-25"]),
        ("de två nästa mötena", ["2027-04-22", "2027-06-03"]),
        ("v. 16", ["2027-04-22"]),
        ("den 22:a", ["2027-04-22"]),
        ("i september", ["2027-09-16"]),
        ("i maj", []),
        ("SVOM:s nästa möte", []),
        ("någon gång under hösten", []),
    ],
)  # fmt: skip
def test_meetings_by_name(text: str, expected: list[str]) -> None:
    """As they are called in April."""
    assert keys(meetings_in(f"Det gäller {text}.")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nästa års första sammanträde", ["2027-02-11"]),
        ("vårens första möte", ["2027-02-11"]),
        ("första mötet efter nyår", ["2027-02-11"]),
        ("alla möten i vår", ["2027-02-11", "2027-04-22", "2027-06-03"]),
    ],
)
def test_next_year_is_near_in_december(text: str, expected: list[str]) -> None:
    """In December "våren" is the one to come."""
    assert keys(meetings_in(text, now="2026-12-14T10:00")) == expected


def test_this_meeting_is_the_threads() -> None:
    """ "Det här mötet" in an answer to a letter about September is September's."""
    assert keys(meetings_in("på det här mötet", thread="2027-09-16")) == ["2027-09-16"]


def test_a_held_meeting_is_past() -> None:
    """ "I torsdags" after a meeting on Thursday names a meeting that is over."""
    (found,) = meetings_in("protokollet från i torsdags", now="2026-12-14T10:00")

    assert keys((found,)) == ["2026-12-10"]
    assert found.past


def test_a_meeting_on_a_day_without_one_is_doubted() -> None:
    """ "Mötet den 13 april": there is none."""
    (found,) = meetings_in("mötet den 13 april")

    assert found.conflict == "den 13/4 har vi inget möte"

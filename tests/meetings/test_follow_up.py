"""What a meeting leaves to be done: asked about until it is done, and told at the next meeting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, Got, only, to
from tests.meetings.test_minutes import SECRETARY, form_of, held, words_of

LENA = "lena.wikstrom@regionjh.example"
PER = "per.ahlstrom@regionjh.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """February's minutes are out: Lena sends the plan by 1 March, Per counts the costs with no day set."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        held(desk)
        form = form_of(desk)
        desk.at("2027-02-12 09:00")
        queue = form.number_of("Köerna till BUP")
        text = (
            f"{queue}. Köerna till BUP\nBeslut: Planen godkänns.\n"
            "Vem gör vad, till när: Lena Wikström skickar planen till skolcheferna senast den 1 mars\n"
            "Per Ahlström räknar på kostnaden\n"
        )
        shown = only(desk.mail("ingrid.palm", "", text, answers=form))
        desk.mail("ingrid.palm", "", "Ok", answers=shown)
        desk.got.clear()
        yield desk


def asked(got: list[Got], address: str) -> Got:
    return only([g for g in to(got, address) if g.subject.startswith("Hur går det")])


def follow_up_of_april(desk: Desk) -> str:
    """What the next agenda says under the follow-up."""
    desk.at("2027-04-07 13:00")
    draft = only([g for g in desk.at("2027-04-12 08:00") if g.what == "agenda-draft"])
    return words_of(draft.file("Dagordning SamReKo 2027-04-22.pdf"))


def test_klart_closes_an_action_and_the_next_agenda_says_so(desk: Desk):
    """A week before its day Lena is asked; her one word is enough, and she is not asked again."""
    assert not [g for g in desk.at("2027-02-19 08:00") if "Hur går det" in g.subject]
    question = asked(desk.at("2027-02-22 08:00"), LENA)
    assert "skickar planen till skolcheferna, senast 1 mars 2027" in question.words.casefold()

    receipt = only(desk.mail("lena.wikstrom", "", "Klart!\n\nLena", answers=question))

    assert "Klart: skickar planen till skolcheferna" in receipt.words
    assert not [g for g in desk.at("2027-03-22 08:00") if g.to == LENA and "Hur går det" in g.subject]
    assert "Klart: Lena Wikström: skickar planen till skolcheferna" in follow_up_of_april(desk)


def test_a_new_day_is_kept_and_asked_about_again(desk: Desk):
    """She puts it off to April, and is asked a week before that day."""
    question = asked(desk.at("2027-02-22 08:00"), LENA)
    receipt = only(desk.mail("lena.wikstrom", "", "Blir klart först den 9 april.", answers=question))
    assert "senast 9 april 2027" in receipt.words

    assert not [g for g in desk.at("2027-03-22 08:00") if g.to == LENA and "Hur går det" in g.subject]
    assert "senast 9 april 2027" in asked(desk.at("2027-04-02 08:00"), LENA).words


def test_whoever_does_not_answer_is_asked_every_other_week(desk: Desk):
    """And the agenda shows it as open."""
    asked(desk.at("2027-02-22 08:00"), LENA)
    assert not [g for g in desk.at("2027-03-02 08:00") if g.to == LENA and "Hur går det" in g.subject]

    late = asked(desk.at("2027-03-08 08:00"), LENA)

    assert "dagen har passerat" in late.words
    assert (
        "Lena Wikström: skickar planen till skolcheferna, senast 1 mars 2027 (från mötet 11 februari 2027)"
        in (follow_up_of_april(desk))
    )


def test_what_has_no_day_is_asked_about_before_the_next_draft(desk: Desk):
    """Per's words stand in the follow-up."""
    question = asked(desk.at("2027-04-08 08:00"), PER)

    desk.mail("per.ahlstrom", "", "Jag väntar på siffror från ekonomiavdelningen.\n\nPer", answers=question)

    assert "Senaste besked, 8 april 2027: ”Jag väntar på siffror från ekonomiavdelningen.”" in (
        follow_up_of_april(desk)
    )


def test_an_absence_beside_the_answer_is_noted_too(desk: Desk):
    """Nothing that a member writes is lost."""
    question = asked(desk.at("2027-02-22 08:00"), LENA)

    desk.mail(
        "lena.wikstrom", "", "Det är klart. Jag kan tyvärr inte komma den 22 april.\n\nLena", answers=question
    )

    assert desk.meeting("2027-04-22")["absent"] == ["lena.wikstrom"]
    assert [f.state for f in desk.world.followups.values()] == ["done"]


def test_angra_takes_the_answer_back(desk: Desk):
    """The task is open again."""
    question = asked(desk.at("2027-02-22 08:00"), LENA)
    receipt = only(desk.mail("lena.wikstrom", "", "Klart", answers=question))

    desk.mail("lena.wikstrom", "", "Ångra", answers=receipt)

    assert not desk.world.followups


def test_the_task_of_someone_who_has_left_is_the_secretarys_to_ask_about(desk: Desk):
    """Nobody who has left is written to."""
    desk.mail("lena.wikstrom", "Slutar", "Jag slutar den 15 februari. Ingen efterträdare är utsedd.\n\nLena")

    got = desk.at("2027-02-22 08:00")

    assert not to(got, LENA)
    assert "Lena Wikström: skickar planen" in asked(got, SECRETARY).words


def test_what_went_to_svom_is_followed_up(tmp_path: Path):
    """The secretary's answer to the list of referrals stands on the next agenda."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.mail(
            "per.ahlstrom",
            "Ersättning för placerade barn",
            "Hej! Jag föreslår att vi tar upp ersättningen för placerade barn den 11 februari och att "
            "frågan sedan lyfts till SVOM för beslut. 15 min.\n\nPer",
        )
        desk.at("2027-01-27 13:00")
        draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
        desk.mail("ingrid.palm", "", "Ok", answers=draft)
        desk.at("2027-02-04 08:00")
        desk.at("2027-02-11 15:00")
        listed = next(g for g in desk.at("2027-02-12 09:00") if "föra vidare" in g.subject)

        desk.mail("ingrid.palm", "", "Tas upp på SVOM:s möte den 12 mars.", answers=listed)

        text = follow_up_of_april(desk)
        assert "Till SVOM: Ersättning" in text
        assert "Tas upp på SVOM:s möte den 12 mars." in text

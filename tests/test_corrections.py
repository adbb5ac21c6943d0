"""Readings that their senders or the secretary put right: carried out, and kept for the next rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from service.domain.intents import Absence, Intent
from service.usecases.correcting import corrected, listed
from service.usecases.office import Correction
from tests.desk import Desk, Got, only, to

FEBRUARY, APRIL = "2027-02-11", "2027-04-22"
LENA = "lena.wikstrom@regionjh.example"
SECRETARY = "ingrid.palm@regionjh.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Early January, with the call for matters to February's meeting sent."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.got.clear()
        yield desk


def kept(desk: Desk) -> list[Correction]:
    """The corrections as `kallelse corrections` lists them."""
    with desk.service.store.work() as book:
        return listed(book.corrections())


def days(intent: Intent) -> list[str]:
    assert isinstance(intent, Absence)
    return [d.isoformat() for d in intent.meetings]


def away_in_february(desk: Desk) -> Got:
    got = desk.mail("lena.wikstrom", "Förhinder", "Hej! Jag kan tyvärr inte komma den 11 februari. /Lena")
    return only(to(got, LENA))


@pytest.mark.parametrize(
    "words",
    [
        "Nej, mötet i april.",
        "Nej, det gällde aprilmötet.",
        "Fel möte! Jag menade den 22 april. /Lena",
        "Nej, inte den 11 februari utan den 22 april",
        "Ångra. Det är mötet i april jag inte kan komma på.",
        "Det ska vara den 22 april",
    ],
)
def test_a_receipt_is_corrected_by_naming_the_right_meeting(desk: Desk, words: str):
    """What was done for February is undone, the substitute told, and the same done for April."""
    receipt = away_in_february(desk)

    got = desk.mail("lena.wikstrom", "", words, answers=receipt)

    assert desk.meeting(FEBRUARY)["absent"] == []
    assert desk.meeting(APRIL)["absent"] == ["lena.wikstrom"]
    told = only(to(got, LENA)).words
    assert "för mötet torsdag 11 februari 2027 är taget tillbaka" in told
    assert "Du kan inte vara med på mötet torsdag 22 april 2027" in told
    assert [g.subject for g in to(got, "johan.edlund@regionjh.example")] == [
        "Du behöver inte komma som ersättare 11 februari 2027",
        "Du är kallad som ersättare: SamReKo 22 april 2027",
    ]
    correction = only(kept(desk))  # type: ignore[arg-type]
    assert (days(correction.read[0]), days(correction.meant[0])) == ([FEBRUARY], [APRIL])
    assert (correction.by, correction.how) == ("lena.wikstrom", "undone")


def test_a_no_without_more_is_asked_about(desk: Desk):
    """Nothing is dropped in silence: the sender chooses to take it back or to let it be."""
    receipt = away_in_february(desk)

    question = only(desk.mail("lena.wikstrom", "", "Nej!", answers=receipt))
    assert question.what == "ask"
    assert desk.meeting(FEBRUARY)["absent"] == ["lena.wikstrom"]

    got = desk.mail("lena.wikstrom", "", "1", answers=question)
    assert desk.meeting(FEBRUARY)["absent"] == []
    assert "taget tillbaka" in only(to(got, LENA)).words


def test_thanks_for_a_receipt_correct_nothing(desk: Desk):
    """ "Nej tack" and a date in a greeting are no corrections."""
    receipt = away_in_february(desk)

    assert desk.mail("lena.wikstrom", "", "Nej tack, det var bra så!", answers=receipt) == []
    assert desk.mail("lena.wikstrom", "", "Tack! Då ses vi den 22 april.", answers=receipt) == []
    assert desk.meeting(FEBRUARY)["absent"] == ["lena.wikstrom"]
    assert kept(desk) == []


def test_nobody_corrects_somebody_elses_receipt(desk: Desk):
    """A receipt that has been passed on changes nothing in another's name."""
    receipt = away_in_february(desk)

    desk.mail("mats.hedin", "", "Nej, mötet i april.", answers=receipt)

    assert desk.meeting(FEBRUARY)["absent"] == ["lena.wikstrom"]
    assert kept(desk) == []


def test_an_undoing_and_the_wish_that_follows_are_kept_together(desk: Desk):
    """Taken back in one letter and said anew in the next, in answer to the receipt."""
    receipt = away_in_february(desk)
    undone = only(to(desk.mail("lena.wikstrom", "", "Ångra", answers=receipt), LENA))
    assert kept(desk) == []

    desk.mail("lena.wikstrom", "", "Jag kommer bara en halvtimme sent den 11 februari.", answers=undone)

    correction = only(kept(desk))  # type: ignore[arg-type]
    assert isinstance(correction.read[0], Absence)
    assert isinstance(correction.meant[0], Absence)
    assert (correction.read[0].extent, correction.meant[0].extent) == ("whole", "late")


def test_a_change_of_mind_is_no_correction(desk: Desk):
    """What is only taken back was perhaps understood rightly."""
    receipt = away_in_february(desk)

    desk.mail("lena.wikstrom", "", "Ångra", answers=receipt)
    desk.mail("lena.wikstrom", "Förhinder i april", "Jag kan inte komma den 22 april. /Lena")

    assert kept(desk) == []


UNSURE = "Jag kan nog inte komma torsdag den 12 februari. /Lena"


def asked(desk: Desk) -> Got:
    """A letter whose weekday contradicts its date is asked about."""
    question = only(desk.mail("lena.wikstrom", "Förhinder", UNSURE))
    assert question.what == "ask", question.words
    return question


def test_the_first_reading_confirmed_is_no_correction(desk: Desk):
    question = asked(desk)

    desk.mail("lena.wikstrom", "", "1", answers=question)

    assert kept(desk) == []


def test_another_reading_chosen_is_kept(desk: Desk):
    """ "Nej, mötet i april" in answer to a question settles it and is kept with the letter."""
    question = asked(desk)

    desk.mail("lena.wikstrom", "", "Nej, mötet i april.", answers=question)

    assert desk.meeting(APRIL)["absent"] == ["lena.wikstrom"]
    correction = only(kept(desk))  # type: ignore[arg-type]
    assert correction.how == "chosen"
    assert days(correction.meant[0]) == [APRIL]
    assert not [q for q in desk.service.store.awaiting() if q.kind == "reading"]


def test_a_question_answered_in_own_words_is_settled_and_kept(desk: Desk):
    """A whole new sentence is carried out, and the question no longer waits."""
    question = asked(desk)

    desk.mail(
        "lena.wikstrom", "", "Jag kan inte vara med på mötet den 22 april, menar jag.", answers=question
    )

    assert desk.meeting(APRIL)["absent"] == ["lena.wikstrom"]
    assert not [q for q in desk.service.store.awaiting() if q.kind == "reading"]
    assert days(only(kept(desk)).meant[0]) == [APRIL]  # type: ignore[arg-type]


PROPOSAL = "Hej! Jag vill ta upp tolkar i skolan på mötet den 11 februari. 20 minuter.\n\nSven Svensson"


def test_the_secretary_corrects_an_outsiders_wish_and_both_learn_what_was_done(desk: Desk):
    """ "Ja, men i april": it is put on April's list, and told her in the words of an ordinary receipt."""
    got = desk.mail("Sven Svensson <sven@tolkar.example>", "Tolkar i skolan", PROPOSAL)
    question = only(to(got, SECRETARY))

    got = desk.mail("ingrid.palm", "", "Ja, men på mötet i april.", answers=question)

    told = only(to(got, SECRETARY)).words
    assert "är anmält till mötet torsdag 22 april 2027" in told
    assert "är anmält till mötet torsdag 22 april 2027" in only(to(got, "sven@tolkar.example")).words
    correction = only(kept(desk))  # type: ignore[arg-type]
    assert (correction.by, correction.how) == ("ingrid.palm", "decided")


def test_a_refused_wish_was_not_misread(desk: Desk):
    """That the secretary says no says nothing about the reading."""
    got = desk.mail("Sven Svensson <sven@tolkar.example>", "Tolkar i skolan", PROPOSAL)

    desk.mail("ingrid.palm", "", "2", answers=only(to(got, SECRETARY)))

    assert kept(desk) == []


def test_filling_in_what_was_left_out_corrects_nothing():
    """An absence without a meeting was not misread when its sender says which."""
    read = Absence(person="lena.wikstrom", certain=False)
    meant = dataclasses.replace(read, meetings=(date(2027, 4, 22),))

    assert corrected((read,), (meant,)) is None


def test_a_correction_goes_with_its_letter(desk: Desk):
    """What was read and meant are words of the letter; when that is disposed of, they are too."""
    receipt = away_in_february(desk)
    desk.mail("lena.wikstrom", "", "Nej, mötet i april.", answers=receipt)
    number = only(kept(desk)).letter  # type: ignore[arg-type]

    desk.service.store.dispose([number])

    assert kept(desk) == []

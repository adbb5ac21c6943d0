"""Matters: proposed, taken back, added to, and the minutes handed in.

The letters are short and by other hands than those of tests/letters; people
are those of tests/network.toml, or invented.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from service.adapters.mime import parse
from service.adapters.network_files import load_network
from service.adapters.rule_files import load_rulebook, shipped_rules
from service.domain.intents import Intent, MinutesFiled, Proposal, Supplement, Withdrawal
from service.domain.network import Network
from service.interpretation.reading import read
from service.interpretation.rulebook import Rulebook
from service.interpretation.surroundings import Surroundings

HERE = Path(__file__).parent
CALL = "<call.2027-04-22.1.abcd1234@samverkan.example>"
ACK = "<ack.2027-04-22.1.abcd1234@samverkan.example>"
PEOPLE = {
    "lena": "Lena Wikström <lena.wikstrom@regionjh.example>",
    "erik": "Erik Jonsson <erik.jonsson@krokom.example>",
    "camilla": "Camilla Rask <camilla.rask@herjedalen.example>",
    "anders": "Anders Fors <anders.fors@ostersund.example>",
    "mats": "Mats Hedin <mats.hedin@regionjh.example>",
    "per": "Per Ahlström <per.ahlstrom@regionjh.example>",
    "birgitta": "Birgitta Åslund <birgitta.aslund@stromsund.example>",
    "annika": "Annika Sjödin <annika.sjodin@regionjh.example>",
    "maria": "Maria Lundgren <maria.lundgren@ostersund.example>",
    "ingrid": "Ingrid Palm <ingrid.palm@regionjh.example>",
    "stranger": "Rut Holm <rut.holm@annanstans.example>",
}


@cache
def network() -> Network:
    return load_network(HERE / "network.toml")


@cache
def rulebook() -> Rulebook:
    return load_rulebook(shipped_rules())


def intents(
    who: str, subject: str, words: str, *, answers: str | None = None, files: tuple[str, ...] = ()
) -> tuple[Intent, ...]:
    """What a letter of 10 March 2027 asks for; the next meeting is on 22 April."""
    message = EmailMessage()
    message["From"], message["To"] = PEOPLE[who], "samreko@samverkan.example"
    message["Subject"], message["Date"] = subject, "Wed, 10 Mar 2027 10:00:00 +0100"
    message["Message-ID"] = "<letter@regionjh.example>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(words)
    for name in files:
        message.add_attachment(name.encode(), maintype="application", subtype="pdf", filename=name)
    letter = parse(message.as_bytes())
    now = letter.date or datetime(2027, 3, 10, tzinfo=network().timezone)
    return read(letter, rulebook(), Surroundings(network(), now)).intents


def told(intent: Intent) -> dict[str, Any]:
    """A proposal's fields that say something."""
    assert isinstance(intent, Proposal)
    fields = {
        "title": intent.title,
        "type": intent.type,
        "minutes": intent.minutes,
        "presenter": intent.presenter.name if intent.presenter else None,
        "meeting": intent.meeting.isoformat() if intent.meeting else None,
        "forum": intent.forum,
        "attachments": list(intent.attachments),
    }
    return {name: value for name, value in fields.items() if value}


NEXT = "2027-04-22"


ASKED_ABOUT = {"Samverkan kring skyddat boende", "Glömde", "Punkt till strategidagen"}


@pytest.mark.parametrize(
    ("who", "subject", "words", "expected"),
    [
        (
            "lena",
            "Punkt till april",
            "Hej Ingrid!\n\nJag skulle vilja att vi tar upp hur vi samverkar kring barn med autism "
            "på nästa möte. "
            "Det är en diskussionspunkt, ca 25 min. Jag inleder.\n\nLena",
            {
                "title": "Hur vi samverkar kring barn med autism",
                "type": "discussion",
                "minutes": 25,
                "presenter": "Lena Wikström",
                "meeting": NEXT,
            },
        ),
        (
            "erik",
            "Samverkan kring skyddat boende",
            (
                "Hej,\n\nKan detta komma upp den 22 april? Vi behöver enas om rutinerna. 20 minuter "
                "räcker, jag föredrar."
            ),
            {
                "title": "Samverkan kring skyddat boende",
                "type": "decision",
                "minutes": 20,
                "presenter": "Erik Jonsson",
                "meeting": NEXT,
            },
        ),
        (
            "anders",
            "Ärende: Elevhälsans tillgång till journaler",
            "Vi behöver fatta beslut.",
            {"title": "Elevhälsans tillgång till journaler", "type": "decision"},
        ),
        (
            "maria",
            "Ang. dagordningen",
            (
                "Hej, glöm inte att sätta upp uppföljningen av utskrivningarna till april. Håkan drar "
                "den på tio min."
            ),
            {
                "title": "Uppföljningen av utskrivningarna",
                "minutes": 10,
                "presenter": "Håkan Nilsson",
                "meeting": NEXT,
            },
        ),
        (
            "camilla",
            "Önskemål",
            "Kan vi ägna en halvtimme åt unga på stan? Polisen, Jan Berg, kan komma och berätta.",
            {"title": "Unga på stan", "minutes": 30, "presenter": "Jan Berg"},
        ),
        (
            "ingrid",
            "Punkt",
            (
                'Karin ringde. Hon vill ha med "Vaccinationer i länet" som info den 22 april, 10 min, '
                "och drar den själv."
            ),
            {
                "title": "Vaccinationer i länet",
                "type": "information",
                "minutes": 10,
                "presenter": "Karin Nyström",
                "meeting": NEXT,
            },
        ),
        (
            "per",
            "SVOM",
            "Frågan om barnahusets finansiering behöver lyftas till SVOM. Kan vi bereda den på "
            "aprilmötet? 20 min, "
            "jag föredrar, beslut.",
            {
                "title": "Barnahusets finansiering",
                "type": "decision",
                "minutes": 20,
                "forum": "SVOM",
                "presenter": "Per Ahlström",
                "meeting": NEXT,
            },
        ),
        (
            "annika",
            "Samordnad individuell plan",
            "SIP var uppe i SVOM i förra veckan. Jag vill att vi tar tag i det. 20 min i april, diskussion.",
            {"title": "Samordnad individuell plan", "type": "discussion", "minutes": 20, "meeting": NEXT},
        ),
        (
            "mats",
            "En punkt till",
            "En sak till från mig till april: beroendemottagningens flytt. Bara info, 5 min.",
            {"title": "Beroendemottagningens flytt", "type": "information", "minutes": 5, "meeting": NEXT},
        ),
        (
            "lena",
            "agenda item",
            "Hi Ingrid,\n\nwould it be possible to add an item on waiting times for autism "
            "assessments to the April "
            "agenda? About 20 minutes, Johan Edlund will present. For discussion.",
            {
                "title": "Waiting times for autism assessments",
                "type": "discussion",
                "minutes": 20,
                "presenter": "Johan Edlund",
                "meeting": NEXT,
            },
        ),
        (
            "maria",
            "Glömde",
            "Hej igen! Glömde skriva att vi också behöver 15 min för att diskutera jouren. Håkan drar.",
            {"title": "Jouren", "type": "discussion", "minutes": 15, "presenter": "Håkan Nilsson"},
        ),
        (
            "anders",
            "Ej akut",
            (
                "När det finns plats på någon dagordning framöver: samverkan kring anpassad "
                "grundskola. Ingen brådska."
            ),
            {"title": "Samverkan kring anpassad grundskola"},
        ),
        (
            "maria",
            "Punkt till strategidagen",
            "Vi i IFO vill att eftermiddagen på strategidagen ägnas åt den nya lagen.",
            {"title": "Den nya lagen", "meeting": "2027-06-03"},
        ),
    ],
)
def test_a_member_writes_as_people_write(who: str, subject: str, words: str, expected: dict[str, Any]):
    """The matter is called what she calls it, and has what she says of it and no more."""
    (intent,) = intents(who, subject, words)

    assert told(intent) == expected
    # A title of one word, or one that only the subject gives, is asked about.
    assert intent.certain is (subject not in ASKED_ABOUT)


@pytest.mark.xfail(strict=True, reason="an indirect question after a dash is cut off; to be mended")
def test_an_answer_to_the_call_needs_no_word_that_asks():
    """Under our call for matters every line is one; the meeting is the thread's."""
    (intent,) = intents(
        "lena",
        "Sv: Ärenden till SamReKo",
        "Självskada – vad gör vi i övergången? Diskussion, 30 min, Johan Edlund.",
        answers=CALL,
    )

    assert told(intent) == {
        "title": "Självskada – vad gör vi i övergången",
        "type": "discussion",
        "minutes": 30,
        "presenter": "Johan Edlund",
        "meeting": NEXT,
    }


def test_having_no_matters_proposes_none():
    """ "Inga ärenden härifrån" is an answer, not a matter."""
    assert not any(
        isinstance(i, Proposal)
        for i in intents("erik", "Sv: Ärenden", "Inga ärenden härifrån.", answers=CALL)
    )


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (
            (
                "Hej\nFöljande önskas upp:\n- Vårdprogram för ätstörningar (info, 10 min)\n- Jouren på "
                "helger (20 min)\n"
            ),
            ["Vårdprogram för ätstörningar", "Jouren på helger"],
        ),
        (
            (
                "Dels vill jag informera om bemanningen (5 min), dels behöver vi diskutera "
                "transporterna (20 min)."
            ),
            ["Bemanningen", "Transporterna"],
        ),
        (
            (
                "Förslag: 1. Information om stödmaterialet, 10 min, jag. 2. Diskussion om placeringar, "
                "20 min, Birgitta Åslund."
            ),
            ["Stödmaterialet", "Placeringar"],
        ),
        (
            "För det första bör vi ta ställning till barnahuset. Beslut, 20 min. För det andra "
            "skulle jag vilja lyfta "
            "frågan om upphandling av tolkar.",
            ["Barnahuset", "Upphandling av tolkar"],
        ),
        (
            "Till mötet i april vill vi anmäla:\n\nSkyddat boende. Information. 10 minuter. Erik.\n\n"
            "Orosanmälningar. Diskussion. 15 minuter. Jag tar den.",
            ["Skyddat boende", "Orosanmälningar"],
        ),
    ],
)
def test_several_matters_in_one_letter_are_several_proposals(words: str, titles: list[str]):
    """In a list, in a line, in a sentence."""
    found = intents("mats", "Ärenden till april", words)

    assert [i.title for i in found if isinstance(i, Proposal)] == titles


def test_a_form_is_read_by_its_labels():
    """As some authorities cannot help writing."""
    (intent,) = intents(
        "camilla",
        "Ett ärende",
        "Ärende: Modersmålsstöd i glesbygd\nTyp av ärende: Information\nTid: 10 min\nMöte: 22 april 2027\n"
        "Föredragande: Göran Englund\nE-post: goran.englund@herjedalen.example\n",
    )

    assert told(intent) == {
        "title": "Modersmålsstöd i glesbygd",
        "type": "information",
        "minutes": 10,
        "presenter": "Göran Englund",
        "meeting": NEXT,
    }
    assert isinstance(intent, Proposal)
    assert intent.presenter is not None
    assert intent.presenter.email == "goran.englund@herjedalen.example"


def test_a_bare_forward_means_the_mail_that_it_forwards():
    """Title, presenter and time are taken from there."""
    (intent,) = intents(
        "birgitta",
        "VB: Nya föreskrifter om placerade barn",
        "Hej, kan vi ta upp detta i april?\n\nBirgitta\n\nFrån: Anna Berg <anna.berg@verket.example>\n"
        "Skickat: den 8 mars 2027 09:00\nTill: Birgitta Åslund\nÄmne: Nya föreskrifter om placerade barn\n\n"
        "Hej! Nu gäller nya föreskrifter. Jag berättar gärna mer, det tar 20 minuter.\n\nAnna Berg",
    )

    assert told(intent) == {
        "title": "Nya föreskrifter om placerade barn",
        "minutes": 20,
        "presenter": "Anna Berg",
        "meeting": NEXT,
    }


def test_a_title_that_had_to_be_guessed_is_asked_about():
    """A wrong title on the agenda is worse than a question."""
    (intent,) = intents(
        "mats",
        "Ärende",
        (
            "Samverkan vid utskrivning fungerar inte. Patienter blir kvar och vi får kritik. Detta "
            "måste vi prata om."
        ),
    )

    assert isinstance(intent, Proposal)
    assert not intent.certain
    assert intent.doubt


def test_nothing_is_certain_from_a_stranger():
    """The secretary is asked."""
    found = intents("stranger", "Förslag", "Jag skulle vilja att ni tog upp unga brottsoffer på nästa möte.")

    assert [i.kind for i in found] == ["proposal"]
    assert not found[0].certain


@pytest.mark.parametrize(
    ("who", "subject", "words", "answers", "title"),
    [
        (
            "erik",
            "Ärendet om familjehem",
            "Hej! Jag vill dra tillbaka ärendet, det löste sig i går.",
            None,
            "Familjehem",
        ),
        (
            "camilla",
            "Sv: Mottaget: Närvaroteam",
            "Ni kan stryka den här, vi tar det internt.",
            ACK,
            None,
        ),
        (
            "per",
            "Återkallelse",
            "Jag återkallar härmed min anmälan avseende hjälpmedel i skolan.",
            None,
            "Hjälpmedel i skolan",
        ),
        (
            "maria",
            "SV: Våra ärenden",
            "Av våra tre ärenden kan Enkät till familjehem strykas.",
            None,
            "Enkät till familjehem",
        ),
    ],
)
def test_a_matter_is_taken_back(who: str, subject: str, words: str, answers: str | None, title: str | None):
    """By its name, or by the thread's."""
    found = intents(who, subject, words, answers=answers)

    assert [i.title for i in found if isinstance(i, Withdrawal)] == [title]
    assert not any(isinstance(i, Proposal) for i in found)


@pytest.mark.parametrize(
    ("subject", "words", "answers", "title"),
    [
        (
            "Komplettering",
            "Här kommer PM:et till ärendet Finansiering av barnahus.",
            None,
            "Finansiering av barnahus",
        ),
        ("Statistik", "Som utlovat kommer här statistiken till punkten om väntetider.", None, "Väntetider"),
        ("Sv: Mottaget: Läkarintyg", "Glömde bilagan!", ACK, None),
    ],
)
def test_material_sent_afterwards_is_a_supplement(
    subject: str, words: str, answers: str | None, title: str | None
):
    """Not a new matter, although it speaks of one."""
    found = intents("per", subject, words, answers=answers, files=("PM.pdf",))

    assert [(i.title, i.attachments) for i in found if isinstance(i, Supplement)] == [(title, ("PM.pdf",))]
    assert not any(isinstance(i, Proposal) for i in found)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Minnesanteckningar",
            "Hej! Bifogar minnesanteckningarna från februarimötet. Kan skickas till alla.",
        ),
        ("Protokoll för distribution", "Nu är protokollet justerat. Var vänlig distribuera."),
    ],
)
def test_the_secretary_hands_in_the_minutes(subject: str, words: str):
    """Of the meeting that is named, else of the one held last."""
    (intent,) = intents("ingrid", subject, words, files=("Protokoll.pdf",))

    assert isinstance(intent, MinutesFiled)
    assert intent.meeting is not None
    assert intent.meeting.isoformat() == "2027-02-11"
    assert intent.attachments == ("Protokoll.pdf",)
    assert intent.certain


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("camilla", "Hej! När kommer protokollet från februari?"),
        ("lena", "Hur gör man om man vill få upp något på dagordningen?"),
        ("erik", "Tack för ett bra möte!"),
    ],
)
def test_speaking_of_matters_and_minutes_is_no_matter(who: str, words: str):
    """A question stays a question and thanks stay thanks."""
    assert {i.kind for i in intents(who, "Hej", words)} <= {"question", "help", "courtesy"}

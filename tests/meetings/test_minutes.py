"""The minutes: on the form, in a mail or finished; adjusted by the chair; followed up at the next meeting."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from tests.desk import NETWORK, Desk, Got, only, to

SECRETARY = "ingrid.palm@regionjh.example"
CHAIR = "maria.lundgren@ostersund.example"
PDF = "Protokoll SamReKo 2027-02-11.pdf"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        yield held(desk)


@pytest.fixture
def adjusted(tmp_path: Path) -> Iterator[Desk]:
    """A network whose chair adjusts the minutes."""
    network = tmp_path / "network.toml"
    text = NETWORK.read_text("utf-8")
    text = text.replace("[network]\n", "[network]\nminutes_adjusted_by_chair = true\n", 1)
    network.write_text(text, "utf-8")
    with Desk(tmp_path, "2027-01-07 09:00", network=network) as desk:
        yield held(desk)


def held(desk: Desk) -> Desk:
    """The meeting of February, with a matter of Lena's, has just ended."""
    desk.work()
    desk.mail(
        "lena.wikstrom",
        "Köerna till BUP",
        "Hej! Jag vill ta upp köerna till BUP på mötet den 11 februari, 20 minuter, för beslut.\n\nLena",
    )
    desk.at("2027-01-27 13:00")
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    desk.at("2027-02-04 08:00")
    return desk


def form_of(desk: Desk) -> Got:
    return only([g for g in desk.at("2027-02-11 15:00") if "Underlag för protokoll" in g.subject])


def words_of(pdf: bytes) -> str:
    return " ".join("\n".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages).split())


def filled(form: Got, title: str, **lines: str) -> bytes:
    """The Word form with lines filled in under a matter, as the secretary would in Word."""
    name = next(n for n in form.files if n.endswith(".docx"))
    document = docx.Document(io.BytesIO(form.file(name)))
    under = False
    for paragraph in document.paragraphs:
        if str(paragraph.style.name if paragraph.style else "").startswith("Heading"):
            under = paragraph.text.endswith(title)
        for label, said in lines.items():
            if under and paragraph.text.startswith(label.replace("_", " ")):
                paragraph.add_run(said)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def test_the_filled_word_form_becomes_minutes_with_decisions_and_actions(desk: Desk):
    """What stands under the matters is read, numbered and sent as a PDF; the form itself is not sent."""
    form = form_of(desk)
    content = filled(
        form,
        "Köerna till BUP",
        Om_ärendet="Lena redovisar kötiderna.",
        Beslut="SamReKo ställer sig bakom handlingsplanen.",
        Vem_gör_vad="Lena skickar planen till skolcheferna senast den 1 mars",
    )
    desk.at("2027-02-15 09:00")

    shown = only(desk.mail("ingrid.palm", "", "Här är mallen ifylld.", answers=form,
                           files=[("Protokollsmall SamReKo 2027-02-11.docx", content)]))  # fmt: skip

    assert (shown.to, shown.what, shown.files) == (SECRETARY, "minutes-draft", [PDF])
    assert "§ 1 Köerna till BUP: SamReKo ställer sig bakom handlingsplanen." in shown.words
    assert "Lena Wikström: skickar planen till skolcheferna, senast 1 mars 2027" in shown.words
    sent = [g for g in desk.mail("ingrid.palm", "", "Ok", answers=shown) if g.what == "minutes"]
    assert len(sent) > 10
    assert {tuple(g.files) for g in sent} == {(PDF,)}
    text = words_of(sent[0].file(PDF))
    assert "Lena redovisar kötiderna." in text
    assert "§ 1" in text
    assert "Håkan Nilsson" not in text or "Ersättare" in text


def test_the_form_filled_in_where_it_is_quoted_is_read_as_well(desk: Desk):
    """Many write between the lines of the mail that they answer."""
    form = form_of(desk)
    number = form.number_of("Köerna till BUP") if "Köerna till BUP" in form.text else 0
    body: list[str] = ["Ifyllt nedan.", "", "Den 11 februari skrev SamReKo:"]
    under = False
    for line in form.text.splitlines():
        body.append(f"> {line}")
        if line[:1].isdigit():
            under = line.startswith(f"{number}. ")
        if under and line.strip() == "Beslut:":
            body.append("Planen godkänns.")
    desk.at("2027-02-15 09:00")

    shown = only(desk.mail("ingrid.palm", "", "\n".join(body), answers=form, quote=False))

    assert shown.what == "minutes-draft"
    assert "§ 1 Köerna till BUP: Planen godkänns." in shown.words
    # Our own words above the form are no part of the minutes.
    assert "Svara på det här mejlet" not in words_of(shown.file(PDF))
    assert "Anna" not in words_of(shown.file(PDF))


def test_text_for_each_matter_is_read_and_a_correction_changes_only_its_matter(desk: Desk):
    """The first answer gives two matters, the second words one of them anew; the § stays."""
    form = form_of(desk)
    queue = form.number_of("Köerna till BUP")
    desk.at("2027-02-15 09:00")
    first = only(desk.mail(
        "ingrid.palm", "",
        f"1. Mötet öppnas\nOm ärendet: Maria öppnar mötet.\n\n{queue}. Köerna till BUP\n"
        "Beslut: Planen godkänns.\n"
        "Vem gör vad, till när: Lena kallar till uppföljning till nästa möte",
        answers=form,
    ))  # fmt: skip
    assert "§ 1 Köerna till BUP: Planen godkänns." in first.words
    assert "Lena Wikström: kallar till uppföljning, senast 22 april 2027" in first.words

    second = only(desk.mail(
        "ingrid.palm", "", f"{queue}. Köerna till BUP\nBeslut: Planen godkänns med ändringar.", answers=first,
    ))  # fmt: skip

    assert second.subject.endswith("(version 2)")
    assert "§ 1 Köerna till BUP: Planen godkänns med ändringar." in second.words
    assert "Maria öppnar mötet." in words_of(second.file(PDF))


def test_a_form_without_a_word_in_it_is_no_minutes(desk: Desk):
    """Whoever attaches the empty form is told so."""
    form = form_of(desk)
    desk.at("2027-02-15 09:00")

    got = only(desk.mail("ingrid.palm", "", "Här kommer protokollet.", answers=form,
                         files=[("Protokollsmall.docx", filled(form, "?"))]))  # fmt: skip

    assert got.what == "ask"
    assert "inte ifylld" in got.words


def test_a_finished_document_is_passed_on_as_it_is(desk: Desk):
    """A Word document that is no form of ours is the minutes."""
    form = form_of(desk)
    document = docx.Document()
    document.add_heading("Minnesanteckningar", 1)
    document.add_paragraph("Beslut: allt är bra.")
    made = io.BytesIO()
    document.save(made)
    desk.at("2027-02-15 09:00")

    shown = only(desk.mail("ingrid.palm", "", "Här kommer protokollet.", answers=form,
                           files=[("Protokoll färdigt.docx", made.getvalue())]))  # fmt: skip

    assert shown.files == ["Protokoll färdigt.docx"]
    assert shown.file("Protokoll färdigt.docx") == made.getvalue()


def test_the_chair_adjusts_the_minutes_before_they_go(adjusted: Desk):
    """The secretary's ok sends them to the chair; hers lets them go, and the PDF says who adjusted."""
    desk, form = adjusted, form_of(adjusted)
    desk.at("2027-02-15 09:00")
    shown = only(
        desk.mail("ingrid.palm", "", _ANSWER.format(form.number_of("Köerna till BUP")), answers=form)
    )
    assert "Maria Lundgren för justering" in shown.words

    got = desk.mail("ingrid.palm", "", "Ok", answers=shown)

    assert {(g.to, g.what) for g in got} == {(SECRETARY, "ack"), (CHAIR, "minutes-draft")}
    assert desk.meeting("2027-02-11")["state"] == "minutes-draft"
    awaiting = desk.status["awaiting"]
    assert isinstance(awaiting, list)
    assert [(a["what"], a["from"]) for a in awaiting if a["what"] == "minutes-draft"] == [
        ("minutes-draft", "maria.lundgren")
    ]
    to_adjust = only(to(got, CHAIR))
    assert to_adjust.subject.endswith("(version 1)")
    # A second ok from the secretary does not do instead of the chair's.
    assert [g.what for g in desk.mail("ingrid.palm", "", "Ok", answers=shown)] == ["ack"]

    sent = [g for g in desk.mail("maria.lundgren", "", "ok", answers=to_adjust) if g.what == "minutes"]

    assert len(sent) > 10
    assert "Justerat av Maria Lundgren" in words_of(sent[0].file(PDF))


def test_the_chairs_corrections_go_to_the_secretary_and_both_see_the_next_version(adjusted: Desk):
    """Nothing goes out before both are content with the same version."""
    desk, form = adjusted, form_of(adjusted)
    queue = form.number_of("Köerna till BUP")
    desk.at("2027-02-15 09:00")
    shown = only(desk.mail("ingrid.palm", "", _ANSWER.format(queue), answers=form))
    to_adjust = only(to(desk.mail("ingrid.palm", "", "Ok", answers=shown), CHAIR))

    got = desk.mail("maria.lundgren", "", "Lägg till att planen gäller till sommaren.", answers=to_adjust)

    asked = only([g for g in to(got, SECRETARY) if g.what == "minutes-draft"])
    assert "Maria Lundgren vill ändra det här" in asked.words
    assert "planen gäller till sommaren" in asked.words
    text = f"{queue}. Köerna till BUP\nBeslut: Planen gäller till sommaren."
    again = only(desk.mail("ingrid.palm", "", text, answers=asked))
    # The chair's ok to the old version sends nothing.
    assert not [g for g in desk.mail("maria.lundgren", "", "ok", answers=to_adjust) if g.what == "minutes"]
    second = only([g for g in desk.mail("ingrid.palm", "", "ok", answers=again) if g.to == CHAIR])
    sent = [g for g in desk.mail("maria.lundgren", "", "ok", answers=second) if g.what == "minutes"]
    assert "Planen gäller till sommaren" in words_of(sent[0].file(PDF))


def test_a_chair_who_is_slow_to_adjust_is_reminded(adjusted: Desk):
    """The reminder goes to whoever the minutes wait for."""
    desk, form = adjusted, form_of(adjusted)
    desk.at("2027-02-15 09:00")
    shown = only(
        desk.mail("ingrid.palm", "", _ANSWER.format(form.number_of("Köerna till BUP")), answers=form)
    )
    desk.mail("ingrid.palm", "", "Ok", answers=shown)

    assert CHAIR in {g.to for g in desk.at("2027-02-22 08:00") if g.what == "minutes-draft"}


def test_the_next_agenda_follows_up_and_the_year_counts_its_decisions(desk: Desk):
    """What was promised stands under the follow-up, and April's first decision is § 2."""
    form = form_of(desk)
    desk.at("2027-02-15 09:00")
    shown = only(
        desk.mail("ingrid.palm", "", _ANSWER.format(form.number_of("Köerna till BUP")), answers=form)
    )
    desk.mail("ingrid.palm", "", "Ok", answers=shown)

    desk.at("2027-04-07 13:00")
    draft = only([g for g in desk.at("2027-04-12 08:00") if g.what == "agenda-draft"])

    agenda = words_of(draft.file("Dagordning SamReKo 2027-04-22.pdf"))
    assert "§ 1 (11 februari 2027): Planen godkänns." in agenda
    assert "Lena Wikström: skickar planen" in agenda
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    desk.at("2027-04-15 08:00")
    form = only([g for g in desk.at("2027-04-22 15:00") if "Underlag" in g.subject])
    shown = only(desk.mail("ingrid.palm", "", "1. Mötet öppnas\nBeslut: Två justerare utses.", answers=form))
    assert "§ 2 Mötet öppnas: Två justerare utses." in shown.words


_ANSWER = """{}. Köerna till BUP
Beslut: Planen godkänns.
Vem gör vad, till när: Lena skickar planen till skolcheferna senast den 1 maj"""

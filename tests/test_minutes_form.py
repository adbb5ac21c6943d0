"""A minutes form come back: what is read under its headings, whatever Word or a mail program made of it."""

from __future__ import annotations

import dataclasses
import io
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.documents import Press
from service.adapters.filled_forms import form_text
from service.domain.minutes import Action, Decision, Matter, Minutes, as_text, merged, numbered
from service.interpretation.minutes_form import is_form, read_minutes
from tests.sample_facts import LINES, ORDERS

TITLES = {line.number: line.title for line in LINES}
DAY, NEXT, JUNE = date(2027, 2, 11), date(2027, 4, 22), date(2027, 6, 1)
PEOPLE = ("Annika Sjödin", "Erik Jonsson", "Lena Wikström", "Karin Nyström", "Karin Berg")
SIP = "5. SIP när patienten byter hälsocentral"


def read(text: str) -> Minutes:
    found = read_minutes(text, TITLES, DAY, people=PEOPLE, network="SamReKo", following=NEXT)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("Lena Wikström tar fram statistik", Action("Lena Wikström", "tar fram statistik")),
        ("Lena: statistik, senast 15 mars", Action("Lena Wikström", "statistik", date(2027, 3, 15))),
        ("Erik och Lena läser till nästa möte", Action("Erik Jonsson och Lena Wikström", "läser", NEXT)),
        ("Samordnarna - kallar till träff före den 1 juni", Action("Samordnarna", "kallar till träff", JUNE)),
        ("Anna Norén mejlar skolorna i mars", Action("Anna Norén", "mejlar skolorna", date(2027, 3, 31))),
        # Two have the name, and nobody guesses.
        ("Karin – ringer SKR", Action("Karin", "ringer SKR")),
        ("Statistik tas fram", Action("", "Statistik tas fram")),
        # A day that is no deadline stays where it is.
        ("Lena mejlar listan från 3 mars ut", Action("Lena Wikström", "mejlar listan från 3 mars ut")),
    ],
)  # fmt: skip
def test_who_does_what_by_when(said: str, action: Action):
    """As people write it: with a colon, a dash, or in a sentence."""
    matter = read(f"{SIP}\nVem gör vad, till när: {said}").matters[0]
    assert matter.actions == (action,)


def test_several_actions_are_several_whether_bullets_lines_or_semicolons():
    text = f"""{SIP}
Vem gör vad, till när:
- Annika skriver rutinen
  och skickar den
- Lena läser; Erik Jonsson: förankrar"""
    assert [(a.who, a.what) for _, a in read(text).actions] == [
        ("Annika Sjödin", "skriver rutinen och skickar den"),
        ("Lena Wikström", "läser"),
        ("Erik Jonsson", "förankrar"),
    ]


def test_a_decision_is_what_stands_under_beslut_or_what_the_network_decides():
    """Wrapped lines are one paragraph, an empty line begins another; what SVOM decided is no decision."""
    text = f"""{SIP}
Beslut: Vi godkänner
planen.

Den gäller från mars.

7. Ny överenskommelse om tolkar – Erik Jonsson (15 min, beslut, till SVOM)
SVOM beslutade i december att se över avtalet.

SamReKo beslutar att lämna förslaget vidare."""
    first, second = read(text).matters
    assert [d.text for d in first.decisions] == [("Vi godkänner planen.", "Den gäller från mars.")]
    assert second.said == ("SVOM beslutade i december att se över avtalet.",)
    assert [d.text for d in second.decisions] == [("SamReKo beslutar att lämna förslaget vidare.",)]


def test_only_a_heading_that_repeats_the_agenda_is_one():
    """Numbered lines of the text stay text; a § before the number and a dot after it do not matter."""
    text = f"§ {SIP[:1]} {SIP[3:]}\nOm ärendet: Tre saker:\n1. Först detta\n2. Sedan detta"
    assert [m.number for m in read(text).matters] == [5]


@pytest.mark.parametrize("text", ["", "Hej! Tack för formuläret.", f"{SIP}\nOm ärendet:\nBeslut:", SIP])
def test_what_tells_nothing_is_no_minutes(text: str):
    assert read_minutes(text, TITLES, DAY) is None


def test_the_writers_greeting_is_no_part_of_the_last_matter():
    text = f"Hej, här kommer det.\n\n{SIP}\nBeslut: Ja.\n\nVänliga hälsningar\nIngrid Palm\nRegionen"
    minutes = read(text)
    assert minutes.before == ()
    assert minutes.matters[0].decisions == (Decision(("Ja.",)),)
    assert minutes.matters[0].said == ()


# Numbers through the year.


def some(*decisions: Decision) -> Minutes:
    return Minutes((Matter(5, "SIP", decisions=decisions),))


def numbers(minutes: Minutes) -> list[int | None]:
    return [d.number for _, d in minutes.decisions]


def test_decisions_are_numbered_after_the_years_others():
    two = some(Decision(("Ett",)), Decision(("Två",)))
    assert numbers(numbered(two, ())) == [1, 2]
    assert numbers(numbered(two, {1, 2, 7})) == [8, 9]


def test_a_new_version_keeps_its_numbers_while_nobody_else_has_them():
    """A later meeting's minutes may have come in between."""
    three = some(Decision(("Ett",)), Decision(("Två",)), Decision(("Tre",)))
    assert numbers(numbered(three, {6, 7}, former=3)) == [3, 4, 5]
    assert numbers(numbered(three, {5}, former=3)) == [6, 7, 8]


def test_a_number_that_the_secretary_has_written_stays():
    minutes = read(f"{SIP}\nBeslut § 12: Ja.\nBeslut: Nej.")
    assert numbers(numbered(minutes, {1})) == [12, 13]


def test_a_correction_replaces_its_matter_and_keeps_its_number():
    before = Minutes(
        (Matter(1, "Öppnande", ("Kl. 13.",)), Matter(5, "SIP", decisions=(Decision(("Ja",), 3),)))
    )
    after = merged(before, Minutes((Matter(5, "SIP", decisions=(Decision(("Nej",)),)),)))
    assert after.matters == (before.matters[0], Matter(5, "SIP", decisions=(Decision(("Nej",), 3),)))


WORD = st.sampled_from(["plan", "Lena", "beslutet", "SIP", "rutinen", "22", "åtta", "§", "kommun"])
WORDS = st.lists(WORD, min_size=1, max_size=5).map(lambda w: "det " + " ".join(w))
ACTIONS = st.builds(
    Action, st.sampled_from(["", "Lena Wikström", "Samordnarna"]), WORDS,
    st.none() | st.dates(date(2027, 2, 11), date(2028, 1, 1)),
)  # fmt: skip
DECISIONS = st.builds(
    Decision, st.lists(WORDS, min_size=1, max_size=2).map(tuple), st.none() | st.integers(1, 99)
)
SEVERAL = st.lists(WORDS, max_size=3).map(tuple)
MATTERS = st.builds(
    lambda n, said, decisions, actions: Matter(n, TITLES[n], said, decisions, actions),
    st.sampled_from(sorted(TITLES)),
    SEVERAL,
    st.lists(DECISIONS, max_size=2).map(tuple),
    st.lists(ACTIONS, max_size=3).map(tuple),
).filter(bool)  # fmt: skip


@given(st.lists(MATTERS, min_size=1, max_size=4).map(tuple), SEVERAL, SEVERAL)
@settings(deadline=None, max_examples=150)
def test_minutes_as_text_say_the_same_when_read_again(
    matters: tuple[Matter, ...], present: tuple[str, ...], absent: tuple[str, ...]
):
    """The text is all that is stored, so nothing may be lost in it."""
    minutes = Minutes(matters, present=present, absent=absent)
    assert read_minutes(as_text(minutes), TITLES, DAY) == minutes


# The Word document.


@pytest.fixture
def form() -> docx.document.Document:
    """Our own form, as the secretary opens it."""
    made = Press(Path(__file__).parent.parent / "templates").make(
        dataclasses.replace(ORDERS[1], filename="Protokollsmall.docx")
    )
    return docx.Document(io.BytesIO(made))


def saved(document: docx.document.Document) -> str:
    made = io.BytesIO()
    document.save(made)
    return form_text(made.getvalue())


def line_of(document: docx.document.Document, label: str) -> docx.text.paragraph.Paragraph:
    """A label's line under the fifth matter."""
    at = next(n for n, p in enumerate(document.paragraphs) if p.text == SIP)
    return next(p for p in document.paragraphs[at:] if p.text.startswith(label))


def test_our_own_form_is_known_filled_in_or_not(form: docx.document.Document):
    assert is_form(saved(form), TITLES)
    assert read_minutes(saved(form), TITLES, DAY) is None
    line_of(form, "Beslut").add_run("Ja.")
    minutes = read(saved(form))
    assert minutes.matters[4].decisions == (Decision(("Ja.",)),)
    # Who presented it, and for how long, stands on the form and is nobody's words.
    assert minutes.matters[4].said == ()
    assert "Johan Edlund (för Lena Wikström)" in minutes.substitutes


def test_tracked_changes_are_read_as_they_are_shown(form: docx.document.Document):
    """Word keeps deleted words in the file, and inserted ones apart."""
    line = line_of(form, "Beslut")
    line.add_run("Vi säger ")
    line._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>nej</w:delText></w:r></w:del>"))
    line._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>ja.</w:t></w:r></w:ins>"))
    assert read(saved(form)).matters[4].decisions == (Decision(("Vi säger ja.",)),)


def test_whoever_is_struck_through_did_not_come(form: docx.document.Document):
    """The form asks her to strike those who did not."""
    line_of(form, "Beslut").add_run("Ja.")
    before = read(saved(form)).present
    person = next(p for p in form.paragraphs if p.text.startswith(before[0]))
    for run in person.runs:
        run.font.strike = True
    assert read(saved(form)).present == before[1:]


def test_text_in_paragraphs_bullets_and_tables_below_a_label_belongs_to_it(form: docx.document.Document):
    """She writes below the line as often as on it."""
    label = line_of(form, "Vem gör vad")
    label.insert_paragraph_before("Beslutet gäller tills vidare.")
    table = form.add_table(1, 3)
    for cell, text in zip(table.rows[0].cells, ("Annika", "skriver rutinen", "2027-04-22"), strict=True):
        cell.text = text
    label._p.addnext(table._tbl)
    line_of(form, "Beslut").add_run("Ja.")
    matter = read(saved(form)).matters[4]
    assert matter.decisions == (Decision(("Ja.", "Beslutet gäller tills vidare.")),)
    assert matter.actions == (Action("Annika Sjödin", "skriver rutinen", NEXT),)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 broken", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_word_document_is_no_form(content: bytes):
    assert form_text(content) == ""

"""What a receiver reads: each mailing, rendered with the facts of an ordinary winter."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from inscriptis import get_text
from jinja2 import UndefinedError

from service.adapters.templates import MAILINGS, PARTS, WIDTH, Letterhead
from service.interpretation.draft_items import draft_items
from service.usecases.office import Rendered
from tests.sample_facts import CASES, FEBRUARY, LINES, NOTES

TEMPLATES = Path(__file__).parent.parent / "templates"
IDS = [f"{mailing}: {name}" for mailing, name, _ in CASES]


@pytest.fixture(scope="module")
def letterhead() -> Letterhead:
    return Letterhead(TEMPLATES)


@pytest.fixture(scope="module")
def letters(letterhead: Letterhead) -> dict[str, Rendered]:
    return {f"{mailing}: {name}": letterhead.render(mailing, facts) for mailing, name, facts in CASES}


def facts_of(mailing: str, name: str) -> dict[str, Any]:
    return next(dict(f) for m, n, f in CASES if (m, n) == (mailing, name))


def test_every_mailing_has_its_templates_and_a_sample(letterhead: Letterhead) -> None:
    """No mailing can be added without words, and none without facts that try them."""
    assert letterhead.missing() == []
    assert {mailing for mailing, _, _ in CASES} == set(MAILINGS)
    folders = {p.name for p in (TEMPLATES / "sv").iterdir() if p.is_dir()} - {"base", "documents"}
    assert folders == set(MAILINGS)


@pytest.mark.parametrize("case", IDS)
def test_a_letter_is_whole(letters: dict[str, Rendered], case: str) -> None:
    """Nothing is left unresolved, and nothing shows that a machine put it together."""
    letter = letters[case]
    for part in (letter.subject, letter.text, get_text(letter.html)):
        assert not re.search(
            r"\{\{|\}\}|\{%|Undefined|\bNone\b|\bTrue\b|\bFalse\b|datetime|FileRef|\(\)|  , ", part
        )
        assert " ." not in part
        assert " ," not in part
        assert ".." not in part
    assert letter.subject
    assert letter.subject == letter.subject.strip()
    assert "\n" not in letter.subject
    assert len(letter.subject) < 180


@pytest.mark.parametrize("case", IDS)
def test_the_text_is_set_as_a_letter(letters: dict[str, Rendered], case: str) -> None:
    """It greets, signs off, keeps its lines short and leaves one empty line between paragraphs at most."""
    text = letters[case].text
    assert text.startswith("Hej ")
    assert "Vänliga hälsningar\nSamReKo\nsamreko@samverkan.example\n" in text
    assert "\n\n\n" not in text
    for line in text.splitlines():
        assert line == line.rstrip()
        assert len(line) <= WIDTH or re.match(r"\d+\. ", line), line


def telling(text: str) -> set[str]:
    """The words that carry facts: names, numbers, times, addresses."""
    words = re.findall(r"[^\W_][\w.@:–-]*", text)
    return {w.strip(".:–-") for w in words if w[0].isupper() or any(c.isdigit() for c in w)}


# What only one of the two needs: labels, and the HTML's own heading.
LABELS = {
    *(
        "Tid",
        "Plats",
        "Länk",
        "Från",
        "Ämne",
        "Orsak",
        "Till",
        "Mejl",
        "Mejlet",
        "Namn",
        "Adress",
        "Läge",
        "Dag",
    ),
    *("Uppdrag", "Ersättare", "Föreslå", "Jag", "Ingen", "PROTOKOLL", "Protokoll", "Obs", "Mottagare", "Det"),
    *("Så", "Något", "En", "Ärenden", "Anmält", "Godkänn", "Ändra"),
}


@pytest.mark.parametrize("case", IDS)
def test_text_and_html_say_the_same(letters: dict[str, Rendered], case: str) -> None:
    """Whoever reads the plain part misses no name, number, time or address, and the other way round."""
    letter = letters[case]
    # The hidden preview, the heading and the network's full name above it repeat what is said elsewhere.
    above = r'<div style="display:none.*?</div>|<title>.*?</title>|<p [^>]*letter-spacing.*?</h1>'
    shown = re.sub(above, "", letter.html, flags=re.DOTALL)
    text, html = telling(letter.text), telling(get_text(shown))
    assert text - html - LABELS - telling(letter.subject) == set()
    # Each item's clock time and the table's heads are the only things that the HTML adds.
    clocks = {f"{line.begins:%H.%M}" for line in LINES if line.begins}
    assert html - text - LABELS - clocks == set()


class _Outline(HTMLParser):
    """Checks that tags close in order, and collects what the letter points at."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for key, value in attrs:
            if key == "href":
                self.links.append(value or "")
            if key in ("src", "srcset", "background", "poster", "data"):
                self.sources.append(value or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.mark.parametrize("case", IDS)
def test_the_html_is_well_formed_and_fetches_nothing(letters: dict[str, Rendered], case: str) -> None:
    """Tags close in order; no picture, script, form or tracker; links only answer us or open the meeting."""
    html = letters[case].html
    outline = _Outline()
    outline.feed(html)
    assert outline.open == []
    assert '<html lang="sv"' in html
    assert outline.tags["h1"] == 1
    assert outline.sources == []
    assert not {"img", "script", "form", "link", "iframe"} & set(outline.tags)
    assert "url(" not in html
    for link in outline.links:
        assert link.startswith("mailto:samreko@samverkan.example") or link == FEBRUARY.online
    # Gmail clips what is longer.
    assert len(html.encode()) < 100_000


def test_buttons_write_a_mail_that_only_needs_sending(letters: dict[str, Rendered]) -> None:
    """ "Jag kan inte komma" opens a mail to the network with subject and words filled in."""
    outline = _Outline()
    outline.feed(letters["agenda: to a member who presents"].html)
    (absent,) = [link for link in outline.links if "subject=" in link]
    parts = urlsplit(absent)
    fields = parse_qs(parts.query)
    assert unquote(parts.path) == "samreko@samverkan.example"
    assert fields["subject"] == ["Förhinder 11 februari 2027"]
    assert fields["body"] == ["Hej!\r\n\r\nJag kan inte komma till mötet 11 februari 2027.\r\n"]
    # A plus would be read as a plus sign by mail programs.
    assert "+" not in parts.query


def test_the_approvers_buttons_carry_the_drafts_reference(letters: dict[str, Rendered]) -> None:
    """A button opens a new mail, which is bound to the very draft by its subject and its reference."""
    for case in ("agenda-draft: first version", "minutes-draft: text and file"):
        letter = letters[case]
        outline = _Outline()
        outline.feed(letter.html)
        approve, change = (parse_qs(urlsplit(link).query) for link in outline.links if "subject=" in link)
        reference = facts_of(*case.split(": "))["reference"]
        assert approve["subject"] == change["subject"] == [f"Sv: {letter.subject}"]
        assert approve["body"] == [f"ok\r\n\r\nUtkastets nummer: {reference}\r\n"]
        assert change["body"] == [f"\r\n\r\nUtkastets nummer: {reference}\r\n"]
        assert f"Utkastets nummer: {reference}" in letter.text
        assert "Svara ”ok”" in letter.text


def test_subjects_have_the_forms_that_answers_are_known_by(letters: dict[str, Rendered]) -> None:
    """Where a mail client drops References, the subject still tells what is answered."""
    subject = {case: letter.subject for case, letter in letters.items()}
    assert subject["agenda-draft: second version"] == "Utkast till dagordning 11 februari 2027 (version 2)"
    assert subject["agenda-draft-reminder: late"].endswith(
        "Utkast till dagordning 11 februari 2027 (version 2)"
    )
    assert subject["minutes-draft: text and file"] == "Utkast till protokoll 11 februari 2027 (version 1)"
    assert subject["agenda: to a member who presents"] == "Kallelse och dagordning: SamReKo 11 februari 2027"
    assert subject["receipt: absence"] == "Noterat: förhinder 11 februari 2027"
    assert subject["receipt: proposal"] == "Noterat: ärendet ”SIP när patienten byter hälsocentral”"


@pytest.mark.parametrize("case", [c for c in IDS if c.startswith(("agenda-draft", "agenda: to a member"))])
def test_a_quoted_agenda_is_read_back(letters: dict[str, Rendered], case: str) -> None:
    """The numbered lines survive being quoted, whether the answer quotes the text or the HTML."""
    expected = [(line.number, line.title, line.minutes, line.presenter or None) for line in LINES]
    quoted = "\n".join(f"> {line}" for line in letters[case].text.splitlines())
    assert [(i.number, i.title, i.minutes, i.presenter) for i in draft_items(quoted)] == expected
    if case.startswith("agenda-draft"):
        shown = draft_items(get_text(letters[case].html))
        assert [(i.number, i.title, i.minutes, i.presenter) for i in shown] == expected


def test_a_new_version_marks_what_changed(letters: dict[str, Rendered]) -> None:
    """Only the changed lines carry the mark, in both parts; the first version carries none."""
    second, first = letters["agenda-draft: second version"], letters["agenda-draft: first version"]
    marked = [line for line in second.text.splitlines() if line.endswith("ändrat)")]
    assert [line.split(".")[0] for line in marked] == ["5", "6"]
    assert get_text(second.html).count("ändrat)") == 2
    assert "ändrat)" not in first.text + first.html


HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=y> \"'> {{ 7*7 }} {% raw %}"
    "\r\n9. Falsk punkt – Ingen (5 min)\x00\u202e"
)


def _poisoned(value: Any) -> Any:
    """The same facts with everything that a person writes made hostile."""
    if isinstance(value, dict):
        kept = ("kind", "what", "action", "extent", "reference")
        return {k: v if k in kept else _poisoned(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_poisoned(v) for v in value]
    if isinstance(value, str):
        return value + HOSTILE if value else value
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**{k: v if k == "address" else _poisoned(v) for k, v in vars(value).items()})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = ("type", "kind", "address", "id", "sha256", "content_type", "state", "place_", "email")
        changes = {
            f.name: _poisoned(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.init and f.name not in kept and isinstance(getattr(value, f.name), str | tuple)
        }
        return dataclasses.replace(value, **changes)
    return value


@pytest.mark.parametrize(("mailing", "facts"), [(m, f) for m, _, f in CASES], ids=IDS)
def test_what_people_write_stays_data(letterhead: Letterhead, mailing: str, facts: dict[str, Any]) -> None:
    """A title with markup, template signs or a line break is shown as it was written, and does nothing."""
    letter = letterhead.render(mailing, _poisoned(facts))
    outline = _Outline()
    outline.feed(letter.html)
    assert outline.open == []
    assert not {"script", "img"} & set(outline.tags)
    assert "49" not in letter.subject + letter.text
    assert not re.search(r"[\x00\u202e]", letter.subject + letter.text + letter.html)
    assert "\n" not in letter.subject
    numbered = [line for line in letter.text.splitlines() if line.startswith("9. Falsk")]
    # What somebody has written in full is given in full; an agenda's own lines cannot be forged.
    whole_texts = {"answer", "minutes", "meeting-cancelled"}
    assert not numbered or mailing in whole_texts


def test_a_fact_that_is_missing_is_told(letterhead: Letterhead) -> None:
    """A letter with a hole in it is never sent; the error names the fact."""
    facts = facts_of("call", "for matters")
    del facts["closes_at"]
    with pytest.raises(UndefinedError, match="closes_at"):
        letterhead.render("call", facts)


def test_a_networks_own_template_wins(tmp_path: Path) -> None:
    """A network may word one letter itself and keep all the others."""
    own = tmp_path / "sv" / "released"
    own.mkdir(parents=True)
    (own / "subject.txt.j2").write_text("Tack ändå, {{ to.first_name }}", "utf-8")
    letterhead = Letterhead(TEMPLATES, own=tmp_path)
    letter = letterhead.render("released", facts_of("released", "after all"))
    assert letter.subject == "Tack ändå, Johan"
    assert "behöver inte komma" in letter.text


def test_a_networks_own_words_win_one_by_one(tmp_path: Path) -> None:
    """A network that calls its strategic day something else writes that one line."""
    (tmp_path / "sv" / "base").mkdir(parents=True)
    (tmp_path / "sv" / "base" / "words.toml").write_text('[kinds]\nstrategic = "planeringsdag"\n', "utf-8")
    phrasing = Letterhead(TEMPLATES, own=tmp_path).phrasing
    assert phrasing.kind_word("strategic") == "planeringsdag"
    assert phrasing.kind_word("ordinary") == "möte"
    assert phrasing.day(FEBRUARY.key) == "11 februari 2027"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """`doctor` can say which template is not there or does not parse."""
    own = tmp_path / "sv"
    (own / "call").mkdir(parents=True)
    (own / "call" / PARTS[1]).write_text("{% if %}", "utf-8")
    (own / "base").mkdir()
    (own / "base" / "words.toml").write_bytes((TEMPLATES / "sv" / "base" / "words.toml").read_bytes())
    assert [fault.split(":")[0] for fault in Letterhead(TEMPLATES, own=tmp_path).missing()] == [
        "call/text.txt.j2"
    ]
    alone = Letterhead(tmp_path).missing()
    assert len(alone) == len(MAILINGS) * len(PARTS)


def test_dates_are_written_as_swedes_write_them(letterhead: Letterhead) -> None:
    """Weekday and month in lower case, a dot in the clock, a dash without spaces between times."""
    phrasing = letterhead.phrasing
    assert phrasing.when(FEBRUARY) == "torsdag 11 februari 2027 kl. 13.00–15.00"
    assert phrasing.at(FEBRUARY.start.replace(hour=8)) == "torsdag 11 februari 2027 kl. 08.00"
    assert phrasing.day(FEBRUARY.key) == "11 februari 2027"
    assert phrasing.listed(["Anna", "Bo", "Cilla"]) == "Anna, Bo och Cilla"
    assert phrasing.size(1_234_567) == "1,2 MB"
    assert phrasing.size(300) == "1 kB"


def _named_in_use_cases(*calls: str) -> set[str]:
    """The names that the use cases give in these calls: Note("absence", …), Post(mailing="call", …)."""
    found = set()
    for path in (TEMPLATES.parent / "service" / "usecases").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in calls:
                continue
            first = [arg for arg in node.args[:1] if getattr(node.func, "id", "") == "Note"]
            named = [keyword.value for keyword in node.keywords if keyword.arg == "mailing"]
            found |= {n.value for n in (*first, *named) if isinstance(n, ast.Constant)}
    return {str(name) for name in found}


def test_whatever_the_use_cases_say_has_words() -> None:
    """Each note and each mailing that the use cases name is among the samples, and so is rendered here."""
    notes, mailings = _named_in_use_cases("Note"), _named_in_use_cases("Post")
    assert len(notes) > 15
    assert notes <= {note["kind"] for note in NOTES.values()}
    assert len(mailings) > 10
    assert mailings <= set(MAILINGS)


def test_every_note_has_words_of_its_own(letterhead: Letterhead) -> None:
    """No kind of note falls through to "we have got your mail"."""
    fallback = letterhead.render("receipt", {**facts_of("receipt", "received")}).text
    for name, note in NOTES.items():
        if note["kind"] != "received":
            told = letterhead.render("receipt", {**facts_of("receipt", name)}).text
            assert "har kommit fram och är sparat" not in told, name
    assert "har kommit fram och är sparat" in fallback


def test_readings_are_numbered_through_a_letter(letters: dict[str, Rendered]) -> None:
    """With two questions each number stands for one reading only, so that "3" can be answered."""
    letter = letters["receipt: noted and two questions"]
    assert [line[0] for line in letter.text.splitlines() if re.match(r"\d\. ", line)] == ["1", "2", "3", "4"]
    assert [line[0] for line in get_text(letter.html).splitlines() if re.match(r"\d\. ", line)] == [
        "1",
        "2",
        "3",
        "4",
    ]


def _sentences(letters: dict[str, Rendered]) -> Iterator[str]:
    for letter in letters.values():
        yield from re.split(r"(?<=[.!?])\s+", letter.text)


def test_the_words_are_plain(letters: dict[str, Rendered]) -> None:
    """No officialese, no shouting, no English machine words."""
    stiff = re.compile(
        r"\b(erhåll\w*|vänligen|härmed|undertecknad|noreply|e-mail|bekräftelselänk|klicka)\b|!!", re.I
    )
    assert [s for s in _sentences(letters) if stiff.search(s)] == []

"""`kallelse corrections --write`: a corrected letter becomes a case, and nobody can be recognised in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from service.adapters.case_files import case_of, toml
from service.adapters.mime import parse
from service.adapters.network_files import load_network
from service.cli import main
from service.domain.intents import Contact, Proposal, Reading
from service.domain.letters import Letter
from service.domain.world import World
from service.interpretation.reading import read
from service.interpretation.surroundings import Surroundings
from service.usecases.disguise import Disguise
from service.usecases.load import align, charter_of
from service.usecases.office import Correction
from service.wiring import shipped, shipped_rulebook
from tests.desk import NETWORK, Desk, local, to
from tests.settings import write_settings

TODAY = date(2027, 1, 7)
REAL = load_network(NETWORK)

HTML = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"></head><body>
<p>Hej! Jag kan tyv&auml;rr inte komma den 11 februari. Lena Wikstr&ouml;ms ers&auml;ttare Johan g&aring;r
i st&auml;llet, och <b>Birgitta</b> &Aring;slund vet.</p>
<p>/LW</p><p>Lena Wikstr&#246;m<br>070-555 12 34<br>
<a href="mailto:lena.wikstrom@regionjh.example">lena.wikstrom@regionjh.example</a></p>
<div>Fr&aring;n: &Aring;slund, Birgitta &lt;birgitta.aslund@are.example&gt;<br>Skickat: den 5 januari 2027<br>
Till: Lena Wikstr&ouml;m &lt;lena.wikstrom@regionjh.example&gt;<br>&Auml;mne: M&ouml;te</div>
<p>Kalle Anderssons mamma Stina Persson (19850312-1230) ringde fr&aring;n +46 63 15 30 00.
Se https://intranet.regionjh.example/lena?id=4</p></body></html>"""

TEXT = """Hej! Jag kan tyvärr inte komma den 11 februari. Lena Wikströms ersättare Johan går
i stället, och Birgitta
Åslund vet. hälsningar lena

/LW
Lena Wikström
070-555 12 34
lena.m.wikstrom@regionjh.example

> Från: Åslund, Birgitta <birgitta.aslund@are.example>
> LENA WIKSTRÖM sa att Kalle Anderssons mamma ringde. Fråga Sven Svensson <sven@tolkar.example>.
"""


def nasty() -> bytes:
    """Names wherever a letter can have them."""
    message = EmailMessage(policy=SMTP)
    message["Received"] = "from lena-dator.regionjh.example by mx.samverkan.example"
    message["Return-Path"] = "<lena.wikstrom@regionjh.example>"
    message["From"] = "Lena Wikström <lena.wikstrom@regionjh.example>"
    message["To"] = "samreko@samverkan.example"
    message["Cc"] = "Åslund Birgitta <birgitta.aslund@are.example>, Sven Svensson <sven@tolkar.example>"
    message["Subject"] = "Lena Wikström har förhinder 11 februari"
    message["Date"] = "Thu, 07 Jan 2027 09:05:00 +0100"
    message["Message-ID"] = "<lena.wikstrom.17@regionjh.example>"
    message["In-Reply-To"] = "<call.2027-02-11.1.abcdefgh2345@samverkan.example>"
    message["X-Originating-IP"] = "[192.0.2.17]"
    message.set_content(TEXT)
    message.add_alternative(HTML, subtype="html", charset="iso-8859-1")
    message.add_attachment(
        b"%PDF-1.4 Lena", maintype="application", subtype="pdf", filename="Förslag från Lena_Wikström.pdf"
    )
    inner = EmailMessage(policy=SMTP)
    inner["From"] = "Mats Hedin <mats.hedin@regionjh.example>"
    inner["Subject"] = "Mats Hedins fråga"
    inner["Date"] = "Wed, 06 Jan 2027 09:05:00 +0100"
    inner.set_content("Vet Hedin om det?\nmvh Mats Hedin, 063-15 30 00\n")
    message.add_attachment(inner)
    return message.as_bytes()


def world() -> World:
    return World(charter_of(REAL)).put(align(None, REAL, TODAY).put)


def disguise() -> Disguise:
    return Disguise(world(), load_network(shipped("samples") / "demo-network.toml"), TODAY)


def reading_of(raw: bytes, network: object = REAL) -> Reading:
    letter = parse(raw)
    return read(letter, shipped_rulebook(), Surroundings(network, letter.date))  # type: ignore[arg-type]


def words_of(letter: Letter) -> Iterator[str]:
    yield from (letter.subject, letter.plain or "", letter.html or "")
    yield from (v for values in letter.headers.values() for v in values)
    yield from (a.filename for a in letter.attachments)
    for inner in letter.enclosed:
        yield from words_of(inner)


ORIGINALS = (
    [p.name for p in REAL.people]
    + [p.name.split()[-1] for p in REAL.people if p.name.split()[-1] not in ("Dahl", "Palm", "Strand")]
    + [a for p in REAL.people for a in p.addresses]
    + ["regionjh", "are.example", "ostersund.example", "tolkar.example", "SamReKo", "samreko"]
    + ["Sven Svensson", "Svensson", "Stina", "Persson", "Andersson", "555 12 34", "15 30 00", "192.0.2.17"]
    + ["1230", "Lena", "Birgitta", "intranet", "abcdefgh2345"]
)


def test_nobody_can_be_recognised_in_a_case():
    """Headers, encoded words, text, HTML with entities, quotes, signature, files and an enclosed letter."""
    raw = nasty()
    reading = reading_of(raw)
    correction = Correction(
        1, reading.intents, reading.intents, "lena.wikstrom", 2, "undone", local("2027-01-08 10:00")
    )

    case = case_of(correction, raw, reading, disguise())

    told = " \n".join([*words_of(parse(case.eml)), json.dumps(case.expected, ensure_ascii=False)])
    told += case.eml.decode("ascii")
    left = [o for o in ORIGINALS if re.search(rf"(?<!\w){re.escape(o)}", told, re.IGNORECASE)]
    assert left == []
    assert case.leaks == ()


def test_a_case_still_parses_and_belongs_together():
    """The same person has the same new name in every place, and the letter is whole."""
    raw = nasty()
    reading = reading_of(raw)
    correction = Correction(
        1, reading.intents, reading.intents, "lena.wikstrom", 2, "undone", local("2027-01-08 10:00")
    )
    other = disguise()

    case = case_of(correction, raw, reading, other)

    letter = parse(case.eml)
    assert letter.sender is not None
    name, address = letter.sender.name, letter.sender.address
    assert case.expected["sender"] == other.person("lena.wikstrom") != "lena.wikstrom"
    assert name in (letter.plain or "")
    assert name in (letter.html or "")
    assert name.upper() in (letter.plain or "")
    assert name.split()[0].lower() in (letter.plain or "")
    assert f"/{name.split()[0][0]}{name.split()[1][0]}" in (letter.plain or "")
    assert address in (letter.html or "")
    assert name in letter.subject
    assert [a.filename for a in letter.attachments] == case.expected["attachments"]
    assert len(letter.enclosed) == 1
    assert letter.in_reply_to[0].startswith("<call.2027-02-11.1.")
    assert letter.date == parse(raw).date
    # Its content is not the original's.
    assert all(b"Lena" not in a.content for a in letter.attachments)


def test_a_case_reads_as_the_letter_did(tmp_path: Path):
    """Against the network file that is written with it, the same things are understood of other people."""
    raw = nasty()
    reading = reading_of(raw)
    correction = Correction(
        1, reading.intents, reading.intents, "lena.wikstrom", 2, "undone", local("2027-01-08 10:00")
    )
    other = disguise()

    case = case_of(correction, raw, reading, other)

    path = tmp_path / "network.toml"
    path.write_text(toml(other.network(TODAY)), encoding="utf-8")
    network = load_network(path)
    again = reading_of(case.eml, network)
    assert [i.kind for i in again.intents] == [i.kind for i in reading.intents]
    assert again.sender == other.person("lena.wikstrom")
    assert [m.key for m in network.meetings] == [m.key for m in REAL.meetings]
    assert len(network.people) == len(REAL.people)


def test_people_keep_the_kind_of_place_that_they_have():
    """A head with a substitute of her own becomes one, and the secretary a secretary."""
    sample = load_network(shipped("samples") / "demo-network.toml")
    other = disguise()

    assert other.person("ingrid.palm") in {t.secretary for t in sample.terms}
    lena = sample.seat_of(other.person("lena.wikstrom") or "")
    assert lena is None or lena.substitute
    new = [other.person(p.id) for p in REAL.people]
    assert len(set(new)) == len(new)


def test_intents_are_told_of_others_too():
    """Whoever presents from outside gets the same invented name in the case's answer as in its text."""
    other = disguise()
    meant = Proposal(
        title="Svenssons förslag om tolkar",
        presenter=Contact("Sven Svensson", "sven@tolkar.example", phone="070-555 12 34"),
        attachments=("Lena.pdf",),
    )
    other.learn_from((meant,))

    told = other.intent(meant)

    assert told.presenter.name
    assert "Svensson" not in told.presenter.name
    assert told.presenter.name.split()[-1] in told.title
    assert told.presenter.email.endswith(".example")
    assert told.presenter.phone == other.text("070-555 12 34")
    assert told.attachments != meant.attachments


def test_words_that_are_no_names_stay():
    """Dates, times, matters, seats and everyday words are what a case is about."""
    kept = (
        "Hej! På mötet den 11 februari kl. 13.00–15.00 vill vi ta upp SIP, 20 minuter per ärende. "
        "Dag och tid: torsdag 2027-02-11, 0900-1100. Områdeschefen för primärvården föredrar."
    )

    assert disguise().text(kept) == kept


@pytest.fixture
def corrected(tmp_path: Path) -> Path:
    """A service whose records have one correction; returns its configuration."""
    settings = write_settings(tmp_path)
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.got.clear()
        got = desk.bytes(nasty())
        receipt = to(got, "lena.wikstrom@regionjh.example")[0]
        desk.mail("lena.wikstrom", "", "Nej, mötet i april.", answers=receipt)
    return settings


def test_the_command_lists_and_writes(corrected: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """What a maintainer gets: a list to read, and files that lie beside the other cases."""
    folder = tmp_path / "cases"

    assert main(["--config", str(corrected), "corrections", "--write", str(folder)]) == 0

    said = capsys.readouterr().out
    assert "rättat" in said
    assert "lästes som: Lena Wikström kan inte komma torsdag 11 februari 2027" in said
    assert "menade:     Lena Wikström kan inte komma torsdag 22 april 2027" in said
    (eml,) = folder.glob("*.eml")
    expected = json.loads(eml.with_suffix(".json").read_text("utf-8"))
    assert expected["intents"][0]["kind"] == "absence"
    assert expected["intents"][0]["meetings"] == ["2027-04-22"]
    network = load_network(folder / "network.toml")
    assert network.person(expected["sender"]).email == parse(eml.read_bytes()).sender.address  # type: ignore[union-attr]


def test_nothing_corrected_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--config", str(write_settings(tmp_path)), "corrections"]) == 0
    assert capsys.readouterr().out == "Ingen läsning har rättats.\n"

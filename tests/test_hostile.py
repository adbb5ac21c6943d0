# ruff: noqa: E501
"""What comes in is hostile: in headers, words, file names and files; and what goes out is not."""

from __future__ import annotations

import base64
import contextlib
import io
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from service.adapters.exporting import export_to
from service.adapters.file_safety import examine, virus_in
from service.usecases.receive import TOO_LARGE
from tests.desk import Desk, Got, only, to

SECRETARY = "ingrid.palm@regionjh.example"
US = "samreko@samverkan.example"
# Headers that a letter of ours may have, and no others.
OURS = {
    "from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding", "content-language",
    "precedence",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.got.clear()
        yield desk


def encoded(text: str) -> str:
    """An encoded word (RFC 2047) that holds whatever the text holds, line ends too."""
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def write(
    desk: Desk, head: str, body: str = "Hej! Jag vill ta upp köerna på mötet den 11 februari."
) -> list[Got]:
    desk.clock = desk.clock.replace(second=desk.clock.second + 1)
    raw = (
        f"{head}To: {US}\r\nDate: {format_datetime(desk.clock)}\r\nMessage-ID: <{desk.clock.second}@x.example>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
    return desk.bytes(raw.encode())


def assert_clean(got: list[Got]) -> None:
    assert got
    for one in got:
        names = [name.casefold() for name in one.message]
        assert set(names) <= OURS, names
        assert len(names) == len(set(names))
        assert "ond@elak.example" not in str(one.message["To"])
        assert one.to.count("@") == 1


INJECTED = "\r\nBcc: ond@elak.example\r\nX-Ond: ja\r\n\r\n<script>"


@pytest.mark.parametrize(
    "head",
    [
        f"From: {encoded('Lena' + INJECTED)} <lena.wikstrom@regionjh.example>\r\nSubject: Hej\r\n",
        f"From: lena.wikstrom@regionjh.example\r\nSubject: {encoded('Köerna' + INJECTED)}\r\n",
        f"From: {encoded('Sara' + INJECTED)} <sara@barnahus.example>\r\nSubject: Fråga\r\n",
        f"From: sara@barnahus.example\r\nSubject: {encoded('Fråga' + INJECTED)}\r\n",
        "From: sara@barnahus.example\r\nSubject: Fråga\rBcc: ond@elak.example\r\n",
        f"From: lena.wikstrom@regionjh.example\r\nSubject: Hej\r\nReferences: {encoded('<a@b>' + INJECTED)}\r\n",
        "From: lena.wikstrom@regionjh.example\r\nSubject: Hej\r\nReferences: <a\rBcc:ond@elak.example>\r\n",
        f"From: {encoded('a@b.example' + INJECTED)}\r\nSubject: Hej\r\n",
    ],
)
def test_no_header_of_ours_is_written_by_anyone_else(desk: Desk, head: str):
    """Line ends in names, subjects and references stay words."""
    got = write(desk, head)

    if got:
        assert_clean(got)


def test_a_name_with_line_ends_does_not_reach_the_agenda(desk: Desk):
    """From a proposal's title to every member's mailbox."""
    title = "Köerna\r\nBcc: ond@elak.example"
    write(desk, f"From: lena.wikstrom@regionjh.example\r\nSubject: {encoded(title)}\r\n",
          "Hej! Jag vill ta upp ärendet i ämnesraden på mötet den 11 februari, 20 minuter.")  # fmt: skip
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    desk.mail("ingrid.palm", "", "Ok", answers=draft)

    mailing = desk.at("2027-02-04 08:00")

    assert_clean(mailing)
    assert "ond@elak.example" not in {g.to for g in mailing}


@pytest.mark.parametrize(
    "evil", ["{{ 7*7 }}", "{% for a in 'x'*9 %}y{% endfor %}", "{{ network.address }}", "{#"]
)
def test_members_words_are_never_run_as_a_template(desk: Desk, evil: str):
    """They come out as they were written."""
    got = desk.mail("Sara <sara@barnahus.example>", f"Fråga {evil}", f"Hej! Vad betyder {evil} i kallelsen?")

    asked = only(to(got, SECRETARY))
    assert evil in asked.words
    assert "49" not in asked.words
    assert "yyyyyyyyy" not in asked.words


def test_members_html_is_never_shown_as_html(desk: Desk):
    """Their HTML becomes text, and the text is escaped in ours."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "sara@barnahus.example", US, "<b>Fråga</b>"
    message["Date"], message["Message-ID"] = format_datetime(desk.clock), "<html@barnahus.example>"
    message.set_content(
        "<p>Hej! Vem är ersättare? &lt;img src=x onerror=alert(1)&gt;</p><script>alert(2)</script>"
        "<img src='http://elak.example/p.gif'><a href='javascript:alert(3)'>länk</a>",
        subtype="html",
    )

    asked = only(to(desk.bytes(message.as_bytes()), SECRETARY))

    assert "<script" not in asked.html.casefold()
    assert "<img src=x" not in asked.html
    assert "elak.example" not in asked.html
    assert "javascript:" not in asked.html
    assert "<b>Fråga</b>" not in asked.html


def test_nothing_is_fetched_because_a_mail_names_it(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Pictures, style sheets, entities and links: no name is looked up and no line opened."""

    def never(*what: object, **more: object) -> object:
        raise AssertionError(f"somebody went out on the net: {what}")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setattr(socket.socket, "connect", never)
    page = (
        "<html><head><link rel=stylesheet href='http://elak.example/s.css'></head><body>"
        "<img src='http://elak.example/p.gif'>Jag kan inte komma den 11 februari.</body></html>"
    )
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "lena.wikstrom@regionjh.example", US, "Förhinder"
    message["Date"], message["Message-ID"] = format_datetime(desk.clock), "<net@regionjh.example>"
    message.set_content("Jag kan inte komma den 11 februari.")
    message.add_alternative(page, subtype="html")
    message.add_attachment(
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "http://elak.example/e">]><x>&e;</x>',
        maintype="text", subtype="xml", filename="x.xml",
    )  # fmt: skip

    got = desk.bytes(message.as_bytes())

    assert to(got, "lena.wikstrom@regionjh.example")
    assert "http://elak" not in "".join(g.html for g in got)


# --- file names and files ---

NAMES = [
    "../../etc/passwd.pdf", "..\\..\\windows\\x.pdf", "C:\\autoexec.pdf", "a\x00b.pdf", "rad\r\nBcc: x@y.pdf",
    "fdp.\u202egpj.pdf", "con.pdf", ".pdf", "   .pdf", "a" * 400 + ".pdf", "köer 2026.pdf", "</p><script>.pdf",
]  # fmt: skip


def test_file_names_are_safe_in_letters_and_in_the_export(desk: Desk, tmp_path: Path):
    """No path, no line end, no hidden direction; what is left is still a name."""
    for n, name in enumerate(NAMES):
        message = EmailMessage()
        message["From"], message["To"] = "lena.wikstrom@regionjh.example", US
        message["Subject"], message["Message-ID"] = f"Ärende {n}", f"<fil{n}@regionjh.example>"
        message["Date"] = format_datetime(desk.clock)
        message.set_content(
            f"Jag vill ta upp köerna till enhet {n} i barnpsykiatrin på mötet den 11 februari. Se bilagan."
        )
        message.add_attachment(
            b"%PDF-1.4 x" + str(n).encode(), maintype="application", subtype="pdf", filename="X"
        )
        raw = message.as_bytes().replace(b'filename="X"', b"filename*=utf-8''" + _percent(name))
        desk.bytes(raw)
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])

    assert len(draft.files) >= 4
    for name in draft.files:
        assert not set(name) & set("/\\\r\n\x00\u202e")
        assert name.strip(" .")
        assert len(name) < 256
    assert "<script>" not in draft.html

    out = tmp_path / "ut"
    out.mkdir()
    export_to(desk.service.store, desk.service.office, out, None)
    written = [p for p in out.rglob("*") if p.is_file()]
    assert written
    assert all(out.resolve() in p.resolve().parents for p in written)
    assert not list(tmp_path.glob("*passwd*"))
    assert all(len(p.name) < 200 and p.name.isascii() for p in written)


def _percent(name: str) -> bytes:
    return "".join(f"%{b:02X}" for b in name.encode()).encode()


def packed(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return out.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:p>Hej</w:p>"}


@pytest.mark.parametrize(
    ("name", "content", "flag"),
    [
        ("Underlag.docm", packed(WORD), "macros"),
        ("Underlag.docx", packed({**WORD, "word/vbaProject.bin": b"x"}), "macros"),
        ("Gammal.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
        ("Aktiv.pdf", b"%PDF-1.4\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert)>>>> endobj", "macros"),
        ("faktura.pdf.exe", b"MZ", "executable"),
        ("bild.jpg", b"MZ\x90\x00program", "executable"),
        ("genväg.lnk", b"L", "executable"),
        ("paket.zip", packed({"läs.txt": b"x", "kör.js": b"x"}), "executable"),
        ("bomb.zip", packed({"noll": bytes(120_000_000)}), "bomb"),
        ("bomb.docx", packed({**WORD, "word/media.xml": bytes(120_000_000)}), "bomb"),
        ("många.zip", packed({f"{n}": b"" for n in range(6000)}), "bomb"),
        ("djup.zip", packed({"a.zip": packed({"b.zip": packed({"c.zip": packed({"d": b"x"})})})}), "bomb"),
        ("trasig.docx", packed(WORD)[:-30], "unreadable"),
    ],
)  # fmt: skip
def test_what_a_file_may_do_is_seen(name: str, content: bytes, flag: str):
    """By what it is, not only by what it is called; and a bomb is not unpacked."""
    began = time.monotonic()

    assert flag in examine(name, content).flags
    assert time.monotonic() - began < 10


LENA = "lena.wikstrom@regionjh.example"
PROGRAM = ("verktyg.exe", b"MZ program")
PLAIN = ("Statistik.pdf", b"%PDF-1.4 statistik")


def propose(desk: Desk, *files: tuple[str, bytes]) -> list[Got]:
    words = "Jag vill ta upp köerna till BUP på mötet den 11 februari. Se bilagan.\n\nLena"
    return desk.mail("lena.wikstrom", "Köerna till BUP", words, files=files)


def files_on_the_agenda(desk: Desk) -> list[str]:
    return [f.filename for i in desk.world.items.values() if not i.standing for f in i.files]


def test_the_secretary_is_warned_in_the_draft(desk: Desk):
    """Macros and programs stand among what to look at, with the file's name."""
    asked = only(to(propose(desk, ("Underlag.docm", packed(WORD)), PROGRAM), SECRETARY))
    desk.mail("ingrid.palm", "", "1", answers=asked)

    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])

    assert "Bilagan Underlag.docm innehåller makron" in draft.words
    assert "verktyg.exe är ett program" in draft.words


def test_a_program_is_kept_back_and_both_are_told(desk: Desk):
    """The matter and the other file are on the list; the program is in nobody's mail."""
    got = propose(desk, PROGRAM, PLAIN)

    sender, secretary = only(to(got, LENA)), only(to(got, SECRETARY))
    assert "verktyg.exe är ett program" in sender.words
    assert "”Köerna till BUP” är anmält" in sender.words
    assert "Ta med verktyg.exe till ”Köerna till BUP”." in secretary.words
    assert files_on_the_agenda(desk) == ["Statistik.pdf"]

    desk.at("2027-01-27 13:00")
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    desk.at("2027-02-04 08:00")
    assert any("Statistik.pdf" in g.files for g in desk.got if g.what == "agenda")
    assert not any("verktyg.exe" in g.files for g in desk.got)


def test_the_secretary_lets_a_program_through_or_leaves_it(desk: Desk):
    """1 takes it in with its matter; no leaves the matter as it is, without the file."""
    asked = only(to(propose(desk, PROGRAM, PLAIN), SECRETARY))
    desk.mail("ingrid.palm", "", "Nej", answers=asked)
    assert files_on_the_agenda(desk) == ["Statistik.pdf"]
    assert [i.state for i in desk.world.items.values() if not i.standing] == ["proposed"]

    words = "Jag vill ta upp tolkarna på mötet den 11 februari. Se bilagan."
    got = desk.mail("maria.ostlund", "Tolkarna", words, files=[("annat.exe", b"MZ annat")])
    desk.mail("ingrid.palm", "", "1", answers=only(to(got, SECRETARY)))
    assert files_on_the_agenda(desk) == ["Statistik.pdf", "annat.exe"]


def test_only_the_secretary_lets_a_program_through(desk: Desk):
    """Neither its sender's yes to the receipt nor her own "1" does."""
    receipt = only(to(propose(desk, PROGRAM), LENA))

    desk.mail("lena.wikstrom", "", "1", answers=receipt)
    desk.mail("lena.wikstrom", "", "Ja, ta med den ändå.", answers=receipt)

    assert files_on_the_agenda(desk) == []


def test_a_program_as_late_material_goes_to_nobody(desk: Desk):
    """After the agenda: the question whether it is sent on does not carry it either, and a no leaves it at that."""
    receipt = only(to(propose(desk, PLAIN), LENA))
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    desk.at("2027-02-04 08:00")

    got = desk.mail("lena.wikstrom", "", "Här kommer ett underlag till.", answers=receipt, files=[PROGRAM])

    assert "verktyg.exe" in only(to(got, SECRETARY)).words
    assert not any("verktyg.exe" in g.files for g in desk.got)
    assert files_on_the_agenda(desk) == ["Statistik.pdf"]


def test_a_late_matter_is_taken_in_without_its_program(desk: Desk):
    """Two questions: which meeting, and the file.  Yes to the one is not yes to the other."""
    desk.at("2027-01-29 09:00")
    desk.got.clear()
    asked = to(propose(desk, PROGRAM, PLAIN), SECRETARY)
    which = only([g for g in asked if "ärendelistan stängdes" in g.words])
    desk.mail("ingrid.palm", "", "1", answers=which)
    assert files_on_the_agenda(desk) == ["Statistik.pdf"]
    assert not any("verktyg.exe" in g.files for g in desk.got)

    desk.mail("ingrid.palm", "", "1", answers=only([g for g in asked if g is not which]))
    assert files_on_the_agenda(desk) == ["Statistik.pdf", "verktyg.exe"]


def test_a_strangers_program_does_not_reach_even_the_secretary(desk: Desk):
    """She decides on the matter, is told of the file, and gets neither it nor a virus."""
    words = "Jag vill ta upp tolkarna på mötet den 11 februari. Se bilagan."
    asked = only(to(desk.mail("Sara <sara@barnahus.example>", "Tolkar", words, files=[PROGRAM]), SECRETARY))

    assert asked.files == []
    assert "verktyg.exe är ett program" in asked.words


@pytest.fixture
def clamd() -> Iterator[str]:
    """A scanner that finds a virus in whatever says VIRUS, and breaks down at BREAK."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = server.accept()
                with line:
                    got = b""
                    while not got.endswith(b"\0\0\0\0") and (more := line.recv(65536)):
                        got += more
                    answer = b"stream: Eicar-Test FOUND" if b"VIRUS" in got else b"stream: OK"
                    line.sendall(
                        (b"INSTREAM size limit exceeded. ERROR" if b"BREAK" in got else answer) + b"\0"
                    )

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_what_the_scanner_warns_of_goes_to_nobody(tmp_path: Path, clamd: str):
    """Sender and secretary are told, and there is nothing to say yes to."""
    with Desk(tmp_path, "2027-01-07 09:00", clamd=clamd) as desk:
        desk.work()
        desk.got.clear()
        got = propose(desk, PLAIN, ("Underlag.pdf", b"%PDF-1.4 VIRUS"))

        sender, secretary = only(to(got, LENA)), only(to(got, SECRETARY))
        assert "Underlag.pdf innehåller virus" in sender.words
        assert "Underlag.pdf innehåller virus" in secretary.words
        assert "siffran" not in secretary.words
        assert files_on_the_agenda(desk) == ["Statistik.pdf"]

        desk.mail("ingrid.palm", "", "1", answers=secretary)
        desk.mail("ingrid.palm", "", "Ja, ta med den.", answers=secretary)
        assert files_on_the_agenda(desk) == ["Statistik.pdf"]


def test_a_strangers_virus_is_left_out_when_the_secretary_says_yes(tmp_path: Path, clamd: str):
    """Her yes is to the matter."""
    with Desk(tmp_path, "2027-01-07 09:00", clamd=clamd) as desk:
        desk.work()
        words = "Jag vill ta upp tolkarna på mötet den 11 februari. Se bilagan."
        got = desk.mail("Sara <sara@barnahus.example>", "Tolkar", words, files=[("T.pdf", b"%PDF-1.4 VIRUS")])
        desk.mail("ingrid.palm", "", "1", answers=only(to(got, SECRETARY)))

        assert [i.state for i in desk.world.items.values() if not i.standing] == ["proposed"]
        assert files_on_the_agenda(desk) == []


def test_what_the_scanner_could_not_look_through_is_told_in_the_draft(tmp_path: Path, clamd: str):
    """A scanner that is away or gives up stops no matter, and hides nothing."""
    with Desk(tmp_path, "2027-01-07 09:00", clamd=clamd) as desk:
        desk.work()
        propose(desk, ("Underlag.pdf", b"%PDF-1.4 BREAK"))

        draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
        assert "Bilagan Underlag.pdf är inte genomsökt" in draft.words


def test_clamd_is_asked_when_there_is_one():
    """A server of the test's own speaks INSTREAM; one that is away stops nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    got = bytearray()

    def serve() -> None:
        line, _ = server.accept()
        with line:
            while not got.endswith(b"\0\0\0\0"):
                got.extend(line.recv(65536))
            line.sendall(b"stream: Eicar-Test FOUND\0")

    thread = threading.Thread(target=serve)
    thread.start()
    port = server.getsockname()[1]
    assert virus_in(b"words", f"127.0.0.1:{port}") == "Eicar-Test"
    thread.join()
    server.close()
    assert got.startswith(b"zINSTREAM\0")
    assert virus_in(b"x", f"127.0.0.1:{port}", timeout=1) is None


def test_too_much_at_once_is_answered_kindly(desk: Desk):
    """Of what is over 25 MB only the header is taken in; the sender learns how to do."""
    raw = (
        f"From: lena.wikstrom@regionjh.example\r\nTo: {US}\r\nSubject: Film\r\n"
        f"Date: {format_datetime(desk.clock)}\r\nMessage-ID: <stor@regionjh.example>\r\n\r\n"
    ).encode()

    got = only(desk.bytes(TOO_LARGE + raw))

    assert got.to == "lena.wikstrom@regionjh.example"
    assert "25" in got.words


def test_a_message_of_a_thousand_levels_is_handled_in_time(desk: Desk):
    """Depth and breadth are bounded."""
    body = b"Jag kan inte komma den 11 februari."
    for level in range(1000):
        edge = b"g%d" % level
        body = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n%s\r\n--%s--\r\n' % (
            edge,
            edge,
            body,
            edge,
        )
    began = time.monotonic()
    desk.bytes(b"From: lena.wikstrom@regionjh.example\r\nMessage-ID: <djup@x.example>\r\n" + body)

    assert time.monotonic() - began < 15
    assert desk.status["incoming"]["failed"] == 0  # type: ignore[index]


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://elak.example")', "+1+1", "-2+3", "@SUM(A1)"])
def test_a_formula_in_a_title_is_no_formula_in_the_export(desk: Desk, tmp_path: Path, formula: str):
    """The lists are opened in Excel."""
    import csv

    subject = str(Header(formula, "utf-8"))
    write(desk, f"From: lena.wikstrom@regionjh.example\r\nSubject: {subject}\r\n",
          f"Hej! Jag vill anmäla ett ärende till mötet den 11 februari.\n\nRubrik: {formula}\nTid: 10 minuter")  # fmt: skip
    out = tmp_path / "ut"
    out.mkdir()
    export_to(desk.service.store, desk.service.office, out, None)

    lists = list((out / "listor").glob("*.csv"))
    assert lists
    for path in lists:
        text = path.read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))], path.name

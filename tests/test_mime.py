"""Raw bytes become a letter: the right words, the right files, the right sender."""

from __future__ import annotations

import base64
import struct
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage

import pytest

from service.adapters.mime import parse
from service.domain.letters import Letter

HEAD = (
    b"From: Lena Wikstr\xc3\xb6m <lena@region.example>\r\n"
    b"To: SamReKo <samreko@samverkan.example>\r\n"
    b"Subject: Hej\r\n"
    b"Date: Thu, 26 Nov 2026 16:42:00 +0100\r\n"
    b"Message-ID: <1@region.example>\r\n"
)
BASE64 = b"Content-Transfer-Encoding: base64"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 60


def a_letter(body: bytes, *headers: bytes) -> Letter:
    return parse(HEAD + b"".join(h + b"\r\n" for h in headers) + b"\r\n" + body)


def in_parts(kind: bytes, *parts: bytes) -> Letter:
    body = b"".join(b"--grans\r\n" + p + b"\r\n" for p in parts) + b"--grans--\r\n"
    return a_letter(body, b"MIME-Version: 1.0", b"Content-Type: " + kind + b'; boundary="grans"')


def a_part(content_type: bytes, body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"Content-Type: " + content_type, *headers, b"", body])


def encoded(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


# --- who writes ---


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ("=?utf-8?Q?=C3=96berg=2C_=C3=85sa?= <asa@region.example>", "Öberg, Åsa", "asa@region.example"),
        ("Öberg, Åsa <asa@region.example>", "Öberg, Åsa", "asa@region.example"),
        ('"Åsa Öberg" <asa@region.example>', "Åsa Öberg", "asa@region.example"),
        ("asa@region.example (Åsa Öberg)", "Åsa Öberg", "asa@region.example"),
        (
            "=?iso-8859-1?Q?=C5sa_=28Region_JH=29?= <asa@region.example>",
            "Åsa (Region JH)",
            "asa@region.example",
        ),
        # Cut in the middle of the two bytes of "Å", as some programs do.
        ("=?utf-8?B?w4U=?= =?utf-8?Q?sa?= <asa@region.example>", "Åsa", "asa@region.example"),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_sender_is_known_however_the_name_is_written(line: str, name: str, address: str, charset: str):
    """Names in encoded words, raw UTF-8, raw Latin-1, unquoted with a comma: one person each."""
    letter = parse(b"From: " + line.encode(charset) + b"\r\nMessage-ID: <1@x.example>\r\n\r\nHej")

    assert letter.sender is not None
    assert (letter.sender.name, letter.sender.address) == (name, address)
    assert "address" not in letter.defects


@pytest.mark.parametrize(
    ("lines", "defect"),
    [
        (b"From: anna@kommun.example <ond@annan.example>", "address"),
        (b"From: Anna Ek", "address"),
        (b"From: <>", "address"),
        (b"X-Nothing: here", "address"),
        (b"From: Anna <anna@kommun.example>, Bo <bo@kommun.example>", "several-from"),
        (b"From: Anna <anna@kommun.example>\r\nFrom: Bo <bo@kommun.example>", "several-from"),
    ],
)
def test_a_doubtful_sender_is_a_defect(lines: bytes, defect: str):
    """What makes it unclear who writes is told, so that nothing is done in somebody's name."""
    assert defect in parse(lines + b"\r\nSubject: Hej\r\n\r\nHej").defects


def test_an_assistant_stands_in_sent_by():
    """Sender beside From: she writes, he is meant."""
    letter = a_letter(b"Hej", b"Sender: Gunilla Berg <gunilla@region.example>")

    assert letter.sender is not None
    assert letter.sender.address == "lena@region.example"
    assert letter.sent_by is not None
    assert letter.sent_by.address == "gunilla@region.example"


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("tor, 5 mar 2026 13:00:00 +0100", datetime(2026, 3, 5, 13, tzinfo=timezone(timedelta(hours=1)))),
        ("on, 6 maj 2026 13:00:00 +0200", datetime(2026, 5, 6, 13, tzinfo=timezone(timedelta(hours=2)))),
        ("lör, 3 okt 2026 13:00 +0200", datetime(2026, 10, 3, 13, tzinfo=timezone(timedelta(hours=2)))),
        ("Thu, 5 Mar 2026 13:00:00 -0500", datetime(2026, 3, 5, 13, tzinfo=timezone(timedelta(hours=-5)))),
        ("i torsdags", None),
        ("Thu, 99 Mar 2026 13:00:00 +9900", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_swedish_too(line: str, moment: datetime | None):
    """The date keeps the sender's own offset; one that cannot be read is None and a defect."""
    letter = parse(b"From: a@b.example\r\nDate: " + line.encode() + b"\r\n\r\nHej")

    assert letter.date == moment
    assert ("date" in letter.defects) == (moment is None)


def test_references_that_were_encoded_as_words_are_still_references():
    """Exchange's long Message-IDs are folded into encoded words by some programs; the thread holds."""
    letter = a_letter(
        b"Hej", b"References: =?utf-8?q?=3Cagenda-draft=2E2027-02-11=2E2=2Ek7f3=40samverkan=2Eexample=3E?="
    )

    assert letter.references == ("<agenda-draft.2027-02-11.2.k7f3@samverkan.example>",)


def test_a_missing_message_id_is_none():
    """Two messages without an id must never be taken for one."""
    letter = parse(b"From: a@b.example\r\n\r\nHej")

    assert letter.message_id is None
    assert "message-id" in letter.defects


# --- words ---


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "latin-1"),
        ("iso-8859-1", "cp1252"),
        ("windows-1252", "cp1252"),
        ("iso-8859-15", "iso-8859-15"),
        ("us-ascii", "utf-8"),
        ("us-ascii", "cp1252"),
        ("utf-8", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("unknown-8bit", "cp1252"),
        ("x-mac-okänd", "utf-8"),
        ("punycode", "cp1252"),
        ("zip", "utf-8"),
        ("", "cp1252"),
    ],
)
def test_a_wrong_label_costs_no_letter(label: str, charset: str):
    """Whatever the charset is called, å ä ö come through."""
    words = "Jag är sjuk på torsdag. Åsa går dit, öppna ärendet."
    letter = a_letter(words.encode(charset), b"Content-Type: text/plain; charset=" + label.encode())

    assert letter.plain == words


def test_curly_quotes_called_latin_1_are_quotes():
    """Outlook's ” and – in cp1252 under the label iso-8859-1."""
    letter = a_letter("”Ja” – kl. 13".encode("cp1252"), b"Content-Type: text/plain; charset=iso-8859-1")

    assert letter.plain == "”Ja” – kl. 13"


def test_text_encoded_twice_is_read_once():
    """A gateway took UTF-8 for cp1252 and encoded it again."""
    letter = a_letter(
        "Åsa går på mötet".encode().decode("cp1252").encode(), b"Content-Type: text/plain; charset=utf-8"
    )

    assert letter.plain == "Åsa går på mötet"


def test_letters_in_two_pieces_become_one():
    """macOS writes "å" as "a" and a ring; words are compared as NFC."""
    assert a_letter("fra\u030anvaro".encode(), b"Content-Type: text/plain; charset=utf-8").plain == "frånvaro"


def test_flowed_paragraphs_are_whole_lines():
    """format=flowed (RFC 3676): the soft line ends go, the signature mark and the quotes stay."""
    body = b"Jag kommer inte p=C3=A5 \r\ntorsdag.\r\n\r\n> Kan du \r\n> komma?\r\n-- \r\nLena"
    letter = a_letter(
        body,
        b"Content-Type: text/plain; charset=utf-8; format=flowed",
        b"Content-Transfer-Encoding: quoted-printable",
    )

    assert letter.plain == "Jag kommer inte på torsdag.\n\n> Kan du komma?\n-- \nLena"


def test_delsp_removes_the_space_that_it_added():
    """DelSp=yes: the space before a soft line end is no part of the word."""
    letter = a_letter(
        b"skol \r\nfr=C3=A5nvaro",
        b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
        b"Content-Transfer-Encoding: quoted-printable",
    )

    assert letter.plain == "skolfrånvaro"


def test_text_on_both_sides_of_a_picture_is_one_text():
    """Apple Mail: text, picture, text; the picture has a name and is a file."""
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain; charset=utf-8", b"Tabellen:"),
        a_part(
            b'image/jpeg; name="IMG_1.jpeg"',
            encoded(PNG),
            b"Content-Disposition: inline; filename=IMG_1.jpeg",
            BASE64,
        ),
        a_part(b"text/plain; charset=utf-8", b"Jag kommer inte."),
    )

    assert letter.plain == "Tabellen:\nJag kommer inte."
    assert [a.filename for a in letter.attachments] == ["IMG_1.jpeg"]


def test_alternatives_are_one_text_in_two_forms():
    """Neither form of the same text is a file."""
    letter = in_parts(
        b"multipart/alternative", a_part(b"text/plain", b"Hej"), a_part(b"text/html", b"<p>Hej</p>")
    )

    assert (letter.plain, letter.html, letter.attachments) == ("Hej", "<p>Hej</p>", ())


# --- files ---


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b"attachment; filename*=UTF-8''f%C3%B6rslag.docx", "förslag.docx"),
        (b"attachment; filename*=iso-8859-1''f%F6rslag.docx", "förslag.docx"),
        (b"attachment; filename*=utf-8''f%F6rslag.docx", "förslag.docx"),
        (b"attachment; filename*0*=UTF-8''f%C3%B6r; filename*1=slag.docx", "förslag.docx"),
        (b'attachment; filename="=?utf-8?Q?f=C3=B6rslag.docx?="', "förslag.docx"),
        (b'attachment;\r\n filename="=?iso-8859-1?Q?f=F6r?=\r\n =?iso-8859-1?Q?slag.docx?="', "förslag.docx"),
        (b'attachment; filename="f\xc3\xb6rslag.docx"', "förslag.docx"),
        (b'attachment; filename="f\xf6rslag.docx"', "förslag.docx"),
        ('attachment; filename="fo\u0308rslag.docx"'.encode(), "förslag.docx"),
        (b'attachment; filename="C:\\Users\\lena\\f\xc3\xb6rslag.docx"', "förslag.docx"),
        (b'attachment; filename="../../etc/f\xc3\xb6rslag.docx"', "förslag.docx"),
        ('attachment; filename="fdp.\u202eexe"'.encode(), "fdp.exe"),
    ],
)
def test_a_file_keeps_the_name_that_its_sender_gave_it(disposition: bytes, name: str):
    """RFC 2231, encoded words where they should not be, raw bytes, folders: the name is the name."""
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain", b"Hej"),
        a_part(b"application/octet-stream", b"x", b"Content-Disposition: " + disposition),
    )

    assert [a.filename for a in letter.attachments] == [name]


@pytest.mark.parametrize(
    "part",
    [
        a_part(
            b'image/png; name="image001.png"',
            encoded(PNG),
            b"Content-ID: <image001.png@01D>",
            b'Content-Disposition: inline; filename="image001.png"',
            BASE64,
        ),
        a_part(b'image/png; name="Outlook-abcd1234.png"', encoded(PNG), b"Content-ID: <x@y>", BASE64),
        a_part(b"image/gif", encoded(PNG), b"Content-ID: <logga>", BASE64),
        a_part(
            b'image/png; name="logotyp.png"',
            encoded(PNG),
            b"Content-Disposition: inline; filename=logotyp.png",
            BASE64,
        ),
        a_part(
            b'application/pkcs7-signature; name="smime.p7s"',
            encoded(b"x"),
            b"Content-Disposition: attachment; filename=smime.p7s",
            BASE64,
        ),
        a_part(b"application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----"),
    ],
)
def test_what_belongs_to_a_signature_is_no_attachment(part: bytes):
    """Logos and detached signatures are left out."""
    letter = in_parts(
        b"multipart/related",
        a_part(b"text/html", b'<p>Hej</p><img src="cid:logga"><img src="cid:image001.png@01D">'),
        part,
    )

    assert letter.attachments == ()


@pytest.mark.parametrize(
    "name", [b"IMG_4471.jpeg", b"Foto p\xc3\xa5 tavlan.jpg", b"WhatsApp Image 2027.jpeg", b"Skarmbild 1.png"]
)
def test_a_photo_within_the_text_is_an_attachment(name: bytes):
    """A member who puts a photo in her mail means it to be seen."""
    letter = in_parts(
        b"multipart/related",
        a_part(b"text/html", b'<p>Hej</p><img src="cid:foto">'),
        a_part(
            b"image/jpeg",
            encoded(PNG),
            b"Content-ID: <foto>",
            b'Content-Disposition: inline; filename="' + name + b'"',
            BASE64,
        ),
    )

    assert [a.filename for a in letter.attachments] == [name.decode()]


def test_an_enclosed_letter_is_somebody_elses():
    """Its words and files are its own: another member's absence is not the forwarder's."""
    inner = EmailMessage()
    inner["From"] = "Anna Ek <anna@kommun.example>"
    inner["Subject"] = "Förhinder"
    inner.set_content("Jag kommer inte.")
    inner.add_attachment(b"x", maintype="application", subtype="pdf", filename="intyg.pdf")
    outer = EmailMessage()
    outer["From"] = "Lena <lena@region.example>"
    outer.set_content("Se bifogat.")
    outer.add_attachment(inner)

    letter = parse(outer.as_bytes())

    assert letter.plain == "Se bifogat.\n"
    assert letter.attachments == ()
    assert [e.subject for e in letter.enclosed] == ["Förhinder"]
    assert [a.filename for a in letter.enclosed[0].attachments] == ["intyg.pdf"]


@pytest.mark.parametrize("kind", [b"application/octet-stream", b"text/plain", b"message/rfc822"])
def test_an_eml_file_is_an_enclosed_letter(kind: bytes):
    """Whatever type it is called by, and though it be base64, which is forbidden."""
    inner = b"From: Anna Ek <anna@kommun.example>\r\nSubject: Inre\r\n\r\nJag kommer inte."
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain", b"Se bifogat."),
        a_part(kind, encoded(inner), b"Content-Disposition: attachment; filename=mejl.eml", BASE64),
    )

    assert letter.attachments == ()
    assert [(e.subject, e.plain) for e in letter.enclosed] == [("Inre", "Jag kommer inte.")]


def a_winmail(*attributes: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<IH", 0x223E9F78, 1)
    for level, name, data in attributes:
        out += struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) % 65536)
    return out


def test_winmail_gives_up_what_it_holds():
    """The file in it is the attachment, under its name in the sender's own code page."""
    content = a_winmail(
        (1, 0x00069007, struct.pack("<II", 1252, 0)),
        (2, 0x00069002, b"\x01\x00" + b"\x00" * 12),
        (2, 0x00018010, "Förslag.docx".encode("cp1252") + b"\x00"),
        (2, 0x0006800F, "innehållet".encode()),
    )
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain", b"Hej"),
        a_part(b'application/ms-tnef; name="winmail.dat"', encoded(content), BASE64),
    )

    assert [(a.filename, a.content) for a in letter.attachments] == [("Förslag.docx", "innehållet".encode())]


@pytest.mark.parametrize("content", [b"", b"x", struct.pack("<IH", 0x223E9F78, 1) + b"\x01" * 50])
def test_a_broken_winmail_is_kept_as_it_is(content: bytes):
    """What cannot be unpacked is kept and told."""
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain", b"Hej"),
        a_part(b'application/ms-tnef; name="winmail.dat"', encoded(content), BASE64),
    )

    assert [a.filename for a in letter.attachments] in (["winmail.dat"], [])
    assert letter.attachments == () or "winmail" in letter.defects


# --- calendars and reports ---

ANSWER = (
    "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nPRODID:x\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n"
    "ATTENDEE;PARTSTAT={state};CN=Lena:MAILTO:lena@region.example\r\nCOMMENT:Johan går i mitt\r\n"
    "  ställe.\\n\r\n"
    "UID:samreko-2027-09-16@samverkan.example\r\nSEQUENCE:2\r\n"
    "DTSTART:20270916T110000Z\r\nDTSTAMP:20270827T112041Z\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize("state", ["ACCEPTED", "DECLINED", "TENTATIVE"])
@pytest.mark.parametrize(
    "kind",
    [
        b"text/calendar; charset=utf-8; method=REPLY",
        b'application/ics; name="invite.ics"',
        b'text/plain; name="svar.ics"',
    ],
)
def test_an_answer_in_the_calendar_is_read(state: str, kind: bytes):
    """Outlook, Google and Apple: in the message or as a file, with the comment that names the substitute."""
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain", b"Hej"),
        a_part(kind, encoded(ANSWER.format(method="REPLY", state=state).encode()), BASE64),
    )

    assert letter.calendar is not None
    assert (letter.calendar.participation, letter.calendar.attendee) == (state, "lena@region.example")
    assert letter.calendar.comment == "Johan går i mitt ställe."
    assert letter.calendar.sequence == 2
    assert letter.calendar.start is not None
    assert letter.attachments == ()


def test_an_answer_with_a_broken_time_is_still_an_answer():
    """Who comes is said elsewhere in it; that its start cannot be read loses only the start."""
    content = ANSWER.format(method="REPLY", state="DECLINED").replace("20270916T110000Z", "2016T13")
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain", b"Hej"),
        a_part(b"text/calendar; method=REPLY", encoded(content.encode()), BASE64),
    )

    assert letter.calendar is not None
    assert (letter.calendar.participation, letter.calendar.start) == ("DECLINED", None)


def test_an_invitation_passed_on_is_no_answer():
    """METHOD:REQUEST asks; it does not answer."""
    letter = in_parts(
        b"multipart/alternative",
        a_part(b"text/plain", b"Hej"),
        a_part(
            b"text/calendar; method=REQUEST", ANSWER.format(method="REQUEST", state="NEEDS-ACTION").encode()
        ),
    )

    assert letter.calendar is None


REPORT = (
    "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; h@internt.example\r\n"
    "Original-Recipient: rfc822;hakan@kommun.example\r\nAction: {action}\r\nStatus: {status}\r\n"
)


@pytest.mark.parametrize(
    ("action", "status", "failed", "delayed"),
    [
        ("failed", "5.2.2", ("hakan@kommun.example",), ()),
        ("delayed", "4.2.2", (), ("hakan@kommun.example",)),
    ],
)
def test_a_delivery_report_says_whom_it_is_about(
    action: str, status: str, failed: tuple[str], delayed: tuple[str]
):
    """RFC 3464, with the address that we wrote to, and which of our messages it was."""
    letter = parse(
        b"From: MAILER-DAEMON@mx.example\r\nReturn-Path: <>\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nTyvarr.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + REPORT.format(action=action, status=status).encode()
        + b"\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Message-ID: <reminder.2027-02-11.1.x@samverkan.example>\r\n\r\nHej\r\n--b--\r\n"
    )

    assert letter.report is not None
    assert (letter.report.failed, letter.report.delayed) == (failed, delayed)
    assert letter.report.original_message_id == "<reminder.2027-02-11.1.x@samverkan.example>"
    assert (letter.attachments, letter.enclosed) == ((), ())


def test_a_bounce_that_a_member_passes_on_is_her_letter():
    """She asks about it; it is not a report to us."""
    letter = in_parts(
        b"multipart/mixed",
        a_part(b"text/plain", b"Varfor fick jag det har?"),
        a_part(b"message/delivery-status", REPORT.format(action="failed", status="5.1.1").encode()),
    )

    assert letter.report is None


# --- limits ---


def test_nesting_without_end_is_cut_off():
    """Boxes in boxes: read as far as is sensible, and told."""
    raw = HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(2_000)
    )

    assert "depth" in parse(raw).defects


def test_parts_without_end_are_cut_off():
    """A message of ten thousand files is read as far as is sensible, and told."""
    letter = in_parts(b"multipart/mixed", *[a_part(b"application/pdf", b"x")] * 10_000)

    assert "parts" in letter.defects
    assert len(letter.attachments) <= 500

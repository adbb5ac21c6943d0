"""A backlog as a summer leaves it: what members write, with their programs' HTML and their attachments."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NETWORK = Path(__file__).resolve().parent.parent / "tests" / "network.toml"

_MATTERS = (
    "Samverkan kring barn som far illa", "Ny överenskommelse om egenvård", "Skolsköterskornas roll",
    "Suicidprevention i länet", "Uppföljning av SIP", "Hemsjukvårdens gränser", "Våld i nära relationer",
    "Läkemedel i elevhälsan", "Digitala vårdmöten på boenden", "Utskrivning från psykiatrin",
)  # fmt: skip
_TEXTS = (
    ("Ärende till nästa möte", "Hej!\n\nJag vill ta upp {matter} på nästa möte. Det behöver ungefär "
     "{minutes} minuter och är för diskussion.\n\nBakgrund: frågan har varit uppe i våra "
     "ledningsgrupper under hösten och vi behöver en gemensam linje innan vi går vidare till politiken."),
    ("Förslag: {matter}", "Hej,\n\nvi föreslår följande ärende till dagordningen den 11 februari:\n\n"
     "{matter}\n\nTyp: information\nTid: {minutes} min\n\nUnderlag bifogas om det finns något."),
    ("Förhinder", "Hej!\n\nJag kan tyvärr inte komma på mötet den 11 februari."),
    ("Mötet i april", "Hej, jag har förhinder den 22 april och kan inte delta."),
    ("Kommer", "Hej!\n\nJag kommer på mötet den 11 februari."),
    ("Fråga", "Hej!\n\nVar hittar jag underlaget till {matter}? Och hur långt är mötet tänkt att bli?"),
    ("Nytt nummer", "Hej! Jag har fått nytt telefonnummer: 070-123 45 {minutes}."),
    ("Tack", "Tack för det!"),
)  # fmt: skip
_SIGN = "\n\nMed vänlig hälsning\n\n{name}\n{title}\n063-14 00 00\n"
_HTML = (
    "<html><head><style>p.MsoNormal{{margin:0cm;font-size:11.0pt;font-family:Calibri}}</style></head>"
    '<body lang="SV"><div class="WordSection1">{body}</div></body></html>'
)


def network_text(today: date, members: int = 0) -> str:
    """The tests' network, moved to `today`'s year and the next, with `members` more seats."""
    text = NETWORK.read_text(encoding="utf-8")
    text = text.replace("2027", "NEXT").replace("2026", str(today.year)).replace("NEXT", str(today.year + 1))
    # Whole tables may be put at the end of a TOML file in any order.
    more = "".join(
        f'\n[[people]]\nid = "bench.{n}"\nname = "Bengt Bänk {n}"\nemail = "bench.{n}@regionjh.example"\n'
        f'\n[[seats]]\nid = "bench-{n}"\ntitle = "Bänkplats {n}"\n'
        f'principal = "region"\nholder = "bench.{n}"\n'
        for n in range(members)
    )
    return text + more


def people(text: str) -> list[tuple[str, str]]:
    """Name and address of everybody in a network file."""
    return re.findall(r'name = "([^"]+)"\nemail = "([^"@]+@(?:regionjh|ostersund|krokom)[^"]+)"', text)


def pdf(text: str, picture: bytes) -> bytes:
    """A page with a line of text and a picture that nobody can compress."""
    words = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 6 0 R>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%b\nendstream" % (len(words), words),
        b"<</Length %d>>stream\n%b\nendstream" % (len(picture), picture),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        made
        + b"xref\n0 7\n0000000000 65535 f \n%btrailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            table,
            len(made),
        )
    )


def backlog(count: int, network: str, at: datetime, *, big: bool = True, seed: int = 7) -> Iterator[bytes]:
    """`count` messages: HTML alternatives, 3 in 10 with 100 KiB attached, 1 in 20 with 2 MiB."""
    dice = random.Random(seed)
    members = people(network)
    noise = dice.randbytes(2 * 1024 * 1024)
    for number in range(count):
        name, address = dice.choice(members)
        subject, body = dice.choice(_TEXTS)
        facts = {"matter": dice.choice(_MATTERS), "minutes": dice.choice((10, 15, 20, 30)), "name": name}
        # The attachment comes with something that it can belong to.
        size = 2 * 1024 * 1024 if number % 20 == 0 else 100 * 1024 if number % 10 in (1, 4, 7) else 0
        if size:
            subject, body = _TEXTS[number % 2]
        text = (body + _SIGN).format(**facts, title="Verksamhetschef")
        message = EmailMessage(policy=SMTP)
        message["From"] = f"{name} <{address}>"
        message["To"] = "samreko@samverkan.example"
        message["Subject"] = subject.format(**facts)
        message["Date"] = format_datetime(at - timedelta(minutes=count - number))
        message["Message-ID"] = f"<{seed}.{number}.{dice.getrandbits(48):x}@regionjh.example>"
        message["X-Mailer"] = "Microsoft Outlook 16.0"
        message.set_content(text)
        paragraphs = "".join(f'<p class="MsoNormal">{p or "&nbsp;"}</p>' for p in text.split("\n"))
        message.add_alternative(_HTML.format(body=paragraphs), subtype="html")
        if size and big:
            start = dice.randrange(4096)
            # Each different, as attachments are; the same bytes would be stored once.
            content = pdf(f"Underlag {number} till samverkan", noise[start : start + size - 1000])
            message.add_attachment(
                content, maintype="application", subtype="pdf", filename=f"Underlag {number}.pdf"
            )
        yield message.as_bytes()

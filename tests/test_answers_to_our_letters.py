"""Our letters come back quoted, as each mail program quotes; only the new words may be read."""

from __future__ import annotations

import email.policy
import html
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from inscriptis import get_text

from service.adapters.mime import parse
from service.adapters.templates import Letterhead
from service.interpretation.quoting import new_words
from service.usecases.office import Rendered
from tests.sample_facts import CASES

TEMPLATES = Path(__file__).parent.parent / "templates"

WHO = "SamReKo <samreko@samverkan.example>"
NEW = "Hej!\n\nDet blir bra så.\n"
NEW_HTML = "<div>Hej!</div><div><br></div><div>Det blir bra så.</div>"


def answer(text: str | None, shown: str | None = None) -> str:
    """The new words of an answer with this text and HTML."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Ingrid Palm <ingrid.palm@regionjh.example>"
    message["To"] = WHO
    message["Subject"] = "Sv: x"
    message["Date"] = "Tue, 02 Feb 2027 10:00:00 +0100"
    message["Message-ID"] = "<svar@regionjh.example>"
    if text is not None:
        message.set_content(text)
    if shown is not None and text is None:
        message.set_content(shown, subtype="html")
    elif shown is not None:
        message.add_alternative(shown, subtype="html")
    return new_words(parse(message.as_bytes())).text


def _marked(letter: Rendered) -> str:
    return "\n".join(f"> {line}" for line in letter.text.splitlines())


def _body(letter: Rendered) -> str:
    found = re.search(r"<body[^>]*>(.*)</body>", letter.html, re.DOTALL)
    assert found
    return found[1]


def _header(letter: Rendered, bold: tuple[str, str] = ("", ""), end: str = "\n") -> str:
    rows = [
        ("Från", WHO),
        ("Skickat", "den 2 februari 2027 09:00"),
        ("Till", "Ingrid Palm"),
        ("Ämne", letter.subject),
    ]
    if end == "\n":
        return "".join(f"{key}: {value}\n" for key, value in rows)
    return end.join(f"{bold[0]}{key}:{bold[1]} {html.escape(value)}" for key, value in rows)


def gmail(letter: Rendered) -> str:
    said = f"Den tis 2 feb. 2027 kl 09:00 skrev {WHO}:"
    return answer(
        f"{NEW}\n{said}\n\n{_marked(letter)}\n",
        f'<div dir="ltr">{NEW_HTML}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{html.escape(said)}<br></div><blockquote class="gmail_quote">{_body(letter)}</blockquote></div>',
    )


def outlook(letter: Rendered) -> str:
    border = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"
    new = "".join(f"<p class=MsoNormal>{line or '<o:p>&nbsp;</o:p>'}</p>" for line in NEW.splitlines())
    head = _header(letter, ("<b>", "</b>"), "<br>")
    return answer(
        None,
        f'<html><body><div class=WordSection1>{new}<div><div style="{border}">'
        f"<p class=MsoNormal>{head}</p></div></div>{_body(letter)}</div></body></html>",
    )


def outlook_on_the_web(letter: Rendered) -> str:
    head = _header(letter, ("<b>", "</b>"), "<br>")
    return answer(
        None,
        f'<html><body><div class="elementToProof">{NEW_HTML}</div><div id="appendonsend"></div>'
        f'<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f"{head}<div>&nbsp;</div></div>{_body(letter)}</body></html>",
    )


def outlook_in_plain_text(letter: Rendered) -> str:
    return answer(f"{NEW}\n-----Ursprungligt meddelande-----\n{_header(letter)}\n{letter.text}")


def outlook_that_made_text_of_our_html(letter: Rendered) -> str:
    return answer(f"{NEW}\n________________________________\n{_header(letter)}\n{get_text(letter.html)}")


def a_phone(letter: Rendered) -> str:
    said = f"2 feb. 2027 kl. 09:00 skrev {WHO}:"
    return answer(
        f"{NEW}\nSkickat från min iPhone\n\n> {said}\n> \n{_marked(letter)}\n",
        f'<html><body dir="auto">{NEW_HTML}<div dir="ltr">Skickat från min iPhone</div><div dir="ltr"><br>'
        f'<blockquote type="cite">{html.escape(said)}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">{_body(letter)}</div></blockquote></body></html>',
    )


@pytest.fixture(scope="module")
def letters() -> list[tuple[str, Rendered]]:
    letterhead = Letterhead(TEMPLATES)
    return [(f"{mailing}: {name}", letterhead.render(mailing, facts)) for mailing, name, facts in CASES]


@pytest.mark.parametrize(
    "program",
    [gmail, outlook, outlook_on_the_web, outlook_in_plain_text, outlook_that_made_text_of_our_html, a_phone],
)
def test_nothing_of_a_quoted_letter_is_taken_for_new(
    letters: list[tuple[str, Rendered]], program: Callable[[Rendered], str]
) -> None:
    """Our letters say "svara ok" and "jag kan inte komma"; quoted, that must not be read as said."""
    read = {case: " ".join(program(letter).split()) for case, letter in letters}
    assert {case: text for case, text in read.items() if text != "Hej! Det blir bra så."} == {}

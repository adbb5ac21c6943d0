"""New words only: what this sender wrote in this letter, and nothing else."""

from __future__ import annotations

import pytest

from service.adapters.mime import parse
from service.domain.letters import Letter
from service.interpretation.quoting import NewWords, new_words

OLD = "Gammalt: kan du komma?\nSvara GODKÄNN om det går bra.\n\nIngrid\n"


def a_letter(body: str, subject: str = "Sv: Utkast", kind: str = "plain") -> Letter:
    head = (
        "From: Lena Wikström <lena.wikstrom@region.example>\nTo: SamReKo <samreko@samverkan.example>\n"
        f"Subject: {subject}\nDate: Thu, 26 Nov 2026 16:42:00 +0100\nMessage-ID: <1@region.example>\n"
        f"Content-Type: text/{kind}; charset=utf-8\n\n"
    )
    return parse((head + body).encode())


def read(body: str, subject: str = "Sv: Utkast", kind: str = "plain") -> NewWords:
    return new_words(a_letter(body, subject, kind))


# --- the header of a quote, by every mail program that our offices use ---

HEADERS = {
    "Outlook": "Från: SamReKo <s@samverkan.example>\nSkickat: den 12 april 2027 08:36\nTill: Lena\n"
    "Ämne: Utkast\n",
    "Outlook, copies on several lines": (
        "Från: SamReKo\nSkickat: den 12 april 2027 08:36\nTill: Erik Jonsson; Anna Ek;\nBo "
        "Bengtsson; Carl Carlsson\n"
        "Kopia: Dag <dag@kommun.example>\nÄmne: Utkast\n"
    ),
    "Outlook as plain text of bold": (
        "*Från:* SamReKo <s@samverkan.example>\n*Skickat:* den 12 april 2027\n*Till:* Lena\n*Ämne:* Utkast\n"
    ),
    "Outlook in English": "From: SamReKo\nSent: Monday, April 12, 2027 8:36 AM\nTo: Lena\nSubject: Utkast\n",
    "Outlook in Norwegian": "Fra: SamReKo\nSendt: mandag 12. april 2027 08:36\nTil: Lena\nEmne: Utkast\n",
    "Outlook in Danish": "Fra: SamReKo\nSendt: 12. april 2027 08:36\nTil: Lena\nCc: Bo\nEmne: Utkast\n",
    "Outlook on the web": (
        "________________________________\nFrån: SamReKo <s@samverkan.example>\nSkickat: den 12 "
        "april 2027 08:36\n"
        "Till: Lena\nÄmne: Utkast\n"
    ),
    "Outlook of old": (
        "-----Ursprungligt meddelande-----\nFrån: SamReKo [mailto:s@samverkan.example]\n"
        "Skickat: den 12 april 2027 08:36\nTill: Lena\nÄmne: Utkast\n"
    ),
    "Samsung": (
        "-------- Originalmeddelande --------\nFrån: SamReKo <s@samverkan.example>\nDatum: "
        "2027-02-01 09:00 (GMT+01:00)\n"
        "Till: Lena\nRubrik: Utkast\n"
    ),
    "Notes": (
        "-----SamReKo <s@samverkan.example> skrev: -----\nTill: Lena\nFrån: SamReKo <s@samverkan.example>\n"
        "Datum: 2027-04-15 08:00\nÄmne: Utkast\n"
    ),
    "Notes with tabs": "Från:\tSamReKo <s@samverkan.example>\nTill:\tLena@RJH\nDatum:\t2027-04-15 "
    "08:00\nÄrende:\tUtkast\n",
    "Notes of old": " SamReKo ---2027-04-15 08:00:12---Hej alla\n",
    "GroupWise": ">>> SamReKo <s@samverkan.example> 2027-04-15 08:00 >>>\n",
    "GroupWise without spaces": ">>>SamReKo <s@samverkan.example> 04/15/27 8:00 >>>\n",
    "GroupWise that wrote": '>>> Den 2027-04-15 kl 08:00 skrev "SamReKo" <s@samverkan.example>:\n',
    "Yahoo": "    Den fredag 5 mars 2027 09:12:11 CET, SamReKo <s@samverkan.example> skrev:  \n \n ",
    "Gmail on a phone, without marks": "Den tors 26 nov. 2026 kl 09:12 skrev SamReKo "
    "<s@samverkan.example>:\n",
}
MARKED_HEADERS = {
    "Gmail": "Den tors 26 nov. 2026 kl 09:12 skrev SamReKo <s@samverkan.example>:",
    "Gmail, wrapped": "Den tors 26 nov. 2026 kl 09:12 skrev SamReKo <\ns@samverkan.example>:",
    "Gmail, wrapped twice": "Den tors 26 nov. 2026 kl 09:12 skrev Nätverket för hälsa och\nskola, "
    "SamReKo <\ns@samverkan.example>:",
    "iPhone": "26 nov. 2026 kl. 09:12 skrev SamReKo <s@samverkan.example>:",
    "iPhone in English": "On 26 Nov 2026, at 09:12, SamReKo <s@samverkan.example> wrote:",
    "Thunderbird": "Den 2026-11-26 kl. 09:12, skrev SamReKo:",
    "Roundcube": "SamReKo skrev den 2026-11-26 09:12:",
    "K-9": "Den 26 november 2026 09:12:12 CET, skrev SamReKo <s@samverkan.example>:",
    "German": "Am 26.11.2026 um 09:12 schrieb SamReKo <s@samverkan.example>:",
    "French": "Le 26 nov. 2026 à 09:12, SamReKo <s@samverkan.example> a écrit :",
    "Czech, by the libraries": "Dne 26.11.2026 v 9:12 SamReKo napsal(a):",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_a_quote_without_marks_is_cut_at_its_header(header: str):
    """All that follows the header of a quoted message is quoted."""
    words = read(f"Jag kommer.\n\n{header}\n{OLD}")

    assert words.text == "Jag kommer."
    assert words.quoted[0].author is not None
    assert words.quoted[0].author.name == "SamReKo"
    assert words.quoted[0].text.startswith("Gammalt: kan du komma?")
    assert not words.forwarded


@pytest.mark.parametrize("header", MARKED_HEADERS.values(), ids=MARKED_HEADERS.keys())
def test_a_quote_with_marks_is_cut_with_its_attribution(header: str):
    """The line that says who wrote goes with the quote, also when it is broken over several."""
    marked = "".join(f"> {line}\n" for line in OLD.splitlines())
    words = read(f"Jag kommer.\n\n{header}\n\n{marked}")

    assert words.text == "Jag kommer."
    assert words.quoted[0].text.startswith("Gammalt: kan du komma?")


def test_a_quoted_header_says_who_when_and_what():
    """What the header gives is kept for those who read forwarded mail."""
    quoted = read(f"Jag kommer.\n\n{HEADERS['Outlook']}\n{OLD}").quoted[0]

    assert quoted.author is not None
    assert quoted.author.address == "s@samverkan.example"
    assert (quoted.subject, quoted.date_text, quoted.to) == ("Utkast", "den 12 april 2027 08:36", "Lena")


def test_quotes_within_quotes_are_told_apart():
    """Newest first, each with its own author."""
    words = read(
        "Jag kommer.\n\nDen tors 26 nov. 2026 kl 09:12 skrev Ingrid <i@region.example>:\n> Kommer du?\n>\n"
        "> Den ons 25 nov. 2026 kl 08:00 skrev Bo <bo@region.example>:\n>> Vem kommer?\n"
    )

    assert [(q.author.name if q.author else "", q.text, q.depth) for q in words.quoted] == [
        ("Ingrid", "Kommer du?", 1),
        ("Bo", "Vem kommer?", 2),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "Hej!\nFrån: vår sida föreslår vi detta.\nTill: nästa möte",
        "Jag är borta\nFrån: 1 mars 2027\nTill: 5 mars 2027",
        "Som Ingrid skrev:\nvi behöver prata om detta den 5 mars kl 10:00.",
        "Datum: 5 mars 2027\nTid: 13.00\nÄmne: SIP\nFöredragande: Johan",
        "Ärende: Jourhem\nTyp: diskussion\nTid: 20 min\nFrån: Region Jämtland",
        "Vidarebefordra gärna detta till alla.\nOriginal message from the region: none",
    ],
)
def test_running_text_is_no_header(body: str):
    """ "Från:" and "skrev" in what a member writes are her own words."""
    words = read(body)

    assert words.text == body
    assert words.quoted == ()


def test_words_below_a_quote_are_new():
    """Some answer below what they answer."""
    words = read(
        "Den 2027-02-01 kl. 09:00, skrev SamReKo:\n> Kan du komma?\n> Ingrid\n\nJa, jag kommer.\n"
        "\nMvh\nLena\n"
    )

    assert words.text == "Ja, jag kommer."


# --- remarks between the lines ---


def test_remarks_between_quoted_lines_are_new_words_with_the_line_above():
    """The number of the point stands only in the line above the remark."""
    words = read(
        "Svar mellan raderna.\n\nDen 2027-02-01 kl. 09:00, skrev SamReKo:\n> 3. Jourhem – Erik (20 min)\n\n"
        "Stryk den.\n\n> 4. SIP – Åsa Norberg från elevhälsan och de andra (10 min,\n> beslut)\n"
        "Den kan vänta.\n> 5. Övrigt\n"
    )

    assert words.text == "Svar mellan raderna.\n\nStryk den.\n\nDen kan vänta."
    assert [(r.text, r.above) for r in words.remarks] == [
        ("Stryk den.", "3. Jourhem – Erik (20 min)"),
        ("Den kan vänta.", "4. SIP – Åsa Norberg från elevhälsan och de andra (10 min, beslut)"),
    ]


DIVIDER = (
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p '
    'class="MsoNormal"><b>Från:</b> '
    "SamReKo &lt;s@samverkan.example&gt;<br><b>Skickat:</b> den 12 april 2027<br><b>Till:</b> Lena<br>"
    "<b>Ämne:</b> Utkast</p></div>"
)


def test_coloured_remarks_in_the_draft_are_new_words():
    """ "Svar i rött nedan": on a line of their own or behind the point."""
    words = read(
        f"<p>Mina svar i rött nedan.</p>{DIVIDER}<p class=MsoNormal>2. Jourhem – Erik (20 min)</p>"
        '<p class=MsoNormal><span style="color:red">Stryks.</span></p>'
        '<p class=MsoNormal>3. SIP – Åsa <span style="color:#C00000">30 min</span></p>',
        kind="html",
    )

    assert [(r.text, r.above) for r in words.remarks] == [
        ("Stryks.", "2. Jourhem – Erik (20 min)"),
        ("30 min", "3. SIP – Åsa"),
    ]
    assert words.quoted[0].text == "2. Jourhem – Erik (20 min)\n3. SIP – Åsa"


def test_colours_of_the_quoted_mail_itself_are_no_remarks():
    """Nobody said that she wrote in red; then the red is ours."""
    words = read(
        f'<p>Ser bra ut.</p>{DIVIDER}<p>1. SIP</p><p><span style="color:red">Svara senast 3/12</span></p>',
        kind="html",
    )

    assert (words.text, words.remarks) == ("Ser bra ut.", ())


def test_remarks_that_outlook_signs_are_new_words():
    """Outlook's "mark my comments with": the writer's name in brackets."""
    words = read(
        "Se nedan.\n\nMvh\nLena\n\n"
        + HEADERS["Outlook"]
        + "\n3. Jourhem (20 min) [Lena Wikström] Stryk.\n4. SIP [1] (10 min)\n"
    )

    assert words.text == "Se nedan.\n\nStryk."
    assert [(r.text, r.above) for r in words.remarks] == [("Stryk.", "3. Jourhem (20 min)")]


def test_lines_slipped_in_between_the_points_are_remarks():
    """Plain text knows no colour; a line between point 3 and point 4 that is neither is hers."""
    words = read(
        "Mina svar nedan.\n\n"
        + HEADERS["Outlook"]
        + "\n3. Jourhem – Erik (20 min)\nStryks.\n4. SIP – Åsa (10 min)\n5. Övrigt\n"
    )

    assert [(r.text, r.above) for r in words.remarks] == [("Stryks.", "3. Jourhem – Erik (20 min)")]


# --- forwards ---


@pytest.mark.parametrize(
    ("subject", "header"),
    [
        (
            "Fwd: Jourhem",
            "---------- Forwarded message ---------\nFrån: Anna <anna@kommun.example>\nDate: "
            "tors 26 nov. 2026\n"
            "Subject: Jourhem\nTo: Lena <lena.wikstrom@region.example>\n",
        ),
        (
            "Fwd: Jourhem",
            "Vidarebefordrat brev:\n\nFrån: Anna <anna@kommun.example>\nÄmne: Jourhem\nDatum: 26 "
            "november 2026\n"
            "Till: Lena\n",
        ),
        (
            "VB: Jourhem",
            "-------- Vidarebefordrat meddelande --------\nÄmne: \tJourhem\nDatum: \tThu, 26 Nov "
            "2026 09:12:11\n"
            "Från: \tAnna <anna@kommun.example>\nTill: \tLena\n",
        ),
        (
            "VB: Jourhem",
            "Från: Anna <anna@kommun.example>\nSkickat: den 26 november 2026\nTill: Lena\nÄmne: Jourhem\n",
        ),
        (
            "Jourhem",
            "Från: Anna <anna@kommun.example>\nSkickat: den 26 november 2026\nTill: Lena\nÄmne: Jourhem\n",
        ),
        (
            "Jourhem",
            "----- Vidarebefordrat av Lena Wikström/RJH den 2026-11-26 09:15 -----\n\nFrån: Anna "
            "<anna@kommun.example>\n"
            "Till: Lena\nDatum: 2026-11-26 09:12\nÄrende: Jourhem\n",
        ),
    ],
)
def test_a_letter_passed_on_is_known_as_such(subject: str, header: str):
    """Its few own words are the text, the letter that it passes on is quoted."""
    words = read(f"Kan vi ta upp detta?\n\n{header}\nHej Lena, det gäller jourhemmen.\n", subject)

    assert (words.text, words.forwarded) == ("Kan vi ta upp detta?", True)
    assert words.quoted[0].author is not None
    assert words.quoted[0].author.address == "anna@kommun.example"
    assert words.quoted[0].subject == "Jourhem"
    assert words.quoted[0].text == "Hej Lena, det gäller jourhemmen."


# --- signatures ---


@pytest.mark.parametrize(
    ("below", "cut"),
    [
        ("Mvh Lena", "Mvh Lena"),
        ("/Lena", "/Lena"),
        ("//LW", "//LW"),
        ("Lena", "Lena"),
        ("Hälsn. Lena W", "Hälsn. Lena W"),
        ("Med vänliga hälsningar / Best regards\n\nLena Wikström", "Best regards"),
        ("Vänligen\nLena", "Vänligen"),
        ("Hälsningar från Strömsund\nLena Wikström\nOmrådeschef", "Områdeschef"),
        ("-- \nLena Wikström\nOmrådeschef\n063-15 33 18", "063-15 33 18"),
        ("Lena\n\nLena Wikström\nOmrådeschef\nBox 654, 831 27 Östersund\nTfn 063-15 33 18", "Box 654"),
        ("Mvh Lena Wikström, verksamhetschef åt dem som undrar", "verksamhetschef"),
        ("Skickat från min iPhone", "iPhone"),
        ("Hämta Outlook för Android<https://aka.ms/x>", "Outlook"),
        ("Get Outlook for iOS", "Outlook"),
        ("Sent from my Galaxy", "Galaxy"),
        ("Skickat från mobilen, ursäkta stavfel", "mobilen"),
        (
            "Mvh\nLena\n\nRegion Jämtland behandlar dina personuppgifter enligt "
            "dataskyddsförordningen (GDPR).",
            "GDPR",
        ),
        ("Lena\n\nTänk på miljön innan du skriver ut detta meddelande.", "miljön"),
        ("Lena\nOBS! Ny mejladress från 1 maj: lena.ny@region.example", "Ny mejladress"),
    ],
)
def test_a_signature_is_cut_off_and_kept(below: str, cut: str):
    """What stands below a letter is no part of what it says, but may hold news."""
    words = read(f"Jag kommer inte på torsdag.\n\n{below}\n")

    assert words.text == "Jag kommer inte på torsdag."
    assert cut in words.signature


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Tack!\n\nLena", "Tack!"),
        ("ok /LW", "ok"),
        ("Kommer inte, Johan går /Lena", "Kommer inte, Johan går"),
        ("Kommer inte. Med vänlig hälsning Lena Wikström", "Kommer inte."),
        ("Hej\n\nMvh\nLena\n\nPS. Johan kan inte den 22 april.", "Hej\n\nPS. Johan kan inte den 22 april."),
        ("Hälsningar till Karin, jag kommer.", "Hälsningar till Karin, jag kommer."),
        (
            "Ny representant blir\n\nNiklas Ek\nIFO-chef\n070-174 06 68",
            "Ny representant blir\n\nNiklas Ek\nIFO-chef\n070-174 06 68",
        ),
        (
            "Underlaget kom i går.\nSkickat med mejl till er alla.",
            "Underlaget kom i går.\nSkickat med mejl till er alla.",
        ),
        (
            "Den 5 mars kl. 10.00 skrev jag till er:\nvi behöver prata om jourhem.",
            "Den 5 mars kl. 10.00 skrev jag till er:\nvi behöver prata om jourhem.",
        ),
        (
            "Punkt ett ska bort\n-----\nPunkt två ska vara kvar",
            "Punkt ett ska bort\n-----\nPunkt två ska vara kvar",
        ),
        (
            "Hur gör vi med mejl från externa avsändare?\nTa upp det.",
            "Hur gör vi med mejl från externa avsändare?\nTa upp det.",
        ),
        (
            "Från: Lena Wikström\nTill: SamReKo\nÄmne: Jourhem\nVi vill ta upp jourhem.",
            "Från: Lena Wikström\nTill: SamReKo\nÄmne: Jourhem\nVi vill ta upp jourhem.",
        ),
        ("Föredragande:\nLena Wikström\nJohan Edlund", "Föredragande:\nLena Wikström\nJohan Edlund"),
        ("Tre saker:\n- Jourhem\n- SIP\n- LARO\n\n- Lena", "Tre saker:\n- Jourhem\n- SIP\n- LARO"),
        (
            "Vi behöver prata om hur personuppgifter behandlas när mejl skickas mellan oss.",
            "Vi behöver prata om hur personuppgifter behandlas när mejl skickas mellan oss.",
        ),
        (
            "Hej,\n\nDet blev fel. Mitt meddelande var avsett för en annan mottagare.",
            "Hej,\n\nDet blev fel. Mitt meddelande var avsett för en annan mottagare.",
        ),
        (
            "/budget 2027 och 2028 behöver upp\nDet är bråttom.",
            "/budget 2027 och 2028 behöver upp\nDet är bråttom.",
        ),
    ],
)
def test_words_are_not_taken_for_a_signature(body: str, text: str):
    """In doubt a line is kept: words that are lost can turn what a member says around."""
    assert read(body).text == text


@pytest.mark.parametrize(
    "banner",
    [
        "Detta mejl kommer från en extern avsändare. Klicka inte på länkar om du inte känner "
        "igen avsändaren.",
        "[EXTERN AVSÄNDARE]",
        "[EXTERN]",
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "Du får inte ofta e-post från lena@region.example. Ta reda på varför det här är viktigt",
    ],
)
def test_a_banner_on_top_is_left_out(banner: str):
    """The receiving organisation's warning is not the sender's."""
    assert read(f"{banner}\n\nHej! Jag kommer.\nLena").text == "Hej! Jag kommer."


# --- HTML ---


def test_a_table_is_read_as_rows():
    """A row a line, and the cells apart for those who want them."""
    words = read(
        "<p>Hej</p><table><tr><th>Ärende</th><th>Tid</th></tr><tr><td>Jourhem</td><td>25 "
        "min</td></tr></table>",
        kind="html",
    )

    assert words.tables == ((("Ärende", "Tid"), ("Jourhem", "25 min")),)
    assert "Jourhem | 25 min" in words.text


def test_lists_keep_their_numbers():
    """ "Tvåan" in the next mail means the second point of this one."""
    words = read('<ol start="2"><li>Jourhem</li><li><p>SIP</p></li></ol><ul><li>LARO</li></ul>', kind="html")

    assert [line for line in words.text.split("\n") if line] == ["2. Jourhem", "3. SIP", "- LARO"]


def test_struck_words_are_not_said():
    """They are told apart, and stay in the quote of the draft in which they were struck."""
    words = read(
        f"<p>Vi ses <s>torsdag</s> fredag.</p>{DIVIDER}<p>3. Jourhem</p>"
        '<p><span style="text-decoration:line-through">4. SIP</span></p>',
        kind="html",
    )

    assert words.text == "Vi ses fredag."
    assert words.struck == ("torsdag", "4. SIP")
    assert "4. SIP" in words.quoted[0].text


def test_hidden_words_are_not_said():
    """What the receiver cannot see was not written for her."""
    assert (
        read('<div style="display:none">Jag kommer inte</div><p>Jag kommer.</p>', kind="html").text
        == "Jag kommer."
    )


def test_the_form_that_says_more_is_read():
    """An HTML part with only a picture, beside a whole text."""
    raw = (
        'From: a@b.example\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n'
        "Content-Type: text/plain\n\n"
        "Jag kommer inte.\n--b\nContent-Type: text/html\n\n<img src='cid:x'>\n--b--\n"
    )

    assert new_words(parse(raw.encode())).text == "Jag kommer inte."


@pytest.mark.parametrize(
    "quote",
    [
        '<blockquote type="cite"><div>1 feb. 2027 kl. 09:00 skrev SamReKo '
        "&lt;s@samverkan.example&gt;:</div><div>{old}</div></blockquote>",
        '<div class="gmail_quote"><div class="gmail_attr">Den tis 15 dec. 2026 kl 10:02 skrev '
        "SamReKo &lt;s@samverkan.example&gt;:<br>"
        '</div><blockquote class="gmail_quote">{old}</blockquote></div>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> '
        "SamReKo<br><b>Sent:</b> Monday<br><b>To:</b> Lena<br>"
        "<b>Subject:</b> Utkast</div><div>{old}</div>",
        "{divider}<p>{old}</p>",
        "<table><tr><td>Från:<td>SamReKo "
        "&lt;s@samverkan.example&gt;<tr><td>Till:<td>Lena<tr><td>Datum:<td>2027-02-01 09:00"
        "<tr><td>Ärende:<td>Utkast</table><hr>{old}",
    ],
    ids=["Apple", "Gmail", "Outlook on the web", "Outlook", "Notes"],
)
def test_a_quote_in_html_is_cut(quote: str):
    """Block quotes, dividers and tables of headers."""
    html = "<div>Jag kommer.</div><br>" + quote.format(old="Gammalt<br>Svara GODKÄNN", divider=DIVIDER)
    words = read(html, kind="html")

    assert words.text == "Jag kommer."
    assert words.quoted[0].author is not None
    assert words.quoted[0].author.name == "SamReKo"

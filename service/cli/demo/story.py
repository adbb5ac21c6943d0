"""The year that the demonstration plays: who writes what, and when.

People write as people do; whatever the service answers and sends is its own
doing.  Nothing here says what a mail means.
"""

from __future__ import annotations

from service.cli.demo.files import pdf, word
from service.cli.demo.letters import File
from service.cli.demo.stage import Stage
from service.cli.demo.telling import Telling
from service.domain.network import Person

# People who write without having a seat.
STRANGERS = (
    Person(
        "birgit.falk", "Birgit Falk", "birgit.falk@brukarradet.example", "Ordförande, Brukarrådet Fjällmark"
    ),
    Person("linnea.strom", "Linnea Ström", "linnea.strom@sjoboda.example", "Elevhälsochef Sjöboda kommun"),
)


def play_year(stage: Stage, tell: Telling) -> None:
    """The whole of 2027, from the first call for matters to the next year's."""
    _first_meeting(stage, tell)
    _second_meeting(stage, tell)
    _strategic_day(stage, tell)
    _third_meeting(stage, tell)
    _fourth_meeting(stage, tell)
    _new_year(stage, tell)


def _minutes(day: str, date: str, *paragraphs: str) -> File:
    """The minutes as the secretary wrote them, in a document of her own."""
    return pdf(f"Protokoll SamFjäll {date}.pdf", f"Protokoll SamFjäll {day}", *paragraphs)


def _first_meeting(stage: Stage, tell: Telling) -> None:
    tell.chapter(
        "Första mötet: 18 februari 2027",
        "Sex veckor före mötet frågar tjänsten efter ärenden. Alla svarar på det mejlet, med sina egna ord.",
    )
    stage.write(
        "sofia.lindahl",
        "2027-01-11 09:12",
        "Hej!\n\n"
        "Jag vill ta upp samordnad individuell plan (SIP) för skolbarn på mötet den 18 februari. "
        "Det är en diskussionsfråga och behöver 20 minuter. Nils Wallin föredrar.\n\n"
        "Underlag bifogas.",
        answering="call",
        files=[
            pdf(
                "SIP för skolbarn 2026.pdf",
                "Samordnad individuell plan för skolbarn, läget 2026",
                "Under 2026 upprättades 143 planer i länet, 31 fler än året före. I var fjärde plan saknas "
                "skolans underskrift.",
                "Fråga till nätverket: hur ser vi till att skolan kallas redan till det första mötet?",
            )
        ],
    )
    stage.write(
        "fredrik.sundin",
        "2027-01-12 14:40",
        "Hej, jag föreslår ett ärende till nästa möte: Gemensam rutin för skyddat boende. "
        "15 minuter, beslut. Jag föredrar själv.",
        subject="Gemensam rutin för skyddat boende",
        program="gmail",
    )
    stage.write(
        "birgit.falk",
        "2027-01-18 10:05",
        "Hej!\n\n"
        "Brukarrådet vill anmäla ett ärende till mötet den 18 februari: Brukarnas erfarenheter av "
        "öppenvården. Information, 10 minuter. Jag föredrar.",
        subject="Brukarnas erfarenheter av öppenvården",
    )
    tell.aside("Birgit är inte med i nätverket. Därför får sekreteraren bestämma.")
    stage.write("gunilla.berg", "2027-01-18 13:30", "1", answering="ask")
    stage.write(
        "kerstin.malm",
        "2027-01-25 08:50",
        "Hej! Jag kan tyvärr inte komma fredagen den 18 februari.",
        subject="Förhinder",
    )
    tell.aside("Den 18 februari är en torsdag. Tjänsten gissar inte, utan frågar.")
    stage.write("kerstin.malm", "2027-01-25 09:15", "1", answering="ask")
    stage.write(
        "cecilia.noren",
        "2027-02-01 16:20",
        "Hej, jag har förhinder den 18 februari.",
        answering="call",
        program="phone",
    )
    tell.aside("Cecilia har en egen ersättare, Peter. Han är redan kallad, utan att någon behövt ringa.")
    stage.write(
        "fredrik.sundin",
        "2027-02-02 11:00",
        "Hej! Jag kan tyvärr inte delta den 18 februari.",
        subject="Mötet 18 februari",
        program="gmail",
    )
    stage.write(
        "margareta.hjort",
        "2027-02-03 15:45",
        "Hej. Jag är förhindrad den 18 februari.",
        answering="call",
    )
    tell.aside("Gruppens enda ersättare är redan kallad för Fredrik. Sekreteraren och gruppen får veta det.")
    stage.write(
        "margareta.hjort",
        "2027-02-04 08:20",
        "Hej! Jag kan komma den 18 februari i alla fall.",
        answering="ack",
    )
    stage.until(stage.moment("2027-02-08 08:30"))
    tell.aside("Inget går ut till ledamöterna innan sekreteraren har godkänt det.")
    stage.write(
        "gunilla.berg",
        "2027-02-08 10:15",
        "Hej,\n\nPunkt 5: 25 minuter.\nFlytta punkt 7 till plats 5.\nPunkt 6 föredras av Margareta Hjort.",
        answering="agenda-draft",
    )
    stage.write("gunilla.berg", "2027-02-08 11:02", "Ok", answering="agenda-draft")
    stage.until(stage.moment("2027-02-11 08:30"))
    tell.aside("En vecka före mötet, som uppdragsbeskrivningen kräver. Var och en fick ett eget mejl.")
    stage.bounce(
        "birgit.falk@brukarradet.example",
        "2027-02-11 08:31",
        "agenda",
        "2027-02-18",
        "Undelivered Mail Returned to Sender",
    )
    stage.write(
        "goran.ek",
        "2027-02-12 13:05",
        "Hej, jag kan tyvärr inte komma till nästa möte.",
        subject="Nästa möte",
    )
    tell.aside(
        "Dagordningen har redan gått ut. Amina får den, med alla bilagor, i samma stund som hon kallas."
    )
    stage.write(
        "goran.ek",
        "2027-02-12 13:40",
        "Nej, det blev fel. Ångra det.",
        answering="ack",
    )
    stage.write(
        "gunilla.berg",
        "2027-02-19 10:30",
        "Tidiga insatser\nSkyddat boende\nSamordnad individuell plan",
        answering="ask",
        about="2027-02-18",
    )
    tell.aside("Fokusområdena följer med i årets ärendekallelser och utvärderas på årets sista möte.")
    stage.write(
        "gunilla.berg",
        "2027-02-22 09:30",
        "Hej!\n\nHär kommer protokollet från mötet den 18 februari.",
        subject="Protokoll 18 februari",
        files=[
            word(
                "Protokoll SamFjäll 2027-02-18.docx",
                "Protokoll SamFjäll 18 februari 2027",
                "Närvarande: Anna Björk (ordförande), Gunilla Berg (sekreterare) med flera.",
                "Nätverket beslutar att anta den gemensamma rutinen för skyddat boende.",
                "Nätverket prioriterar under 2027: tidiga insatser, skyddat boende och samordnad "
                "individuell plan.",
            )
        ],
    )
    stage.write("gunilla.berg", "2027-02-22 10:00", "Godkänns.", answering="minutes-draft")


def _second_meeting(stage: Stage, tell: Telling) -> None:
    tell.chapter(
        "Andra mötet: 29 april 2027",
        "En ledamot slutar, och sekreteraren svarar inte på utkastet.",
    )
    stage.write(
        "oskar.dahlen",
        "2027-03-22 09:00",
        "Hej!\n\n"
        "Jag slutar i Sjöboda kommun den 31 mars. Linnea Ström, linnea.strom@sjoboda.example, "
        "efterträder mig "
        "i nätverket från den 1 april.",
        subject="Ny elevhälsochef",
    )
    stage.write(
        "jenny.frisk",
        "2027-03-30 12:10",
        "Hej, när behöver ni senast ha mitt underlag till mötet i april?",
        subject="Fråga om underlag",
        program="gmail",
    )
    stage.write(
        "gunilla.berg",
        "2027-03-30 13:00",
        "Hej Jenny! Det räcker om det kommer till mig den 13 april.",
        answering="ask",
    )
    stage.write(
        "linnea.strom",
        "2027-04-06 10:30",
        "Hej! Jag vill anmäla ett ärende till mötet den 29 april: Skolfrånvaro i årskurs 7–9. "
        "Diskussion, 30 minuter. Jag föredrar.",
        answering="invitation",
    )
    stage.until(stage.moment("2027-04-21 09:00"))
    tell.aside("Sekreteraren har inte svarat. Då får ordföranden frågan.")
    stage.write(
        "anna.bjork", "2027-04-21 09:40", "Ser bra ut. Godkänt.", answering="agenda-draft", program="phone"
    )
    stage.until(stage.moment("2027-04-22 09:00"))
    stage.answer_invitation(
        "sofia.lindahl", "2027-04-23 08:05", "(avböjer i sin kalender)", comes=False, about="2027-04-29"
    )
    tell.aside("Ett nej i kalendern gäller lika mycket som ett mejl.")
    stage.write(
        "gunilla.berg",
        "2027-05-04 15:10",
        "Hej!\n\nHär kommer protokollet från mötet den 29 april.",
        answering="reminder",
        files=[
            _minutes(
                "29 april 2027",
                "2027-04-29",
                "Mötet öppnades av ordföranden. Föregående protokoll lades till handlingarna.",
                "Skolfrånvaro i årskurs 7–9: Nätverket beslutar att Linnea Ström och David Söder tar "
                "fram en "
                "gemensam handlingsplan till den 23 september.",
            )
        ],
    )
    stage.write("gunilla.berg", "2027-05-04 15:30", "Ok", answering="minutes-draft")


def _strategic_day(stage: Stage, tell: Telling) -> None:
    tell.chapter("Strategisk dag: 10 juni 2027", "En gång om året, en hel dag.")
    stage.write(
        "gunilla.berg",
        "2027-05-12 09:20",
        "Hej!\n\nNy lokal för strategiska dagen den 10 juni: Sjöboda folkhögskola.",
        subject="Ny lokal 10 juni",
    )
    stage.write(
        "helena.brandt",
        "2027-05-17 17:00",
        "Hej, jag vill ta upp nära vård för barn och unga den 10 juni. Diskussion, 60 minuter. Jag föredrar.",
        answering="call",
    )
    stage.until(stage.moment("2027-05-31 09:00"))
    stage.write("gunilla.berg", "2027-05-31 09:30", "Kör!", answering="agenda-draft")
    stage.until(stage.moment("2027-06-10 16:30"))
    stage.write(
        "gunilla.berg",
        "2027-06-14 10:00",
        "Hej!\n\nHär kommer protokollet från den 10 juni.",
        subject="Protokoll 10 juni",
        files=[
            _minutes(
                "10 juni 2027",
                "2027-06-10",
                "Nätverket enas om att nära vård för barn och unga är gemensamt fokus 2028.",
            )
        ],
    )
    stage.write("gunilla.berg", "2027-06-14 10:20", "Godkänt", answering="minutes-draft")


def _third_meeting(stage: Stage, tell: Telling) -> None:
    tell.chapter(
        "Tredje mötet: 23 september 2027",
        "Ett ärende som kommer för sent, mer underlag, och ett återtaget ärende.",
    )
    stage.write(
        "david.soder",
        "2027-08-23 10:00",
        "Hej!\n\nFörslag till mötet den 23 september: Handlingsplan mot skolfrånvaro. Beslut, 20 minuter, "
        "jag föredrar. Ärendet ska vidare till Barnarenan.",
        answering="call",
    )
    stage.write(
        "torbjorn.axelsson",
        "2027-08-24 11:30",
        "Hej, jag vill ta upp avtalet om läkarmedverkan den 23 september. Information, 10 minuter. "
        "Jag föredrar.",
        answering="call",
    )
    stage.write(
        "david.soder",
        "2027-09-01 14:15",
        "Hej, här kommer underlaget till handlingsplanen mot skolfrånvaro.",
        answering="ack",
        files=[
            pdf(
                "Handlingsplan mot skolfrånvaro.pdf",
                "Handlingsplan mot skolfrånvaro",
                "Skolan anmäler, elevhälsan kallar inom fem skoldagar, socialtjänsten deltar från "
                "det andra mötet.",
            )
        ],
    )
    stage.write(
        "torbjorn.axelsson",
        "2027-09-03 09:00",
        "Hej, jag drar tillbaka ärendet om läkarmedverkan.",
        answering="ack",
    )
    stage.write(
        "anna.bjork",
        "2027-09-10 08:10",
        "Hej! Jag vill ta upp våldsförebyggande arbete på mötet den 23 september. 15 minuter, diskussion, "
        "jag föredrar.",
        subject="Ärende",
        program="phone",
    )
    tell.aside("Listan stängdes den 8 september. Sekreteraren väljer.")
    stage.write("gunilla.berg", "2027-09-10 09:00", "1", answering="ask")
    stage.until(stage.moment("2027-09-13 09:00"))
    stage.write("gunilla.berg", "2027-09-13 11:20", "Godkänt, tack!", answering="agenda-draft")
    stage.until(stage.moment("2027-09-23 15:30"))
    stage.write(
        "gunilla.berg",
        "2027-09-27 13:00",
        "Hej!\n\nHär kommer protokollet från mötet den 23 september.",
        subject="Protokoll 23 september",
        files=[
            _minutes(
                "23 september 2027",
                "2027-09-23",
                "Nätverket antar handlingsplanen mot skolfrånvaro och hänvisar den till Barnarenan.",
            )
        ],
    )
    stage.write("gunilla.berg", "2027-09-27 13:25", "Ok", answering="minutes-draft")


def _fourth_meeting(stage: Stage, tell: Telling) -> None:
    tell.chapter("Fjärde mötet: 2 december 2027", "Mötet flyttas, och någon undrar hur tjänsten fungerar.")
    stage.write("linnea.strom", "2027-10-25 09:45", "Hej, hur fungerar den här adressen?", subject="Hjälp")
    stage.write(
        "anna.bjork",
        "2027-11-01 10:00",
        "Hej!\n\nMötet den 2 december flyttas till den 9 december kl 13–15. Samma lokal.",
        subject="Mötet flyttas",
    )
    stage.write(
        "amina.rashid",
        "2027-11-08 07:55",
        "Hej! Mitt nya telefonnummer är 070-174 06 35.",
        subject="Nytt nummer",
        program="phone",
    )
    stage.write(
        "goran.ek",
        "2027-11-15 16:00",
        "Hej, jag föreslår att vi tar upp väntetiderna i vuxenpsykiatrin den 9 december. "
        "Information, 15 minuter, "
        "Amina Rashid föredrar.",
        answering="call",
    )
    stage.until(stage.moment("2027-11-29 09:00"))
    stage.write("gunilla.berg", "2027-11-29 13:00", "Ok!", answering="agenda-draft")
    stage.write("gunilla.berg", "2027-12-01 10:10", "1", answering="ask")
    stage.until(stage.moment("2027-12-09 15:30"))
    stage.write(
        "gunilla.berg",
        "2027-12-13 09:00",
        "Hej!\n\nHär kommer årets sista protokoll, från mötet den 9 december.",
        subject="Protokoll 9 december",
        files=[
            _minutes(
                "9 december 2027",
                "2027-12-09",
                "Nätverket har utvärderat årets fokusområden. Mötet avslutades.",
            )
        ],
    )
    stage.write("gunilla.berg", "2027-12-13 09:30", "Godkänt", answering="minutes-draft")


def _new_year(stage: Stage, tell: Telling) -> None:
    tell.chapter(
        "Nytt år",
        "Ordförande och sekreterare växlar mellan kommunerna och regionen. Från nyår godkänner Marcus Holm.",
    )
    stage.until(stage.moment("2028-01-10 09:00"))

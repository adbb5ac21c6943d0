"""Sentences as people write them, and what they ask for.

Each row is who writes, when, the subject, the words, which of our letters is
answered (or none), and the reading in short: kind (with a ? where the service
asks first), whom and when.
"""

# ruff: noqa: E501 (a letter is a row)

from __future__ import annotations

import json
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from service.adapters.mime import parse
from service.adapters.network_files import load_network
from service.adapters.rule_files import load_rulebook, shipped_rules
from service.domain.network import Network
from service.interpretation.explain import reading_as_json
from service.interpretation.reading import read
from service.interpretation.rulebook import Rulebook
from service.interpretation.surroundings import Surroundings

Row = tuple[str, str, str, str, str, str]


@cache
def network() -> Network:
    return load_network(Path(__file__).parent / "network.toml")


@cache
def rulebook() -> Rulebook:
    return load_rulebook(shipped_rules())


def a_mail(who: str, day: str, subject: str, text: str, answers: str) -> bytes:
    known = {p.email.partition("@")[0]: p for p in network().people}
    mail = EmailMessage()
    mail["From"] = f"{known[who].name} <{known[who].email}>" if who in known else who
    mail["To"] = network().address
    mail["Subject"] = subject
    moment = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=network().timezone)
    mail["Date"] = format_datetime(moment)
    if answers:
        following = network().next_meeting(moment)
        assert following
        mail["In-Reply-To"] = f"<{answers}.{following.key}.1.k7f3q9mw@samverkan.example>"
    mail.set_content(text)
    return bytes(mail)


def someone(value: Any) -> str:
    return value if isinstance(value, str) else str(value.get("name") or value.get("email"))


def in_short(intent: dict[str, Any]) -> str:
    """An intent on one line."""
    kind = intent["kind"] + ("" if intent["certain"] else "?")
    days = ",".join(day[5:] for day in intent.get("meetings", []))
    if intent["kind"] == "absence":
        instead = f" sub={someone(intent['substitute'])}" if intent.get("substitute") else ""
        extent = "" if intent["extent"] == "whole" else f" {intent['extent']}"
        return f"{kind} {intent.get('person')} {days}{instead}{extent}"
    if intent["kind"] == "attendance":
        return f"{kind} {intent.get('person')} {days}"
    if intent["kind"] == "replacement":
        successor = json.dumps(intent.get("successor"), ensure_ascii=False)
        return f"{kind} {intent.get('leaving')} -> {successor} from {intent.get('from')}"
    if intent["kind"] == "meeting":
        start, place = intent.get("start", ""), intent.get("place", "")
        return f"{kind} {intent.get('meeting')} {intent['action']} {start} {place}".rstrip()
    if intent["kind"] == "contact":
        new = " ".join(intent[f] for f in ("name", "email", "phone", "title") if intent.get(f))
        return f"{kind} {intent.get('person')} {new}"
    return kind


def reading_of(who: str, day: str, subject: str, text: str, answers: str) -> str:
    letter = parse(a_mail(who, day, subject, text, answers))
    assert letter.date is not None
    reading = read(letter, rulebook(), Surroundings(network(), letter.date))
    return " | ".join(in_short(i) for i in reading_as_json(letter, reading)["intents"])


ABSENCE: list[Row] = [
    (
        "lena.wikstrom",
        "2027-04-12",
        "Frånvaro",
        "Hej!\nJag har tyvärr fått förhinder den 22 april. Johan går i mitt ställe.\nHälsningar Lena",
        "",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "SamReKo 22/4",
        "Kan tyvärr inte vara med på torsdag nästa vecka, sitter i förhandlingar. Mvh Lena",
        "",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Möte",
        "Hej,\n\nPå grund av sjukdom kan jag inte delta vid nästa sammanträde. Min ersättare är vidtalad.\n\nLena Wikström",
        "",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "",
        "Lämnar återbud till mötet den 22:a.",
        "",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Inbjudan: SamReKo 22 april 2027",
        "Tyvärr, jag har semester då.",
        "invitation",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Inbjudan: SamReKo 22 april 2027",
        "Kan inte. Johan tar det.",
        "invitation",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Kommer inte.",
        "reminder",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Måste tyvärr tacka nej denna gång.",
        "reminder",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Krock 22/4",
        "Hej, det krockar med barnhälsans dag så jag får avstå den här gången. Johan Edlund representerar oss.",
        "",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-21",
        "I morgon",
        "Lillan är magsjuk så jag blir hemma i morgon. Hoppas det går bra ändå!",
        "",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-22",
        "sjuk",
        "Ligger hemma med 39 graders feber. Får inte tag i Johan.",
        "",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sen ankomst",
        "Jag kommer cirka 20 minuter sent den 22 april eftersom tåget kommer in 13.10.",
        "",
        "absence lena.wikstrom 04-22 late",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "22 april",
        "Jag behöver lämna mötet kl 14 den 22/4 för en flygtid.",
        "",
        "absence lena.wikstrom 04-22 early",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "22 april",
        "Kan bara vara med den första timmen den 22 april.",
        "",
        "absence lena.wikstrom 04-22 early",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "22 april",
        "Hinner inte till starten den 22 april, ansluter vid halv två.",
        "",
        "absence lena.wikstrom 04-22 late",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "22 april",
        "Jag kan vara med fram till kl. 14.15, därefter måste jag till Östersunds sjukhus.",
        "",
        "absence lena.wikstrom 04-22 early",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "22 april",
        "Jag kan inte vara med från början utan dyker upp ca 13:30.",
        "",
        "absence lena.wikstrom 04-22 late",
    ),
    (
        "johan.edlund",
        "2027-04-12",
        "Lena",
        "Hej! Jag hoppar in för Lena den 22 april, hon är på kurs.",
        "",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "johan.edlund",
        "2027-04-12",
        "SamReKo",
        "Lena är sjukskriven så det blir jag som kommer den 22/4.",
        "",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "johan.edlund",
        "2027-04-12",
        "SamReKo",
        "Lena kan inte komma på mötet den 22/4. Jag ersätter.",
        "",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "eva.martensson",
        "2027-04-12",
        "Karin",
        "Karin hälsar att hon inte kan komma den 22 april.",
        "",
        "absence karin.nystrom 04-22",
    ),
    (
        "mats.hedin",
        "2027-04-12",
        "22/4",
        "Maria kommer i mitt ställe den 22/4, jag är bortrest.",
        "",
        "absence mats.hedin 04-22 sub=maria.lundqvist",
    ),
    (
        "mats.hedin",
        "2027-04-12",
        "22/4",
        "Jag åker till Stockholm den 22:a, Maria Lundqvist täcker upp.",
        "",
        "absence mats.hedin 04-22 sub=maria.lundqvist",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "SamReKo",
        "Det är inte så att jag inte kommer på torsdag v 16, men jag blir en halvtimme sen.",
        "",
        "absence erik.jonsson 04-22 late",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "SamReKo",
        "Jag vet inte om jag kan komma den 22/4, återkommer.",
        "",
        "absence? erik.jonsson 04-22",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Hösten",
        "Jag är föräldraledig hela hösten och kommer inte på några möten då. Håkan går in för mig.",
        "",
        "absence erik.jonsson 09-16,11-25 sub=hakan.nilsson",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Frånvaro",
        "Jag är borta 19-30 april (semester). Håkan tar mötet.",
        "",
        "absence erik.jonsson 04-22 sub=hakan.nilsson",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Frånvaro",
        "Jag kan inte den 22/4 men däremot den 3/6.",
        "",
        "absence erik.jonsson 04-22 | attendance erik.jonsson 06-03",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Frånvaro",
        "Kan varken den 22 april eller den 3 juni.",
        "",
        "absence erik.jonsson 04-22,06-03",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Frånvaro",
        "Hej! Jag kommer inte att kunna delta på nästa möte och inte heller på strategidagen.",
        "",
        "absence erik.jonsson 04-22,06-03",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Septembermötet",
        "Jag har förhinder till septembermötet.",
        "",
        "absence erik.jonsson 09-16",
    ),
    (
        "anna@other.example",
        "2027-04-12",
        "Lena Wikström",
        "Hej, jag är assistent till Lena Wikström. Hon kan inte delta den 22 april.",
        "",
        "absence? lena.wikstrom 04-22",
    ),
    (
        "anna@other.example",
        "2027-04-12",
        "Frånvaro",
        "Å Per Ahlströms vägnar anmäler jag frånvaro den 22 april.",
        "",
        "absence? per.ahlstrom 04-22",
    ),
    (
        "per.ahlstrom",
        "2027-04-12",
        "22/4",
        "Hi, unfortunately I am unable to attend the meeting on 22 April. Per",
        "",
        "absence per.ahlstrom 04-22",
    ),
    (
        "per.ahlstrom",
        "2027-04-12",
        "April meeting",
        "Sorry, I can't make the April meeting. No substitute, I'm afraid.",
        "",
        "absence per.ahlstrom 04-22",
    ),
    (
        "per.ahlstrom",
        "2027-04-12",
        "April meeting",
        "I'll be about half an hour late on Thursday 22 April.",
        "",
        "absence per.ahlstrom 04-22 late",
    ),
    (
        "maria.lundgren",
        "2027-04-12",
        "22/4",
        "Jag har förhinder den 22 april. Karin kan leda mötet.",
        "",
        "absence maria.lundgren 04-22",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "22/4",
        "Den 22:a ska min mor begravas, så det blir ingen Krokom den dagen.",
        "",
        "absence erik.jonsson 04-22",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Sv: Inbjudan",
        "Nämnden har lagt ett extra sammanträde på samma tid. Håkan har handlingarna och sitter på min stol.",
        "invitation",
        "absence erik.jonsson 04-22 sub=hakan.nilsson",
    ),
    ("erik.jonsson", "2027-04-12", "22/4", "Då är jag i Bryssel.", "", "absence erik.jonsson 04-22"),
    (
        "erik.jonsson",
        "2027-04-12",
        "Torsdag 22 april",
        "Min stol blir tom den dagen, och Håkan är också bortrest.",
        "",
        "absence erik.jonsson 04-22",
    ),
    (
        "mats.hedin",
        "2027-04-12",
        "22 april",
        "Doktorn har skrivit ut två veckors vila åt mig från och med i dag. Maria L får ta mötet den 22:a.",
        "",
        "absence mats.hedin 04-22 sub=maria.lundqvist",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Ni får klara er utan mig den här gången. Johan vet.",
        "reminder",
        "absence lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Det blir Johan den här gången.",
        "reminder",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Johan kommer i stället för mig.",
        "reminder",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Johan Edlund deltar för min räkning.",
        "reminder",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Jag överlåter min plats åt Johan denna gång.",
        "reminder",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Undertecknad är förhindrad. Som ersättare inträder Johan Edlund.",
        "reminder",
        "absence lena.wikstrom 04-22 sub=johan.edlund",
    ),
    (
        "camilla.rask",
        "2027-04-12",
        "SamReKo 22 april",
        "Till sammanträdet den 22 april har undertecknad att meddela förhinder. I mitt ställe närvarar biträdande skolchef Petra Hallin, petra.hallin@herjedalen.example.",
        "",
        "absence camilla.rask 04-22 sub=Petra Hallin",
    ),
    (
        "camilla.rask",
        "2027-04-12",
        "Förhinder",
        "Härmed meddelas att jag på grund av tjänsteresa inte har möjlighet att närvara vid sammanträdet den 22 april 2027. Någon ersättare är inte aktuell.",
        "",
        "absence camilla.rask 04-22",
    ),
    ("annika.sjodin", "2027-04-12", "v 16", "Ledig hela v 16.", "", "absence annika.sjodin 04-22"),
    (
        "annika.sjodin",
        "2027-04-12",
        "april",
        "Jag är sjukskriven april ut. Tomas tar mina möten.",
        "",
        "absence annika.sjodin 04-22 sub=tomas.oberg",
    ),
    (
        "annika.sjodin",
        "2027-04-12",
        "Möten i vår",
        "Jag kan inte vara med på något av vårens möten. Tomas Öberg ersätter mig.",
        "",
        "absence annika.sjodin 04-22,06-03 sub=tomas.oberg",
    ),
    (
        "annika.sjodin",
        "2027-04-12",
        "Resten av året",
        "Jag är tjänstledig resten av året, så räkna inte med mig. Tomas ersätter vid samtliga möten.",
        "",
        "absence annika.sjodin 04-22,06-03,09-16,11-25 sub=tomas.oberg",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "22/4",
        "Hinner tidigast till kvart över ett den 22/4.",
        "",
        "absence karin.nystrom 04-22 late",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "22/4",
        "Den 22/4 har jag läkartid kl 12.30 men kommer direkt därefter, troligen runt 13.30.",
        "",
        "absence? karin.nystrom 04-22 late",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "22/4",
        "Är försenad, kör utan mig så länge.",
        "",
        "absence karin.nystrom 04-22 late",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "22/4",
        "Måste smita redan vid två den 22:a.",
        "",
        "absence karin.nystrom 04-22 early",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "22/4",
        "Kan inte stanna hela mötet den 22 april, flyget går 15.10 så jag viker ned kl 14.30.",
        "",
        "absence karin.nystrom 04-22 early",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "3 juni",
        "Strategidagen: jag kan bara vara med före lunch.",
        "",
        "absence karin.nystrom 06-03 early",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "3 juni",
        "Jag kommer till Birka först efter lunch på strategidagen.",
        "",
        "absence karin.nystrom 06-03 late",
    ),
    (
        "tomas.oberg",
        "2027-04-12",
        "Annika",
        "Annika är sjuk, så jag går på mötet den 22/4.",
        "",
        "absence annika.sjodin 04-22 sub=tomas.oberg",
    ),
    (
        "hakan.nilsson",
        "2027-04-12",
        "22/4",
        "Jag går för Birgitta den 22 april.",
        "",
        "absence birgitta.aslund 04-22 sub=hakan.nilsson",
    ),
    (
        "hakan.nilsson",
        "2027-04-12",
        "22/4",
        "Jag kommer som ersättare den 22 april.",
        "",
        "absence? None 04-22 sub=hakan.nilsson",
    ),
    ("maria.lundgren", "2027-04-12", "Maria", "Maria kan inte komma den 22/4.", "", "absence? None 04-22"),
    ("eva.martensson", "2027-04-12", "Maria", "Maria kan inte komma den 22/4.", "", "absence? None 04-22"),
    (
        "eva.martensson",
        "2027-04-12",
        "Frånvaro",
        "Fredag den 22 april kan jag inte komma.",
        "",
        "absence? eva.martensson 04-22",
    ),
    (
        "eva.martensson",
        "2027-04-12",
        "Frånvaro",
        "Jag har förhinder till mötet den 23 april.",
        "",
        "absence? eva.martensson 04-22",
    ),
    (
        "eva.martensson",
        "2027-04-12",
        "Frånvaro",
        "Jag kan inte delta den 5 maj.",
        "",
        "absence? eva.martensson 04-22",
    ),
    ("anders.fors", "2027-09-06", "16/9", "hej kan ej 16/9 /anders", "", "absence anders.fors 09-16"),
    ("anders.fors", "2027-09-06", "16/9", "missar nog den 16:e tyvärr", "", "absence anders.fors 09-16"),
    (
        "anders.fors",
        "2027-09-06",
        "",
        "funkar inte för mig den 16e, ber om ursäkt",
        "",
        "absence anders.fors 09-16",
    ),
    (
        "anders.fors",
        "2027-09-06",
        "16 sep",
        "måste ställa in min medverkan den 16:e",
        "",
        "absence anders.fors 09-16",
    ),
    ("anders.fors", "2027-09-06", "16 sep", "Får inte ihop det den 16:e.", "", "absence anders.fors 09-16"),
    (
        "anders.fors",
        "2027-09-06",
        "Torsdag v 37",
        "Hinner inte upp till Östersund på torsdag v 37. Sorry!",
        "",
        "absence anders.fors 09-16",
    ),
    (
        "anders.fors",
        "2027-09-06",
        "Ang mötet",
        "Det blir svårt för mig att komma den 16:e.",
        "",
        "absence? anders.fors 09-16",
    ),
    (
        "anders.fors",
        "2027-09-06",
        "Ang mötet",
        "Jag uteblir från mötet den 16 september.",
        "",
        "absence anders.fors 09-16",
    ),
    ("anders.fors", "2027-09-06", "Ang mötet", "Kommer bli borta den 16/9.", "", "absence anders.fors 09-16"),
    (
        "anders.fors",
        "2027-09-06",
        "Ang mötet",
        "Jag står över den 16 september.",
        "",
        "absence anders.fors 09-16",
    ),
    (
        "anders.fors",
        "2027-09-06",
        "Ang mötet",
        "Jag har dubbelbokat mig den 16/9 och väljer det andra mötet.",
        "",
        "absence anders.fors 09-16",
    ),
    (
        "anders.fors",
        "2027-09-06",
        "Ang mötet",
        "Stryk mig från listan den 16:e.",
        "",
        "absence anders.fors 09-16",
    ),
    ("anders.fors", "2027-09-06", "Frånvaro", "Frånvaro 16/9.", "", "absence anders.fors 09-16"),
    (
        "anders.fors",
        "2027-09-06",
        "Anmäler förhinder till 16 september",
        "/Anders",
        "",
        "absence anders.fors 09-16",
    ),
    (
        "per.ahlstrom",
        "2027-09-06",
        "Förhinder",
        "Undertecknad har blivit kallad till regionfullmäktige den 16 september och ser sig därför förhindrad att delta i sammanträdet.",
        "",
        "absence per.ahlstrom 09-16",
    ),
    (
        "per.ahlstrom",
        "2027-09-06",
        "Meddelande om frånvaro",
        "Jag får härmed meddela att jag inte har tillfälle att närvara vid nästkommande sammanträde med anledning av tjänsteförrättning på annan ort.",
        "",
        "absence per.ahlstrom 09-16",
    ),
    (
        "lena.wikstrom",
        "2027-09-06",
        "Ersättare",
        "Vid sammanträdet den 16 september företräds området av verksamhetschef Johan Edlund då jag själv är förhindrad.",
        "",
        "absence lena.wikstrom 09-16 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-09-06",
        "Ersättare",
        "Jag önskar att min ersättare Johan Edlund kallas till mötet den 16 september, eftersom jag är på tjänsteresa.",
        "",
        "absence lena.wikstrom 09-16 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-09-06",
        "Ersättare",
        "Ber er kalla in Johan till den 16:e, jag är ledig då.",
        "",
        "absence lena.wikstrom 09-16 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-09-06",
        "Deltagande",
        "Johan Edlund kommer att delta i mitt ställe den 16 september.",
        "",
        "absence lena.wikstrom 09-16 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-09-06",
        "Deltagande",
        "Jag har ombett Johan Edlund att företräda mig den 16 september.",
        "",
        "absence lena.wikstrom 09-16 sub=johan.edlund",
    ),
    (
        "lena.wikstrom",
        "2027-09-06",
        "Deltagande",
        "I mitt ställe kommer Johan.",
        "",
        "absence lena.wikstrom 09-16 sub=johan.edlund",
    ),
    (
        "annika.sjodin",
        "2027-09-06",
        "16/9",
        "Tomas får ta den 16:e, jag sitter fast i Stockholm.",
        "",
        "absence annika.sjodin 09-16 sub=tomas.oberg",
    ),
    (
        "annika.sjodin",
        "2027-09-06",
        "16/9",
        "Skicka länken till Tomas också, han kommer i stället för mig den 16:e.",
        "",
        "absence annika.sjodin 09-16 sub=tomas.oberg",
    ),
    (
        "camilla.rask",
        "2027-09-06",
        "16/9",
        "Jag skickar min kollega Stina Löfgren den 16:e (stina.lofgren@herjedalen.example).",
        "",
        "absence camilla.rask 09-16 sub=Stina Löfgren",
    ),
    (
        "camilla.rask",
        "2027-09-06",
        "16/9",
        "Har förhinder den 16:e men biträdande skolchef Petra Hallin kan komma.",
        "",
        "absence camilla.rask 09-16 sub=Petra Hallin",
    ),
    (
        "camilla.rask",
        "2027-09-06",
        "16/9",
        "Jag kan inte komma den 16:e. Har frågat Petra Hallin om hon kan gå men inte fått svar.",
        "",
        "absence camilla.rask 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag är inte på plats den 16 september. Håkan vikarierar.",
        "",
        "absence erik.jonsson 09-16 sub=hakan.nilsson",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Varken jag eller Håkan kan komma den 16:e.",
        "",
        "absence erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Birgitta och jag åker på IFO-dagarna den 16:e och kan inte delta.",
        "",
        "absence birgitta.aslund 09-16 | absence erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Kör från Krokom efter lunch och är hos er runt halv två den 16:e.",
        "",
        "absence erik.jonsson 09-16 late",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag hoppar av vid 14.15 den 16:e.",
        "",
        "absence erik.jonsson 09-16 early",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Droppar in lite efter 13 den 16 sep, kör igång ni.",
        "",
        "absence erik.jonsson 09-16 late",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag kan vara med mellan 13 och 14 den 16/9.",
        "",
        "absence erik.jonsson 09-16 early",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Behöver gå lite tidigare den 16:e.",
        "",
        "absence erik.jonsson 09-16 early",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag missar tyvärr första punkten den 16:e.",
        "",
        "absence erik.jonsson 09-16 late",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag missar sista halvtimmen den 16:e.",
        "",
        "absence erik.jonsson 09-16 early",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "I won't be able to join on 16 September. Håkan will attend instead.",
        "",
        "absence erik.jonsson 09-16 sub=hakan.nilsson",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "I have a conflict on 16 September and must send my regrets.",
        "",
        "absence erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Unfortunately I have to leave at 2 pm on 16 September.",
        "",
        "absence erik.jonsson 09-16 early",
    ),
    (
        "sofia@regionjh.example",
        "2027-09-06",
        "Karin Nyström",
        "Karin Nyström är tyvärr upptagen den 16 september och kan inte närvara.",
        "",
        "absence? karin.nystrom 09-16",
    ),
    (
        "hakan.nilsson",
        "2027-09-06",
        "16/9",
        "Jag ersätter Erik den 16:e.",
        "",
        "absence erik.jonsson 09-16 sub=hakan.nilsson",
    ),
    (
        "hakan.nilsson",
        "2027-09-06",
        "16/9",
        "Erik är sjuk, jag går för honom den 16:e.",
        "",
        "absence erik.jonsson 09-16 sub=hakan.nilsson",
    ),
    (
        "jonas.dahl",
        "2027-09-06",
        "Eva",
        "Eva har ramlat av cykeln och kommer inte på torsdag i nästa vecka.",
        "",
        "absence eva.martensson 09-16",
    ),
    (
        "jonas.dahl",
        "2027-09-06",
        "Eva",
        "Eva Mårtensson är föräldraledig från 1 september och kommer inte till mötet den 16:e.",
        "",
        "absence eva.martensson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "Föräldraledig",
        "Jag går på föräldraledighet i november och är borta ett år. Vikarie på min post blir Nils Dahlin (nils.dahlin@krokom.example) och han går även in i SamReKo fr.o.m. 1 november.",
        "",
        'absence erik.jonsson 11-25 | replacement erik.jonsson -> {"name": "Nils Dahlin", "email": "nils.dahlin@krokom.example"} from 2027-11-01',
    ),
]


COMING: list[Row] = [
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Jag kommer!",
        "reminder",
        "attendance lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Tack, jag är med.",
        "reminder",
        "attendance lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Jag deltar på länk.",
        "reminder",
        "attendance lena.wikstrom 04-22",
    ),
    (
        "lena.wikstrom",
        "2027-04-12",
        "22/4",
        "Jag vabbar i morgon och resten av veckan men kommer den 22:a.",
        "",
        "attendance lena.wikstrom 04-22",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Re: Noterat: förhinder",
        "Nu har det löst sig, jag kan komma ändå.",
        "ack",
        "attendance erik.jonsson 04-22",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "SamReKo",
        "Jag har fått tid att delta den 22 april trots allt, Håkan behöver inte åka.",
        "",
        "attendance erik.jonsson 04-22",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "SamReKo",
        "Glöm mitt återbud, jag kommer på torsdag v. 16.",
        "",
        "attendance erik.jonsson 04-22",
    ),
    (
        "per.ahlstrom",
        "2027-04-12",
        "April meeting",
        "I'll be there on 22 April.",
        "",
        "attendance per.ahlstrom 04-22",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Sv: Inbjudan",
        "Det passar bra, jag deltar.",
        "invitation",
        "attendance karin.nystrom 04-22",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Sv: Inbjudan",
        "Självklart kommer jag.",
        "invitation",
        "attendance karin.nystrom 04-22",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Sv: Inbjudan",
        "Jag tackar ja till inbjudan.",
        "invitation",
        "attendance karin.nystrom 04-22",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Sv: Inbjudan",
        "Härmed bekräftas mitt deltagande.",
        "invitation",
        "attendance karin.nystrom 04-22",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Strategidagen",
        "Anmäler mig till strategidagen, äter vegetariskt.",
        "",
        "attendance karin.nystrom 06-03",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "22/4",
        "Kommer den 22 april och den 3 juni.",
        "",
        "attendance karin.nystrom 04-22,06-03",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "22/4",
        "Mötet jag hade den 22/4 blev inställt så nu kan jag vara med hos er.",
        "",
        "attendance karin.nystrom 04-22",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Självklart är jag med den 16:e!",
        "",
        "attendance erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag har bokat av kursen och kan nu delta den 16:e.",
        "",
        "attendance erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag kommer den 16:e men är inte med den 25 november.",
        "",
        "attendance erik.jonsson 09-16 | absence erik.jonsson 11-25",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Ändrade planer, jag är med den 16:e i alla fall.",
        "",
        "attendance erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Kursen blev inställd så jag kommer den 16:e.",
        "",
        "attendance erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag deltar digitalt den 16:e, barnen är sjuka.",
        "",
        "attendance erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Jag kan inte ta mig till Östersund den 16:e så jag tar det via Teams.",
        "",
        "attendance erik.jonsson 09-16",
    ),
    (
        "erik.jonsson",
        "2027-09-06",
        "16/9",
        "Ni kan bortse från mitt återbud till den 16:e.",
        "",
        "attendance erik.jonsson 09-16",
    ),
    ("erik.jonsson", "2027-09-06", "16/9", "Närvarar den 16 september.", "", "attendance erik.jonsson 09-16"),
    ("erik.jonsson", "2027-09-06", "16/9", "I'm in for 16 September.", "", "attendance erik.jonsson 09-16"),
    (
        "sofia@regionjh.example",
        "2027-09-06",
        "SV: Påminnelse",
        "Hej! Svarar åt Karin Nyström: hon kommer den 16 september.",
        "",
        "attendance? karin.nystrom 09-16",
    ),
    (
        "hakan.nilsson",
        "2027-09-06",
        "16/9",
        "Erik behöver mig inte den 16:e, han kommer själv.",
        "",
        "attendance erik.jonsson 09-16",
    ),
]


LEAVING: list[Row] = [
    (
        "camilla.rask",
        "2027-04-12",
        "Byte i nätverket",
        "Hej,\n\nJag har fått nytt jobb och lämnar SamReKo efter sommaren. Min efterträdare heter Lars Brolin.\n\nMvh\nCamilla",
        "",
        'replacement camilla.rask -> {"name": "Lars Brolin"} from None',
    ),
    (
        "camilla.rask",
        "2027-04-12",
        "Pension",
        "Nu är det dags! Jag går i pension den 1 juli och då tar Lars Brolin (lars.brolin@herjedalen.example) över min plats i SamReKo.",
        "",
        'replacement camilla.rask -> {"name": "Lars Brolin", "email": "lars.brolin@herjedalen.example"} from 2027-07-01',
    ),
    (
        "camilla.rask",
        "2027-04-12",
        "Ersättare",
        "Min sista dag är den 15 juni. Ingen efterträdare är utsedd ännu.",
        "",
        "replacement camilla.rask -> null from 2027-06-16",
    ),
    (
        "camilla.rask",
        "2027-04-12",
        "SamReKo",
        "Jag kommer inte längre att sitta i SamReKo. Ny ledamot för Härjedalen blir Lars Brolin, lars.brolin@herjedalen.example.",
        "",
        'replacement camilla.rask -> {"name": "Lars Brolin", "email": "lars.brolin@herjedalen.example"} from None',
    ),
    (
        "eva.martensson",
        "2027-04-12",
        "Karin slutar",
        "Karin Nyström slutar som regionöverläkare vid halvårsskiftet. Hennes efterträdare är Nils Falk, nils.falk@regionjh.example.",
        "",
        'replacement karin.nystrom -> {"name": "Nils Falk", "email": "nils.falk@regionjh.example"} from None',
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Byte",
        "Håkan Nilsson tar över min plats i SamReKo från och med den 1 juni.",
        "",
        'replacement erik.jonsson -> {"name": "Håkan Nilsson", "email": "hakan.nilsson@are.example"} from 2027-06-01',
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Tjänstledighet",
        "Jag är tjänstledig från 1 augusti till 31 juli 2028. Under tiden är Sara Lind tf IFO-chef och går in i SamReKo i mitt ställe, sara.lind@krokom.example.",
        "",
        'replacement erik.jonsson -> {"name": "Sara Lind", "email": "sara.lind@krokom.example", "title": "IFO-chef"} from 2027-08-01',
    ),
    (
        "per.ahlstrom",
        "2027-04-12",
        "Leaving",
        "I'm leaving my post on 30 June. My successor is Kristin Dahlberg, kristin.dahlberg@regionjh.example, and she starts on 1 July.",
        "",
        'replacement per.ahlstrom -> {"name": "Kristin Dahlberg", "email": "kristin.dahlberg@regionjh.example"} from 2027-07-01',
    ),
    (
        "eva.martensson",
        "2027-09-06",
        "Slutar",
        "Hej! Jag lämnar min tjänst den 31 oktober. Min efterträdare är inte utsedd.",
        "",
        "replacement eva.martensson -> null from 2027-11-01",
    ),
    (
        "eva.martensson",
        "2027-09-06",
        "Ny samordnare",
        "Från den 1 november är det Ida Blom (ida.blom@regionjh.example) som är samordnare social välfärd. Hon tar över efter mig i SamReKo.",
        "",
        'replacement eva.martensson -> {"name": "Ida Blom", "email": "ida.blom@regionjh.example", "title": "Samordnare social välfärd"} from 2027-11-01',
    ),
    (
        "eva.martensson",
        "2027-09-06",
        "Byte",
        "Fr.o.m. 2027-11-01 ersätts jag i nätverket av Ida Blom, ida.blom@regionjh.example, tel 063-14 11 22.",
        "",
        'replacement eva.martensson -> {"name": "Ida Blom", "email": "ida.blom@regionjh.example", "phone": "063-14 11 22"} from 2027-11-01',
    ),
    (
        "eva.martensson",
        "2027-09-06",
        "Mitt sista möte",
        "Mötet den 16 september blir mitt sista. Därefter tar Ida Blom vid.",
        "",
        'replacement eva.martensson -> {"name": "Ida Blom"} from 2027-09-16',
    ),
    (
        "mats.hedin",
        "2027-09-06",
        "Ny ordinarie",
        "Maria Lundqvist blir ordinarie i mitt ställe från och med novembermötet, jag går till Socialstyrelsen.",
        "",
        'replacement mats.hedin -> {"name": "Maria Lundqvist", "email": "maria.lundqvist@regionjh.example"} from None',
    ),
    (
        "maja.lind@are.example",
        "2027-09-06",
        "Ny IFO-chef i Åre",
        "Hej! Jag är ny IFO-chef i Åre efter Håkan Nilsson som gått i pension. Kan ni uppdatera era listor? Maja Lind",
        "",
        'replacement? hakan.nilsson -> {"name": "Maja Lind", "email": "maja.lind@are.example", "title": "IFO-chef"} from None',
    ),
    (
        "camilla.rask",
        "2027-09-06",
        "Tack",
        "Tack för mig! Nu går jag vidare till Sundsvalls kommun. Min plats tas över av Lars Brolin, lars.brolin@herjedalen.example, från 1 oktober.",
        "",
        'replacement camilla.rask -> {"name": "Lars Brolin", "email": "lars.brolin@herjedalen.example"} from 2027-10-01',
    ),
    (
        "per.ahlstrom",
        "2027-09-06",
        "New role",
        "I am moving to a new position from 1 October. Anna Kjellberg (anna.kjellberg@regionjh.example) takes over my seat in the network.",
        "",
        'replacement per.ahlstrom -> {"name": "Anna Kjellberg", "email": "anna.kjellberg@regionjh.example"} from 2027-10-01',
    ),
]


DETAILS: list[Row] = [
    (
        "per.ahlstrom",
        "2027-04-12",
        "Ny adress",
        "Hej, min nya mejladress är per.ahlstrom@regionjh-ny.example från och med i dag.",
        "",
        "contact per.ahlstrom per.ahlstrom@regionjh-ny.example",
    ),
    (
        "per.ahlstrom",
        "2027-04-12",
        "Nytt nummer",
        "Har bytt mobil, nytt nr 070-123 45 67.",
        "",
        "contact per.ahlstrom 070-123 45 67",
    ),
    (
        "per.ahlstrom",
        "2027-04-12",
        "Kontaktuppgifter",
        "Från och med måndag når ni mig på 063-14 99 00 i stället för mobilen.",
        "",
        "contact per.ahlstrom 063-14 99 00",
    ),
    (
        "camilla.rask",
        "2027-04-12",
        "Namn",
        "Jag har bytt efternamn till Bergdahl. Ny adress: camilla.bergdahl@herjedalen.example",
        "",
        "contact camilla.rask Camilla Bergdahl camilla.bergdahl@herjedalen.example",
    ),
    (
        "tomas.oberg",
        "2027-09-06",
        "Ny mejl",
        "Använd tomas.oberg@nymejl.example i fortsättningen, den gamla slutar fungera.",
        "",
        "contact tomas.oberg tomas.oberg@nymejl.example",
    ),
    (
        "tomas.oberg",
        "2027-09-06",
        "Telefon",
        "Jag nås numera på 070-999 88 77.",
        "",
        "contact tomas.oberg 070-999 88 77",
    ),
    (
        "tomas.oberg",
        "2027-09-06",
        "Telefon",
        "Mitt nya direktnummer är 063-15 00 15.",
        "",
        "contact tomas.oberg 063-15 00 15",
    ),
    (
        "tomas.oberg",
        "2027-09-06",
        "Titel",
        "Sedan 1 september är jag områdeschef.",
        "",
        "contact tomas.oberg Områdeschef",
    ),
    (
        "camilla.rask",
        "2027-09-06",
        "Giftermål",
        "Jag heter numera Camilla Ståhl efter att ha gift mig i lördags. Mejladressen är densamma.",
        "",
        "contact camilla.rask Camilla Ståhl",
    ),
    (
        "jonas.dahl",
        "2027-09-06",
        "Evas nummer",
        "Evas nya mobilnummer är 070-111 22 33.",
        "",
        "contact eva.martensson 070-111 22 33",
    ),
]


MEETING: list[Row] = [
    (
        "ingrid.palm",
        "2027-04-12",
        "Inställt",
        "Hej alla! Mötet den 22 april är inställt på grund av för få ärenden.",
        "",
        "meeting 2027-04-22 cancel",
    ),
    (
        "ingrid.palm",
        "2027-04-12",
        "Flytt",
        "Vi behöver flytta mötet den 22 april till den 29 april, samma tid och plats.",
        "",
        "meeting 2027-04-22 move 2027-04-29T13:00:00",
    ),
    (
        "ingrid.palm",
        "2027-04-12",
        "Ny tid",
        "Aprilmötet börjar kl 14 i stället för kl 13.",
        "",
        "meeting 2027-04-22 move 2027-04-22T14:00:00",
    ),
    (
        "ingrid.palm",
        "2027-04-12",
        "Lokal",
        "Ny lokal för mötet den 22 april: Regionens hus, sal Oviken.",
        "",
        "meeting 2027-04-22 place  Regionens hus, sal Oviken",
    ),
    (
        "ingrid.palm",
        "2027-04-12",
        "Lokal",
        "Vi håller till i sal Storsjön den 22:a, inte i Rådhuset.",
        "",
        "meeting 2027-04-22 place  sal Storsjön",
    ),
    (
        "ingrid.palm",
        "2027-04-12",
        "Teams",
        "Mötet den 22 april hålls digitalt via Teams.",
        "",
        "meeting 2027-04-22 place  Teams",
    ),
    (
        "ingrid.palm",
        "2027-04-12",
        "Strategidagen",
        "Strategidagen flyttas från 3 juni till 10 juni kl 9-16 på Hotell Östersund.",
        "",
        "meeting 2027-06-03 move 2027-06-10T09:00:00 Hotell Östersund",
    ),
    (
        "ingrid.palm",
        "2027-04-12",
        "Nytt datum",
        "Nytt datum för mötet den 22 april är torsdag den 6 maj kl. 13.00-15.00.",
        "",
        "meeting 2027-04-22 move 2027-05-06T13:00:00",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Mötet",
        "Mötet den 22 april är inställt.",
        "",
        "meeting? 2027-04-22 cancel",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "Inställt möte",
        "På grund av sjukdom ställs septembermötet in.",
        "",
        "meeting 2027-09-16 cancel",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "16/9",
        "Tyvärr måste vi ställa in mötet den 16 september.",
        "",
        "meeting 2027-09-16 cancel",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "16/9",
        "Det blir inget möte den 16 september.",
        "",
        "meeting 2027-09-16 cancel",
    ),
    ("ingrid.palm", "2027-09-06", "16/9", "Vi avbokar den 16 september.", "", "meeting 2027-09-16 cancel"),
    (
        "ingrid.palm",
        "2027-09-06",
        "Ny tid",
        "Mötet den 16 september flyttas till kl. 9.00–11.00 samma dag.",
        "",
        "meeting 2027-09-16 move 2027-09-16T09:00:00",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "Ny tid",
        "Mötet den 16/9 är flyttat till 23/9 kl 13-15.",
        "",
        "meeting 2027-09-16 move 2027-09-23T13:00:00",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "Ny tid",
        "Vi skjuter fram mötet den 16/9 en vecka.",
        "",
        "meeting 2027-09-16 move 2027-09-23T13:00:00",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "Tid",
        "Septembermötet tidigareläggs till onsdag den 15 september, samma tid.",
        "",
        "meeting 2027-09-16 move 2027-09-15T13:00:00",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "Lokal",
        "Lokalen för mötet den 16/9 är ändrad till Folkets Hus, Östersund.",
        "",
        "meeting 2027-09-16 place  Folkets Hus, Östersund",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "Lokal",
        "Vi byter lokal den 16/9: Hotell Östersund, konferensrum Ragunda.",
        "",
        "meeting 2027-09-16 place  Hotell Östersund, konferensrum Ragunda",
    ),
    (
        "ingrid.palm",
        "2027-09-06",
        "Lokal",
        "Mötet den 16 september äger rum i Stadsbiblioteket.",
        "",
        "meeting 2027-09-16 place  Stadsbiblioteket",
    ),
    (
        "maria.lundgren",
        "2027-09-06",
        "Room",
        "The meeting on 16 September will be held in room Frösön, Rådhuset.",
        "",
        "meeting 2027-09-16 place  room Frösön, Rådhuset",
    ),
    (
        "maria.lundgren",
        "2027-09-06",
        "Cancelled",
        "The meeting on 16 September is cancelled.",
        "",
        "meeting 2027-09-16 cancel",
    ),
]


REST: list[Row] = [
    (
        "lena.wikstrom",
        "2027-04-12",
        "Sv: Påminnelse",
        "Tack för påminnelsen! Vi ses på torsdag.",
        "reminder",
        "courtesy",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "SamReKo",
        "Jag kan inte komma ihåg om jag har anmält mig till den 22/4?",
        "",
        "question",
    ),
    ("erik.jonsson", "2027-04-12", "Flytt?", "Går det att flytta mötet den 22 april?", "", "question"),
    ("erik.jonsson", "2027-04-12", "Fråga", "När är nästa möte?", "", "question"),
    ("erik.jonsson", "2027-04-12", "Fråga", "Vilken lokal är vi i den 22 april?", "", "question"),
    (
        "erik.jonsson",
        "2027-04-12",
        "Fråga",
        "Var hittar jag handlingarna till mötet den 22/4? Kan inte öppna länken.",
        "",
        "question",
    ),
    ("erik.jonsson", "2027-04-12", "Sv: Dagordning", "Tack!", "agenda", "courtesy"),
    (
        "erik.jonsson",
        "2027-04-12",
        "Sv: Dagordning",
        "Tack för utskicket, läst och förstått. Trevlig helg!",
        "agenda",
        "courtesy",
    ),
    ("erik.jonsson", "2027-04-12", "Sv: Noterat", "Perfekt, tack för snabb hjälp.", "ack", "courtesy"),
    (
        "erik.jonsson",
        "2027-04-12",
        "Sv: Noterat",
        "Det där stämmer inte, jag har inte anmält något förhinder.",
        "ack",
        "undo",
    ),
    (
        "erik.jonsson",
        "2027-04-12",
        "Sv: Noterat",
        "Ni har missuppfattat mig, det gällde ett helt annat möte.",
        "ack",
        "undo",
    ),
    ("erik.jonsson", "2027-04-12", "Sv: Noterat", "Ångra det där är du snäll.", "ack", "undo"),
    (
        "erik.jonsson",
        "2027-04-12",
        "Sv: Noterat",
        "Oj, fel av mig. Bortse från mitt förra mejl.",
        "ack",
        "undo",
    ),
    ("erik.jonsson", "2027-04-12", "Hjälp", "Hjälp", "", "help"),
    (
        "erik.jonsson",
        "2027-04-12",
        "Hur funkar det?",
        "Hej, hur gör jag om jag vill anmäla en ersättare?",
        "",
        "help",
    ),
    ("erik.jonsson", "2027-04-12", "Hur", "Vad kan man skriva till den här adressen?", "", "help"),
    ("erik.jonsson", "2027-04-12", "How", "How do I propose an item for the agenda?", "", "help"),
    ("erik.jonsson", "2027-04-12", "Beröm", "Bra möte i torsdags, tack alla!", "", "courtesy"),
    (
        "karin.nystrom",
        "2027-04-12",
        "Fika",
        "Kan någon ta med fika den 22 april? Lena kan inte äta gluten.",
        "",
        "question",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Tack",
        "Tack för i torsdags. Synd att Lena inte kunde komma.",
        "",
        "courtesy",
    ),
    ("karin.nystrom", "2027-04-12", "Fråga", "Vet ni om Lena kommer den 22 april?", "", "question"),
    ("karin.nystrom", "2027-04-12", "Fråga", "Vem ersätter Lena den 22 april?", "", "question"),
    (
        "karin.nystrom",
        "2027-04-12",
        "Fråga",
        "Kan Johan gå i stället för Lena om hon är sjuk den 22 april?",
        "",
        "question",
    ),
    ("karin.nystrom", "2027-04-12", "Fråga", "Får man delta på länk den 22 april?", "", "question"),
    (
        "karin.nystrom",
        "2027-04-12",
        "Sv: Protokoll",
        "I protokollet står att jag var frånvarande i februari, men jag var på plats hela mötet.",
        "",
        "question",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Info",
        "Vår förvaltningschef har slutat och vi söker ny.",
        "",
        "question",
    ),
    (
        "karin.nystrom",
        "2027-04-12",
        "Info",
        "Jag kan inte öppna bilagan. Kan ni skicka den igen?",
        "",
        "question",
    ),
    ("karin.nystrom", "2027-04-12", "Info", "Jag kan inte se att kallelsen har kommit?", "", "question"),
    ("karin.nystrom", "2027-09-06", "Undran", "Blir det något möte den 16 september?", "", "question"),
    ("karin.nystrom", "2027-09-06", "Undran", "Har ni fått mitt mejl?", "", "question"),
    ("karin.nystrom", "2027-09-06", "Undran", "Hur många är anmälda till strategidagen?", "", "question"),
    ("karin.nystrom", "2027-09-06", "Undran", "Hej! Jag undrar när protokollet kommer.", "", "question"),
    (
        "karin.nystrom",
        "2027-09-06",
        "Sv: Protokoll",
        "Tack, har läst och har inget att tillägga.",
        "",
        "courtesy",
    ),
    ("karin.nystrom", "2027-09-06", "Sv: Inbjudan", "Noterat!", "", "courtesy"),
    ("karin.nystrom", "2027-09-06", "Sv: Inbjudan", "👍", "", "courtesy"),
    (
        "karin.nystrom",
        "2027-09-06",
        "Sv: Dagordning",
        "Fint, då ses vi på torsdag nästa vecka!",
        "",
        "courtesy",
    ),
    ("karin.nystrom", "2027-09-06", "Hälsning", "God fortsättning på er alla!", "", "courtesy"),
    ("karin.nystrom", "2027-09-06", "Sv: Noterat", "Nej, jag menade mötet i november.", "ack", "undo"),
    ("karin.nystrom", "2027-09-06", "Hjälp!", "Vad gör den här tjänsten egentligen?", "", "help"),
    (
        "karin.nystrom",
        "2027-09-06",
        "Instruktioner",
        "Finns det någon manual för hur man mejlar in ärenden?",
        "",
        "help",
    ),
    ("karin.nystrom", "2027-09-06", "Hur", "Hur lämnar man återbud?", "", "help"),
]


@pytest.mark.parametrize(("who", "day", "subject", "text", "answers", "expected"), ABSENCE)
def test_who_does_not_come(who: str, day: str, subject: str, text: str, answers: str, expected: str) -> None:
    """Absence in every voice: plain, formal, in passing, by the clock, by a colleague or an assistant."""
    assert reading_of(who, day, subject, text, answers) == expected


@pytest.mark.parametrize(("who", "day", "subject", "text", "answers", "expected"), COMING)
def test_who_comes(who: str, day: str, subject: str, text: str, answers: str, expected: str) -> None:
    """Confirmations, second thoughts, and taking part by link."""
    assert reading_of(who, day, subject, text, answers) == expected


@pytest.mark.parametrize(("who", "day", "subject", "text", "answers", "expected"), LEAVING)
def test_who_leaves_for_good(
    who: str, day: str, subject: str, text: str, answers: str, expected: str
) -> None:
    """Leaving, successors known and unknown, first and last days."""
    assert reading_of(who, day, subject, text, answers) == expected


@pytest.mark.parametrize(("who", "day", "subject", "text", "answers", "expected"), DETAILS)
def test_what_is_new_about_someone(
    who: str, day: str, subject: str, text: str, answers: str, expected: str
) -> None:
    """Addresses, numbers, titles and names."""
    assert reading_of(who, day, subject, text, answers) == expected


@pytest.mark.parametrize(("who", "day", "subject", "text", "answers", "expected"), MEETING)
def test_what_becomes_of_a_meeting(
    who: str, day: str, subject: str, text: str, answers: str, expected: str
) -> None:
    """Called off, moved, somewhere else; anybody but secretary and chair is asked."""
    assert reading_of(who, day, subject, text, answers) == expected


@pytest.mark.parametrize(("who", "day", "subject", "text", "answers", "expected"), REST)
def test_what_asks_for_nothing_to_be_filed(
    who: str, day: str, subject: str, text: str, answers: str, expected: str
) -> None:
    """Questions, help, second thoughts, courtesy; and words that only sound like a notice."""
    assert reading_of(who, day, subject, text, answers) == expected

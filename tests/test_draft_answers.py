"""Answers to a draft agenda, in the many ways in which a secretary writes them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from service.adapters.rule_files import load_rulebook, shipped_rules
from service.domain.intents import Contact, Operation
from service.interpretation.draft_items import by_title, draft_items, item_above
from service.interpretation.draft_operations import Asked, Reader, read_operations
from service.interpretation.draft_verdict import judge
from service.interpretation.hearing import Sense
from service.interpretation.phrases import phrases
from service.interpretation.rulebook import Rulebook
from service.interpretation.surroundings import DraftItem

DRAFT = """Hej!

1. Mötets öppnande (5 min)
2. Föregående protokoll (5 min)
3. Väntetider till logopeden – diskussion, 20 min, Olle Ek
4. Barnahus, resultat av utvärderingen – information, 25 min, Sofia Berg
5. Avtal om familjecentraler – Vera Lind (20 min, beslut)
6. Tolkavtalet – Anna Fors (20 min, diskussion)
7. Gemensam SIP-utbildning (15 min, beslut, Åsa Norberg)
8. Övriga frågor (5 min)

Svara ”ok” om den kan skickas.
"""
_PEOPLE = re.compile(
    r"\b(?:Olle|Sofia|Vera|Anna|Åsa|Eva|Håkan)(?: (?:Ek|Berg|Lind|Fors|Norberg|Holm|Ström))?\b"
)


@cache
def rulebook() -> Rulebook:
    return load_rulebook(shipped_rules())


@cache
def the_reader() -> Reader:
    changes = phrases(rulebook(), "changes")
    return Reader(
        changes,
        draft_items(DRAFT),
        lambda text: [(m.start(), m.end(), Contact(name=m.group())) for m in _PEOPLE.finditer(text)],
        Contact(name="Gun Palm"),
    )


def asked(text: str) -> Asked:
    return read_operations(text, [], the_reader())


def in_short(operation: Operation) -> str:
    """An operation as a few words, so that a row of the table below can be read."""
    extra = operation.to or operation.minutes or operation.title or operation.type or ""
    if operation.op == "add":
        extra = f"{operation.title} {operation.minutes or ''}"
    who = operation.presenter.name if operation.presenter else ""
    return " ".join(str(x) for x in (operation.op, operation.item or "", extra, who) if x).strip()


def test_a_quoted_draft_is_read_line_by_line():
    """Title, time and presenter, whether in brackets or after a dash."""
    items = draft_items(DRAFT)

    assert items[2] == DraftItem(3, "Väntetider till logopeden", 20, "Olle Ek")
    assert items[4] == DraftItem(5, "Avtal om familjecentraler", 20, "Vera Lind")
    assert items[6] == DraftItem(7, "Gemensam SIP-utbildning", 15, "Åsa Norberg")
    assert len(items) == 8


def test_an_item_is_found_by_a_word_of_its_title():
    """Inflected, in a compound, but never when two items could be meant."""
    items = draft_items(DRAFT)

    assert by_title("tolkfrågan", items) == 6
    assert by_title("familjecentralerna", items) == 5
    assert by_title("skolskjutsen", items) is None


def test_a_remark_belongs_to_the_item_above_it():
    """By its number."""
    assert item_above("5. Avtal om familjecentraler – Vera Lind (20 min, beslut)", draft_items(DRAFT)) == 5


@pytest.mark.parametrize(
    ("words", "operations"),
    [
        ("Stryk punkt 4.", ["remove 4"]),
        ("Hej, stryk fyran och sjuan", ["remove 4", "remove 7"]),
        (
            "Punkt 4, 6 och 7 stryks, trean kortas till 10 min.",
            ["remove 4", "remove 6", "remove 7", "minutes 3 10"],
        ),
        ("Ta bort tolkfrågan.", ["remove 6"]),
        ("Femman utgår.", ["remove 5"]),
        ("Sista punkten behövs inte.", ["remove 8"]),
        ("Ut med fyran. Sexan får 30.", ["remove 4", "minutes 6 30"]),
        ("Behåll femman men stryk sexan.", ["remove 6"]),
        ("Nej, inte sexan utan sjuan ska strykas.", ["remove 7"]),
        ("Eftersom Vera är sjuk stryker vi 5.", ["remove 5"]),
        ("Please remove item 4 and move 6 to 3.", ["remove 4", "move 6 3"]),
        ("Skjut på 4 till nästa möte.", ["postpone 4"]),
        ("Tolkavtalet får anstå till junimötet.", ["postpone 6"]),
        ("Punkt 6 flyttas till aprilmötet.", ["postpone 6"]),
        ("Punkterna 5-7 skjuts till nästa möte.", ["postpone 5", "postpone 6", "postpone 7"]),
        ("Kan du stryka femman? Den tar vi i höst i stället.", ["postpone 5"]),
        ("Flytta punkt 7 till 3.", ["move 7 3"]),
        ("Låt Barnahus komma före SIP.", ["move 4 6"]),
        ("Lägg 7 direkt efter 3.", ["move 7 4"]),
        ("Skulle sjuan kunna få bli nummer tre?", ["move 7 3"]),
        ("Byt plats på 3 och 5.", ["move 3 5", "move 5 3"]),
        ("Lägg sexan först.", ["move 6 3"]),
        ("Lägg fyran och femman sist.", ["move 4 6", "move 5 7"]),
        ("Flytta upp 6 ett steg.", ["move 6 5"]),
        ("Korta 3 till 10 och förläng 5 till 30.", ["minutes 3 10", "minutes 5 30"]),
        ("Dra av 5 min på fyran.", ["minutes 4 20"]),
        ("Förläng punkt 3 med 10 min.", ["minutes 3 30"]),
        ("Halvera tiden på fyran.", ["minutes 4 12"]),
        ("Öka tiden för punkt 5 från 20 till 30 minuter.", ["minutes 5 30"]),
        ("Vi behöver tio minuter mer, det vill säga 30 minuter, till punkt 6.", ["minutes 6 30"]),
        ("Olle drar fyran i stället för Sofia.", ["presenter 4 Olle"]),
        ("Föredragande på punkt 3 ska vara Eva Holm.", ["presenter 3 Eva Holm"]),
        ("Punkt 4 ska dras av Håkan Ström.", ["presenter 4 Håkan Ström"]),
        ("Åsa är sjuk. Eva drar hennes punkt.", ["presenter 7 Eva"]),
        ("Jag tar sexan själv.", ["presenter 6 Gun Palm"]),
        ("Gör 4 till en beslutspunkt.", ["type 4 decision"]),
        ("Femman är inget beslut utan en diskussion.", ["type 5 discussion"]),
        ('Byt rubrik på 3 till "Köerna till logopeden".', ["rename 3 Köerna till logopeden"]),
        ("3:an ska heta Logopedköerna.", ["rename 3 Logopedköerna"]),
        ("Titeln på sexan är för snäv, skriv Tolkar och språkstöd.", ["rename 6 Tolkar och språkstöd"]),
        ("Lägg till en punkt om jourhem, 15 min, Eva drar.", ["add Jourhem 15 Eva"]),
        ("Ny punkt: Rapport från länet, 5 min", ["add Rapport från länet 5"]),
        ("Jag saknar en punkt om skolfrånvaro. Lägg till den, 15 minuter.", ["add Skolfrånvaro 15"]),
        ("4. Utgår\n5. 10 min räcker\n6. Beslut", ["remove 4", "minutes 5 10", "type 6 decision"]),
        ("1. Stryk punkt 4\n2. Flytta 6 till 3", ["remove 4", "move 6 3"]),
        (
            "Dra fem minuter vardera från trean, fyran och femman.",
            ["minutes 3 15", "minutes 4 20", "minutes 5 15"],
        ),
        ("Korta trean med fem minuter och lika mycket på femman.", ["minutes 3 15", "minutes 5 15"]),
        ("Jag vill ha fyrtio minuter till punkt 4.", ["minutes 4 40"]),
        ("Femman får 20 min, inte 30.", ["minutes 5 20"]),
        ("Flytta sexan så att den hamnar direkt på trean.", ["move 6 4"]),
        (
            "Två saker fattas:\n- Vårdval psykiatri, 15 min\n- Höstens resor",
            ["add Vårdval psykiatri 15", "add Höstens resor"],
        ),
        ("Punkt 4: 15 min, beslut, Eva drar.", ["minutes 4 15", "type 4 decision", "presenter 4 Eva"]),
    ],
)
def test_a_change_in_any_words_is_the_same_operations(words: str, operations: list[str]):
    """Numbers are those of the draft that was answered."""
    answer = asked(words)

    assert [in_short(op) for op in answer.operations] == operations
    assert answer.doubt is None


@pytest.mark.parametrize(
    "words",
    [
        "Stryk inte fyran.",
        "Jag var först inne på att byta plats på 3 och 4, men det är bäst som det står.",
        "Vi pratade om att flytta barnahuset också, men låt det ligga där det ligger.",
        "Det tog 50 förra året.",
        "Fyran är jättebra.",
        "Vera kan inte komma ihåg när vi sågs.",
    ],
)
def test_what_is_mused_denied_or_told_changes_nothing(words: str):
    """Only what is asked for is done."""
    assert asked(words).operations == ()


def heard(text: str, **acts: float) -> Asked:
    """An answer of one sentence, of which the second reader hears these acts."""
    reader = replace(the_reader(), hear=lambda words: (Sense(acts), max(0, text.find(words))))
    return read_operations(text, [], reader)


@pytest.mark.parametrize(
    ("words", "operation"),
    [
        ("Trean klarar sig gott på femton.", "minutes 3 15"),
        ("Sexan hör hemma före fyran.", "move 6 4"),
        ("Vera har lovat att rycka in på trean.", "presenter 3 Vera"),
        ("Fyran kräver ett beslut.", "type 4 decision"),
        ("Skriv ”Tolkar och språkstöd” på sexan.", "rename 6 Tolkar och språkstöd"),
        ("Tolkavtalet är moget först till hösten.", "postpone 6"),
    ],
)
def test_a_change_in_words_that_no_rule_knows_is_read_by_what_stands_in_it(words: str, operation: str):
    """The second reader says that it is one."""
    assert [in_short(op) for op in heard(words, changes=0.97).operations] == [operation]


def test_a_change_that_the_second_reader_hardly_hears_is_asked_about():
    """The rules and it must agree."""
    answer = heard("Tolkavtalet kan strykas.", background=0.8, changes=0.15)

    assert [in_short(op) for op in answer.operations] == ["remove 6"]
    assert answer.doubt is not None


def test_what_the_second_reader_hears_as_told_changes_nothing():
    """The sentence is kept for the secretary, though."""
    answer = heard("Regionen brukar stryka tolkavtalet.", background=0.97)

    assert answer.operations == ()
    assert answer.unheard == ("Regionen brukar stryka tolkavtalet.",)


def test_a_condition_is_asked_about():
    """The service cannot know whether Vera has called."""
    answer = asked("Om Vera inte hinner kan vi stryka 5.")

    assert answer.doubt is not None


def test_an_item_that_the_draft_does_not_have_is_asked_about():
    """Rather than taking something else."""
    assert asked("Stryk punkt 14.").doubt is not None


def test_a_remark_between_the_lines_is_about_the_line_above():
    """ "Stryks" alone is enough there."""
    text = "Svar mellan raderna.\n\nStryks.\n\n20 min räcker."

    answer = read_operations(text, [("Stryks.", 4), ("20 min räcker.", 5)], the_reader())

    assert [in_short(op) for op in answer.operations] == ["remove 4", "minutes 5 20"]


def verdict(text: str) -> str:
    found = judge(text, phrases(rulebook(), "approval"), phrases(rulebook(), "changes"))
    return "no" if found.no else "wish" if found.wishes else "yes" if found.yes else "nothing"


@pytest.mark.parametrize(
    "words",
    [
        "Ok!",
        "ok /GP",
        "Toppen! Iväg med den",
        "Ser bra ut, skicka.",
        "Inga synpunkter från mig.",
        "Godkänns.",
        "Kör!",
        "Gott. Distribuera.",
        "Inga ändringar, den kan gå ut.",
        "Läst, inga synpunkter. Kan gå ut.",
        "Har inget att erinra. Dagordningen kan expedieras.",
        "Looks good to me, please send it.",
        "👍",
        "Utkastet behöver inte ändras utan kan gå ut som det är.",
        "Varför ändra ett vinnande koncept? Skicka på du.",
        "Ja tack",
        "Perfekt, tack för snabbt jobb!",
        "Låt den gå i väg.",
    ],
)
def test_approval_in_any_words_is_approval(words: str):
    """She need not write "ok"."""
    assert verdict(words) == "yes"


@pytest.mark.parametrize(
    "words",
    [
        "Inte godkänd.",
        "Nej, skicka inte än.",
        "Vänta med utskicket, jag återkommer.",
        "Jag kan inte godkänna den här.",
        "Ser bra ut men vänta till i morgon.",
        "Godkänns under förutsättning att Vera får se den först.",
        "Inte helt klar än.",
        "Skicka den inte.",
    ],
)
def test_what_is_not_approved_is_never_read_as_approved(words: str):
    """Silence is no consent, and "inte godkänd" is none either."""
    assert verdict(words) == "no"


def test_a_question_approves_nothing():
    """ "Kan den skickas?" asks; it does not answer."""
    assert verdict("Kan den skickas nu?") == "nothing"

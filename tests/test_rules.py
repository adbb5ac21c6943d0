"""The rules explain themselves, and what they say of themselves holds.

Every rule's own examples are read here as sentences of a letter, with the
people and meetings in them found as in real mail.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from service.adapters.network_files import load_network
from service.adapters.rule_files import BadRules, load_rulebook, shipped_rules
from service.domain.letters import Letter, Mailbox
from service.domain.network import Network
from service.interpretation.reading import read, understand
from service.interpretation.rulebook import BadPhrase, Line, Rule, Rulebook, compile_phrase
from service.interpretation.surroundings import Surroundings

HERE = Path(__file__).parent


@cache
def network() -> Network:
    return load_network(HERE / "network.toml")


@cache
def rulebook() -> Rulebook:
    return load_rulebook(shipped_rules())


def a_letter(text: str, subject: str = "") -> Letter:
    """A letter with nothing but its words, written on the Monday before a meeting."""
    return Letter(
        message_id=None,
        date=datetime(2027, 4, 19, 10, tzinfo=network().timezone),
        sender=Mailbox("Erik Jonsson", "erik.jonsson@krokom.example"),
        sent_by=None,
        reply_to=(),
        to=(),
        cc=(),
        subject=subject,
        in_reply_to=(),
        references=(),
        headers={},
        plain=text,
        html=None,
    )


def rules_that_speak_in(text: str) -> set[str]:
    letter = a_letter(text)
    assert letter.date is not None
    context = understand(letter, rulebook(), Surroundings(network(), letter.date))
    # The rules alone, whatever the second reader makes of the sentence.
    return {hit.rule for line in context.lines for hit in rulebook().match(line)[0]}


def examples(which: str) -> Iterator[tuple[str, str]]:
    for rule in rulebook().rules:
        for sentence in getattr(rule, which):
            yield rule.name, sentence


@pytest.mark.parametrize(("rule", "sentence"), list(examples("fits")))
def test_a_rule_sees_what_it_says_that_it_fits(rule: str, sentence: str) -> None:
    """`fits` is for whoever reads the rule first; that it is run keeps it true."""
    assert rule in rules_that_speak_in(sentence)


@pytest.mark.parametrize(("rule", "sentence"), list(examples("spares")))
def test_a_rule_leaves_alone_what_it_says_that_it_spares(rule: str, sentence: str) -> None:
    """`spares` shows where a rule stops."""
    assert rule not in rules_that_speak_in(sentence)


def test_every_rule_has_an_example() -> None:
    """A rule without one cannot be understood by the next who reads it."""
    assert [r.name for r in rulebook().rules if not r.fits] == []


def test_rule_names_are_given_once() -> None:
    """A network's own rule replaces the shipped one of the same name, so names must be its own."""
    names = [r.name for r in rulebook().rules]

    assert sorted(names) == sorted(set(names))


def a_line(text: str) -> Line:
    return Line(0, text, text)


@pytest.mark.parametrize(
    ("phrase", "sentence", "found"),
    [
        ("förhinder", "jag har förhinder", True),
        ("förhinder", "förhindret är borta", False),
        ("återbud*", "återbuden kom", True),
        ("*möte", "till aprilmöte", True),
        ("kan {tyvärr|nog}? inte", "kan inte", True),
        ("kan {tyvärr|nog}? inte", "kan tyvärr inte", True),
        ("kan {tyvärr|nog}? inte", "kan faktiskt inte", False),
        ("kan ... komma", "kan nog ändå inte komma", True),
        ("kan ... komma", "kan vi talas vid. komma hit", False),
        ("^ok", "ok, kör", True),
        ("^ok", "hej ulla, ok", True),
        ("^ok", "det är ok", False),
        ("klart$", "allt är klart!", True),
        ("klart$", "klart på torsdag", False),
    ],
)  # fmt: skip
def test_the_signs_of_a_phrase(phrase: str, sentence: str, found: bool) -> None:
    """The few signs that the README teaches, each doing what it says."""
    assert (compile_phrase(phrase).search(a_line(sentence)) is not None) is found


def test_what_speaks_against_holds_only_in_its_own_clause() -> None:
    """ "Jag kan inte svara nu men kommer" is a yes: the no stands in another clause."""
    book = Rulebook([Rule("a/comes", "kommer", ("kommer",), none_of=("inte",))])

    assert book.match(a_line("jag kan inte svara nu men kommer på torsdag"))[0]
    assert not book.match(a_line("jag kommer inte på torsdag"))[0]


def test_a_phrase_that_cannot_be_understood_is_named_with_its_rule() -> None:
    """Whoever wrote the rule must find it again."""
    with pytest.raises(BadPhrase, match=r"a/b.*klamrarna"):
        Rulebook([Rule("a/b", "provar", ("kan {inte komma",))])


def test_a_networks_own_rules_win(tmp_path: Path) -> None:
    """A phrase of one's own is laid beside the shipped ones; a rule of the same name replaces them."""
    (tmp_path / "egna.toml").write_text(
        '[[rule]]\nname = "absence/says-forhinder"\nbecause = "så säger vi"\n'
        'any_of = ["lyser med min frånvaro"]\n',
        encoding="utf-8",
    )
    (tmp_path / "words.toml").write_text('[lists]\nkomma = ["masa mig dit"]\n', encoding="utf-8")

    own = load_rulebook(shipped_rules(), tmp_path)

    assert own.by_name["absence/says-forhinder"].any_of == ("lyser med min frånvaro",)
    assert "masa mig dit" in own.words("komma")
    assert "delta" in own.words("komma")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('[[rule]]\nname = "a/b"\nbecause = "provar"\nany_off = ["x"]\n', "any_off"),
        ('[[rule]]\nname = "utan streck"\nbecause = "provar"\nany_of = ["x"]\n', "name"),
        ("[[rule]\n", "TOML"),
        ('[[rule]]\nname = "a/b"\nbecause = "provar"\nany_of = ["{}"]\n', "klamrar"),
    ],
)
def test_a_rule_file_with_a_mistake_is_named_in_one_line(
    tmp_path: Path, content: str, complaint: str
) -> None:
    """File and key, on one line, and no traceback."""
    (tmp_path / "fel.toml").write_text(content, encoding="utf-8")

    with pytest.raises(BadRules, match=complaint) as caught:
        load_rulebook(tmp_path)

    assert "fel.toml" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "kan inte " * 2500,
        "jag " * 5000,
        "Maria " * 3300,
        "den 22 april och " * 1200,
        "a" * 20_000,
        "inte kan inte kan, " * 1000,
        "22/4 " * 4000,
        "till den " * 2200,
        "kl 13 till 14 " * 1400,
        "(" * 20_000,
        "för för för " * 1600,
        "Lena, Johan, " * 1500,
    ],
)  # fmt: skip
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    """Twenty thousand characters of the worst kind are read in about the time that they deserve.

    Doubling the text may at most triple the time: nothing backtracks.
    """
    half, whole = text[: len(text) // 2], text
    read_in(half)
    first, second = min(read_in(half) for _ in range(2)), min(read_in(whole) for _ in range(2))

    assert second < 4 * first + 0.2


def read_in(text: str) -> float:
    letter = a_letter(text)
    assert letter.date is not None
    begun = time.process_time()
    read(letter, rulebook(), Surroundings(network(), letter.date))
    return time.process_time() - begun

"""The second reader: it learns from marked sentences, and says how likely each meaning is."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.adapters.learning import learn, learnt_from, read_examples
from service.adapters.rule_files import BadRules, load_rulebook, shipped_rules
from service.interpretation.examples import BadExample, parse_example, parse_examples
from service.interpretation.hearing import Words, listen

SENTENCES = """
absence | Jag kan tyvärr inte komma den 22 april.
absence | Jag kan inte komma på torsdag.
absence | Tyvärr kan jag inte komma till mötet.
absence | Jag har förhinder på torsdag.
absence | Jag har tyvärr förhinder till mötet.
absence | [absent: Lena] kan inte komma till mötet, [substitute: Johan] kommer i hennes ställe.
absence | [absent: Per] kan inte komma på torsdag, [substitute: Eva] kommer i hans ställe.
proposal | Kan vi ta upp [title: skolskjutsarna] på mötet?
proposal | Kan vi ta upp [title: köerna] på torsdag?
proposal | Kan vi ta upp [title: bostadsbristen] på mötet den 22 april?
proposal+decision | Vi behöver besluta om [title: skolskjutsarna] på mötet.
proposal+decision | Vi behöver besluta om [title: köerna] på torsdag.
proposal+information | Jag vill informera om [title: bostadsbristen], [presenter: Eva] drar.
proposal+information | Jag vill informera om [title: vaccinet], [presenter: Lena] drar.
"""


@pytest.fixture
def taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rules with a few examples, and a cache of its own."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "cache"))
    (tmp_path / "rules" / "examples").mkdir(parents=True)
    (tmp_path / "rules" / "examples" / "some.txt").write_text(SENTENCES, encoding="utf-8")
    (tmp_path / "rules" / "absence.toml").write_text(
        '[[rule]]\nname = "absence/cannot-come"\nbecause = "det vanligaste"\nany_of = ["inte komma"]\n',
        encoding="utf-8",
    )
    return tmp_path / "rules"


def test_a_marked_line_says_meaning_and_parts() -> None:
    """What whoever writes an example has to know is one line."""
    example = parse_example(
        "proposal+detail | Kan vi ta upp [title: skolskjutsarna]? [presenter: Karin] drar."
    )

    assert example.labels == ("proposal", "detail")
    assert example.text == "Kan vi ta upp skolskjutsarna? Karin drar."
    assert [(s.role, example.text[s.start : s.end]) for s in example.spans] == [
        ("title", "skolskjutsarna"),
        ("presenter", "Karin"),
    ]


@pytest.mark.parametrize("line", ["förslag | Kan vi ta upp det?", "Kan vi ta upp det?", "proposal |  "])
def test_a_line_that_cannot_be_understood_is_shown(line: str) -> None:
    """A slip of the pen is found by its words."""
    with pytest.raises(BadExample, match=line[:8].replace("?", r"\?").replace("|", r"\|")):
        parse_example(line)


def test_the_lines_of_a_letter_belong_together() -> None:
    """A line with @ opens a letter; an empty line ends it."""
    letters = list(
        parse_examples(["@ answers=call", "proposal | Köerna.", "detail | 20 min.", "", "courtesy | Hej!"])
    )

    assert [(x.answers, len(x.sentences)) for x in letters] == [("call", 2), (None, 1)]


def test_every_shipped_example_can_be_read() -> None:
    """One bad line would leave the service to its rules alone."""
    assert len(read_examples([shipped_rules() / "examples"])) > 1000


def test_it_knows_a_sentence_that_it_has_not_seen(taught: Path) -> None:
    """What was learnt of one matter and one person holds for others."""
    learnt = learnt_from(taught)
    assert learnt is not None
    text = "Kan vi ta upp tandvården på mötet?"

    sense = listen(learnt, Words(""), [Words(text)], "-")[1]

    assert sense.act == "proposal"
    assert [text[p.start : p.end] for p in sense.having("title")] == ["tandvården"]


def test_who_stays_away_and_who_comes_are_told_apart(taught: Path) -> None:
    """Two people in a sentence play two parts."""
    learnt = learnt_from(taught)
    assert learnt is not None
    text = "Mats kan inte komma till mötet, Anna kommer i hans ställe."

    sense = listen(learnt, Words(""), [Words(text, ((0, 4), (32, 36)))], "-")[1]

    assert [text[p.start : p.end] for p in sense.having("absent")] == ["Mats"]
    assert [text[p.start : p.end] for p in sense.having("substitute")] == ["Anna"]


def test_it_learns_once(taught: Path) -> None:
    """The next start finds what was learnt; a changed sentence is learnt anew."""
    learnt_from(taught)
    cache = taught.parent / "cache"
    first = sorted((p.name, p.stat().st_mtime_ns) for p in cache.glob("reading-*/*"))

    learnt_from(taught)
    assert sorted((p.name, p.stat().st_mtime_ns) for p in cache.glob("reading-*/*")) == first

    (taught / "examples" / "more.txt").write_text("courtesy | Tack för i går!\n", encoding="utf-8")
    learnt_from(taught)
    assert len(list(cache.glob("reading-*"))) == 2


def test_without_a_place_to_keep_it_the_lesson_is_still_learnt(
    taught: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache that cannot be written costs time at each start, and nothing else."""
    (taught.parent / "a-file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("CACHE_DIRECTORY", str(taught.parent / "a-file"))

    assert learnt_from(taught) is not None


def test_the_same_examples_teach_the_same(taught: Path, tmp_path: Path) -> None:
    """A reading must not depend on where or when the lesson was held."""
    examples, rules = read_examples([taught / "examples"]), load_rulebook(taught, learnt=False)
    models = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        learn(examples, rules, tmp_path / name)
        models.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})

    assert models[0] == models[1]


def test_a_slip_in_a_networks_own_examples_is_told_with_file_and_words(taught: Path) -> None:
    """Whoever teaches finds the line again; the service does not go on half taught."""
    own = taught.parent / "own"
    (own / "examples").mkdir(parents=True)
    (own / "examples" / "egna.txt").write_text("frånvaro | Jag är borta.\n", encoding="utf-8")

    with pytest.raises(BadRules, match=r"egna\.txt.*frånvaro"):
        load_rulebook(taught, own)


def test_a_networks_own_sentence_is_learnt_too(taught: Path) -> None:
    """What one network says in its own way is understood after a handful of sentences."""
    own = taught.parent / "own"
    (own / "examples").mkdir(parents=True)
    lines = [
        f"absence | Jag lyser med min frånvaro {day}."
        for day in ("på torsdag", "i april", "på mötet", "i maj")
    ]
    (own / "examples" / "egna.txt").write_text("\n".join(lines), encoding="utf-8")
    learnt = load_rulebook(taught, own).learnt
    assert learnt is not None

    sense = listen(learnt, Words(""), [Words("Jag lyser med min frånvaro i september.")], "-")[1]

    assert sense.act == "absence"

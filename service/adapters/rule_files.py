"""The rules of reading as files: rules/reading/*.toml into a Rulebook.

words.toml holds the word lists, every other file rules.  A network's own
files, laid in its data folder under rules/, win over the shipped ones: a rule
of the same name is replaced, a list of the same name is added to.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from service.adapters.learning import learnt_from, read_examples
from service.adapters.toml_files import BadFile, Strict, checked, read_toml
from service.interpretation.examples import BadExample
from service.interpretation.rulebook import BadPhrase, Rule, Rulebook


class BadRules(BadFile):
    """A rule file cannot be used; the message names file, key and mend in one line."""


class _Rule(Strict):
    name: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    because: str = Field(min_length=3)
    any_of: tuple[str, ...] = Field(min_length=1)
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()


class _RuleFile(Strict):
    rule: tuple[_Rule, ...] = ()


class _WordFile(Strict):
    lists: dict[str, tuple[str, ...]]


def _folder(folder: Path) -> tuple[dict[str, tuple[str, ...]], list[Rule]]:
    lists: dict[str, tuple[str, ...]] = {}
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            content = read_toml(path)
            if "lists" in content:
                for name, words in checked(_WordFile, content, str(path)).lists.items():
                    lists[name] = (*lists.get(name, ()), *words)
            else:
                found = checked(_RuleFile, content, str(path)).rule
                rules += [Rule(**r.model_dump(), source=path.name) for r in found]
        except BadFile as error:
            raise BadRules(str(error)) from error
    return lists, rules


def load_rulebook(shipped: Path, own: Path | None = None, *, learnt: bool = True) -> Rulebook:
    """Read the rules of a folder, with a network's own laid over them, and what the examples teach.

    `learnt=False` leaves the second reader out.
    Raises BadRules when a file cannot be read, has an unknown key or holds a
    phrase that cannot be understood.
    """
    lists, rules = _folder(shipped)
    if not rules and not lists:
        raise BadRules(f"{shipped}: här finns inga regler; ange mappen med rules/reading")
    if own is not None and own.is_dir():
        own_lists, own_rules = _folder(own)
        for name, words in own_lists.items():
            lists[name] = (*lists.get(name, ()), *words)
        replaced = {r.name for r in own_rules}
        rules = own_rules + [r for r in rules if r.name not in replaced]
    try:
        if own is not None and own.is_dir():
            # What is shipped has been tried by the tests; a network's own has not.
            read_examples([own / "examples"])
            Rulebook(own_rules, lists).prove()
        return Rulebook(rules, lists, learnt_from(shipped, own) if learnt else None)
    except (BadPhrase, BadExample) as error:
        raise BadRules(str(error)) from error


def shipped_rules() -> Path:
    """Where the shipped rules lie: inside the installed package, or beside it in the sources."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_shipped" / "rules" / "reading"
    return installed if installed.is_dir() else package.parent / "rules" / "reading"

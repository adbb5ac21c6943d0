"""The rules of reading as files: rules/reading/*.toml into a Rulebook.

words.toml holds the word lists, every other file rules.  A network's own
files, laid in its data folder under rules/, win over the shipped ones: a rule
of the same name is replaced, a list of the same name is added to.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import process

from service.interpretation.rulebook import BadPhrase, Rule, Rulebook


class BadRules(Exception):
    """A rule file cannot be used; the message names file, key and mend in one line."""


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    because: str = Field(min_length=3)
    any_of: tuple[str, ...] = Field(min_length=1)
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()


class _RuleFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: tuple[_Rule, ...] = ()


class _WordFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lists: dict[str, tuple[str, ...]] = {}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadRules(f"{path}: kan inte läsas ({error}); spara filen som UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"{path}: är inte giltig TOML ({error})") from error


def _first_fault(path: Path, error: ValidationError) -> BadRules:
    # A misspelt key is also a missing one; the misspelling is what helps.
    fault = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        nearest = process.extractOne(str(fault["loc"][-1]), list(_Rule.model_fields))
        return BadRules(f"{path}: {where}: nyckeln är okänd; menade du {nearest[0]}?")
    return BadRules(f"{path}: {where}: {fault['msg']}")


def _folder(folder: Path) -> tuple[dict[str, tuple[str, ...]], list[Rule]]:
    lists: dict[str, tuple[str, ...]] = {}
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.toml")):
        content = _read(path)
        try:
            if "lists" in content:
                for name, words in _WordFile.model_validate(content).lists.items():
                    lists[name] = (*lists.get(name, ()), *words)
            else:
                rules += [
                    Rule(**r.model_dump(), source=path.name) for r in _RuleFile.model_validate(content).rule
                ]
        except ValidationError as error:
            raise _first_fault(path, error) from error
    return lists, rules


def load_rulebook(shipped: Path, own: Path | None = None) -> Rulebook:
    """Read the rules of a folder, with a network's own laid over them.

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
        return Rulebook(rules, lists)
    except BadPhrase as error:
        raise BadRules(str(error)) from error


def shipped_rules() -> Path:
    """Where the shipped rules lie: inside the installed package, or beside it in the sources."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_shipped" / "rules" / "reading"
    return installed if installed.is_dir() else package.parent / "rules" / "reading"

"""A lesson: `python -m service.adapters.lesson MODELS TARGET RULES [OWN RULES]` writes what was learnt."""

from __future__ import annotations

import sys
from pathlib import Path

from service.adapters.learning import learn, read_examples
from service.adapters.rule_files import load_rulebook


def main(models: str, target: str, shipped: str, own: str | None = None) -> None:
    """Learn some models, named with commas between, from the examples of one or two folders of rules."""
    rules, own_rules = Path(shipped), Path(own) if own else None
    folders = [f / "examples" for f in (rules, own_rules) if f is not None]
    rulebook = load_rulebook(rules, own_rules, learnt=False)
    learn(read_examples(folders), rulebook, Path(target), models.split(","))


if __name__ == "__main__":
    main(*sys.argv[1:])

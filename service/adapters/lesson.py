"""A lesson: `python -m service.adapters.lesson TARGET RULES [OWN RULES]` learns, and writes the models."""

from __future__ import annotations

import sys
from pathlib import Path

from service.adapters.learning import learn, read_examples
from service.adapters.rule_files import load_rulebook


def main(target: Path, shipped: Path, own: Path | None = None) -> None:
    """Learn from the examples of one or two folders of rules."""
    folders = [f / "examples" for f in (shipped, own) if f is not None]
    learn(read_examples(folders), load_rulebook(shipped, own, learnt=False), target)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

"""`kallelse inspect`: how messages would be read; changes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from service.adapters.mime import parse
from service.adapters.network_files import BadNetwork, load_network
from service.adapters.rule_files import BadRules, load_rulebook, shipped_rules
from service.interpretation.explain import reading_as_json, told
from service.interpretation.reading import read_explained
from service.interpretation.surroundings import Surroundings


def inspect(
    network_file: Path,
    files: Sequence[Path],
    *,
    as_json: bool,
    out: TextIO,
    err: TextIO,
    own_rules: Path | None = None,
) -> int:
    """Print how each file reads, with the message's own Date as today; returns the exit status."""
    try:
        network = load_network(network_file)
        rulebook = load_rulebook(shipped_rules(), own_rules)
    except (BadNetwork, BadRules) as error:
        print(error, file=err)
        return 2
    status = 0
    for path in files:
        try:
            letter = parse(path.read_bytes())
        except OSError as error:
            print(f"{path}: kan inte läsas ({error.strerror}); ange en fil som finns", file=err)
            status = 1
            continue
        # A message without a date is read as though it came today.
        now = letter.date or datetime.now(UTC)
        context, reading = read_explained(letter, rulebook, Surroundings(network, now))
        if as_json:
            print(json.dumps(reading_as_json(letter, reading), ensure_ascii=False), file=out)
        else:
            print(told(path.name, letter, context, reading), file=out)
    return status

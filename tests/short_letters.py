"""Short letters: many to a file, each a sentence or two and what is to be understood by it.

`python -m tests.short_letters FOLDER [--show]` prints how many of a folder's
letters are read right, acted on wrongly, and asked about first.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.adapters.mime import parse
from service.adapters.network_files import load_network
from service.adapters.rule_files import load_rulebook, shipped_rules
from service.domain.network import Network
from service.interpretation.explain import reading_as_json
from service.interpretation.reading import read
from service.interpretation.rulebook import Rulebook
from service.interpretation.surroundings import Surroundings
from tests.reading_score import judge

HERE = Path(__file__).resolve().parent
STOCKHOLM = ZoneInfo("Europe/Stockholm")
OURS = "samreko@samverkan.example"


@dataclass(frozen=True)
class ShortLetter:
    """One row of a file; `expected` is in the form of the cases beside the .eml files."""

    kind: str
    name: str
    row: dict[str, Any]

    @property
    def expected(self) -> dict[str, Any]:
        sender = self.row["from"] if "@" not in self.row["from"] else None
        expected: dict[str, Any] = {"sender": sender, "intents": json.loads(self.row["expect"])}
        if self.row.get("asks"):
            expected["asks"] = True
        return expected

    def raw(self, network: Network) -> bytes:
        """The letter as a mail program would send it."""
        row = self.row
        message = EmailMessage(policy=SMTP)
        known = {p.id: p for p in network.people}.get(row["from"])
        message["From"] = f"{known.name} <{known.email}>" if known else row["from"]
        message["To"] = OURS
        message["Subject"] = row.get("subject", "")
        date: datetime = row["date"].replace(tzinfo=STOCKHOLM)
        message["Date"] = format_datetime(date)
        message["Message-ID"] = f"<{self.name}@short.example>"
        if answers := row.get("answers"):
            message["In-Reply-To"] = message["References"] = f"<{answers}.k7f3q9mw@samverkan.example>"
        text = row["text"]
        if draft := row.get("draft"):
            quoted = "\n".join(f"> {line}" for line in draft.splitlines())
            text += f"\n\nDen {date:%Y-%m-%d} kl. 08:00 skrev SamReKo:\n> Hej!\n>\n{quoted}\n"
        message.set_content(text)
        for name in row.get("files", ()):
            message.add_attachment(
                f"%PDF-1.4 {name}".encode(), maintype="application", subtype="pdf", filename=name
            )
        return message.as_bytes()


def letters(folder: Path) -> list[ShortLetter]:
    """All short letters of a folder, by file and row."""
    return [
        ShortLetter(path.stem, row["name"], row)
        for path in sorted(folder.glob("*.toml"))
        for row in tomllib.loads(path.read_text("utf-8")).get("letter", ())
    ]


def reading_of(letter: ShortLetter, network: Network, rulebook: Rulebook) -> dict[str, Any]:
    """What `kallelse inspect --json` would print for it."""
    parsed = parse(letter.raw(network))
    assert parsed.date is not None
    reading = read(parsed, rulebook, Surroundings(network, parsed.date))
    answer: dict[str, Any] = json.loads(json.dumps(reading_as_json(parsed, reading)))
    return answer


def main(folder: Path, *, show: bool) -> None:
    network, rulebook = load_network(HERE / "network.toml"), load_rulebook(shipped_rules())
    right = acted = asked = 0
    by_kind: Counter[str] = Counter()
    by_kind_right: Counter[str] = Counter()
    found = letters(folder)
    for letter in found:
        answer = reading_of(letter, network, rulebook)
        verdict = judge(answer, letter.expected)
        right += verdict.right
        acted += verdict.acted_wrongly
        asked += verdict.right and verdict.asked
        by_kind[letter.kind] += 1
        by_kind_right[letter.kind] += verdict.right
        if show and not verdict.right:
            wrongly = " ACTED WRONGLY" if verdict.acted_wrongly else ""
            print(f"{letter.kind}/{letter.name}{wrongly}: {'; '.join(verdict.faults)}")
            print(f"    {letter.row.get('subject', '')!r} {' '.join(letter.row['text'].split())}")
    for kind, count in by_kind.items():
        print(f"  {kind:14} {by_kind_right[kind]:4} of {count}")
    n = max(1, len(found))
    print(
        f"right {right}/{len(found)} = {right / n:.1%} (asked first in {asked}) | "
        f"acted wrongly {acted}/{len(found)} = {acted / n:.1%}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), show="--show" in sys.argv)

"""A page to look through letters in the order of time, readable in any browser and without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


@dataclass(frozen=True, slots=True)
class Link:
    """A file beside the page; `href` is relative and already quoted."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A letter on the page; all its words are escaped when the page is made."""

    month: str
    when: str
    way: Literal["in", "out"]
    who: str
    subject: str
    text: str
    # Our own HTML; what others have written is shown as text.
    html: str = ""
    # The text with what it quotes, where that says more.
    whole: str = ""
    # What was understood, and what became of it.
    read: tuple[str, ...] = ()
    files: tuple[Link, ...] = ()
    # The letter itself, one for each recipient.
    copies: tuple[Link, ...] = ()

    @property
    def first(self) -> str:
        """The first line that is no greeting."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        said = [line for line in lines if not line.casefold().startswith(("hej ", "hej!", "hej,"))]
        return (said or lines or [""])[0][:200]


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting with its documents."""

    day: str
    place: str
    note: str
    files: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class _Month:
    name: str
    letters: tuple[Leaf, ...]


def album(
    title: str,
    intro: Sequence[str],
    leaves: Sequence[Leaf],
    meetings: Sequence[MeetingRow] = (),
    lists: Sequence[Link] = (),
) -> str:
    """The page as HTML; `leaves` are in the order of time.  Nothing in it is fetched from elsewhere."""
    months = [_Month(name, tuple(group)) for name, group in groupby(leaves, key=lambda leaf: leaf.month)]
    return _template().render(title=title, intro=intro, months=months, meetings=meetings, lists=lists)


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("album.html.j2")

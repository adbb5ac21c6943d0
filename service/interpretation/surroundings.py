"""What a reader knows beside the letter itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.domain.network import Network


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A numbered line of the draft or agenda that the letter answers."""

    number: int
    title: str
    minutes: int | None = None
    presenter: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The network on the day, the moment, and what the thread is about.

    `now` is aware and is the letter's own date (for `inspect`) or the moment
    of its arrival.  `draft` holds the items of the version that the letter
    answers where the database knows it; `inspect` knows none, and the reader
    then looks at the quoted draft itself.  `matters` are the titles of the
    matters already proposed by the sender, newest first.
    """

    network: Network
    now: datetime
    draft: tuple[DraftItem, ...] = ()
    matters: tuple[str, ...] = ()

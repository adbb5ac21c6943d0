"""What the year itself asks for, beside its meetings: who comes after chair and secretary.

Chair and secretary alternate yearly between the region and the
municipalities (terms of reference, October 2021).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from service.domain.network import Network, Principal, Term
from service.domain.working_days import first_working_day, last_working_day

YearStep = Literal["ask-successors", "remind-successors", "hand-over"]


@dataclass(frozen=True, slots=True)
class YearRule:
    """When a step of the year is taken; one row [[year]] of rules/timeline.toml.

    `years` is -1 for a step in the year before the one that it is about.
    """

    step: YearStep
    because: str
    years: int
    month: int
    day: int
    at: time
    roll: Literal["earlier", "later", "none"] = "none"

    def moment(self, year: int, zone: ZoneInfo) -> datetime:
        """When it is time for a year, aware."""
        day = date(year + self.years, self.month, self.day)
        if self.roll == "earlier":
            day = last_working_day(day)
        elif self.roll == "later":
            day = first_working_day(day)
        return datetime.combine(day, self.at, tzinfo=zone)


# After so long a step of the year has lost its point: nobody hands over in June.
LATEST_DAYS = 45


def year_due(
    year: int,
    done: Mapping[str, datetime],
    rules: tuple[YearRule, ...],
    now: datetime,
    zone: ZoneInfo,
    *,
    confirmed: bool,
) -> list[YearStep]:
    """The steps that a year is waiting for; `confirmed` when its chair and secretary are."""
    waiting: list[YearStep] = []
    for rule in rules:
        moment = rule.moment(year, zone)
        if rule.step in done or not moment <= now or (now - moment).days > LATEST_DAYS:
            continue
        if rule.step == "hand-over" and "ask-successors" not in done:
            # A service that is new this year has nobody to hand over from.
            continue
        if rule.step == "remind-successors" and (confirmed or "ask-successors" not in done):
            continue
        if rule.step == "remind-successors" and (now - done["ask-successors"]).days < 3:
            continue
        waiting.append(rule.step)
    return waiting


def next_principal(network: Network, person: str | None) -> Principal | None:
    """Whose turn it is after a person's: the other of the two that alternate.

    Those are the principals of the network file in the order in which they
    stand there, the first two.
    """
    seat = network.seat_of(person or "")
    alternating = network.principals[:2]
    if seat is None or len(alternating) < 2:
        return None
    return alternating[1] if seat.principal == alternating[0].id else alternating[0]


def complete(term: Term | None) -> bool:
    return term is not None and term.chair is not None and term.secretary is not None

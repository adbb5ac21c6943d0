"""The network's terms of reference as files: timeline, distribution and standing items."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from service.adapters.toml_files import BadFile, Strict, checked, read_toml
from service.domain.agenda import StandingItem
from service.domain.distribution import GROUPS
from service.domain.intents import ItemType
from service.domain.network import MeetingKind
from service.domain.timeline import ActionRule, Step, StepRule
from service.domain.year import YearRule, YearStep
from service.usecases.office import Rules


class _Step(Strict):
    step: Step
    because: str = Field(min_length=3)
    days: int = Field(ge=-366, le=366)
    at: time | None = None
    roll: Literal["earlier", "later", "none"] = "none"
    kinds: tuple[MeetingKind, ...] = ("ordinary", "strategic", "extra")

    @model_validator(mode="after")
    def never_in_the_lost_hour(self) -> _Step:
        # Between two and three o'clock is the hour that summer time takes and gives.
        if self.at is not None and 2 <= self.at.hour < 3:
            raise ValueError("klockslag mellan 02 och 03 finns inte alla dagar; välj ett annat")
        return self


class _YearStep(Strict):
    step: YearStep
    because: str = Field(min_length=3)
    years: int = Field(default=0, ge=-1, le=0)
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    at: time
    roll: Literal["earlier", "later", "none"] = "none"


class _Actions(Strict):
    because: str = ""
    before: int = Field(default=7, ge=1, le=60)
    every: int = Field(default=14, ge=1, le=366)


class _Timeline(Strict):
    step: tuple[_Step, ...]
    actions: _Actions = _Actions()
    year: tuple[_YearStep, ...] = ()


class _Distribution(Strict):
    mailing: dict[str, tuple[Literal[GROUPS], ...]]  # type: ignore[valid-type]


class _Standing(Strict):
    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    place: Literal["first", "last"]
    minutes: int | None = Field(default=None, ge=0, le=480)
    type: ItemType | None = None
    when: Literal["every", "first", "last", "not-first"] = "every"
    kinds: tuple[MeetingKind, ...] = ("ordinary", "extra")


class _StandingItems(Strict):
    item: tuple[_Standing, ...] = ()


# Mailings that the use cases look up by name.
NEEDED = (
    "call", "remind-call", "preparation", "agenda", "attendance-list", "minutes-form", "minutes",
    "meeting-moved", "meeting-cancelled",
)  # fmt: skip


def load_rules(shipped: Path, own: Path | None = None) -> Rules:
    """Read the three files; one that lies in the network's own folder is used instead of the shipped one.

    Raises BadFile.
    """

    def path(name: str) -> Path:
        return own / name if own and (own / name).is_file() else shipped / name

    timeline = checked(_Timeline, read_toml(path("timeline.toml")), str(path("timeline.toml")))
    lists = checked(_Distribution, read_toml(path("distribution.toml")), str(path("distribution.toml")))
    standing = checked(
        _StandingItems, read_toml(path("standing-items.toml")), str(path("standing-items.toml"))
    )
    for name in NEEDED:
        if name not in lists.mailing:
            raise BadFile(
                f"{path('distribution.toml')}: mailing.{name}: saknas; skriv vilka som ska få utskicket"
            )
    return Rules(
        timeline=tuple(StepRule(**row.model_dump()) for row in timeline.step),
        year=tuple(YearRule(**row.model_dump()) for row in timeline.year),
        actions=ActionRule(timeline.actions.before, timeline.actions.every),
        distribution=lists.mailing,
        standing_items=tuple(StandingItem(**row.model_dump()) for row in standing.item),
    )

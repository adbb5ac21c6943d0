"""The time that a command works at: now, or what `--at` says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service.adapters.network_files import load_network
from service.config import Config
from service.wiring import wall_clock


def clock_for(config: Config, at: str | None) -> Callable[[], datetime]:
    """The clock; a time without an offset is the network's local time.  Raises ValueError."""
    if not at:
        return wall_clock
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise ValueError(f"--at {at}: ska skrivas som 2027-02-04T08:00") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=load_network(config.network).timezone)
    return lambda: moment

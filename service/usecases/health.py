"""How the service is: a passing fault is no news, one that lasts is, and so is its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# Servers are restarted and networks blink; nobody needs to know.
PASSING = timedelta(minutes=5)
# Members' mail has now lain unread so long that an operator must act.
LASTING = timedelta(hours=1)

State = Literal["ok", "away", "broken", "recovered"]


@dataclass(frozen=True, slots=True)
class Said:
    """A change that the operator is told: `since` when, and what was away."""

    state: State
    since: datetime
    why: str = ""

    @property
    def line(self) -> str:
        """For the journal and systemd, on one line: "broken since 2027-02-04T08:00+01:00: brevlådan …"."""
        words = f"{self.state} since {self.since.isoformat(timespec='seconds')}"
        return f"{words}: {' '.join(self.why.split())}" if self.why else words


class Health:
    """Follows the rounds, and says when something has changed that is worth telling."""

    def __init__(self) -> None:
        self._state: State = "ok"
        self._since: datetime | None = None

    def after(self, trouble: str, now: datetime) -> Said | None:
        """What a round with this trouble ("" for none) gives to tell; None when it is no news."""
        if not trouble:
            was, self._state, self._since = self._state, "ok", None
            return Said("recovered", now) if was != "ok" else None
        self._since = self._since or now
        lasted = now - self._since
        state: State = "broken" if lasted >= LASTING else "away" if lasted >= PASSING else "ok"
        if state in ("ok", self._state):
            return None
        self._state = state
        return Said(state, self._since, trouble)


def read_line(line: str) -> dict[str, str]:
    """A line that `Said` wrote, as `status` tells it; an unknown one is no news."""
    head, _, why = line.partition(": ")
    state, _, since = head.partition(" since ")
    if state not in ("away", "broken", "recovered"):
        return {"state": "ok"}
    return {"state": "ok" if state == "recovered" else state, "since": since, "why": why}

"""Matters for the agenda: proposed, taken back, added to, and the minutes afterwards."""

from __future__ import annotations

from service.domain.intents import Intent
from service.interpretation.context import Context


def read(context: Context) -> list[Intent]:
    """What a letter asks for about matters, in the order in which it asks."""
    return []

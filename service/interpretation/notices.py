"""Absence, attendance, replacement, contact, meeting changes; question, help, undo, courtesy."""

from __future__ import annotations

from service.domain.intents import Intent
from service.interpretation.context import Context


def read(context: Context) -> list[Intent]:
    """What the letter gives notice of."""
    return []

"""How a command says that its work failed."""

from __future__ import annotations


class Failed(Exception):
    """The work failed; the message is one line that says what, and what to do."""

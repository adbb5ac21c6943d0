"""Where documents are made and read, opened when the first one is wanted.

The libraries for PDF and Word take some twenty-five megabytes, which a daemon
that waits for mail has no use for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from service.adapters.calendar_files import calendar_file
from service.usecases.outgoing import DocumentOrder

if TYPE_CHECKING:
    from service.adapters.documents import Press
    from service.adapters.packet import Binder


class Workshop:
    """Makes documents, binds packets and reads forms; sources in `own` win over those shipped."""

    def __init__(self, shipped: Path, own: Path | None, language: str) -> None:
        self._sources = (shipped, own, language)

    @cached_property
    def _press(self) -> Press:
        from service.adapters.documents import Press

        return Press(*self._sources)

    @cached_property
    def _binder(self) -> Binder:
        from service.adapters.packet import Binder

        return Binder(self._press)

    def make(self, order: DocumentOrder) -> bytes:
        """The document; see `documents.Press.make` and `calendar_files.calendar_file`."""
        if order.kind == "calendar":
            return calendar_file(order.facts["entry"], order.facts["attendee"], order.facts["stamp"])
        return self._press.make(order)

    def bind(self, order: DocumentOrder, file: Callable[[str], bytes]) -> bytes:
        """The packet; see `packet.Binder.bind`."""
        return self._binder.bind(order, file)

    def read_form(self, content: bytes) -> str:
        """The words of a Word document; see `filled_forms.form_text`."""
        from service.adapters.filled_forms import form_text

        return form_text(content)

"""How Alembic runs the migrations: over the connection that the program has opened.

`service.adapters.database.upgrade.write_next` writes the next one for the developer.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from service.adapters.database.models import Base, Moment, Words


def _plainly(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Our own types by what they are in the database: a migration must not change when a model does."""
    if kind == "type" and isinstance(thing, Words):
        return "sa.Text()"
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite changes a column by writing the table anew.
    render_as_batch=True,
    compare_type=True,
    render_item=_plainly,
)
with context.begin_transaction():
    context.run_migrations()

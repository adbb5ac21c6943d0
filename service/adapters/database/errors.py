"""What can go wrong with the database, named for what to do next."""

from __future__ import annotations

import sqlite3
from typing import Any


class StoreAway(Exception):
    """The database cannot serve now: locked, gone, or its disk full.  Nothing was saved; try again later."""


class StoreError(Exception):
    """The database will not serve until an operator mends something; the message says what, in one line."""


# What SQLite says when the fault lies in the file or its rights, and waiting will not help.
_SQLITE_TO_MEND = (
    "readonly database",
    "malformed",
    "is not a database",
    "no such table",
    "no such column",
)

# PostgreSQL's classes of error that pass by themselves (appendix A of its manual): connection,
# insufficient resources, operator intervention, and transaction rollback.
_POSTGRES_PASSING = ("08", "53", "57", "40", "58")
# lock_not_available and object_in_use.
_POSTGRES_BUSY = ("55P03", "55006")
# Wrong password or role, no such database, no right, no such table.
_POSTGRES_TO_MEND = ("28", "3D", "42", "3F")


def named(error: BaseException, disconnected: bool, where: str) -> StoreAway | StoreError | None:
    """The name of a driver's error; None for what is a fault in the program and keeps its own name.

    `where` is the database as an operator knows it, without its password.
    """
    line = " ".join(str(error).split()).rstrip(".?")
    if isinstance(error, sqlite3.Error):
        if isinstance(error, (sqlite3.OperationalError, sqlite3.DatabaseError)) and any(
            sign in line for sign in _SQLITE_TO_MEND
        ):
            return StoreError(f"The database {where} cannot be used: {line}.")
        if isinstance(error, sqlite3.OperationalError) or disconnected:
            return StoreAway(f"The database {where} is away: {line}.")
        return None
    state: Any = getattr(error, "sqlstate", None)
    kind = type(error).__name__
    if isinstance(state, str):
        if state in _POSTGRES_BUSY or state.startswith(_POSTGRES_PASSING):
            return StoreAway(f"The database {where} is away: {line}.")
        if state.startswith(_POSTGRES_TO_MEND):
            return StoreError(f"The database {where} cannot be used: {line}.")
    if disconnected or kind in {"OperationalError", "InterfaceError", "ConnectionTimeout"}:
        # psycopg gives no code when the connection itself could not be made.
        if any(sign in line for sign in ("authentication failed", "does not exist", "no password supplied")):
            return StoreError(f"The database {where} cannot be used: {line}.")
        return StoreAway(f"The database {where} is away: {line}.")
    return None

"""What can go wrong with the database, named for what to do next."""

from __future__ import annotations

import sqlite3
from typing import Any


class StoreAway(Exception):
    """The database cannot serve now: locked, gone, or its disk full.  Nothing was saved; try again later."""


class StoreError(Exception):
    """The database will not serve until an operator mends something; the message says what, in one line."""


# SQLite's result codes (sqlite.org/rescode.html) that pass: interrupted, busy, locked, out of memory,
# input or output, full, cannot open, locking protocol.
_SQLITE_PASSING = (5, 6, 7, 9, 10, 13, 14, 15)
# And those where the fault lies in the file or its rights, and waiting will not help: a table that is
# missing or in the way, permission, read-only, malformed, authorisation, no database.
_SQLITE_TO_MEND = (1, 3, 8, 11, 23, 26)

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
        # The low byte is the primary code, the rest says more about it.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _SQLITE_TO_MEND:
            return StoreError(f"The database {where} cannot be used: {line}.")
        if code in _SQLITE_PASSING or disconnected:
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

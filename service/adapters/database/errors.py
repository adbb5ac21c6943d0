"""What can go wrong with the database, named for what to do next."""

from __future__ import annotations

import sqlite3
from typing import Any


class StoreAway(Exception):
    """The database cannot serve now: locked, gone, or its disk full.  Nothing was saved; try again later.

    The message says in one line, in Swedish, what is wrong and what an operator can do.
    """


class StoreError(Exception):
    """The database will not serve until an operator mends something; the message says what, as above."""


# SQLite's result codes (sqlite.org/rescode.html) that pass: interrupted, busy, locked, out of memory,
# input or output, full, cannot open, locking protocol.
_SQLITE_PASSING = {
    5: "är upptagen; det går över av sig självt, annars är det något annat program som håller den öppen",
    6: "är upptagen; det går över av sig självt, annars är det något annat program som håller den öppen",
    13: "går inte att skriva, för disken är full; frigör utrymme (df -h)",
}
_SQLITE_AWAY = (7, 9, 10, 14, 15)
# And those where the fault lies in the file or its rights, and waiting will not help: a table that is
# missing or in the way, permission, read-only, malformed, authorisation, no database.
_SQLITE_TO_MEND = {
    3: "får inte läsas; ge tjänstens användare rätt till filen och dess mapp",
    8: "får inte skrivas; ge tjänstens användare rätt till filen och dess mapp",
    11: "är skadad; flytta undan den och lägg tillbaka en säkerhetskopia (kallelse restore)",
    23: "får inte användas; ge tjänstens användare rätt till filen och dess mapp",
    26: "är ingen databas; rätta database.url, eller lägg tillbaka en säkerhetskopia (kallelse restore)",
}
_SQLITE_TABLES = 1

# PostgreSQL's classes of error that pass by themselves (appendix A of its manual): connection,
# insufficient resources, operator intervention, and transaction rollback.
_POSTGRES_PASSING = ("08", "53", "57", "40", "58")
# lock_not_available and object_in_use.
_POSTGRES_BUSY = ("55P03", "55006")
# Wrong password or role, no such database, no right, no such table or schema.
_POSTGRES_TO_MEND = {
    "28": "släpper inte in tjänsten; rätta användare och lösenord i database.url",
    "3D": "finns inte; skapa den (createdb) eller rätta database.url",
    "42501": "låter inte tjänsten göra det; ge dess användare rätt till databasen och schemat",
    "42": "har inte de tabeller som väntades; lägg tillbaka en säkerhetskopia, eller töm den och börja om",
    "3F": "har inte det schema som väntades; rätta schema= i database.url",
}
# What libpq says where there is no code, because the connection itself could not be made.
_SIGNS = {
    "authentication failed": _POSTGRES_TO_MEND["28"],
    "no password supplied": _POSTGRES_TO_MEND["28"],
    "does not exist": _POSTGRES_TO_MEND["3D"],
}


def named(error: BaseException, disconnected: bool, where: str) -> StoreAway | StoreError | None:
    """The name of a driver's error; None for what is a fault in the program and keeps its own name.

    `where` is the database as an operator knows it, without its password.
    The driver's own words, which an operator may want to look up, stand last.
    """
    line = " ".join(str(error).split()).rstrip(".?")
    if isinstance(error, sqlite3.Error):
        # The low byte is the primary code, the rest says more about it.
        return _of_sqlite(getattr(error, "sqlite_errorcode", 0) & 0xFF, disconnected, where, line)
    state: Any = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        if state in _POSTGRES_BUSY:
            return StoreAway(_said(where, "är upptagen; det går över av sig självt", line))
        if state.startswith(_POSTGRES_PASSING):
            return StoreAway(_said(where, _SILENT, line))
        for code, words in _POSTGRES_TO_MEND.items():
            if state.startswith(code):
                return StoreError(_said(where, words, line))
    if disconnected or type(error).__name__ in {"OperationalError", "InterfaceError", "ConnectionTimeout"}:
        for sign, words in _SIGNS.items():
            if sign in line:
                return StoreError(_said(where, words, line))
        return StoreAway(_said(where, _SILENT, line))
    return None


_SILENT = "svarar inte; se till att databasservern är igång och går att nå"


def _of_sqlite(code: int, disconnected: bool, where: str, line: str) -> StoreAway | StoreError | None:
    if code == _SQLITE_TABLES:
        words = "har inte de tabeller som väntades; lägg tillbaka en säkerhetskopia (kallelse restore)"
        return StoreError(_said(where, words, line))
    if words := _SQLITE_TO_MEND.get(code, ""):
        return StoreError(_said(where, words, line))
    if words := _SQLITE_PASSING.get(code, ""):
        return StoreAway(_said(where, words, line))
    if code in _SQLITE_AWAY or disconnected:
        words = "går inte att läsa eller skriva; se efter att disken finns och inte är full (df -h)"
        return StoreAway(_said(where, words, line))
    return None


def _said(where: str, words: str, line: str) -> str:
    return f"databasen {where} {words} ({line})"

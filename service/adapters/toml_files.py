"""TOML files into checked values; every mistake becomes one line that a person can act on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from rapidfuzz import process


class BadFile(Exception):
    """A file cannot be used; the message is one line that names file, key and mend."""


class Strict(BaseModel):
    """A table in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds; raises BadFile."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadFile(f"{path}: filen finns inte") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path}: kan inte läsas ({error}); spara filen som UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{path}: är inte giltig TOML ({error})") from error


def checked(model: type[M], content: dict[str, Any], source: str) -> M:
    """The content as a checked value; raises BadFile that names the first fault."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise BadFile(fault_line(model, source, error)) from error


def fault_line(model: type[BaseModel], source: str, error: ValidationError) -> str:
    """The fault of a file in one line: where, what, and how to mend it.

    A key that is not known comes first, for it is mostly the one that is
    missing, misspelt.
    """
    faults = error.errors()
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    where = ""
    for part in fault["loc"]:
        where += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if where else ''}{part}"
    if fault["type"] == "extra_forbidden":
        key = str(fault["loc"][-1])
        nearest = process.extractOne(key, _known_keys(model, fault["loc"]))
        mend = f"menade du {nearest[0]}?" if nearest else "ta bort den"
        return f"{source}: {where}: nyckeln {key} är okänd; {mend}"
    if fault["type"] == "missing":
        return f"{source}: {where}: saknas; skriv till den"
    if fault["type"] == "value_error":
        return f"{source}: {where}: {fault['ctx']['error']}"
    return f"{source}: {where}: {fault['msg']} (nu står där {str(fault['input'])[:60]!r})"


def _known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    here: Any = model
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        field = here.model_fields.get(part) if hasattr(here, "model_fields") else None
        if field is None:
            return []
        inner = [a for a in get_args(field.annotation) if hasattr(a, "model_fields")]
        here = inner[0] if inner else field.annotation
    return list(here.model_fields) if hasattr(here, "model_fields") else []

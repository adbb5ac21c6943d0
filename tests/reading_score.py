"""Compare a reading with the expected one, as the contract says that it is judged.

A case is right when every scored field is; it acted wrongly when an intent
that it calls certain was not expected or has a wrong field.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Kinds that change nothing, whatever they say.
IDLE = {"courtesy", "question", "help"}
UNSCORED = {"kind", "certain", "evidence", "comment", "description", "confidence"}
CLOSE_ENOUGH = 0.85


@dataclass(frozen=True)
class Verdict:
    """What was wrong with a reading; no faults is right."""

    faults: tuple[str, ...]
    acted_wrongly: bool
    asked: bool

    @property
    def right(self) -> bool:
        return not self.faults


def flat(text: object) -> str:
    """Letters and digits only, lower case, NFC."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", str(text)).casefold()).strip()


def alike(got: object, expected: object) -> bool:
    """Close to one of the expected forms."""
    forms = expected if isinstance(expected, list) else [expected]
    if got is None:
        return None in forms
    return any(
        flat(got) == flat(form)
        or difflib.SequenceMatcher(None, flat(got), flat(form)).ratio() >= CLOSE_ENOUGH
        for form in forms
        if form is not None
    )


def digits(text: object) -> str:
    return re.sub(r"\D", "", str(text or ""))


def same_contact(got: Any, expected: Mapping[str, Any]) -> bool:
    if not isinstance(got, Mapping):
        return False
    for key, value in expected.items():
        mine = got.get(key)
        if key == "phone":
            if digits(mine) != digits(value):
                return False
        elif key in {"name", "title"}:
            if value is not None and not alike(mine, value):
                return False
        elif (mine or None) != (value or None):
            return False
    return True


def same_operations(got: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]]) -> bool:
    return len(got) == len(expected) and all(
        same(key, mine.get(key), value) if key in {"title", "presenter"} else mine.get(key) == value
        for mine, theirs in zip(got, expected, strict=True)
        for key, value in theirs.items()
    )


def same(field: str, got: Any, expected: Any) -> bool:
    """Whether one field is as expected."""
    if field in {"title", "place", "name"}:
        return alike(got, expected)
    if field == "attachments":
        names = [a["filename"] if isinstance(a, Mapping) else a for a in got or []]
        return sorted(unicodedata.normalize("NFC", n) for n in names) == sorted(
            unicodedata.normalize("NFC", n) for n in expected or []
        )
    if field in {"presenter", "successor", "substitute"} and isinstance(expected, Mapping):
        return same_contact(got, expected)
    if field == "operations":
        return same_operations(got or [], expected)
    if field == "phone":
        return digits(got) == digits(expected)
    if field in {"start", "end"}:
        return (got or "")[:16] == (expected or "")[:16]
    return (got or None) == (expected or None)


def wrong_fields(got: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    return [
        f"{field}: {got.get(field)!r}, expected {value!r}"
        for field, value in expected.items()
        if field not in UNSCORED and not same(field, got.get(field), value)
    ]


def paired(
    got: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]]
) -> tuple[
    list[tuple[Mapping[str, Any], Mapping[str, Any]]], list[Mapping[str, Any]], list[Mapping[str, Any]]
]:
    """Intents of the same kind side by side, best fit first; then the extra and the missing."""
    left, pairs, missing = list(got), [], []
    for theirs in expected:
        fits = [mine for mine in left if mine["kind"] == theirs["kind"]]
        if not fits:
            missing.append(theirs)
            continue
        best = min(fits, key=lambda mine: len(wrong_fields(mine, theirs)))
        left.remove(best)
        pairs.append((best, theirs))
    return pairs, left, missing


def _outer_faults(answer: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    for key in ("automatic", "sender"):
        if key in expected and (answer.get(key) or None) != (expected[key] or None):
            yield f"{key}: {answer.get(key)!r}, expected {expected[key]!r}"
    if "failed" in expected and sorted(answer.get("failed") or []) != sorted(expected["failed"]):
        yield f"failed: {answer.get('failed')!r}, expected {expected['failed']!r}"
    if "attachments" in expected and not same("attachments", answer["attachments"], expected["attachments"]):
        yield f"attachments: expected {expected['attachments']!r}"
    for words in expected.get("text_has", []):
        if flat(words) not in flat(answer["text"]):
            yield f"text lacks {words!r}"
    for words in expected.get("text_lacks", []):
        if flat(words) in flat(answer["text"]):
            yield f"text has {words!r}"


def judge(answer: Mapping[str, Any], expected: Mapping[str, Any]) -> Verdict:
    """The verdict on what `inspect --json` printed for a message."""
    faults = list(_outer_faults(answer, expected))
    acted_wrongly = False
    got, wanted = answer["intents"], expected.get("intents") or []
    pairs, extra, missing = paired(got, wanted)
    for mine, theirs in pairs:
        wrong = wrong_fields(mine, theirs)
        faults += [f"{theirs['kind']}.{fault}" for fault in wrong]
        acted_wrongly |= bool(wrong) and mine["certain"] and mine["kind"] not in IDLE
    for mine in extra:
        if mine["kind"] == "question" and wanted:
            # Handed to the secretary beside the rest.
            continue
        faults.append(f"extra intent {mine['kind']}")
        acted_wrongly |= mine["certain"] and mine["kind"] not in IDLE
    faults += [f"missing intent {theirs['kind']}" for theirs in missing]
    asked = any(not mine["certain"] for mine in got if mine["kind"] not in IDLE)
    outsider = "sender" in expected and expected["sender"] is None and not expected.get("automatic")
    if expected.get("asks") or outsider:
        if not asked and any(mine["kind"] not in IDLE for mine in got):
            acted_wrongly = True
            faults.append("should have asked")
        asked = False
    return Verdict(tuple(faults), acted_wrongly, asked)

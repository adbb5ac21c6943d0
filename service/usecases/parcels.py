"""How much goes into one mail: a letter's files, parted so that each message is under the network's limit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.domain.agenda import FileRef

# What a message holds beside its files: text, HTML, calendar file, headers.
_ROOM = 150_000
# Base64 makes 78 octets with the line's end of 57 (RFC 2045, 6.8).
_LINE, _ENCODED_LINE = 57, 78
_PART_HEAD = 500
# What is not packed already, and so worth packing.
_LOOSE = frozenset({
    "bmp", "csv", "doc", "dot", "eml", "htm", "html", "json", "log", "msg", "ppt", "rtf", "svg", "tif",
    "tiff", "txt", "xls", "xml",
})  # fmt: skip
_WORTH_IT = 0.8
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Parcels:
    """A letter's files, message by message, and those that no message can hold."""

    parts: tuple[tuple[FileRef, ...], ...]
    left_out: tuple[FileRef, ...] = ()


def encoded_size(file: FileRef) -> int:
    """How many octets of a message a file takes up."""
    return -(-file.size // _LINE) * _ENCODED_LINE + _PART_HEAD


def fits(files: Sequence[FileRef], limit_mb: int) -> bool:
    """Whether files go into one message; a megabyte is a million octets, as mail servers count."""
    return sum(map(encoded_size, files)) <= limit_mb * 1_000_000 - _ROOM


def parcel(
    files: Sequence[FileRef],
    limit_mb: int,
    *,
    spare: Sequence[FileRef] = (),
    pack: Callable[[FileRef], FileRef] = lambda file: file,
) -> Parcels:
    """Part a letter's files into messages under the limit, in their order.

    `spare` are those that repeat the others (a packet), and are left behind
    first; `pack` makes a smaller file of one where that can be done.  A
    file that is too large for a message of its own is left out.
    """
    if fits(files, limit_mb):
        return Parcels((tuple(files),))
    needed = [f for f in files if f not in spare]
    if fits(needed, limit_mb):
        return Parcels((tuple(needed),))
    packed = [pack(f) for f in needed]
    parts: list[list[FileRef]] = [[]]
    left_out: list[FileRef] = []
    for file in packed:
        if not fits([file], limit_mb):
            left_out.append(file)
        elif fits([*parts[-1], file], limit_mb):
            parts[-1].append(file)
        else:
            parts.append([file])
    return Parcels(tuple(map(tuple, parts)), tuple(left_out))


def packed(file: FileRef, content: bytes) -> tuple[str, bytes] | None:
    """Name and content of a file as a zip, where that is clearly smaller; equal files give equal bytes."""
    if file.filename.rpartition(".")[2].lower() not in _LOOSE:
        return None
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo(file.filename, _EPOCH), content, zipfile.ZIP_DEFLATED)
    small = made.getvalue()
    return (f"{file.filename}.zip", small) if len(small) < _WORTH_IT * len(content) else None

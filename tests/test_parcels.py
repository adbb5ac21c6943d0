"""Mailings under the network's limit: what is left behind, packed, parted or told to be too large."""

from __future__ import annotations

from service.domain.agenda import FileRef
from service.usecases.parcels import encoded_size, fits, packed, parcel

MB = 1_000_000


def a_file(name: str, megabytes: float) -> FileRef:
    return FileRef(name, name, "application/pdf", int(megabytes * MB))


AGENDA, PACKET = a_file("Dagordning.pdf", 0.05), a_file("Möteshandlingar.pdf", 9)


def names(parts: tuple[tuple[FileRef, ...], ...]) -> list[list[str]]:
    return [[f.filename for f in part] for part in parts]


def test_a_file_weighs_what_its_base64_does():
    """57 octets make a line of 76 signs and its end (RFC 2045, 6.8)."""
    assert encoded_size(FileRef("", "", "", 57 * 1000)) - encoded_size(FileRef("", "", "", 0)) == 78_000


def test_what_fits_goes_in_one_message():
    files = (AGENDA, PACKET, a_file("Bilaga.pdf", 4))
    assert parcel(files, 20, spare=(PACKET,)).parts == (files,)


def test_the_packet_is_left_behind_first():
    """It repeats the annexes, which everyone gets all the same."""
    annex = a_file("Bilaga.pdf", 9)
    assert names(parcel((AGENDA, PACKET, annex), 20, spare=(PACKET,)).parts) == [
        ["Dagordning.pdf", "Bilaga.pdf"]
    ]


def test_more_than_one_message_holds_becomes_several_each_under_the_limit():
    """In the files' own order, the agenda in the first."""
    annexes = tuple(a_file(f"{n}.pdf", 6) for n in range(1, 6))
    found = parcel((AGENDA, *annexes), 20)

    assert names(found.parts) == [["Dagordning.pdf", "1.pdf", "2.pdf"], ["3.pdf", "4.pdf"], ["5.pdf"]]
    assert all(fits(part, 20) for part in found.parts)


def test_a_file_that_no_message_holds_is_left_out_and_named():
    film = a_file("Film.mp4", 40)
    found = parcel((AGENDA, film, a_file("1.pdf", 1)), 20)

    assert names(found.parts) == [["Dagordning.pdf", "1.pdf"]]
    assert found.left_out == (film,)


def test_what_is_not_packed_already_is_packed_before_anything_is_parted():
    """A table of 30 MB may be one of 2."""
    table, small = a_file("Tabell.csv", 30), a_file("Tabell.csv.zip", 2)
    found = parcel((AGENDA, table), 20, pack=lambda f: small if f == table else f)

    assert names(found.parts) == [["Dagordning.pdf", "Tabell.csv.zip"]]


def test_packing_is_for_what_shrinks():
    """A PDF is packed as it is; a table is, and equal contents give equal bytes."""
    table = b"1;2;3\n" * 10_000
    assert packed(a_file("x.pdf", 1), table) is None
    assert packed(a_file("x.csv", 1), b"") is None
    first, again = packed(a_file("x.csv", 1), table), packed(a_file("x.csv", 1), table)
    assert first is not None
    assert first == again
    assert first[0] == "x.csv.zip"
    assert len(first[1]) < 2_000

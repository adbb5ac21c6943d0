"""What is kept of people: for how long, what they can have out, and how it is taken away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.adapters.database.models import Base
from service.cli import main
from tests.desk import Desk, only, to
from tests.settings import write_settings


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """Where the records are: "" is a file in the network's own folder."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""


@pytest.fixture
def desk(tmp_path: Path, database: str) -> Iterator[Desk]:
    with Desk(tmp_path, "2027-01-07 09:00", database_url=database) as desk:
        desk.work()
        desk.got.clear()
        yield desk


def raw(desk: Desk, number: int) -> bytes:
    with desk.service.store.work() as book:
        return book.raw(number)


def letters(desk: Desk) -> list[tuple[int, str]]:
    return [(r.number, r.state) for r in desk.service.store.letters_in()]


def test_thanks_and_automatic_mail_are_gone_after_ninety_days(desk: Desk):
    """Their words go, their rows stay, and the same message is not taken in again."""
    desk.mail("karin.nystrom", "Tack", "Tack för informationen! /Karin")
    desk.mail(
        "lena.wikstrom", "Frånvarande", "Jag är på semester", headers=[("Auto-Submitted", "auto-replied")]
    )
    desk.mail("mats.hedin", "Förhinder", "Jag kan inte komma den 11 februari. Mats")
    (thanks, _), (away, _), (absence, _) = letters(desk)
    copy = raw(desk, thanks)

    desk.at("2027-04-06 09:00")
    assert b"Tack" in raw(desk, thanks)
    desk.at("2027-04-09 09:00")

    assert b"Tack" not in raw(desk, thanks)
    assert b"semester" not in raw(desk, away)
    assert b"komma" in raw(desk, absence)
    desk.bytes(copy)
    assert len(letters(desk)) == 3


def test_a_network_file_sets_other_times(tmp_path: Path):
    """Thirty days for thanks, a year for the rest."""
    text = (Path(__file__).parent / "network.toml").read_text(encoding="utf-8")
    network = tmp_path / "network.toml"
    network.write_text(
        text.replace(
            'language = "sv"', 'language = "sv"\nkeep_courtesies_days = 30\nkeep_letters_days = 365', 1
        ),
        encoding="utf-8",
    )
    with Desk(tmp_path, "2027-01-07 09:00", network=network) as desk:
        desk.work()
        desk.mail("karin.nystrom", "Tack", "Tack för informationen! /Karin")
        desk.mail("mats.hedin", "Förhinder", "Jag kan inte komma den 11 februari. Mats")
        desk.at("2027-02-08 09:00")
        (thanks, _), (absence, _) = letters(desk)
        assert b"Tack" not in raw(desk, thanks)
        assert b"komma" in raw(desk, absence)
        desk.at("2028-01-10 09:00")
        assert b"komma" not in raw(desk, absence)
        assert "mats.hedin" in desk.meeting("2027-02-11")["absent"]  # type: ignore[operator]


def test_a_file_that_a_matter_still_needs_is_not_taken_away(desk: Desk):
    """The same content came in thanks and in a proposal."""
    desk.mail(
        "lena.wikstrom",
        "Ärende",
        "Jag vill ta upp köerna till barnpsykiatrin på mötet den 11 februari, 10 minuter.",
        files=[("Underlag.pdf", b"%PDF-1.4 samma")],
    )
    desk.at("2027-05-20 09:00")

    item = only([i for i in desk.world.items.values() if not i.standing])  # type: ignore[arg-type, list-item]
    assert desk.service.store.file(item.files[0].sha256) == b"%PDF-1.4 samma"  # type: ignore[attr-defined]


@pytest.fixture
def command(tmp_path: Path, database: str) -> tuple[Path, Path]:
    """A configuration, and a database in which Camilla has written and has left."""
    config = write_settings(tmp_path, database=database)
    with Desk(tmp_path, "2026-01-07 09:00", database_url=database) as desk:
        desk.work()
        desk.mail("camilla.rask", "Förhinder", "Jag kan inte komma den 11 februari. Camilla")
        desk.mail("camilla.rask", "Byte", "Jag slutar den 31 januari 2026. Min efterträdare är Petra Hallin, "
                  "petra.hallin@herjedalen.example, från den 1 februari 2026.")  # fmt: skip
    return config, tmp_path


def test_a_person_gets_out_all_that_is_kept(command: tuple[Path, Path], capsys: pytest.CaptureFixture[str]):
    """A list, and every letter from and to her as files."""
    config, folder = command

    assert (
        main(["--config", str(config), "person", "export", "camilla.rask", "--folder", str(folder / "ut")])
        == 0
    )

    facts = json.loads((folder / "ut" / "uppgifter.json").read_text(encoding="utf-8"))
    assert facts["person"]["name"] == "Camilla Rask"
    assert facts["platser"]
    names = sorted(p.name for p in (folder / "ut").glob("*.eml"))
    assert sum(n.startswith("in-") for n in names) == 2
    assert any(n.startswith("ut-") for n in names)
    assert "Camilla Rask" in capsys.readouterr().out


def everything(desk: Desk) -> Iterator[tuple[str, str]]:
    """Every word in the database, with the table and column where it stands."""
    with desk.service.store.work() as book:
        for table in Base.metadata.sorted_tables:
            for row in book.connection.execute(table.select()).mappings():
                for column, value in row.items():
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    yield f"{table.name}.{column}", text


def test_a_person_who_has_left_is_taken_away(
    command: tuple[Path, Path], database: str, capsys: pytest.CaptureFixture[str]
):
    """First it is told what will happen; with --yes no table has her name, address or id as its own.

    What others have been sent still says who left and who came instead.
    """
    config, folder = command
    call = ["--config", str(config), "person", "erase", "camilla.rask"]

    assert main(call) == 0
    assert "--yes" in capsys.readouterr().out
    assert main([*call, "--yes"]) == 0

    with Desk(folder, "2026-11-25 09:00", database_url=database) as desk:
        assert "camilla.rask" not in desk.world.people
        left = {place for place, text in everything(desk) if re.search("(?i)camilla", text)}
        assert left <= {"outgoing.subject", "outgoing.text", "outgoing.html", "blob.content"}
        for one in desk.service.store.letters_out():
            assert "camilla.rask" not in one.text + one.html + one.subject + one.answer
            assert one.to.person not in ("camilla.rask",)
        assert not any("camilla.rask@" in p.email for p in desk.world.people.values())
        assert "camilla.rask" not in [t.person for t in desk.world.tenures.values()]
        for number, _ in letters(desk):
            assert b"camilla" not in raw(desk, number).lower()
        assert not [o for o in desk.service.store.letters_out() if "Camilla" in o.to.name]
        desk.work()
    assert main([*call, "--yes"]) == 2


def test_whoever_has_a_seat_is_not_taken_away(command: tuple[Path, Path], capsys: pytest.CaptureFixture[str]):
    """The seat must go to somebody first; one line says so."""
    config, _ = command

    assert main(["--config", str(config), "person", "erase", "lena.wikstrom", "--yes"]) == 1
    assert "ta över" in capsys.readouterr().err


def test_a_misspelt_id_names_the_nearest(command: tuple[Path, Path], capsys: pytest.CaptureFixture[str]):
    """Exit status 2, and a hint."""
    config, _ = command

    assert main(["--config", str(config), "person", "export", "camila.rask"]) == 2
    assert "camilla.rask" in capsys.readouterr().err


def test_logs_carry_ids_and_no_words(desk: Desk, caplog: pytest.LogCaptureFixture):
    """Neither names, addresses, subjects nor texts."""
    caplog.set_level("DEBUG", logger="kallelse")
    got = desk.mail("lena.wikstrom", "Hemlig rubrik", "Jag kan inte komma den 11 februari. Hemligt skäl.")
    assert to(got, "lena.wikstrom@regionjh.example")
    desk.mail("Sara Okänd <sara@barnahus.example>", "Annan rubrik", "Jag vill ta upp en sak.")

    text = caplog.text
    assert "lena.wikstrom" in text
    for word in ("Hemlig", "skäl", "@", "Wikström", "Sara", "rubrik"):
        assert word not in text, word

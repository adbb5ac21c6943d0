"""What a person types, and what comes back: exit statuses, one-line errors, and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.adapters.embedded import EmbeddedServers
from service.cli import main, parser
from tests.servers import THE_SERVICE, free_port
from tests.settings import write_settings

ROOT = Path(__file__).resolve().parent.parent
LETTER = sorted((ROOT / "tests" / "letters" / "absence").glob("*.eml"))[0]
COMMANDS = ("demo", "init", "doctor", "load", "run", "ingest", "inspect", "status", "rehearse", "export")


def call(*words: str | Path) -> int:
    """The exit status of a command."""
    try:
        return main([str(w) for w in words])
    except SystemExit as end:
        return int(end.code or 0)


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error."""
    said = capsys.readouterr().err
    lines = said.splitlines()
    assert len(lines) == 1, said
    assert "Traceback" not in said
    return lines[0]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A configuration without servers, which is enough for all but `run`."""
    return write_settings(tmp_path)


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]):
    """--help is Swedish and ends well, for the whole and for each command."""
    assert call("--help") == 0
    whole = capsys.readouterr().out
    for command in COMMANDS:
        assert command in whole
        assert call(command, "--help") == 0
        assert command in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [(), ("dagordna",), ("rehearse",), ("rehearse", "nästa"), ("run", "--twice"), ("inspect",), ("init",)],
)
def test_a_wrong_call_is_status_2_in_one_line(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    """No command, an unknown one, too little, too much."""
    assert call(*words) == 2

    assert "--help" in complaint(capsys)


@pytest.mark.parametrize(
    "command", ["status", "run", "load x.toml", "ingest x.eml", "rehearse 2027", "export ut"]
)
def test_a_configuration_that_is_missing_is_status_2(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Each command that needs one says which file, and how to make it."""
    assert call("--config", tmp_path / "kallelse.toml", *command.split()) == 2

    line = complaint(capsys)
    assert "kallelse.toml" in line
    assert "kallelse init" in line


def test_an_unknown_key_is_status_2_and_names_the_nearest(settings: Path, capsys: pytest.CaptureFixture[str]):
    """File, key and mend, through the command line too."""
    settings.write_text('dtaa = "data"\n', encoding="utf-8")

    assert call("--config", settings, "status") == 2

    line = complaint(capsys)
    assert "kallelse.toml: dtaa:" in line
    assert "menade du data?" in line


def test_a_network_file_with_a_fault_is_status_2(settings: Path, capsys: pytest.CaptureFixture[str]):
    """The network file's faults are told in the same way."""
    network = settings.parent / "network.toml"
    network.write_text(
        network.read_text(encoding="utf-8").replace("[[terms]]", "[[term]]", 1), encoding="utf-8"
    )

    assert call("--config", settings, "rehearse", "2027") == 2

    assert "network.toml: term" in complaint(capsys)


def test_run_without_a_mailbox_is_status_2(settings: Path, capsys: pytest.CaptureFixture[str]):
    """Names the section that is missing."""
    assert call("--config", settings, "run", "--once") == 2

    assert "[imap]" in complaint(capsys)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "--at", "2027-02-04T08:00"), "--once"),
        (("run", "--once", "--at", "i morgon"), "2027-02-04T08:00"),
    ],
)
def test_a_clock_that_cannot_be_set_is_status_2(
    words: tuple[str, ...],
    says: str,
    embedded: EmbeddedServers,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    """--at is for --once alone, and is written as the manual says."""
    path = write_settings(tmp_path, embedded.imap(THE_SERVICE), embedded.smtp(THE_SERVICE))

    assert call("--config", path, *words) == 2

    assert says in complaint(capsys)


def test_servers_that_are_away_are_status_1_and_nothing_is_lost(
    tmp_path: Path, embedded: EmbeddedServers, capsys: pytest.CaptureFixture[str]
):
    """The line names the server and what to do; the next run does the work."""
    path = write_settings(tmp_path, embedded.imap(THE_SERVICE, port=free_port()), embedded.smtp(THE_SERVICE))

    assert call("--config", path, "run", "--once", "--at", "2027-01-20T10:00") == 1

    line = complaint(capsys)
    assert "brevlådan" in line
    assert "kör igen" in line


def test_a_database_that_is_none_is_status_1(settings: Path, capsys: pytest.CaptureFixture[str]):
    """A file of something else in the database's place."""
    (settings.parent / "data").mkdir()
    (settings.parent / "data" / "kallelse.db").write_bytes(b"dagordning" * 500)

    assert call("--config", settings, "status") == 1

    assert "kallelse.db" in complaint(capsys)


def test_no_traceback_reaches_a_person_whatever_happens(tmp_path: Path):
    """A folder where a file should be, as a real process sees it."""
    (tmp_path / "kallelse.toml").mkdir()

    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "--config", tmp_path / "kallelse.toml", "status"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_load_tells_what_changes_and_may_be_run_again(settings: Path, capsys: pytest.CaptureFixture[str]):
    """--dry-run changes nothing; the second load finds nothing to change."""
    network = settings.parent / "network.toml"
    assert call("--config", settings, "load", network, "--dry-run") == 0
    assert "Ingenting är ändrat" in capsys.readouterr().out
    assert call("--config", settings, "load", network) == 0
    assert "ny person: Lena Wikström" in capsys.readouterr().out

    assert call("--config", settings, "load", network) == 0

    assert capsys.readouterr().out.strip() == "Inget att ändra."


def test_load_shows_a_new_secretary_before_it_is_so(settings: Path, capsys: pytest.CaptureFixture[str]):
    """What the file says otherwise than the records is told, line by line."""
    network = settings.parent / "network.toml"
    call("--config", settings, "load", network)
    capsys.readouterr()
    text = network.read_text(encoding="utf-8")
    network.write_text(
        text.replace('secretary = "ingrid.palm"', 'secretary = "mats.hedin"'), encoding="utf-8"
    )

    assert call("--config", settings, "load", network) == 0

    assert "2027: ordförande Maria Lundgren, sekreterare Mats Hedin" in capsys.readouterr().out


def test_status_says_where_everything_stands(settings: Path, capsys: pytest.CaptureFixture[str]):
    """As JSON with the keys of the manual, and in words."""
    assert call("--config", settings, "status", "--json", "--at", "2027-01-20T10:00") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["now"] == "2027-01-20T10:00:00+01:00"
    assert {"meetings", "seats", "awaiting", "incoming", "outgoing"} <= found.keys()
    assert [m["date"] for m in found["meetings"]][1] == "2027-02-11"
    assert found["incoming"]["received"] == found["incoming"]["failed"] == 0

    assert call("--config", settings, "status", "--at", "2027-01-20T10:00") == 0

    assert "torsdag 11 februari 2027" in capsys.readouterr().out


def test_ingest_takes_a_letter_once(settings: Path, capsys: pytest.CaptureFixture[str]):
    """The same file twice is one letter, and its answer waits to be sent."""
    assert call("--config", settings, "ingest", LETTER, LETTER, "--at", "2027-01-20T10:00") == 0
    assert "1 nya mejl av 2" in capsys.readouterr().out

    call("--config", settings, "status", "--json", "--at", "2027-01-20T10:00")

    assert json.loads(capsys.readouterr().out)["incoming"]["received"] == 1


def test_ingest_of_a_file_that_is_not_there_is_status_2(settings: Path, capsys: pytest.CaptureFixture[str]):
    """Nothing is taken in when one of the files is missing."""
    assert call("--config", settings, "ingest", LETTER, settings.parent / "borta.eml") == 2

    assert "borta.eml" in complaint(capsys)
    call("--config", settings, "status", "--json")
    assert json.loads(capsys.readouterr().out)["incoming"]["received"] == 0


def test_inspect_needs_nothing_but_a_network_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """How a letter would be read, without configuration or database; changes nothing."""
    network = ROOT / "tests" / "network.toml"

    assert call("inspect", "--json", "--network", network, LETTER) == 0

    found = json.loads(capsys.readouterr().out)
    assert [intent["kind"] for intent in found["intents"]] == ["absence"]


def test_rehearse_tells_the_year_from_the_network_file_alone(
    settings: Path, capsys: pytest.CaptureFixture[str]
):
    """Every mailing with its time and receivers; no database comes of it."""
    assert call("--config", settings, "rehearse", "2027", "--json") == 0

    planned = json.loads(capsys.readouterr().out)
    agenda = next(p for p in planned if p["step"] == "send-agenda" and p["meeting"] == "2027-02-11")
    assert agenda["at"].startswith("2027-02-04T")
    assert len(agenda["to"]) >= 12
    assert not (settings.parent / "data").exists()


def test_init_writes_two_files_and_never_over_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """What it writes can be read by the service; a second init refuses."""
    folder = tmp_path / "ny"
    assert call("init", folder) == 0
    assert {p.name for p in folder.iterdir()} == {"kallelse.toml", "network.toml"}
    said = capsys.readouterr().out
    assert "doctor" in said
    assert call("--config", folder / "kallelse.toml", "rehearse", "2027") == 0
    capsys.readouterr()

    assert call("init", folder) == 1

    assert "finns redan" in complaint(capsys)


def test_a_pipe_that_closes_is_no_traceback(settings: Path):
    """`kallelse rehearse 2027 | head -1`."""
    done = subprocess.run(
        f"{sys.executable} -m service.cli --config {settings} rehearse 2027 | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        check=False,
    )

    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_the_version_of_the_manual_and_of_the_parser_agree():
    """Each command of the manual is there, with the options that it names."""
    for line in (
        "demo --folder x --live", "init x", "doctor", "load x --dry-run", "run", "run --once --at x",
        "ingest x y", "inspect --json x y", "status --json", "rehearse 2027 --json", "export x --year 2027",
    ):  # fmt: skip
        assert parser().parse_args(line.split()).command == line.split()[0]

"""`kallelse init`: files to fill in that work as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.adapters.network_files import load_network
from service.cli import main
from service.config import load_config


def test_what_init_writes_can_be_loaded_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A secretary who has filled in nothing yet gets no error from `load`, only an empty network."""
    folder = tmp_path / "samverkan"

    assert main(["init", str(folder)]) == 0
    assert main(["--config", str(folder / "kallelse.toml"), "load", str(folder / "network.toml")]) == 0
    assert main(["--config", str(folder / "kallelse.toml"), "status"]) == 0

    assert capsys.readouterr().err == ""


def test_the_seats_are_those_of_the_terms_of_reference(tmp_path: Path):
    """Five from the region, five from the municipalities and two co-ordinators; three prepare the agenda."""
    main(["init", str(tmp_path)])

    network = load_network(tmp_path / "network.toml")

    by_principal = [s.principal for s in network.seats]
    assert {p: by_principal.count(p) for p in by_principal} == {
        "region": 5,
        "kommunerna": 5,
        "regional-utveckling": 2,
    }
    assert [s.id for s in network.seats if s.group == "ifo"] == ["ifo-1", "ifo-2", "ifo-3"]
    assert [s.id for s in network.seats if s.preparation] == [
        "regionoverlakare",
        "social-valfard",
        "barn-utbildning",
    ]
    assert network.people == ()


def test_the_commented_lines_of_the_network_file_are_right_when_the_sign_is_taken_away(tmp_path: Path):
    """Whoever uncomments an example gets a network that loads, not a lesson in TOML."""
    main(["init", str(tmp_path)])
    file = tmp_path / "network.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    example = re.compile(r'# (\[\[\w+\]\]|\w+ = ("[^"]+"|\[.*\]|[\d:T-]+))')
    mine = [line.removeprefix("# ") if example.fullmatch(line) else line for line in lines]
    # An example without a value is one for the secretary to write.
    filled = "\n".join(mine).replace('# email = ""', 'email = "x@y.example"')
    file.write_text(filled.replace('# person = ""', 'person = "anna.andersson"'), encoding="utf-8")

    network = load_network(file)

    assert [p.name for p in network.people] == ["Anna Andersson"]
    assert network.seat("regionoverlakare").holder == "anna.andersson"
    assert [m.kind for m in network.meetings] == ["ordinary", "strategic"]


def test_the_configuration_asks_for_encryption_and_holds_no_password(tmp_path: Path):
    """What is written first is what stays: nobody goes back to turn encryption on."""
    main(["init", str(tmp_path)])

    config = load_config(tmp_path / "kallelse.toml", {})

    assert config.imap is not None
    assert config.smtp is not None
    assert (config.imap.tls, config.smtp.tls) == ("tls", "starttls")
    assert config.imap.password.get_secret_value() == config.smtp.password.get_secret_value() == ""


def test_init_never_writes_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A network that somebody has filled in survives a second `init`, and the first file is not left half."""
    (tmp_path / "network.toml").write_text("# ifyllt\n", encoding="utf-8")

    assert main(["init", str(tmp_path)]) == 1

    assert (tmp_path / "network.toml").read_text(encoding="utf-8") == "# ifyllt\n"
    assert not (tmp_path / "kallelse.toml").exists()
    assert "finns redan" in capsys.readouterr().err

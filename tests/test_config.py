"""The configuration: paths, secrets, and mistakes told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.adapters.network_files import BadNetwork, load_network
from service.adapters.toml_files import BadFile
from service.config import Config, load_config
from tests.settings import NETWORK

WHOLE = """
network = "natverk/samreko.toml"
data = "lager"

[imap]
host = "imap.example"
user = "samreko@samverkan.example"
password = "i filen"

[smtp]
host = "smtp.example"
user = "samreko@samverkan.example"
password = "i filen"

[security]
authserv = ["mx.samverkan.example"]
"""


def read(folder: Path, text: str, **environment: str) -> Config:
    """The configuration that a file with this text gives."""
    path = folder / "kallelse.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, environment)


def fault(folder: Path, text: str, **environment: str) -> str:
    """The line that a wrong file is answered with."""
    with pytest.raises(BadFile) as caught:
        read(folder, text, **environment)
    line = str(caught.value)
    assert "\n" not in line
    assert "kallelse.toml" in line
    return line


def test_paths_are_taken_from_the_files_own_folder(tmp_path: Path):
    """It does not matter where one stands when the command is given."""
    config = read(tmp_path, WHOLE)

    assert config.network == tmp_path / "natverk" / "samreko.toml"
    assert config.data == tmp_path / "lager"
    assert config.database_url == f"sqlite:///{tmp_path / 'lager' / 'kallelse.db'}"
    assert config.own_rules == tmp_path / "lager" / "rules"


def test_a_relative_database_is_taken_from_the_files_folder_too(tmp_path: Path):
    """Not from wherever systemd happens to stand."""
    config = read(tmp_path, '[database]\nurl = "sqlite:///annat/k.db"')

    assert config.database_url == f"sqlite:///{tmp_path / 'annat' / 'k.db'}"


def test_an_absolute_database_and_a_server_are_left_as_they_are(tmp_path: Path):
    """Four slashes are an absolute path; a server's address is not ours to change."""
    assert read(tmp_path, '[database]\nurl = "sqlite:////srv/k.db"').database_url == "sqlite:////srv/k.db"
    url = "postgresql+psycopg://kallelse@db.example/kallelse?schema=samreko"
    assert read(tmp_path, f'[database]\nurl = "{url}"').database_url == url


def test_the_defaults_are_those_of_the_manual(tmp_path: Path):
    """TLS everywhere, the inbox, and a folder for what is handled."""
    config = read(tmp_path, WHOLE)

    assert config.imap is not None
    assert config.smtp is not None
    assert (config.imap.port, config.imap.tls, config.imap.folder) == (993, "tls", "INBOX")
    assert (config.smtp.port, config.smtp.tls, config.imap.handled) == (587, "starttls", "Hanterat")


def test_a_password_in_the_environment_wins(tmp_path: Path):
    """Over the file's own, for IMAP and SMTP each."""
    config = read(tmp_path, WHOLE, KALLELSE_IMAP_PASSWORD="miljö")

    assert config.imap is not None
    assert config.smtp is not None
    assert config.imap.password.get_secret_value() == "miljö"
    assert config.smtp.password.get_secret_value() == "i filen"


def test_a_password_in_a_file_of_its_own(tmp_path: Path):
    """Without the line break that every editor puts at the end, but with its spaces."""
    (tmp_path / "hemlis").write_text(" lösen ord \n", encoding="utf-8")
    config = read(tmp_path, WHOLE.replace('password = "i filen"', 'password_file = "hemlis"', 1))

    assert config.imap is not None
    assert config.imap.password.get_secret_value() == " lösen ord "


def test_a_password_file_that_is_not_there(tmp_path: Path):
    """Names the key and the path, and what to mend."""
    line = fault(tmp_path, WHOLE.replace('password = "i filen"', 'password_file = "borta"', 1))

    assert "imap.password_file" in line
    assert "borta" in line
    assert "rätta sökvägen" in line


def test_no_secret_shows_when_the_configuration_is_printed(tmp_path: Path):
    """Tracebacks and logs print values; these do not hold the words."""
    config = read(tmp_path, WHOLE, KALLELSE_SMTP_PASSWORD="miljölösen")

    assert "i filen" not in repr(config)
    assert "miljölösen" not in repr(config)


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('netwrok = "network.toml"', "netwrok", "network"),
        ('[imap]\nhost = "a"\nuser = "b"\nfoldr = "INBOX"', "imap.foldr", "folder"),
        ('[imap]\nhost = "a"\nuser = "b"\npasword_file = "x"', "imap.pasword_file", "password_file"),
        ('[smpt]\nhost = "a"', "smpt", "smtp"),
        ('[security]\nauthserver = ["x"]', "security.authserver", "authserv"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path, text: str, key: str, nearest: str):
    """A slip of the finger is an error, and the mend is in it."""
    line = fault(tmp_path, text)

    assert f" {key}:" in line
    assert f"menade du {nearest}?" in line


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[imap]\nuser = "b"', "imap.host"),
        ('[imap]\nhost = "a"\nuser = "b"\nport = 99999', "imap.port"),
        ('[imap]\nhost = "a"\nuser = "b"\ntls = "ssl"', "imap.tls"),
        ('[smtp]\nhost = ""', "smtp.host"),
        ('[database]\nurl = "mysql://x"', "database.url"),
        ('[security]\nauthserv = "mx.example"', "security.authserv"),
    ],
)
def test_a_wrong_value_names_its_key(tmp_path: Path, text: str, key: str):
    """Whatever is wrong, the line says where."""
    assert f" {key}: " in fault(tmp_path, text)


def test_a_database_password_is_not_shown_when_the_address_is_refused(tmp_path: Path):
    """The address that cannot be used may hold a password all the same."""
    line = fault(tmp_path, '[database]\nurl = "mysql://kallelse:hemligt@db/x"')

    assert "hemligt" not in line


@pytest.mark.parametrize(
    "raw", [b"[imap", b"network = 'a'\nnetwork = 'b'", "användare = å".encode("latin-1")]
)
def test_a_file_that_is_no_toml(tmp_path: Path, raw: bytes):
    """Half a line, a key twice, or saved by an editor that knows no UTF-8."""
    path = tmp_path / "kallelse.toml"
    path.write_bytes(raw)

    with pytest.raises(BadFile, match=r"kallelse\.toml"):
        load_config(path, {})


def test_a_file_that_is_not_there(tmp_path: Path):
    """The mend is the command that writes one."""
    with pytest.raises(BadFile, match="kallelse init"):
        load_config(tmp_path / "kallelse.toml", {})


@pytest.mark.parametrize(
    ("find", "put", "key", "mend"),
    [
        ('language = "sv"', 'lanugage = "sv"', "network.lanugage", "menade du language?"),
        (
            'secretary = "ingrid.palm"',
            'secretary = "ingrid.plam"',
            "terms[2].secretary",
            "menade du ingrid.palm?",
        ),
        (
            'timezone = "Europe/Stockholm"',
            'timezone = "Europe/Stokholm"',
            "network.timezone",
            "Europe/Stockholm",
        ),
        ("lena.wikstrom@regionjh.example", "mats.hedin@regionjh.example", "people", "ta bort den ena"),
    ],
)
def test_a_mistake_in_the_network_file(tmp_path: Path, find: str, put: str, key: str, mend: str):
    """One line that names file, key and mend."""
    text = NETWORK.read_text(encoding="utf-8")
    assert find in text
    path = tmp_path / "network.toml"
    path.write_text(text.replace(find, put, 1), encoding="utf-8")

    with pytest.raises(BadNetwork) as caught:
        load_network(path)

    line = str(caught.value)
    assert "\n" not in line
    assert "network.toml" in line
    assert key in line
    assert mend in line

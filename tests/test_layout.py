"""The house stands as the README draws it.

"Where to add what" names the places that each addition touches; these tests walk the
table, so that a kind without a rule, or a mailing without its templates, is found here
and not by a member.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.adapters.templates import MAILINGS, PARTS
from service.adapters.terms_files import NEEDED
from service.domain import intents
from service.domain.intents import Intent
from service.usecases.filing import FILING

ROOT = Path(__file__).resolve().parent.parent
_CLASSES = [one for one in vars(intents).values() if isinstance(one, type) and issubclass(one, Intent)]
KINDS = sorted(one.kind for one in _CLASSES if "kind" in vars(one))
LANGUAGES = sorted(folder.name for folder in (ROOT / "templates").iterdir() if folder.is_dir())


def calls(folder: str) -> Iterator[ast.Call]:
    """Every call in the code under a folder."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def words(node: ast.expr | None) -> set[str]:
    """The strings that an argument may be: one, or either of a choice."""
    match node:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.IfExp():
            return words(node.body) | words(node.orelse)
        case _:
            return set()


def named(keyword: str) -> set[str]:
    """The strings given to a keyword anywhere in the use cases."""
    return {
        w
        for call in calls("service/usecases")
        for k in call.keywords
        if k.arg == keyword
        for w in words(k.value)
    }


def notes() -> set[str]:
    """The kinds of note that a receipt may have to put in words."""
    made = [c for c in calls("service/usecases") if isinstance(c.func, ast.Name) and c.func.id == "Note"]
    return {w for call in made for w in words(call.args[0] if call.args else None)}


# A kind of message.


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_rule(kind: str):
    """A rule file of its own, or a rule named for it among the others."""
    files = [f for f in (ROOT / "rules" / "reading").glob("*.toml") if re.search(rf"(^|-){kind}$", f.stem)]
    rules = [
        rule["name"]
        for f in (ROOT / "rules" / "reading").glob("*.toml")
        for rule in tomllib.loads(f.read_text(encoding="utf-8")).get("rule", ())
    ]
    assert files or any(name.startswith(f"{kind}/") for name in rules)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_filed(kind: str):
    """A row in the table, and one only."""
    assert [one.kind for one in FILING].count(kind) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_letters(kind: str):
    """At least three, each with how it is to be read."""
    letters = sorted((ROOT / "tests" / "letters" / kind).glob("*.eml"))

    assert len(letters) >= 3
    assert [f.name for f in letters if not f.with_suffix(".json").exists()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_has_a_sentence(language: str):
    """What filing notes for the sender can be said to her."""
    said = (ROOT / "templates" / language / "base" / "notes.j2").read_text(encoding="utf-8")
    found = notes()

    assert len(found) > 10
    assert sorted(n for n in found if f'"{n}"' not in said) == []


# A mailing.


def test_every_mailing_of_the_use_cases_is_known():
    """Whatever the use cases send is among the mailings that the checks look after."""
    sent = named("mailing")

    assert len(sent) > 10
    assert sorted(sent - set(MAILINGS)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mailing", MAILINGS)
def test_every_mailing_has_its_templates(mailing: str, language: str):
    """Subject, text and HTML in every language."""
    folder = ROOT / "templates" / language / mailing

    assert [part for part in PARTS if not (folder / part).is_file()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_template_is_left_over(language: str):
    """A folder that no mailing uses would be kept up for nobody."""
    folders = {f.name for f in (ROOT / "templates" / language).iterdir() if f.is_dir()} - {
        "base",
        "documents",
    }

    assert sorted(folders - set(MAILINGS)) == []


def test_every_mailing_that_goes_to_groups_has_them():
    """rules/distribution.toml says who gets what, and names nothing that is not sent."""
    lists = tomllib.loads((ROOT / "rules" / "distribution.toml").read_text(encoding="utf-8"))["mailing"]

    assert sorted(set(NEEDED) - lists.keys()) == []
    assert sorted(lists.keys() - set(MAILINGS)) == []


# The README and the documents beside it.


def paths_in(text: str) -> set[str]:
    """What a page names as a path of this project: a known first folder, and what lies in it."""
    found = re.findall(r"(?<![\w/.-])((?:service|templates|rules|tests|deploy|bench|\.ci)/[\w./-]*\w)", text)
    return {path.rstrip(".") for path in found}


@pytest.mark.parametrize("page", ["README.md", "deploy/runbook.md", "Makefile", ".ci/run", "CHANGELOG.md"])
def test_every_path_that_is_named_exists(page: str):
    """A page that sends its reader to a file that has moved is worse than none."""
    named_paths = paths_in((ROOT / page).read_text(encoding="utf-8"))

    assert sorted(p for p in named_paths if not (ROOT / p).exists()) == []


def test_the_readme_names_the_rooms():
    """All the folders that a newcomer sees."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    for room in ("service/", "templates/", "rules/", "tests/letters", "deploy/", "make demo", "make test"):
        assert room in text


def test_every_make_target_of_the_readme_exists():
    """`make x` in the README is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = set(
        re.findall(r"(?:`|^ +)make ([a-z]+)\b", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    )

    assert {"demo", "test"} <= wanted
    assert sorted(t for t in wanted if not re.search(rf"^{t}:", makefile, re.MULTILINE)) == []


def test_shipped_code_knows_nothing_of_the_workplace():
    """No path of a developer's machine, and no file that a user does not have."""
    shipped = [
        p
        for folder in ("service", "rules", "templates", "deploy")
        for p in (ROOT / folder).rglob("*")
        if p.is_file()
    ]
    read = {p: p.read_text(encoding="utf-8", errors="ignore") for p in shipped if p.suffix != ".pyc"}

    # Put together, so that this file does not hold them either.
    for forbidden in ("/wo" + "rk/", "../sha" + "red", "/ro" + "ot/"):
        assert [str(p.relative_to(ROOT)) for p, text in read.items() if forbidden in text] == []


def test_the_unit_is_hardened(tmp_path: Path):
    """systemd rates its exposure at 2.0 or lower."""
    try:
        done = subprocess.run(
            [
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                ROOT / "deploy" / "kallelse.service",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("systemd-analyze is not installed")
    rated = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    if rated is None:
        pytest.skip(f"systemd-analyze could not judge: {done.stderr.strip()[:100]}")

    assert float(rated[1]) <= 2.0


# The wheel.


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            folder,
            ROOT,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, "the wheel could not be built"
    return next(folder.glob("kallelse-*.whl"))


@pytest.mark.slow
def test_the_wheel_carries_all_that_the_service_reads(wheel: Path):
    """Templates, rules, samples and migrations, file by file."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    service = ROOT / "service"
    migrations = service / "adapters" / "database" / "migrations"
    sources = {
        "service/_shipped/templates": [(ROOT / "templates", "*.*")],
        "service/_shipped/rules": [(ROOT / "rules", "*.toml")],
        "service": [(service, "samples/*.toml"), (service, "*.py")],
        "service/adapters/database/migrations": [(migrations, "*.py"), (migrations, "*.mako")],
    }
    wanted = [
        f"{inside_as}/{path.relative_to(folder)}"
        for inside_as, places in sources.items()
        for folder, pattern in places
        for path in folder.rglob(pattern)
    ]

    assert len(wanted) > 100
    assert sorted(set(wanted) - inside) == []
    assert [name for name in inside if name.startswith(("tests/", "bench/"))] == []


@pytest.mark.slow
def test_the_installed_package_works_from_any_folder(wheel: Path, tmp_path: Path):
    """Installed away from the sources, it writes a sample, rehearses its year and reads a letter."""
    site, folder = tmp_path / "site", tmp_path / "elsewhere"
    folder.mkdir()
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        site,
        wheel,
    ]
    subprocess.run(install, check=True, capture_output=True)

    def kallelse(*given: str | Path) -> str:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "service.cli", *given],
            cwd=folder,
            # The first place to look, before the sources that this environment points at.
            env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = subprocess.run(
        [sys.executable, "-P", "-c", "import service; print(service.__file__)"],
        cwd=folder,
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert where.startswith(str(site))

    kallelse("init", "mitt")
    assert kallelse("--config", "mitt/kallelse.toml", "status")
    letter = ROOT / "tests" / "letters" / "absence" / "formal-notice-of-hindrance.eml"
    assert '"absence"' in kallelse("inspect", "--json", "--network", ROOT / "tests" / "network.toml", letter)

"""Migrations: any database that an earlier version has written comes up to this one, and none is harmed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from service.adapters.database import StoreError, engine, open_store, upgrade
from service.adapters.database.models import Base, Moment, Words


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kallelse.db"
    made: str = request.getfixturevalue("postgres_url")
    return made


def test_the_migrations_make_the_tables_that_the_models_describe(url: str):
    """A column that is added to a model and forgotten in a migration is found here."""
    with closing(open_store(url)) as store, store._engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _same_kind})

        assert compare_metadata(context, Base.metadata) == []


def _same_kind(
    context: object, column: object, model: object, found: object, expected: object
) -> bool | None:
    # Our own types are asked by what they are in the database.
    return False if isinstance(expected, (Moment, Words)) else None


def test_the_program_knows_the_newest_migration_without_loading_them():
    scripts = ScriptDirectory.from_config(upgrade.configuration())

    assert scripts.get_heads() == [engine.HEAD]


def test_the_usual_start_does_not_load_the_migrations(tmp_path: Path):
    """They cost a tenth of a second and several megabytes."""
    url = f"sqlite:///{tmp_path}/kallelse.db"
    open_store(url).close()
    program = (
        "import sys; from service.adapters.database import open_store; open_store(sys.argv[1]); "
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_a_database_of_a_newer_version_is_refused_in_one_line(tmp_path: Path):
    """An old program would misunderstand it, and must not touch it."""
    path = tmp_path / "kallelse.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as future:
        future.execute("UPDATE alembic_version SET version_num = '9999'")
        future.commit()

    with pytest.raises(StoreError, match="nyare kallelse") as error:
        open_store(f"sqlite:///{path}")
    assert "\n" not in str(error.value)


def test_a_migration_that_fails_half_way_leaves_nothing(tmp_path: Path):
    """The next start finds an empty database, not half of the tables."""
    path = tmp_path / "kallelse.db"
    with closing(sqlite3.connect(path)) as someone:
        # A table of this name stands in the way, after several others have been made.
        someone.execute("CREATE TABLE outgoing (x)")

    with pytest.raises(StoreError):
        open_store(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as someone:
        assert someone.execute("SELECT name FROM sqlite_master").fetchall() == [("outgoing",)]


def test_services_that_start_together_on_an_empty_database_all_get_it(url: str):
    program = (
        "import sys; from service.adapters.database import open_store; "
        "print(open_store(sys.argv[1]).counts()['incoming']['received'])"
    )
    starting = [
        subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    assert [service.communicate()[0] for service in starting] == ["0\n"] * 3


def test_the_migrations_lie_in_the_package():
    """A wheel installed anywhere brings them along."""
    import service

    assert upgrade.MIGRATIONS.is_relative_to(Path(service.__file__).parent)
    assert (upgrade.MIGRATIONS / "env.py").exists()

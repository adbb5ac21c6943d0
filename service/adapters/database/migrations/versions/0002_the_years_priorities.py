"""The focus areas that a year's first meeting sets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "priorities",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("year", _NUMBER, nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_priorities"),
        sa.UniqueConstraint("year", name="uq_priorities_year"),
    )

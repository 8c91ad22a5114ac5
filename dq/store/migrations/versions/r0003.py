"""Replay: the contract that rows were judged by again, and objects with the rows that land."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "dq_landing",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_landing_batch")),
        sa.PrimaryKeyConstraint("batch", "ordinal", name=op.f("pk_dq_landing")),
    )
    op.add_column("dq_replay", sa.Column("contract", sa.Text(), nullable=True))

"""Retention and erasure: whom rows are about, objects that take the place of others, objects that are to go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dq_subject",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_subject_batch")),
        sa.PrimaryKeyConstraint("batch", "ordinal", name=op.f("pk_dq_subject")),
    )
    op.create_table(
        "dq_rewrite",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_rewrite_batch")),
        sa.PrimaryKeyConstraint("batch", "token", name=op.f("pk_dq_rewrite")),
    )
    op.create_table(
        "dq_doomed",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_dq_doomed")),
    )
    op.add_column("dq_sample", sa.Column("subjects", sa.Text(), nullable=True))

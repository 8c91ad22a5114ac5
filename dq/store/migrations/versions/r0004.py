"""Bad rows that stay in their database: where they are moved to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("dq_batch", sa.Column("place", sa.Text(), nullable=True))

"""Bad rows that stay in their database: where they are moved to, and when they were deleted there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("dq_batch", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("dq_batch", sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))

"""The tables of version 0.1.0, which had no revisions."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Changes nothing, since a store of 0.1.0 has these tables."""

"""Adds what stores of release 0.1.0, all in SQLite, lack: documents, kinds of mentions and indexes."""

import sqlite3
from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0001"


def upgrade() -> None:
    """Runs the script command by command, since `executescript` would commit the open transaction."""
    connection = op.get_bind()
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # it is SQLite's
    driver.create_function("characters", 1, len, deterministic=True)
    command = ""
    for line in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").splitlines():
        command += line + "\n"
        if sqlite3.complete_statement(command):
            connection.exec_driver_sql(command)
            command = ""

"""The script that Alembic runs for `Database`, inside the transaction that the caller has opened."""

from alembic import context

from vectorstore.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()

"""What Alembic runs for `Database`, in the transaction that is open."""

from alembic import context

from vectorstore.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()

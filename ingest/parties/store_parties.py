"""The parties of a store: the built-in table with what ingested folders added."""

from functools import lru_cache
from pathlib import Path

from ingest.parties.party_table import PartyTable
from vectorstore.store import Store


def load_parties(store: Store, *, other_than: Path | None = None) -> PartyTable:
    """Returns the built-in parties and those that ingested folders added, without those from the file `other_than`."""
    return _table_with(store.party_files(other_than=other_than))


# The name of a file has a hash of its contents.
@lru_cache(maxsize=4)
def _table_with(files: tuple[Path, ...]) -> PartyTable:
    return PartyTable.load().with_extra(*files)

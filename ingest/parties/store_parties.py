"""The parties of a store: the built-in table with what ingested folders added."""

from pathlib import Path

from ingest.parties.party_table import PartyTable
from vectorstore.store import Store


def load_parties(store: Store, *, other_than: Path | None = None) -> PartyTable:
    """Returns the built-in parties and those that ingested folders added, without those from the file `other_than`."""
    return PartyTable.load().with_extra(*store.party_files(other_than=other_than))


class StoreParties:
    """The parties of a store, which are read again when a folder adds others."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parties: PartyTable | None = None
        self._files: tuple[Path, ...] = ()

    def __call__(self) -> PartyTable:
        """Returns the parties as they are now."""
        files = self._store.party_files()
        if self._parties is None or files != self._files:
            self._parties, self._files = load_parties(self._store), files
        return self._parties

"""Input keys: what a stored document was made from, so that a file with an equal key is not annotated again."""

from dataclasses import dataclass
from typing import Final

from ingest.metadata.corrections import corrected_fields, with_corrections, without_corrections
from vectorstore.records import StatementKind

# Precedes the hash of the parties in the input key of a record, and of a statement whose holder depends on them.
PARTY_NAMES_MARK: Final = "~"


@dataclass(frozen=True, kw_only=True)
class InputKey:
    """The input of a statement: hashes of file, manifest row and kind (`content`), and of splitting rules (`rules`).

    A file with an equal key is not annotated again. For a record, and if no table or only an added table knows the
    holder, the key also has a hash of the parties (`party_names`): one added or corrected later may change the holder.
    """

    content: str
    rules: str
    party_names: str

    def __str__(self) -> str:
        return f"{self.rules}-{self.content}"

    def with_present_rules(self, stored: str) -> str | None:
        """Returns a stored key with the present splitting rules if its content is this one's; else None."""
        forms = (self.content, f"{self.content}{PARTY_NAMES_MARK}{self.party_names}")
        own = without_corrections(stored)
        found = next((f"{self.rules}-{form}" for form in forms if own.endswith(f"-{form}")), None)
        return found and with_corrections(found, corrected_fields(stored))

    def has_other_party_names(self, stored: str) -> bool:
        """Returns whether a stored key differs in the names of parties, and else at most in the splitting rules."""
        rest, _, names = without_corrections(stored).rpartition(PARTY_NAMES_MARK)
        return rest.endswith(f"-{self.content}") and names != self.party_names

    def is_of_same_row(self, stored: str, kind: StatementKind) -> bool:
        """Returns whether a stored key of a document of this `kind` is of the same file and row of the manifest.

        The key that an older version gave a record does not tell, and counts as such: its corrections are kept.
        """
        own, names, _ = without_corrections(stored).partition(PARTY_NAMES_MARK)
        return own.endswith(f"-{self.content}") or (kind == "record" and not names)


def key_of_attributed(input_key: str, kind: StatementKind) -> str:
    """Returns the input key of a document that a person attributed: names added later must not change a statement."""
    own = input_key if kind == "record" else input_key.partition(PARTY_NAMES_MARK)[0]
    return with_corrections(own, corrected_fields(input_key))

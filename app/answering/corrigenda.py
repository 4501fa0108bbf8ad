"""Corrigenda: a citation of a statement that another document corrects says so.

"For “twelve” read “twenty”" in a corrigendum quotes the words that it corrects, which then show no direction.
"""

from collections.abc import Sequence
from typing import Final

from app.records import Citation, Note
from ingest.metadata.heading import QUOTED
from vectorstore.catalogue import Catalogue
from vectorstore.records import document_id_of

_MARKS: Final = ' .,;:“”"«»'


def corrections(citations: Sequence[Citation], catalogue: Catalogue) -> dict[int, tuple[Note, bool]]:
    """Returns the corrigendum to the statement of each citation that has one, and whether it quotes these words."""
    found = dict[int, tuple[Note, bool]]()
    corrigenda = catalogue.families.corrections()
    for citation in citations if corrigenda else ():
        for document in map(catalogue.document, corrigenda.get(document_id_of(citation.statement_id), ())):
            if document is not None:
                quoted = (words.strip(_MARKS) for words in QUOTED.findall(document.source_text))
                corrects = any(words and words in citation.source_quote for words in quoted)
                note = Note(kind="corrigendum", values={"file": citation.file, "files": document.file})
                found[citation.number] = (note, corrects or found.get(citation.number, (note, False))[1])
    return found

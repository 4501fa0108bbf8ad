"""Corrigenda: a note on each that corrects a cited statement, and no direction for the words that it quotes.

A corrigendum, "For “twelve” read “twenty”", quotes the words that it corrects.
"""

from dataclasses import replace

from app.answering.claims.form import DOUBLE_MARKS
from app.answering.verify_citations import VerifiedClaims
from app.records import Note
from ingest.language.own_voice import QUOTED
from vectorstore.catalogue import Catalogue
from vectorstore.records import document_id_of


def with_corrigenda(checked: VerifiedClaims, catalogue: Catalogue) -> tuple[VerifiedClaims, list[Note]]:
    """Returns claims without the direction of words that a corrigendum quotes, and a note on each corrigendum."""
    corrigenda = catalogue.families.corrections()
    notes: list[Note] = []
    corrected = set[int]()
    for citation in checked.citations if corrigenda else ():
        for document in map(catalogue.document, corrigenda.get(document_id_of(citation.statement_id), ())):
            if document is not None:
                notes.append(Note(kind="corrigendum", values={"file": citation.file, "files": document.file}))
                quoted = (words.strip(f" .,;:{DOUBLE_MARKS}") for words in QUOTED.findall(document.source_text))
                if any(words and words in citation.source_quote for words in quoted):
                    corrected.add(citation.number)
    claims = tuple(replace(c, direction=None) if corrected & {*c.citations} else c for c in checked.claims)
    return replace(checked, claims=claims), notes

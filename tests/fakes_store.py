"""Test doubles: statements and stores made without any ingest."""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from vectorstore.catalogue import Catalogue
from vectorstore.embeddings import Embedder
from vectorstore.records import AnnotatedDocument, Document, Metadata, Passage, Sentence, StatementKind
from vectorstore.store import Store


def annotated(
    identifier: str, texts: Sequence[str], kind: StatementKind = "statement", **metadata: str
) -> AnnotatedDocument:
    """Makes a statement whose passages are these texts, one sentence each, without any ingest."""
    sentences, passages, position = [], [], 0
    for number, text in enumerate(texts):
        end = position + len(text)
        fields = {"statement_id": identifier, "ordinal": number, "start": position, "end": end, "text": text}
        sentences.append(Sentence(**fields, paragraph=number + 1, page=None))
        passages.append(
            Passage(**fields, passage_id=f"{identifier}/{number}", first_sentence=number, last_sentence=number)
        )
        position = end + 1
    document = Document(
        document_id=identifier,
        file=f"{identifier}.txt",
        sha256=hashlib.sha256(identifier.encode()).hexdigest(),
        source_text="\n".join(texts),
        metadata=Metadata(**metadata),
        kind=kind,
    )
    return AnnotatedDocument(
        document=document,
        statements=(document.as_statement(),),
        sentences=tuple(sentences),
        passages=tuple(passages),
        mentions=(),
    )


def put(
    catalogue: Catalogue,
    *items: AnnotatedDocument,
    embedder: Embedder | None = None,
    replaces: str | None = None,
    folder: str = "/corpus",
) -> None:
    """Stores statements in a record, with their vectors if an embedder is given."""
    for item in items:
        if embedder is not None:
            catalogue.vectors.embed_missing(item.texts, embedder.embed_documents)
        catalogue.store(
            item,
            folder=folder,
            digest=f"digest of {item.document.document_id}",
            input_key=f"key of {item.document.document_id}",
            replaces=replaces,
        )


def keep(store: Store, embedder: Embedder, *items: AnnotatedDocument) -> None:
    """Stores statements with their vectors, under the store's lock."""
    with store.writer():
        put(store.catalogue, *items, embedder=embedder)


def alter(path: Path, *commands: str) -> None:
    """Executes commands on a SQLite file without the product, as a damaging program would."""
    with closing(sqlite3.connect(path)) as file, file:
        for command in commands:
            file.execute(command)


def unlike_text(*numbers: int) -> str:
    """Returns eight words that no other numbers share: HNSW is approximate, and may miss one of near-equal vectors."""
    digest = hashlib.sha256(repr(numbers).encode()).hexdigest()
    return " ".join(f"w{digest[begin : begin + 4]}" for begin in range(0, 32, 4))

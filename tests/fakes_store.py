"""Test doubles: statements and stores made without any ingest."""

import hashlib
from collections.abc import Sequence

from vectorstore.embeddings import Embedder
from vectorstore.records import AnnotatedDocument, Document, Metadata, Passage, Sentence, StatementKind, text_key
from vectorstore.store import Store


def annotated(
    identifier: str, texts: Sequence[str], kind: StatementKind = "statement", **metadata: str
) -> AnnotatedDocument:
    """Makes a statement whose passages are these texts, one sentence each, without any ingest."""
    sentences, passages, position = [], [], 0
    for number, text in enumerate(texts):
        start, end = position, position + len(text)
        sentences.append(
            Sentence(
                statement_id=identifier, ordinal=number, start=start, end=end,
                text=text, paragraph=number + 1, page=None,
            )
        )  # fmt: skip
        passages.append(
            Passage(
                passage_id=f"{identifier}/{number}", statement_id=identifier, ordinal=number, start=start, end=end,
                first_sentence=number, last_sentence=number, text=text,
            )
        )  # fmt: skip
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


def keep(store: Store, embedder: Embedder, *items: AnnotatedDocument) -> None:
    """Stores statements with their vectors, under the store's lock."""
    with store.writer():
        for item in items:
            texts = {text_key(passage.text): passage.text for passage in item.passages}
            store.catalogue.store(
                item,
                folder="/corpus",
                digest=f"digest of {item.document.document_id}",
                input_key=f"key of {item.document.document_id}",
                vectors=dict(zip(texts, embedder.embed_documents(list(texts.values())), strict=True)),
            )


def unlike_text(*numbers: int) -> str:
    """Returns eight words that no other numbers share: HNSW is approximate, and may miss the nearest of near equals."""
    digest = hashlib.sha256(repr(numbers).encode()).hexdigest()
    return " ".join(f"w{digest[begin : begin + 4]}" for begin in range(0, 32, 4))

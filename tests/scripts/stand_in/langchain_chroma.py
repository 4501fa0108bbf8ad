"""Stands in for LangChain's adapter of Chroma, which only the bench installs, with the methods that the bench calls."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore.arrays import Matrix


class Chroma:
    """Texts with metadata in a file, searched by their vectors."""

    def __init__(self, name: str, embedder: Any, folder: str, collection_metadata: Mapping[str, str]) -> None:
        self._embedder, self._file = embedder, Path(folder) / f"{name}.json"
        self._rows: list[tuple[str, dict[str, str]]] = json.loads(self._file.read_text()) if self._file.exists() else []

    def add_texts(self, texts: Sequence[str], metadatas: Sequence[dict[str, str]]) -> None:
        self._rows += zip(texts, metadatas, strict=True)
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(json.dumps(self._rows))

    def similarity_search(self, query: str, k: int, filter: Any = None) -> list[str]:
        return self.similarity_search_by_vector(self._embedder.embed_query(query).tolist(), k, filter)

    def similarity_search_by_vector(self, embedding: list[float], k: int, filter: Any = None) -> list[str]:
        wanted = [(name, value) for each in (filter or {}).get("$and", ()) for name, value in each.items()]
        texts = [text for text, facts in self._rows if all(facts[name] == value for name, value in wanted)]
        vectors: Matrix = self._embedder.embed_documents(texts)
        return [texts[row] for row in np.argsort(-(vectors @ np.asarray(embedding)), kind="stable")[:k]]

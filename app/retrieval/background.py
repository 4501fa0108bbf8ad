"""Background topics of international affairs, to which any statement is compared: "fisheries", "space".

Their vectors by the packaged model are kept beside them, since embedding them takes half a second, and are written
anew by `make train`.
"""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from safetensors import safe_open
from safetensors.numpy import save_file

from vectorstore.arrays import Matrix
from vectorstore.embeddings import Embedder

_FOLDER: Final = files("app") / "retrieval" / "data"


@cache
def background_topics() -> tuple[str, ...]:
    """Returns topics of international affairs of all kinds."""
    return tuple((_FOLDER / "background_topics.txt").read_text("utf-8").split("\n")[:-1])


def background_vectors(embedder: Embedder) -> Matrix:
    """Returns their vectors, (n, dim) float32: those that are kept, where they are of this model."""
    with safe_open(str(_FOLDER / "background_topics.safetensors"), framework="numpy") as kept:
        if kept.metadata() == _made_of(embedder):
            vectors: Matrix = kept.get_tensor("vectors")
            return vectors
    return embedder.embed_documents(background_topics())


def keep_vectors(embedder: Embedder, path: Path) -> None:
    """Writes the vectors by a model."""
    save_file({"vectors": embedder.embed_documents(background_topics())}, path, _made_of(embedder))


def _made_of(embedder: Embedder) -> dict[str, str]:
    topics = hashlib.sha256("\n".join(background_topics()).encode()).hexdigest()
    return {"model": embedder.identity, "topics": topics}

"""Word lists in `ingest/data/*.txt`: words between white space, `#` begins a comment."""

from functools import cache
from importlib.resources import files


@cache
def load_words(name: str) -> frozenset[str]:
    """Loads the words of `ingest/data/{name}.txt`."""
    text = files("ingest").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())

"""Speeds as ratios taken in one run: absolute times say more of the machine than of the program.

    python -m scripts.bench SPEECHES [SIZE ...]     # ungdc_*.jsonl.gz, and sizes in passages

Each size is ingested here and by plain LangChain and Chroma, as the same passages with the same vectors, and both are
asked the same. What they are asked for is the passages of a scope, so that no time goes into what only one of them
does. Above 10,000 passages, and for `--deterministic`, a deterministic embedder stands in for the model; beyond the
speeches that there are, they are repeated under fictional States, their sentences shuffled. Writes
`docs/benchmarks/README.md` and `ratios.svg`.
"""

import csv
import gzip
import importlib
import json
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from app.settings import load_settings
from ingest.indexer import Indexer, IngestOptions
from ingest.language.sentences import split_sentences
from vectorstore.arrays import Matrix
from vectorstore.question_embedder import PackagedEmbedder
from vectorstore.records import ScopeFilter
from vectorstore.retriever import Retriever
from vectorstore.store import open_store

SIZES: Final = (1_000, 10_000, 60_000)
OUT: Final = Path("docs/benchmarks")
_MODEL_UP_TO: Final = 10_000
_PER_SPEECH: Final = 23.6
_TOPICS: Final = ("climate change", "the reform of the Security Council", "terrorism", "human rights", "small arms")
_ASKED: Final = 20
_USERS: Final = 20
_DISK: Final = "disk"


class DeterministicEmbedder(PackagedEmbedder):
    """Adds up a random vector for each word, in place of the model."""

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, 384) float32."""
        sums = [sum(map(_word_vector, set(text.lower().split())), np.full(384, 1e-6, np.float32)) for text in texts]
        vectors = np.asarray(sums, dtype=np.float32).reshape(len(texts), 384)
        unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


_words: dict[str, Matrix] = {}


def _word_vector(word: str) -> Matrix:
    if word not in _words:
        _words[word] = np.random.default_rng(zlib.crc32(word.encode())).standard_normal(384, dtype=np.float32)
    return _words[word]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A measurement, here and with LangChain and Chroma: seconds, or what the name says."""

    size: int
    name: str
    here: float
    there: float

    embedder: str = ""

    @property
    def ratio(self) -> float:
        """How many times more it takes there."""
        return self.there / self.here if self.here else 0.0


def main() -> int:
    """Measures each size, and writes the table and the plot."""
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    rows: list[Row] = []
    for size in [int(argument) for argument in wanted[1:]] or SIZES:
        stands_in = size > _MODEL_UP_TO or "--deterministic" in sys.argv
        with tempfile.TemporaryDirectory(prefix="untoc-bench-") as name:
            write_corpus(Path(wanted[0]), size, Path(name) / "corpus")
            for row in measure(Path(name), DeterministicEmbedder() if stands_in else PackagedEmbedder()):
                print(f"{row.size:>7} {row.name:<40} {row.here:10.4f} {row.there:10.4f} {row.ratio:8.2f}", flush=True)
                rows.append(replace(row, embedder="deterministic" if stands_in else "of the model"))
    write_report(rows, OUT)
    return 0


def write_corpus(speeches: Path, size: int, folder: Path) -> None:
    """Writes about so many passages of speeches with a manifest and, where States are invented, a table of them."""
    unpacked = (gzip.decompress(path.read_bytes()) for path in sorted(speeches.glob("*.jsonl.gz")))
    records = [json.loads(line) for lines in unpacked for line in lines.splitlines()]
    folder.mkdir(parents=True)
    generator, invented = random.Random(4), dict[str, str]()
    with (folder / "statements.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", "state", "body", "session", "date", "language"))
        for number in range(round(size / _PER_SPEECH)):
            record = records[number % len(records)]
            state, text, turn = record["iso3"], record["text"], number // len(records)
            if turn:
                known = sorted({each["iso3"] for each in records}).index(state) + 200 * (turn - 1)
                state = f"X{chr(65 + known // 26 % 26)}{chr(65 + known % 26)}"
                invented[state] = f"Fictionland {state}"
                sentences = [text[start:end] for start, end in split_sentences(text)]
                text = " ".join(generator.sample(sentences, len(sentences)))
            (folder / f"{number}.txt").write_text(text, encoding="utf-8", newline="")
            body = "UN General Assembly"
            table.writerow((f"{number}.txt", state, body, record["session"], record["year"], record["language"]))
    if invented:
        lines = [f"{code},{name},,state" for code, name in sorted(invented.items())]
        (folder / "parties.csv").write_text("\n".join(("code,name,aliases,kind", *lines)) + "\n", encoding="utf-8")


def measure(folder: Path, embedder: PackagedEmbedder) -> Iterator[Row]:
    """Yields the measurements of one size."""
    settings = load_settings(store=folder / "store")
    embedder.embed_query("Nobody waits for the model to be loaded.")
    with closing(open_store(settings.store, embedder)) as store:
        indexer, catalogue = Indexer(store, embedder, settings.split, settings.load), store.catalogue
        first, second = (
            _seconds(lambda: indexer.ingest([folder / "corpus"], IngestOptions())) for _ in ("all", "nothing")
        )
        held = {own.statement_id: own for own in catalogue.summaries(ScopeFilter()) if own.metadata.state}
        passages = catalogue.passages_of(list(held))
        texts = [own.text for own in passages]
        facts = [
            {"state": known.state, "date": known.date} for known in (held[p.statement_id].metadata for p in passages)
        ]
        chroma: Any = importlib.import_module("langchain_chroma").Chroma
        plain = chroma("plain", embedder, str(folder / "plain"), collection_metadata={"hnsw:space": "cosine"})

        def add() -> None:
            # One call takes no more than 5,461 texts.
            for begin in range(0, len(texts), 5_000):
                plain.add_texts(texts[begin : begin + 5_000], facts[begin : begin + 5_000])

        theirs = _seconds(add)
        row = partial(Row, size=len(passages))
        if not isinstance(embedder, DeterministicEmbedder):
            # Without a model there is nothing to compare: the other does nothing else.
            yield row(name="ingest", here=first, there=theirs)
        yield row(name="nothing new : all added again", here=second, there=theirs)
        retriever = Retriever(store, embedder, settings.retrieval)
        asked = [own.metadata for own in list(held.values())[:: max(1, len(held) // 10)]]

        def ask_in_scope(number: int) -> object:
            own = asked[number % len(asked)]
            scope = catalogue.summaries(ScopeFilter(parties=(str(own.state),), years=(int(str(own.date)[:4]),)))
            return retriever.retrieve(_TOPICS[number % len(_TOPICS)], [each.statement_id for each in scope], 10)

        def filter_in_scope(number: int) -> object:
            own = asked[number % len(asked)]
            where = {"$and": [{"state": own.state}, {"date": own.date}]}
            return plain.similarity_search(_TOPICS[number % len(_TOPICS)], 10, filter=where)

        def ask_all(number: int) -> object:
            return retriever.retrieve(_TOPICS[number % len(_TOPICS)], everything, 10)

        def search_all(number: int) -> object:
            return plain.similarity_search(_TOPICS[number % len(_TOPICS)], 10)

        everything = list(held)
        for name, here, there in (
            ("question on a State and year", ask_in_scope, filter_in_scope),
            ("question on all", ask_all, search_all),
        ):
            taken = [
                [_seconds(partial(call, number), time.process_time) for number in range(-1, _ASKED)][1:]
                for call in (here, there)
            ]
            for percent in (50, 95):
                ours, others = (float(np.percentile(each, percent)) for each in taken)
                yield row(name=f"{name}, p{percent}", here=ours, there=others)
        with ThreadPoolExecutor(_USERS) as users:
            ours, others = (
                _seconds(lambda call=call: list(users.map(call, range(_USERS))))  # type: ignore[misc]
                for call in (ask_in_scope, filter_in_scope)
            )
        yield row(name=f"{_USERS} such questions at once", here=ours, there=others)
    ours, others = (
        sum(file.stat().st_size for file in (folder / own).rglob("*") if file.is_file()) / 1e6
        for own in ("store", "plain")
    )
    yield row(name=_DISK, here=ours, there=others)


def write_report(rows: Sequence[Row], out: Path) -> None:
    """Writes the table and the plot of the ratios by size."""
    from matplotlib.figure import Figure

    out.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Compared with plain LangChain and Chroma",
        "",
        "Written by `make bench`: the same passages with the same vectors, asked for the same, in one run on one"
        " machine; of questions one by one, processor time. A ratio above 1 says how many times longer LangChain and"
        " Chroma take, or how much more room.",
        "",
        "![ratios by size](ratios.svg)",
        "",
        "| passages | vectors | what | here | LangChain and Chroma | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        here, there = (f"{value:.3g} {'MB' if row.name == _DISK else 's'}" for value in (row.here, row.there))
        lines.append(f"| {row.size:,} | {row.embedder} | {row.name} | {here} | {there} | {row.ratio:.1f} |")
    (out / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for name in dict.fromkeys(row.name for row in rows):
        own = [row for row in rows if row.name == name]
        axes.plot([row.size for row in own], [row.ratio for row in own], marker="o", label=name)
    axes.axhline(1, color="grey", linewidth=0.8)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="times as long with LangChain and Chroma")
    axes.legend(fontsize="small")
    figure.savefig(out / "ratios.svg", metadata={"Date": None})


def _seconds(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    call()
    return clock() - began


if __name__ == "__main__":
    sys.exit(main())

"""Speeds as ratios taken in one run: absolute times say more of the machine than of the program.

    python -m scripts.bench SPEECHES [SIZE ...]     # ungdc_*.jsonl.gz, and sizes in passages

Each size is ingested here and by plain LangChain and Chroma, as the same passages with the same vectors, and both are
asked the same. What they are asked for is the passages of a scope, so that no time goes into what only one of them
does. Above 10,000 passages, and for `--deterministic`, a deterministic embedder stands in for the model; beyond the
speeches that there are, they are repeated under fictional States, their sentences shuffled. Writes the table of
`docs/benchmarks/README.md`, and `ratios.svg`.
"""

import gzip
import importlib
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from sklearn.feature_extraction.text import HashingVectorizer

from app.settings import load_settings
from evals.public.corpus import write_texts
from ingest.indexer import Indexer, IngestOptions
from ingest.language.sentences import split_sentences
from scripts.make_parties_page import as_markdown, filled
from vectorstore.arrays import Matrix
from vectorstore.embeddings import PackagedEmbedder
from vectorstore.records import Metadata, ScopeFilter
from vectorstore.retriever import Retriever
from vectorstore.store import Store

SIZES: Final = (1_000, 10_000, 60_000, 100_000)
OUT: Final = Path("docs/benchmarks")
_MODEL_UP_TO: Final = 10_000
_PER_SPEECH: Final = 23.6
_TOPICS: Final = ("climate change", "the reform of the Security Council", "terrorism", "human rights", "small arms")
_ASKED: Final = 20
_USERS: Final = 20
_DISK: Final = "disk"


class DeterministicEmbedder(PackagedEmbedder):
    """Counts words by hash, in place of the model."""

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, 384) float32."""
        vectors: Matrix = (
            HashingVectorizer(n_features=384, dtype=np.float32, token_pattern=r"\S+").transform(texts).toarray()
        )
        return vectors


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


def main(
    speeches: Path,
    sizes: Annotated[list[int] | None, typer.Argument(help="in passages")] = None,
    deterministic: Annotated[bool, typer.Option("--deterministic", help="without the model")] = False,
) -> None:
    """Measures each size, and writes the table and the plot."""
    rows: list[Row] = []
    for size in sizes or SIZES:
        stands_in = size > _MODEL_UP_TO or deterministic
        with tempfile.TemporaryDirectory(prefix="untoc-bench-") as name:
            write_corpus(speeches, size, Path(name) / "corpus")
            for row in measure(Path(name), DeterministicEmbedder() if stands_in else PackagedEmbedder()):
                print(f"{row.size:>7} {row.name:<40} {row.here:10.4f} {row.there:10.4f} {row.ratio:8.2f}", flush=True)
                rows.append(replace(row, embedder="deterministic" if stands_in else "of the model"))
    write_report(rows, OUT)


def write_corpus(speeches: Path, size: int, folder: Path) -> None:
    """Writes about so many passages of speeches with a manifest and, where States are invented, a table of them."""
    unpacked = (gzip.decompress(path.read_bytes()) for path in sorted(speeches.glob("*.jsonl.gz")))
    records = [json.loads(line) for lines in unpacked for line in lines.splitlines()]
    known = sorted({each["iso3"] for each in records})
    generator, texts, facts = random.Random(4), dict[str, str](), list[tuple[str, ...]]()
    for number in range(round(size / _PER_SPEECH)):
        record, turn = records[number % len(records)], number // len(records)
        state, text = record["iso3"], record["text"]
        if turn:
            invented = known.index(state) + 200 * (turn - 1)
            state = f"X{chr(65 + invented // 26 % 26)}{chr(65 + invented % 26)}"
            sentences = [text[start:end] for start, end in split_sentences(text)]
            text = " ".join(generator.sample(sentences, len(sentences)))
        texts[f"{number}.txt"] = text
        facts.append((state, "UN General Assembly", record["session"], record["year"], record["language"]))
    columns = ("state", "body", "session", "date", "language")
    write_texts(folder, texts, dict(zip(columns, zip(*facts, strict=True), strict=True)))
    if invented_states := sorted({state for state, *_ in facts} - {*known}):
        lines = [f"{code},Fictionland {code},,state" for code in invented_states]
        (folder / "parties.csv").write_text("\n".join(("code,name,aliases,kind", *lines)) + "\n", encoding="utf-8")


def measure(folder: Path, embedder: PackagedEmbedder) -> Iterator[Row]:
    """Yields the measurements of one size."""
    chroma: Any = importlib.import_module("langchain_chroma").Chroma
    settings = load_settings(store=folder / "store")
    embedder.embed_query("Nobody waits for the model to be loaded.")
    with closing(Store(settings.store, embedder)) as store:
        indexer, catalogue = Indexer(store, embedder, settings.split, settings.load), store.catalogue
        first, second = (
            _seconds(lambda: indexer.ingest([folder / "corpus"], IngestOptions())) for _ in ("all", "nothing")
        )
        held = {own.statement_id: own for own in catalogue.summaries(ScopeFilter()) if own.metadata.state}
        passages = catalogue.passages_of(list(held))
        known = [held[passage.statement_id].metadata for passage in passages]
        texts, facts = [own.text for own in passages], [{"state": own.state, "date": own.date} for own in known]
        plain = chroma("plain", embedder, str(folder / "plain"), collection_metadata={"hnsw:space": "cosine"})
        # One call takes no more than 5,461 texts.
        parts = [slice(begin, begin + 5_000) for begin in range(0, len(texts), 5_000)]
        theirs = _seconds(lambda: [plain.add_texts(texts[part], facts[part]) for part in parts])
        row = partial(Row, size=len(passages))
        # Without a model there is nothing to compare: the other does nothing else.
        if not isinstance(embedder, DeterministicEmbedder):
            yield row(name="ingest", here=first, there=theirs)
        yield row(name="nothing new : all added again", here=second, there=theirs)
        retriever = Retriever(store, embedder, settings.retrieval)
        everything, asked = list(held), [own.metadata for own in list(held.values())[:: max(1, len(held) // 10)]]

        vectors = [embedder.embed_query(topic) for topic in _TOPICS]

        def ids(own: Metadata) -> list[str]:
            scope = ScopeFilter(parties=(str(own.state),), years=(int(str(own.date)[:4]),))
            return [each.statement_id for each in catalogue.summaries(scope)]

        def where(own: Metadata) -> dict[str, object]:
            return {"$and": [{"state": own.state}, {"date": own.date}]}

        def ask(number: int, scoped: bool = True) -> object:
            among = ids(asked[number % len(asked)]) if scoped else everything
            return retriever.retrieve(_TOPICS[number % len(_TOPICS)], among, 10)

        def search(number: int, scoped: bool = True) -> object:
            among = where(asked[number % len(asked)]) if scoped else None
            return plain.similarity_search(_TOPICS[number % len(_TOPICS)], 10, filter=among)

        def nearest(number: int) -> object:
            among = ids(asked[number % len(asked)])
            return retriever.search_dense(vectors[number % len(_TOPICS)], among, fetch_k=10)

        def nearest_there(number: int) -> object:
            vector = vectors[number % len(_TOPICS)].tolist()
            return plain.similarity_search_by_vector(vector, 10, filter=where(asked[number % len(asked)]))

        for name, *calls in (
            ("question on a State and year", ask, search),
            ("vectors of a State and year", nearest, nearest_there),
            ("question on all", partial(ask, scoped=False), partial(search, scoped=False)),
        ):
            # The first is not counted.
            taken = [[_seconds(partial(call, n), time.process_time) for n in range(-1, _ASKED)][1:] for call in calls]
            for percent in (50, 95):
                ours, others = (float(np.percentile(each, percent)) for each in taken)
                yield row(name=f"{name}, p{percent}", here=ours, there=others)
        with ThreadPoolExecutor(_USERS) as users:
            ours, others = (_seconds(lambda: [*users.map(call, range(_USERS))]) for call in (ask, search))  # noqa: B023
        yield row(name=f"{_USERS} such questions at once", here=ours, there=others)
    files = ([file for file in (folder / own).rglob("*") if file.is_file()] for own in ("store", "plain"))
    ours, others = (sum(file.stat().st_size for file in own) / 1e6 for own in files)
    yield row(name=_DISK, here=ours, there=others)


def write_report(rows: Sequence[Row], out: Path) -> None:
    """Writes the table into the page, and the plot of the ratios by size."""
    from matplotlib.figure import Figure

    def cells(row: Row) -> Iterator[str]:
        yield from (f"{row.size:,}", row.embedder, row.name)
        yield from (f"{value:.3g} {'MB' if row.name == _DISK else 's'}" for value in (row.here, row.there))
        yield f"{row.ratio:.1f}"

    head, page = ("passages", "vectors", "what", "here", "LangChain and Chroma", "ratio"), out / "README.md"
    table = as_markdown(head, map(cells, rows))
    page.write_text(filled(page.read_text(encoding="utf-8"), {"ratios": table}), encoding="utf-8")
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
    typer.run(main)

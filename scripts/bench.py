"""Measures speeds as ratios within one run: absolute times say more of the machine than of the program.

    python -m scripts.bench SPEECHES [SIZE ...] [--engines]     # ungdc_*.jsonl.gz, and sizes in passages

For each size, this program and plain LangChain with Chroma ingest the same passages with the same model, and answer
the same questions. Both only retrieve passages of a scope, so that no time goes into what only one of them does.
Above 60,000 passages, and with `--deterministic`, a deterministic embedder stands in for the model. When all speeches
are used, they are repeated under fictional States, with their sentences shuffled. With `--engines`, or without sizes,
SQLite is compared with PostgreSQL, and Chroma in the program with its server, as far as the tests find such servers.
Rows of each size are stored in `docs/benchmarks/rows`; the tables and the plot of `docs/benchmarks` show all of them.
"""

import gzip
import importlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Final

import numpy as np
import typer
from pydantic import SecretStr

from app.settings import load_settings
from evals.public.corpus import write_texts
from ingest.indexer import Indexer, IngestOptions
from ingest.language.sentences import split_sentences
from scripts.bench_sides import ASKED, EMBEDDERS, TOPICS, Here, PassageEmbedder, Scope, Side, There, nth
from scripts.make_parties_page import as_markdown, filled
from vectorstore.chroma import ChromaConfig
from vectorstore.database import DatabaseConfig
from vectorstore.embeddings import EmbeddingConfig, PackagedEmbedder
from vectorstore.hybrid_search import HybridSearch, RetrievalConfig

SIZES: Final = (1_000, 10_000, 60_000, 170_000)
OUT: Final = Path("docs/benchmarks")
_MODEL_UP_TO: Final = 60_000
_ENGINES_AT: Final = 10_000
_PER_SPEECH: Final = 23.6
_USERS: Final = 20
_STARTS: Final = 3
_SIDES: Final = ("here", "LangChain and Chroma")
# Embedding of passages: as in an ingest, and as in LangChain's adapter of sentence-transformers.
_PASSAGES: Final = (EmbeddingConfig(), EmbeddingConfig(precision="float32", batch_size=32))
_IN_MB: Final = ("memory", "disk")
_ON_ALL: Final = "question on all"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A measurement of each side, in seconds or MB."""

    size: int
    vectors: str
    name: str
    taken: dict[str, float]

    @property
    def ratio(self) -> float:
        """The measurement of the last side divided by that of the first."""
        first, *_, last = self.taken.values()
        return last / first if first else 0.0


def main(
    speeches: Path,
    sizes: Annotated[list[int] | None, typer.Argument(help="in passages")] = None,
    deterministic: Annotated[bool, typer.Option("--deterministic", help="without the model")] = False,
    engines: Annotated[bool, typer.Option("--engines", help="compare engines, and sizes only where named")] = False,
) -> None:
    """Measures each size, and writes the tables and the plot."""
    for size in sizes or (() if engines else SIZES):
        vectors = "deterministic" if deterministic or size > _MODEL_UP_TO else "model"
        _keep(str(size), speeches, size, partial(measure, vectors=vectors))
    if engines or not sizes:
        _keep("engines", speeches, _ENGINES_AT, compare_engines)
    write_report(OUT)


def _keep(name: str, speeches: Path, size: int, rows_of: Callable[[Path], Iterator[Row]]) -> None:
    """Measures the rows of a corpus, then writes them in place of those of an earlier run."""
    kept = OUT / "rows" / f"{name}.jsonl"
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="untoc-bench-") as folder:
        write_corpus(speeches, size, Path(folder) / "corpus")
        lines = []
        for row in rows_of(Path(folder)):
            lines.append(json.dumps(asdict(row)))
            print(lines[-1], flush=True)
    kept.write_text("\n".join((*lines, "")), encoding="utf-8")


def write_corpus(speeches: Path, size: int, folder: Path) -> None:
    """Writes speeches of about `size` passages, with a manifest and, if States are invented, a table of these."""
    unpacked = (gzip.decompress(path.read_bytes()) for path in sorted(speeches.glob("*.jsonl.gz")))
    records = [json.loads(line) for lines in unpacked for line in lines.splitlines()]
    known = sorted({each["iso3"] for each in records})
    generator, texts, facts = random.Random(4), dict[str, str](), list[tuple[str, ...]]()
    for number in range(round(size / _PER_SPEECH)):
        record, repetition = records[number % len(records)], number // len(records)
        state, text = record["iso3"], record["text"]
        if repetition:
            invented = known.index(state) + 200 * (repetition - 1)
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


def measure(folder: Path, vectors: str) -> Iterator[Row]:
    """Yields the measurements of one size, whose texts are in `corpus`."""
    with_model = vectors == "model"
    embedders = [PassageEmbedder(config) if with_model else EMBEDDERS[vectors]() for config in _PASSAGES]
    for embedder in embedders:
        # Warm-up: loading the model is not measured.
        embedder.embed_documents(TOPICS)
    here, there = Here(folder, embedders[0]), There(folder, embedders[1])
    # Nor is opening Chroma, which the other side has done already.
    here.store.rebuild_index()
    with closing(here.store) as store:
        first, second = _ingests(here, embedders[0], folder / "corpus", time.process_time)
        passages = store.catalogue.passages_of(list(here.held))
        metadata = [here.held[passage.statement_id] for passage in passages]
        texts, facts = [each.text for each in passages], [{"state": m.state, "date": m.date} for m in metadata]
        # Chroma takes at most 5,461 texts in one call.
        parts = [slice(begin, begin + 5_000) for begin in range(0, len(texts), 5_000)]
        theirs = _seconds(
            lambda: [there.plain.add_texts(texts[part], facts[part]) for part in parts], time.process_time
        )
        row = _rows_of(len(passages), vectors, _SIDES)
        # Compared only with a model: the ingest of the other side does nothing else than embed and store.
        if with_model:
            yield row("ingest", (first, theirs))
        yield row("nothing new : all added again", (second, theirs))
        scopes = here.scopes
        yield from (row(*each) for each in _questions((here, there), embedders[0], scopes, time.process_time))
        with ThreadPoolExecutor(_USERS) as users:
            calls = [lambda number, side=side: side.ask(*nth(number, scopes)) for side in (here, there)]
            taken = [_seconds(lambda: [*users.map(call, range(_USERS))]) for call in calls]  # noqa: B023 - called at once
        yield row(f"{_USERS} such questions at once", taken)
    yield from (row(*each) for each in start_anew(folder, vectors, scopes))
    files = ([file for file in (folder / name).rglob("*") if file.is_file()] for name in ("store", "plain"))
    yield row("disk", [sum(file.stat().st_size for file in stored) / 1e6 for stored in files])


def start_anew(folder: Path, vectors: str, scopes: Sequence[Scope]) -> Iterator[tuple[str, list[float]]]:
    """Yields medians of fresh processes of each side: seconds to the first answer, and peak memory in MB."""
    measured: dict[str, list[list[float]]] = {"here": [], "there": []}
    for _ in range(_STARTS):
        for side, runs in measured.items():
            command = [sys.executable, "-m", "scripts.bench_sides", side, str(folder), vectors, json.dumps(scopes)]
            began = time.time()
            answered, peak = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.split()
            runs.append([float(answered) - began, float(peak)])
    for place, name in enumerate(("cold start", "memory")):
        yield name, [median(run[place] for run in runs) for runs in measured.values()]


def compare_engines(folder: Path) -> Iterator[Row]:
    """Yields measurements of the engines that are found, each with its own store; by wall time, for the servers."""
    found: Any = importlib.import_module("tests.fakes_engines")
    embedder = EMBEDDERS["deterministic"]()
    places: dict[str, dict[str, Any]] = {"SQLite, Chroma in the program": {}}
    with ExitStack() as servers:
        try:
            chroma = ChromaConfig(url=servers.enter_context(found.chroma_server(folder / "chroma")))
            places["SQLite, Chroma's server"] = {"chroma": chroma}
            record = servers.enter_context(found.own_schema(servers.enter_context(found.postgres_cluster())))
            places["PostgreSQL, Chroma in the program"] = {"database": DatabaseConfig(url=SecretStr(record))}
        except found.pytest.skip.Exception as exc:
            print(f"Not all engines are compared: {exc}")
        sides = [Here(folder / str(number), embedder, place) for number, place in enumerate(places.values())]
        for side in sides:
            servers.enter_context(closing(side.store))
        ingests = [_ingests(side, embedder, folder / "corpus", time.perf_counter) for side in sides]
        row = _rows_of(sides[0].store.catalogue.count_passages(), "deterministic", places)
        yield from map(row, ("ingest without a model", "nothing new"), zip(*ingests, strict=True))
        yield from (row(*each) for each in _questions(sides, embedder, sides[0].scopes, time.perf_counter))
        for side in sides:
            side.retriever = HybridSearch(side.store, embedder, RetrievalConfig(exact_limit=0))
        asked = _questions(sides, embedder, sides[0].scopes, time.perf_counter)
        yield from (row(f"{name}, through Chroma", taken) for name, taken in asked if name.startswith(_ON_ALL))


def _rows_of(size: int, vectors: str, sides: Iterable[str]) -> Callable[[str, Sequence[float]], Row]:
    return lambda name, taken: Row(size=size, vectors=vectors, name=name, taken=dict(zip(sides, taken, strict=True)))


def _ingests(side: Here, embedder: PackagedEmbedder, corpus: Path, clock: Callable[[], float]) -> list[float]:
    settings = load_settings()
    indexer = Indexer(side.store, embedder, settings.split, settings.load)
    return [_seconds(lambda: indexer.ingest([corpus], IngestOptions()), clock) for _ in range(2)]


def _questions(
    sides: Sequence[Side], embedder: PackagedEmbedder, scopes: Sequence[Scope], clock: Callable[[], float]
) -> Iterator[tuple[str, list[float]]]:
    vectors = [embedder.embed_query(topic) for topic in TOPICS]
    kinds: dict[str, Callable[[Side, int], object]] = {
        "question on a State and year": lambda side, number: side.ask(*nth(number, scopes)),
        "vectors of a State and year": lambda side, number: side.nearest(
            vectors[number % len(vectors)], nth(number, scopes)[1]
        ),
        _ON_ALL: lambda side, number: side.ask(nth(number, scopes)[0]),
    }
    for name, call in kinds.items():
        # The first call (-1) is a warm-up and not counted.
        taken = [[_seconds(partial(call, side, n), clock) for n in range(-1, ASKED)][1:] for side in sides]
        for percent in (50, 95):
            yield f"{name}, p{percent}", [float(np.percentile(each, percent)) for each in taken]


def write_report(out: Path) -> None:
    """Writes the tables into the page from all rows that are kept, and the plot of the ratios by size."""
    from matplotlib.figure import Figure

    def cells(row: Row) -> Iterator[str]:
        yield from (f"{row.size:,}", row.vectors, row.name)
        yield from (f"{_digits(value, 3)} {'MB' if row.name in _IN_MB else 's'}" for value in row.taken.values())

    kept = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in (out / "rows").glob("*.jsonl")}
    engines = [Row(**json.loads(line)) for line in kept.pop("engines", ())]
    rows = [Row(**json.loads(line)) for size in sorted(kept, key=int) for line in kept[size]]
    head, page = ("passages", "vectors", "what"), out / "README.md"
    made = {
        "ratios": as_markdown((*head, *_SIDES, "ratio"), ((*cells(row), _digits(row.ratio, 2)) for row in rows)),
        "engines": as_markdown((*head, *(engines[0].taken if engines else ())), map(cells, engines)),
    }
    page.write_text(filled(page.read_text(encoding="utf-8"), made), encoding="utf-8")
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    # Of percentiles only the medians are plotted; lines of deterministic vectors are dashed.
    medians = dict.fromkeys(row.name for row in rows if not row.name.endswith("p95"))
    for number, name in enumerate(medians):
        axes.plot([], [], color=f"C{number}", label=name)
        for vectors, style in (("model", "o-"), ("deterministic", "x--")):
            points = [row for row in rows if (row.name, row.vectors) == (name, vectors)]
            axes.plot([row.size for row in points], [row.ratio for row in points], style, color=f"C{number}")
    axes.axhline(1, color="grey", linewidth=0.8)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="times as much with LangChain and Chroma")
    axes.legend(fontsize="small")
    figure.savefig(out / "ratios.svg", metadata={"Date": None})


def _digits(value: float, digits: int) -> str:
    return np.format_float_positional(value, precision=digits, fractional=False, trim="-")


def _seconds(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    call()
    return clock() - began


if __name__ == "__main__":
    typer.run(main)

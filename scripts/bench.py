"""Speeds as ratios taken in one run: absolute times say more of the machine than of the program.

    python -m scripts.bench SPEECHES [SIZE ...] [--engines]     # ungdc_*.jsonl.gz, and sizes in passages

Each size is ingested here and by plain LangChain and Chroma, as the same passages with the same model, and both are
asked the same. What they are asked for is the passages of a scope, so that no time goes into what only one of them
does. Above 60,000 passages, and for `--deterministic`, a deterministic embedder stands in for the model; beyond the
speeches that there are, they are repeated under fictional States, their sentences shuffled. With `--engines`, and
without sizes, SQLite is compared with PostgreSQL, and Chroma in the program with its server, where tests find servers.
What a size gave is kept in `docs/benchmarks/rows`, and all of it is in the tables and the plot of `docs/benchmarks`.
"""

import gzip
import importlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
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
from vectorstore.retriever import RetrievalConfig, Retriever

SIZES: Final = (1_000, 10_000, 60_000, 170_000)
OUT: Final = Path("docs/benchmarks")
_MODEL_UP_TO: Final = 60_000
_ENGINES_AT: Final = 10_000
_PER_SPEECH: Final = 23.6
_USERS: Final = 20
_STARTS: Final = 3
_SIDES: Final = ("here", "LangChain and Chroma")
# As an ingest embeds passages, and as LangChain's adapter of sentence-transformers does.
_PASSAGES: Final = (EmbeddingConfig(), EmbeddingConfig(precision="float32", batch_size=32))
_IN_MB: Final = ("memory", "disk")
_ON_ALL: Final = "question on all"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A measurement of each side: seconds, or MB."""

    size: int
    vectors: str
    name: str
    taken: dict[str, float]

    @property
    def ratio(self) -> float:
        """How many times more the last side takes than the first."""
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
    """Writes the rows of a corpus, in place of those of an earlier run, when all are measured."""
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


def measure(folder: Path, vectors: str) -> Iterator[Row]:
    """Yields the measurements of one size, whose texts are in `corpus`."""
    with_model = vectors == "model"
    sides = [PassageEmbedder(config) if with_model else EMBEDDERS[vectors]() for config in _PASSAGES]
    for embedder in sides:
        # Nobody waits for a model to be loaded.
        embedder.embed_documents(TOPICS)
    here, there = Here(folder, sides[0]), There(folder, sides[1])
    # Nor for Chroma, which the other side has opened already.
    here.store.rebuild_index()
    with closing(here.store) as store:
        first, second = _ingests(here, sides[0], folder / "corpus", time.process_time)
        passages = store.catalogue.passages_of(list(here.held))
        known = [here.held[passage.statement_id] for passage in passages]
        texts, facts = [own.text for own in passages], [{"state": own.state, "date": own.date} for own in known]
        # One call takes no more than 5,461 texts.
        parts = [slice(begin, begin + 5_000) for begin in range(0, len(texts), 5_000)]
        theirs = _seconds(
            lambda: [there.plain.add_texts(texts[part], facts[part]) for part in parts], time.process_time
        )

        def row(name: str, taken: Sequence[float]) -> Row:
            return Row(size=len(passages), vectors=vectors, name=name, taken=dict(zip(_SIDES, taken, strict=True)))

        # Without a model there is nothing to compare: the other does nothing else.
        if with_model:
            yield row("ingest", (first, theirs))
        yield row("nothing new : all added again", (second, theirs))
        scopes = here.scopes
        for name, taken in _questions((here, there), sides[0], scopes, time.process_time):
            yield row(name, taken)
        with ThreadPoolExecutor(_USERS) as users:
            calls = [lambda number, side=side: side.ask(*nth(number, scopes)) for side in (here, there)]
            taken = [_seconds(lambda: [*users.map(call, range(_USERS))]) for call in calls]  # noqa: B023
        yield row(f"{_USERS} such questions at once", taken)
    for name, taken in start_anew(folder, vectors, scopes):
        yield row(name, taken)
    files = ([file for file in (folder / own).rglob("*") if file.is_file()] for own in ("store", "plain"))
    yield row("disk", [sum(file.stat().st_size for file in own) / 1e6 for own in files])


def start_anew(folder: Path, vectors: str, scopes: Sequence[Scope]) -> Iterator[tuple[str, list[float]]]:
    """Yields what a process of each side takes to start and answer, and how much memory twenty questions take."""
    told: dict[str, list[list[float]]] = {"here": [], "there": []}
    for _ in range(_STARTS):
        for side, own in told.items():
            command = [sys.executable, "-m", "scripts.bench_sides", side, str(folder), vectors, json.dumps(scopes)]
            began = time.time()
            answered, peak = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.split()
            own.append([float(answered) - began, float(peak)])
    for place, name in enumerate(("cold start", "memory")):
        yield name, [median(each[place] for each in own) for own in told.values()]


def compare_engines(folder: Path) -> Iterator[Row]:
    """Yields the measurements of the engines that are found, each with a store of its own; they work beside us."""
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
        sides = [Here(folder / str(number), embedder, own) for number, own in enumerate(places.values())]
        for side in sides:
            servers.enter_context(closing(side.store))
        ingests = [_ingests(side, embedder, folder / "corpus", time.perf_counter) for side in sides]

        def row(name: str, taken: Sequence[float]) -> Row:
            size = sides[0].store.catalogue.count_passages()
            return Row(size=size, vectors="deterministic", name=name, taken=dict(zip(places, taken, strict=True)))

        yield from map(row, ("ingest without a model", "nothing new"), zip(*ingests, strict=True))
        yield from (row(*each) for each in _questions(sides, embedder, sides[0].scopes, time.perf_counter))
        for side in sides:
            side.retriever = Retriever(side.store, embedder, RetrievalConfig(exact_limit=0))
        asked = _questions(sides, embedder, sides[0].scopes, time.perf_counter)
        yield from (row(f"{name}, through Chroma", taken) for name, taken in asked if name.startswith(_ON_ALL))


def _ingests(side: Here, embedder: PackagedEmbedder, corpus: Path, clock: Callable[[], float]) -> list[float]:
    """Returns how long an ingest takes, and how long another one when nothing is new."""
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
        # The first is not counted.
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
    # Of percentiles only the medians; ratios of deterministic vectors are dashed.
    medians = dict.fromkeys(row.name for row in rows if not row.name.endswith("p95"))
    for number, name in enumerate(medians):
        axes.plot([], [], color=f"C{number}", label=name)
        for vectors, style in (("model", "o-"), ("deterministic", "x--")):
            own = [row for row in rows if (row.name, row.vectors) == (name, vectors)]
            axes.plot([row.size for row in own], [row.ratio for row in own], style, color=f"C{number}")
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

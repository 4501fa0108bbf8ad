"""Freezes the product's answers as canonical JSON lines, and compares two frozen files.

A regression check for changes that must preserve behaviour ("golden master"): freeze before, change, freeze after,
compare. The product is used through its command `untoc` alone, so that the same script serves any revision of it.

    python scripts/freeze_answers.py freeze before.jsonl --subset 60 --stores /tmp/stores
    python scripts/freeze_answers.py compare before.jsonl after.jsonl
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import yaml

PROJECT: Final = Path(__file__).parent.parent
# Fields that differ from one run to the next although the answer is the same.
_VOLATILE: Final = ("timings_ms", "trace_id")
_DIGITS: Final = 4
# Rounded values of the same quantity may fall on either side of a half, such as 0.12345 and 0.12344999.
_TOLERANCE: Final = 1.5 * 10**-_DIGITS


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question to ask, with the id under which its answer is frozen, such as `dev/afg-2000-women`."""

    id: str
    question: str
    history: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Returns the line that `untoc ask --from` takes."""
        return {"id": self.id, "question": self.question, "history": list(self.history)}


@dataclass(frozen=True, kw_only=True)
class QuestionSet:
    """Where the questions of a set are, and the corpus that they are asked over.

    Attributes:
        file: Questions as JSON lines or YAML cases; below the project, or below the data where `external`.
        corpus: Folder of statements, likewise.
        sample: Whether the statement that ships with the product is part of the corpus.
        external: Whether both lie in the folder of data that may not be published.
    """

    file: str
    corpus: str
    sample: bool = False
    external: bool = False


SETS: Final[Mapping[str, QuestionSet]] = {
    "seed": QuestionSet(file="seed/questions.jsonl", corpus="evals/conference", sample=True, external=True),
    "smoke": QuestionSet(file="evals/conference/questions.yaml", corpus="evals/conference", sample=True),
    "given": QuestionSet(file="general_debate/questions.jsonl", corpus="general_debate", external=True),
    "dev": QuestionSet(file="evals/datasets/dev.yaml", corpus="general_debate"),
}


@dataclass(frozen=True, kw_only=True)
class Product:
    """A checkout of the product and the environment that it runs in.

    Attributes:
        project: Root of the checkout whose code answers.
        untoc: The command `untoc` of an environment that has the dependencies.
        data: Folder of texts that may not be published, with `seed/` and `general_debate/`.
    """

    project: Path
    untoc: Path
    data: Path

    def corpus(self, name: str) -> Path:
        """Returns the folder of a set's corpus: shipped corpora are below the project, the others in the data."""
        shipped = self.project / name
        return shipped if shipped.is_dir() else self.data / name

    def run(self, *arguments: str, stdout: int | None = subprocess.DEVNULL) -> subprocess.Popen[str]:
        """Starts `untoc` with the settings' defaults, whatever `UNTOC_*` says outside."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("UNTOC_")}
        environment |= {"PYTHONPATH": str(self.project), "PYTHONIOENCODING": "utf-8"}
        command = [str(self.untoc), *arguments]
        return subprocess.Popen(command, cwd=self.project, env=environment, stdout=stdout, text=True, encoding="utf-8")


def read_questions(name: str, product: Product) -> tuple[Question, ...]:
    """Returns the questions of a set, in the order of its file."""
    described = SETS[name]
    path = (product.data if described.external else product.project) / described.file
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        records = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        records = yaml.load(text, Loader=yaml.CSafeLoader)["cases"]
    return tuple(
        Question(
            id=f"{name}/{record.get('id', record.get('qid'))}",
            question=record["question"],
            history=tuple(record.get("history") or ()),
        )
        for record in records
    )


def spread(sets: Mapping[str, Sequence[Question]], count: int) -> dict[str, tuple[Question, ...]]:
    """Returns at most `count` questions, as many of each set as of the others, evenly spaced within each.

    The same sets and count give the same questions; what a small set cannot give is taken from larger ones.
    """
    chosen: dict[str, tuple[Question, ...]] = {}
    left = count
    # The smallest first, so that what they lack is known when the larger ones are shared out.
    for position, name in enumerate(sorted(sets, key=lambda name: len(sets[name]))):
        questions = sets[name]
        share = min(len(questions), left // (len(sets) - position))
        chosen[name] = tuple(questions[index * len(questions) // share] for index in range(share))
        left -= share
    return {name: chosen[name] for name in sets}


def build_store(name: str, product: Product, stores: Path) -> Path:
    """Takes the corpus of a set into a store below `stores`; what a store holds already is not read again.

    Raises:
        SystemExit: The corpus could not be taken in.
    """
    described = SETS[name]
    store = stores / Path(described.corpus).name
    commands = [[str(product.corpus(described.corpus))], *([["--sample"]] if described.sample else [])]
    for arguments in commands:
        if product.run("ingest", "--store", str(store), *arguments).wait() != 0:
            raise SystemExit(f"`untoc ingest {arguments[0]}` failed: see its message above")
    return store


def ask(questions: Sequence[Question], product: Product, store: Path) -> Iterator[dict[str, Any]]:
    """Yields the answers of the product, in the order of the questions."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "questions.jsonl"
        lines = (json.dumps(question.to_json(), ensure_ascii=False) for question in questions)
        asked.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        with product.run("ask", "--store", str(store), "--json", "--from", str(asked), stdout=subprocess.PIPE) as run:
            assert run.stdout is not None  # it is a pipe
            for line in run.stdout:
                yield json.loads(line)


def canonical(answer: Mapping[str, Any]) -> str:
    """Returns an answer as one line of JSON: keys sorted, floats rounded, without what differs from run to run."""
    kept = {name: value for name, value in answer.items() if name not in _VOLATILE}
    return json.dumps(_rounded(kept), ensure_ascii=False, sort_keys=True)


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case float():
            return round(value, _DIGITS)
        case dict():
            return {name: _rounded(item) for name, item in value.items()}
        case list():
            return [_rounded(item) for item in value]
        case _:
            return value


def first_difference(old: Any, new: Any, path: str = "$") -> str | None:  # noqa: ANN401 - any JSON values
    """Returns where two JSON values differ first and how, such as `$.claims[0].state: "XAA" → "XAB"`; None if equal."""
    match old, new:
        case dict(), dict():
            names = sorted(old.keys() | new.keys())
            pairs = [(f"{path}.{name}", old.get(name, _Absent), new.get(name, _Absent)) for name in names]
        case list(), list():
            zipped = zip_longest(old, new, fillvalue=_Absent)
            pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zipped)]
        case (float(), float() | int()) | (int(), float()):
            equal = math.isclose(old, new, rel_tol=0, abs_tol=_TOLERANCE)
            return None if equal else f"{path}: {old} → {new}"
        case _:
            return None if old == new and type(old) is type(new) else f"{path}: {_shown(old)} → {_shown(new)}"
    return next((found for pair in pairs if (found := first_difference(pair[1], pair[2], pair[0]))), None)


class _Absent:
    """Stands for a value that one side lacks."""


def _shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    text = "absent" if value is _Absent else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:159]}…"


def compare(old: Path, new: Path) -> list[str]:
    """Returns a line for each question whose frozen answers differ, with the first path at which they do."""
    before, after = _read(old), _read(new)
    differing = []
    for name in [*before, *(name for name in after if name not in before)]:
        found = first_difference(before.get(name, _Absent), after.get(name, _Absent))
        if found is not None:
            differing.append(f"{name}  {found}")
    return differing


def _read(path: Path) -> dict[str, Any]:
    """Returns frozen answers by the id of their question."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return {answer["id"]: answer for answer in map(json.loads, filter(None, lines))}


def freeze(names: Sequence[str], product: Product, target: Path, *, stores: Path, subset: int | None = None) -> int:
    """Asks sets of questions and writes the frozen answers; returns how many."""
    sets: dict[str, tuple[Question, ...]] = {name: read_questions(name, product) for name in names}
    if subset is not None:
        sets = spread(sets, subset)
    written = 0
    with target.open("w", encoding="utf-8") as file:
        for name, questions in sets.items():
            store = build_store(name, product, stores)
            for answer in ask(questions, product, store):
                file.write(canonical(answer) + "\n")
                file.flush()
                written += 1
    asked = sum(map(len, sets.values()))
    if written < asked:
        raise SystemExit(f"{asked - written} of {asked} questions were not answered: see the messages above")
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the script; returns 1 where answers differ."""
    options = _parser().parse_args(arguments)
    if options.command == "compare":
        differing = compare(options.old, options.new)
        print("\n".join(differing) if differing else "equal")
        return 1 if differing else 0
    product = Product(project=options.project.resolve(), untoc=options.untoc, data=options.data.resolve())
    with tempfile.TemporaryDirectory() as temporary:
        stores = (options.stores or Path(temporary)).resolve()
        count = freeze(options.set or list(SETS), product, options.target, stores=stores, subset=options.subset)
    print(f"{count} answers frozen in {options.target}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("freeze", help="ask questions and write the answers, one JSON line each")
    command.add_argument("target", type=Path, help="file to write")
    command.add_argument("--set", action="append", choices=list(SETS), help="may be given again; default: all")
    command.add_argument("--subset", type=int, metavar="N", help="ask N questions only, spread over the sets")
    command.add_argument(
        "--stores", type=Path, metavar="DIR", help="keep stores here for the next freeze; else built anew"
    )
    command.add_argument("--project", type=Path, default=PROJECT, help="checkout whose code answers; default: this one")
    untoc = Path(sys.executable).with_name("untoc")
    command.add_argument("--untoc", type=Path, default=untoc, help="default: that of this Python's environment")
    data = Path(os.environ.get("UNTOC_TEST_DATA", "."))
    command.add_argument(
        "--data", type=Path, default=data, help="folder of unpublished texts; default: UNTOC_TEST_DATA"
    )
    command = commands.add_parser("compare", help="list the questions whose answers differ; exits 1 if there are any")
    command.add_argument("old", type=Path)
    command.add_argument("new", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())

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
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import yaml

PROJECT: Final = Path(__file__).parent.parent
# Questions of each set (JSON lines, or YAML cases), and the folder of statements that they are asked over: below the
# project, else in the folder of texts that may not be published.
SETS: Final = {
    "seed": ("seed/questions.jsonl", "evals/conference"),
    "smoke": ("evals/conference/questions.yaml", "evals/conference"),
    "given": ("general_debate/questions.jsonl", "general_debate"),
    "dev": ("evals/datasets/dev.yaml", "general_debate"),
}
# The statement that ships with the product is part of this corpus.
_WITH_SAMPLE: Final = "evals/conference"
# Fields that differ from one run to the next although the answer is the same.
_VOLATILE: Final = ("timings_ms", "trace_id")
_DIGITS: Final = 4
# Rounded values of the same quantity may fall on either side of a half, such as 0.12345 and 0.12344999.
_TOLERANCE: Final = 1.5 * 10**-_DIGITS
_ABSENT: Final = object()
# A question as `untoc ask --from` takes it: id such as `dev/afg-2000-women`, question, history.
Question = Mapping[str, Any]


def read_questions(name: str, options: argparse.Namespace) -> list[Question]:
    """Returns the questions of a set, in the order of its file."""
    path = _found(SETS[name][0], options)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        records = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        records = yaml.load(text, Loader=yaml.CSafeLoader)["cases"]
    return [
        {
            "id": f"{name}/{own.get('id', own.get('qid'))}",
            "question": own["question"],
            "history": own.get("history") or [],
        }
        for own in records
    ]


def _found(name: str, options: argparse.Namespace) -> Path:
    shipped: Path = options.project / name
    return shipped if shipped.exists() else options.data / name


def spread(sets: Mapping[str, Sequence[Question]], count: int) -> dict[str, list[Question]]:
    """Returns at most `count` questions, as many of each set as of the others, evenly spaced within each.

    The same sets and count give the same questions; what a small set cannot give is taken from larger ones.
    """
    chosen: dict[str, list[Question]] = {}
    left = count
    # The smallest first, so that what they lack is known when the larger ones are shared out.
    for position, name in enumerate(sorted(sets, key=lambda name: len(sets[name]))):
        questions = sets[name]
        share = min(len(questions), left // (len(sets) - position))
        chosen[name] = [questions[index * len(questions) // share] for index in range(share)]
        left -= share
    return {name: chosen[name] for name in sets}


def _untoc(options: argparse.Namespace, *arguments: str) -> subprocess.Popen[str]:
    """Starts `untoc` with the settings' defaults, whatever `UNTOC_*` says outside."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UNTOC_")}
    environment |= {"PYTHONPATH": str(options.project), "PYTHONIOENCODING": "utf-8"}
    command = [str(options.untoc), *arguments]
    return subprocess.Popen(command, cwd=options.project, env=environment, stdout=subprocess.PIPE, encoding="utf-8")


def ask(questions: Sequence[Question], corpus: str, options: argparse.Namespace, stores: Path) -> Iterator[Any]:
    """Yields the answers, in the order of the questions; what the corpus's store holds already is not read again."""
    store = str(stores / Path(corpus).name)
    for arguments in ([str(_found(corpus, options))], *([["--sample"]] if corpus == _WITH_SAMPLE else [])):
        run = _untoc(options, "ingest", "--store", store, *arguments)
        run.communicate()
        if run.returncode:
            raise SystemExit(f"`untoc ingest {arguments[0]}` failed: see its message above")
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "questions.jsonl"
        lines = (json.dumps(question, ensure_ascii=False) for question in questions)
        asked.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        with _untoc(options, "ask", "--store", store, "--json", "--from", str(asked)) as run:
            yield from map(json.loads, run.stdout or ())


def canonical(answer: Mapping[str, Any]) -> str:
    """Returns an answer as one line of JSON: keys sorted, floats rounded, without what differs from run to run."""
    kept = {name: value for name, value in answer.items() if name not in _VOLATILE}
    rounded = json.loads(json.dumps(kept), parse_float=lambda text: round(float(text), _DIGITS))
    return json.dumps(rounded, ensure_ascii=False, sort_keys=True)


def first_difference(old: Any, new: Any, path: str = "$") -> str | None:  # noqa: ANN401 - any JSON values
    """Returns where two JSON values differ first and how, such as `$.claims[0].state: "XAA" → "XAB"`; None if equal."""
    match old, new:
        case dict(), dict():
            names = sorted(old.keys() | new.keys())
            pairs = [(f"{path}.{name}", old.get(name, _ABSENT), new.get(name, _ABSENT)) for name in names]
        case list(), list():
            zipped = zip_longest(old, new, fillvalue=_ABSENT)
            pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zipped)]
        case (float(), float() | int()) | (int(), float()):
            equal = math.isclose(old, new, rel_tol=0, abs_tol=_TOLERANCE)
            return None if equal else f"{path}: {old} → {new}"
        case _:
            return None if old == new and type(old) is type(new) else f"{path}: {_shown(old)} → {_shown(new)}"
    return next((found for pair in pairs if (found := first_difference(pair[1], pair[2], pair[0]))), None)


def _shown(value: object) -> str:
    text = "absent" if value is _ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:159]}…"


def compare(old: Path, new: Path) -> list[str]:
    """Returns a line for each question whose frozen answers differ, with the first path at which they do."""
    before, after = (
        {answer["id"]: answer for answer in map(json.loads, filter(None, path.read_text(encoding="utf-8").split("\n")))}
        for path in (old, new)
    )
    names = dict.fromkeys((*before, *after))
    found = ((name, first_difference(before.get(name, _ABSENT), after.get(name, _ABSENT))) for name in names)
    return [f"{name}  {difference}" for name, difference in found if difference is not None]


def freeze(options: argparse.Namespace, stores: Path) -> int:
    """Asks sets of questions and writes the frozen answers; returns how many."""
    sets = {name: read_questions(name, options) for name in options.set or SETS}
    if options.subset is not None:
        sets = spread(sets, options.subset)
    written, asked = 0, sum(map(len, sets.values()))
    with options.target.open("w", encoding="utf-8") as file:
        for name, questions in sets.items():
            for answer in ask(questions, SETS[name][1], options, stores):
                print(canonical(answer), file=file, flush=True)
                written += 1
    if written < asked:
        raise SystemExit(f"{asked - written} of {asked} questions were not answered: see the messages above")
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the script; returns 1 where answers differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("freeze", help="ask questions and write the answers, one JSON line each")
    command.add_argument("target", type=Path, help="file to write")
    command.add_argument("--set", action="append", choices=list(SETS), help="may be given again; default: all")
    command.add_argument("--subset", type=int, metavar="N", help="ask N questions only, spread over the sets")
    command.add_argument("--stores", type=Path, metavar="DIR", help="keep stores here for the next freeze")
    command.add_argument("--project", type=Path, default=PROJECT, help="checkout whose code answers; default: this one")
    untoc = Path(sys.executable).with_name("untoc")
    command.add_argument("--untoc", type=Path, default=untoc, help="default: that of this Python's environment")
    data = Path(os.environ.get("UNTOC_TEST_DATA", "."))
    command.add_argument("--data", type=Path, default=data, help="unpublished texts; default: UNTOC_TEST_DATA")
    command = commands.add_parser("compare", help="list the questions whose answers differ; exits 1 if there are any")
    command.add_argument("old", type=Path)
    command.add_argument("new", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "compare":
        differing = compare(options.old, options.new)
        print("\n".join(differing) if differing else "equal")
        return 1 if differing else 0
    options.project, options.data = options.project.resolve(), options.data.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        count = freeze(options, (options.stores or Path(temporary)).resolve())
    print(f"{count} answers frozen in {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

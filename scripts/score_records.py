"""Scores how meeting records are cut into interventions, against gold of who spoke what, file by file.

`python -m scripts.score_records DIR [--list]`; DIR holds `files/` and `gold/interventions.jsonl`: one line per
intervention in reading order, with `file`, `kind` (`state`, or `chair`, `officer`, `org`, which count as nobody),
`state`, `group` (a name, a code, or States joined by `+`; or null) and `text`. Words are compared without case and
punctuation; the file's words are aligned with the gold's by longest common subsequence. Then

* page furniture belongs to nobody, in the file and in the gold;
* right: interventions whose State (or nobody) and group are right, with at least 97 % of their gold words in one
  intervention that holds at most 3 % other words;
* groups: gold interventions made for a group, or for several States, that are found so;
* under its speaker: the share of the States' gold words that lie in interventions of that State;
* under another: the States' gold words, in runs of at least five, that lie in another State's intervention;
* order: the share of all gold words that the common subsequence holds, which falls where columns are mixed.

Files without gold are listed with what was found in them. With --list every intervention that is wrong is printed.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Final

import regex
import typer
from rapidfuzz.distance import LCSseq
from rich.console import Console
from rich.table import Table

from ingest.annotate import Annotator
from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from ingest.parties.party_table import PartyTable
from ingest.text.page_furniture import furniture_lines, running_heads, text_lines
from ingest.text.splitter import SplitConfig
from vectorstore.records import AnnotatedDocument, Statement

ENOUGH: Final = 0.97
_RUN: Final = 5
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+")
# A word with its start and end offset.
_Found = tuple[str, int, int]


@dataclass(frozen=True, kw_only=True)
class _Gold:
    """A gold intervention: who holds the position, for whom, and its words."""

    label: str
    states: frozenset[str]
    group: frozenset[str]
    words: tuple[str, ...]


def main(
    folder: Path, listed: Annotated[bool, typer.Option("--list", help="print the interventions that are wrong")] = False
) -> None:
    """Prints the table of a folder."""
    parties = PartyTable.load()
    # Stands in for the embedding model, with room for passages of any length: nothing is embedded.
    no_model = SimpleNamespace(fits=lambda texts: [True] * len(texts))
    annotator = Annotator(parties, SplitConfig(), no_model)
    gold = _read_gold(folder / "gold" / "interventions.jsonl", parties)
    table = Table("file", "found", "right", "groups", "under its speaker", "under another", "order")
    total, wrong = Counter[str](), list[str]()
    files = folder / "files"
    for path in sorted((*files.glob("records/*.*"), *files.glob("web/*.*"))):
        file = path.relative_to(files).as_posix()
        try:
            read = annotator.read(load(path, LoadLimits()), None, file=file, kind="statement", input_key="")
            document = annotator.annotate(read.document)
        except LoadError:
            table.add_row(file, "refused")
            continue
        counts, missed = score_file(document, gold.get(file, ()))
        found = sum(item.is_intervention for item in document.statements)
        if gold.get(file) or found:
            table.add_row(file, str(found), *_cells(counts))
        total += counts
        wrong += missed
    table.add_row("all", "", *_cells(total))
    console = Console(width=150)
    console.print(table)
    for line in wrong if listed else ():
        console.print(line, markup=False)


def score_file(document: AnnotatedDocument, gold: Sequence[_Gold]) -> tuple[Counter[str], list[str]]:
    """Returns (counts of one file against the gold of its interventions, what is wrong in words)."""
    text, items = document.document.source_text, document.statements
    found = list(_words(text))
    pages = _furniture(text, found)
    # The statement that holds each word, by its index.
    owners = [next((n for n, item in enumerate(items) if item.span.holds(start, end)), None) for _, start, end in found]
    # All gold words in reading order, the file's word that each is aligned with, and the intervention that has it.
    flat = [(number, word) for number, item in enumerate(gold) for word in item.words]
    place = _alignment(flat, [word for word, _, _ in found])
    counts = Counter(words=len(flat), aligned=len(place))
    size = Counter(owner for at, owner in enumerate(owners) if owner is not None and at not in pages)
    wanted, shared, run = Counter[int](), defaultdict[int, Counter[int]](Counter), 0
    for at, (number, _) in enumerate(flat):
        owner = owners[place[at]] if at in place else None
        if place.get(at) not in pages:
            wanted[number] += 1
            if owner is not None:
                shared[number][owner] += 1
        if states := gold[number].states:
            names = frozenset() if owner is None else _states_of(items[owner])
            run = run + 1 if names and not names & states else 0
            # A run of words under another State counts in full once it has `_RUN` words.
            another = _RUN if run == _RUN else int(run > _RUN)
            counts.update(spoken=1, own=bool(names & states), another=another)
    wrong = []
    for number, item in enumerate(gold):
        best, count = max(shared[number].items(), key=lambda pair: pair[1], default=(None, 0))
        heard = None if best is None else items[best]
        whole = best is not None and count >= ENOUGH * wanted[number] and count >= ENOUGH * size[best]
        right = whole and heard is not None and _is_named(heard, item)
        grouped = bool(item.group) and heard is not None and _group_of(heard) == item.group
        counts.update(gold=1, right=right, groups=bool(item.group), groups_right=grouped)
        if not right:
            other = 1 - count / max(1, size.get(best or 0, 1))
            holders = _states_of(heard) | _group_of(heard) if heard is not None else ["not found"]
            named, inside = "+".join(sorted(holders)) or "nobody", count / max(1, wanted[number])
            verdict = f"{number + 1} {item.label}: {named}, {inside:.2f} in, {other:.2f} other"
            wrong.append(f"{document.document.file} {verdict}")
    return counts, wrong


def _furniture(text: str, words: Sequence[_Found]) -> frozenset[int]:
    """Returns the indices of words of page furniture, which are nobody's, whether or not the gold has them."""
    lines = text_lines(text)
    pages = furniture_lines(lines, running_heads(text))
    chars = {at for line, is_page in zip(lines, pages, strict=True) if is_page for at in range(line.start, line.end)}
    return frozenset(at for at, (_, start, end) in enumerate(words) if {start, end - 1} <= chars)


def _alignment(gold: Sequence[tuple[int, str]], found: Sequence[str]) -> dict[int, int]:
    """Returns the file's word for each gold word, by index, along their longest common subsequence."""
    blocks = LCSseq.opcodes([word for _, word in gold], found).as_matching_blocks()
    place = {block.a + n: block.b + n for block in blocks for n in range(block.size)}
    # Of equal words the one before its aligned successor: "The" of "The Assembly", not of "The President:" before it.
    for at in reversed(range(len(gold) - 1)):
        beside = place.get(at + 1, 0) - 1
        number, word = gold[at]
        if at in place and number == gold[at + 1][0] and place[at] < beside and found[beside] == word:
            place[at] = beside
    return place


def _states_of(item: Statement) -> frozenset[str]:
    """Returns the State of the delegate who speaks, and those that hold the position with it."""
    speaker = item.span.state or item.metadata.state
    return frozenset(code for code in (speaker, *(item.metadata.held_by or ())) if code is not None)


def _group_of(item: Statement) -> frozenset[str]:
    """Returns the group that a statement is made for, or the States that hold it together."""
    return frozenset(code for code in (item.metadata.on_behalf_of, *(item.metadata.held_by or ())) if code is not None)


def _is_named(heard: Statement, gold: _Gold) -> bool:
    if not gold.states:
        return heard.metadata.state is None
    return gold.states <= _states_of(heard) and _group_of(heard) == gold.group


def _words(text: str) -> Iterator[_Found]:
    return ((found.group().casefold(), *found.span()) for found in _WORD.finditer(text))


def _read_gold(path: Path, parties: PartyTable) -> dict[str, list[_Gold]]:
    gold: dict[str, list[_Gold]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        codes = [row["state"]] if row["kind"] == "state" else []
        names = (row["group"] or "").split("+") if codes else []
        groups = [parties.resolve(name).codes or parties.resolve(name.upper()).codes for name in names if name]
        group, words = frozenset(chain.from_iterable(groups)), tuple(word for word, _, _ in _words(row["text"]))
        gold[row["file"]].append(_Gold(label=row["label"], states=frozenset(codes), group=group, words=words))
    return gold


def _cells(counts: Counter[str]) -> tuple[str, ...]:
    own, order = (
        f"{counts[part] / counts[whole]:.4f}" if counts[whole] else "—"
        for part, whole in (("own", "spoken"), ("aligned", "words"))
    )
    right, groups = f"{counts['right']}/{counts['gold']}", f"{counts['groups_right']}/{counts['groups']}"
    return right, groups, own, str(counts["another"]), order


if __name__ == "__main__":
    typer.run(main)

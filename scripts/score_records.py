"""Measures how records are read against gold of who spoke what, file by file.

`python -m scripts.score_records DIR [--list]`; DIR holds `files/` and `gold/interventions.jsonl`: one line per
intervention in the order of reading, with `file`, `kind` (`state`, or `chair`, `officer`, `org`, who are nobody),
`state`, `group` (a name, a code, or States joined by `+`; null) and `text`. Words are compared without case and
punctuation; the file's words are aligned with the gold's by longest common subsequence. Then

* page furniture counts as nobody's word on both sides;
* right: interventions whose State (or nobody) and group are right, with at least 97 % of their gold words in one
  intervention that holds at most 3 % other words;
* groups: gold interventions made for a group, or for several States, that are found so;
* under its speaker: the share of the States' gold words that lie in interventions of that State;
* under another: the States' gold words, in runs of at least five, that lie in another State's intervention;
* mid-sentence: sentences of States' interventions that may be quoted, as verification tells, and begin after a word
  of the same gold intervention that ends no sentence, clause or heading, or in lower case without a list mark; of all;
* order: the share of all gold words that the common subsequence holds, which falls where columns are mixed.

Files without gold are listed with what was found in them. With --list every intervention that is wrong is printed.
"""

import argparse
import json
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import regex
from rapidfuzz.distance import LCSseq
from rich.console import Console
from rich.table import Table

from ingest.annotate import Annotator
from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from ingest.parties.party_table import PartyTable
from ingest.text.furniture import furniture_lines, running_heads, text_lines
from ingest.text.splitter import SplitConfig
from ingest.text.wholeness import is_whole
from vectorstore.records import AnnotatedDocument, Sentence, Statement

ENOUGH: Final = 0.97
_RUN: Final = 5
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+")
_CLOSED: Final = regex.compile(r"""[.!?;:…。！？；：؟؛—–][\p{Pf}\p{Pe}"'”’»\d]*\s*$""")
_NOTE: Final = regex.compile(r"\s*\([^()]*\)\s*$")
_LIST_MARK: Final = regex.compile(r"[(\[]?[\p{L}\p{N}]{1,4}[.)\]]|[-•–—*]")


class _NoModel:
    """Takes passages of any length: scoring records embeds none."""

    window = sys.maxsize

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1] * len(texts)


@dataclass(kw_only=True)
class Score:
    """Counts of one file, or of several; see the module for what they mean."""

    gold: int = 0
    right: int = 0
    groups: int = 0
    groups_right: int = 0
    spoken: int = 0
    own: int = 0
    another: int = 0
    sentences: int = 0
    cut: int = 0
    words: int = 0
    aligned: int = 0
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class _Gold:
    """A gold intervention: who holds the position, for whom, and its words with where each begins and ends."""

    label: str
    states: frozenset[str]
    group: frozenset[str]
    text: str
    words: tuple[tuple[str, int, int], ...]


def main() -> int:
    """Prints the table of a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="print the interventions that are wrong")
    options = parser.parse_args()
    parties = PartyTable.load()
    annotator = Annotator(parties, SplitConfig(), _NoModel())
    gold = _read_gold(options.folder / "gold" / "interventions.jsonl", parties)
    columns = ("right", "groups", "under its speaker", "under another", "mid-sentence", "order")
    table = Table("file", "found", *columns)
    total = Score()
    files = options.folder / "files"
    for path in sorted(path for folder in (files / "records", files / "web") for path in folder.glob("*.*")):
        file = path.relative_to(files).as_posix()
        try:
            document = _annotated(annotator, path, file)
        except LoadError:
            table.add_row(file, "refused")
            continue
        score = score_file(document, gold.get(file, ()))
        if gold.get(file) or _interventions(document):
            table.add_row(file, str(len(_interventions(document))), *_cells(score))
        total += score
    table.add_row("all", "", *_cells(total))
    console = Console(width=150)
    console.print(table)
    for line in total.wrong if options.list else ():
        console.print(line, markup=False)
    return 0


def score_file(document: AnnotatedDocument, gold: Sequence[_Gold]) -> Score:
    """Measures one file against the gold of its interventions."""
    items, text = document.statements, document.document.source_text
    found = list(_words(text))
    owner = _owners(items, found)
    flat = [(number, word) for number, item in enumerate(gold) for word, _, _ in item.words]
    place = _alignment(flat, [word for word, _, _ in found])
    score = Score(gold=len(gold), words=len(flat), aligned=len(place))
    furniture = _furniture(text, found)
    size = Counter(held for at, held in enumerate(owner) if held is not None and at not in furniture)
    wanted = Counter(number for at, (number, _) in enumerate(flat) if place.get(at) not in furniture)
    shared: dict[int, Counter[int]] = defaultdict(Counter)
    for at, (number, _) in enumerate(flat):
        if at in place and place[at] not in furniture and (held := owner[place[at]]) is not None:
            shared[number][held] += 1
    for number, item in enumerate(gold):
        best, count = max(shared[number].items(), key=lambda pair: pair[1], default=(None, 0))
        heard = None if best is None else items[best]
        whole = best is not None and count >= ENOUGH * wanted[number] and count >= ENOUGH * size[best]
        is_named = heard is not None and _is_named(heard, item)
        score.right += whole and is_named
        if item.group:
            score.groups += 1
            score.groups_right += heard is not None and _group_of(heard) == item.group
        if not (whole and is_named):
            inside = f"{count / max(1, wanted[number]):.2f} in, {1 - count / max(1, size.get(best or 0, 1)):.2f} other"
            score.wrong.append(f"{document.document.file} {number + 1} {item.label}: {_holder(heard)}, {inside}")
    _count_words(score, items, gold, flat, owner, place)
    _count_sentences(score, document, items, gold, found, flat, place)
    return score


def _count_words(
    score: Score,
    items: Sequence[Statement],
    gold: Sequence[_Gold],
    flat: Sequence[tuple[int, str]],
    owner: Sequence[int | None],
    place: Mapping[int, int],
) -> None:
    run: list[bool] = []
    for at, (number, _) in enumerate(flat):
        item = gold[number]
        if not item.states:
            continue
        score.spoken += 1
        held = owner[place[at]] if at in place else None
        names = frozenset() if held is None else _states_of(items[held])
        score.own += bool(names & item.states)
        others = bool(names) and not names & item.states
        run = [*run, True] if others else []
        score.another += _RUN if len(run) == _RUN else len(run) > _RUN


def _count_sentences(
    score: Score,
    document: AnnotatedDocument,
    items: Sequence[Statement],
    gold: Sequence[_Gold],
    found: Sequence[tuple[str, int, int]],
    flat: Sequence[tuple[int, str]],
    place: Mapping[int, int],
) -> None:
    spoken = {item.statement_id: item for item in items if item.metadata.state is not None}
    heads = running_heads(document.document.source_text)
    first_word = {start: index for index, (_, start, _) in enumerate(found)}
    back = {index: at for at, index in place.items()}
    begins = [at for at, (number, _) in enumerate(flat) if at == 0 or flat[at - 1][0] != number]
    text = document.document.source_text
    for sentence in document.sentences:
        item = spoken.get(sentence.statement_id)
        if item is None or not is_whole(item, sentence.start, sentence.end, heads):
            continue
        score.sentences += 1
        lower = sentence.text[:1].islower() and not _LIST_MARK.match(sentence.text)
        lower = lower and text[: sentence.start].rstrip()[-1:] not in ":;"
        if lower or _is_cut(sentence, text, first_word, back, begins, flat, gold):
            score.cut += 1
            score.wrong.append(f"{document.document.file} begins in mid-sentence: {sentence.text[:90]!r}")


def _is_cut(
    sentence: Sentence,
    text: str,
    first_word: Mapping[int, int],
    back: Mapping[int, int],
    begins: Sequence[int],
    flat: Sequence[tuple[int, str]],
    gold: Sequence[_Gold],
) -> bool:
    word = _WORD.search(text, sentence.start)
    at = None if word is None or _LIST_MARK.match(sentence.text) else back.get(first_word.get(word.start(), -1))
    if at is None or at in begins or word is None:
        return False
    number = flat[at][0]
    inside = at - next(first for first in reversed(begins) if first <= at)
    item = gold[number]
    # Without notes such as "(spoke in French)".
    before = _NOTE.sub("", item.text[: item.words[inside][1]])[-40:]
    capitals = item.text[item.words[inside - 1][1] : item.words[inside - 1][2]].isupper()
    return not _CLOSED.search(before.rstrip("\"'“‘«([ \n")) and not capitals


def _interventions(document: AnnotatedDocument) -> list[Statement]:
    return [item for item in document.statements if item.is_intervention]


def _owners(items: Sequence[Statement], words: Sequence[tuple[str, int, int]]) -> list[int | None]:
    spans = [(item.span.start, item.span.end, number) for number, item in enumerate(items)]
    held = [next((n for first, last, n in spans if first <= start and end <= last), None) for _, start, end in words]
    return [
        number if number is not None and items[number].holds(start, end) else None
        for number, (_, start, end) in zip(held, words, strict=True)
    ]


def _furniture(text: str, words: Sequence[tuple[str, int, int]]) -> frozenset[int]:
    """Returns which words are page furniture, by place; they are nobody's, whether or not the gold has them."""
    lines = text_lines(text)
    pages = furniture_lines(lines, running_heads(text))
    spans = [(line.start, line.end) for line, is_page in zip(lines, pages, strict=True) if is_page]
    starts = [start for start, _ in spans]
    return frozenset(
        at
        for at, (_, start, end) in enumerate(words)
        if (index := bisect_right(starts, start) - 1) >= 0 and end <= spans[index][1]
    )


def _alignment(gold: Sequence[tuple[int, str]], found: Sequence[str]) -> dict[int, int]:
    """Returns the place of each gold word in the file, as far as both have it in the same order."""
    place: dict[int, int] = {}
    for code in LCSseq.opcodes([word for _, word in gold], found):
        if code.tag == "equal":
            place.update(zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True))
    # Of two equal words the one beside its neighbour: "The" of "The Assembly" and not of "The President:" before it.
    for at in reversed(range(len(gold) - 1)):
        beside = place.get(at + 1, 0) - 1
        number, word = gold[at]
        if at in place and number == gold[at + 1][0] and place[at] < beside and found[beside] == word:
            place[at] = beside
    return place


def _states_of(item: Statement) -> frozenset[str]:
    """Returns who speaks: the State of the delegate, and those that hold the position with it."""
    speaker = item.span.state or item.metadata.state
    return frozenset(code for code in (speaker, *(item.metadata.held_by or ())) if code is not None)


def _group_of(item: Statement) -> frozenset[str]:
    """Returns the group that a statement is made for, or the States that hold it together."""
    return frozenset(code for code in (item.metadata.on_behalf_of, *(item.metadata.held_by or ())) if code is not None)


def _is_named(heard: Statement, gold: _Gold) -> bool:
    if not gold.states:
        return heard.metadata.state is None
    return gold.states <= _states_of(heard) and _group_of(heard) == gold.group


def _holder(heard: Statement | None) -> str:
    if heard is None:
        return "not found"
    return "+".join(sorted(_states_of(heard) | _group_of(heard))) or "nobody"


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    return ((found.group().casefold(), *found.span()) for found in _WORD.finditer(text))


def _read_gold(path: Path, parties: PartyTable) -> dict[str, list[_Gold]]:
    gold: dict[str, list[_Gold]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        codes = [row["state"]] if row["kind"] == "state" else []
        names = (row["group"] or "").split("+") if codes else []
        groups = [parties.resolve(name).codes or parties.resolve(name.upper()).codes for name in names if name]
        gold[row["file"]].append(
            _Gold(
                label=row["label"],
                states=frozenset(codes),
                group=frozenset(code for found in groups for code in found),
                text=row["text"],
                words=tuple(_words(row["text"])),
            )
        )
    return gold


def _annotated(annotator: Annotator, path: Path, file: str) -> AnnotatedDocument:
    loaded = load(path, LoadLimits())
    return annotator.annotate(annotator.read(loaded, None, file=file, kind="statement", input_key="").document)


def _cells(score: Score) -> tuple[str, ...]:
    return (
        f"{score.right}/{score.gold}",
        f"{score.groups_right}/{score.groups}",
        f"{score.own / score.spoken:.4f}" if score.spoken else "—",
        str(score.another),
        f"{score.cut}/{score.sentences}",
        f"{score.aligned / score.words:.4f}" if score.words else "—",
    )


if __name__ == "__main__":
    sys.exit(main())

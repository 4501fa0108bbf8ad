"""Reading repair changes white space, line-end hyphens and page furniture, and nothing else."""

import csv
import gzip
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text.canonical_form import squash
from ingest.text.layout import find_blocks
from ingest.text.page_furniture import is_furniture, running_heads
from ingest.text.readable import ReadableText, readable
from ingest.text.repair import ELLIPSIS, repair
from tests.cases import Cases
from vectorstore.records import Edit

cases = Cases(__file__)

SEED = (files("ingest") / "sample" / "000_6237221ecf9e9373.txt").read_text(encoding="utf-8")
JUDGEMENTS = Path(__file__).with_name("repair_judgements.csv")
PIECES = st.sampled_from(
    [
        "\n", "\n\n", " \n", "\f", "\r\n", "  ", "\t", " ", "\u00a0", "\n4\n", "\n\n57 10-54965 \n\n",
        "Mr. Chair,", "We agree.", "peace-", "keeping", "co-\noperation", "self-\ndetermination",
        "short-\nand ", "我们支持", "中文。", "A/70/PV.16 29/09/2015", "\x00", "[…]", " […] ", "نحن ندعم",
        "(a) first;", "itsgreat", "peace.In", "inf licted", "-", "\u00ad\n", "ﬁnal", "e\u0301", "\u0301",
        "½", "Head of page", "theGovernment", "\u2028", "\u200b",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join) | st.just(SEED)
LANGUAGES = st.sampled_from(["en", "fr", "zh", None])


def repaired(text: str, language: str | None = "en", names: frozenset[str] = frozenset()) -> ReadableText:
    return ReadableText(text, repair(text, find_blocks(text), language=language, names=names))


def mended(text: str, language: str | None = "en", names: frozenset[str] = frozenset()) -> str:
    return repaired(text, language, names).text


def assert_same_words(source: str, edits: tuple[Edit, ...], start: int, end: int, heads: frozenset[str]) -> None:
    quote = readable(source, edits, start, end)
    inside = [e for e in edits if e.kind == "furniture" and start <= e.start and e.end <= end]
    if not inside:
        assert squash(quote) == squash(source[start:end])
        return
    bounds = [start, *(edge for e in inside for edge in (e.start, e.end)), end]
    squashed = squash(source[start:end])
    position = 0
    for first, last in zip(bounds[::2], bounds[1::2], strict=True):
        # A hyphen at the edge of a part may be between two letters in the whole, which omits it: "peace-\nA/70/PV.16".
        part = squash(readable(source, edits, first, last)).strip("-")
        position = squashed.index(part, position) + len(part)
    for edit in inside:
        at_edge = not source[: edit.start].strip() or not source[edit.end :].strip()
        assert at_edge or is_furniture(source[edit.start : edit.end], heads)
    expected = [readable(source, edits, a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    assert quote == "".join(part + (inside[i].text if i < len(inside) else "") for i, part in enumerate(expected))


@given(TEXTS, LANGUAGES, st.data())
@settings(max_examples=3 * settings.default.max_examples)
def test_every_span_keeps_its_words(text: str, language: str | None, data: st.DataObject) -> None:
    edits = repair(text, find_blocks(text), language=language)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    heads = running_heads(text)
    assert_same_words(text, edits, start, end, heads)
    assert_same_words(text, edits, 0, len(text), heads)
    assert all(first.end <= second.start for first, second in pairwise(edits))


def test_a_hyphen_before_furniture_keeps_its_words() -> None:
    text = "peace-\u00ad\nA/70/PV.16 29/09/2015"
    assert_same_words(text, repaired(text).edits, 0, len(text), running_heads(text))
    assert ELLIPSIS not in mended("the right of self-\nA/70/PV.16\ndetermination")


@given(TEXTS)
def test_readable_text_equals_readable_and_its_map_points_to_the_same_characters(text: str) -> None:
    whole = repaired(text)
    assert whole.text == readable(text, whole.edits)
    changed = {place for e in whole.edits for place in range(e.start, e.end)}
    for position in range(len(text)):
        if position not in changed and not any(e.start == position for e in whole.edits):
            assert whole.text[whole.to_readable(position)] == text[position]
            assert whole.to_source_span(*2 * (whole.to_readable(position),))[0] == position
    places = [whole.to_source_span(position, position)[0] for position in range(len(whole.text) + 1)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


def test_spans_map_to_source_and_back() -> None:
    text = "We thank the Chair for itsgreat\nwork on peace-\nkeeping.In this we agree."
    whole = repaired(text)
    for words in ("its", "great", "great work", "keeping.", "In this"):
        written = words.replace(" w", "\nw")
        start = whole.text.index(words)
        span = whole.to_source_span(start, start + len(words))
        assert text[slice(*span)] == written
        assert whole.between(*span) == words


def test_the_seed_is_mended_without_a_wrong_insertion() -> None:
    whole = repaired(SEED)
    glued = [e for e in whole.edits if e.kind == "glue"]
    text = " ".join(whole.text.split())
    for words in cases["test_the_seed_is_mended_without_a_wrong_insertion"]:  # fmt: skip
        assert words in text
    assert len(glued) == 25
    assert {e.kind for e in whole.edits} == {"wrap", "glue"}


@cases("word")
@pytest.mark.parametrize("frame", ["{} agrees with us.", "We agree with {} on this.", "We agree; {} does too."])
def test_names_acronyms_and_rare_words_are_never_split(word: str, frame: str) -> None:
    assert mended(frame.format(word)) == frame.format(word)


def test_given_names_are_never_split() -> None:
    assert mended("We live in theland of hope.") == "We live in the land of hope."
    assert mended("We live in theland of hope.", names=frozenset({"Theland"})) == "We live in theland of hope."
    assert mended("In Theland, in Theland, we say theland.") == "In Theland, in Theland, we say theland."


@cases("text", "language", "read", at_once=True)
def test_text_reads_as_it_was_meant(text: str, language: str | None, read: str) -> None:
    assert mended(text, language) == read


def test_a_block_of_furniture_maps_to_no_readable_text() -> None:
    text = "We agree with the Chair.\n\n57 10-54965\n\nWe thank the Chair."
    whole = repaired(text)
    before, page, after = find_blocks(text)
    assert whole.to_readable(page.start) == whole.to_readable(page.end) == whole.text.index("We thank")
    assert whole.text[: whole.to_readable(before.end)] == "We agree with the Chair."
    assert whole.text[whole.to_readable(after.start) :] == "We thank the Chair."


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["en", None])
@pytest.mark.parametrize(
    "text",
    ["", " \n\t\f ", "\x00\x00", "x" * 1_000_000, "word " * 200_000, "\u202bنحن\u202c " * 10_000, "[…]", "a [ …] b",
     "ofthe " * 20_000, "-\n" * 20_000, "4\n" * 20_000],
)  # fmt: skip
def test_repair_takes_odd_texts(text: str, language: str | None) -> None:
    whole = repaired(text, language)
    assert squash(whole.text) == squash(text)


@cache
def _judgements() -> dict[tuple[str, int, str], str]:
    with JUDGEMENTS.open(encoding="utf-8", newline="") as rows:
        return {(r["file"], int(r["offset"]), r["sha256_of_token"]): r["verdict"] for r in csv.DictReader(rows)}


def _token_hash(source: str, edit: Edit) -> str:
    start, end = edit.start, edit.end
    while start > 0 and not source[start - 1].isspace():
        start -= 1
    while end < len(source) and not source[end].isspace():
        end += 1
    return hashlib.sha256(source[start:end].encode()).hexdigest()


def _insertions(file: str, source: str) -> Iterator[tuple[str, int, str]]:
    for edit in repaired(source).edits:
        if edit.kind in ("glue", "cut"):
            yield file, edit.start, _token_hash(source, edit)


def _texts(data: Path, wanted: set[str]) -> Iterator[tuple[str, str]]:
    for path in sorted((data / "general_debate" / "txt").glob("*.txt")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted((data / "scale").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if (found := re.match(r'\{"id": "([^"]+)"', line)) and f"scale:{found.group(1)}" in wanted:
                    yield f"scale:{found.group(1)}", json.loads(line)["text"]


@pytest.mark.slow
@pytest.mark.skipif("UNTOC_TEST_DATA" not in os.environ, reason="UNTOC_TEST_DATA names no folder of real speeches")
def test_insertions_in_real_speeches_are_right() -> None:
    judged = _judgements()
    texts = _texts(Path(os.environ["UNTOC_TEST_DATA"]), {file for file, _, _ in judged})
    made = [insertion for file, source in texts for insertion in _insertions(file, source)]
    verdicts = Counter(judged.get(insertion, "unjudged") for insertion in made)
    assert verdicts["right"] + verdicts["wrong"] >= 200
    assert verdicts["right"] / (verdicts["right"] + verdicts["wrong"]) >= 0.99
    assert verdicts["unjudged"] <= 0.05 * len(made)

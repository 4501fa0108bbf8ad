"""Whole quotations: no span that cuts a sentence counts as whole, in any of the fictional and real records."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.annotate import Annotator
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from ingest.parties.party_table import PartyTable
from ingest.records.interventions import Intervention, record_report
from ingest.text.splitter import SplitConfig
from ingest.text.whole_quotations import edges, is_whole
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes import HashingEmbedder
from vectorstore.records import Block, Document, Metadata, StatementSpan

cases = Cases(__file__)

MADE = sorted((PROJECT / "tests" / "data" / "records").glob("*.txt"))
REAL = sorted(Path(os.environ.get("UNTOC_TEST_DATA", "/nowhere"), "real", "files", "records").glob("*.*"))
ENDS = ".!?…。！？؟:;：；؛"
MARKS = "\"“”«»„‘’'()[]*- \t\n"


def statement(text, *, span=None):
    blocks = (Block(start=0, end=len(text), paragraph=1),)
    document = Document(
        document_id="s", file="a.txt", sha256="0", source_text=text, metadata=Metadata(), blocks=blocks
    )  # fmt: skip
    return replace(document.as_statement(), span=span) if span else document.as_statement()


@pytest.mark.parametrize(("paragraph", "edge"), [(None, None), (2, "sentence")])
def test_what_goes_on_below_a_note_in_lower_case_is_cut_and_a_paragraph_in_lower_case_is_not(paragraph, edge):
    parts = ("It falls to us to", "3 Orren, Letter, p. 8.", "show patience. We agree.")
    text, start = "\n\n".join(parts), len("\n\n".join(parts[:2])) + 2
    starts = (0, len(parts[0]) + 2, start)
    blocks = tuple(
        Block(start=begin, end=begin + len(part), paragraph=number)
        for begin, part, number in zip(starts, parts, (1, paragraph, 3), strict=True)
    )
    source = statement(text)
    source = replace(source, document=replace(source.document, blocks=blocks))
    assert edges(source, start, start + len("show patience."))[0] == edge


def spoken(text, start, interruptions=()):
    return StatementSpan(start=start, end=len(text), named="Ms. Ferro (Belmora)", interruptions=interruptions)


@cases("text", "words", "expected", tuples=True, at_once=True)
def test_edges_of_a_span(text, words, expected):
    start = text.index(words)
    assert edges(statement(text), start, start + len(words)) == expected


def test_a_speech_that_begins_in_lower_case_has_lost_words():
    text = "Ms. Ferro (Belmora): made in the Council. We agree."
    source = statement(text, span=spoken(text, text.index("made")))
    assert not is_whole(source, source.span.start, text.index(" We"))
    item = Intervention(start=21, end=len(text), role="party", named="Ms. Ferro", summarised=False, state="XAB")
    assert record_report([item], text).endswith("begins in lower case, so that words may be missing: Ms. Ferro")


def test_what_the_record_puts_between_is_passed_over():
    text = "We agree. It is (spoke in French) late."
    note = (text.index("("), text.index(")") + 1)
    source = statement(text, span=spoken(text, 0, (note,)))
    assert edges(source, text.index("late"), len(text))[0] is None
    assert not source.span.holds(0, len(text))


@pytest.mark.heavy
@pytest.mark.parametrize("path", [*MADE, *REAL], ids=lambda path: path.name)
def test_every_sentence_of_a_record_that_may_be_cited_is_whole(path, parties):
    annotator = Annotator(parties if path in MADE else PartyTable.load(), SplitConfig(), HashingEmbedder())
    read = annotator.read(load(path, LoadLimits()), None, file=path.name, kind="record", input_key="")
    record = annotator.annotate(read.document)
    items = {item.statement_id: item for item in record.statements if item.metadata.state is not None}
    text = record.document.source_text
    spoken = [sentence for sentence in record.sentences if sentence.statement_id in items]
    whole = [s for s in spoken if is_whole(items[s.statement_id], s.start, s.end)]
    assert len(whole) >= 0.99 * len(spoken) > 0
    for sentence in whole:
        first = text[sentence.start : sentence.end].lstrip(MARKS)[:1]
        before = text[: sentence.start].rstrip(MARKS)[-1:]
        # An independent rule: a whole sentence in lower case follows a stop or colon, or begins an item of a list.
        item = text[sentence.start : sentence.end].lstrip()[:1] in "(-•–" or text[sentence.start + 1] in ").°"
        assert not first.islower() or before in ENDS or item

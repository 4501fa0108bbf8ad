"""Blocks, paragraphs and how lines flow, on the seed statement and on fictional texts."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.layout import ends_sentence, find_blocks, holds_sentence_end
from tests.cases import Cases

cases = Cases(__file__)

SEED = (files("ingest") / "sample" / "000_6237221ecf9e9373.txt").read_text(encoding="utf-8")
WRAPPED = cases["WRAPPED"]
PIECES = cases["PIECES"]


@cases("words", "paragraph", at_once=True)
def test_paragraphs_of_the_seed_are_numbered_after_joining_double_spaced_lines(words, paragraph):
    at = SEED.index(words)
    assert [block.paragraph for block in find_blocks(SEED) if block.start <= at < block.end] == [paragraph]


@cases("text", "ends", at_once=True)
def test_ends_sentence_knows_stops_that_end_none(text, ends):
    assert ends_sentence(text) is ends


@cases("text", "holds", at_once=True)
def test_holds_sentence_end_ignores_abbreviations_and_numbers(text, holds):
    assert holds_sentence_end(text) is holds


def test_blocks_end_at_blank_lines_and_form_feeds():
    text = "Statement by Ruritania\n\nWe agree. Thank you.\fWe also\nsupport it. \n \t\nOne more."
    found = [(text[b.start : b.end], b.paragraph) for b in find_blocks(text)]
    assert found == [
        ("Statement by Ruritania", None), ("We agree. Thank you.", 1), ("We also\nsupport it.", 2), ("One more.", 3),
    ]  # fmt: skip


def test_rows_of_figures_behind_the_first_paragraph_are_paragraphs():
    table = "Year\tReceived\n\n2018\t54\n\n2019\t\t61"
    text = f"Session\t10\n\nItem\t4\n\nWe agree.\n\n{table}\n\nTotals in thousands\n\nSession\t10\n\nThank you."
    assert [block.paragraph for block in find_blocks(text)] == [None, None, 1, None, 2, 3, None, None, 4]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_blocks_are_the_same_for_every_kind_of_line_break(newline):
    text = "A heading\n\nWe agree\nto it.\n\nThank you.".replace("\n", newline)
    assert [b.paragraph for b in find_blocks(text)] == [None, 1, 2]


@pytest.mark.parametrize("between", ["\n\n", "\n\n12\n\n", "\n \n\n27 10-54965 \n \n", "\n\f"])
def test_a_block_continues_where_a_page_break_cuts_a_sentence(between):
    blocks = find_blocks(WRAPPED.rstrip() + between + "calls for their use by all.\n\nRuritania is ready.")
    assert blocks[0].continues is False
    assert all(block.continues for block in blocks[1:-1])
    assert blocks[-1].continues is False
    assert [b.paragraph for b in blocks if b.paragraph] == [1, 2, 3]


@cases("text", "paragraphs")
def test_a_finished_sentence_headings_and_salutations_do_not_flow_on(text, paragraphs):
    assert [(b.paragraph, b.continues) for b in find_blocks(text)] == [(number, False) for number in paragraphs]


def test_furniture_inside_a_block_stands_apart_and_keeps_the_paragraph():
    text = "".join(f"{WRAPPED}{page}\nexpects more. " for page in (4, 5))
    blocks = find_blocks(text)
    assert [b.paragraph for b in blocks] == [1, None, 1, None, 1]
    assert [text[b.start : b.end] for b in blocks if b.paragraph is None] == ["4", "5"]


def test_double_spaced_lines_are_joined_only_where_they_flow():
    text = (
        "Ruritania attaches great importance to the work of the Conference and\n\n"
        "to the full implementation of the Convention by all of its States\n\n"
        "Parties, and supports the review mechanism.\n\n"
        "We also thank the Secretariat for the preparation of the documents and\n\n"
        "for the support that it gives to developing countries in this field of\n\ncooperation."
    )
    assert [(b.paragraph, text[b.start :][:4]) for b in find_blocks(text)] == [(1, "Ruri"), (2, "We a")]
    # Paragraphs of one line each are not double-spaced lines.
    text = "\n\n".join(["We agree with the Chair of the Conference."] * 8)
    assert [b.paragraph for b in find_blocks(text)] == list(range(1, 9))


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_blocks_cover_all_text_in_order(text):
    blocks = find_blocks(text)
    position = 0
    for block in blocks:
        assert not text[position : block.start].strip()
        assert not text[block.start].isspace() and not text[block.end - 1].isspace()
        position = block.end
    assert not text[position:].strip()
    numbers = [b.paragraph for b in blocks if b.paragraph]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, max(numbers, default=0) + 1))


@pytest.mark.parametrize("text", ["", " \n\t\f\r\n ", "\x00", "x" * 1_000_000, "word " * 200_000, "\n" * 200_000])
def test_find_blocks_takes_odd_texts(text):
    assert len(find_blocks(text)) == bool(text.strip())

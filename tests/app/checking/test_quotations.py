import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checking.quotations import find_quotations
from app.checking.reading.blocks import CheckedBlock, make_document
from app.checking.reading.documents import read_pasted
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)

WORDS = "the lighthouse keepers count their lamps twice"


def quotes(text: str) -> list[str]:
    return [quotation.text for quotation in find_quotations(read_pasted(text)).found]


@cases("marked", at_once=True)
def test_words_are_found_in_every_kind_of_marks(marked):
    assert quotes(f"They said: {marked.format(WORDS)}, and left.") == [WORDS]


@cases("text")
def test_apostrophes_and_inches_are_no_quotation_marks(text):
    assert quotes(text) == []


def test_marks_within_a_quotation_do_not_end_it():
    assert quotes("It said: ‘The keepers’ lamps aren’t counted, and the States’ duty stands.’ Then it left.") == [
        "The keepers’ lamps aren’t counted, and the States’ duty stands."
    ]
    first, second = 'We call it a “duty of all”, and ‘no less’, and "a burden" as well.', 'One "inner" word here is.'
    assert quotes(f'It said: “{first}” And: "{second}"') == [first, second]


@cases("text")
def test_a_quotation_runs_over_paragraphs(text):
    assert quotes(text) == ["The keepers count their lamps.\n\nThey do so twice a year.\n\nNo lamp is lost."]


def test_a_mark_that_is_never_closed_is_read_to_the_end_of_its_paragraph_and_says_so():
    found = find_quotations(read_pasted("It said: “The keepers count their lamps twice.\n\nThen it left.")).found
    assert [(q.text, q.reading_remark) for q in found] == [("The keepers count their lamps twice.", "not_closed")]


def test_a_paragraph_that_is_set_off_is_a_quotation_without_its_note_mark_or_line_of_attribution():
    assert quotes(f"As follows:\n\n> {WORDS}. [3]\n\n> “{WORDS}” [4]") == [f"{WORDS}.", WORDS]
    assert quotes(f"> {WORDS}.\n>\n> — Freedonia, 2000") == [f"{WORDS}."]
    assert quotes(f"> {WORDS}.\n> — Freedonia, 2000") == [f"{WORDS}."]
    # A sentence after a dash, or the last of several items, is part of the quotation and no attribution.
    assert quotes(f"> {WORDS}.\n> — And we pay for it with joy.") == [f"{WORDS}. — And we pay for it with joy."]
    assert quotes(f"> {WORDS}:\n> – The fund\n> – The registry") == [f"{WORDS}: – The fund – The registry"]


def test_time_for_a_row_of_note_numbers_grows_with_its_length():
    def seconds(numbers: int) -> float:
        text = "> " + "words " + "¹" * numbers + "x"
        began = time.process_time()
        quotes(text)
        return time.process_time() - began

    seconds(3)
    # For four times the length, quadratic time would be 16 times as long.
    assert seconds(600) < 10 * seconds(150) + 0.2


@cases("text", "reason", at_once=True)
def test_what_quotes_nobody_is_left_out_with_a_reason(text, reason):
    found = find_quotations(read_pasted(text))
    assert found.found == () and len(found.skipped) == 1 and reason in str(found.skipped[0].reason)


@cases("text", at_once=True)
def test_words_that_somebody_is_said_to_speak_are_checked(text):
    assert len(quotes(text)) == 1


def test_table_cells_do_not_run_into_each_other():
    cells = [
        CheckedBlock(text="“The first is not closed at all", kind="cell"),
        CheckedBlock(text="the second has a mark”", kind="text"),
    ]
    assert [q.reading_remark for q in find_quotations(make_document(cells)).found] == ["not_closed"]


@given(st.text(alphabet=" ab.\n“”\"'‘’«»„「」[]…1", max_size=80))
def test_whatever_is_typed_is_read_and_spans_hold_its_words_in_order(text):
    document = make_document([CheckedBlock(text=line) for line in f"x{text}".split("\n")])
    found = find_quotations(document).found
    for quotation in found:
        assert "\n\n".join(document.text[start:end] for start, end in quotation.spans) == quotation.text
    edges = [edge for quotation in found for span in quotation.spans for edge in span]
    assert edges == sorted(edges)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("text", ["“" * 20_000, "“ a " * 2_000, "' a" * 2_000, '"a" ' * 1_000, "‘a " * 2_000])
def test_a_wall_of_marks_takes_no_time(text):
    assert find_quotations(make_document([CheckedBlock(text=text)])) is not None


def test_few_words_behind_a_label_are_a_quotation_where_it_names_a_party():
    parties = PartyTable.load()
    texts = ("Austria (COP 12): “We sell lamps.”", "Austria, 2016: “No lamps.”", "Option A: “No change.”")
    assert [len(find_quotations(read_pasted(text), parties).found) for text in texts] == [1, 1, 0]

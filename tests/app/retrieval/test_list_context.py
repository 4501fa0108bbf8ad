"""List context: a list item needs the words that open its list, a table row all its sentences."""

from app.retrieval.list_context import list_contexts, split_with_openings, with_column_heads
from tests.cases import Cases
from tests.fakes_corpora import split

cases = Cases(__file__)


@cases("text", "openings", at_once=True)
def test_openings_of_each_sentence(text: str, openings: list[list[int]]) -> None:
    assert [list(context.openings) for context in list_contexts(split(text, paragraph=None), text)] == openings


@cases("text", "items")
def test_items_hang_on_their_opening_at_any_distance_and_what_follows_them_nearby(text: str, items: list[int]) -> None:
    contexts = list_contexts(split(text, paragraph=None), text)
    assert [at for at, context in enumerate(contexts) if context.is_item] == items


def test_sentences_of_a_row_are_quoted_together() -> None:
    text = "Our views follow.\nA registry shall be kept.\tIt is dear.\tNot supported.\nThank you."
    assert [(context.first, context.last) for context in list_contexts(split(text, paragraph=None), text)] == [
        (0, 0), (1, 3), (1, 3), (1, 3), (4, 4)
    ]  # fmt: skip
    page = "A line of words. " * 150 + "\tNot supported."
    assert all(context.first == context.last for context in list_contexts(split(page, paragraph=None), page))


def test_rows_of_figures_depend_on_the_heads_of_their_columns() -> None:
    text = "We agree.\n\nYear\tReceived\n\n2018\t54\n\n2019\t61\n\nThank you.\n\n2019\t61\n\n2020\t70"
    sentences = split(text, paragraph=None)
    assert [context.openings for context in list_contexts(sentences, text)] == [(), (), (1,), (1,), (), (), ()]
    assert [sentence.text for sentence in with_column_heads(sentences)][2:5] == [
        "Year\tReceived: 2018\t54", "Year\tReceived: 2019\t61", "Thank you.",
    ]  # fmt: skip


@cases("text", "together")
def test_an_item_is_read_after_the_words_that_open_it(text: str, together: list[str]) -> None:
    assert [each.together for each in split_with_openings(text)] == together

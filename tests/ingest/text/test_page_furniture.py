"""Page furniture is recognised by rule, and nothing that a speaker said is taken for it."""

import pytest

from ingest.text.page_furniture import furniture_lines, is_furniture, is_furniture_block, running_heads, text_lines
from tests.cases import Cases

cases = Cases(__file__)

NONE: frozenset[str] = frozenset()


@cases("line", at_once=True)
def test_stamps_are_furniture_by_their_form(line: str) -> None:
    assert is_furniture(f"\n{line}\n", NONE)
    assert is_furniture(f" \n\n \n{line} \n\n", NONE)
    assert is_furniture_block(line, NONE)


@cases("line")
def test_a_spoken_form_is_furniture_only_where_a_page_ends(line: str) -> None:
    assert not is_furniture(f"\n{line}\n", NONE)
    for gap in (f"\n{line}\n\n", f"\n\n{line}\n", f"\n\f{line}\n", f"\n{line}\nV.20-05612 (E)\n"):
        assert is_furniture(gap, NONE)
    flowing = text_lines(f"We reject\n{line}\nas a whole.")
    assert furniture_lines(flowing, NONE) == (False, False, False)
    # Inside a paragraph, too, it is furniture if the same form occurs at the edges of pages.
    paged = f"We agree.\n\f{line}\nWe reject\n{line}\nas a whole."
    assert is_furniture(f"\n{line}\n", running_heads(paged))
    assert furniture_lines(text_lines(paged), running_heads(paged)) == (False, True, False, True, False)


def test_the_numbers_of_pages_grow_and_symbols_stay() -> None:
    text = "We agree.\n\f1/3\nWe reject\n2/3\nas a whole.\n\fA/98/L.40\nWe take up\nA/98/L.41\nas it is."
    heads = running_heads(text)
    assert is_furniture("\n2/3\n", heads) and not is_furniture("\nA/98/L.41\n", heads)


@cases("gap", at_once=True)
def test_words_and_numbers_inside_lines_are_never_furniture(gap: str) -> None:
    assert not is_furniture(gap, frozenset({"15"}))


def test_a_job_number_with_its_sheet_may_touch_the_text_after_it() -> None:
    assert is_furniture("\n17-29407 23/29 ", NONE)
    assert not is_furniture(" 17-29407 23/29 ", NONE)
    assert not is_furniture("\n17-29407 ", NONE)


def test_bare_numbers_count_only_where_they_run_on_like_pages() -> None:
    pages = running_heads("we go\n4\non and\n5\non.")
    assert pages == {"4", "5"}
    assert is_furniture("\n4\n", pages)
    assert not is_furniture("\n4\n", NONE)


@cases("text", "heads", at_once=True)
def test_running_heads_of_a_text(text: str, heads: list[str]) -> None:
    assert running_heads(text) == set(heads)


def test_running_heads_repeat_beside_page_breaks_and_are_no_salutations_or_refrains() -> None:
    page = "Fourth session of the Conference {n}\n\nWe support the text\nof the draft.\n\n{n}\n\n"
    heads = running_heads("".join(page.format(n=n) for n in range(1, 5)))
    assert is_furniture("\n\n2\n\nFourth session of the Conference 3\n\n", heads)
    assert not is_furniture("\nWe support the text\n", heads)
    text = "".join(f"Mr. President\nWe agree on point {n}.\nNever again\nWe must act.\n" for n in range(9))
    assert running_heads(text) == NONE
    broken = "".join(f"\n{n}\n\nMr. President,\nwe agree.\n" for n in range(1, 9))
    assert not is_furniture("\nMr. President,\n", running_heads(broken))


@pytest.mark.heavy
@pytest.mark.parametrize("text", ["", "\x00", "5\n" * 20_000, "a\n" * 50_000, "1/2 " * 100_000, "A" * 1_000_000])
def test_running_heads_takes_odd_texts(text: str) -> None:
    assert len(running_heads(text)) <= 1


@cases("page_break", "is_head")
def test_a_head_that_the_first_of_three_pages_has_not_is_a_running_head(page_break, is_head):
    head = "Federal Republic of Drelnia - Statement to the Conference"
    breaks = [page_break.format(n=n, head=head) for n in (1, 2, *((3,) if "/4" in page_break else ()))]
    text = f"If no victim can be found,{breaks[0]}it encourages{breaks[1]}the police." + "".join(
        rest.replace(head, "to work together") for rest in breaks[2:]
    )
    assert (head.casefold() in running_heads(text)) == is_head

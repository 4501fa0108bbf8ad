"""Texts from anywhere, in documents."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.export.characters import in_marks, right_to_left, visible


@given(st.text(st.characters(categories=None)))
def test_visible_text_can_stand_in_xml_and_is_as_long(text: str) -> None:
    shown = visible(text)
    node = etree.Element("t")
    node.text = shown
    assert len(shown) == len(text)
    assert (etree.fromstring(etree.tostring(node)).text or "") == shown


def test_visible_changes_only_what_xml_cannot_hold() -> None:
    assert visible("a\x07b\x0cc\ufffed\ud800e\t\n") == "a␇b c�d�e\t\n"


def test_marks_around_a_text_do_not_occur_in_it() -> None:
    assert in_marks("plain", "en") == ("“", "”")
    assert in_marks("a “b” c", "en") == ("«", "»")
    assert in_marks("«нет»", "ru") == ("“", "”")
    assert in_marks("“a” «b»", None) == ("「", "」")


def test_direction_is_that_of_the_language_or_else_of_the_first_letter() -> None:
    assert right_to_left("UNTOC", "ar") and not right_to_left("نعم", "en")
    assert right_to_left("16 نعم UNTOC", None) and not right_to_left("16 UNTOC نعم", None)
    assert not right_to_left("", None)

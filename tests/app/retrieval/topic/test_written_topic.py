"""Numbers and names as topics: only a sentence that writes them is on them."""

import pytest

from app.retrieval.topic.written_topic import must_write
from vectorstore.records import Sentence


def _sentence(text: str, language: str = "en") -> Sentence:
    return Sentence(
        statement_id="s", ordinal=0, start=0, end=len(text), text=text, paragraph=1, page=1, language=language
    )


@pytest.mark.parametrize(
    ("topic", "text", "language", "written"),
    [
        ("2231", "Resolution 2231 stays in force.", "en", True),
        ("2231", "القرار ٢٢٣١", "ar", True),
        ("2231", "Some 22310 people came.", "en", False),
        ("Zarnowick", "The trial of Mr. Zarnowick’s brother began.", "en", True),
        ("Zarnowick", "The trial of another man began.", "en", False),
        ("Zarnowick", "Дело Зарновика рассмотрено.", "ru", True),
    ],
)
def test_a_number_or_name_is_told_by_its_own_words(topic: str, text: str, language: str, written: bool) -> None:
    is_written = must_write(topic, "en")
    assert is_written is not None
    assert is_written(_sentence(text, language)) is written


@pytest.mark.parametrize("topic", ["tolls", "Human Rights", "Organized Crime", "the Harbour reform", "ICC", ""])
def test_any_other_topic_is_not_held_to_its_words(topic: str) -> None:
    assert must_write(topic, "en") is None

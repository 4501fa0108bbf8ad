"""Sentences that refer back to the one before them."""

import pytest

from ingest.language.anaphora import refers_back


@pytest.mark.parametrize(
    "text",
    [
        "These measures came too late.",
        "We do not support that proposal.",
        "Cette proposition n’a pas notre appui.",
        "Эти меры запоздали.",
        "这些措施来得太晚。",
    ],
)
def test_a_demonstrative_refers_back(text: str) -> None:
    assert refers_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "This Conference was founded in 2003.",
        "We support the fund for victims.",
        "In 2004 Arvandia ratified the Convention, and its parliament passed three laws.",
    ],
)
def test_what_names_its_subject_or_the_occasion_does_not(text: str) -> None:
    assert not refers_back(text)

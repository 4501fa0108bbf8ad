"""The context of a citation in a long paragraph: cut beside whole words, or at the character without spaces."""

from dataclasses import replace
from typing import cast

import pytest

from app.corpus.citation_view import _CONTEXT, context_of
from app.records import Citation
from tests.fakes_store import annotated
from vectorstore.records import Block


@pytest.mark.parametrize(("words", "at_word"), [("引渡合作十分重要，我们支持。", False), ("extradition ", True)])
def test_a_long_paragraph_is_cut_beside_whole_words_where_it_has_spaces(words: str, at_word: bool) -> None:
    side = words * (2 * _CONTEXT // len(words))
    text = f"{side}QUOTE{side}"
    document = replace(annotated("s", [text]).document, blocks=(Block(start=0, end=len(text), paragraph=1),))
    start = text.index("QUOTE")
    citation = cast(Citation, type("Cited", (), {"start": start, "end": start + 5, "quote": "QUOTE"}))
    context = context_of(document.as_statement(), citation)
    before, after = context.before.removeprefix("… "), context.after.removesuffix(" …")
    assert before != context.before and after != context.after
    for part in (before, after):
        assert _CONTEXT - len(words) <= len(part) <= _CONTEXT
        assert not at_word or set(part.split()) == {"extradition"}

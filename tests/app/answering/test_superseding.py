"""What a later statement supersedes: only another direction, of the same party, certainly later."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.answering.citation_spans import cite_place
from app.answering.superseding import directions_of, earlier_than_latest, with_directions, with_superseding
from app.records import Citation, Claim
from tests.fakes_store import annotated
from vectorstore.records import Metadata, Statement

NO = "Arvandia rejects the court."
YES = "Arvandia fully supports the court."


def cited(number: int, text: str, year: str, state: str | None = "XAA", *held_by: str) -> tuple[Citation, Statement]:
    metadata = Metadata(state=state, date=year, language="en", held_by=held_by or None)
    (made,) = annotated(f"s{number}", [text]).statements
    statement = replace(made.document, metadata=metadata).as_statement()
    place = cite_place(statement, 0, len(text), page=None, paragraph=1)
    return replace(place, number=number, quote=text, source_quote=text), statement


def superseded(*made: tuple[Citation, Statement], asked: Sequence[str] = ()) -> dict[int, int | None]:
    citations = [citation for citation, _ in made]
    statements = {statement.statement_id: statement for _, statement in made}
    found = with_superseding(citations, directions_of(citations, "court", "en"), statements, asked)
    return {citation.number: citation.superseded_by for citation in found}


def test_an_earlier_position_is_superseded_by_the_latest_other_one_of_its_party() -> None:
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2020"), cited(3, NO, "2016")) == {1: None, 2: None, 3: 1}
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2024", "XAB"), cited(2, NO, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2016"), cited(2, NO, "2016")) == {1: None, 2: None}
    made = [cited(1, YES, "2024"), cited(2, YES, "2016"), cited(3, YES, "2016", "XAB")]
    assert earlier_than_latest([c for c, _ in made], {s.statement_id: s for _, s in made}) == {2}


@pytest.mark.parametrize(
    ("earlier", "later", "asked", "superseding"),
    [
        ((None, "XDR", "XAB"), (None, "XRM", "XCS"), (), False),
        ((None, "XDR", "XAB"), (None, "XRM", "XCS"), ("XDR", "XRM"), False),
        ((None,), (None,), (), False),
        ((None, "XDR", "XAB"), (None, "XAB", "XDR"), (), True),
        ((None, "XDR", "XAB"), ("XDR",), ("XDR",), True),
        ((None, "XDR", "XAB"), ("XDR",), ("XDR", "XAB"), False),
        ((None, "XDR", "XAB"), ("XDR",), (), False),
        (("XAA", "XAA", "XDR"), (None, "XAA", "XAB"), ("XAA",), True),
    ],
)
def test_only_words_of_whoever_is_cited_supersede_a_joint_statement(earlier, later, asked, superseding) -> None:
    made = [cited(1, NO, "2018", *earlier), cited(2, YES, "2020", *later)]
    assert superseded(*made, asked=asked) == {1: 2 if superseding else None, 2: None}
    statements = {s.statement_id: s for _, s in made}
    assert earlier_than_latest([c for c, _ in made], statements, asked) == ({1} if superseding else set())


def test_words_quoted_from_others_have_no_direction() -> None:
    citation, _ = cited(1, NO, "2024")
    claims = [Claim(text="", state="XAA", citations=(1,))]
    for quoting, direction in ((False, "against"), (True, None)):
        told = with_directions(claims, directions_of([replace(citation, quoting=quoting)], "court", "en"))
        assert [claim.direction for claim in told] == [direction]

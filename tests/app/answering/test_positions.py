"""What a later statement supersedes: only another direction, of the same party, certainly later."""

from dataclasses import replace

from app.answering.citation_spans import cite_place
from app.answering.positions import directions_of, earlier_than_latest, with_directions, with_superseding
from app.records import Citation, Claim
from tests.fakes_store import annotated
from vectorstore.records import Statement

NO = "Arvandia rejects the court."
YES = "Arvandia fully supports the court."


def cited(number: int, text: str, year: str, state: str = "XAA") -> tuple[Citation, Statement]:
    (statement,) = annotated(f"s{number}", [text], state=state, date=year, language="en").statements
    place = cite_place(statement, 0, len(text), page=None, paragraph=1)
    return replace(place, number=number, quote=text, source_quote=text), statement


def superseded(*made: tuple[Citation, Statement]) -> dict[int, int | None]:
    citations = [citation for citation, _ in made]
    statements = {statement.statement_id: statement for _, statement in made}
    found = with_superseding(citations, directions_of(citations, "court", "en"), statements)
    return {citation.number: citation.superseded_by for citation in found}


def test_an_earlier_position_is_superseded_by_the_latest_other_one_of_its_party() -> None:
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2020"), cited(3, NO, "2016")) == {1: None, 2: None, 3: 1}
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2024", "XAB"), cited(2, NO, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2016"), cited(2, NO, "2016")) == {1: None, 2: None}
    made = [cited(1, YES, "2024"), cited(2, YES, "2016"), cited(3, YES, "2016", "XAB")]
    assert earlier_than_latest([c for c, _ in made], {s.statement_id: s for _, s in made}) == {2}


def test_words_quoted_from_others_have_no_direction() -> None:
    citation, _ = cited(1, NO, "2024")
    claims = [Claim(text="", state="XAA", citations=(1,))]
    for quoting, direction in ((False, "against"), (True, None)):
        told = with_directions(claims, directions_of([replace(citation, quoting=quoting)], "court", "en"))
        assert [claim.direction for claim in told] == [direction]

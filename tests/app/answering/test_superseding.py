"""A later citation supersedes one of the same party only if it is certainly later and of another direction."""

from collections.abc import Sequence

import pytest

from app.answering.cited_direction import directions_of
from app.answering.superseding import earlier_than_latest, with_superseding
from app.records import Citation
from ingest.parties.party_table import PartyTable
from tests.app.answering.conftest import Said
from tests.cases import Cases
from tests.made import citation

cases = Cases(__file__)
PARTIES = PartyTable.load()

NO = "Arvandia rejects the court."
YES = "Arvandia fully supports the court."


def cited(number: int, text: str, year: str, state: str | None = "XAA", *held_by: str) -> Citation:
    return citation(text, number=number, statement_id=f"s{number}", date=year, state=state, held_by=held_by)


def superseded(*made: Citation, asked: Sequence[str] = ()) -> dict[int, int | None]:
    found = with_superseding(made, directions_of(made, "court", "en", PARTIES), asked)
    return {citation.number: citation.superseded_by for citation in found}


def test_an_earlier_position_is_superseded_by_the_latest_other_one_of_its_party() -> None:
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2020"), cited(3, NO, "2016")) == {1: None, 2: None, 3: 1}
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2024", "XAB"), cited(2, NO, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2016"), cited(2, NO, "2016")) == {1: None, 2: None}
    made = [cited(1, YES, "2024"), cited(2, YES, "2016"), cited(3, YES, "2016", "XAB")]
    assert earlier_than_latest(made) == {2}


@cases("earlier", "later", "asked", "superseding", tuples=True, at_once=True)
def test_only_words_of_whoever_is_cited_supersede_a_joint_statement(earlier, later, asked, superseding) -> None:
    made = [cited(1, NO, "2018", *earlier), cited(2, YES, "2020", *later)]
    assert superseded(*made, asked=asked) == {1: 2 if superseding else None, 2: None}
    assert earlier_than_latest(made, asked) == ({1} if superseding else set())


def test_a_fact_that_is_asked_for_supersedes_nothing(said: Said) -> None:
    asked = ("What did Belmora say about requests for extradition?", "How many requests for extradition had Belmora?")
    opposes, supports = "We oppose 12 requests for extradition.", "We support 9 requests for extradition."
    with said(b8=opposes, b9=supports) as workspace:
        cited = [workspace.assistant.ask(question).citations for question in asked]
    assert [[citation.superseded_by for citation in each] for each in cited] == [[None, 1], [None, None]]


@pytest.mark.integration
@cases("later", "quoted")
def test_a_later_statement_that_tells_of_the_own_view_is_quoted_before_the_latest_direction(
    later: str, quoted: bool, said: Said
) -> None:
    before = "We support a treaty on tolls if ports stay open."
    with said(a8=before, a12=f"{later}\n\nThank you.") as desk:
        answer = desk.assistant.ask("Does Arvandia support a treaty on tolls?")
    assert [citation.quote for citation in answer.citations] == [*([later] if quoted else []), before]

"""Attacks on the verification of citations: no altered, spliced or misattributed quotation passes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.citations import cite
from app.answering.verify_citations import reads_as, verify_citation, verify_claims
from app.records import Citation, Claim
from tests.cases import Cases
from tests.fakes_corpora import Stored
from tests.fakes_store import annotated
from vectorstore.records import Metadata, SentenceId, Statement

cases = Cases(__file__)


TEXT = cases["TEXT"]


def _statement(text: str = TEXT, *, state: str = "XOD", statement_id: str = "s1", **metadata: str) -> Statement:
    (made,) = annotated(statement_id, [text], state=state, language="en", **metadata).statements
    return made


def _citation(statement: Statement, words: str, *, quote: str | None = None, number: int = 1) -> Citation:
    start = statement.source_text.index(words)
    (whole,) = annotated(statement.statement_id, [words]).sentences
    whole = replace(whole, start=start, end=start + len(words))
    made = cite(statement, [whole], range(0, 1), number)
    return made if quote is None else replace(made, quote=quote)


FIRST = "Ondrava does not support article 14 of the Convention."
SECOND = "Iran shall send 27 requests to its neighbours."


@cases("words", "quote", at_once=True)
def test_judge_changed_words_and_spliced_sentences_are_altered(words: str, quote: str) -> None:
    statement = _statement()
    assert verify_citation(_citation(statement, words, quote=quote), statement) == "altered"


@pytest.mark.parametrize(
    ("places", "verdict"),
    [(places, "altered") for places in ((56, 102), (55, 102), (54, 101), (55, 100), (60, 106))]
    + [(places, "not_found") for places in ((-5, 3), (0, 10_000), (7, 7), (9, 4))],
)
def test_judge_wrong_offsets_are_not_verified(places: tuple[int, int], verdict: str) -> None:
    statement = _statement()
    citation = _citation(statement, SECOND)
    assert (citation.start, citation.end) == (55, 101) and verify_citation(citation, None) == "not_found"
    wrong = replace(citation, start=places[0], end=places[1])
    assert verify_citation(wrong, statement) == verdict


@cases("change", tuples=True, at_once=True)
def test_judge_another_mouth_or_occasion_is_misattributed(change: dict[str, Any]) -> None:
    statement = _statement(session="10", date="2020")
    if "sentence_ids" in change:
        change = {"sentence_ids": tuple(SentenceId(*each) for each in change["sentence_ids"])}
    citation = _citation(statement, FIRST)
    assert verify_citation(citation, statement) == "verified"
    assert verify_citation(replace(citation, **change), statement) == "misattributed"


def test_judge_group_statement_under_its_speaker_is_misattributed() -> None:
    statement = _statement(state="XGR", on_behalf_of="XGR", speaker="Ondrava")
    citation = _citation(statement, FIRST)
    assert verify_citation(citation, statement) == "verified"
    assert verify_citation(replace(citation, state="XOD", on_behalf_of=None), statement) == "misattributed"


@cases("quote")
def test_reads_as_accepts_white_space_and_typography(quote: str) -> None:
    source = "The measures “taken” in 2019 – all of them – re-\nmain in force."
    # A hyphen does not match a dash, so that "9-11" is not "9–11"; a quote with " - " is refused.
    expected = " - " not in quote
    assert reads_as(quote, source) is expected


def test_reads_as_accepts_furniture_left_out_and_an_ellipsis_that_the_speaker_wrote() -> None:
    pages = "The parties agree\n\n17-29407\n23/29\n\nthat extradition matters."
    assert reads_as("The parties agree […] that extradition matters.", pages)
    assert reads_as("We quote: “States […] agree”.", "We quote: “States […] agree”.")


@cases("quote", "source", at_once=True)
def test_reads_as_refuses_words_hidden_behind_an_ellipsis(quote: str, source: str) -> None:
    assert not reads_as(quote, source)


def test_verify_keeps_what_stands_and_drops_the_rest_with_a_reason() -> None:
    statement = _statement()
    good, bad = _citation(statement, FIRST), _citation(statement, SECOND, quote="Iran may send.", number=2)
    claims = [
        Claim(text=f"Ondrava: “{FIRST}”", state="XOD", citations=(1,)),
        Claim(text="Ondrava: it may send", state="XOD", citations=(2,)),
        Claim(text="Ondrava: both", state="XOD", citations=(1, 2)),
        Claim(text="Belmora said so", state="XAB", citations=(1,)),
        Claim(text="Somebody said so", state=None, citations=(1,)),
        Claim(text="Ondrava: nothing", state="XOD", citations=()),
        Claim(text="Ondrava: unheard", state="XOD", citations=(7,)),
    ]
    result = verify_claims(claims, [good, bad], {"s1": statement})
    assert result.claims == (claims[0],)
    assert result.citations == (good,)
    assert [dropped.text for dropped in result.dropped] == [claim.text for claim in claims[1:]]
    assert all(dropped.reason for dropped in result.dropped)


@cases("text")
def test_verify_drops_a_claim_with_words_in_quotation_marks_that_nobody_said(text: str) -> None:
    statement = _statement()
    claims = [Claim(text=text, state="XOD", citations=(1,))]
    assert verify_claims(claims, [_citation(statement, FIRST)], {"s1": statement}).claims == ()


def test_verify_keeps_a_claim_with_the_quotation_marks_of_its_quotation_a_title_or_a_name() -> None:
    statement = _statement()
    words = "The measures “taken” in 2019 – all of them – re-\nmain in force."
    citation = _citation(statement, words)
    claims = [Claim(text=f"Ondrava: “{citation.quote}”", state="XOD", citations=(1,))]
    assert verify_claims(claims, [citation], {"s1": statement}).claims == tuple(claims)
    statement = _statement(title="Statement at the ‘High-level debate’", speaker="Mr. ‘Ali Abu Oram’")
    texts = [f"Ondrava, {statement.metadata.title}", f"Delivered by {statement.metadata.speaker}", "The ‘Low debate’"]
    claims = [Claim(text=text, state="XOD", citations=(1,)) for text in texts]
    assert verify_claims(claims, [_citation(statement, FIRST)], {"s1": statement}).claims == tuple(claims[:2])


def test_verify_takes_treaty_text_for_nobodys_position() -> None:
    statement = replace(_statement().document, kind="treaty", metadata=Metadata(language="en")).as_statement()
    citation = _citation(statement, FIRST)
    claims = [Claim(text="The Convention", state=None, citations=(1,)), Claim(text="Iran", state="IRN", citations=(1,))]
    result = verify_claims(claims, [citation], {"s1": statement})
    assert result.claims == (claims[0],)


def test_verify_reads_the_store_and_not_the_answer() -> None:
    claimed = _statement(TEXT.replace("not ", ""))
    citation = _citation(claimed, FIRST.replace("not ", ""))
    claims = [Claim(text="Ondrava", state="XOD", citations=(1,))]
    result = verify_claims(claims, [citation], {"s1": _statement()})
    assert result.claims == () and result.citations == () and len(result.dropped) == 1


@pytest.mark.heavy
def test_every_citation_that_cite_makes_is_verified(stored: Stored) -> None:
    judged = [
        verify_citation(cite(statement, sentences, range(first, last + 1), 1), statement)
        for statement, sentences in stored.values()
        for first in range(len(sentences))
        for last in range(first, min(first + 4, len(sentences)))
    ]
    assert len(judged) > 4000
    assert set(judged) == {"verified"}


WORDS = st.lists(
    st.sampled_from(
        "States shall not cooperate, under article 14 (2) of co-operation; 27 “requests” – re- main It.".split()
    ),
    min_size=1,
    max_size=12,
)
GAPS = st.sampled_from([" ", "  ", "\n", " \n", "\n\n", "\u00a0"])


@given(words=WORDS, gap=GAPS, data=st.data())
def test_cite_is_verified_and_any_lost_word_is_altered(words: list[str], gap: str, data: st.DataObject) -> None:
    statement = _statement(gap.join(words))
    citation = _citation(statement, statement.source_text)
    assert verify_citation(citation, statement) == "verified"
    lost = data.draw(st.integers(min_value=0, max_value=len(words) - 1))
    shorter = " ".join(words[:lost] + words[lost + 1 :])
    assert verify_citation(replace(citation, quote=shorter), statement) == "altered"
    hidden = " […] ".join(part for part in (" ".join(words[:lost]), " ".join(words[lost + 1 :])) if part)
    if "27" not in words and "14" not in words:
        assert verify_citation(replace(citation, quote=hidden), statement) == "altered"

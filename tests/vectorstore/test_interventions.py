"""Interventions in the catalogue: statements that are part of a record, with its text and their own State."""

from dataclasses import replace

import pytest

from tests.fakes import HashingEmbedder
from tests.fakes_store import annotated, put
from vectorstore.records import AnnotatedDocument, ScopeFilter, Span, Statement

TEXT = "The Chair: Order.\nMr. A (Arvandia): We agree.\nMr. B (Utopia): We do not."


def made():
    whole = annotated("r", [TEXT], kind="record", body="UNTOC COP", session="11", date="2022-10-18").document
    statements, sentences, passages = [], [], []
    for number, (role, state, words) in enumerate(
        [("office", None, "Order."), ("party", "XAA", "We agree."), ("unknown", None, "We do not.")], start=1
    ):
        start = TEXT.index(words)
        place = {"start": start, "end": start + len(words)}
        span = Span(ordinal=number, role=role, named=f"speaker {number}", **place)
        metadata = replace(whole.metadata, state=state)
        statements.append(Statement(statement_id=f"r.{number}", document=whole, span=span, metadata=metadata))
        own = annotated(f"r.{number}", [words])
        sentences += [replace(each, language="en", **place) for each in own.sentences]
        passages += [replace(each, language="en", **place) for each in own.passages if role == "party"]
    return AnnotatedDocument(
        document=whole, statements=tuple(statements), sentences=tuple(sentences), passages=tuple(passages), mentions=()
    )


@pytest.fixture
def chaired(catalogue):
    put(catalogue, made(), embedder=HashingEmbedder())
    return catalogue


def test_a_record_is_one_document_whose_filters_hold_for_its_interventions_in_scope(chaired):
    (document,) = chaired.documents()
    assert (document.document_id, document.interventions, document.passages) == ("r", 3, 1)
    assert [s.statement_id for s in chaired.summaries(ScopeFilter())] == ["r.3", "r.2"]
    assert [s.statement_id for s in chaired.summaries(ScopeFilter(parties=("XAA",)))] == ["r.2"]
    assert len(chaired.summaries(ScopeFilter(parties=("XAA",), sessions=("11",), years=(2022,)))) == 1
    assert chaired.summaries(ScopeFilter(parties=("XAA",), sessions=("10",))) == ()


def test_an_intervention_has_the_text_of_its_record_and_a_place_in_it(chaired):
    statement = chaired.statement("r.2")
    assert statement.source_text == TEXT
    assert TEXT[statement.span.start : statement.span.end] == "We agree."
    assert statement.holds(statement.span.start, statement.span.end)
    assert not statement.holds(0, 5)
    assert not statement.holds(statement.span.start, statement.span.end + 1)


def test_interventions_come_in_order_with_their_roles(chaired):
    found = chaired.summaries_of("r")
    assert [(s.span.ordinal, s.span.role, s.metadata.state) for s in found] == [
        (1, "office", None), (2, "party", "XAA"), (3, "unknown", None)
    ]  # fmt: skip
    assert [TEXT[s.span.start : s.span.end] for s in found] == ["Order.", "We agree.", "We do not."]
    assert chaired.summaries_of("r.2") == ()


def test_a_removed_record_takes_its_interventions_along(chaired):
    chaired.remove("r")
    assert chaired.documents() == chaired.summaries(ScopeFilter()) == chaired.summaries_of("r") == ()
    assert chaired.search_lexical("agree", None, 9) == ()
    assert chaired.count_passages() == 0


def test_a_record_is_replaced_with_its_interventions(chaired):
    put(chaired, made(), replaces="r")
    assert len(chaired.summaries_of("r")) == 3
    assert len(chaired.search_lexical("agree", None, 9)) == 1
    chaired.touch("r", file="new.txt", folder="/n", sha256="s", input_key="k3")
    assert {s.file for s in chaired.summaries_of("r")} == {"new.txt"}


def test_passages_are_told_apart_by_language(catalogue):
    item = annotated("s", ["one word", "un mot", "no language"])
    languages = ("en", "fr", None)
    passages = tuple(replace(p, language=code) for p, code in zip(item.passages, languages, strict=True))
    put(catalogue, replace(item, passages=passages), embedder=HashingEmbedder())
    assert catalogue.summaries(ScopeFilter())[0].languages == (None, "en", "fr")
    assert catalogue.count_passages_of(["s"], ["fr"]) == 1
    assert catalogue.vectors_of(["s"], ["en", None])[0] == ("s/0", "s/2")
    assert catalogue.search_lexical("mot word", ["s"], 9, ["fr"])[0][0] == "s/1"


def test_health_measures_an_intervention_against_its_part_of_the_record(chaired):
    def offsets():
        return next(check for check in chaired.health.check(64) if check.name == "offsets")

    assert offsets().ok
    with chaired.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE sentences SET start = 0 WHERE statement_id = 'r.2'")
    assert not offsets().ok
    assert "1 statements" in offsets().detail

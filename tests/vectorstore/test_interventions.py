"""Interventions in the catalogue: statements that are part of a record, with its text and their own State."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes_store import annotated
from vectorstore.catalogue import Catalogue
from vectorstore.records import AnnotatedDocument, ScopeFilter, Span, Statement, text_key

TEXT = "The Chair: Order.\nMr. A (Arvandia): We agree.\nMr. B (Utopia): We do not."


def chaired():
    whole = annotated("r", [TEXT], kind="record", body="UNTOC COP", session="11", date="2022-10-18").document
    parts, sentences, passages = [], [], []
    for number, (role, state, words) in enumerate(
        [("office", None, "Order."), ("party", "XAA", "We agree."), ("unknown", None, "We do not.")], start=1
    ):
        start = TEXT.index(words)
        span = Span(ordinal=number, start=start, end=start + len(words), role=role, named=f"speaker {number}")
        made = annotated(f"r.{number}", [words])
        parts.append(
            Statement(
                statement_id=f"r.{number}", document=whole, span=span, metadata=replace(whole.metadata, state=state)
            )
        )
        sentences += [replace(s, start=start, end=start + len(words), language="en") for s in made.sentences]
        if role == "party":
            passages += [replace(p, start=start, end=start + len(words), language="en") for p in made.passages]
    return AnnotatedDocument(
        document=whole, statements=tuple(parts), sentences=tuple(sentences), passages=tuple(passages), mentions=()
    )


@pytest.fixture
def catalogue(record):
    catalogue = Catalogue(record)
    item = chaired()
    vectors = {text_key(p.text): np.ones(4, dtype=np.float32) for p in item.passages}
    catalogue.store(item, folder="/c", digest="d", input_key="k", vectors=vectors)
    yield catalogue
    catalogue.close()


def test_a_record_is_one_document_whose_filters_hold_for_its_interventions_in_scope(catalogue):
    (document,) = catalogue.documents()
    assert (document.document_id, document.interventions, document.passages) == ("r", 3, 1)
    assert [s.statement_id for s in catalogue.summaries(ScopeFilter())] == ["r.3", "r.2"]
    assert [s.statement_id for s in catalogue.summaries(ScopeFilter(parties=("XAA",)))] == ["r.2"]
    assert len(catalogue.summaries(ScopeFilter(parties=("XAA",), sessions=("11",), years=(2022,)))) == 1
    assert catalogue.summaries(ScopeFilter(parties=("XAA",), sessions=("10",))) == ()


def test_an_intervention_has_the_text_of_its_record_and_a_place_in_it(catalogue):
    statement = catalogue.statement("r.2")
    assert statement.source_text == TEXT
    assert TEXT[statement.span.start : statement.span.end] == "We agree."
    assert statement.holds(statement.span.start, statement.span.end)
    assert not statement.holds(0, 5)
    assert not statement.holds(statement.span.start, statement.span.end + 1)


def test_interventions_come_in_order_with_their_roles(catalogue):
    found = catalogue.summaries_of("r")
    assert [(s.span.ordinal, s.span.role, s.metadata.state) for s in found] == [
        (1, "office", None), (2, "party", "XAA"), (3, "unknown", None)
    ]  # fmt: skip
    assert [TEXT[s.span.start : s.span.end] for s in found] == ["Order.", "We agree.", "We do not."]
    assert catalogue.summaries_of("r.2") == ()


def test_a_removed_record_takes_its_interventions_along(catalogue):
    catalogue.remove("r")
    assert catalogue.documents() == catalogue.summaries(ScopeFilter()) == catalogue.summaries_of("r") == ()
    assert catalogue.search_lexical("agree", None, 9) == ()
    assert catalogue.count_passages() == 0


def test_a_record_is_replaced_with_its_interventions(catalogue):
    catalogue.store(chaired(), folder="/c", digest="d", input_key="k2", vectors={}, replaces="r")
    assert len(catalogue.summaries_of("r")) == 3
    assert len(catalogue.search_lexical("agree", None, 9)) == 1
    catalogue.touch("r", file="new.txt", folder="/n", sha256="s", input_key="k3")
    assert {s.file for s in catalogue.summaries_of("r")} == {"new.txt"}


def test_passages_are_told_apart_by_language(record):
    catalogue = Catalogue(record)
    item = annotated("s", ["one word", "un mot", "no language"])
    languages = ("en", "fr", None)
    passages = tuple(replace(p, language=code) for p, code in zip(item.passages, languages, strict=True))
    vectors = {text_key(p.text): np.ones(4, dtype=np.float32) for p in passages}
    catalogue.store(replace(item, passages=passages), folder="/c", digest="d", input_key="k", vectors=vectors)
    assert catalogue.summaries(ScopeFilter())[0].languages == (None, "en", "fr")
    assert catalogue.count_passages_of(["s"], ["fr"]) == 1
    assert catalogue.vectors_of(["s"], ["en", None])[0] == ("s/0", "s/2")
    assert catalogue.search_lexical("mot word", ["s"], 9, ["fr"])[0][0] == "s/1"
    catalogue.close()


def test_health_measures_an_intervention_against_its_part_of_the_record(catalogue):
    def offsets():
        return next(check for check in catalogue.health.check(4) if check.name == "offsets")

    assert offsets().ok
    with catalogue.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE sentences SET start = 0 WHERE statement_id = 'r.2'")
    assert not offsets().ok
    assert "1 statements" in offsets().detail

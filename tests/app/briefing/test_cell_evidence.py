"""What stands in a cell as evidence: what is surely on its subject; else what is nearest to it."""

from dataclasses import replace
from typing import Any

import pytest

from app.briefing.cell_evidence import nearest, on_subject, shared_with, why_unproven
from app.briefing.cells import Subject
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.relevance import ConfidenceSource, Relevance
from tests.cases import Cases
from vectorstore.records import Metadata, Sentence, Span, StatementSummary

cases = Cases(__file__)


def of(*items: ScoredSentence, searched: tuple[StatementSummary, ...] = ()) -> PartyEvidence:
    return PartyEvidence(party="XAA", searched=searched, sentences=items)


def quoted(evidence: PartyEvidence, topic: str) -> list[Sentence]:
    return on_subject(
        evidence, Subject(label=topic, topic=topic), {"s": [item.sentence for item in evidence.sentences]}
    )


def found(text: str, chance: float, source: ConfidenceSource = "calibrated", **known: Any) -> ScoredSentence:
    place = {"statement_id": "s", "ordinal": 0, "start": 0, "end": len(text), "paragraph": 1, "page": None}
    relevance = Relevance(chance=chance, threshold=0.5, near=0.1, order=chance, source=source)
    return ScoredSentence(sentence=Sentence(text=text, **place | known), relevance=relevance)


def summary(name: str, **known: str) -> StatementSummary:
    return StatementSummary(
        statement_id=name, document_id=name, file=f"{name}.txt", sha256="", kind="statement",
        metadata=Metadata(**known), inferred=(), span=Span(start=0, end=40), passages=1, added="",
    )  # fmt: skip


@cases("topic", "language", "text", "chance", "kept", "near")
def test_what_is_surely_on_a_subject_or_names_it_is_evidence_and_else_may_be_nearest_to_it(
    topic: str, language: str, text: str, chance: float, kept: bool, near: bool | None
) -> None:
    item, subject = found(text, chance), Subject(label="x", topic=topic)
    evidence, stored = of(item, searched=(summary("s", language=language),)), {"s": [item.sentence]}
    assert on_subject(evidence, subject, stored) == [item.sentence][: int(kept)]
    if near is not None:
        assert nearest(evidence, subject, stored) == [item.sentence][: int(near)]


def test_without_a_calibrated_chance_what_was_found_is_evidence() -> None:
    item = found("Trade in fake medicine deserves a remark.", 0.6, "lexical")
    assert quoted(of(item), "trafficking in persons") == [item.sentence]


@pytest.mark.parametrize("chance", [0.1, 0.6])
def test_beside_a_groups_words_stands_only_what_would_answer(chance: float) -> None:
    item, subject = found("Extradition is slow.", chance), Subject(label="x", topic="extradition of nationals")
    assert nearest(of(item), subject, {"s": [item.sentence]}, answering=True) == [item.sentence][: int(chance > 0.5)]


@cases("topic", "french", "english")
def test_silence_is_proven_on_a_term_or_in_its_own_language_on_a_single_word(
    topic: str, french: str, english: str
) -> None:
    why = [
        why_unproven(
            PartyEvidence(party="XES", searched=(summary("s", language=language),)), Subject(label="x", topic=topic)
        )
        for language in ("fr", "en")
    ]
    assert why == [french or None, english or None]


@cases("text", "chance", "kept")
def test_a_later_statement_is_measured_by_what_is_quoted_as_well(text: str, chance: float, kept: bool) -> None:
    early = found("Nor shall Arvandia surrender its own nationals.", 0.96)
    late = found(text, chance, statement_id="late")
    searched = (summary("s", date="2016-10-17"), summary("late", date="2024-10-14"))
    evidence = of(early, late, searched=searched)
    subject = Subject(label="Citizens", topic="handing over one's own citizens")
    stored = {"s": [early.sentence], "late": [late.sentence]}
    assert on_subject(evidence, subject, stored) == [early.sentence, late.sentence][: 1 + kept]


def test_a_later_statement_in_another_language_is_measured_by_chance_where_no_words_can_be_compared() -> None:
    early = found("58 de los ciudadanos entregados eran galdorianos.", 0.9, language="es")
    late = found("We do surrender them.", 0.75, statement_id="late")
    searched = (summary("s", date="2022-10-17"), summary("late", date="2024-10-14"))
    evidence = of(early, late, searched=searched)
    subject = Subject(label="Citizens", topic="handing over one's own citizens")
    stored = {"s": [early.sentence], "late": [late.sentence]}
    assert on_subject(evidence, subject, stored) == [early.sentence, late.sentence]


def test_the_nearest_passage_is_of_the_latest_statement_that_answers() -> None:
    early = found("Replies come late.", 0.69)
    late = found("Of 288 replies, few were quick.", 0.55, statement_id="late")
    weak = replace(late, relevance=replace(late.relevance, chance=0.4))
    searched = (summary("s", date="2022-10-17"), summary("late", date="2024-10-14"))
    stored, subject = {"s": [early.sentence], "late": [late.sentence]}, Subject(label="x", topic="late replies")
    for other, shown in ((late, late), (weak, early)):
        evidence = of(early, other, searched=searched)
        assert nearest(evidence, subject, stored) == [shown.sentence]


@cases("topic", "text", "share")
def test_words_of_a_subject_are_held_in_other_forms_and_by_what_is_part_of_it(
    topic: str, text: str, share: float
) -> None:
    assert shared_with(Subject(label="x", topic=topic))(text, "en") == share


def test_a_later_statement_that_shares_most_of_its_words_stands_beside_what_is_surely_on_it() -> None:
    early = found("We oppose a new protocol to the Convention.", 0.9)
    late = found("We now support an additional protocol.", 0.8, statement_id="late")
    other = found("The Convention is strong.", 0.8, statement_id="late", ordinal=1, paragraph=2)
    searched = (summary("s", date="2020-10-12"), summary("late", date="2024-10-14"))
    evidence = of(early, late, other, searched=searched)
    subject = Subject(label="Protocol", topic="new protocol to the Convention")
    stored = {"s": [early.sentence], "late": [late.sentence, other.sentence]}
    assert on_subject(evidence, subject, stored) == [early.sentence, late.sentence]
    undated = replace(evidence, searched=(summary("s"), summary("late")))
    assert on_subject(undated, subject, stored) == [early.sentence]


def test_what_names_all_of_the_subject_is_quoted_beside_what_answers() -> None:
    weaker = found("We fight human trafficking.", 0.33)
    stronger = found("Trafficking in persons is a crime here.", 0.6)
    assert quoted(of(stronger, weaker), "trafficking in persons") == [stronger.sentence, weaker.sentence]


@cases("heading", "text", "chance", "kept")
def test_a_later_statement_is_on_what_its_agenda_item_and_its_words_name_together(
    heading: str, text: str, chance: float, kept: bool
) -> None:
    early = found("We support the review mechanism.", 0.9)
    late = found(text, chance, statement_id="late", ordinal=1)
    title = replace(late.sentence, text=heading, ordinal=0, paragraph=None)
    searched = (summary("s", date="2018-10-15"), summary("late", date="2024-10-14", agenda_item="2"))
    evidence = of(early, late, searched=searched)
    subject = Subject(label="x", topic="review mechanism")
    stored = {"s": [early.sentence], "late": [title, late.sentence]}
    assert on_subject(evidence, subject, stored) == [early.sentence, late.sentence][: 1 + kept]


@cases("others", "shown")
def test_the_nearest_passage_is_the_best_of_those_that_share_words_or_surely_answer(
    others: list[list[Any]], shown: str | None
) -> None:
    items = [found(text, chance, ordinal=n, paragraph=n) for n, (text, chance) in enumerate(others)]
    stored = {"s": [item.sentence for item in items]}
    near = nearest(of(*items), Subject(label="x", topic="return of stolen money"), stored)
    assert [sentence.text for sentence in near] == ([] if shown is None else [shown])


def test_the_contrary_of_a_word_of_the_subject_does_not_name_it() -> None:
    shared = shared_with(Subject(label="Seats", topic="permanent seats"))
    assert (shared("We want longer non-permanent seats.", "en"), shared("We want permanent seats.", "en")) == (0.5, 1)
    assert shared_with(Subject(label="Seats", topic="non-permanent seats"))("Non-permanent seats, please.", "en") == 1

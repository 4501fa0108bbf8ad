"""What stands in a cell as evidence: what is surely on its subject; else what is nearest to it."""

from dataclasses import replace
from typing import Any

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


@cases("given", "kept", tuples=True)
def test_evidence_of_a_cell_is_surely_on_its_subject_or_names_it(given: tuple[Any, ...], kept: bool) -> None:
    item = found(*given)
    assert quoted(of(item), "trafficking in persons") == ([item.sentence] if kept else [])


@cases("text", "kept")
def test_a_topic_that_the_glossary_does_not_have_is_looked_for_as_it_is_written(text: str, kept: bool) -> None:
    item = found(text, 0.5, language="fr")
    assert quoted(of(item, searched=(summary("s", language="fr"),)), "blockchain") == ([item.sentence] if kept else [])


def test_a_term_that_holds_the_topic_is_on_it() -> None:
    item = found("We are prepared to consider the use of the Convention as the legal basis for extradition.", 0.6)
    assert quoted(of(item), "extradition") == [item.sentence]


@cases("text", "chance", "kept")
def test_words_in_another_language_are_on_it_if_they_name_some_of_it_or_surely_mean_it(
    text: str, chance: float, kept: bool
) -> None:
    item = found(text, chance)
    evidence = of(item, searched=(summary("s", language="ar"),))
    assert quoted(evidence, "return of assets") == [item.sentence][: int(kept)]


@cases("text", "chance", "kept", "near")
def test_words_in_a_language_in_which_the_subject_is_unknown_are_on_it_by_chance_or_as_it_is_written(
    text: str, chance: float, kept: bool, near: bool
) -> None:
    item = found(text, chance)
    evidence, subject = of(item, searched=(summary("s", language="fr"),)), Subject(label="x", topic="blockchain")
    assert quoted(evidence, subject.topic) == [item.sentence][: int(kept)]
    assert nearest(evidence, subject, {"s": [item.sentence]}) == [item.sentence][: int(near)]


@cases("text", "chance", "kept", "near")
def test_words_in_another_language_count_where_the_subject_is_put_into_it_word_by_word(
    text: str, chance: float, kept: bool, near: bool
) -> None:
    item = found(text, chance)
    evidence = of(item, searched=(summary("s", language="zh"),))
    subject = Subject(label="Data", topic="data stored abroad")
    assert quoted(evidence, subject.topic) == [item.sentence][: int(kept)]
    assert nearest(evidence, subject, {"s": [item.sentence]}) == [item.sentence][: int(near)]


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


@cases("topic", "text", "kept")
def test_the_name_of_a_state_in_a_subject_tells_most_of_it(topic: str, text: str, kept: bool) -> None:
    item = found(text, 0.75)
    assert quoted(of(item), topic) == [item.sentence][: int(kept)]


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


@cases("topic", "near")
def test_what_names_the_states_of_a_subject_is_near_it(topic: str, near: bool) -> None:
    item = found("The Syrian people suffer.", 0.4)
    subject = Subject(label="x", topic=topic)
    assert nearest(of(item), subject, {"s": [item.sentence]}) == [item.sentence][: int(near)]


def test_the_nearest_sentence_is_none_that_is_far_from_the_subject() -> None:
    subject = Subject(label="Nationals", topic="extradition of nationals")
    far, near = found("The Council meets in May.", 0.4), found("Extradition is slow.", 0.4)
    weak, other = found("Extradition is slow.", 0.1), found("Nationals are not extradited.", 0.05)
    # Beside a group's words stands only what would answer.
    surer = found("Extradition is slow.", 0.6)
    for item, kept in ((near, True), (far, False), (weak, True), (other, False)):
        assert nearest(of(item), subject, {"s": [item.sentence]}) == [item.sentence][: int(kept)]
        if item is weak:
            assert not nearest(of(item), subject, {"s": [item.sentence]}, answering=True)
    assert nearest(of(surer), subject, {"s": [surer.sentence]}, answering=True) == [surer.sentence]


def test_what_names_all_of_the_subject_is_evidence_below_the_chance_of_an_answer() -> None:
    for text, chance, kept in (
        ("We will speak against human trafficking.", 0.3, True),
        ("We will speak against human trafficking.", 0.05, False),
        ("We will speak against such trafficking.", 0.3, False),
    ):
        item = found(text, chance)
        assert quoted(of(item), "trafficking in persons") == [item.sentence][: int(kept)]


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


def test_what_shares_words_with_the_subject_in_the_name_of_something_else_is_not_near_it() -> None:
    subject, item = Subject(label="x", topic="trafficking in persons"), found("Firearms trafficking grows.", 0.5)
    assert not nearest(of(item), subject, {"s": [item.sentence]})

"""Evidence of a briefing's cell: sentences that are surely on its subject, or else the nearest to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.briefing.cell_evidence import nearest, on_subject, why_unproven
from app.briefing.cells import Subject
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.relevance import ConfidenceSource, Relevance
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from vectorstore.records import Metadata, Sentence, StatementSpan, StatementSummary

cases = Cases(__file__)
PARTIES = PartyTable.load()


def summary(name: str, **known: str) -> StatementSummary:
    return StatementSummary(
        statement_id=name, document_id=name, file=f"{name}.txt", sha256="", kind="statement",
        metadata=Metadata(**known), inferred=(), span=StatementSpan(start=0, end=40), passages=1, added="",
    )  # fmt: skip


SEARCHED = (summary("s", date="2016-10-17"), summary("late", date="2024-10-14", agenda_item="2"))
CITIZENS = "handing over one's own citizens"


def found(text: str, chance: float, source: ConfidenceSource = "calibrated", **known: Any) -> ScoredSentence:
    place = {"statement_id": "s", "ordinal": 0, "start": 0, "end": len(text), "paragraph": 1, "page": None}
    relevance = Relevance(chance=chance, threshold=0.5, may_answer_min=0.1, sort_key=chance, source=source)
    return ScoredSentence(sentence=Sentence(text=text, **place | known), relevance=relevance)


def read(
    items: Sequence[ScoredSentence], searched: Sequence[StatementSummary], heading: Sequence[Sentence] = ()
) -> tuple[PartyEvidence, dict[str, list[Sentence]]]:
    """Returns evidence and the sentences of its statements; `heading` belongs to the later one, `late`."""
    stored = {name: [i.sentence for i in items if i.sentence.statement_id == name] for name in ("s", "late")}
    stored["late"] = [*heading, *stored["late"]]
    return PartyEvidence(party="XAA", statements=tuple(searched), sentences=tuple(items)), stored


def kept(
    topic: str, *items: ScoredSentence, searched: Sequence[StatementSummary] = (), heading: Sequence[Sentence] = ()
) -> list[str]:
    """The texts that are kept as evidence on a topic."""
    evidence, stored = read(items, searched, heading)
    return [sentence.text for sentence in on_subject(evidence, Subject(label="x", topic=topic), stored, PARTIES)]


def near(
    topic: str, *items: ScoredSentence, searched: Sequence[StatementSummary] = (), answering: bool = False
) -> list[str]:
    """The texts that are nearest to a topic."""
    evidence, stored = read(items, searched)
    sentences = nearest(evidence, Subject(label="x", topic=topic), stored, PARTIES, answering=answering)
    return [sentence.text for sentence in sentences]


@cases("topic", "language", "text", "chance", "is_kept", "is_near")
def test_what_is_surely_on_a_subject_or_names_it_is_evidence_and_else_may_be_nearest_to_it(
    topic: str, language: str, text: str, chance: float, is_kept: bool, is_near: bool | None
) -> None:
    item, searched = found(text, chance), [summary("s", language=language)]
    assert kept(topic, item, searched=searched) == [text][: int(is_kept)]
    if is_near is not None:
        assert near(topic, item, searched=searched) == [text][: int(is_near)]


def test_without_a_calibrated_chance_what_was_found_is_evidence() -> None:
    item = found("Trade in fake medicine deserves a remark.", 0.6, "lexical")
    assert kept("trafficking in persons", item) == [item.sentence.text]


@pytest.mark.parametrize("chance", [0.1, 0.6])
def test_beside_a_groups_words_stands_only_what_would_answer(chance: float) -> None:
    text = "Extradition is slow."
    assert near("extradition of nationals", found(text, chance), answering=True) == [text][: int(chance > 0.5)]


@cases("topic", "french", "english")
def test_silence_is_proven_on_a_term_or_in_its_own_language_on_a_single_word(
    topic: str, french: str, english: str
) -> None:
    for language, why in (("fr", french), ("en", english)):
        evidence, _ = read((), [summary("s", language=language)])
        assert why_unproven(evidence, Subject(label="x", topic=topic)) == (why or None)


@cases("text", "chance", "is_kept")
def test_a_later_statement_is_measured_by_what_is_quoted_as_well(text: str, chance: float, is_kept: bool) -> None:
    early = found("Nor shall Arvandia surrender its own nationals.", 0.96)
    late = found(text, chance, statement_id="late")
    assert kept(CITIZENS, early, late, searched=SEARCHED) == [early.sentence.text, text][: 1 + is_kept]


def test_a_later_statement_in_another_language_is_measured_by_chance_where_no_words_can_be_compared() -> None:
    early = found("58 de los ciudadanos entregados eran galdorianos.", 0.9, language="es")
    late = found("We do surrender them.", 0.75, statement_id="late")
    assert len(kept(CITIZENS, early, late, searched=SEARCHED)) == 2


def test_the_nearest_passage_is_of_the_latest_statement_that_answers() -> None:
    early = found("Replies come late.", 0.69)
    for chance, shown in ((0.55, "Of 288 replies, few were quick."), (0.4, "Replies come late.")):
        late = found("Of 288 replies, few were quick.", chance, statement_id="late")
        assert near("late replies", early, late, searched=SEARCHED) == [shown]


def test_a_later_statement_that_shares_most_of_its_words_stands_beside_what_is_surely_on_it() -> None:
    topic = "new protocol to the Convention"
    early = found("We oppose a new protocol to the Convention.", 0.9)
    late = found("We now support an additional protocol.", 0.8, statement_id="late")
    other = found("The Convention is strong.", 0.8, statement_id="late", ordinal=1, paragraph=2)
    assert kept(topic, early, late, other, searched=SEARCHED) == [early.sentence.text, late.sentence.text]
    undated = (summary("s"), summary("late"))
    assert kept(topic, early, late, other, searched=undated) == [early.sentence.text]


def test_what_names_all_of_the_subject_is_quoted_beside_what_answers() -> None:
    texts = {"Trafficking in persons is a crime here.": 0.6, "We fight human trafficking.": 0.33}
    assert kept("trafficking in persons", *(found(text, chance) for text, chance in texts.items())) == [*texts]


@cases("heading", "text", "chance", "is_kept")
def test_a_later_statement_is_on_what_its_agenda_item_and_its_words_name_together(
    heading: str, text: str, chance: float, is_kept: bool
) -> None:
    early = found("We support the review mechanism.", 0.9)
    late = found(text, chance, statement_id="late", ordinal=1)
    title = replace(late.sentence, text=heading, ordinal=0, paragraph=None)
    words = kept("review mechanism", early, late, searched=SEARCHED, heading=[title])
    assert words == [early.sentence.text, text][: 1 + is_kept]


@cases("others", "shown")
def test_the_nearest_passage_is_the_best_of_those_that_share_words_or_surely_answer(
    others: list[list[Any]], shown: str | None
) -> None:
    items = [found(text, chance, ordinal=n, paragraph=n) for n, (text, chance) in enumerate(others)]
    assert near("return of stolen money", *items) == ([] if shown is None else [shown])

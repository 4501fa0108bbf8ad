"""What stands in a cell as evidence: what is surely on its subject; else what is nearest to it."""

import pytest

from app.briefing.cell_evidence import nearest, on_subject
from app.briefing.cells import Subject
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.relevance import ConfidenceSource, Relevance
from vectorstore.records import Metadata, Sentence, Span, StatementSummary


def quoted(evidence: PartyEvidence, topic: str) -> list[Sentence]:
    return on_subject(
        evidence, Subject(label=topic, topic=topic), {"s": [item.sentence for item in evidence.sentences]}
    )


def found(text: str, chance: float, source: ConfidenceSource = "calibrated") -> ScoredSentence:
    sentence = Sentence(statement_id="s", ordinal=0, start=0, end=len(text), text=text, paragraph=1, page=None)
    return ScoredSentence(
        sentence=sentence, relevance=Relevance(chance=chance, threshold=0.5, near=0.1, order=chance, source=source)
    )


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        (found("Trade in fake medicine deserves a remark.", 0.33), False),
        (found("Trade in fake medicine deserves a remark.", 0.6), False),
        (found("Trade in fake medicine deserves a remark.", 0.97), True),
        (found("We were sold as slaves in persons.", 0.8), False),
        (found("We fight human trafficking.", 0.6), True),
        (found("Trade in fake medicine deserves a remark.", 0.6, "lexical"), True),
    ],
)
def test_evidence_of_a_cell_is_surely_on_its_subject_or_names_it(item: ScoredSentence, kept: bool) -> None:
    evidence = PartyEvidence(party="XAA", searched=(), sentences=(item,))
    assert quoted(evidence, "trafficking in persons") == ([item.sentence] if kept else [])


def test_a_term_that_holds_the_topic_is_on_it() -> None:
    item = found("We are prepared to consider the use of the Convention as the legal basis for extradition.", 0.6)
    evidence = PartyEvidence(party="XAA", searched=(), sentences=(item,))
    assert quoted(evidence, "extradition") == [item.sentence]


def test_words_in_another_language_are_on_it_by_their_meaning() -> None:
    item = found("ونطالب بأن تعاد الأموال كاملة.", 0.8)
    searched = StatementSummary(
        statement_id="s", document_id="s", file="s.txt", sha256="", kind="statement", metadata=Metadata(language="ar"),
        inferred=(), span=Span(start=0, end=40), passages=1, added="",
    )  # fmt: skip
    evidence = PartyEvidence(party="XAA", searched=(searched,), sentences=(item,))
    assert quoted(evidence, "return of assets") == [item.sentence]


def test_what_names_all_of_the_subject_is_quoted_beside_what_answers() -> None:
    weaker = found("We fight human trafficking.", 0.33)
    stronger = found("Trafficking in persons is a crime here.", 0.6)
    evidence = PartyEvidence(party="XAA", searched=(), sentences=(stronger, weaker))
    assert quoted(evidence, "trafficking in persons") == [stronger.sentence, weaker.sentence]


def test_the_nearest_sentence_is_none_that_is_far_from_the_subject() -> None:
    subject = Subject(label="Nationals", topic="extradition of nationals")
    far, near = found("The Council meets in May.", 0.4), found("Extradition is slow.", 0.4)
    for item, kept in ((near, True), (far, False), (found("Extradition is slow.", 0.1), False)):
        evidence = PartyEvidence(party="XAA", searched=(), sentences=(item,))
        assert nearest(evidence, subject, {"s": [item.sentence]}) == [item.sentence][: int(kept)]

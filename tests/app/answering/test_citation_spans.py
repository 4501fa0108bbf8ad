"""From chosen sentences to spans: a sentence that points to another brings it (design: evidence)."""

from dataclasses import replace

import pytest

from app.answering.citation_spans import SentenceSpan, cite, cite_place, resolve_anaphora, spans, without_following
from tests.cases import Cases
from tests.fakes_corpora import Stored
from tests.fakes_store import annotated
from vectorstore.records import Sentence

cases = Cases(__file__)


def _sentences(*texts: str) -> list[Sentence]:
    """Sentences of one paragraph."""
    return [replace(sentence, paragraph=1) for sentence in annotated("s", texts).sentences]


PLAIN = "Ondrava thanks the Secretariat for the documents."


@cases("text")
def test_referent_is_the_sentence_before_where_nothing_names_another(text: str) -> None:
    assert resolve_anaphora(_sentences(PLAIN, "Nothing of the kind here.", text), 2) == 1


@cases("text")
def test_referent_is_none_where_a_sentence_stands_on_its_own(text: str) -> None:
    assert resolve_anaphora(_sentences(PLAIN, text), 1) is None
    assert resolve_anaphora(_sentences("These measures are illegal."), 0) is None


@cases("pointing")
def test_referent_is_the_nearest_sentence_that_names_the_noun(pointing: str) -> None:
    sentences = _sentences("Some measures were taken.", "Coercive measures were imposed.", PLAIN, PLAIN, pointing)
    assert resolve_anaphora(sentences, 4) == 1


def test_referent_follows_the_noun_and_is_near() -> None:
    sentences = _sentences(
        "An illegal border was drawn.", PLAIN, "Some actions were taken.", PLAIN, "These illegal actions hurt."
    )
    assert resolve_anaphora(sentences, 4) == 2
    # One that is too far back is passed over for the sentence before.
    sentences = _sentences("Coercive measures were imposed.", *[PLAIN] * 9, "These measures are illegal.")
    assert resolve_anaphora(sentences, 10) == 9


def test_spans_join_an_adjacent_referent_into_one_and_keep_a_distant_one_apart() -> None:
    sentences = _sentences(PLAIN, "Coercive measures were imposed.", "These measures are illegal.", PLAIN)
    assert spans(sentences, [2]) == [(SentenceSpan(first=1, last=2), None)]
    sentences = _sentences("Coercive measures were imposed.", PLAIN, PLAIN, "These measures are illegal.")
    assert spans(sentences, [3]) == [(SentenceSpan(first=3, last=3), SentenceSpan(first=0, last=0))]
    assert spans(sentences, []) == []


def test_spans_quote_every_sentence_once() -> None:
    sentences = _sentences("Coercive measures were imposed.", PLAIN, "These measures are illegal.", "It is so.", PLAIN)
    for chosen in ([2, 0], [0, 2], [3, 2, 0], [4, 3, 2, 1, 0], [2, 3]):
        made = spans(sentences, chosen)
        quoted = [
            ordinal
            for pair in made
            for span in pair
            if span is not None
            for ordinal in range(span.first, span.last + 1)
        ]
        assert len(quoted) == len(set(quoted)), chosen
        assert set(chosen) <= set(quoted), chosen


def test_spans_join_chosen_neighbours_up_to_the_longest() -> None:
    sentences = _sentences(*[PLAIN] * 9)
    made = spans(sentences, [3, 2, 4, 5, 6, 7])
    assert made[0] == (SentenceSpan(first=3, last=6), None)
    assert all(span.last - span.first < 4 for span, _ in made)


def test_cite_the_sample_s_article_4_with_the_measures_it_speaks_of(stored: Stored) -> None:
    statement, sentences = stored["000_6237221ecf9e9373"]
    about = next(s.ordinal for s in sentences if "under article 4" in s.text)
    [(span, distant)] = spans(sentences, [about])
    citation = cite(statement, sentences, span, 1)
    assert distant is None and span == SentenceSpan(first=about - 1, last=about)
    assert "unilateral coercive measures" in citation.quote and "under article 4" in citation.quote
    assert citation.sentence_ids == tuple(sentences[n].sentence_id for n in (about - 1, about))


def test_cite_copies_place_and_provenance(stored: Stored) -> None:
    for statement, sentences in stored.values():
        citation = cite(statement, sentences, SentenceSpan(first=0, last=0), 7)
        assert citation.number == 7 and citation.verdict == "verified"
        assert citation.source_quote == statement.source_text[citation.start : citation.end]
        assert (citation.state, citation.on_behalf_of) == (statement.metadata.state, statement.metadata.on_behalf_of)
        assert (citation.paragraph, citation.page) == (sentences[0].paragraph, sentences[0].page)
        assert citation.inferred == statement.inferred and citation.file == statement.file


@cases("text")
def test_spans_bring_what_a_sentence_announces(text: str) -> None:
    assert spans(_sentences(PLAIN, text, "Our courts sit in Velmyra."), [1]) == [(SentenceSpan(first=1, last=2), None)]


@pytest.mark.parametrize("text", ["We wish to see the Protocol ratified by all.", "Ondrava would like more time."])
def test_a_wish_announces_nothing(text: str) -> None:
    assert spans(_sentences(PLAIN, text, "Our courts sit in Velmyra."), [1]) == [(SentenceSpan(first=1, last=1), None)]


OFFENCE = ("Ondrava punishes whoever uses their services.", "Six persons have been convicted.", "Two were set free.")


def test_a_short_quotation_goes_on_within_its_paragraph() -> None:
    made = _sentences(*OFFENCE, "We turn to ships.")
    assert [span for span, _ in spans(made, [0])] == [SentenceSpan(first=0, last=0)]
    assert [span for span, _ in spans(made, [0], going_on=[0])] == [SentenceSpan(first=0, last=2)]
    parted = [made[0], *(replace(sentence, paragraph=2) for sentence in made[1:])]
    assert [span for span, _ in spans(parted, [0], going_on=[0])] == [SentenceSpan(first=0, last=0)]
    far = [made[0], *(replace(sentence, start=sentence.start + 300, end=sentence.end + 300) for sentence in made[1:])]
    assert [span for span, _ in spans(far, [0], going_on=[0])] == [SentenceSpan(first=0, last=0)]


def test_what_a_quotation_only_goes_on_with_is_not_read_for_its_direction() -> None:
    made = _sentences(*OFFENCE)
    (statement,) = annotated("s", OFFENCE, state="XOD").statements
    citation = replace(
        cite_place(statement, 0, 40, page=None, paragraph=1),
        quote=" ".join(OFFENCE),
        sentence_ids=tuple(sentence.sentence_id for sentence in made),
    )
    assert without_following(citation, made, {made[0].sentence_id}) == OFFENCE[0]
    assert without_following(citation, made, {made[1].sentence_id}) == " ".join(OFFENCE[:2])
    assert without_following(citation, made, set()) == citation.quote

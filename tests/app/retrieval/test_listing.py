"""Who speaks of a topic, told by comparing the parties."""

from app.retrieval.calibration import THRESHOLD
from app.retrieval.listing import calibrate_across_parties
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.ranking_constants import RANKING
from vectorstore.records import Sentence

SENTENCE = Sentence(
    sentence_id="s:0", statement_id="s", ordinal=0, start=0, end=5, text="Rain.", paragraph=1, page=None
)


def _found(party: str, score: float, *, worded: float = 0.0, phrased: bool | None = None) -> PartyEvidence:
    evidence = (ScoredSentence(sentence=SENTENCE, score=score),)
    return PartyEvidence(party=party, searched=(), sentences=evidence, term_coverage=worded, has_topic_phrase=phrased)


def _speaking(*found: PartyEvidence) -> set[str]:
    return {item.party for item in calibrate_across_parties(found) if item.answers}


def test_those_far_below_the_best_do_not_speak_of_it() -> None:
    assert _speaking(
        _found("XAA", 6.0),
        _found("XAB", 6.0 - RANKING.best_score_distance_max),
        _found("XCS", 5.0 - RANKING.best_score_distance_max),
    ) == {"XAA", "XAB"}


def test_a_topic_in_other_words_than_anybody_s_has_lower_scores_throughout() -> None:
    assert _speaking(
        _found("XAA", -5.0), _found("XAB", RANKING.listed_score_min), _found("XCS", RANKING.listed_score_min - 0.1)
    ) == {
        "XAA",
        "XAB",
    }
    assert _speaking(_found("XAA", RANKING.listed_score_min - 1), _found("XAB", RANKING.listed_score_min - 2)) == set()


def test_the_topic_s_own_words_count_unless_the_models_are_sure() -> None:
    assert _speaking(_found("XAA", 6.0), _found("XAB", -10.0, worded=0.7)) == {"XAA", "XAB"}
    assert _speaking(_found("XAA", 6.0), _found("XAB", -16.0, worded=0.7)) == {"XAA"}


def test_a_known_phrase_decides() -> None:
    near = 6.0 - RANKING.best_score_distance_max + 1
    assert _speaking(_found("XAA", 6.0, phrased=True), _found("XAB", near, phrased=False)) == {"XAA"}
    assert _speaking(_found("XAA", 6.0, phrased=True), _found("XAB", -12.0, phrased=True)) == {"XAA", "XAB"}
    assert near - RANKING.no_phrase_penalty < 6.0 - RANKING.best_score_distance_max


def test_confidence_meets_the_threshold_where_it_begins_and_grows() -> None:
    best, last = calibrate_across_parties([_found("XAA", 6.0), _found("XAB", 6.0 - RANKING.best_score_distance_max)])
    assert last.confidence >= THRESHOLD - 1e-9 and best.confidence > 0.85


def test_what_was_found_for_certain_stays() -> None:
    cited = PartyEvidence(party="XAA", searched=(), sentences=_found("XAA", 0.0).sentences, confidence=1.0, cited=True)
    assert calibrate_across_parties([cited]) == (cited,)

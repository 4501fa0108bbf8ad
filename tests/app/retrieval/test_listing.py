"""Who speaks of a topic, told by comparing the parties."""

from app.retrieval.calibration import THRESHOLD
from app.retrieval.listing import BEST_LOGIT_DISTANCE_MAX, LISTED_LOGIT_MIN, NO_PHRASE_PENALTY, calibrate_across_parties
from app.retrieval.sentence_ranker import Evidence, PartyEvidence
from vectorstore.records import Sentence

SENTENCE = Sentence(
    sentence_id="s:0", statement_id="s", ordinal=0, start=0, end=5, text="Rain.", paragraph=1, page=None
)


def _found(party: str, score: float, *, worded: float = 0.0, phrased: bool | None = None) -> PartyEvidence:
    evidence = (Evidence(sentence=SENTENCE, score=score),)
    return PartyEvidence(party=party, searched=(), evidence=evidence, term_coverage=worded, has_topic_phrase=phrased)


def _speaking(*found: PartyEvidence) -> set[str]:
    return {item.party for item in calibrate_across_parties(found) if item.answers}


def test_those_far_below_the_best_do_not_speak_of_it() -> None:
    assert _speaking(
        _found("XAA", 6.0), _found("XAB", 6.0 - BEST_LOGIT_DISTANCE_MAX), _found("XCS", 5.0 - BEST_LOGIT_DISTANCE_MAX)
    ) == {"XAA", "XAB"}


def test_a_topic_in_other_words_than_anybody_s_has_lower_scores_throughout() -> None:
    assert _speaking(_found("XAA", -5.0), _found("XAB", LISTED_LOGIT_MIN), _found("XCS", LISTED_LOGIT_MIN - 0.1)) == {
        "XAA",
        "XAB",
    }
    assert _speaking(_found("XAA", LISTED_LOGIT_MIN - 1), _found("XAB", LISTED_LOGIT_MIN - 2)) == set()


def test_the_topic_s_own_words_count_unless_the_models_are_sure() -> None:
    assert _speaking(_found("XAA", 6.0), _found("XAB", -10.0, worded=0.7)) == {"XAA", "XAB"}
    assert _speaking(_found("XAA", 6.0), _found("XAB", -16.0, worded=0.7)) == {"XAA"}


def test_a_known_phrase_decides() -> None:
    near = 6.0 - BEST_LOGIT_DISTANCE_MAX + 1
    assert _speaking(_found("XAA", 6.0, phrased=True), _found("XAB", near, phrased=False)) == {"XAA"}
    assert _speaking(_found("XAA", 6.0, phrased=True), _found("XAB", -12.0, phrased=True)) == {"XAA", "XAB"}
    assert near - NO_PHRASE_PENALTY < 6.0 - BEST_LOGIT_DISTANCE_MAX


def test_confidence_meets_the_threshold_where_it_begins_and_grows() -> None:
    best, last = calibrate_across_parties([_found("XAA", 6.0), _found("XAB", 6.0 - BEST_LOGIT_DISTANCE_MAX)])
    assert last.confidence >= THRESHOLD - 1e-9 and best.confidence > 0.85


def test_what_was_found_for_certain_stays() -> None:
    cited = PartyEvidence(party="XAA", searched=(), evidence=_found("XAA", 0.0).evidence, confidence=1.0, cited=True)
    assert calibrate_across_parties([cited]) == (cited,)

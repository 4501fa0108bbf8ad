"""Who speaks of a topic, told by comparing the parties."""

from app.calibration import THRESHOLD
from app.listing import FLOOR, REACH, UNPHRASED, judged_together
from app.select import Evidence, Found
from vectorstore.records import Sentence

SENTENCE = Sentence(
    sentence_id="s:0", statement_id="s", ordinal=0, start=0, end=5, text="Rain.", paragraph=1, page=None
)


def _found(party: str, score: float, *, worded: float = 0.0, phrased: bool | None = None) -> Found:
    evidence = (Evidence(sentence=SENTENCE, score=score),)
    return Found(party=party, searched=(), evidence=evidence, worded=worded, phrased=phrased)


def _speaking(*found: Found) -> set[str]:
    return {item.party for item in judged_together(found) if item.answers}


def test_those_far_below_the_best_do_not_speak_of_it() -> None:
    assert _speaking(_found("XAA", 6.0), _found("XAB", 6.0 - REACH), _found("XCS", 5.0 - REACH)) == {"XAA", "XAB"}


def test_a_topic_in_other_words_than_anybody_s_has_lower_scores_throughout() -> None:
    assert _speaking(_found("XAA", -5.0), _found("XAB", FLOOR), _found("XCS", FLOOR - 0.1)) == {"XAA", "XAB"}
    assert _speaking(_found("XAA", FLOOR - 1), _found("XAB", FLOOR - 2)) == set()


def test_the_topic_s_own_words_count_unless_the_models_are_sure() -> None:
    assert _speaking(_found("XAA", 6.0), _found("XAB", -10.0, worded=0.7)) == {"XAA", "XAB"}
    assert _speaking(_found("XAA", 6.0), _found("XAB", -16.0, worded=0.7)) == {"XAA"}


def test_a_known_phrase_decides() -> None:
    near = 6.0 - REACH + 1
    assert _speaking(_found("XAA", 6.0, phrased=True), _found("XAB", near, phrased=False)) == {"XAA"}
    assert _speaking(_found("XAA", 6.0, phrased=True), _found("XAB", -12.0, phrased=True)) == {"XAA", "XAB"}
    assert near - UNPHRASED < 6.0 - REACH


def test_confidence_meets_the_threshold_where_it_begins_and_grows() -> None:
    best, last = judged_together([_found("XAA", 6.0), _found("XAB", 6.0 - REACH)])
    assert last.confidence >= THRESHOLD - 1e-9 and best.confidence > 0.85


def test_what_was_found_for_certain_stays() -> None:
    cited = Found(party="XAA", searched=(), evidence=_found("XAA", 0.0).evidence, confidence=1.0, cited=True)
    assert judged_together([cited]) == (cited,)

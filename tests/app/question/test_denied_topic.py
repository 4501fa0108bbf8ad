"""Topics that deny a thing, in six languages: what is asked about, and which direction."""

from app.question.denied_topic import thing_denied
from app.question.reading import read_question
from app.retrieval.positions.asked_direction import asked_for
from tests.cases import Cases

cases = Cases(__file__)


@cases("language", "topic", "thing", at_once=True)
def test_a_thing_is_told_from_what_denies_it(language, topic, thing):
    assert thing_denied(topic, language) == thing


@cases("question", "topic", "direction")
def test_a_denied_topic_is_asked_without_the_denial_and_in_the_other_direction(parties, question, topic, direction):
    read = read_question(question, parties)
    assert (read.scope.topic, asked_for(read, parties).direction) == (topic, direction)


def test_a_note_says_how_a_denied_topic_was_read_unless_the_topic_is_given(parties):
    question = "Which States believe that no new protocol is needed?"
    notes = {note.kind: note.values for note in read_question(question, parties).notes}
    assert notes["denied_topic"] == {"topic": "no new protocol is needed", "thing": "new protocol"}
    given = read_question(question, parties, overrides={"topic": "a fund"})
    assert given.scope.topic == "a fund" and "denied_topic" not in {note.kind for note in given.notes}

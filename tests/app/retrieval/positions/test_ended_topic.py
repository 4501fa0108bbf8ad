"""What a topic ends, in six languages, and on what a text is read for it."""

from app.retrieval.positions.ended_topic import thing_ended, topic_to_read
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)
PARTIES = PartyTable.load()


@cases("language", "topic", "thing", at_once=True)
def test_a_topic_is_told_from_what_it_ends(language, topic, thing):
    assert thing_ended(topic, language) == thing


@cases("topic", "text", "words", "is_opposite", at_once=True)
def test_a_text_is_read_on_the_thing_that_it_names(topic, text, words, is_opposite):
    assert topic_to_read(topic, text, "en", PARTIES) == (words, is_opposite)

"""How much of a topic a text names: by its words, synonyms, narrower terms and names, in any language."""

from app.retrieval.topic.share import LOOSE_SHARE, share_of_topic
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)
PARTIES = PartyTable.load()


@cases("topic", "text", "share", at_once=True)
def test_words_of_a_topic_are_held_by_synonyms_and_narrower_terms(topic, text, share):
    assert share_of_topic(topic, "en", PARTIES)(text, "en") == share


def test_a_topic_is_looked_for_in_the_words_of_the_language_of_the_text():
    assert share_of_topic("death penalty", "en", PARTIES)("主张废除死刑。", "zh") == 1
    assert share_of_topic("废除死刑", "zh", PARTIES)("We want the abolition of the death penalty.", "en") == 1
    assert share_of_topic("废除死刑", "zh", PARTIES)("我们谈贸易。", "zh") == 0


def test_a_state_that_an_installation_added_is_named_by_its_adjective():
    added = PARTIES.with_extra(PROJECT / "evals" / "conference" / "parties.csv")
    assert share_of_topic("the crisis in Belmora", "en", added)("The Belmoran crisis must end.", "en") == LOOSE_SHARE
    assert share_of_topic("the crisis in Belmora", "en", PARTIES)("The Belmoran crisis must end.", "en") == 1 / 2

"""Mask of a topic in a text: runs of its words and synonyms, without names of States that stand alone."""

import pytest

from app.retrieval.topic.mask import mask_topic
from ingest.parties.party_table import PartyTable
from tests.conftest import PROJECT

PARTIES = PartyTable.load()


def test_a_topic_is_put_out_of_a_text_as_a_whole() -> None:
    assert (
        mask_topic("We support the review of the mechanism.", "review mechanism", "en", PARTIES)
        == "We support the this."
    )
    assert mask_topic("我们支持审议机制。", "审议机制", "zh", PARTIES) == "我们支持这个。"


@pytest.mark.parametrize(("text", "topic", "masked"), [
    ("Capital punishment has no place.", "death penalty", "this has no place."),
    ("We thank Belmora.", "the death penalty in Belmora", "We thank Belmora."),
    ("We thank Belmora.", "support for Belmora", "We thank Belmora."),
    ("The death penalty in Belmora must end.", "the death penalty in Belmora", "The this must end."),
    ("We thank Belmora.", "Belmora", "We thank this."),
    # Without the State, the topic is still a term ("embargo"), which has a synonym ("blockade").
    ("Belmora should lift its blockade.", "the embargo against Cuba", "Belmora should lift its this."),
    ("We stand with Cuba.", "the embargo against Cuba", "We stand with Cuba."),
])  # fmt: skip
def test_a_topic_is_named_by_its_synonyms_and_not_by_its_state(text: str, topic: str, masked: str) -> None:
    known = PartyTable.load(PROJECT / "evals" / "conference" / "parties.csv")
    assert mask_topic(text, topic, "en", known) == masked

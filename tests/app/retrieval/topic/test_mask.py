"""Mask of a topic in a text: runs of its words and synonyms, without names of States that stand alone."""

import pytest

from app.retrieval.topic.mask import mask_topic


@pytest.mark.parametrize(("text", "topic", "masked"), [
    ("We support the review of the mechanism.", "review mechanism", "We support the this."),
    ("我们支持审议机制。", "审议机制", "我们支持这个。"),
    ("Capital punishment has no place.", "death penalty", "this has no place."),
    ("We thank Belmora.", "the death penalty in Belmora", "We thank Belmora."),
    ("We thank Belmora.", "support for Belmora", "We thank Belmora."),
    ("The death penalty in Belmora must end.", "the death penalty in Belmora", "The this must end."),
    ("We thank Belmora.", "Belmora", "We thank this."),
    # Without the State, the topic is still a term ("embargo"), which has a synonym ("blockade").
    ("Belmora should lift its blockade.", "the embargo against Cuba", "Belmora should lift its this."),
    ("We stand with Cuba.", "the embargo against Cuba", "We stand with Cuba."),
])  # fmt: skip
def test_a_topic_is_named_by_its_synonyms_and_not_by_its_state(text, topic, masked, parties):
    assert mask_topic(text, topic, "en" if topic.isascii() else "zh", parties) == masked

"""The topic of a question: its words in other languages and by synonyms, and whether a text is on it.

Four tests tell whether a text names a topic. They differ in what a wrong answer costs:

* `mask.py`: the places of its words in a sentence, by synonyms that can stand in for the whole topic. What a direction
  is about; a place that is missed hides the direction, so that function words join a run.
* `share.py`: the share of its words that a text holds, with narrower terms ("embargoes" for "sanctions"). Whether a
  quotation stands under the heading of a topic.
* `Topic.share_of`: the share weighted by rarity, a feature of the fitted model, which knows its errors.
* `lexical_relevance_of` of `app/retrieval/ranking/sentence_scorer.py`: where no model was fitted, that share in the
  sentence and with its neighbours, in English or in the words of the question.
"""

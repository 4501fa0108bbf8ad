"""Evidence near the sentences that an earlier answer showed: "why?" is answered by a reason close to a quotation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.question.resolution import Shown
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.relevance import CITED
from app.retrieval.retrieved import Retrieved
from ingest.language.anaphora import explains_before, refers_back
from vectorstore.records import Sentence

# Greatest distance of a reason from a quotation, in sentences as `_distance` counts them.
_DISTANCE_MAX: Final = 6
# Sentences before a quoted conclusion ("Drelnia therefore supports …") in which its reason may stand.
_BEFORE_CONCLUSION: Final = 2
# Share of the topic's words above which a sentence shows that its paragraph is on the topic. Set by hand.
_TOPIC_SHARE_MIN: Final = 0.5
# First words and characters of a paragraph by which it refers back to the one before it: "For these reasons, …".
_OPENING: Final = (4, 30)


def near_shown(
    base: Retrieved, shown: Shown, bears: Callable[[str], bool], share_of_topic: Callable[[str, str | None], float]
) -> Retrieved:
    """Returns the sentences that satisfy `bears` near the sentences shown, nearest first; `base` has their texts.

    They are in the paragraph of a quotation, in the next one if it begins with a reference to it, or in one that names
    the topic: other paragraphs may be on anything. A sentence that was shown counts too if it satisfies `bears`
    ("Drelnia therefore supports …"), and with it the sentences just before it.
    """
    by_party: dict[str, list[ScoredSentence]] = {}
    for key, statement in base.sources.statements.items():
        sentences = base.sources.sentences[key]
        quoted = [s for s in sentences if s.sentence_id in shown.sentences]
        related = {*_related_paragraphs(sentences, quoted, share_of_topic)}
        distance = {s: min((_distance(s, each) for each in quoted), default=_DISTANCE_MAX + 1) for s in sentences}
        near = [s for s in sentences if s.paragraph in related and distance[s] <= _DISTANCE_MAX]
        near.sort(key=lambda s: (distance[s], s.ordinal))
        bearing = [s for s in near if bears(s.text)]
        conclusions = [s.ordinal for s in bearing if s in quoted]
        others = [s for s in near if s not in bearing and s not in quoted]
        bearing += [s for s in others if any(0 < at - s.ordinal <= _BEFORE_CONCLUSION for at in conclusions)]
        holders = [party for party, own in base.statements_by_party.items() if any(s.statement_id == key for s in own)]
        for party in holders or statement.metadata.holders[:1] or [""]:
            by_party.setdefault(party, []).extend(ScoredSentence(sentence=s, relevance=CITED) for s in bearing)
    evidence = tuple(
        PartyEvidence(
            party=party,
            statements=tuple(
                s for s in base.statements_by_party.get(party, ()) if s.statement_id in base.sources.statements
            ),
            sentences=tuple(scored),
        )
        for party, scored in by_party.items()
        if scored
    )
    return replace(base, party_evidence=evidence)


def _related_paragraphs(
    sentences: Sequence[Sentence], quoted: Sequence[Sentence], share_of_topic: Callable[[str, str | None], float]
) -> Iterator[int | None]:
    """Yields the paragraphs in which a reason for what is quoted may stand."""
    quoted_in = {s.paragraph for s in quoted}
    yield from quoted_in
    words, characters = _OPENING
    before: Sentence | None = None
    for sentence in sentences:
        opens = before is not None and before.paragraph in quoted_in - {sentence.paragraph}
        opening = " ".join(sentence.text.split()[:words])[:characters]
        follows = opens and (refers_back(opening) or explains_before(sentence.text))
        if follows or share_of_topic(sentence.text, sentence.language) > _TOPIC_SHARE_MIN:
            yield sentence.paragraph
        before = sentence


def _distance(one: Sentence, other: Sentence) -> int:
    """Returns the distance between two sentences of a statement, in sentences; different paragraphs add two."""
    return abs(one.ordinal - other.ordinal) + (0 if one.paragraph == other.paragraph else 2)

"""Evidence near the sentences that an earlier answer showed: "why?" is answered by a reason close to a quotation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.question.resolution import Shown
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.relevance import CITED
from app.retrieval.retrieved import Retrieved
from ingest.language.anaphora import concludes, explains_before, refers_back
from vectorstore.records import Sentence

# Greatest distance of a reason from a quotation, in sentences as `_distance` counts them.
_DISTANCE_MAX: Final = 6
# Sentences before a quoted conclusion ("Drelnia therefore supports …") in which its reason may stand.
_BEFORE_CONCLUSION: Final = 2
# A sentence is on the topic if it names more than this share of its words. Set by hand.
_TOPIC_SHARE_EXCEEDED: Final = 0.5
# First words and characters of a sentence by which it refers back to the one before it: "For these reasons, …".
_OPENING: Final = (4, 30)


def near_shown(
    base: Retrieved, shown: Shown, bears: Callable[[str], bool], share_of_topic: Callable[[str, str | None], float]
) -> Retrieved:
    """Returns the sentences that satisfy `bears` near the sentences shown, nearest first; `base` has their texts.

    They are on the topic, or stand next to a quotation and belong to it: others may be on anything, and in some files a
    whole speech is one paragraph. A sentence that was shown counts too if it satisfies `bears`, and so do those just
    before a conclusion that was shown ("Drelnia therefore supports …").
    """
    by_party: dict[str, list[ScoredSentence]] = {}
    for key, statement in base.sources.statements.items():
        sentences = base.sources.sentences[key]
        quoted = [s for s in sentences if s.sentence_id in shown.sentences]
        related = {*_related(sentences, quoted, share_of_topic)}
        related |= {s for each in quoted if _refers_back(each) for s in sentences if _leads_to(s, each, 1)}
        distance = {s: min((_distance(s, each) for each in quoted), default=_DISTANCE_MAX + 1) for s in sentences}
        near = [s for s in sentences if distance[s] <= _DISTANCE_MAX]
        near.sort(key=lambda s: (distance[s], s.ordinal))
        bearing = [s for s in near if s in related and bears(s.text)]
        conclusions = [s for s in quoted if concludes(s.text)]
        others = [s for s in near if s not in bearing and s not in quoted]
        bearing += [s for s in others if any(_leads_to(s, each) for each in conclusions)]
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


def _related(
    sentences: Sequence[Sentence], quoted: Sequence[Sentence], share_of_topic: Callable[[str, str | None], float]
) -> Iterator[Sentence]:
    """Yields the sentences that may give a reason for what is quoted.

    They are on the topic, or follow what is quoted: in its paragraph directly, and else by referring back.
    """
    before: Sentence | None = None
    belongs = False
    for sentence in sentences:
        refers = _refers_back(sentence) or explains_before(sentence.text)
        follows = before is not None and before.paragraph == sentence.paragraph
        leads = follows and before is not None and (before in quoted or explains_before(before.text))
        belongs = sentence in quoted or (belongs and (refers or leads))
        if belongs or share_of_topic(sentence.text, sentence.language) > _TOPIC_SHARE_EXCEEDED:
            yield sentence
        before = sentence


def _refers_back(sentence: Sentence) -> bool:
    words, characters = _OPENING
    return refers_back(" ".join(sentence.text.split()[:words])[:characters])


def _leads_to(sentence: Sentence, later: Sentence, distance: int = _BEFORE_CONCLUSION) -> bool:
    return sentence.paragraph == later.paragraph and 0 < later.ordinal - sentence.ordinal <= distance


def _distance(one: Sentence, other: Sentence) -> int:
    """Returns the distance between two sentences of a statement, in sentences; different paragraphs add two."""
    return abs(one.ordinal - other.ordinal) + (0 if one.paragraph == other.paragraph else 2)

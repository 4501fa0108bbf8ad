"""Going on where an answer ended: what was shown before is left out, "who else?" and "what else?".

After "which States support the protocol?", which showed Arvandia, "who else?" leaves Arvandia out; after "what did
Arvandia say of it?", "more" leaves out the sentences that were quoted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.question.resolution import Resolution
from app.retrieval.evidence_retriever import Retrieved
from app.retrieval.party_evidence import PartyEvidence


def exclude_shown(retrieved: Retrieved, resolution: Resolution) -> Retrieved:
    """Returns what was found without what an earlier answer showed of it; all of it for any other turn."""
    shown = resolution.shown
    if resolution.act != "more" or shown is None:
        return retrieved
    many = resolution.scope.all_states or resolution.scope.members_of

    def rest(items: Iterable[PartyEvidence]) -> Iterator[PartyEvidence]:
        for item in items:
            if item.answers and not many:
                new = (each for each in item.best if each.sentence.sentence_id not in shown.sentences)
                yield replace(item, sentences=tuple(new))
            elif not (item.answers and item.party in shown.parties):
                yield item

    return replace(
        retrieved, party_evidence=tuple(rest(retrieved.party_evidence)), spoken_for=tuple(rest(retrieved.spoken_for))
    )

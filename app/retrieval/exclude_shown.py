"""Going on where an answer ended: what was shown before is left out, "who else?" and "what else?".

After "which States support the protocol?", which showed Arvandia, "who else?" leaves Arvandia out; after "what did
Arvandia say of it?", "more" leaves out the sentences that were quoted.
"""

from dataclasses import replace

from app.question.resolution import Resolution
from app.retrieval.evidence_retriever import Retrieved
from app.retrieval.party_evidence import PartyEvidence


def exclude_shown(retrieved: Retrieved, resolution: Resolution) -> Retrieved:
    """Returns what was found without what an earlier answer showed of it; all of it for any other turn."""
    shown = resolution.shown
    if resolution.act != "more" or shown is None:
        return retrieved
    many = resolution.all_states or resolution.scope.members_of

    def rest(item: PartyEvidence) -> PartyEvidence | None:
        if many:
            return None if item.party in shown.parties and item.answers else item
        best = tuple(each for each in item.best if each.sentence.sentence_id not in shown.sentences)
        return replace(item, sentences=best) if item.answers else item

    def left(items: tuple[PartyEvidence, ...]) -> tuple[PartyEvidence, ...]:
        return tuple(item for item in map(rest, items) if item is not None)

    return replace(retrieved, party_evidence=left(retrieved.party_evidence), spoken_for=left(retrieved.spoken_for))

"""Share of a topic's words that a text names, where synonyms and narrower terms count as well.

"We oppose unilateral coercive measures." names all of "sanctions".
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import topic_in
from ingest.glossary import concept_relations
from ingest.glossary.glossary import NamedTerm, terms_of, terms_of_concept, terms_within
from ingest.parties.party_table import PartyTable
from prompts.wording import known_language

# What a text is given that names the whole topic, but only by a narrower term ("embargo" for sanctions) or the
# adjective of a State: just less than one that names it itself.
LOOSE_SHARE: Final = 0.99


def share_of_topic(topic: str, language: str, parties: PartyTable) -> Callable[[str, str | None], float]:
    """Returns a function from a text and its language to the share of the topic's words that the text names, 0 to 1.

    A topic without a translation into that language is looked for as it is written. `parties` are those that topic and
    text may name.
    """

    def shared(text: str, other: str | None) -> float:
        spoken = known_language(other)
        return _shared(topic_in(topic, language, spoken) or topic, spoken, parties)(text)

    return shared


@lru_cache(maxsize=256)
def _shared(topic: str, language: str, parties: PartyTable) -> Callable[[str], float]:
    """Returns a function from a text to the share of the topic's words or synonyms that it names; 1 without a topic."""
    # A text that names all of them only by narrower terms ("embargoes" for "sanctions") or by the adjective of a State
    # gets less than 1 (`LOOSE_SHARE`): it may be on something else.
    known, within = terms_of(topic, language), terms_within(topic, language)

    def put(part: NamedTerm, term: str) -> str:
        return f"{topic[: part.start]}{term}{topic[part.end :]}"

    written = [topic, *known, *(put(each, term) for each in within for term in each.terms)]
    names = [terms for each in written if (terms := content_terms(each, language))]
    narrower = ((each, kind) for each in within for kind in concept_relations.narrower(each.concept))
    kinds_of_it = [
        content_terms(put(each, term), language) for each, kind in narrower for term in terms_of_concept(kind, language)
    ]
    own = {named.concept for named in within}
    own = own.union(*map(concept_relations.narrower, own))
    states = {match.codes: content_terms(match.text, language) for match in parties.find(topic, language)}

    def shared(text: str) -> float:
        # Terms for other concepts are cut out: "trafficking in persons" shares no word with "trafficking in firearms".
        # A term that contains the whole topic ("legal basis for extradition") is on it, and stays.
        for named in reversed(terms_within(text, language) if known else ()):
            term = content_terms(text[named.start : named.end], language)
            if named.concept not in own and not any(terms <= term or term <= terms for terms in names):
                text = text[: named.start] + text[named.end :]
        held = content_terms(text, language)
        # "The Syrian crisis" names Syria.
        with_states = held.union(
            *(states.get(match.codes, ()) for match in (parties.find(text, language) if states else ()))
        )
        exactly = max((len(terms & held) / len(terms) for terms in names), default=0.0 if topic else 1.0)
        loosely = max((len(terms & with_states) / len(terms) for terms in names), default=0.0)
        loosely = 1.0 if any(terms <= with_states for terms in kinds_of_it) else loosely
        return max(exactly, min(loosely, LOOSE_SHARE))

    return shared

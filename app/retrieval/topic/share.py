"""Share of a topic's words that a text names, where synonyms and derived forms count as well.

"We oppose unilateral coercive measures." names all of "sanctions"; "non-permanent seats" names half of "permanent
seats".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import regex

from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import topic_in
from ingest.glossary import thesaurus
from ingest.glossary.glossary import NamedTerm, terms_of, terms_of_concept, terms_within
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from vectorstore.stems import words_of

# The share of a text that names the whole topic, but partly by derived forms or narrower terms.
LOOSELY: Final = 0.99
_CONTRARY: Final = regex.compile(r"(?i)\bnon[-‐‑][\p{L}\p{M}]+")
# Endings by which the stem of a verb differs from that of its noun: abolish, abolition; extend, extension; reduce,
# reduction; resolve, resolution; permit, permission; convert, conversion.
_DERIVED: Final = regex.compile(
    r"(?<=\w{4}i)(?:sh|t)$|(?<=\w{2}(?:en|u|i))[ds]$|(?<=\w{2}mi)(?:t|ss)$|(?<=\w{2}uc)t$|(?<=\w{3}er)[ts]$|(?<=\w{3}ol)(?:v|ut)$"
)


def share_of_topic(topic: str, language: str, parties: PartyTable) -> Callable[[str, str | None], float]:
    """Returns a function from a text and its language to the share of the topic's words that the text names, 0 to 1.

    A topic without a translation into that language is looked for as it is written. `parties` are those that topic and
    text may name.
    """

    def shared(text: str, other: str | None) -> float:
        spoken = other if other in LANGUAGES else "en"
        return _shared(topic_in(topic, language, spoken) or topic, spoken, parties)(text)

    return shared


@lru_cache(maxsize=256)
def _shared(topic: str, language: str, parties: PartyTable) -> Callable[[str], float]:
    """Returns a function from a text to the share of the topic's words or synonyms that it names; 1 without a topic."""
    # A text that names all of them only by words of the same root, by narrower terms ("embargoes" for "sanctions") or
    # by the adjective of a State gets less than 1 (`LOOSELY`): it may be on something else.
    known, within = terms_of(topic, language), terms_within(topic, language)
    parts = [*_parts(topic, within, language)]

    def put(part: NamedTerm, term: str) -> str:
        return f"{topic[: part.start]}{term}{topic[part.end :]}"

    written = [topic, *known, *(put(each, term) for each in within for term in each.terms)]
    names = [terms for each in written if (terms := content_terms(each, language))]
    # "Lifting of embargoes" names "lifting of sanctions", since embargoes are sanctions; "lifting" alone does not.
    narrower = ((each, kind) for each in (*within, *parts) for kind in thesaurus.narrower(each.concept))
    kinds = [put(each, term) for each in parts for term in each.terms]
    kinds += [put(each, term) for each, kind in narrower for term in terms_of_concept(kind, language)]
    loose = [terms for each in written if (terms := _roots(each, language))]
    kinds_of_it = [_roots(each, language) for each in kinds]
    own = {named.concept for named in (*within, *parts)}
    own = own.union(*map(thesaurus.narrower, own))
    states = {match.codes: _roots(match.text, language) for match in parties.find(topic, language)}

    def shared(text: str) -> float:
        # "Non-permanent seats" does not name permanent ones.
        text = text if _CONTRARY.search(topic) else _CONTRARY.sub(" ", text)
        # Terms for other concepts are cut out: "trafficking in persons" shares no word with "trafficking in firearms".
        # A term that contains the whole topic ("legal basis for extradition") is on it, and stays.
        for named in reversed(terms_within(text, language) if known else ()):
            term = content_terms(text[named.start : named.end], language)
            if named.concept not in own and not any(terms <= term or term <= terms for terms in names):
                text = text[: named.start] + text[named.end :]
        held, roots = content_terms(text, language), _roots(text, language)
        # "The Syrian crisis" names Syria.
        roots = roots.union(
            *(states.get(match.codes, ()) for match in (parties.find(text, language) if states else ()))
        )
        exactly = max((len(terms & held) / len(terms) for terms in names), default=0.0 if topic else 1.0)
        loosely = max((len(terms & roots) / len(terms) for terms in loose), default=0.0)
        loosely = 1.0 if any(terms <= roots for terms in kinds_of_it) else loosely
        return max(exactly, min(loosely, LOOSELY))

    return shared


def _parts(topic: str, within: Sequence[NamedTerm], language: str) -> Iterator[NamedTerm]:
    """Yields the related concepts that single words of a term name: "sanctions" in "lifting of sanctions"."""
    for named in within:
        near = thesaurus.near(named.concept)
        for word in words_of(topic[named.start : named.end]):
            start = topic.index(word, named.start)
            for part in terms_within(word, language):
                if part.concept in near:
                    yield replace(part, start=start, end=start + len(word))


def _roots(text: str, language: str) -> frozenset[str]:
    """Returns the content terms of a text, with English verbs and nouns derived from them reduced to one root."""
    terms = content_terms(text, language)
    return frozenset(_DERIVED.sub("", term) for term in terms) if language == "en" else terms

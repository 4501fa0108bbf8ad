"""Answers on whole statements, as documents: with their metadata, words, key sentences and lists.

"Who delivered it?" is answered with the metadata of a statement, citing its heading; "summarise it" with key sentences;
"which documents do we have?" with a list.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import dropwhile, takewhile, zip_longest
from typing import Final

from app.answering.citations import cite, with_quoted_parties
from app.answering.compose.composition import Composition, KindContext
from app.answering.localization import Localization, language_name
from app.answering.provenance import cited_holders, provenance
from app.answering.quoting import claim_of, quote
from app.records import Citation, Claim, Sources
from app.retrieval.retrieved import Retrieved
from vectorstore.records import Sentence

# Number of first sentences in which a statement's heading is looked for, and the most of its lines that are quoted.
_HEADING_WITHIN: Final = 12
_MAX_HEADING: Final = 6


def compose_metadata(context: KindContext, retrieved: Retrieved) -> Composition:
    """States the metadata of statements, each citing its heading; on a topic, of those that speak of it."""
    sources = retrieved.sources
    on_topic = context.has_topic_or_treaty and context.resolution.act != "about"
    keys = dict.fromkeys(s.statement_id for s in _answering(retrieved)) if on_topic else sources.statements
    headings = [(key, _heading_of(sources.sentences[key])) for key in keys if sources.sentences[key]]
    return _cited(headings[: context.limit], sources, context, partial(_facts, sources, context.local))


def compose_source(context: KindContext, retrieved: Retrieved) -> Composition:
    """Cites the sentences that contain quoted words, one span per place; notes if no place has exactly these words.

    Where no words are quoted, the source asked for is that of the statements, which are told by their metadata.
    """
    if not context.resolution.quote:
        return compose_metadata(context, retrieved)
    sources, local = retrieved.sources, context.local
    spans: list[tuple[str, range]] = []
    for place in retrieved.word_places:
        sentences = sources.sentences.get(place.statement_id, ())
        overlapping = [s.ordinal for s in sentences if s.start < place.end and place.start < s.end]
        if overlapping and place.statement_id in sources.statements:
            spans.append((place.statement_id, range(overlapping[0], overlapping[-1] + 1)))
    composed = _cited(spans[: context.limit], sources, context, lambda code, c: claim_of(code, local, c).text)
    altered = composed.claims and all(place.verdict != "verified" for place in retrieved.word_places)
    return replace(composed, opening=local.say("source_altered")) if altered else composed


def compose_summary(context: KindContext, retrieved: Retrieved) -> Composition:
    """Quotes key sentences, or those on the topic, in the order of their statements, without rewording them.

    Each party named is quoted at least once, however many they are.
    """
    sources, local = retrieved.sources, context.local
    limit = max(context.limit, len(retrieved.asked_parties))
    chosen: Sequence[Sentence] = _answering(retrieved)
    if not chosen and not context.has_topic_or_treaty:
        chosen = context.retriever.key_sentences(retrieved, limit)
    # The best sentence of each party comes first, then the second best of each.
    by_party: dict[tuple[str, ...], list[Sentence]] = {}
    for sentence in chosen:
        by_party.setdefault(sources.statements[sentence.statement_id].metadata.holders, []).append(sentence)
    chosen = [sentence for rank in zip_longest(*by_party.values()) for sentence in rank if sentence is not None]
    order = list(sources.statements)
    quoted = with_quoted_parties(quote(chosen, sources, limit, first_number=1), sources, local.parties)
    quoted.sort(key=lambda citation: (order.index(citation.statement_id), citation.start))
    citations = tuple(replace(citation, number=number) for number, citation in enumerate(quoted, start=1))
    claims = tuple(claim_of(_party(citation, context), local, citation) for citation in citations)
    return Composition(claims=claims, citations=citations, notes=(local.say("summary_note"),) if claims else ())


def compose_list(context: KindContext, retrieved: Retrieved) -> Composition:
    """Lists the statements on a topic, citing their best sentences on it; without one all, citing their first ones."""
    sources, local, searched = retrieved.sources, context.local, len(retrieved.statements_in_scope)
    if context.has_topic_or_treaty:
        ordinals: dict[str, int] = {}
        for sentence in _answering(retrieved):
            ordinals.setdefault(sentence.statement_id, sentence.ordinal)
        count = len(ordinals)
    else:
        ordinals = {key: 0 for key in sources.statements if sources.sentences[key]}
        count = searched

    def line(code: str, citation: Citation) -> str:
        party = cited_holders(citation, local.name, local, code) if code else ""
        named = citation.title or citation.symbol or citation.file
        return local.comma.join(part for part in (party, provenance(citation, local), named) if part)

    spans = [(key, range(place, place + 1)) for key, place in ordinals.items()]
    composed = _cited(spans, sources, context, line)
    rest = count - len(composed.claims)
    notes = (local.say("list_rest", count=rest),) if rest > 0 else ()
    opening = local.say("list_of" if count == searched else "list_found", count=count, searched=searched)
    return replace(composed, as_points=True, shows_quotations=False, opening=opening, notes=notes)


def _cited(
    places: Iterable[tuple[str, range]], sources: Sources, context: KindContext, words: Callable[[str, Citation], str]
) -> Composition:
    """Cites one span of each statement, given by id, with a claim about its party whose text `words` returns."""
    spans = [
        cite(sources.statements[key], sources.sentences[key], span, number)
        for number, (key, span) in enumerate(places, start=1)
    ]
    citations = with_quoted_parties(spans, sources, context.local.parties)
    of_party = [(_party(citation, context), citation) for citation in citations]
    claims = [Claim(state=party or None, text=words(party, c), citations=(c.number,)) for party, c in of_party]
    return Composition(claims=tuple(claims), citations=tuple(citations))


def _answering(retrieved: Retrieved) -> list[Sentence]:
    return [sentence for item in retrieved.party_evidence if item.answers for sentence in item.best_sentences]


def _party(citation: Citation, context: KindContext) -> str:
    """Returns the party to attribute a citation to: its first holder that is asked about, else its first holder."""
    asked = {*context.resolution.scope.named_parties}
    return next((code for code in citation.holders if code in asked), next(iter(citation.holders), ""))


def _facts(sources: Sources, local: Localization, _: str, citation: Citation) -> str:
    """Returns the metadata of a statement as one line, which also says what its text does not give."""
    statement, sentences = sources.statements[citation.statement_id], sources.sentences[citation.statement_id]
    known, say = statement.metadata, local.say
    speaker = say("facts_no_speaker") if known.speaker is None else say("facts_speaker", speaker=known.speaker)
    if known.speaker is not None and "speaker" in citation.inferred:
        speaker = say("inferred", fact=speaker)
    where = provenance(citation, local)
    parts = [
        speaker,
        say("facts_group", group=local.name(known.on_behalf_of)) if known.on_behalf_of else "",
        where if known.date else local.comma.join(part for part in (where, say("facts_no_date")) if part),
        "" if known.agenda_item else say("facts_no_item"),
        say("facts_symbol", symbol=known.symbol) if known.symbol else "",
        say("facts_language", language=language_name(known.language, local.language)) if known.language else "",
        say("facts_words", count=sum(len(sentence.text.split()) for sentence in sentences))
        if known.language != "zh"
        else say("facts_characters", count=sum(len(sentence.text) for sentence in sentences)),
        say("facts_file", file=statement.file),
    ]
    line = local.semicolon.join(part for part in parts if part)
    return line[0].upper() + line[1:]


def _heading_of(sentences: Sequence[Sentence]) -> range:
    """Returns the ordinals of a statement's heading: its first lines outside paragraphs, else its first sentence."""
    opening = dropwhile(lambda s: s.paragraph is not None, sentences[:_HEADING_WITHIN])
    head = [s.ordinal for s in takewhile(lambda s: s.paragraph is None, opening)][:_MAX_HEADING] or [0]
    return range(head[0], head[-1] + 1)

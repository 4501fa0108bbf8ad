"""Answers by the kind of question: what is retrieved for each kind, and how its answer is composed.

"Who delivered it?" is answered with the metadata of a statement, citing its heading; "summarise it" with key sentences;
"which documents do we have?" with a list. All other kinds are answered with the best evidence on their topic.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import dropwhile, islice, takewhile
from typing import Final

from app.answering.answer_type_check import contains_answer_type
from app.answering.citation_spans import cite
from app.answering.compose.extractive import Composition, claim_of, quote
from app.answering.localization import Localization, language_name
from app.answering.provenance import holders, provenance
from app.answering.quoted_speaker import with_quoted_parties
from app.question.resolution import Resolution
from app.records import Citation, Claim, Note, Scope, Sources, WordsFound
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.near_shown import near_shown
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.retrieved import Retrieved
from ingest.parties.party_table import PartyTable
from vectorstore.records import Sentence, StatementSummary

# The most statements that a list names.
_LISTED: Final = 30
# Number of first sentences in which a statement's heading is looked for, and the most of its lines that are quoted.
_OPENING: Final = 12
_HEADING: Final = 6
FindWords = Callable[[str], Sequence[WordsFound]]


@dataclass(frozen=True, kw_only=True)
class KindAnswers:
    """Retrieves what each kind of question needs, and composes answers on metadata, sources, summaries and lists."""

    retriever: EvidenceRetriever
    find_words: FindWords
    """Finds where quoted words occur in the corpus."""
    limit: int

    def retrieve(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Retrieves the statements or the evidence that the kind of question needs."""
        kind, retriever = resolution.answered_as, self.retriever
        if kind == "greeting":
            everything = retriever.in_scope(Resolution(scope=Scope(), question=resolution.question), parties)
            return replace(everything, statements_of_parties=everything.statements_in_scope, statements_in_scope=())
        if kind == "source" and resolution.quote:
            return self._with_quote(resolution, parties)
        if kind in ("metadata", "source") or (kind in ("summary", "list") and not _has_subject(resolution)):
            return self._statements(resolution, parties)
        if kind == "reason" and resolution.act == "about" and resolution.shown and resolution.shown.sentences:
            shown = resolution.shown
            texts = retriever.with_texts(retriever.in_scope(resolution, parties), shown.statements)
            near = near_shown(texts, shown, partial(contains_answer_type, "reason", parties=parties))
            if near.party_evidence:
                return near
        return _without_shown(retriever.retrieve(resolution, parties), resolution)

    def compose(self, resolution: Resolution, retrieved: Retrieved, local: Localization) -> Composition | None:
        """Composes the answer on metadata, a source, a summary or a list of documents; None for any other kind."""
        sources, kind = retrieved.sources, resolution.answered_as
        asked = {*resolution.scope.states, *resolution.scope.groups}
        if kind == "source" and resolution.quote:
            return _compose_source(retrieved.word_places, sources, local, asked, limit=self.limit)
        if kind in ("metadata", "source"):
            spans = {key: _heading_of(sources.sentences[key]) for key in sources.statements if sources.sentences[key]}
            facts = partial(_facts, sources, local)
            return _cited(islice(spans.items(), self.limit), sources, local.parties, asked, facts)
        if kind == "summary":
            chosen = _answering(retrieved)
            if not (chosen or _has_subject(resolution)):
                chosen = list(self.retriever.key_sentences(retrieved, self.limit))
            return _compose_summary(chosen, sources, local, asked, limit=self.limit)
        if kind == "list":
            best = _answering(retrieved) if _has_subject(resolution) else None
            return _compose_list(sources, best, len(retrieved.statements_in_scope), local, asked)
        return None

    def _statements(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the statements asked about, with their texts: those shown before, else those in scope."""
        found = self.retriever.in_scope(resolution, parties)
        shown = resolution.shown.statements if resolution.shown is not None else ()
        if resolution.answered_as == "list":
            listed = [s for s in found.statements_in_scope if resolution.act != "more" or s.statement_id not in shown]
            found = replace(found, statements_in_scope=tuple(listed))
            return self.retriever.with_texts(found, [s.statement_id for s in listed[:_LISTED]])
        if shown and resolution.act == "about":
            return self.retriever.with_texts(found, shown[: self.limit])
        if not is_scoped(resolution):
            return replace(found, statements_in_scope=())
        newest = _newest(found.statements_by_party)
        if len(newest) < len(found.statements_in_scope):
            found = replace(found, notes=(*found.notes, Note(kind="latest", values={"statements": newest})))
        return self.retriever.with_texts(found, [s.statement_id for s in newest[: self.limit]])

    def _with_quote(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the statements in which the quoted words occur, with their texts and the places."""
        everything = replace(resolution, is_statement_question=True, unnamed=False)
        found = self.retriever.in_scope(everything, parties)
        places = tuple(self.find_words(resolution.quote))
        statement_ids = dict.fromkeys(place.statement_id for place in places)
        return self.retriever.with_texts(replace(found, word_places=places), list(statement_ids))


def _without_shown(retrieved: Retrieved, resolution: Resolution) -> Retrieved:
    """Leaves out what an earlier answer showed: parties after "who else?", sentences after "what else?"."""
    shown = resolution.shown
    if resolution.act != "more" or shown is None:
        return retrieved
    is_open = resolution.scope.all_states or resolution.scope.members_of

    def unseen(items: Iterable[PartyEvidence]) -> Iterator[PartyEvidence]:
        for item in items:
            if item.answers and not is_open:
                new = (each for each in item.best if each.sentence.sentence_id not in shown.sentences)
                yield replace(item, sentences=tuple(new))
            elif not (item.answers and item.party in shown.parties):
                yield item

    party_evidence, spoken_for = (tuple(unseen(items)) for items in (retrieved.party_evidence, retrieved.spoken_for))
    return replace(retrieved, party_evidence=party_evidence, spoken_for=spoken_for)


def _party(citation: Citation, asked: Collection[str]) -> str:
    """Returns the party to attribute a citation to: its first holder that is asked about, else its first holder."""
    return next((code for code in citation.holders if code in asked), next(iter(citation.holders), ""))


def _cited(
    places: Iterable[tuple[str, range]],
    sources: Sources,
    parties: PartyTable,
    asked: Collection[str],
    said: Callable[[str, Citation], str],
) -> Composition:
    """Cites one span of each statement, given by id, with a claim about its party whose text `said` returns."""
    made = [
        cite(sources.statements[key], sources.sentences[key], span, number)
        for number, (key, span) in enumerate(places, start=1)
    ]
    citations = with_quoted_parties(made, sources, parties)
    claims = [
        Claim(state=(party := _party(each, asked)) or None, text=said(party, each), citations=(each.number,))
        for each in citations
    ]
    return Composition(claims=tuple(claims), citations=tuple(citations))


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
    opening = dropwhile(lambda s: s.paragraph is not None, sentences[:_OPENING])
    head = [s.ordinal for s in takewhile(lambda s: s.paragraph is None, opening)][:_HEADING] or [0]
    return range(head[0], head[-1] + 1)


def _compose_list(
    sources: Sources, best: Sequence[Sentence] | None, searched: int, local: Localization, asked: Collection[str]
) -> Composition:
    """Lists the statements of the `best` sentences, citing these; if None, all statements, citing their first ones."""
    ordinals = {} if best is not None else {key: 0 for key in sources.statements if sources.sentences[key]}
    for sentence in best or ():
        ordinals.setdefault(sentence.statement_id, sentence.ordinal)
    count = searched if best is None else len(ordinals)

    def line(code: str, citation: Citation) -> str:
        party = holders(citation, local.name, local, code) if code else ""
        named = citation.title or citation.symbol or citation.file
        return local.comma.join(part for part in (party, provenance(citation, local), named) if part)

    spans = [(key, range(place, place + 1)) for key, place in ordinals.items()]
    made = _cited(spans, sources, local.parties, asked, line)
    rest = count - len(made.claims)
    notes = (local.say("list_rest", count=rest),) if rest > 0 else ()
    opening = local.say("list_of" if count == searched else "list_found", count=count, searched=searched)
    return replace(made, points=True, quoted=False, opening=opening, notes=notes)


def _compose_source(
    found: Sequence[WordsFound], sources: Sources, local: Localization, asked: Collection[str], *, limit: int
) -> Composition:
    """Cites the sentences that contain quoted words, one span per place; notes if no place has exactly these words."""
    places: list[tuple[str, range]] = []
    for place in found:
        sentences = sources.sentences.get(place.statement_id, ())
        overlapping = [s.ordinal for s in sentences if s.start < place.end and place.start < s.end]
        if overlapping and place.statement_id in sources.statements:
            places.append((place.statement_id, range(overlapping[0], overlapping[-1] + 1)))
    made = _cited(places[:limit], sources, local.parties, asked, lambda code, c: claim_of(code, local, c).text)
    altered = made.claims and all(place.verdict != "verified" for place in found)
    return replace(made, opening=local.say("source_altered")) if altered else made


def _compose_summary(
    chosen: Sequence[Sentence], sources: Sources, local: Localization, asked: Collection[str], *, limit: int
) -> Composition:
    """Quotes key sentences in the order of their statements, without rewording them."""
    order = list(sources.statements)
    made = with_quoted_parties(quote(chosen, sources, limit, first_number=1), sources, local.parties)
    made.sort(key=lambda citation: (order.index(citation.statement_id), citation.start))
    citations = tuple(replace(citation, number=number) for number, citation in enumerate(made, start=1))
    claims = tuple(claim_of(_party(citation, asked), local, citation) for citation in citations)
    return Composition(claims=claims, citations=citations, notes=(local.say("summary_note"),) if claims else ())


def _newest(owned: Mapping[str, Sequence[StatementSummary]]) -> tuple[StatementSummary, ...]:
    """Returns the newest statement of each party; a joint statement is returned once."""
    newest: dict[str, StatementSummary] = {}
    dated = [(summary, party) for party, summaries in owned.items() for summary in summaries]
    for summary, party in sorted(dated, key=lambda item: item[0].metadata.date or ""):
        newest[party] = summary
    return tuple({summary.statement_id: summary for summary in newest.values()}.values())


def _answering(retrieved: Retrieved) -> list[Sentence]:
    return [sentence for item in retrieved.party_evidence if item.answers for sentence in item.best_sentences]


def _has_subject(resolution: Resolution) -> bool:
    return bool(resolution.scope.topic or resolution.scope.treaties)


def is_scoped(resolution: Resolution) -> bool:
    """Returns whether a question names the parties or the occasion of the statements that it is about."""
    scope = resolution.scope
    named = scope.states or scope.groups or scope.members_of or scope.bodies or scope.sessions or scope.agenda_items
    return bool(named or scope.years or scope.months or scope.interval)

"""Evidence retrieval for a resolved question: applies its scope, then searches each party's statements separately.

"What did Arvandia and Belmora say about extradition?" gives evidence of both, since they do not compete for places
among the best passages.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from typing import Final

from app.question.resolution import Resolution
from app.question.scope_fields import by_subject
from app.records import Note, Pick, Scope, Sources
from app.retrieval.chronology import made_before
from app.retrieval.party_evidence import PartyEvidence, merge_evidence
from app.retrieval.party_search import PartySearch
from app.retrieval.positions.asked_direction import AskedDirection, AskedFor, asked_for
from app.retrieval.positions.latest_position import PositionReader
from app.retrieval.positions.position_reading import EvidenceReader
from app.retrieval.positions.quoted_speaker import OwnWords
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.retrieved import Retrieved
from app.retrieval.scoped_statements import ScopedStatements, picked, unreadable_in_scope
from app.retrieval.search_notes import left_aside_notes, result_notes, search_notes, unattributed_notes
from app.retrieval.search_strategy import choose_strategy
from app.retrieval.terms import content_terms
from app.retrieval.topic.acronyms import expansion_of
from app.retrieval.topic.subject import topic_words
from app.retrieval.topic.topic import topic_in
from app.retrieval.unmatched_filters import rereadings
from ingest.language.attribution_verbs import attribution
from ingest.language.own_voice import speaks_in_first_person
from ingest.parties.party_table import PartyTable
from vectorstore.records import ScopeFilter, Sentence, StatementSummary
from vectorstore.store import Store

# The most parties that are searched separately, which bounds the cross-encoder's work (not fitted); more of them are
# searched together, as a list.
_SEPARATE_MAX: Final = 6
# Parties that are searched separately where the question names them, which bounds the same work.
_SEPARATE_NAMED_MAX: Final = 12
# The most words between the beginning of a subject and its verb of saying: "my delegation said".
_WORDS_OF_SUBJECT: Final = 2
_Evidence = tuple[PartyEvidence, ...]


class EvidenceRetriever:
    """Finds the evidence for resolved questions in the statements of the store."""

    def __init__(self, store: Store, ranker: SentenceRanker) -> None:
        self.store = store
        self.ranker = ranker

    def scoped_statements(self, scope: Scope, parties: PartyTable, *, all_versions: bool = False) -> ScopedStatements:
        """Returns the filters of a scope over the store's statements."""
        return ScopedStatements(self.store.catalogue, scope, parties, all_versions=all_versions)

    def retrieve(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the evidence for every party in scope; none for an ambiguous or out-of-scope question."""
        with self.store.catalogue.snapshot():
            if resolution.provision and not _is_unsearchable(resolution):
                return self._provisions(resolution.scope, self._empty(resolution.scope, parties))
            pick = _pick_on_topic(resolution)
            resolution = replace(resolution, scope=replace(resolution.scope, pick=None)) if pick else resolution
            base = self.in_scope(resolution, parties)
            if base.empty_corpus or _is_unsearchable(resolution):
                return base
            found = [self._with_evidence(base, each, parties, pick) for each in by_subject(resolution, parties)]
            return found[0] if len(found) == 1 else self._joined(base, found)

    def retrieve_as_answered(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the evidence for a question as an answer shows it.

        Where no statement fits who was asked, a group is read as its members, or a State as one that is spoken of.
        """
        retrieved = self.retrieve(resolution, parties)
        for reread, answering in rereadings(resolution, retrieved, parties):
            if found := answering(self.retrieve(reread, parties)):
                return found
        return retrieved

    def in_scope(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the statements in scope without searching them; none for an ambiguous or out-of-scope question."""
        base = self._empty(resolution.scope, parties)
        if base.empty_corpus or _is_unsearchable(resolution):
            return base
        scope, catalogue = resolution.scope, self.store.catalogue
        asked = scope.named_parties
        all_versions = _asks_for_versions(resolution)
        scoped = self.scoped_statements(scope, parties, all_versions=all_versions)
        codes = () if scope.members_of else asked
        in_scope = scoped.of(codes)
        of_parties = catalogue.summaries(ScopeFilter(parties=asked)) if asked else ()
        corrected = scoped.corrected(codes)
        return replace(
            base,
            asked_parties=asked,
            statements_by_party=scoped.by_party(in_scope),
            statements_of_parties=of_parties,
            statements_in_scope=tuple(summary for summary in in_scope if summary.metadata.holders),
            notes=tuple(left_aside_notes(scope, in_scope, of_parties, corrected, all_versions=all_versions)),
        )

    def with_texts(self, retrieved: Retrieved, statement_ids: Sequence[str]) -> Retrieved:
        """Returns `retrieved` with the texts of these statements as its `sources`, in this order."""
        catalogue = self.store.catalogue
        statements = catalogue.statements(statement_ids)
        sources = Sources(statements=statements, sentences=catalogue.sentences_of(statements))
        return replace(retrieved, sources=sources)

    def key_sentences(self, retrieved: Retrieved, k: int) -> tuple[Sentence, ...]:
        """Returns key sentences of the texts in `sources`: `k` shared evenly between them, at least 2 of each."""
        texts = retrieved.sources.sentences
        share = max(2, k // max(1, len(texts)))
        return tuple(s for sentences in texts.values() for s in self.ranker.key_sentences(sentences, share))

    def _empty(self, scope: Scope, parties: PartyTable) -> Retrieved:
        catalogue = self.store.catalogue
        unreadable = unreadable_in_scope(catalogue.unreadable(), scope, parties)
        return Retrieved(empty_corpus=catalogue.is_empty(), unreadable=unreadable)

    def _provisions(self, scope: Scope, base: Retrieved) -> Retrieved:
        """Finds evidence for a question about treaty text, in the ingested texts of treaties."""
        catalogue, ranker = self.store.catalogue, self.ranker
        texts = catalogue.summaries(ScopeFilter(kinds=("treaty",)))
        ids = [text.statement_id for text in texts]
        evidence = PartyEvidence(party="", statements=texts)
        topic = ranker.topic(scope.topic, scope.language) if scope.topic else None
        treaties_held: dict[str, None] = {}
        for treaty in scope.treaties:
            mentions = catalogue.mentions(ids, "provision", treaty.treaty)
            holding = {mention.sentence.statement_id for mention in mentions}
            if holding:
                treaties_held[treaty.treaty] = None
            if treaty.articles:
                named = [(treaty.treaty, treaty.articles)]
                evidence = merge_evidence(evidence, ranker.rank_by_mentions("", texts, "provision", named, topic))
            elif topic is not None:
                of_treaty = [text for text in texts if text.statement_id in holding]
                evidence = merge_evidence(evidence, ranker.rank_by_topic("", of_treaty, topic))
        return replace(
            self.with_texts(base, _statement_ids((evidence,))),
            treaties_held=tuple(treaties_held),
            statements_in_scope=texts,
            party_evidence=(evidence,),
        )

    def _with_evidence(
        self, base: Retrieved, resolution: Resolution, parties: PartyTable, pick: Pick | None
    ) -> Retrieved:
        """Searches each party and the groups that spoke for it, keeps what is about the topic, and orders the rest."""
        strategy = choose_strategy(resolution)
        if strategy is None:
            return base
        scope, catalogue, ranker = resolution.scope, self.store.catalogue, self.ranker
        asked = asked_for(resolution, parties)
        read = resolution if asked.direction is None else replace(resolution, stance=True, over_time=False)
        statements_by_party = {**dict.fromkeys(base.asked_parties, ()), **base.statements_by_party}
        # Of two that are asked about each other, each is searched for the other.
        of_each_other = len(base.asked_parties) > 1 and _is_a_name(scope.topic, scope.language, parties)
        of_itself = {*resolution.topic_parties} & {*base.asked_parties} if of_each_other else set[str]()
        statements_by_party = {code: own for code, own in statements_by_party.items() if code not in of_itself}
        speakers = [code for code in scope.states if code not in of_itself]
        as_list = len(statements_by_party) > (_SEPARATE_NAMED_MAX if base.asked_parties else _SEPARATE_MAX)
        expansion = None
        if strategy.by == "topic" and strategy.topic is not None:
            in_scope = base.statements_in_scope
            expansion = expansion_of(strategy.topic, scope.language, in_scope, catalogue, parties)
        search = PartySearch(catalogue, ranker, strategy, read, as_list=as_list, expansion=expansion)
        evidence, parties_read = search.find_all(statements_by_party)
        of_groups = (
            replace(search.find(each.party, each.statements), spoke_for=each.spoke_for, aligned=each.aligned)
            for each in self.scoped_statements(scope, parties).of_groups(speakers)
        )
        found = self._about_topic_parties((*evidence, *of_groups), base, resolution, parties)
        mended: tuple[Note, ...] = ()
        if expansion is not None:
            mended = (Note(kind="mended", values={"word": expansion.word, "meant": expansion.meant}),)
            names = expansion.naming(parties)
            found = tuple(
                replace(each, sentences=tuple(s for s in each.sentences if names(s.sentence.text, s.sentence.language)))
                for each in found
            )
        # A pick of `earliest` applies before positions are read, one of `latest` after, since only then it is known
        # which sentence takes one.
        early = pick if pick == "earliest" or not read.stance else None
        found = tuple(_of_picked(item, early) for item in found)
        by_position = partial(self._by_position, found, parties=parties, as_list=as_list)
        positions, asked, position_notes = _as_asked(by_position, resolution, read, asked)
        positions = tuple(_of_picked(item, pick) for item in positions)
        evidence, group_evidence = positions[: len(evidence)], positions[len(evidence) :]
        if pick is not None:
            answering = {item.party for item in evidence if item.answers}
            group_evidence = tuple(item for item in group_evidence if not answering.issuperset(item.spoke_for))
        related, readings = search.related(evidence)
        articles = tuple(dict.fromkeys(number for treaty in scope.treaties for number in treaty.articles))
        of_unnamed_treaty, unnamed_articles = search.citing(evidence, None, articles)
        related = (*of_unnamed_treaty, *related)
        if not base.asked_parties:
            evidence = _most_confident_first(evidence)
        return replace(
            self.with_texts(base, _statement_ids((*evidence, *group_evidence, *related))),
            direction_asked=asked.direction,
            is_relative=asked.is_relative,
            direction_wording=asked.words,
            party_evidence=tuple(replace(item, subject=resolution.subject) for item in evidence),
            group_evidence=tuple(replace(item, subject=resolution.subject) for item in group_evidence),
            related_evidence=related,
            other_readings=readings,
            unnamed_articles=unnamed_articles,
            notes=(
                *base.notes,
                *position_notes,
                *mended,
                *unattributed_notes(scope, evidence, catalogue, parties),
                *search_notes(base, search.topic, evidence, parties_read, ranker),
                *_picked_notes(pick, evidence),
                *result_notes(base, scope.pick, evidence, readings, asked.direction, resolution.act == "more"),
                *search.uncited_paragraphs((*evidence, *group_evidence)),
                *(Note(kind="unnamed_article", values={"article": number}) for number in unnamed_articles),
            ),
        )

    def _joined(self, base: Retrieved, found: Sequence[Retrieved]) -> Retrieved:
        """Joins what was found on each subject of a question, in the order of the subjects."""
        notes = list[Note]()
        for each in found:
            notes += [note for note in each.notes if note not in notes]
        # "Who opposes tolls, and who opposes fees?" asks for one direction of both.
        same = found[0] if len({each.direction_asked for each in found}) == 1 else base
        evidence, group_evidence, related = (
            tuple(item for each in found for item in getattr(each, name))
            for name in ("party_evidence", "group_evidence", "related_evidence")
        )
        return replace(
            self.with_texts(base, _statement_ids((*evidence, *group_evidence, *related))),
            direction_asked=same.direction_asked,
            is_relative=same.is_relative,
            direction_wording=same.direction_wording,
            party_evidence=evidence,
            group_evidence=group_evidence,
            related_evidence=related,
            other_readings=found[0].other_readings,
            unnamed_articles=found[0].unnamed_articles,
            notes=tuple(notes),
        )

    def _about_topic_parties(
        self, evidence: _Evidence, base: Retrieved, resolution: Resolution, parties: PartyTable
    ) -> _Evidence:
        """Keeps the evidence on the parties that the topic names, as in "the crisis in Rimalia"."""
        about, scope = {*resolution.topic_parties}, resolution.scope
        if about and (not base.asked_parties or _is_a_name(scope.topic, scope.language, parties)):
            return tuple(_naming(item, about, parties) for item in evidence)
        states = {code for code in about if parties.kind_of(code) == "state"}
        return tuple(self._of_statements_naming(item, states, parties) for item in evidence) if states else evidence

    def _of_statements_naming(self, evidence: PartyEvidence, about: Set[str], parties: PartyTable) -> PartyEvidence:
        """Keeps the sentences from statements that name one of the States in `about`, by any of its names."""
        # "What did Arvandia say about the crisis in Rimalia?" is not answered by its words on another crisis, and a
        # party that speaks of itself need not name itself.
        catalogue = self.store.catalogue

        def names(key: str) -> bool:
            titles = (s.metadata.title or "" for s in evidence.statements if s.statement_id == key)
            return _names(" ".join((*(each.text for each in catalogue.sentences(key)), *titles)), about, parties)

        if about & {evidence.party, *evidence.spoke_for}:
            return evidence
        naming = {key for key in {item.sentence.statement_id for item in evidence.sentences} if names(key)}
        return replace(evidence, sentences=tuple(s for s in evidence.sentences if s.sentence.statement_id in naming))

    def _by_position(
        self,
        evidence: _Evidence,
        resolution: Resolution,
        asked: AskedDirection | None,
        parties: PartyTable,
        *,
        as_list: bool,
    ) -> _Evidence:
        """Puts latest positions first where a position is asked for; else words that only report others come last."""
        takes_position = resolution.stance and not resolution.over_time
        if as_list and not takes_position:
            return evidence
        scope, sentences = resolution.scope, self.store.catalogue.sentences_of(_statement_ids(evidence))
        summaries = (summary for item in evidence for summary in item.statements)
        holders = {summary.statement_id: summary.metadata.holders for summary in summaries}

        @cache
        def own(statement_id: str) -> OwnWords:
            return OwnWords(sentences[statement_id], holders.get(statement_id, ()), parties)

        topic = partial(topic_in, topic_words(scope), scope.language)
        reader = PositionReader(EvidenceReader(topic, sentences.__getitem__, own, parties), asked)
        if not takes_position:
            return tuple(reader.reported_last(evidence))
        read = reader.read(evidence)
        if not (resolution.sure_of_kind or scope.all_states):
            read = [_with_or_without_position(*pair) for pair in zip(read, evidence, strict=True)]
        return tuple(_with_latest(*pair, parties) for pair in zip(read, evidence, strict=True))


def _as_asked(
    by_position: Callable[..., _Evidence], resolution: Resolution, read: Resolution, asked: AskedFor
) -> tuple[_Evidence, AskedFor, tuple[Note, ...]]:
    """Returns the evidence in the direction asked for, that direction, and notes; `read` asks for a position."""
    positions = by_position(read, asked.direction)
    if asked.is_implied:
        positions = tuple(replace(item, takes_no_position=False) for item in positions)
    notes = (Note(kind="no_position_shown"),) if asked.is_unknown else ()
    changes = asked.direction == "change"
    if not (changes or asked.is_implied) or any(item.answers for item in positions):
        return positions, asked, notes
    # Nobody changed, or takes that direction, which the question may not have asked: who spoke is listed.
    positions = by_position(resolution, None)
    if any(item.answers for item in positions):
        notes = (Note(kind="no_change" if changes else "direction_not_found"),)
    return positions, AskedFor(), notes


def _is_unsearchable(resolution: Resolution) -> bool:
    """Returns whether a question gets a counter-question or is declined, before anything is searched."""
    asked_back = resolution.unclear is not None or resolution.unnamed
    return asked_back or not resolution.is_statement_question


def _asks_for_versions(resolution: Resolution) -> bool:
    """Returns whether versions that were corrected since count as well: for a change, or for what came first."""
    compares = resolution.kind == "compare" and len(resolution.scope.named_parties) == 1
    return resolution.over_time or compares or resolution.scope.pick == "earliest"


def _pick_on_topic(resolution: Resolution) -> Pick | None:
    """Returns which statements on a topic are asked for, the latest or the earliest; None where no topic decides."""
    strategy = choose_strategy(resolution)
    on_topic = strategy is not None and strategy.by in ("articles", "treaties", "topic")
    return None if resolution.of_picked or not on_topic else resolution.scope.pick


def _of_picked(evidence: PartyEvidence, pick: Pick | None) -> PartyEvidence:
    """Keeps what the party's latest (or earliest) statement that answers says, and its latest position below that."""
    if pick is None or not evidence.answers:
        return evidence
    answering = {item.sentence.statement_id for item in evidence.sentences if item.relevance.is_evidence}
    newest = {s.statement_id for s in picked([s for s in evidence.statements if s.statement_id in answering], pick)}
    # A later statement than that of the position may speak of the topic in words whose direction is not read.
    position = {evidence.sentences[0].sentence.statement_id} if evidence.direction and pick == "latest" else set[str]()
    kept = [
        [item for item in evidence.sentences if item.sentence.statement_id in ids]
        for ids in (newest, position - newest)
    ]
    return replace(evidence, sentences=tuple(chain(*kept)))


def _picked_notes(pick: Pick | None, evidence: _Evidence) -> Iterator[Note]:
    """Yields a note on which statements were the latest or earliest on the topic."""
    if pick is None:
        return
    statements, searched = list[StatementSummary](), set[str]()
    for each in evidence:
        quoted = {item.sentence.statement_id for item in each.sentences if each.answers}
        statements += picked([s for s in each.statements if s.statement_id in quoted], pick)
        searched.update(s.statement_id for s in each.statements if each.answers)
    if statements:
        yield Note(kind=f"{pick}_on_topic", values={"statements": tuple(statements), "count": len(searched)})


def _is_a_name(topic: str, language: str, parties: PartyTable) -> bool:
    """Returns whether a topic is the name of a party alone: "la France", but not "the crisis in Rimalia"."""
    for match in reversed(parties.find(topic, language)):
        topic = f"{topic[: match.start]} {topic[match.end :]}"
    return not content_terms(topic, language)


def _naming(evidence: PartyEvidence, about: Set[str], parties: PartyTable) -> PartyEvidence:
    """Keeps the sentences that name a party in `about`, or are its own: "who holds the money of Rimalia?"."""
    if evidence.party in about:
        return evidence
    naming = tuple(s for s in evidence.sentences if _names(s.sentence.text, about, parties))
    return replace(evidence, sentences=naming)


def _names(text: str, about: Set[str], parties: PartyTable) -> bool:
    """Returns whether a text names one of these parties, or may: a damaged one may have lost a name (U+FFFD)."""
    return "\ufffd" in text or any(about & {*match.codes} for match in parties.find(text))


def _with_or_without_position(read: PartyEvidence, found: PartyEvidence) -> PartyEvidence:
    """Returns evidence read for a question that may not ask for a position: sentences that take none answer as well."""
    return replace(merge_evidence(read, found), takes_no_position=False) if read.takes_no_position else read


def _with_latest(read: PartyEvidence, found: PartyEvidence, parties: PartyTable) -> PartyEvidence:
    """Adds what a later statement tells of the party's own view without a direction: "In 2022 we said that …"."""
    if not (read.answers and read.direction):
        return read
    made, shown = read.metadata, {item.sentence.statement_id for item in read.best}
    latest = (
        item
        for item in found.best
        if item.relevance.is_evidence
        and all(made_before(made[key], made[item.sentence.statement_id]) for key in shown)
        and _says_itself(item.sentence.text, read.party, parties)
    )
    return replace(read, sentences=tuple(dict.fromkeys((read.sentences[0], *latest, *read.sentences))))


def _says_itself(text: str, party: str, parties: PartyTable) -> bool:
    """Returns whether the party is right before a verb of saying, by name or in the first person."""
    subjects = (
        " ".join(text[: verb.start()].split()[-_WORDS_OF_SUBJECT:]) for verb in attribution().verb.finditer(text)
    )
    return any(
        speaks_in_first_person(subject) or any(party in match.codes for match in parties.find(subject))
        for subject in subjects
    )


def _most_confident_first(evidence: _Evidence) -> _Evidence:
    """Orders the parties of an open question, which names no order, by the confidence of their evidence."""
    surest: dict[str, float] = {}
    for item in evidence:
        surest[item.party] = max(surest.get(item.party, 0.0), item.confidence)
    return tuple(sorted(evidence, key=lambda item: (-surest[item.party], item.party)))


def _statement_ids(evidence: Iterable[PartyEvidence]) -> list[str]:
    """Returns the ids of the statements that contain the sentences of evidence, each once."""
    return list(dict.fromkeys(scored.sentence.statement_id for item in evidence for scored in item.sentences))

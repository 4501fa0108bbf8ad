"""Evidence retrieval for a resolved question: applies its scope, then searches each party's statements separately.

"What did Arvandia and Belmora say about extradition?" gives evidence of both, since they do not compete for places
among the best passages.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution
from app.question.scope_fields import by_subject
from app.records import Note, Pick, Scope, Sources
from app.retrieval.conditions_met import meeting_all
from app.retrieval.party_evidence import PartyEvidence, merge_evidence, statement_ids
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.rereadings import rereadings
from app.retrieval.retrieved import Retrieved
from app.retrieval.scoped_statements import ScopedStatements, unreadable_in_scope
from app.retrieval.search_notes import left_aside_notes
from app.retrieval.search_strategy import choose_strategy
from app.retrieval.subject_search import SubjectSearch
from ingest.parties.party_table import PartyTable
from ingest.parties.persons import Persons
from vectorstore.records import ScopeFilter, Sentence
from vectorstore.store import Store


class EvidenceRetriever:
    """Finds the evidence for resolved questions in the statements of the store."""

    def __init__(self, store: Store, ranker: SentenceRanker) -> None:
        self.store = store
        self.ranker = ranker

    def scoped_statements(self, resolution: Resolution, parties: PartyTable) -> ScopedStatements:
        """Returns the filters of a question's scope over the store's statements, or over those of certain persons."""
        return ScopedStatements(
            self.store.catalogue, resolution.scope, parties,
            all_versions=_asks_for_versions(resolution),
            of_members_together=not KIND_TRAITS[resolution.kind].asks_which_states,
            speakers=resolution.speakers,
        )  # fmt: skip

    def persons(self, parties: PartyTable) -> Persons:
        """Returns the persons who delivered the store's statements."""
        made = (summary.metadata for summary in self.store.catalogue.summaries(ScopeFilter()))
        return Persons(((each.speaker, each.holders) for each in made), parties)

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
            searches = [self._search(base, subject, parties, pick) for subject in by_subject(resolution, parties)]
            retrieved: Sequence[Retrieved] = [search.retrieve() for search in searches]
            if len(retrieved) == len(resolution.conditions):
                retrieved = meeting_all(retrieved, resolution.conditions)
            return self._with_sources(retrieved[0] if len(retrieved) == 1 else _joined(base, retrieved))

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
        scoped = self.scoped_statements(resolution, parties)
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
        held: dict[str, None] = {}
        for treaty in scope.treaties:
            mentions = catalogue.mentions(ids, "provision", treaty.treaty)
            holding = {mention.sentence.statement_id for mention in mentions}
            if holding:
                held[treaty.treaty] = None
            if treaty.articles:
                named = [(treaty.treaty, treaty.articles)]
                evidence = merge_evidence(evidence, ranker.rank_by_mentions("", texts, "provision", named, topic))
            elif topic is not None:
                of_treaty = [text for text in texts if text.statement_id in holding]
                evidence = merge_evidence(evidence, ranker.rank_by_topic("", of_treaty, topic))
        base = replace(base, treaties_held=tuple(held), statements_in_scope=texts, party_evidence=(evidence,))
        return self._with_sources(base)

    def _search(self, base: Retrieved, subject: Resolution, parties: PartyTable, pick: Pick | None) -> SubjectSearch:
        scoped = self.scoped_statements(subject, parties)
        return SubjectSearch(self.store.catalogue, self.ranker, parties, base, scoped, subject, pick)

    def _with_sources(self, retrieved: Retrieved) -> Retrieved:
        """Returns `retrieved` with the texts of the statements that contain its evidence."""
        evidence = (*retrieved.party_evidence, *retrieved.group_evidence, *retrieved.related_evidence)
        return self.with_texts(retrieved, statement_ids(evidence))


def _joined(base: Retrieved, on_subjects: Sequence[Retrieved]) -> Retrieved:
    """Joins what was retrieved on each subject of a question, in the order of the subjects."""
    notes = list[Note]()
    for retrieved in on_subjects:
        notes += [note for note in retrieved.notes if note not in notes]
    first, directions = on_subjects[0], {retrieved.direction_asked for retrieved in on_subjects}
    # "Who opposes tolls, and who opposes fees?" asks for one direction of both.
    same = first if len(directions) == 1 else base
    return replace(
        base,
        direction_asked=same.direction_asked,
        is_relative=same.is_relative,
        direction_wording=same.direction_wording,
        party_evidence=tuple(chain.from_iterable(retrieved.party_evidence for retrieved in on_subjects)),
        group_evidence=tuple(chain.from_iterable(retrieved.group_evidence for retrieved in on_subjects)),
        related_evidence=tuple(chain.from_iterable(retrieved.related_evidence for retrieved in on_subjects)),
        other_readings=first.other_readings,
        unnamed_articles=first.unnamed_articles,
        notes=tuple(notes),
    )


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

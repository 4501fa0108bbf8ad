"""Evidence retrieval for a resolved question: applies its scope, then searches each party's statements separately.

"What did Arvandia and Belmora say about extradition?" gives evidence of both, since they do not compete for places
among the best passages.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Final

from app.question.language import detect_language
from app.question.resolution import Resolution, Shown
from app.records import Citation, Coverage, Direction, Note, RetrievedPassage, Scope, Sources, TreatyScope, WordsFound
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, merge_evidence
from app.retrieval.party_search import PartySearch, choose_strategy
from app.retrieval.positions.direction import direction_asked
from app.retrieval.positions.latest_position import PositionReader
from app.retrieval.ranking.sentence_ranker import DEEP, SentenceRanker, languages_of
from app.retrieval.relevance import CITED
from app.retrieval.scoped_statements import ScopedStatements, unreadable_in_scope
from app.retrieval.topic.subject import has_one_subject, topic_words
from app.retrieval.topic.topic import Topic, topic_in
from ingest.glossary import thesaurus
from ingest.glossary.glossary import terms_within
from ingest.parties.party_table import PartyTable
from ingest.treaties.treaties import TREATIES, article_title, short_name
from prompts.wording import LANGUAGES
from vectorstore.records import ScopeFilter, ScoredPassage, Sentence, StatementSummary
from vectorstore.store import Store

# More parties than this are searched as one list, which bounds the sentences that the cross-encoder reads.
_MANY: Final = 6
# The same limit for questions that name parties.
_MANY_NAMED: Final = 12
# Minimum number of sentences per party in a second reading of a list for latest positions; with fewer it is left out.
_MIN_POSITION_SENTENCES: Final = 8
# Maximum number of passages that an answer lists as retrieved.
_MAX_LISTED_PASSAGES: Final = 100
# Maximum number of terms of quotations in other languages that are explained.
_MAX_GLOSSES: Final = 3
# How far from a quotation its reasons are looked for, in sentences as `_apart` counts them.
_AROUND: Final = 6
# Sentences before a quoted conclusion ("Drelnia therefore supports …") in which its reason may stand.
_BEFORE: Final = 2


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """The statements in a scope and the evidence found in them."""

    asked_parties: tuple[str, ...] = ()
    """Codes of the parties asked about; empty for an open question."""
    held: tuple[StatementSummary, ...] = ()
    """Every statement of the parties asked about, in any year or session."""
    searched: tuple[StatementSummary, ...] = ()
    """The statements in scope."""
    owned: Mapping[str, Sequence[StatementSummary]] = field(default_factory=dict)
    """`searched` by the party to show a statement under; a joint statement is under each holder asked about."""
    party_evidence: tuple[PartyEvidence, ...] = ()
    """Evidence of each party in scope, in display order; parties without evidence are included. A question about
    change over time gives one record per statement."""
    spoken_for: tuple[PartyEvidence, ...] = ()
    """Evidence in statements of groups that spoke for States asked about."""
    related: tuple[PartyEvidence, ...] = ()
    """Evidence that does not answer the question but may help."""
    other_readings: tuple[TreatyScope, ...] = ()
    """Articles with the same number in other treaties that are cited as well, where the treaty was assumed."""
    unnamed_articles: tuple[str, ...] = ()
    """Article numbers asked about that statements cite from a convention that they do not name."""
    empty_corpus: bool = False
    """Whether nothing is stored at all."""
    treaties_held: tuple[str, ...] = ()
    """The treaties whose own text was asked for and is in the store."""
    unreadable: tuple[str, ...] = ()
    """Files in scope that could not be read."""
    notes: tuple[Note, ...] = ()
    """How the scope was applied and what was left out."""
    places: tuple[WordsFound, ...] = ()
    """Where the words stand whose source was asked for."""
    sources: Sources = field(default_factory=lambda: Sources(statements={}, sentences={}))
    """The statements and sentences behind `party_evidence` and `related`."""

    @property
    def scored_passages(self) -> list[ScoredPassage]:
        """The retrieved passages of all parties, best first."""
        evidence = (*self.party_evidence, *self.spoken_for)
        return sorted((passage for item in evidence for passage in item.passages), key=lambda passage: -passage.score)

    @property
    def passages(self) -> tuple[RetrievedPassage, ...]:
        """`scored_passages` in the form in which an answer lists them, at most a hundred."""
        return tuple(
            RetrievedPassage(
                passage_id=item.passage.passage_id,
                statement_id=item.passage.statement_id,
                start=item.passage.start,
                end=item.passage.end,
                rank=rank,
                score=round(item.score, 6),
            )
            for rank, item in enumerate(self.scored_passages[:_MAX_LISTED_PASSAGES], start=1)
        )

    def coverage(self, citations: Sequence[Citation]) -> Coverage:
        """Returns the coverage: what was searched, and which statements and States the verified citations are from."""
        cited = {key for citation in citations for key in (citation.statement_id, *citation.also_in)}
        with_evidence = {code for citation in citations for code in (citation.state, *citation.held_by)}
        silent = dict.fromkeys(
            item.party
            for item in self.party_evidence
            if item.searched and item.party and item.party not in with_evidence
        )
        return Coverage(
            statements_in_scope=len(self.searched),
            statements_with_evidence=len(cited & {summary.statement_id for summary in self.searched}),
            states_without_evidence=tuple(silent),
            states_without_statement=tuple(code for code in self.asked_parties if code not in self.owned),
            unreadable_files=self.unreadable,
        )


class EvidenceRetriever:
    """Finds the evidence for resolved questions in the statements of the store."""

    def __init__(
        self, store: Store, ranker: SentenceRanker, *, scoped: type[ScopedStatements] = ScopedStatements
    ) -> None:
        self._store = store
        self._ranker = ranker
        self._scoped = scoped

    def scoped_by(self, scoped: type[ScopedStatements]) -> "EvidenceRetriever":
        """Returns a retriever that applies scope filters by another class, to measure what the filters contribute."""
        return EvidenceRetriever(self._store, self._ranker, scoped=scoped)

    def retrieve(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the evidence for every party in scope; none for an ambiguous or out-of-scope question."""
        if _is_unsearchable(resolution):
            return self._empty(resolution.scope, parties)
        if resolution.provision:
            return self._search_provisions(resolution, self._empty(resolution.scope, parties))
        base = self.in_scope(resolution, parties)
        return base if base.empty_corpus else self._with_evidence(base, resolution, parties)

    def in_scope(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the statements in scope without searching them; none for an ambiguous or out-of-scope question."""
        base = self._empty(resolution.scope, parties)
        if base.empty_corpus or _is_unsearchable(resolution):
            return base
        scope, catalogue = resolution.scope, self._store.catalogue
        asked = (*scope.states, *scope.groups)
        scoped = self._scoped(catalogue, scope, parties)
        in_scope = scoped.of(() if scope.members_of else asked)
        unattributed = sum(not summary.metadata.holders for summary in in_scope)
        return replace(
            base,
            asked_parties=asked,
            owned=scoped.by_party(in_scope),
            held=catalogue.summaries(ScopeFilter(parties=asked)) if asked else (),
            searched=tuple(summary for summary in in_scope if summary.metadata.holders),
            notes=(Note(kind="not_attributed", values={"count": unattributed}),) if unattributed else (),
        )

    def with_texts(self, retrieved: Retrieved, statement_ids: Sequence[str]) -> Retrieved:
        """Returns `retrieved` with the texts of these statements as its `sources`, in this order."""
        catalogue = self._store.catalogue
        statements = catalogue.statements(statement_ids)
        sources = Sources(statements=statements, sentences=catalogue.sentences_of(statements))
        return replace(retrieved, sources=sources)

    def key_sentences(self, retrieved: Retrieved, k: int) -> tuple[Sentence, ...]:
        """Returns key sentences of the texts in `sources`: `k` shared evenly between them, at least 2 of each."""
        texts = retrieved.sources.sentences
        share = max(2, k // max(1, len(texts)))
        return tuple(s for sentences in texts.values() for s in self._ranker.key_sentences(sentences, share))

    def around_shown(self, resolution: Resolution, parties: PartyTable, bears: Callable[[str], bool]) -> Retrieved:
        """Finds sentences that satisfy `bears` near the sentences that an earlier answer showed, nearest first.

        "Why?" after a quotation is answered by a reason close to it. A sentence that was shown counts too if it
        satisfies `bears` ("Drelnia therefore supports …"), and with it the sentences just before it.
        """
        shown = resolution.shown or Shown()
        base = self.with_texts(self.in_scope(resolution, parties), shown.statements)
        found: dict[str, list[ScoredSentence]] = {}
        for key, statement in base.sources.statements.items():
            sentences = base.sources.sentences[key]
            quoted = [s for s in sentences if s.sentence_id in shown.sentences]
            apart = {s: min((_apart(s, other) for other in quoted), default=_AROUND + 1) for s in sentences}
            near = [s for s in sorted(sentences, key=lambda s: (apart[s], s.ordinal)) if apart[s] <= _AROUND]
            bearing = [s for s in near if bears(s.text)]
            conclusions = [s.ordinal for s in bearing if s in quoted]
            others = [s for s in near if s not in bearing and s not in quoted]
            bearing += [s for s in others if any(0 < at - s.ordinal <= _BEFORE for at in conclusions)]
            holders = [party for party, held in base.owned.items() if any(s.statement_id == key for s in held)]
            for party in holders or statement.metadata.holders[:1] or [""]:
                found.setdefault(party, []).extend(ScoredSentence(sentence=s, relevance=CITED) for s in bearing)
        evidence = tuple(
            PartyEvidence(
                party=party,
                searched=tuple(s for s in base.owned.get(party, ()) if s.statement_id in base.sources.statements),
                sentences=tuple(scored),
            )
            for party, scored in found.items()
            if scored
        )
        return replace(base, party_evidence=evidence)

    def _empty(self, scope: Scope, parties: PartyTable) -> Retrieved:
        catalogue = self._store.catalogue
        unreadable = unreadable_in_scope(catalogue.unreadable(), scope, parties)
        return Retrieved(empty_corpus=catalogue.is_empty(), unreadable=unreadable)

    def _with_evidence(self, base: Retrieved, resolution: Resolution, parties: PartyTable) -> Retrieved:
        scope = resolution.scope
        owned: dict[str, Sequence[StatementSummary]] = {**dict.fromkeys(base.asked_parties, ()), **base.owned}
        groups = [
            group
            for group in self._scoped(self._store.catalogue, scope, parties).of_groups(scope.states)
            if group.party not in (*scope.groups, *scope.excluded)
        ]
        many = len(owned) > (_MANY_NAMED if base.asked_parties else _MANY)
        strategy = choose_strategy(resolution)
        if strategy is None:
            return base
        search = PartySearch(self._store.catalogue, self._ranker, strategy, scope.language, many=many)
        if resolution.over_time:
            # A change over time shows only if the statements of a party are searched one by one.
            parts = ((code, part) for code, own in owned.items() for part in (zip(own) if len(own) > 1 else [own]))
            evidence, parties_read = tuple(search.find(code, part) for code, part in parts), len(owned)
        else:
            evidence, parties_read = search.find_all(owned)
        spoken_for = tuple(
            replace(search.find(g.party, g.searched), members=g.members, aligned=g.aligned) for g in groups
        )
        positions = self._positions(resolution, parties)
        takes_position = resolution.stance and not resolution.over_time
        if many and not resolution.over_time:
            # Parties that speak of the topic are read again in all their statements, to quote the best of these. Too
            # many parties are quoted from what the list pass read, so that the time does not grow with their number.
            evidence = search.deeper(evidence, at_least=_MIN_POSITION_SENTENCES if takes_position else DEEP.sentences)
        about = {str(note.values["party"]) for note in resolution.party_notes if note.kind == "topic_party"}
        if about and not base.asked_parties:
            evidence = tuple(_naming(item, about, parties) for item in evidence)
        elif states := {code for code in about if parties.kind_of(code) == "state"}:
            evidence, spoken_for = (
                tuple(self._of_statements_naming(item, states, parties) for item in each)
                for each in (evidence, spoken_for)
            )
        if takes_position:
            evidence, spoken_for = (tuple(map(positions.read, each)) for each in (evidence, spoken_for))
            if not (resolution.sure_of_kind or scope.all_states):
                # The question may not ask for a position, so sentences that take none answer as well.
                evidence = tuple(replace(item, takes_no_position=False) for item in evidence)
        elif not many:
            evidence = tuple(map(positions.reported_last, evidence))
        related, readings = self._related_findings(resolution, evidence, many=many)
        asked = dict.fromkeys(number for treaty in scope.treaties for number in treaty.articles)
        unnamed, cited_unnamed = self._citing(evidence, None, tuple(asked))
        related = (*unnamed, *related)
        if not base.asked_parties:
            # An open question names no order: the party with the most confident evidence comes first.
            surest: dict[str, float] = {}
            for item in evidence:
                surest[item.party] = max(surest.get(item.party, 0.0), item.confidence)
            evidence = tuple(sorted(evidence, key=lambda item: (-surest[item.party], item.party)))
        return replace(
            self.with_texts(base, _statement_ids((*evidence, *spoken_for, *related))),
            party_evidence=evidence,
            spoken_for=spoken_for,
            related=related,
            other_readings=readings,
            unnamed_articles=cited_unnamed,
            notes=(
                *base.notes,
                *self._search_notes(base, search.topic, evidence, parties_read),
                *_gloss_notes(search.topic, evidence),
                *_result_notes(base, scope.pick, evidence, readings),
                *(Note(kind="unnamed_article", values={"article": number}) for number in cited_unnamed),
            ),
        )

    def _search_notes(
        self, base: Retrieved, topic: Topic | None, evidence: Sequence[PartyEvidence], parties_read: int
    ) -> Iterator[Note]:
        """Yields notes on words searched for, how many `parties_read` closely, and parties found by words only."""
        if topic is not None and topic.english not in ("", topic.words):
            bridged = "bridged" if topic.translation_coverage >= 1.0 else "bridged_partly"
            yield Note(kind=bridged, values={"words": topic.english})
        # For a question about change over time, a party has one record of evidence per statement.
        if parties_read < (count := len({item.party for item in evidence})):
            yield Note(kind="read_closely", values={"count": count, "read": parties_read})
        if topic is not None and self._ranker.relevance is None and any(item.searched for item in evidence):
            yield Note(kind="uncalibrated")
        by_words = [
            item.party
            for item in evidence
            if item.party in base.asked_parties
            and (item.answers or not item.coverage_unknown)
            and not all(self._ranker.finds_by_meaning(each) for s in item.searched for each in languages_of(s))
        ]
        if by_words:
            yield Note(kind="words_only", values={"parties": tuple(dict.fromkeys(by_words))})

    def _related_findings(
        self, resolution: Resolution, evidence: Sequence[PartyEvidence], *, many: bool
    ) -> tuple[tuple[PartyEvidence, ...], tuple[TreatyScope, ...]]:
        """Finds evidence related to the articles asked about: their subject, and their number in other treaties."""
        scope, ranker = resolution.scope, self._ranker
        articles = [treaty for treaty in scope.treaties if treaty.articles]
        if not articles:
            return (), ()
        elsewhere: dict[TreatyScope, list[PartyEvidence]] = {}
        for treaty in articles if resolution.assumed_treaty else ():
            for other in TREATIES:
                numbers = tuple(n for n in treaty.articles if article_title(other, n))
                if other != treaty.treaty and (cited := self._citing(evidence, other, numbers)[0]):
                    elsewhere[TreatyScope(treaty=other, articles=numbers)] = cited
        related = list(chain.from_iterable(elsewhere.values()))
        silent = [item for item in evidence if not item.sentences and item.searched]
        if silent and not (many and len(silent) < len(evidence)):
            titles = [article_title(treaty.treaty, number) for treaty in articles for number in treaty.articles]
            subject = ranker.topic(" ".join(title for title in titles if title), "en")
            if many:
                # For a question about change over time, a party has one record of evidence per statement.
                owned: dict[str, list[StatementSummary]] = {}
                for item in silent:
                    owned.setdefault(item.party, []).extend(item.searched)
                related += ranker.rank_list(owned, subject)[0]
            else:
                related += [ranker.rank_by_topic(item.party, item.searched, subject) for item in silent]
        return tuple(related), tuple(elsewhere)

    def _citing(
        self, evidence: Sequence[PartyEvidence], treaty: str | None, articles: Sequence[str]
    ) -> tuple[list[PartyEvidence], tuple[str, ...]]:
        """Returns evidence that cites any of these articles of a treaty, and which of them it cites.

        The treaty None stands for a convention that is left unnamed.
        """
        searched = [summary.statement_id for item in evidence for summary in item.searched]
        mentions = self._store.catalogue.mentions(searched, "article", treaty, articles) if articles else ()
        numbers = tuple(n for n in articles if any(mention.value == n for mention in mentions))
        found = (
            self._ranker.rank_by_mention(item.party, item.searched, "article", [(treaty, numbers)])
            for item in (evidence if numbers else ())
        )
        return [item for item in found if item.sentences], numbers

    def _search_provisions(self, resolution: Resolution, base: Retrieved) -> Retrieved:
        """Finds evidence for a question about treaty text, in the ingested texts of treaties."""
        scope = resolution.scope
        texts = self._store.catalogue.summaries(ScopeFilter(kinds=("treaty",)))
        evidence = PartyEvidence(party="", searched=texts)
        ids = [text.statement_id for text in texts]
        topic = self._ranker.topic(scope.topic, scope.language) if scope.topic else None
        treaties_held: list[str] = []
        for treaty in scope.treaties:
            mentions = self._store.catalogue.mentions(ids, "provision", treaty.treaty)
            holders = {mention.sentence.statement_id for mention in mentions}
            treaties_held += [treaty.treaty] if holders else []
            if treaty.articles:
                named = [(treaty.treaty, treaty.articles)]
                evidence = merge_evidence(evidence, self._ranker.rank_by_mention("", texts, "provision", named, topic))
            elif topic is not None:
                held = [text for text in texts if text.statement_id in holders]
                evidence = merge_evidence(evidence, self._ranker.rank_by_topic("", held, topic))
        return replace(
            self.with_texts(base, _statement_ids((evidence,))),
            treaties_held=tuple(dict.fromkeys(treaties_held)),
            searched=texts,
            party_evidence=(evidence,),
        )

    def _of_statements_naming(self, evidence: PartyEvidence, about: Set[str], parties: PartyTable) -> PartyEvidence:
        """Keeps the sentences from statements that name one of the States in `about`, by any of its names."""
        # "What did Arvandia say about the crisis in Rimalia?" is not answered by its words on another crisis. A damaged
        # text may name the State in lost letters (U+FFFD), and a party that speaks of itself need not name itself.
        catalogue = self._store.catalogue

        def names(key: str) -> bool:
            words = " ".join(sentence.text for sentence in catalogue.sentences(key))
            titles = [s.metadata.title or "" for s in evidence.searched if s.statement_id == key]
            found = parties.find(" ".join((words, *titles)))
            return "\ufffd" in words or any(about & set(match.codes) for match in found)

        if about & {evidence.party, *evidence.members}:
            return evidence
        naming = {key for key in {item.sentence.statement_id for item in evidence.sentences} if names(key)}
        kept = tuple(item for item in evidence.sentences if item.sentence.statement_id in naming)
        return replace(evidence, sentences=kept)

    def _positions(self, resolution: Resolution, parties: PartyTable) -> PositionReader:
        scope, catalogue = resolution.scope, self._store.catalogue
        listed = (scope.all_states or scope.members_of) and not scope.negated and has_one_subject(scope)
        asked: Direction | None = "against" if resolution.denies else None
        if listed and asked is None:
            earlier = resolution.stance_from
            language = detect_language(earlier, parties) if earlier else scope.language
            asked = direction_asked(earlier or resolution.question, scope.topic, language, parties)
        topic = partial(topic_in, topic_words(scope), scope.language)
        return PositionReader(topic, catalogue.sentences, asked, parties)


def _statement_ids(evidence: Iterable[PartyEvidence]) -> list[str]:
    """Returns the ids of the statements that contain the sentences of evidence, each once."""
    return list(dict.fromkeys(scored.sentence.statement_id for item in evidence for scored in item.sentences))


def _apart(one: Sentence, other: Sentence) -> int:
    """Returns the distance between two sentences of a statement, in sentences; different paragraphs add two."""
    return abs(one.ordinal - other.ordinal) + (0 if one.paragraph == other.paragraph else 2)


def _is_unsearchable(resolution: Resolution) -> bool:
    """Returns whether a question gets a counter-question or is declined, before anything is searched."""
    asked_back = resolution.unclear is not None or resolution.unnamed
    return asked_back or not resolution.is_statement_question


def _naming(evidence: PartyEvidence, about: Set[str], parties: PartyTable) -> PartyEvidence:
    """Keeps the sentences of a list that name a party in `about`, or are its own: "who holds the money of Rimalia?"."""
    if evidence.party in about:
        return evidence
    kept = [s for s in evidence.sentences if about & {c for m in parties.find(s.sentence.text) for c in m.codes}]
    return replace(evidence, sentences=tuple(kept))


def _gloss_notes(topic: Topic | None, evidence: Sequence[PartyEvidence]) -> Iterator[Note]:
    """Yields notes that explain the topic's terms in quotations in another language, in the question's language."""
    if topic is None or topic.language not in LANGUAGES:
        return
    asked = set(thesaurus.concepts_in(topic.words, topic.language))
    asked |= {other for concept in asked for other in (*thesaurus.narrower(concept), *thesaurus.near(concept))}
    glossed: set[str] = set()
    for item in evidence:
        for sentence in item.best_sentences[:1]:
            language = sentence.language or topic.language
            if language == topic.language or language not in LANGUAGES:
                continue
            for term in terms_within(sentence.text, language, to=topic.language):
                written = sentence.text[term.start : term.end]
                # A term spelt as in the question's language needs no note: "extradition means extradition".
                new = term.concept in asked - glossed and written.casefold() != term.terms[0].casefold()
                if new and len(glossed) < _MAX_GLOSSES:
                    glossed.add(term.concept)
                    yield Note(kind="gloss", values={"term": written, "gloss": term.terms[0]})


def _result_notes(
    base: Retrieved, pick: str | None, evidence: Sequence[PartyEvidence], readings: Sequence[TreatyScope]
) -> Iterator[Note]:
    """Yields notes on statements picked, other readings, parties not fully searchable, and neutral ones of a list."""
    if pick and base.searched:
        yield Note(kind=pick, values={"statements": base.searched})
    for reading in readings:
        for number in reading.articles:
            yield Note(kind="other_reading", values={"article": number, "treaty": short_name(reading.treaty)})
    uncovered = (item for item in evidence if item.coverage_unknown and item.searched and not item.answers)
    listed = not base.asked_parties and any(item.answers for item in evidence)
    neutral = (item for item in evidence if listed and item.takes_no_position and item.speaks)
    for kind, found in (("uncovered", uncovered), ("no_direction", neutral)):
        if parties := tuple(dict.fromkeys(item.party for item in found)):
            yield Note(kind=kind, values={"parties": parties})

"""Evidence retrieval for a resolved question: applies its scope, then searches each party's statements by themselves.

"What did Arvandia and Belmora say about extradition?" gives evidence of both, since neither competes with the other for
a place among the best passages.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from app.question.resolution import Resolution, Shown
from app.records import Citation, Coverage, Direction, Note, RetrievedPassage, Scope, Sources, TreatyScope, WordsFound
from app.retrieval.direction import direction_asked, has_one_subject, topic_words
from app.retrieval.latest_position import PositionReader
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, merge_evidence
from app.retrieval.party_search import PartySearch, choose_strategy
from app.retrieval.relevance import CITED
from app.retrieval.scoped_statements import ScopedStatements, unreadable_in_scope
from app.retrieval.sentence_ranker import DEEP, SentenceRanker, languages_of
from app.retrieval.topic import Topic, topic_in
from ingest.glossary import thesaurus
from ingest.glossary.glossary import terms_within
from ingest.parties.party_table import PartyTable
from ingest.treaties.treaties import TREATIES, article_title, short_name
from prompts.wording import LANGUAGES
from vectorstore.records import ScopeFilter, ScoredPassage, Sentence, StatementSummary
from vectorstore.store import Store

# More parties than this are searched all at once, which bounds what the cross-encoder reads.
_MANY: Final = 6
# The same where parties are named.
_MANY_NAMED: Final = 12
# Fewest sentences of a party of a list that are worth reading for its latest position.
_OF_POSITIONS: Final = 8
# Passages that an answer lists as retrieved.
_LISTED: Final = 100
# Terms of quotations in other languages that are explained.
_GLOSSED: Final = 3
# How far from a quotation its reasons are looked for, in sentences.
_AROUND: Final = 6
# Sentences before one that was quoted in which the reason may stand that it follows from.
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
    """The same by the parties to show them under; a joint statement is under each that is asked about."""
    party_evidence: tuple[PartyEvidence, ...] = ()
    """Of each party in scope, in the order to show; parties without any included. A question about change gives one
    record per statement."""
    spoken_for: tuple[PartyEvidence, ...] = ()
    """Evidence in statements of groups that spoke for States asked about."""
    related: tuple[PartyEvidence, ...] = ()
    """Evidence that does not answer but may help."""
    other_readings: tuple[TreatyScope, ...] = ()
    """Articles of other treaties with the number asked about that are cited as well."""
    unnamed_articles: tuple[str, ...] = ()
    """Numbers of articles asked about that are cited of a convention that the text does not name."""
    empty_corpus: bool = False
    """Whether nothing is stored at all."""
    treaties_held: tuple[str, ...] = ()
    """Of the treaties whose own words were asked for, those whose texts are in the store."""
    unreadable: tuple[str, ...] = ()
    """Files in scope that could not be read."""
    notes: tuple[Note, ...] = ()
    """How the scope was applied and what was left out."""
    places: tuple[WordsFound, ...] = ()
    """Where words stand whose source was asked."""
    sources: Sources = field(default_factory=lambda: Sources(statements={}, sentences={}))
    """The statements and sentences behind `party_evidence` and `related`."""

    @property
    def scored_passages(self) -> list[ScoredPassage]:
        """The retrieved passages of all parties, best first."""
        evidence = (*self.party_evidence, *self.spoken_for)
        return sorted((item for each in evidence for item in each.passages), key=lambda item: -item.score)

    @property
    def passages(self) -> tuple[RetrievedPassage, ...]:
        """The same as an answer lists them, up to a hundred."""
        return tuple(
            RetrievedPassage(
                passage_id=item.passage.passage_id,
                statement_id=item.passage.statement_id,
                start=item.passage.start,
                end=item.passage.end,
                rank=rank,
                score=round(item.score, 6),
            )
            for rank, item in enumerate(self.scored_passages[:_LISTED], start=1)
        )

    def coverage(self, citations: Sequence[Citation]) -> Coverage:
        """Returns the coverage: what was searched, and which statements and States the verified citations are from."""
        cited = {of for citation in citations for of in (citation.statement_id, *citation.also_in)}
        with_evidence = {of for citation in citations for of in (citation.state, *citation.held_by)}
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
    """Applies a scope to the store."""

    def __init__(
        self, store: Store, ranker: SentenceRanker, *, scoped: type[ScopedStatements] = ScopedStatements
    ) -> None:
        self._store = store
        self._ranker = ranker
        self._scoped = scoped

    def scoped_by(self, scoped: type[ScopedStatements]) -> "EvidenceRetriever":
        """Returns a retriever that applies filters in another way, to measure what they are worth."""
        return EvidenceRetriever(self._store, self._ranker, scoped=scoped)

    def retrieve(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Finds evidence for every party in scope; for an ambiguous question, none."""
        if not resolution.provision:
            base = self.in_scope(resolution, parties)
            searchable = not (base.empty_corpus or _is_unsearchable(resolution))
            return self._with_evidence(base, resolution, parties) if searchable else base
        base = self._empty(resolution.scope, parties)
        return base if _is_unsearchable(resolution) else self._search_provisions(resolution, base)

    def in_scope(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the statements in scope without searching them; for an ambiguous question, none."""
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
        """Returns the same with the texts of some statements as its sources, in that order."""
        catalogue = self._store.catalogue
        statements = catalogue.statements(statement_ids)
        sources = Sources(statements=statements, sentences=catalogue.sentences_of(statements))
        return replace(retrieved, sources=sources)

    def key_sentences(self, retrieved: Retrieved, k: int) -> tuple[Sentence, ...]:
        """Returns the key sentences of the texts that were read in, `k` of all, shared evenly."""
        texts = retrieved.sources.sentences
        share = max(2, k // max(1, len(texts)))
        return tuple(s for sentences in texts.values() for s in self._ranker.key_sentences(sentences, share))

    def around_shown(self, resolution: Resolution, parties: PartyTable, bears: Callable[[str], bool]) -> Retrieved:
        """Finds sentences of one kind around those that an earlier answer showed, nearest first.

        "Why?" after a quotation is answered by a reason beside it; the sentences shown count as well, with what stands
        just before them where one of them is of that kind: "Drelnia therefore supports …". `bears` tells whether it is.
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
            told = [s.ordinal for s in bearing if s in quoted]
            others = [s for s in near if s not in bearing and s not in quoted]
            bearing += [s for s in others if any(0 < at - s.ordinal <= _BEFORE for at in told)]
            own = [party for party, held in base.owned.items() if any(s.statement_id == key for s in held)]
            for party in own or statement.metadata.holders[:1] or [""]:
                found.setdefault(party, []).extend(ScoredSentence(sentence=s, relevance=CITED) for s in bearing)
        evidence = tuple(
            PartyEvidence(
                party=party,
                searched=tuple(s for s in base.owned.get(party, ()) if s.statement_id in base.sources.statements),
                sentences=tuple(near),
            )
            for party, near in found.items()
            if near
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
            # What changed is seen by searching the statements of a party one by one.
            parts = ((code, part) for code, own in owned.items() for part in (zip(own) if len(own) > 1 else [own]))
            evidence, read = tuple(search.find(code, part) for code, part in parts), len(owned)
        else:
            evidence, read = search.find_all(owned)
        spoken_for = tuple(
            replace(search.find(g.party, g.searched), members=g.members, aligned=g.aligned) for g in groups
        )
        positions = self._positions(resolution, parties)
        takes_position = resolution.stance and not resolution.over_time
        if many and not resolution.over_time:
            # What to quote is looked for in all statements of a party that speaks of the topic; of more parties it is
            # the best that the list has read, so that the time does not grow with their number.
            evidence = search.deeper(evidence, at_least=_OF_POSITIONS if takes_position else DEEP.sentences)
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
                # Whether a position is asked for is unsure: what was said on the topic answers as well.
                evidence = tuple(replace(item, takes_no_position=False) for item in evidence)
        elif not many:
            evidence = tuple(map(positions.reported_last, evidence))
        related, readings = self._related_findings(resolution, evidence, search, many=many)
        unnamed, cited_unnamed = self._of_unnamed_conventions(resolution, evidence)
        related = (*unnamed, *related)
        if not base.asked_parties:
            # An open question names no order: the party with the most confident evidence comes first.
            surest: dict[str, float] = {}
            for item in evidence:
                surest[item.party] = max(surest.get(item.party, 0.0), item.confidence)
            evidence = tuple(sorted(evidence, key=lambda item: (-surest[item.party], item.party)))
        return replace(
            self.with_texts(base, _held_by((*evidence, *spoken_for, *related))),
            party_evidence=evidence,
            spoken_for=spoken_for,
            related=related,
            other_readings=readings,
            unnamed_articles=cited_unnamed,
            notes=(
                *base.notes,
                *self._search_notes(base, search.topic, evidence, read),
                *_gloss_notes(search.topic, evidence),
                *_result_notes(base, scope.pick, evidence, readings),
                *(Note(kind="unnamed_article", values={"article": number}) for number in cited_unnamed),
            ),
        )

    def _search_notes(
        self, base: Retrieved, topic: Topic | None, evidence: Sequence[PartyEvidence], read: int
    ) -> Iterator[Note]:
        """Yields in which words was searched, how many parties were `read` closely, and whose words alone decided."""
        if topic is not None and topic.english not in ("", topic.words):
            bridged = "bridged" if topic.translation_coverage >= 1.0 else "bridged_partly"
            yield Note(kind=bridged, values={"words": topic.english})
        # Of change over time, a party has a piece of evidence for each of its statements.
        if read < (count := len({item.party for item in evidence})):
            yield Note(kind="read_closely", values={"count": count, "read": read})
        if topic is not None and not self._ranker.relevance.calibrated and any(item.searched for item in evidence):
            yield Note(kind="uncalibrated")
        told = [item for item in evidence if item.answers or not item.coverage_unknown]
        by_words = [
            item.party
            for item in told
            if item.party in base.asked_parties
            and not all(self._ranker.finds_by_meaning(each) for s in item.searched for each in languages_of(s))
        ]
        if by_words:
            yield Note(kind="words_only", values={"parties": tuple(dict.fromkeys(by_words))})

    def _related_findings(
        self, resolution: Resolution, evidence: Sequence[PartyEvidence], search: PartySearch, *, many: bool
    ) -> tuple[tuple[PartyEvidence, ...], tuple[TreatyScope, ...]]:
        """Finds evidence related to the articles asked about: their subject, and their number in other treaties."""
        scope, ranker = resolution.scope, self._ranker
        articles = [treaty for treaty in scope.treaties if treaty.articles]
        if not articles:
            return (), ()
        everything = [summary.statement_id for item in evidence for summary in item.searched]
        elsewhere: dict[TreatyScope, list[PartyEvidence]] = {}
        for treaty in articles if resolution.assumed_treaty else ():
            for other in TREATIES:
                numbers = tuple(n for n in treaty.articles if article_title(other, n))
                if other == treaty.treaty or not numbers:
                    continue
                if not self._store.catalogue.mentions(everything, "article", other, numbers):
                    continue
                cited = [ranker.rank_by_mention(f.party, f.searched, "article", other, numbers) for f in evidence]
                elsewhere[TreatyScope(treaty=other, articles=numbers)] = [f for f in cited if f.sentences]
        readings = tuple(reading for reading, cited in elsewhere.items() if cited)
        related = [f for cited in elsewhere.values() for f in cited]
        silent = [item for item in evidence if not item.sentences and item.searched]
        if silent and not (many and len(silent) < len(evidence)):
            titles = [article_title(treaty.treaty, number) for treaty in articles for number in treaty.articles]
            subject = ranker.topic(" ".join(title for title in titles if title), "en")
            if many:
                related += self._ranker.rank_list({item.party: item.searched for item in silent}, subject)[0]
            else:
                related += [self._ranker.rank_by_topic(item.party, item.searched, subject) for item in silent]
        return tuple(related), readings

    def _of_unnamed_conventions(
        self, resolution: Resolution, evidence: Sequence[PartyEvidence]
    ) -> tuple[tuple[PartyEvidence, ...], tuple[str, ...]]:
        """Finds where parties cite articles asked about of a convention that their text does not name, and which."""
        asked = tuple(dict.fromkeys(n for treaty in resolution.scope.treaties for n in treaty.articles))
        searched = [summary.statement_id for item in evidence for summary in item.searched]
        mentions = self._store.catalogue.mentions(searched, "article", values=asked) if asked else ()
        numbers = tuple(n for n in asked if any(mention.value == n for mention in mentions))
        if not numbers:
            return (), ()
        cited = (
            self._ranker.rank_by_mention(item.party, item.searched, "article", values=numbers) for item in evidence
        )
        return tuple(item for item in cited if item.sentences), numbers

    def _search_provisions(self, resolution: Resolution, base: Retrieved) -> Retrieved:
        """Finds what treaties themselves say, in the ingested texts of treaties."""
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
                item = self._ranker.rank_by_mentions("", texts, "provision", [treaty], topic)
                evidence = merge_evidence(evidence, item)
            elif topic is not None:
                held = [text for text in texts if text.statement_id in holders]
                evidence = merge_evidence(evidence, self._ranker.rank_by_topic("", held, topic))
        return replace(
            self.with_texts(base, _held_by((evidence,))),
            treaties_held=tuple(dict.fromkeys(treaties_held)),
            searched=texts,
            party_evidence=(evidence,),
        )

    def _of_statements_naming(self, evidence: PartyEvidence, about: Set[str], parties: PartyTable) -> PartyEvidence:
        """Keeps of whom a question asks about a State what stands in statements that name it, in any of its names."""
        # "What did Arvandia say about the crisis in Rimalia?" is not answered by its words on another crisis. A damaged
        # text may name it in letters that were lost (U+FFFD), and what a party says of itself needs no name.
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
            asked = direction_asked(resolution.question, scope.topic, scope.language)
        topic = partial(topic_in, topic_words(scope), scope.language)
        return PositionReader(topic, catalogue.sentences, asked, parties)


def _held_by(evidence: Iterable[PartyEvidence]) -> list[str]:
    """Returns the statements that hold the sentences of evidence, each once."""
    return list(dict.fromkeys(item.sentence.statement_id for each in evidence for item in each.sentences))


def _apart(one: Sentence, other: Sentence) -> int:
    """Returns how many sentences lie between two, where a new paragraph counts for two more."""
    return abs(one.ordinal - other.ordinal) + (0 if one.paragraph == other.paragraph else 2)


def _is_unsearchable(resolution: Resolution) -> bool:
    """Whether a question is asked back or declined before anything is searched."""
    asked_back = resolution.unclear is not None or resolution.unnamed
    return asked_back or not resolution.is_statement_question


def _naming(evidence: PartyEvidence, about: Set[str], parties: PartyTable) -> PartyEvidence:
    """Keeps of a list on what concerns a party what names it or is its own: "who holds the money of Rimalia?"."""
    if evidence.party in about:
        return evidence
    kept = [s for s in evidence.sentences if about & {c for m in parties.find(s.sentence.text) for c in m.codes}]
    return replace(evidence, sentences=tuple(kept))


def _gloss_notes(topic: Topic | None, evidence: Sequence[PartyEvidence]) -> Iterator[Note]:
    """Says in the question's language what the topic's terms are called in quotations in another language."""
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
                # "extradition means extradition" helps nobody.
                new = term.concept in asked - glossed and written.casefold() != term.terms[0].casefold()
                if new and len(glossed) < _GLOSSED:
                    glossed.add(term.concept)
                    yield Note(kind="gloss", values={"term": written, "gloss": term.terms[0]})


def _result_notes(
    base: Retrieved, pick: str | None, evidence: Sequence[PartyEvidence], readings: Sequence[TreatyScope]
) -> Iterator[Note]:
    """Yields which statements were picked, other readings, and who is not told, or told apart in a list of States."""
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

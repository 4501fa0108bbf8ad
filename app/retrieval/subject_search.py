"""Search for one subject of a question: its evidence, party by party, on the topic and as it is asked for.

"Who opposes tolls, and what did Arvandia say about fees?" has two subjects. For tolls, the statements of every party
are searched, and of those that speak of tolls the ones that oppose them answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import chain
from typing import Final, NamedTuple

from app.question.resolution import Resolution
from app.records import Note, Pick
from app.retrieval.chronology import made_before
from app.retrieval.party_evidence import PartyEvidence, merge_evidence, statement_ids
from app.retrieval.party_search import PartySearch
from app.retrieval.positions.asked_direction import AskedFor, asked_for
from app.retrieval.positions.latest_position import PositionReader
from app.retrieval.positions.position_reading import EvidenceReader
from app.retrieval.positions.quoted_speaker import OwnWords
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.retrieved import Retrieved
from app.retrieval.scoped_statements import ScopedStatements, picked
from app.retrieval.search_notes import picked_notes, result_notes, search_notes, unattributed_notes
from app.retrieval.search_strategy import SearchStrategy, choose_strategy
from app.retrieval.terms import content_terms
from app.retrieval.topic.acronyms import Expansion, expansion_of
from app.retrieval.topic.subject import topic_words
from app.retrieval.topic.topic import topic_in
from app.retrieval.topic.written_topic import must_write
from ingest.language.attribution_verbs import attribution
from ingest.language.own_voice import speaks_in_first_person
from ingest.parties.party_table import PartyTable
from vectorstore.catalogue import Catalogue
from vectorstore.records import Sentence, SentenceId, StatementSummary

# The most parties that are searched separately, which bounds the cross-encoder's work (not fitted); more of them are
# searched together, as a list.
_SEPARATE_MAX: Final = 6
# Parties that are searched separately where the question names them, which bounds the same work.
_SEPARATE_NAMED_MAX: Final = 12
# The most words between the beginning of a subject and its verb of saying: "my delegation said".
_WORDS_OF_SUBJECT: Final = 2
_Evidence = tuple[PartyEvidence, ...]


class _Positions(NamedTuple):
    """Evidence in the direction asked for, or in any, with notes on that."""

    evidence: _Evidence
    asked: AskedFor
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class SubjectSearch:
    """Searches each party and the groups that spoke for it, keeps what is about the topic, and orders the rest."""

    catalogue: Catalogue
    ranker: SentenceRanker
    parties: PartyTable
    base: Retrieved
    """The statements in scope."""
    scoped: ScopedStatements
    resolution: Resolution
    pick: Pick | None
    """Which statements on the topic are asked for, the latest or the earliest; None for all."""

    def retrieve(self) -> Retrieved:
        """Returns the statements in scope with the evidence in them, what is related to it, and notes on both."""
        strategy = choose_strategy(self.resolution)
        if strategy is None:
            return self.base
        asked = asked_for(self.resolution, self.parties)
        statements_by_party = self._statements_by_party()
        search = self._party_search(strategy, asked, statements_by_party)
        of_parties, parties_read = search.find_all(statements_by_party)
        evidence = self._on_topic((*of_parties, *self._of_groups(search)), search.expansion)
        evidence = tuple(map(self._without_topic_left_out, evidence))
        positions = self._picked_positions(evidence, asked, search)
        retrieved = self._with_related(positions, search)
        return replace(retrieved, notes=tuple(self._notes(retrieved, positions.notes, parties_read, search)))

    def _statements_by_party(self) -> Mapping[str, Sequence[StatementSummary]]:
        """Returns the statements to search, by party; none of a party that is asked about and made none in scope."""
        by_party = {**dict.fromkeys(self.base.asked_parties, ()), **self.base.statements_by_party}
        return {code: own for code, own in by_party.items() if code not in self._spoken_of}

    @cached_property
    def _spoken_of(self) -> Set[str]:
        """The parties asked about that are the topic: of two asked about each other, each is searched for the other."""
        asked = self.base.asked_parties
        return {*self.resolution.topic_parties} & {*asked} if len(asked) > 1 and self._topic_is_a_name else set()

    @cached_property
    def _topic_is_a_name(self) -> bool:
        """Whether the topic is the name of a party alone: "la France", but not "the crisis in Rimalia"."""
        topic, language = self.resolution.scope.topic, self.resolution.scope.language
        for match in reversed(self.parties.find(topic, language)):
            topic = f"{topic[: match.start]} {topic[match.end :]}"
        return not content_terms(topic, language)

    def _party_search(
        self, strategy: SearchStrategy, asked: AskedFor, statements_by_party: Mapping[str, Sequence[StatementSummary]]
    ) -> PartySearch:
        """Returns the search for one party after another; a question that asks for a direction is one on positions."""
        read, expansion = self.resolution, None
        if asked.direction is not None:
            read = replace(read, stance=True, over_time=False)
        if strategy.by == "topic" and strategy.topic is not None:
            language, in_scope = read.scope.language, self.base.statements_in_scope
            expansion = expansion_of(strategy.topic, language, in_scope, self.catalogue, self.parties)
        as_list = len(statements_by_party) > (_SEPARATE_NAMED_MAX if self.base.asked_parties else _SEPARATE_MAX)
        return PartySearch(self.catalogue, self.ranker, strategy, read, as_list=as_list, expansion=expansion)

    def _of_groups(self, search: PartySearch) -> Iterator[PartyEvidence]:
        """Yields the evidence of the groups that spoke for the States asked about, unless these alone are."""
        asked = () if self.resolution.national or self.resolution.speakers else self.resolution.scope.states
        states = [code for code in asked if code not in self._spoken_of]
        for group in self.scoped.of_groups(states):
            evidence = search.find(group.party, group.statements)
            yield replace(evidence, spoke_for=group.spoke_for, aligned=group.aligned)

    def _on_topic(self, evidence: _Evidence, expansion: Expansion | None) -> _Evidence:
        """Keeps the sentences that name what the topic is: its parties, its name, or what its acronym stands for."""
        evidence = self._on_topic_parties(evidence)
        scope, named = self.resolution.scope, None
        if expansion is not None:
            named = expansion.naming(self.parties)
        elif not self.resolution.topic_parties:
            named = must_write(scope.topic, scope.language)
        return evidence if named is None else tuple(_keeping(of_party, named) for of_party in evidence)

    def _without_topic_left_out(self, evidence: PartyEvidence) -> PartyEvidence:
        """Drops the sentences that may answer on the topic that is left out: "other than on extradition"."""
        words = self.resolution.topic_left_out
        if not words or not evidence.sentences:
            return evidence
        topic = self.ranker.topic(words, self.resolution.scope.language)
        ranked = self.ranker.rank_by_topic(evidence.party, evidence.statements, topic)
        near = [item for item in ranked.sentences if item.relevance.chance >= item.relevance.may_answer_min]
        on_it = {item.sentence.sentence_id for item in near}
        # "He was surrendered in May." behind a sentence on extradition goes on from that.
        surely = (item.sentence for item in near if item.relevance.is_evidence)
        on_it |= {SentenceId(each.statement_id, each.ordinal + step) for each in surely for step in (-1, 1)}
        return _keeping(evidence, lambda sentence: sentence.sentence_id not in on_it)

    def _on_topic_parties(self, evidence: _Evidence) -> _Evidence:
        """Keeps the evidence on the parties that the topic names, as in "the crisis in Rimalia"."""
        about = {*self.resolution.topic_parties}
        if about and (not self.base.asked_parties or self._topic_is_a_name):
            return tuple(self._naming(of_party, about) for of_party in evidence)
        states = {code for code in about if self.parties.kind_of(code) == "state"}
        return tuple(self._of_statements_naming(of_party, states) for of_party in evidence) if states else evidence

    def _naming(self, evidence: PartyEvidence, about: Set[str]) -> PartyEvidence:
        """Keeps the sentences that name a party in `about`, or are its own: "who holds the money of Rimalia?"."""
        own = evidence.party in about
        return evidence if own else _keeping(evidence, lambda sentence: self._names(sentence.text, about))

    def _of_statements_naming(self, evidence: PartyEvidence, about: Set[str]) -> PartyEvidence:
        """Keeps the sentences from statements that name one of the States in `about`, by any of its names."""
        # "What did Arvandia say about the crisis in Rimalia?" is not answered by its words on another crisis, and a
        # party that speaks of itself need not name itself.
        if about & {evidence.party, *evidence.spoke_for}:
            return evidence

        @cache
        def is_naming(statement_id: str) -> bool:
            titles = (s.metadata.title or "" for s in evidence.statements if s.statement_id == statement_id)
            sentences = (sentence.text for sentence in self.catalogue.sentences(statement_id))
            return self._names(" ".join((*sentences, *titles)), about)

        return _keeping(evidence, lambda sentence: is_naming(sentence.statement_id))

    def _names(self, text: str, about: Set[str]) -> bool:
        """Returns whether a text names one of these parties, or may: a damaged one may have lost a name (U+FFFD)."""
        return "\ufffd" in text or any(about & {*match.codes} for match in self.parties.find(text))

    def _picked_positions(self, evidence: _Evidence, asked: AskedFor, search: PartySearch) -> _Positions:
        """Reads positions as asked for, and keeps of each party the statement that the pick asks for."""
        # A pick of `earliest` applies before positions are read, one of `latest` after, since only then it is known
        # which sentence takes one.
        early = self.pick if self.pick == "earliest" or not search.resolution.stance else None
        positions = self._as_asked(tuple(_of_picked(of_party, early) for of_party in evidence), asked, search)
        if self.pick is None:
            return positions
        evidence = tuple(_of_picked(of_party, self.pick) for of_party in positions.evidence)
        answering = {of_party.party for of_party in evidence if of_party.answers and not of_party.spoke_for}
        # A group counts only for a State whose own statements do not answer.
        needed = tuple(
            of_party for of_party in evidence if not (of_party.spoke_for and answering.issuperset(of_party.spoke_for))
        )
        return positions._replace(evidence=needed)

    def _as_asked(self, evidence: _Evidence, asked: AskedFor, search: PartySearch) -> _Positions:
        """Returns the evidence in the direction asked for, or in any where nobody changed or takes an implied one."""
        positions = self._by_position(evidence, search.resolution, asked, as_list=search.as_list)
        if asked.is_implied:
            positions = tuple(replace(each, takes_no_position=each.declines_position) for each in positions)
        notes = (Note(kind="no_position_shown"),) if asked.is_unknown else ()
        changes = asked.direction == "change"
        if not (changes or asked.is_implied) or any(of_party.answers for of_party in positions):
            return _Positions(positions, asked, notes)
        # Nobody changed, or takes that direction, which the question may not have asked: who spoke is listed.
        positions = self._by_position(evidence, self.resolution, AskedFor(), as_list=search.as_list)
        if any(of_party.answers for of_party in positions):
            notes = (Note(kind="no_change" if changes else "direction_not_found"),)
        return _Positions(positions, AskedFor(), notes)

    def _by_position(self, evidence: _Evidence, resolution: Resolution, asked: AskedFor, *, as_list: bool) -> _Evidence:
        """Puts latest positions first where a position is asked for; else words that only report others come last."""
        takes_position = resolution.stance and not resolution.over_time
        if as_list and not takes_position:
            return evidence
        reader = PositionReader(self._evidence_reader(evidence), asked.direction, at_any_time=asked.at_any_time)
        if not takes_position:
            return tuple(reader.reported_last(evidence))
        read = reader.read(evidence)
        if not (resolution.sure_of_kind or resolution.scope.all_states):
            read = [_with_or_without_position(*pair) for pair in zip(read, evidence, strict=True)]
        return tuple(_with_latest(*pair, self.parties) for pair in zip(read, evidence, strict=True))

    def _evidence_reader(self, evidence: _Evidence) -> EvidenceReader:
        """Returns a reader of directions on the subject, in the statements that contain the evidence."""
        scope, sentences = self.resolution.scope, self.catalogue.sentences_of(statement_ids(evidence))
        summaries = (summary for of_party in evidence for summary in of_party.statements)
        holders = {summary.statement_id: summary.metadata.holders for summary in summaries}

        @cache
        def own_words(statement_id: str) -> OwnWords:
            return OwnWords(sentences[statement_id], holders.get(statement_id, ()), self.parties)

        topic = partial(topic_in, topic_words(scope), scope.language)
        return EvidenceReader(topic, sentences.__getitem__, own_words, self.parties)

    def _with_related(self, positions: _Positions, search: PartySearch) -> Retrieved:
        """Returns the evidence of parties and of groups, with evidence on other articles or their topics."""
        evidence = tuple(replace(of_party, subject=self.resolution.subject) for of_party in positions.evidence)
        of_parties = tuple(of_party for of_party in evidence if not of_party.spoke_for)
        related, readings = search.related(of_parties)
        articles = dict.fromkeys(number for treaty in self.resolution.scope.treaties for number in treaty.articles)
        of_unnamed_treaty, unnamed_articles = search.citing(of_parties, None, tuple(articles))
        return replace(
            self.base,
            direction_asked=positions.asked.direction,
            is_relative=positions.asked.is_relative,
            direction_wording=positions.asked.words,
            party_evidence=of_parties if self.base.asked_parties else _most_confident_first(of_parties),
            group_evidence=tuple(of_group for of_group in evidence if of_group.spoke_for),
            related_evidence=(*of_unnamed_treaty, *related),
            other_readings=readings,
            unnamed_articles=unnamed_articles,
        )

    def _notes(
        self, retrieved: Retrieved, position_notes: Sequence[Note], parties_read: int, search: PartySearch
    ) -> Iterator[Note]:
        """Yields notes on the scope, on what was searched for, and on what the evidence shows and lacks."""
        base, scope, evidence = self.base, self.resolution.scope, retrieved.party_evidence
        readings, direction = retrieved.other_readings, retrieved.direction_asked
        yield from (*base.notes, *position_notes)
        if search.expansion is not None:
            yield Note(kind="mended", values={"word": search.expansion.word, "meant": search.expansion.meant})
        yield from unattributed_notes(scope, evidence, self.catalogue, self.parties)
        yield from search_notes(base, search.topic, evidence, parties_read, self.ranker)
        yield from picked_notes(self.pick, evidence)
        yield from result_notes(base, scope.pick, evidence, readings, direction, self.resolution.act == "more")
        yield from search.uncited_paragraphs((*evidence, *retrieved.group_evidence))
        yield from (Note(kind="unnamed_article", values={"article": n}) for n in retrieved.unnamed_articles)


def _keeping(evidence: PartyEvidence, is_kept: Callable[[Sentence], bool]) -> PartyEvidence:
    """Keeps the sentences that pass a test."""
    return replace(evidence, sentences=tuple(scored for scored in evidence.sentences if is_kept(scored.sentence)))


def _of_picked(evidence: PartyEvidence, pick: Pick | None) -> PartyEvidence:
    """Keeps what the party's latest (or earliest) statement that answers says, and its latest position below that."""
    if pick is None or not evidence.answers:
        return evidence
    answering = {scored.sentence.statement_id for scored in evidence.sentences if scored.relevance.is_evidence}
    newest = {s.statement_id for s in picked([s for s in evidence.statements if s.statement_id in answering], pick)}
    # A later statement than that of the position may speak of the topic in words whose direction is not read.
    position = {evidence.sentences[0].sentence.statement_id} if evidence.direction and pick == "latest" else set[str]()
    kept = [
        [scored for scored in evidence.sentences if scored.sentence.statement_id in ids]
        for ids in (newest, position - newest)
    ]
    return replace(evidence, sentences=tuple(chain(*kept)))


def _with_or_without_position(read: PartyEvidence, unread: PartyEvidence) -> PartyEvidence:
    """Returns evidence read for a question that may not ask for a position: sentences that take none answer as well."""
    return replace(merge_evidence(read, unread), takes_no_position=False) if read.takes_no_position else read


def _with_latest(read: PartyEvidence, unread: PartyEvidence, parties: PartyTable) -> PartyEvidence:
    """Adds what a later statement tells of the party's own view without a direction: "In 2022 we said that …"."""
    if not (read.answers and read.direction):
        return read
    made, shown = read.metadata, {scored.sentence.statement_id for scored in read.best}
    latest = (
        scored
        for scored in unread.best
        if scored.relevance.is_evidence
        and all(made_before(made[key], made[scored.sentence.statement_id]) for key in shown)
        and _says_itself(scored.sentence.text, read.party, parties)
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
    for of_party in evidence:
        surest[of_party.party] = max(surest.get(of_party.party, 0.0), of_party.confidence)
    return tuple(sorted(evidence, key=lambda of_party: (-surest[of_party.party], of_party.party)))

"""Searching a resolved scope: which statements it holds, and what evidence each party's statements have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.answer import Citation, Coverage, RetrievedPassage, Scope, TreatyScope
from app.compose.extractive import Sources
from app.resolution import Resolution
from app.select import Found, Selector, merge_found
from ingest.annotate import AGENDA
from ingest.parties import PartyTable
from ingest.treaties import article_title
from prompts.wording import Wording, load_wording
from vectorstore.records import ScopeFilter, StatementSummary
from vectorstore.store import Store

# What remains of "what is the subject of agenda item 4": the item's own words are the answer.
_ABOUT_ITSELF: Final = frozenset(
    """subject title topic theme name called heading object objet sujet titre intitulé tema título asunto тема название
    موضوع عنوان 主题 题目""".split()
)
# From more parties than this on, each gets a first look before it is read in full.
_MANY: Final = 6


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """What a scope holds and what was found in it.

    Attributes:
        asked: Codes of the parties asked about; empty for an open question.
        held: Every statement of the parties asked about, in any year or session.
        searched: The statements in scope.
        found: Evidence per party, in the order to show; also of parties that have none.
        related: Findings that do not answer but may help.
        missing_parties: Parties asked about that have no statement in scope.
        sources: The statements and sentences behind `found` and `related`.
    """

    asked: tuple[str, ...] = ()
    held: tuple[StatementSummary, ...] = ()
    searched: tuple[StatementSummary, ...] = ()
    found: tuple[Found, ...] = ()
    related: tuple[Found, ...] = ()
    missing_parties: tuple[str, ...] = ()
    group_held: tuple[str, ...] = ()
    corpus_size: int = 0
    unreadable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exhaustive: bool = True
    sources: Sources = field(default_factory=lambda: Sources(statements={}, sentences={}))

    @property
    def passages(self) -> tuple[RetrievedPassage, ...]:
        """The retrieved passages of all parties, best first."""
        scored = sorted((item for found in self.found for item in found.passages), key=lambda item: -item.score)
        return tuple(
            RetrievedPassage(
                passage_id=item.passage.passage_id,
                statement_id=item.passage.statement_id,
                start=item.passage.start,
                end=item.passage.end,
                rank=rank,
                score=round(item.score, 6),
            )
            for rank, item in enumerate(scored, start=1)
        )

    def coverage(self, citations: Sequence[Citation]) -> Coverage:
        """Returns what was searched, given the citations that stand."""
        cited = {citation.statement_id for citation in citations}
        with_evidence = {citation.state for citation in citations}
        silent = [
            found.party
            for found in self.found
            if found.party not in with_evidence and found.searched and not found.uncovered
        ]
        return Coverage(
            statements_in_scope=len(self.searched),
            statements_with_evidence=len(cited),
            states_without_evidence=tuple(silent) if self.exhaustive else (),
            states_without_statement=self.missing_parties,
            unreadable_files=self.unreadable,
        )


class Searcher:
    """Applies a scope to the store."""

    def __init__(self, store: Store, selector: Selector) -> None:
        self._store = store
        self._selector = selector

    def search(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Finds evidence for every party in scope; an ambiguous question finds nothing."""
        catalogue = self._store.catalogue
        corpus_size = len(catalogue.summaries())
        base = Retrieved(corpus_size=corpus_size, unreadable=tuple(file for file, _ in catalogue.unreadable()))
        if resolution.unclear is not None or resolution.unnamed or resolution.to_assistant or not corpus_size:
            return base
        scope = resolution.scope
        asked = (*scope.states, *scope.groups)
        searched = self._in_scope(scope, asked)
        held = catalogue.summaries(ScopeFilter(parties=asked)) if asked else ()
        owners = {summary.metadata.state for summary in searched}
        group_held = () if not asked else self._groups_in_scope(scope, asked, owners, parties)
        unattributed = sum(summary.metadata.state is None for summary in searched)
        wording = load_wording(scope.language)
        base = replace(
            base,
            asked=asked,
            held=held,
            searched=tuple(summary for summary in searched if summary.metadata.state is not None),
            missing_parties=tuple(code for code in asked if code not in owners),
            group_held=group_held,
            notes=(wording.say("note_not_attributed", count=unattributed),) if unattributed else (),
        )
        found, related, exhaustive = self._evidence(resolution, base)
        if base.group_held and not base.searched:
            related = self._of_groups(scope, base.group_held)
        if not base.asked:
            # An open question names no order: the surest come first.
            found = tuple(sorted(found, key=lambda item: -item.confidence))
        return replace(
            base,
            found=found,
            related=related,
            exhaustive=exhaustive,
            notes=(*base.notes, *_search_notes(found, exhaustive, parties, wording)),
            sources=self._sources((*found, *related)),
        )

    def _in_scope(self, scope: Scope, asked: Sequence[str]) -> tuple[StatementSummary, ...]:
        wanted = ScopeFilter(
            parties=tuple(asked),
            bodies=scope.bodies,
            sessions=scope.sessions,
            years=tuple(int(year) for year in scope.years),
            agenda_items=scope.agenda_items,
        )
        catalogue = self._store.catalogue
        found = catalogue.summaries(wanted)
        if not scope.agenda_items:
            return found
        # A statement that names the item in its text stands under it as well, whatever its metadata say.
        others = catalogue.summaries(replace(wanted, agenda_items=()))
        mentions = catalogue.mentions([summary.statement_id for summary in others], AGENDA, scope.agenda_items)
        naming = {mention.sentence_id.rpartition(":")[0] for mention in mentions}
        listed = {summary.statement_id for summary in found}
        return tuple(s for s in others if s.statement_id in listed or s.statement_id in naming)

    def _groups_in_scope(
        self, scope: Scope, asked: Sequence[str], owners: Iterable[str | None], parties: PartyTable
    ) -> tuple[str, ...]:
        """Returns the groups that spoke for a State asked about which has no statement of its own."""
        silent = [code for code in asked if code not in set(owners)]
        groups: dict[str, None] = {}
        for summary in self._in_scope(scope, ()):
            group = summary.metadata.on_behalf_of
            if group and any(group in parties.groups_of(code, summary.metadata.date) for code in silent):
                groups[group] = None
        return tuple(groups)

    def _of_groups(self, scope: Scope, groups: Sequence[str]) -> tuple[Found, ...]:
        """Searches the statements of groups, which a State that is silent itself belonged to."""
        by_group = {
            code: [s for s in self._in_scope(scope, (code,)) if s.metadata.on_behalf_of == code] for code in groups
        }
        topic = scope.topic or _treaty_words(scope)
        if not topic:
            return tuple(self._selector.by_centrality(code, searched) for code, searched in by_group.items())
        vector = self._selector.embed(topic)
        return tuple(
            self._selector.by_topic(code, searched, topic, scope.language, vector)
            for code, searched in by_group.items()
        )

    def _evidence(self, resolution: Resolution, base: Retrieved) -> tuple[tuple[Found, ...], tuple[Found, ...], bool]:
        scope = resolution.scope
        by_party: dict[str, list[StatementSummary]] = {code: [] for code in base.asked}
        for summary in base.searched:
            by_party.setdefault(summary.metadata.state or "", []).append(summary)
        topic = "" if _is_about_itself(scope.topic) and (scope.agenda_items or scope.treaties) else scope.topic
        articles = [treaty for treaty in scope.treaties if treaty.articles]
        if articles:
            found = [self._by_articles(code, searched, scope, topic) for code, searched in by_party.items()]
            silent = [item for item in found if not item.evidence and item.searched]
            return tuple(found), self._on_subject(silent, articles, topic, scope), True
        if scope.agenda_items and _is_about_itself(scope.topic):
            found = [
                self._selector.by_mention(code, searched, AGENDA, scope.agenda_items, "", scope.language)
                for code, searched in by_party.items()
            ]
            return tuple(found), (), True
        topic = topic or _treaty_words(scope)
        if not topic and base.asked:
            # "What did Iran say?": the sentences nearest to the whole.
            return tuple(self._selector.by_centrality(code, mine) for code, mine in by_party.items()), (), True
        if not topic:
            return (), (), True
        if not base.asked and not resolution.open:
            return self._open_search(topic, scope, base, by_party), (), False
        return self._per_party(topic, scope, by_party), (), True

    def _on_subject(
        self, silent: Sequence[Found], articles: Sequence[TreatyScope], topic: str, scope: Scope
    ) -> tuple[Found, ...]:
        """Searches for the subject of articles in the statements of those who do not cite them."""
        if not silent:
            return ()
        titles = [article_title(treaty.treaty, number) for treaty in articles for number in treaty.articles]
        subject = " ".join(text for text in (topic, *titles) if text)
        vector = self._selector.embed(subject)
        return tuple(
            self._selector.by_topic(item.party, item.searched, subject, scope.language, vector) for item in silent
        )

    def _per_party(self, topic: str, scope: Scope, by_party: dict[str, list[StatementSummary]]) -> tuple[Found, ...]:
        vector = self._selector.embed(topic)
        many = len(by_party) > _MANY
        return tuple(
            self._selector.by_topic(code, searched, topic, scope.language, vector, among_many=many)
            for code, searched in by_party.items()
        )

    def _open_search(
        self, topic: str, scope: Scope, base: Retrieved, by_party: dict[str, list[StatementSummary]]
    ) -> tuple[Found, ...]:
        """Searches all statements at once for a question that names nobody, and groups what it finds by party."""
        vector = self._selector.embed(topic)
        whole = self._selector.by_topic("", base.searched, topic, scope.language, vector)
        owner = {summary.statement_id: summary.metadata.state or "" for summary in base.searched}
        strong = {sentence.sentence_id for sentence in whole.strong} if whole.answers else set()
        found: dict[str, Found] = {}
        for item in whole.evidence:
            code = owner[item.sentence.statement_id]
            sure = whole.confidence if item.sentence.sentence_id in strong else 0.0
            earlier = found.get(code) or Found(party=code, searched=tuple(by_party[code]), confidence=sure)
            found[code] = replace(earlier, evidence=(*earlier.evidence, item))
        first = next(iter(found), None)
        if first is not None:
            found[first] = replace(found[first], passages=whole.passages, features=whole.features)
        return tuple(found.values())

    def _by_articles(self, code: str, searched: Sequence[StatementSummary], scope: Scope, topic: str) -> Found:
        found: Found | None = None
        for treaty in scope.treaties:
            if treaty.articles:
                item = self._selector.by_mention(code, searched, treaty.treaty, treaty.articles, topic, scope.language)
                found = item if found is None else merge_found(found, item)
        if found is None or not found.evidence or not topic:
            return found or Found(party=code, searched=tuple(searched))
        # What is said on the topic often stands in other sentences of the statement that names the article.
        naming = {item.sentence.statement_id for item in found.evidence}
        near = [summary for summary in searched if summary.statement_id in naming]
        on_topic = self._selector.by_topic(code, near, topic, scope.language, self._selector.embed(topic))
        return merge_found(found, replace(on_topic, evidence=on_topic.best[:2])) if on_topic.answers else found

    def _sources(self, found: Sequence[Found]) -> Sources:
        ids = dict.fromkeys(item.sentence.statement_id for each in found for item in each.evidence)
        catalogue = self._store.catalogue
        statements = {identifier: catalogue.statement(identifier) for identifier in ids}
        return Sources(
            statements={identifier: statement for identifier, statement in statements.items() if statement},
            sentences={identifier: catalogue.sentences(identifier) for identifier in ids},
        )


def _search_notes(found: Sequence[Found], exhaustive: bool, parties: PartyTable, wording: Wording) -> tuple[str, ...]:
    notes = [] if exhaustive else [wording.say("note_open_search")]
    uncovered = [parties.display(f.party, wording.language) for f in found if f.uncovered and not f.answers]
    if uncovered:
        notes.append(wording.say("note_uncovered", parties=", ".join(uncovered)))
    return tuple(notes)


def _is_about_itself(topic: str) -> bool:
    words = {word.strip(".,;:?!").lower() for word in topic.split()}
    return bool(words) and words <= _ABOUT_ITSELF


def _treaty_words(scope: Scope) -> str:
    names = {
        "UNTOC": "Convention against Transnational Organized Crime",
        "TIP": "Protocol trafficking in persons",
        "SOM": "Protocol smuggling of migrants",
        "FIREARMS": "Protocol firearms",
        "UNCAC": "Convention against Corruption",
        "NARCOTICS1988": "Convention against illicit traffic in narcotic drugs",
    }
    return " ".join(names.get(treaty.treaty, treaty.treaty) for treaty in scope.treaties)

"""Searching a resolved scope: which statements it holds, and what evidence each party's statements have.

Every party in scope is searched for itself, so that no State drops out because others speak of a topic more.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.answer import Citation, Coverage, RetrievedPassage, Scope, TreatyScope
from app.calibration import MARGIN
from app.compose.extractive import Sources
from app.listing import judged_together
from app.provenance import occasions
from app.resolution import Resolution
from app.select import Found, Selector, languages_of, merge_found
from app.stance import takes_position
from app.statements import GroupStatements, ScopedStatements, by_party, of_asked, statement_of
from app.terms import content_terms
from app.topic import Covered, Topic
from ingest.annotate import AGENDA, THERETO, provision_of
from ingest.parties import PartyTable
from ingest.treaties import TREATIES, article_title, find_treaties, short_name
from prompts.wording import Wording, load_wording
from vectorstore.records import ScopeFilter, Sentence, StatementSummary
from vectorstore.store import Store

# What remains of "what is the subject of agenda item 4": the item's own words are the answer.
_ABOUT_ITSELF: Final = frozenset(
    """subject title topic theme name called heading object objet sujet titre intitulé tema título asunto тема название
    موضوع عنوان 主题 题目""".split()
)
# Stems of what is done to a treaty as a whole: "has it ratified the Convention", "is it a party to the Protocols"; only
# sentences that name the treaty answer. Whole stems, since "participation" is no party and "joint" joins nothing.
_JOINS: Final = re.compile(
    r"ratif\w*|sign|signat\w+|acced\w*|access(?:ion)?|join|part[iy]|becom|adh[eé][rs]\w*|firm|firmant\w*|suscri\w+"
    r"|ратифиц\w+|подпис\w+|присоедин\w+|участни\w+|批准|签署|加入|缔约|(?:صادق|صدق|وقع|انضم|طرف)\w*"
)
# Where nobody is named and more parties than this are in scope, a glance is cast at each, and they are compared.
_MANY: Final = 6
# Retrieved passages that an answer lists.
_LISTED: Final = 100
# A position is looked for in the sentences that would be quoted and what follows on them.
_READ_FOR_POSITION: Final = 5
# Passages are on the subject of an article that is not cited where the best of them scores this high (see `Evidence`),
# or holds this share of the words of its title.
_NEAR: Final = -4.0
_TITLE_SHARED: Final = 0.6
# The mentions that name a treaty, whether or not with an article.
BY_NAME: Final = ""
# Finds the evidence of one party in its statements.
Seek = Callable[[str, Sequence[StatementSummary]], Found]


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """What a scope holds and what was found in it.

    Attributes:
        asked: Codes of the parties asked about; empty for an open question.
        held: Every statement of the parties asked about, in any year or session.
        searched: The statements in scope.
        found: Evidence per party, in the order to show; also of parties that have none. A question about change
            gives one finding per statement.
        spoken_for: Evidence in statements of groups that spoke for States asked about.
        related: Findings that do not answer but may help.
        other_readings: Articles of other treaties with the number asked about that are cited as well.
        missing_parties: Parties asked about that have no statement in scope.
        treaties_held: Of the treaties whose own words were asked for, those whose texts are in the store.
        sources: The statements and sentences behind `found` and `related`.
    """

    asked: tuple[str, ...] = ()
    held: tuple[StatementSummary, ...] = ()
    searched: tuple[StatementSummary, ...] = ()
    found: tuple[Found, ...] = ()
    spoken_for: tuple[Found, ...] = ()
    related: tuple[Found, ...] = ()
    missing_parties: tuple[str, ...] = ()
    other_readings: tuple[TreatyScope, ...] = ()
    empty_corpus: bool = False
    treaties_held: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: Sources = field(default_factory=lambda: Sources(statements={}, sentences={}))

    @property
    def passages(self) -> tuple[RetrievedPassage, ...]:
        """The retrieved passages of all parties, best first, up to a hundred."""
        scored = sorted(
            (item for found in (*self.found, *self.spoken_for) for item in found.passages), key=lambda item: -item.score
        )
        return tuple(
            RetrievedPassage(
                passage_id=item.passage.passage_id,
                statement_id=item.passage.statement_id,
                start=item.passage.start,
                end=item.passage.end,
                rank=rank,
                score=round(item.score, 6),
            )
            for rank, item in enumerate(scored[:_LISTED], start=1)
        )

    def coverage(self, citations: Sequence[Citation]) -> Coverage:
        """Returns what was searched, given the citations that stand."""
        cited = {of for citation in citations for of in (citation.statement_id, *citation.also_in)}
        with_evidence = {citation.state for citation in citations}
        silent = dict.fromkeys(f.party for f in self.found if f.searched and f.party and f.party not in with_evidence)
        return Coverage(
            statements_in_scope=len(self.searched),
            statements_with_evidence=len(cited & {summary.statement_id for summary in self.searched}),
            states_without_evidence=tuple(silent),
            states_without_statement=self.missing_parties,
            unreadable_files=self.unreadable,
        )


class Searcher:
    """Applies a scope to the store."""

    def __init__(self, store: Store, selector: Selector, *, scoped: type[ScopedStatements] = ScopedStatements) -> None:
        self._store = store
        self._selector = selector
        self._scoped = scoped

    def scoped_by(self, scoped: type[ScopedStatements]) -> "Searcher":
        """Returns a searcher that applies filters in another way, to measure what they are worth."""
        return Searcher(self._store, self._selector, scoped=scoped)

    def search(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Finds evidence for every party in scope; an ambiguous question finds nothing."""
        catalogue = self._store.catalogue
        base = Retrieved(
            empty_corpus=catalogue.is_empty(), unreadable=tuple(file for file, _ in catalogue.unreadable())
        )
        asked_back = resolution.unclear is not None or resolution.unnamed
        if asked_back or resolution.to_assistant or not resolution.has_frame:
            return base
        if resolution.provision:
            return self._search_provisions(resolution, base)
        if base.empty_corpus:
            return base
        scope, wording = resolution.scope, load_wording(resolution.scope.language)
        statements = self._scoped(catalogue, scope)
        asked = (*scope.states, *scope.groups)
        in_scope = statements.of(() if scope.members_of else asked)
        if scope.members_of:
            in_scope = of_asked(in_scope, asked, scope.members_of, parties)
        owned: dict[str, list[StatementSummary]] = {code: [] for code in asked} | by_party(in_scope)
        unattributed = sum(summary.metadata.state is None for summary in in_scope)
        base = replace(
            base,
            asked=asked,
            held=catalogue.summaries(ScopeFilter(parties=asked)) if asked else (),
            searched=tuple(summary for summary in in_scope if summary.metadata.state is not None),
            missing_parties=tuple(code for code in asked if not owned[code]),
            notes=(wording.say("note_not_attributed", count=unattributed),) if unattributed else (),
        )
        groups = [g for g in statements.of_groups(scope.states, parties) if g.group not in scope.groups]
        return self._with_evidence(base, resolution, owned, groups, parties)

    def _with_evidence(
        self,
        base: Retrieved,
        resolution: Resolution,
        owned: dict[str, list[StatementSummary]],
        groups: Sequence[GroupStatements],
        parties: PartyTable,
    ) -> Retrieved:
        wording = load_wording(resolution.scope.language)
        many = not base.asked and len(owned) > _MANY
        topic = self._topic(resolution.scope)
        seek = self._seek(resolution, topic, many=many)
        if seek is None:
            return base
        found = tuple(item for code, own in owned.items() for item in _sought(seek, code, own, resolution))
        spoken_for = tuple(replace(seek(g.group, g.statements), members=g.members, aligned=g.aligned) for g in groups)
        if many:
            found = judged_together(found)
        if resolution.stance:
            found, spoken_for = (tuple(self._by_position(f) for f in each) for each in (found, spoken_for))
        related, readings = self._beside(resolution, found, many=many)
        if not base.asked:
            # An open question names no order: the surest come first, each party's statements together.
            surest: dict[str, float] = {}
            for item in found:
                surest[item.party] = max(surest.get(item.party, 0.0), item.confidence)
            found = tuple(sorted(found, key=lambda item: (-surest[item.party], item.party)))
        return replace(
            base,
            found=found,
            spoken_for=spoken_for,
            related=related,
            other_readings=readings,
            notes=(
                *base.notes,
                *_bridged_note(topic, wording),
                *_words_only_note(base, found, self._selector.covered, parties, wording),
                *_search_notes(resolution, base.searched, found, readings, parties, wording),
            ),
            sources=self._sources((*found, *spoken_for, *related)),
        )

    def _topic(self, scope: Scope) -> Topic | None:
        if not scope.topic or (_names_subject(scope) and _is_about_itself(scope.topic)):
            return None
        return self._selector.topic(_with_treaties(scope), scope.language)

    def _seek(self, resolution: Resolution, topic: Topic | None, *, many: bool) -> Seek | None:
        """Chooses how evidence is found: by what the question names, else by its topic."""
        scope, select = resolution.scope, self._selector
        if any(treaty.articles for treaty in scope.treaties):
            return lambda code, own: self._by_articles(code, own, scope.treaties, topic)
        if scope.agenda_items and _is_about_itself(scope.topic):
            return lambda code, own: select.by_mention(code, own, AGENDA, scope.agenda_items)
        beside = _beside_treaties(scope.topic, scope.language) if topic is not None else frozenset()
        if scope.treaties and all(map(_JOINS.fullmatch, beside)):
            in_words = self._in_words(scope.treaties, joining=bool(beside), many=many)
            return lambda code, own: self._by_treaties(code, own, scope.treaties, in_words, topic)
        if topic is not None:
            search = select.glance if many else select.by_topic
            return lambda code, own: search(code, own, topic)
        filtered = scope.years or scope.sessions or scope.bodies or scope.agenda_items
        if scope.states or scope.groups or scope.members_of or (resolution.open and filtered):
            # "What did Iran say?": the sentences nearest to the whole.
            return select.by_centrality
        return None

    def _in_words(self, treaties: Sequence[TreatyScope], *, joining: bool, many: bool) -> Seek:
        """Chooses how a treaty is found in statements that do not name it; nobody joins one without naming it."""
        if joining:
            if many:
                return lambda code, own: Found(party=code, searched=tuple(own))
            return lambda code, own: self._meant(code, own, treaties, None)
        words = self._selector.topic(_treaty_words(treaties), "en")
        if many:
            return lambda code, own: self._of_no_other(self._selector.glance(code, own, words), treaties)
        return lambda code, own: self._meant(code, own, treaties, words)

    def _by_articles(
        self, code: str, searched: Sequence[StatementSummary], treaties: Sequence[TreatyScope], topic: Topic | None
    ) -> Found:
        found = Found(party=code, searched=tuple(searched))
        for treaty in treaties:
            if treaty.articles:
                item = self._selector.by_mention(code, searched, treaty.treaty, treaty.articles, topic)
                found = merge_found(found, item)
        if not found.evidence or topic is None:
            return found
        # What is said on the topic often stands in other sentences of the statement that names the article.
        naming = {item.sentence.statement_id for item in found.evidence}
        near = [summary for summary in searched if summary.statement_id in naming]
        on_topic = self._selector.by_topic(code, near, topic)
        return merge_found(found, replace(on_topic, evidence=on_topic.best[:2])) if on_topic.answers else found

    def _by_treaties(
        self,
        code: str,
        searched: Sequence[StatementSummary],
        treaties: Sequence[TreatyScope],
        in_words: Seek,
        topic: Topic | None,
    ) -> Found:
        """Finds the sentences that name treaties; without one, those that speak of them in other words.

        Those on the topic, such as joining them, come first.
        """
        found = Found(party=code, searched=tuple(searched))
        for treaty in treaties:
            found = merge_found(found, self._selector.by_mention(code, searched, treaty.treaty, [BY_NAME], topic))
        return found if found.evidence else in_words(code, searched)

    def _meant(
        self, code: str, searched: Sequence[StatementSummary], treaties: Sequence[TreatyScope], words: Topic | None
    ) -> Found:
        """Finds where a treaty is meant and not named: as one of the Protocols to the Convention, or in other words.

        Without words only the former, since nobody joins a treaty without naming it.
        """
        found = Found(party=code, searched=tuple(searched))
        for treaty in treaties:
            found = merge_found(found, self._selector.by_mention(code, searched, treaty.treaty, [THERETO]))
        if found.evidence or words is None:
            return found
        return self._of_no_other(self._selector.by_topic(code, searched, words), treaties)

    def _of_no_other(self, found: Found, treaties: Sequence[TreatyScope]) -> Found:
        """Leaves out sentences that name another treaty: they are not about those asked about."""
        if not found.evidence:
            return found
        statements = list(dict.fromkeys(item.sentence.statement_id for item in found.evidence))
        asked = {treaty.treaty for treaty in treaties}
        others = {
            mention.sentence_id
            for treaty in TREATIES
            if treaty not in asked
            for mention in self._store.catalogue.mentions(statements, treaty)
        }
        kept = tuple(item for item in found.evidence if item.sentence.sentence_id not in others)
        # Where the best of it was about another treaty, the search was not sure of the rest.
        sure = bool(kept) and kept[0].score >= found.evidence[0].score - MARGIN
        return replace(found, evidence=kept, confidence=found.confidence if sure else 0.0)

    def _beside(
        self, resolution: Resolution, found: Sequence[Found], *, many: bool
    ) -> tuple[tuple[Found, ...], tuple[TreatyScope, ...]]:
        """Looks beside the articles asked about: at their subject, and at the same number in other treaties."""
        scope, select = resolution.scope, self._selector
        articles = [treaty for treaty in scope.treaties if treaty.articles]
        if not articles:
            return (), ()
        everything = [summary.statement_id for item in found for summary in item.searched]
        elsewhere: dict[TreatyScope, list[Found]] = {}
        for treaty in articles if resolution.bare_articles else ():
            for other in TREATIES:
                numbers = tuple(n for n in treaty.articles if article_title(other, n))
                if other == treaty.treaty or not numbers:
                    continue
                if not self._store.catalogue.mentions(everything, other, numbers):
                    continue
                cited = [select.by_mention(f.party, f.searched, other, numbers) for f in found]
                elsewhere[TreatyScope(treaty=other, articles=numbers)] = [f for f in cited if f.evidence]
        readings = tuple(reading for reading, cited in elsewhere.items() if cited)
        related = [f for cited in elsewhere.values() for f in cited]
        silent = [item for item in found if not item.evidence and item.searched]
        if silent and not (many and len(silent) < len(found)):
            titles = [article_title(treaty.treaty, number) for treaty in articles for number in treaty.articles]
            subject = select.topic(" ".join(title for title in titles if title), "en")
            search = select.glance if many else select.by_topic
            near: Sequence[Found] = [search(item.party, item.searched, subject) for item in silent]
            near = judged_together(near) if many else near
            related += [item if _on_subject(item, subject) else replace(item, confidence=0.0) for item in near]
        return tuple(related), readings

    def _search_provisions(self, resolution: Resolution, base: Retrieved) -> Retrieved:
        """Finds what treaties themselves say, in the texts that were taken in as such."""
        scope = resolution.scope
        texts = self._store.catalogue.summaries(ScopeFilter(kinds=("treaty",)))
        found = Found(party="", searched=texts)
        named = [treaty.treaty for treaty in scope.treaties]
        ids = [text.statement_id for text in texts]
        base = replace(
            base,
            treaties_held=tuple(code for code in named if self._store.catalogue.mentions(ids, provision_of(code))),
        )
        topic = self._selector.topic(scope.topic, scope.language) if scope.topic else None
        for treaty in scope.treaties:
            if treaty.articles:
                item = self._selector.by_mention("", texts, provision_of(treaty.treaty), treaty.articles, topic)
                found = merge_found(found, item)
            elif topic is not None:
                own = self._store.catalogue.mentions([text.statement_id for text in texts], provision_of(treaty.treaty))
                holders = {statement_of(mention.sentence_id) for mention in own}
                held = [text for text in texts if text.statement_id in holders]
                found = merge_found(found, self._selector.glance("", held, topic))
        return replace(base, searched=texts, found=judged_together((found,)), sources=self._sources((found,)))

    def _by_position(self, found: Found) -> Found:
        """Puts evidence that takes a position first, and marks it neutral where none does."""
        if not found.answers:
            return found
        language = {s.statement_id: s.metadata.language for s in found.searched}
        best = found.best

        def takes(sentences: Sequence[Sentence]) -> bool:
            return any(takes_position(s.text, s.language or language.get(s.statement_id)) for s in sentences)

        read = best[:_READ_FOR_POSITION]
        first = [item for item in read if takes([item.sentence])]
        first = first or [item for item in read if takes(self._with_next(item.sentence))]
        if not first:
            return replace(found, neutral=True)
        return replace(found, evidence=(*first, *(item for item in found.evidence if item not in first)))

    def _with_next(self, sentence: Sentence) -> list[Sentence]:
        """Returns a sentence and the one after it in its paragraph, which often says what is thought of it."""
        after = self._store.catalogue.sentences(sentence.statement_id)[sentence.ordinal : sentence.ordinal + 2]
        return [item for item in after if item.paragraph == sentence.paragraph]

    def _sources(self, found: Sequence[Found]) -> Sources:
        ids = dict.fromkeys(item.sentence.statement_id for each in found for item in each.evidence)
        catalogue = self._store.catalogue
        statements = {identifier: catalogue.statement(identifier) for identifier in ids}
        return Sources(
            statements={identifier: statement for identifier, statement in statements.items() if statement},
            sentences={identifier: catalogue.sentences(identifier) for identifier in ids},
        )


def _on_subject(found: Found, subject: Topic) -> bool:
    """Returns whether evidence speaks of an article's subject, and not only of one common word of its title."""
    if not found.answers:
        return False
    if found.features is None:
        # Found by its words already.
        return True
    shared = max(subject.share_of(content_terms(item.sentence.text, "en")) for item in found.best)
    return found.evidence[0].score >= _NEAR or shared >= _TITLE_SHARED


def _sought(seek: Seek, code: str, own: Sequence[StatementSummary], resolution: Resolution) -> Iterable[Found]:
    """Searches a party's statements together, or one by one where the question is about change."""
    if resolution.over_time and len(own) > 1:
        return [seek(code, [statement]) for statement in own]
    return [seek(code, own)]


def _bridged_note(topic: Topic | None, wording: Wording) -> tuple[str, ...]:
    """Says in which words a topic in another language was searched for."""
    if topic is None or topic.english == topic.words or not topic.english:
        return ()
    key = "note_bridged" if topic.bridged >= 1.0 else "note_bridged_partly"
    return (wording.say(key, words=topic.english),)


def _words_only_note(
    base: Retrieved, found: Sequence[Found], covered: Covered, parties: PartyTable, wording: Wording
) -> tuple[str, ...]:
    """Names the parties asked about whose statements the models cannot read, in whole or in part."""
    known = (*covered.embedded, None)
    unread = [
        item.party
        for item in found
        if item.party in base.asked
        and not (item.unsure and not item.answers)
        and any(language not in known for s in item.searched for language in languages_of(s))
    ]
    names = ", ".join(parties.display(code, wording.language) for code in dict.fromkeys(unread))
    return (wording.say("note_words_only", parties=names),) if names else ()


def _search_notes(
    resolution: Resolution,
    searched: Sequence[StatementSummary],
    found: Sequence[Found],
    readings: Sequence[TreatyScope],
    parties: PartyTable,
    wording: Wording,
) -> tuple[str, ...]:
    notes = []
    if resolution.scope.pick and searched:
        notes.append(wording.say(f"note_{resolution.scope.pick}", dates=occasions(searched, wording)))
    notes += [
        wording.say("note_other_reading", article=number, treaty=short_name(reading.treaty))
        for reading in readings
        for number in reading.articles
    ]
    unsure = [parties.display(f.party, wording.language) for f in found if f.unsure and f.searched and not f.answers]
    if unsure:
        notes.append(wording.say("note_uncovered", parties=", ".join(dict.fromkeys(unsure))))
    return tuple(notes)


def _names_subject(scope: Scope) -> bool:
    return bool(scope.agenda_items or scope.treaties)


def _is_about_itself(topic: str) -> bool:
    words = {word.strip(".,;:?!").lower() for word in topic.split()}
    return bool(words) and words <= _ABOUT_ITSELF


def _beside_treaties(topic: str, language: str) -> frozenset[str]:
    """Returns the stems of what a topic holds besides names of treaties."""
    for match in reversed(find_treaties(topic)):
        topic = f"{topic[: match.start]} {topic[match.end :]}"
    return content_terms(topic, language)


def _with_treaties(scope: Scope) -> str:
    """Returns the topic with the treaties that stand beside it, as in "and the Protocols?" after a topic."""
    named = {match.treaty for match in find_treaties(scope.topic)}
    beside = [treaty for treaty in scope.treaties if not treaty.articles and treaty.treaty not in named]
    return f"{scope.topic} {_treaty_words(beside)}".strip() if scope.language == "en" else scope.topic


def _treaty_words(treaties: Sequence[TreatyScope]) -> str:
    return " ".join(TREATIES[treaty.treaty].search_words for treaty in treaties)

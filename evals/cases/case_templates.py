"""Templates of cases: what can be asked of a corpus, from what its statements name and surely do not name.

Where Arvandia spoke of extradition in 2016 and Belmora did not, "What did Arvandia say about extradition in 2016?" has
an answer, and the same question on Belmora is a near miss, which has none.
"""

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Final, Literal, get_args

from app.records import AbstentionReason
from evals.cases.corpus_facts import Article, Reading, SentenceOfDocument, Topic, common_stems, topics
from evals.cases.documents import Documents
from ingest.treaties.treaties import PROTOCOLS, articles, articles_about, short_name
from vectorstore.stems import is_function_word, words_of

TemplateKind = Literal[
    "single_state", "list_states", "compare", "temporal", "near_miss_state", "near_miss_session", "near_miss_article",
    "near_miss_topic", "no_statement", "out_of_scope", "future", "nonexistent",
]  # fmt: skip
KINDS: Final[tuple[TemplateKind, ...]] = get_args(TemplateKind)
# Topics of fewer or more statements than these come last.
_RARE, _FREQUENT = 0.02, 0.4
# Conventions of other fields, with the word by which one would be known.
_ELSEWHERE: Final = {
    "the Ramsar Convention on Wetlands": "wetlands",
    "the Minamata Convention on Mercury": "mercury",
    "the Framework Convention on Tobacco Control": "tobacco",
    "the Berne Convention on copyright": "copyright",
    "the Vienna Convention on Road Traffic": "road",
    "the Stockholm Convention on Persistent Organic Pollutants": "pollutants",
    "the International Plant Protection Convention": "plant",
    "the International Convention on Tonnage Measurement of Ships": "tonnage",
    "the Hague Convention on child abduction": "abduction",
    "the Convention on Migratory Species": "species",
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a question is about: a topic, an article, or something that no statement names."""

    words: str
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    topic: Topic | None = None
    article: Article | None = None

    def in_(self, reading: Reading) -> tuple[SentenceOfDocument, ...]:
        """Returns the sentences of a statement that name it."""
        if self.topic is not None:
            return reading.named.get(self.topic.name, ())
        return reading.cited.get(self.article, ()) if self.article is not None else ()

    @property
    def slug(self) -> str:
        """What ids call it."""
        return self.tags.get("article", self.words)

    @property
    def key(self) -> frozenset[str]:
        """What tells it from other subjects; those that share a part of it are nearly the same to ask about."""
        if self.article is not None:
            return frozenset({self.slug})
        return frozenset(word.casefold() for word in words_of(self.words) if not is_function_word(word, "en"))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A case before it is written.

    Attributes:
        states: Those asked about, or those that answer.
        groups: The statements of each group of evidence.
    """

    kind: TemplateKind
    subject: Subject
    states: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    reason: AbstentionReason | None = None
    groups: tuple[tuple[Reading, ...], ...] = ()

    @property
    def id(self) -> str:
        """The id of its case."""
        states = () if self.kind == "list_states" else self.states
        parts = ("syn", self.kind, *states, self.subject.slug, *self.years)
        return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).casefold()).strip("-")


@dataclass(frozen=True, kw_only=True, eq=False)
class Corpus:
    """The statements with what the plans look up."""

    documents: Documents
    readings: tuple[Reading, ...]
    _possible: dict[tuple[str, str | None], tuple[Reading, ...]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def common(self) -> frozenset[str]:
        """Stems that tell nothing here."""
        return common_stems(self.readings)

    @cached_property
    def states(self) -> frozenset[str]:
        """Codes of the States whose name is nobody else's; two are called Congo."""
        parties = self.documents.parties
        named = {code: parties.find(parties.display(code)) for code in parties.codes("state")}
        return frozenset(code for code, found in named.items() if [match.codes for match in found] == [(code,)])

    @cached_property
    def turns(self) -> Mapping[tuple[str, str], tuple[Reading, ...]]:
        """The statements by State and year, where the manifest tells both and no one else is spoken for."""
        found: defaultdict[tuple[str, str], list[Reading]] = defaultdict(list)
        for reading in self.readings:
            own = reading.document.kind == "statement" and "on_behalf_of" not in reading.document.facts
            if own and reading.year is not None and reading.document.state in self.states:
                found[reading.document.state, reading.year].append(reading)
        return {key: tuple(found[key]) for key in sorted(found)}

    @cached_property
    def subjects(self) -> Mapping[Subject, frozenset[tuple[str, str]]]:
        """Topics of more than a word, and articles, with the States and years that name them."""
        named: defaultdict[Subject, set[tuple[str, str]]] = defaultdict(set)
        table = {name: _of_topic(topic) for name, topic in topics().items() if self._can_be_asked(topic)}
        for key, readings in self.turns.items():
            for reading in readings:
                for name in reading.named.keys() & table.keys():
                    named[table[name]].add(key)
                for article in reading.cited:
                    named[_of_article(article)].add(key)
        return {subject: frozenset(keys) for subject, keys in sorted(named.items(), key=lambda item: item[0].words)}

    def _can_be_asked(self, topic: Topic) -> bool:
        """Whether a topic tells enough, and names nobody whom a question would then seem to be about."""
        telling = articles_about(topic.name) if topic.articles else len(_of_topic(topic).key) > 1
        return bool(telling) and not self.documents.parties.find(topic.name)

    @property
    def years(self) -> tuple[str, ...]:
        """Years of statements, ascending."""
        return tuple(sorted({year for _, year in self.turns}))

    def named_in(self, year: str) -> Iterator[tuple[Subject, tuple[str, ...]]]:
        """Yields what is named in a year, with the States that name it."""
        for subject, keys in self.subjects.items():
            if states := tuple(sorted(state for state, named in keys if named == year)):
                yield subject, states

    def possible(self, state: str, year: str | None) -> tuple[Reading, ...]:
        """Returns the statements that may hold what a State, or a group for it, said in a year, or ever."""
        if (state, year) not in self._possible:
            self._possible[state, year] = tuple(reading for reading in self.readings if reading.may_be(state, year))
        return self._possible[state, year]

    def silent(self, state: str, year: str | None, subject: Subject) -> bool:
        """Whether nothing that may be the State's, or its groups', of that year speaks of a subject."""
        return all(self.lacks(reading, subject) for reading in self.possible(state, year))

    def lacks(self, reading: Reading, subject: Subject) -> bool:
        """Whether a statement surely says nothing of a subject."""
        if subject.topic is not None:
            return reading.lacks(subject.topic, self.common)
        return subject.article is None or subject.article[1] not in reading.numbers

    def is_even(self, subject: Subject) -> bool:
        """Whether neither nearly all nor hardly any statements name a subject."""
        count = len(self.subjects.get(subject, ()))
        return max(2, _RARE * len(self.turns)) <= count <= _FREQUENT * len(self.turns)


def plans(corpus: Corpus, kind: TemplateKind) -> Iterator[Plan]:
    """Yields all that can be asked of a kind, in the same order for the same corpus."""
    return _PLANNERS[kind](corpus)


def _of_topic(topic: Topic) -> Subject:
    return Subject(words=topic.name, tags={"topic": topic.name}, topic=topic)


def _of_article(article: Article) -> Subject:
    treaty, number = article
    name = short_name(treaty)
    words = f"article {number} of {name if name == treaty else f'the {name}'}"
    return Subject(words=words, tags={"article": f"{treaty} {number}"}, article=article)


def draw(*parts: object) -> str:
    """Returns a key that orders things as if at random, the same for the same parts."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def _single(corpus: Corpus) -> Iterator[Plan]:
    for subject, keys in corpus.subjects.items():
        for key in sorted(keys):
            yield _plan("single_state", subject, *key, groups=(corpus.turns[key],))


def _plan(
    kind: TemplateKind,
    subject: Subject,
    state: str,
    year: str,
    reason: AbstentionReason | None = None,
    groups: tuple[tuple[Reading, ...], ...] = (),
) -> Plan:
    """Returns a plan about one State and year."""
    return Plan(kind=kind, subject=subject, states=(state,), years=(year,), reason=reason, groups=groups)


def _lists(corpus: Corpus) -> Iterator[Plan]:
    """Complete sets only: every other statement of the year surely says nothing of the subject."""
    for year in corpus.years:
        of_year = [reading for reading in corpus.readings if reading.year in (None, year)]
        for subject, states in corpus.named_in(year):
            naming = tuple(corpus.turns[state, year] for state in states)
            others = {*of_year}.difference(*naming)
            if len(states) > 1 and all(corpus.lacks(reading, subject) for reading in others):
                yield Plan(kind="list_states", subject=subject, states=states, years=(year,), groups=naming)


def _comparisons(corpus: Corpus) -> Iterator[Plan]:
    for year in corpus.years:
        for subject, states in corpus.named_in(year):
            order = sorted(states, key=lambda state: draw(state, year, subject.words))
            for pair in pairwise(order):
                groups = tuple(corpus.turns[state, year] for state in sorted(pair))
                yield Plan(kind="compare", subject=subject, states=tuple(sorted(pair)), years=(year,), groups=groups)


def _changes(corpus: Corpus) -> Iterator[Plan]:
    for subject, keys in corpus.subjects.items():
        for state in sorted({state for state, _ in keys}):
            years = sorted(year for speaker, year in keys if speaker == state)
            for pair in pairwise(years):
                groups = tuple(corpus.turns[state, year] for year in pair)
                yield Plan(kind="temporal", subject=subject, states=(state,), years=pair, groups=groups)


def _silent_states(corpus: Corpus) -> Iterator[Plan]:
    """Another State named the topic in that year."""
    for state, year in corpus.turns:
        for subject, _ in corpus.named_in(year):
            if subject.topic is not None and corpus.silent(state, year, subject):
                yield _plan("near_miss_state", subject, state, year, reason="not_mentioned")


def _silent_sessions(corpus: Corpus) -> Iterator[Plan]:
    """The same State named the topic in another year."""
    for subject, keys in corpus.subjects.items():
        for state in sorted({state for state, _ in keys}) if subject.topic is not None else ():
            for speaker, year in corpus.turns:
                if speaker == state and (state, year) not in keys and corpus.silent(state, year, subject):
                    yield _plan("near_miss_session", subject, state, year, reason="not_mentioned")


def _silent_articles(corpus: Corpus) -> Iterator[Plan]:
    """The State cites the article nowhere; whether it speaks of its subject decides the reason."""
    for article in sorted({a for topic in topics().values() for a in topic.articles if a[0] in ("UNTOC", *PROTOCOLS)}):
        subject = _of_article(article)
        about = [_of_topic(topic) for topic in topics().values() if article in topic.articles]
        for (state, year), readings in corpus.turns.items():
            if corpus.silent(state, None, subject):
                spoken = any(each.in_(reading) for each in about for reading in readings)
                if spoken or all(corpus.silent(state, year, each) for each in about):
                    reason: AbstentionReason = "article_not_cited" if spoken else "not_mentioned"
                    yield _plan("near_miss_article", subject, state, year, reason=reason)


def _silent_on_specifics(corpus: Corpus) -> Iterator[Plan]:
    """A specific topic of the field, where the statement holds none of the words without which nobody speaks of it."""
    for (state, year), readings in corpus.turns.items():
        possible = {*readings, *corpus.possible(state, year)}
        # The words are English.
        if all(reading.languages == ("en",) for reading in possible):
            for subject, telling in _specific_topics().items():
                if all(reading.lacks(telling, frozenset()) for reading in possible):
                    yield _plan("near_miss_topic", subject, state, year, reason="not_mentioned")


@cache
def _specific_topics() -> Mapping[Subject, Topic]:
    """Topics with the words of which at least one would have to occur."""
    text = files("evals").joinpath("datasets", "specific_topics.csv").read_text(encoding="utf-8")
    return {
        Subject(words=row["topic"], tags={"topic": row["topic"], "rules": row["split"]}): Topic(
            terms={"en": tuple(row["words"].split("|"))}
        )
        for row in csv.DictReader(text.splitlines())
    }


def _without_statement(corpus: Corpus) -> Iterator[Plan]:
    absent = [code for code in sorted(corpus.states) if not corpus.possible(code, None)]
    for year in corpus.years:
        even = [subject for subject, _ in corpus.named_in(year) if corpus.is_even(subject)]
        for state in absent if even else ():
            subject = min(even, key=lambda each: draw(state, year, each.words))
            yield _plan("no_statement", subject, state, year, reason="no_statement")


def _of_the_future(corpus: Corpus) -> Iterator[Plan]:
    year = str(int(corpus.years[-1]) + 1)
    for subject, keys in corpus.subjects.items():
        for state in sorted({state for state, _ in keys}):
            # One without a date might be of that year.
            if not corpus.possible(state, year):
                yield _plan("future", subject, state, year, reason="no_statement")


def _elsewhere(corpus: Corpus) -> Iterator[Plan]:
    for words, telling in _ELSEWHERE.items():
        topic = Topic(terms={"en": (telling,)})
        if all(reading.lacks(topic, frozenset()) for reading in corpus.readings):
            yield from (_plan("out_of_scope", Subject(words=words), *turn) for turn in corpus.turns)


def _beyond_the_treaty(corpus: Corpus) -> Iterator[Plan]:
    for treaty in ("UNTOC", *PROTOCOLS):
        last = max(int(number) for number in articles()[treaty] if number.isdigit())
        for number in range(last + 1, last + 21):
            subject = _of_article((treaty, str(number)))
            turns = (turn for turn in corpus.turns if corpus.silent(turn[0], None, subject))
            yield from (_plan("nonexistent", subject, *turn) for turn in turns)


_PLANNERS: Final[Mapping[TemplateKind, Callable[[Corpus], Iterator[Plan]]]] = {
    "single_state": _single, "list_states": _lists, "compare": _comparisons, "temporal": _changes,
    "near_miss_state": _silent_states, "near_miss_session": _silent_sessions, "near_miss_article": _silent_articles,
    "near_miss_topic": _silent_on_specifics, "no_statement": _without_statement, "out_of_scope": _elsewhere,
    "future": _of_the_future, "nonexistent": _beyond_the_treaty,
}  # fmt: skip

"""What the statements of a corpus name: topics of the glossary and articles, sentence by sentence.

Two measures, so that what lies between them decides nothing. A sentence *names* a topic where one of its terms stands
there, word after word, in any inflected form. A statement *lacks* it where not even the telling words of its terms
occur.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from evals.cases.documents import Document, Documents
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks
from ingest.text.readable import ReadableText
from ingest.text.repair import repair
from ingest.text.splitter import make_sentences
from ingest.treaties.references import ArticleMention, find_articles
from prompts.wording import LANGUAGES
from vectorstore.stems import is_filler, is_function_word, language_of, stem, stems, words_of

Article = tuple[str, str]
"""A treaty's code and the number of one of its articles."""

# Document frequency, as a share of the statements, from which on a stem does not tell topics apart.
COMMON: Final = 0.5
# Inflected forms differ by few letters; "organs" and "organizations" share a stem and differ by more.
_ENDING: Final = 3
# Characters of the opening, in which speaker and group are named.
_OPENING: Final = 1500
_LATIN: Final = ("en", "fr", "es")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A concept of the field.

    Attributes:
        terms: Its terms by language, the preferred one first.
        articles: The articles whose title it is.
    """

    terms: Mapping[str, tuple[str, ...]] = field(hash=False)
    articles: tuple[Article, ...] = ()

    @property
    def name(self) -> str:
        """The preferred English term."""
        return self.terms["en"][0]


@dataclass(frozen=True, kw_only=True)
class SentenceOfDocument:
    """A sentence, at `[start, end)` of its document's text."""

    start: int
    end: int
    text: str
    stems: frozenset[str] = field(repr=False)
    """Every stem that its words may have."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """What one statement names.

    Attributes:
        languages: Those that its words were read in.
        year: Four digits; None where the manifest gives no date.
        speakers: Everyone who may hold the position, with the members of groups it may be made for; None: anybody.
        named: The sentences that name a topic, by its preferred English term.
        cited: The sentences that cite an article.
        numbers: Numbers of all articles mentioned, of whatever instrument.
        stems: All stems of its words.
    """

    document: Document
    languages: tuple[str, ...]
    year: str | None
    speakers: frozenset[str] | None
    sentences: tuple[SentenceOfDocument, ...] = field(repr=False)
    named: Mapping[str, tuple[SentenceOfDocument, ...]] = field(repr=False)
    cited: Mapping[Article, tuple[SentenceOfDocument, ...]] = field(repr=False)
    numbers: frozenset[str]
    stems: frozenset[str] = field(repr=False)

    def may_be(self, state: str, year: str | None) -> bool:
        """Whether it may hold what a State said in a year, or ever: by the manifest, or for want of it."""
        return (self.speakers is None or state in self.speakers) and (None in (year, self.year) or year == self.year)

    def lacks(self, topic: Topic, common: Collection[str]) -> bool:
        """Whether no telling word of the topic occurs; where it has none, whether no sentence holds a term's words.

        Args:
            topic: The topic.
            common: Stems that tell nothing, since most statements hold them.
        """
        for language in self.languages:
            for term in topic.terms.get(language, ()):
                wanted = frozenset(stem(word, language) for word in _content(term, language))
                telling = wanted.difference(common)
                if telling & self.stems or (not telling and any(wanted <= span.stems for span in self.sentences)):
                    return False
        return True


@cache
def topics() -> Mapping[str, Topic]:
    """Returns the topics of the glossary by their preferred English terms."""
    text = files("ingest").joinpath("data", "glossary.csv").read_text(encoding="utf-8")
    found = (
        Topic(
            terms={language: tuple(row[language].split("|")) for language in LANGUAGES},
            articles=tuple(_article(entry) for entry in row["articles"].split("|") if entry),
        )
        for row in csv.DictReader(text.splitlines())
    )
    return {topic.name: topic for topic in found}


def _article(entry: str) -> Article:
    treaty, _, number = entry.partition(" ")
    return treaty, number


def topic_called(words: str) -> Topic | None:
    """Returns the topic that has these words as an English term, underscores for spaces; None where none has."""
    return _by_term().get(tuple(stem(word, "en") for word in words_of(words.replace("_", " "))))


def read_all(documents: Documents) -> tuple[Reading, ...]:
    """Reads every statement and record of a corpus, in the order of their files; the texts of treaties are left out."""
    kept = (documents.by_file[file] for file in sorted(documents.by_file))
    return tuple(read(document, documents.parties) for document in kept if document.kind != "treaty")


def read(document: Document, parties: PartyTable) -> Reading:
    """Reads one statement."""
    languages = (document.language,) if document.language else _languages(document.text)
    blocks = find_blocks(document.text)
    # No language is given, so that glued words ("oforganized") are not mended, which takes a dictionary.
    text = ReadableText(document.text, repair(document.text, blocks, language=None))
    spans: list[SentenceOfDocument] = []
    named: defaultdict[str, list[SentenceOfDocument]] = defaultdict(list)
    cited: defaultdict[Article, list[SentenceOfDocument]] = defaultdict(list)
    numbers: set[str] = set()
    for sentence in make_sentences(document.file, text, blocks, ()):
        words = words_of(sentence.text)
        held = frozenset(each for language in languages for word in words for each in stems(word, language))
        span = SentenceOfDocument(start=sentence.start, end=sentence.end, text=sentence.text, stems=held)
        spans.append(span)
        mentions = _mentions(sentence.text, _treaty(document))
        numbers.update(mention.article for mention in mentions)
        # Headings and salutations are no statements.
        if re.search(r"[.!?…;。！？؟]\W*$", sentence.text) is not None:
            for name in {name for language in languages for name in _named(words, language)}:
                named[name].append(span)
            for article in {(mention.treaty, mention.article) for mention in mentions if mention.treaty}:
                cited[article].append(span)
    return Reading(
        document=document, languages=languages, year=(document.facts.get("date") or "")[:4] or None,
        speakers=_speakers(document, parties), sentences=tuple(spans),
        named={name: tuple(found) for name, found in named.items()},
        cited={article: tuple(found) for article, found in cited.items()}, numbers=frozenset(numbers),
        stems=frozenset().union(*(span.stems for span in spans)),
    )  # fmt: skip


def _treaty(document: Document) -> str | None:
    """Whose article a bare "article 4" is: in other bodies nobody's."""
    return "UNTOC" if (document.facts.get("body") or "").startswith("UNTOC") else None


def _mentions(text: str, treaty: str | None) -> list[ArticleMention]:
    return [each for each in find_articles(text, treaty) if _is_written(each, text[each.start : each.end])]


def _is_written(mention: ArticleMention, words: str) -> bool:
    """Whether a mention in digits has them around its number: "article 10, and four have been" is not of 4."""
    digits, number = [int(found) for found in re.findall(r"\d+", words)], re.match(r"\d+", mention.article)
    return not digits or number is None or min(digits) <= int(number.group()) <= max(digits)


def common_stems(readings: Collection[Reading]) -> frozenset[str]:
    """Returns the stems that most statements hold."""
    counts = Counter(each for reading in readings for each in reading.stems)
    return frozenset(each for each, count in counts.items() if count >= COMMON * len(readings))


def _content(text: str, language: str) -> list[str]:
    return [word for word in words_of(text) if not is_function_word(word, language)]


@cache
def _by_term() -> Mapping[tuple[str, ...], Topic]:
    found: dict[tuple[str, ...], Topic] = {}
    for topic in topics().values():
        for term in topic.terms["en"]:
            found.setdefault(tuple(stem(word, "en") for word in words_of(term)), topic)
    return found


@cache
def _terms(language: str) -> Mapping[str, tuple[tuple[tuple[tuple[str, str], ...], str], ...]]:
    """Terms as pairs of stem and word, each with its topic's name, by their first stem."""
    found: defaultdict[str, list[tuple[tuple[tuple[str, str], ...], str]]] = defaultdict(list)
    for topic in topics().values():
        for term in topic.terms.get(language, ()):
            words = _content(term, language)
            if words and _tells(term, language, topic):
                key = tuple((stem(word, language), word) for word in words)
                found[key[0][0]].append((key, topic.name))
    return {first: tuple(entries) for first, entries in found.items()}


def _tells(term: str, language: str, topic: Topic) -> bool:
    """Whether a term says as much as its topic's name: "two-State solution" goes by "two States" as well."""
    needed = 1 if topic.articles else min(2, len(_telling(topic.name, "en")))
    return term.isupper() or len(_telling(term, language)) >= needed


def _telling(text: str, language: str) -> list[str]:
    return [word for word in _content(text, language) if not is_filler(word, language)]


def _named(words: Iterable[str], language: str) -> Iterator[str]:
    """Yields the names of the topics that a sentence names, one for each term found."""
    terms = _terms(language)
    content = [(word, stems(word, language)) for word in words if not is_function_word(word, language)]
    for first, (_, readings) in enumerate(content):
        for key, name in (entry for each in readings for entry in terms.get(each, ())):
            written = content[first : first + len(key)]
            if len(written) == len(key) and all(
                wanted in held and _is_form(word, term_word)
                for (word, held), (wanted, term_word) in zip(written, key, strict=True)
            ):
                yield name


def _is_form(word: str, of: str) -> bool:
    """Whether a word of the same stem is a form of another; an acronym is one in capitals only."""
    capitals = len(of) > 1 and of.isupper() and language_of(of, "en") == "en"
    return abs(len(word) - len(of)) <= _ENDING and (not capitals or word.isupper())


def _languages(text: str) -> tuple[str, ...]:
    scripts = Counter(language_of(word, "") for word in words_of(text))
    script = max(("en", "ru", "ar", "zh"), key=lambda language: scripts[language])
    return _LATIN if script == "en" else (script,)


def _speakers(document: Document, parties: PartyTable) -> frozenset[str] | None:
    opening = [match for match in parties.find(document.text[:_OPENING]) if match.form != "capital"]
    named = {code for match in opening for code in match.codes}
    if document.kind == "record" or (document.state is None and not named):
        return None
    # Whoever names a group there may align with it or speak for it; both count.
    groups = {code for code in named if (party := parties.get(code)) is not None and party.kind == "group"}
    holders = {document.state, *_codes(document.facts.get("on_behalf_of"), parties)} if document.state else named
    holders |= groups
    date = document.facts.get("date")
    members = {state for code in holders if code for state in (*parties.members(code, date), *parties.members(code))}
    return frozenset(code for code in holders if code) | members


def _codes(name: str | None, parties: PartyTable) -> tuple[str, ...]:
    return parties.resolve(name).codes if name else ()

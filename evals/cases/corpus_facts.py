"""Which topics of the glossary and which articles the statements of a corpus name, sentence by sentence.

Two strict criteria, so that nothing depends on doubtful statements, which meet neither: a sentence *names* a topic if
it holds a term of it in any inflected form; a statement *lacks* one if not even distinctive words of its terms occur.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from weakref import WeakKeyDictionary

from evals.cases.documents import Document, Documents
from evals.files import Tell, counted, quiet, shipped_rows
from ingest.glossary.glossary import NamedTerm, terms_within
from ingest.language.detection import detect_language
from ingest.language.lexicons import load_table
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks
from ingest.text.readable import ReadableText
from ingest.text.repair import repair
from ingest.text.splitter import make_sentences
from ingest.treaties.references import find_articles
from ingest.treaties.treaties import short_name
from prompts.wording import LANGUAGES
from vectorstore.stems import is_function_word, stem, stems, words_of

# Most letters per word by which inflected forms differ in length; "organs" and "organizations" share only a stem.
_ENDING: Final = 2
# Length of a statement's opening, in which speaker and group are named, in characters.
_OPENING: Final = 1500


@dataclass(frozen=True, kw_only=True)
class CaseSubject:
    """A subject to ask about: a topic of the glossary, a narrower topic, or an article; a question calls it `words`."""

    name: str
    """The preferred English term of a topic, or an article such as `UNTOC 16`."""
    words: str
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """The terms of a topic by language."""
    articles: tuple[str, ...] = ()
    """The articles that have the topic as their title; for an article, the article itself."""

    @property
    def key(self) -> frozenset[str]:
        """Content words of a topic, or the name of an article; subjects that share one make nearly equal questions."""
        words = content_words(self.words, "en") if self.terms else [self.name]
        return frozenset(word.casefold() for word in words)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """The topics and articles that one statement names, with its words as stems."""

    document: Document
    language: str
    year: str | None
    speakers: frozenset[str] | None
    """Codes of all who may hold the position, with members of groups that it may be made for; None means anybody."""
    named: Mapping[str, tuple[tuple[int, int], ...]] = field(repr=False)
    """By name of a topic or article, the spans `[start, end)` of the sentences that name or cite it."""
    numbers: frozenset[str]
    """Numbers of all articles mentioned, of any treaty."""
    sentences: Mapping[tuple[int, int], frozenset[str]] = field(repr=False)
    """By the span of each sentence, in order, every stem that its words may have."""
    stems: frozenset[str] = field(repr=False)

    def with_all(self, words: Collection[frozenset[str]]) -> list[tuple[int, int]]:
        """Returns the spans of sentences with all `words`, each given by its possible stems; empty without words."""
        return [place for place, held in self.sentences.items() if words and all(held & word for word in words)]

    def lacks(self, subject: CaseSubject, common: Collection[str]) -> bool:
        """Returns whether it surely lacks a subject: has no distinctive word of a topic, or no number of an article."""
        if not subject.terms:
            return all(article.split()[1] not in self.numbers for article in subject.articles)
        for term in subject.terms.get(self.language, ()):
            wanted = frozenset(stem(word, self.language) for word in content_words(term, self.language))
            # If all words of a term are common, they speak of the topic only together in one sentence.
            distinctive = wanted.difference(common)
            held = self.sentences.values()
            if distinctive & self.stems or (not distinctive and any(wanted <= sentence for sentence in held)):
                return False
        return True


# Cache of readings, each kept as long as its `Documents`: cases are drafted from them and then linted against them.
_READ: Final = WeakKeyDictionary[Documents, tuple[Reading, ...]]()


@cache
def topics() -> Mapping[str, CaseSubject]:
    """Returns the topics of the glossary by their preferred English terms."""
    found = {}
    for row in load_table("glossary_synonyms"):
        terms: dict[str, tuple[str, ...]] = {language: tuple(row[language].split("|")) for language in LANGUAGES}
        name, articles = terms["en"][0], tuple(filter(None, row["articles"].split("|")))
        found[name] = CaseSubject(name=name, words=name, tags={"topic": name}, terms=terms, articles=articles)
    return found


@cache
def specific_topics(*splits: str) -> tuple[CaseSubject, ...]:
    """Returns narrow topics of some splits, with English words of which any text on the topic has at least one."""
    return tuple(
        CaseSubject(
            name=row["topic"], words=row["topic"], terms={"en": tuple(row["words"].split("|"))},
            tags={} if row["split"] == "elsewhere" else {"topic": row["topic"], "rules": row["split"]},
        )
        for row in shipped_rows("datasets/specific_topics.csv")
        if row["split"] in splits
    )  # fmt: skip


@cache
def article(name: str) -> CaseSubject:
    """Returns an article such as `UNTOC 16` as a subject."""
    treaty, _, number = name.partition(" ")
    called = short_name(treaty)
    words = f"article {number} of {called if called == treaty else f'the {called}'}"
    return CaseSubject(name=name, words=words, tags={"article": name}, articles=(name,))


def content_words(text: str, language: str) -> list[str]:
    """Returns the words of a text except function words."""
    return [word for word in words_of(text) if not is_function_word(word, language)]


def read_all(documents: Documents, tell: Tell = quiet) -> tuple[Reading, ...]:
    """Reads every statement and record of a corpus, in the order of their files; the texts of treaties are left out."""
    if documents not in _READ:
        kept = [document for _, document in sorted(documents.by_file.items()) if document.kind != "treaty"]
        with_progress = counted(kept, "looking up what they speak of", tell)
        _READ[documents] = tuple(read(document, documents.parties) for document in with_progress)
    return _READ[documents]


def read(document: Document, parties: PartyTable) -> Reading:
    """Reads one statement."""
    language = document.language or detect_language(document.text) or "en"
    blocks = find_blocks(document.text)
    # No language is given, so that `repair` does not split glued words ("oforganized"), which takes a dictionary.
    text = ReadableText(document.text, repair(document.text, blocks, language=None))
    # The treaty that a bare "article 4" belongs to: UNTOC in its own bodies, unknown in others.
    treaty = "UNTOC" if (document.facts.get("body") or "").startswith("UNTOC") else None
    sentences: dict[tuple[int, int], frozenset[str]] = {}
    named: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    numbers: set[str] = set()
    for sentence in make_sentences(document.file, text, blocks, ()):
        words, place = sentence.text, (sentence.start, sentence.end)
        sentences[place] = frozenset(each for word in words_of(words) for each in stems(word, language))
        mentions = find_articles(words, treaty)
        numbers.update(mention.article for mention in mentions)
        # A sentence names something only if it ends as one: headings and salutations do not count.
        if re.search(r"[.!?…;。！？؟]\W*$", words) is not None:
            cited = (f"{mention.treaty} {mention.article}" for mention in mentions if mention.treaty)
            terms = (term for term in terms_within(words, language) if _is_specific(term, words, language))
            for name in dict.fromkeys((*(term.concept for term in terms), *cited)):
                named[name].append(place)
    return Reading(
        document=document, language=language, year=(document.facts.get("date") or "")[:4] or None,
        speakers=_speakers(document, parties), named={name: tuple(found) for name, found in named.items()},
        numbers=frozenset(numbers), sentences=sentences, stems=frozenset().union(*sentences.values()),
    )  # fmt: skip


def _is_specific(term: NamedTerm, words: str, language: str) -> bool:
    """Returns whether a term is spelt in a form of it and has enough words: "two States" for "two-State solution"."""
    written = words[term.start : term.end]
    if written.isupper():
        return True
    needed = 1 if topics()[term.concept].articles else min(2, len(content_words(term.concept, "en")))
    # Only text in capitals is a form of an acronym.
    near = [each for each in term.terms if abs(len(each) - len(written)) <= max(3, _ENDING * term.words)]
    near = [each for each in near if language == "zh" or len(content_words(each, language)) == term.words]
    return term.words >= needed and any(not each.isupper() for each in near)


def _speakers(document: Document, parties: PartyTable) -> frozenset[str] | None:
    opening = parties.find(document.text[:_OPENING], capitals="none")
    named = {code for match in opening for code in match.codes}
    if document.kind == "record" or (document.state is None and not named):
        return None
    # A group named in the opening may be one that the speaker aligns with or speaks for; both count.
    holders = named.intersection(parties.codes("group")) if document.state else named
    behalf, date = document.facts.get("on_behalf_of"), document.facts.get("date")
    holders |= {*((document.state,) if document.state else ()), *(parties.resolve(behalf).codes if behalf else ())}
    return frozenset(holders).union(*((*parties.members(c, date), *parties.members(c)) for c in holders))

"""All stored texts in memory, in the form in which quotations are compared; rebuilt when the corpus has changed."""

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from app.answering.citations import cite_place
from app.answering.localization import Localization
from app.answering.provenance import reference
from app.checking.comparing.exact_match import whole_words
from app.checking.comparing.normal_form import KeyedText
from app.checking.findings import Place
from ingest.language.attribution_verbs import attribution
from ingest.language.lexicons import RegexPatterns
from ingest.text.layout import holds_sentence_end
from ingest.treaties.treaty_text import TreatyText, read_treaty
from vectorstore.catalogue import Catalogue
from vectorstore.records import Metadata, Passage, ScopeFilter, Statement, StatementKind

_PATTERNS: Final = RegexPatterns("drafts")
_KINDS: Final[tuple[StatementKind, ...]] = ("statement", "record", "treaty")
# Sentences on either side of a passage that a quotation may reach into.
_REACH: Final = 4
# Characters of a quotation that are the query of lexical search.
_SEARCHED: Final = 2000


@dataclass(frozen=True)
class StoredText:
    """One statement, with its text in the form in which quotations are compared."""

    statement: Statement
    keyed: KeyedText = field(repr=False)

    @cached_property
    def treaty_text(self) -> TreatyText:
        """Where the articles of a treaty stand in it."""
        return read_treaty(self.statement.source_text, self.statement.blocks, self.statement.file)

    @property
    def metadata(self) -> Metadata:
        """The statement's metadata."""
        return self.statement.metadata

    @property
    def parties(self) -> frozenset[str]:
        """Codes of the statement's holders and of the group for which it was delivered; none for a treaty."""
        held = (*self.metadata.holders, self.metadata.on_behalf_of)
        return frozenset() if self.statement.kind == "treaty" else frozenset(code for code in held if code)

    @property
    def office(self) -> str | None:
        """The President, Chair or Secretariat that speaks in a record, as it names them; else None."""
        return self.statement.span.named if self.statement.span.role == "office" else None

    def is_apart(self, start: int, end: int) -> bool:
        """Returns whether words after the heading stand outside what is said: in notes, or as words of others."""
        source, blocks = self.statement.source_text, self.statement.blocks
        begin = next((block.start for block in blocks if block.paragraph is not None), len(source))
        around = [block for block in blocks if start < block.end and block.start < end]
        return (
            start >= begin
            and any(around)
            and all(block.paragraph is None and holds_sentence_end(source[block.start : block.end]) for block in around)
        )


@dataclass(frozen=True, kw_only=True)
class SourceText:
    """A stored text with which omissions and brackets of a quotation are compared, and its language.

    `local` has the parties, and their names in the language of the report.
    """

    stored: StoredText
    language: str
    local: Localization

    @property
    def source(self) -> str:
        """The source text."""
        return self.stored.keyed.source

    def paragraph(self, position: int) -> tuple[int, int]:
        """Returns the span of the paragraph around an offset, across page breaks; no sentence crosses its edges."""
        blocks = self.stored.statement.blocks
        after = bisect_right(blocks, position, key=lambda block: block.start)
        first = after - 1
        while first > 0 and blocks[first].continues:
            first -= 1
        while after < len(blocks) and blocks[after].continues:
            after += 1
        start = blocks[first].start if first >= 0 else self.stored.keyed.start
        return start, blocks[after].start if after < len(blocks) else len(self.source)

    def names_itself(self, words: str) -> bool:
        """Returns whether words name the statement's holder as the speaker, unlike "critics of Arvandia"."""
        found = self.local.parties.find(words)
        own = [match.start for match in found if self.stored.parties.intersection(match.codes)]
        if any(self.local.parties.kind_of(code) != "state" for code in self.stored.parties):
            groups = (match.start() for match in _PATTERNS.own_group.finditer(words))
            own += [at for at in groups if not any(match.start <= at < match.end for match in found)]
        return any(
            not _PATTERNS.object_of.search(words[:at]) or attribution().speaker_of.search(words[:at]) for at in own
        )


class CorpusTexts:
    """The texts of a catalogue at one moment."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Reads every stored text; takes about a second for some hundred speeches."""
        self._catalogue = catalogue
        self.unreadable = catalogue.unreadable()
        summaries = catalogue.summaries(ScopeFilter(kinds=_KINDS))
        # The words of a record's President are in no scope.
        records = dict.fromkeys(each.document_id for each in summaries if each.kind == "record")
        of_records = (each for record in records for each in catalogue.summaries_of(record))
        statements = catalogue.statements([each.statement_id for each in (*summaries, *of_records)]).values()
        self.all = tuple(
            StoredText(each, KeyedText(each.source_text, each.edits, each.span.start, each.span.end))
            for each in statements
        )
        self.has_treaty = any(stored.statement.kind == "treaty" for stored in self.all)
        self.size = sum(len(stored.keyed.text) for stored in self.all)
        self.by_id = {stored.statement.statement_id: stored for stored in self.all}
        self.sentences = lru_cache(maxsize=256)(catalogue.sentences)
        self.revised = catalogue.families.revised()

    def passages(self, quote: str, within: Sequence[str] | None, k: int) -> list[Passage]:
        """Returns the `k` passages that lexical search finds for the words of a quotation, best first."""
        hits = self._catalogue.search_lexical(quote[:_SEARCHED], within, k)
        held = self._catalogue.passages([identifier for identifier, _ in hits])
        found = (held[identifier] for identifier, _ in hits if identifier in held)
        return [passage for passage in found if passage.statement_id in self.by_id]

    def windows(self, quote: str, within: Sequence[str] | None, k: int) -> Iterator[tuple[StoredText, str]]:
        """Yields the likeliest places of a quotation's words: texts, each with the readable words around a passage.

        Lexical search finds the `k` passages.
        """
        reach = max(_REACH, len(whole_words(quote)) // 8)
        found = self.passages(quote, within, k)
        places = ((p.statement_id, max(0, p.first_sentence - reach), p.last_sentence + reach + 1) for p in found)
        for key, first, last in dict.fromkeys(places):
            yield self.by_id[key], " ".join(sentence.text for sentence in self.sentences(key)[first:last])


class CorpusTextsCache:
    """Keeps the texts of a catalogue until the corpus changes; safe for several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue, self.snapshot = catalogue, catalogue.snapshot
        self._guard = threading.Lock()
        self._at = lru_cache(maxsize=1)(lambda generation: CorpusTexts(catalogue))

    def get(self) -> CorpusTexts:
        """Returns the texts as they are stored now."""
        with self._guard, self.snapshot():
            return self._at(self._catalogue.generation)


def place_of(stored: StoredText, start: int, end: int, local: Localization) -> Place:
    """Returns a place, `[start, end)` of the source text, with its reference in words."""
    statement, page = stored.statement, bisect_right(stored.statement.document.page_starts, start) or None
    above = (block.paragraph for block in reversed(statement.blocks) if block.start <= start)
    paragraph = next((number for number in above if number is not None), None)
    told = reference(cite_place(statement, start, end, page=page, paragraph=paragraph), local)
    state = None if statement.kind == "treaty" else stored.metadata.state
    return Place(statement_id=statement.statement_id, state=state, start=start, end=end, reference=told)

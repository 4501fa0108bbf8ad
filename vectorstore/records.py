"""The records that flow between the packages: what a statement, a sentence and a passage are.

All offsets count characters of `Statement.source_text`, half-open `[start, end)`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

StatementKind = Literal["statement", "record", "treaty"]
EditKind = Literal["wrap", "glue", "cut", "hyphen", "furniture"]
Role = Literal["party", "office", "unknown"]
MentionKind = Literal["treaty", "thereto", "article", "agenda_item", "alignment", "provision"]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One reading repair: `source_text[start:end]` reads as `text`.

    Kinds: `wrap` a line break reads as a space · `glue` a space goes between words that stick together ·
    `cut` white space inside a word goes · `hyphen` a line-end hyphen goes · `furniture` page numbers, job
    numbers and running heads inside a sentence read as ` […] `.
    """

    start: int
    end: int
    text: str
    kind: EditKind


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of text between blank lines, after double-spaced lines are joined."""

    start: int
    """Offset of its first character that is not white space; `end`, that after its last one."""
    end: int
    paragraph: int | None
    """Its number, counted from 1 over blocks that hold a sentence end; None for headings, salutations and the like."""
    continues: bool = False
    """True where its text goes on from the block before it (a page break inside a sentence)."""
    language: str | None = None
    """ISO 639-1 code of its words, where they tell another than the document's; else None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedWord:
    """A word of the source text that was read from an image.

    The confidence is that of text recognition, 0 to 1, higher is better; edges are shares of the page's width and
    height, from the top left corner.
    """

    start: int
    end: int
    confidence: float
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What is known of a statement besides its words; None where neither text nor manifest gives it."""

    state: str | None = None
    """Who holds the position: an ISO 3166 alpha-3 code, or the group's code for a group's statement."""
    on_behalf_of: str | None = None
    """That group's code where a statement is a group's, else None."""
    speaker: str | None = None
    """Who delivered it, as the text or manifest names them."""
    body: str | None = None
    session: str | None = None
    date: str | None = None
    """A year, a day or an interval `start/end`, ISO 8601."""
    agenda_item: str | None = None
    title: str | None = None
    symbol: str | None = None
    url: str | None = None
    language: str | None = None
    """ISO 639-1 code."""
    held_by: tuple[str, ...] | None = None
    """Of a joint statement, the codes of all States whose position it is, that of `state` among them."""

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """Whose position it is: the State or group, and the States that hold it together."""
        return tuple(dict.fromkeys(code for code in (self.state, *(self.held_by or ())) if code is not None))


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file as it was taken in: its text, and what its cover or manifest says of it."""

    document_id: str
    """Content hash of text and metadata identity; the same input gives the same id."""
    file: str
    """Name under which it was ingested, relative to the ingested folder."""
    sha256: str
    """Hash of the file's bytes, hexadecimal."""
    source_text: str
    """The extracted text, unchanged; equals the decoded file for plain text."""
    metadata: Metadata
    """Of a statement, the statement's; of a record, what holds for all that is said in it."""
    kind: StatementKind = "statement"
    inferred: tuple[str, ...] = ()
    """Names of the metadata fields that were concluded rather than read."""
    page_starts: tuple[int, ...] = ()
    """Offset at which each page begins; empty for formats without pages."""
    blocks: tuple[Block, ...] = ()
    """The blocks of `source_text`, in order."""
    edits: tuple[Edit, ...] = ()
    """The reading repairs, sorted, not overlapping."""
    scanned: tuple[ScannedWord, ...] = ()
    """The words that were read from images, in order; empty for text that was not."""

    def as_statement(self) -> "Statement":
        """Returns the statement that all of its text is."""
        metadata = self.metadata
        role: Role = "unknown" if metadata.state is None else "party"
        span = Span(start=0, end=len(self.source_text), role=role, state=metadata.state)
        return Statement(
            statement_id=self.document_id, document=self, span=span, metadata=metadata, inferred=self.inferred
        )


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which words of a document one statement is, and whose words they are."""

    start: int
    """Offset of its first word in the document's text, after the name of a speaker whose own words follow."""
    end: int
    """Offset after its last word."""
    ordinal: int = 1
    """Its place among the document's statements, counted from 1."""
    role: Role = "party"
    """`party` where a known party speaks; `office` for a President, Chair or Secretariat, whose words are nobody's
    position; `unknown` where no lookup knows the speaker's State."""
    named: str | None = None
    """How a record names the speaker of an intervention, in one line; None where the document is one statement."""
    summarised: bool = False
    """True where the record tells in its own words what was said."""
    state: str | None = None
    """Code of the party whose delegate speaks, for whomever it speaks."""
    interruptions: tuple[tuple[int, int], ...] = ()
    """Spans inside that are the record's and nobody's words: "Mr. Oram took the Chair."."""

    def holds(self, start: int, end: int) -> bool:
        """Tells whether a span is the speaker's words, and nothing that the record puts between them."""
        if not self.start <= start < end <= self.end:
            return False
        return all(end <= first or last <= start for first, last in self.interruptions)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one party said: all of a document, or one intervention of a record.

    Its id is its document's; of an intervention, with its place in the record. Offsets count in the document's text;
    `inferred` names metadata that were concluded rather than read.
    """

    statement_id: str
    document: Document
    span: Span
    metadata: Metadata
    inferred: tuple[str, ...] = ()

    @property
    def is_intervention(self) -> bool:
        """Whether it is one of the statements of a record."""
        return self.span.named is not None

    @property
    def file(self) -> str:
        """The document's file."""
        return self.document.file

    @property
    def sha256(self) -> str:
        """The hash of the document's file."""
        return self.document.sha256

    @property
    def kind(self) -> StatementKind:
        """The document's kind."""
        return self.document.kind

    @property
    def source_text(self) -> str:
        """The document's whole text, in which offsets count."""
        return self.document.source_text

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The document's reading repairs."""
        return self.document.edits

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The document's blocks that are its own words."""
        if not self.is_intervention:
            return self.document.blocks
        span = self.span
        return tuple(
            block
            for block in self.document.blocks
            if span.start <= block.start
            and block.end <= span.end
            and not any(first <= block.start < last for first, last in span.interruptions)
        )

    def language_at(self, offset: int) -> str | None:
        """Returns the language of the paragraph at an offset."""
        own = next((b.language for b in self.blocks if b.start <= offset < b.end), None)
        return own or self.metadata.language


class SentenceId(str):
    """The id of a sentence, such as "685815eed2f2fa70:12": its statement, and its place in it from 0."""

    __slots__ = ("ordinal", "statement_id")
    statement_id: str
    ordinal: int

    def __new__(cls, statement_id: str, ordinal: int) -> "SentenceId":
        """Makes the id of the sentence at an ordinal of a statement."""
        made = super().__new__(cls, f"{statement_id}:{ordinal}")
        made.statement_id, made.ordinal = statement_id, ordinal
        return made

    def __getnewargs__(self) -> tuple[str, int]:  # type: ignore[override]  # what a copy is made from is its parts
        """Lets copies keep the parts."""
        return self.statement_id, self.ordinal

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Lets stored answers be read again, which hold it as text."""
        return core_schema.no_info_after_validator_function(cls._of_text, core_schema.str_schema())

    @classmethod
    def _of_text(cls, text: str) -> "SentenceId":
        statement_id, _, ordinal = text.rpartition(":")
        return cls(statement_id, int(ordinal))


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """The unit of evidence; its text is the readable one (repaired).

    It is of the paragraph (None in a heading) and page (counted from 1, or None) in which it starts; its language, an
    ISO 639-1 code, is its paragraph's.
    """

    statement_id: str
    ordinal: int
    start: int
    end: int
    text: str
    paragraph: int | None
    page: int | None
    language: str | None = None

    @cached_property
    def sentence_id(self) -> SentenceId:
        """Its id: the statement's, and its place in it."""
        return SentenceId(self.statement_id, self.ordinal)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """The unit of indexing: whole sentences of one intervention and language, sized in tokens.

    Sentences are told by their ordinals, the last one inclusive; the readable text (repaired) is what is embedded.
    """

    passage_id: str
    statement_id: str
    ordinal: int
    start: int
    end: int
    first_sentence: int
    last_sentence: int
    text: str
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mention:
    """What a sentence refers to."""

    sentence: SentenceId
    kind: MentionKind
    """`treaty` where one is named, with or without an article · `thereto` where it is meant as one of the Protocols to
    a Convention that is named · `article` · `agenda_item` · `alignment` with the statement of a group · `provision`
    for a sentence of the article itself, in the treaty's own text."""
    treaty: str | None = None
    """Code of the treaty (`UNTOC`, `TIP`, `SOM`, `FIREARMS`, `UNCAC`, `NARCOTICS1988`); None for an article of a
    convention that the text does not name, and for kinds that are of no treaty."""
    value: str = ""
    """Number of the article or agenda item as written, such as `4`, `16 bis`; the code of the group; empty where a
    treaty is named."""
    paragraph: str | None = None
    """Paragraph and subparagraph, such as `3 (a)`, or None."""


@dataclass(frozen=True, kw_only=True)
class ScoredPassage:
    """A passage with its score, higher is better, and its cosine to the topic, -1 to 1, where dense search found it."""

    passage: Passage
    score: float
    similarity: float | None = None


@dataclass(frozen=True, kw_only=True)
class AnnotatedDocument:
    """A document with all that ingest derives from it: one statement, or the interventions of a record."""

    document: Document
    statements: tuple[Statement, ...]
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, kw_only=True)
class ScopeFilter:
    """Which statements a search may look at; an empty field does not restrict."""

    parties: tuple[str, ...] = ()
    """Codes of States and groups that hold the position."""
    bodies: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    """Years; a statement matches when its date overlaps one of them."""
    months: tuple[str, ...] = ()
    """Months such as `2020-10`; a statement matches when its date overlaps one of them, and a date that is only a year
    matches each month of that year, since it cannot be excluded."""
    agenda_items: tuple[str, ...] = ()
    """Agenda items of the statement's metadata."""
    kinds: tuple[StatementKind, ...] = ("statement", "record")
    of_groups: bool = False
    """Only what was said on behalf of a group."""


@dataclass(frozen=True, kw_only=True)
class UnreadableFile:
    """A file that could not be read, wholly or in part."""

    file: str
    """Its name, relative to the ingested folder."""
    reason: str
    """Why, with what to do."""
    metadata: Metadata = field(default_factory=Metadata)
    """What its manifest or its name says of it; nothing of that is certain to be all."""
    pages: tuple[int, ...] = ()
    """The pages that could not be read where others could; empty where none could."""


@dataclass(frozen=True, kw_only=True)
class DocumentSummary:
    """A document without its text: what lists of documents need."""

    document_id: str
    file: str
    folder: str
    """The ingested folder that it came from, absolute; empty for the sample."""
    sha256: str
    kind: StatementKind
    metadata: Metadata
    inferred: tuple[str, ...]
    digest: str
    """Hash of text and metadata; equal digests are duplicates."""
    input_key: str
    """Hash of everything that went into it; an equal one means that its file is unchanged."""
    passages: int
    added: str
    """When it was stored, ISO 8601, UTC."""
    interventions: int = 0
    """How many interventions a record has; 0 where the document is one statement."""


@dataclass(frozen=True, kw_only=True)
class StatementSummary:
    """A statement without its text: what scopes and coverage need.

    It was added with its document; languages are those of its passages, sorted, None where one has none.
    """

    statement_id: str
    document_id: str
    file: str
    sha256: str
    kind: StatementKind
    metadata: Metadata
    inferred: tuple[str, ...]
    span: Span
    passages: int
    added: str
    languages: tuple[str | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoredReview:
    """What a person decided on a cell of a position table; see `app.briefing.cells.Review`."""

    state: str
    kind: str | None
    note: str
    reviewer: str
    at: str


JSONValue = str | int | float | bool | None | list["JSONValue"] | Mapping[str, "JSONValue"]


def text_key(text: str) -> str:
    """Returns the key under which the vector of a text is kept: 128 bits of SHA-256, hexadecimal."""
    return text_sha256(text)[:32]


def text_sha256(text: str) -> str:
    """Returns the SHA-256 of a text, hexadecimal; half a surrogate pair, which no file holds, is no error."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

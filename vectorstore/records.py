"""The records that flow between the packages: what a statement, a sentence and a passage are.

All offsets count characters of `Statement.source_text`, half-open `[start, end)`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

StatementKind = Literal["statement", "record", "treaty"]
EditKind = Literal["wrap", "glue", "cut", "hyphen", "furniture"]
SpeakerRole = Literal["party", "office", "unknown"]
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
    """Offset of its first character that is not white space; `end` is the offset after its last such character."""
    end: int
    paragraph: int | None
    """Number of the paragraph, counted from 1 over blocks with a sentence end; None for headings and salutations."""
    continues: bool = False
    """True if the block continues the text of the block before it (a page break inside a sentence)."""
    language: str | None = None
    """ISO 639-1 code of the block's language if it differs from the document's, else None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedWord:
    """A word of the source text that was read from an image by text recognition (OCR).

    The confidence is that of text recognition, 0 to 1, higher is better; edges are fractions of the page's width and
    height, measured from the top left corner.
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
    """Metadata of a statement or document; a field is None if neither the text nor the manifest gives it."""

    state: str | None = None
    """The party that holds the position: an ISO 3166 alpha-3 code, or the group's code for a group's statement."""
    on_behalf_of: str | None = None
    """Code of the group if the statement is made on behalf of a group, else None."""
    speaker: str | None = None
    """Who delivered the statement, as the text or manifest names them."""
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
    """For a joint statement, the codes of all States that hold the position, including `state`; else None."""

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """Codes of all holders of the position: `state`, then the States of a joint statement, without duplicates."""
        return tuple(dict.fromkeys(code for code in (self.state, *(self.held_by or ())) if code is not None))

    @cached_property
    def years(self) -> range:
        """The years of the date, with those between its ends; empty if it is unknown."""
        years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", self.date or "")]
        return range(min(years), max(years) + 1) if years else range(0)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file as it was ingested: its text, and its metadata from its cover or manifest."""

    document_id: str
    """Content hash of text and metadata identity; the same input gives the same id."""
    file: str
    """Name under which it was ingested, relative to the ingested folder."""
    sha256: str
    """Hash of the file's bytes, hexadecimal."""
    source_text: str
    """The extracted text, unchanged; equals the decoded file for plain text."""
    metadata: Metadata
    """Metadata of the statement; for a record, the metadata that hold for all of its interventions."""
    kind: StatementKind = "statement"
    inferred: tuple[str, ...] = ()
    """Names of the metadata fields that were inferred rather than read."""
    page_starts: tuple[int, ...] = ()
    """Offset at which each page begins; empty for formats without pages."""
    blocks: tuple[Block, ...] = ()
    """The blocks of `source_text`, in order."""
    edits: tuple[Edit, ...] = ()
    """The reading repairs, sorted, not overlapping."""
    scanned: tuple[ScannedWord, ...] = ()
    """The words that were read from images, in order; empty for text that did not come from images."""

    def as_statement(self) -> "Statement":
        """Returns the statement that consists of the document's whole text."""
        metadata = self.metadata
        role: SpeakerRole = "unknown" if metadata.state is None else "party"
        span = StatementSpan(start=0, end=len(self.source_text), role=role, state=metadata.state)
        return Statement(
            statement_id=self.document_id, document=self, span=span, metadata=metadata, inferred=self.inferred
        )


@dataclass(frozen=True, kw_only=True)
class StatementSpan:
    """The part of a document that is one statement, and who speaks it."""

    start: int
    """Offset of the first word in the document's text; a speaker's name before verbatim words is left out."""
    end: int
    """Offset after its last word."""
    ordinal: int = 1
    """Position among the document's statements, counted from 1."""
    role: SpeakerRole = "party"
    """`party` if a known party speaks; `office` for a President, Chair or Secretariat, whose words are no party's
    position; `unknown` if the lookup does not find the speaker's State."""
    named: str | None = None
    """The speaker of an intervention as the record names them, in one line; None if the document is one statement."""
    summarised: bool = False
    """True if the record summarises the intervention in its own words instead of quoting it."""
    state: str | None = None
    """Code of the party whose delegate speaks, even if the delegate speaks on behalf of another party."""
    interruptions: tuple[tuple[int, int], ...] = ()
    """Spans inside that are the record's own text and no speaker's words, such as "Mr. Oram took the Chair."."""

    def holds(self, start: int, end: int) -> bool:
        """Returns whether a span lies inside this one and overlaps none of its interruptions."""
        if not self.start <= start < end <= self.end:
            return False
        return all(end <= first or last <= start for first, last in self.interruptions)


def intervention_id(document_id: str, number: int) -> str:
    """Returns the id of an intervention, such as "685815eed2f2fa70.4", from its record's and its number from 1 on."""
    return f"{document_id}.{number}"


def document_id_of(statement_id: str) -> str:
    """Returns the id of a statement's document, which is the statement's own unless it is an intervention."""
    return statement_id.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one party said: a whole document, or one intervention of a record.

    The id is the document's id; an intervention's id also has its position in the record. Offsets count in the
    document's text; `inferred` names the metadata fields that were inferred rather than read.
    """

    statement_id: str
    document: Document
    span: StatementSpan
    metadata: Metadata
    inferred: tuple[str, ...] = ()

    @property
    def is_intervention(self) -> bool:
        """Whether the statement is an intervention of a record."""
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
        """The document's whole text, to which all offsets refer."""
        return self.document.source_text

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The document's reading repairs."""
        return self.document.edits

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The document's blocks that belong to this statement, without interruptions."""
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
        language = next((b.language for b in self.blocks if b.start <= offset < b.end), None)
        return language or self.metadata.language


class SentenceId(str):
    """The id of a sentence, such as "685815eed2f2fa70:12": the statement's id and the ordinal, counted from 0."""

    __slots__ = ("ordinal", "statement_id")
    statement_id: str
    ordinal: int

    def __new__(cls, statement_id: str, ordinal: int) -> "SentenceId":
        """Makes the id from a statement's id and the sentence's ordinal in the statement."""
        made = super().__new__(cls, f"{statement_id}:{ordinal}")
        made.statement_id, made.ordinal = statement_id, ordinal
        return made

    def __getnewargs__(self) -> tuple[str, int]:  # type: ignore[override]  # str returns one argument, the text
        """Returns the arguments from which copies and unpickling rebuild the id."""
        return self.statement_id, self.ordinal

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Lets pydantic validate the id from text, since stored answers hold it as text."""
        return core_schema.no_info_after_validator_function(cls._of_text, core_schema.str_schema())

    @classmethod
    def _of_text(cls, text: str) -> "SentenceId":
        statement_id, _, ordinal = text.rpartition(":")
        return cls(statement_id, int(ordinal))


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """The unit of evidence; its text is the repaired, readable one.

    `paragraph` (None in a heading) and `page` (counted from 1, or None) are those in which the sentence starts;
    `language`, an ISO 639-1 code, is the paragraph's language.
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
        """The sentence's id, made of the statement's id and the ordinal."""
        return SentenceId(self.statement_id, self.ordinal)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """The unit of indexing: whole sentences of one statement in one language, up to a size in tokens.

    `first_sentence` and `last_sentence` are ordinals, both inclusive; the embedded text is the repaired, readable one.
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
    """A reference in a sentence, such as one to a treaty, an article or an agenda item."""

    sentence: SentenceId
    kind: MentionKind
    """`treaty` names a treaty, with or without an article · `thereto` means a treaty as one of the Protocols to a
    Convention that is named · `article` · `agenda_item` · `alignment` with the statement of a group · `provision`
    marks a sentence of the article itself, in the treaty's own text."""
    treaty: str | None = None
    """Code of the treaty (`UNTOC`, `TIP`, `SOM`, `FIREARMS`, `UNCAC`, `NARCOTICS1988`); None for an article of a
    convention that the text does not name, and for kinds that concern no treaty."""
    value: str = ""
    """Number of the article or agenda item as written, such as `4`, `16 bis`; or code of the group; empty for kinds
    that only name a treaty."""
    paragraph: str | None = None
    """Paragraph and subparagraph, such as `3 (a)`, or None."""


@dataclass(frozen=True, kw_only=True)
class ScoredPassage:
    """A passage, its score (higher is better) and, if dense search found it, its cosine with the topic (-1 to 1)."""

    passage: Passage
    score: float
    similarity: float | None = None


@dataclass(frozen=True, kw_only=True)
class AnnotatedDocument:
    """A document with everything that ingest derives from it: one statement, or the interventions of a record."""

    document: Document
    statements: tuple[Statement, ...]
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...]

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the passages, by text key."""
        return {text_key(passage.text): passage.text for passage in self.passages}


@dataclass(frozen=True, kw_only=True)
class ScopeFilter:
    """The scope of a search: the statements that it may consider; an empty field does not restrict it."""

    parties: tuple[str, ...] = ()
    """Codes of States and groups that hold the position."""
    bodies: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    """Sessions; an empty one stands for statements without a session."""
    years: tuple[int, ...] = ()
    """Years; a statement matches if its date overlaps one of them."""
    months: tuple[str, ...] = ()
    """Months such as `2020-10`; a statement matches if its date overlaps one of them. A date that is only a year
    matches each month of that year, since none of them can be excluded."""
    agenda_items: tuple[str, ...] = ()
    """Agenda items of the statement's metadata."""
    kinds: tuple[StatementKind, ...] = ("statement", "record")
    of_groups: bool = False
    """Only what was said on behalf of a group."""


@dataclass(frozen=True, kw_only=True)
class UnreadableFile:
    """A file that could not be read, wholly or in part."""

    file: str
    """Name of the file, relative to the ingested folder."""
    reason: str
    """Why the file could not be read, and what to do about it."""
    metadata: Metadata = field(default_factory=Metadata)
    """Metadata from the manifest or the file's name; they may be incomplete."""
    pages: tuple[int, ...] = ()
    """Pages that could not be read, if other pages could; empty if no page could be read."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A document or a statement without its text; the metadata are its own, `file` and `added` the document's."""

    document_id: str
    file: str
    sha256: str
    kind: StatementKind
    metadata: Metadata
    inferred: tuple[str, ...]
    passages: int
    added: str
    """Time at which the document was stored, ISO 8601, UTC."""


@dataclass(frozen=True, kw_only=True)
class DocumentSummary(Summary):
    """A document without its text, for lists of documents."""

    folder: str
    """Absolute path of the ingested folder that the document came from."""
    digest: str
    """Hash of text and metadata; equal digests are duplicates."""
    input_key: str
    """Hash of everything that the document was made from; an equal hash means that the file is unchanged."""
    interventions: int = 0
    """Number of interventions of a record; 0 if the document is one statement."""


@dataclass(frozen=True, kw_only=True)
class StatementSummary(Summary):
    """A statement without its text, for scopes and coverage."""

    statement_id: str
    span: StatementSpan
    languages: tuple[str | None, ...] = ()
    """Languages of the passages, sorted, with None for an unknown language."""


JSONValue = str | int | float | bool | None | list["JSONValue"] | Mapping[str, "JSONValue"]


def text_key(text: str) -> str:
    """Returns the key under which the vector of a text is kept: 128 bits of SHA-256, hexadecimal."""
    return text_sha256(text)[:32]


def text_sha256(text: str) -> str:
    """Returns the SHA-256 of a text, hexadecimal; also accepts a lone surrogate, although no file holds one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

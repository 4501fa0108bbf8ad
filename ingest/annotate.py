"""From a loaded text to what the store keeps of it: metadata, repair, sentences, passages and mentions."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from ingest.alignment import aligned_with
from ingest.attribution import sole_protocol
from ingest.layout import find_blocks
from ingest.loaders.loaded import LoadedText
from ingest.manifest import ManifestRow
from ingest.metadata import merge, read_metadata
from ingest.parties import PartyTable
from ingest.readable import ReadableText
from ingest.references import find_agenda_items, find_articles
from ingest.repair import repair
from ingest.splitter import SplitConfig, make_passages, make_sentences
from ingest.treaties import TREATIES, find_treaties, named_treaties
from ingest.treaty_text import TreatyText, cut_at_articles, read_treaty
from vectorstore.embeddings import Embedder
from vectorstore.records import (
    AnnotatedStatement,
    Kind,
    Mention,
    Metadata,
    Sentence,
    Statement,
    StatementSummary,
)

# Part of what is compared when a file is seen again: a new number annotates every file anew, and embeds only
# the passages whose text changed.
ANNOTATION_VERSION = 4
# Articles cited without their treaty are the Convention's only where the Convention's own bodies are addressed.
_CONVENTION_BODIES = "UNTOC"
# What mentions are of besides treaties: agenda items, and groups with whose statements a State aligns.
AGENDA = "AGENDA"
ALIGNED = "ALIGNED"
# In place of an article: the treaty is named only as one of the Protocols to a Convention that is named.
THERETO = "thereto"


def provision_of(treaty: str) -> str:
    """Returns what mentions are of in a treaty's text: its sentences belong to an article, whatever they cite."""
    return f"TEXT:{treaty}"


@dataclass(frozen=True, kw_only=True)
class InputKey:
    """What a statement is made from, hashed; an equal one means that its file need not be read again.

    Attributes:
        content: Hash of the file, its row of the manifest and its kind.
        cutting: Hash of how text is cut into passages.
    """

    content: str
    cutting: str

    def __str__(self) -> str:
        return f"{self.cutting}-{self.content}"

    def same_content(self, stored: str) -> bool:
        """Tells whether a stored key differs at most in how text is cut."""
        return stored.endswith(f"-{self.content}")

    def same_cutting(self, stored: str) -> bool:
        """Tells whether a stored key differs at most in the content."""
        return stored.startswith(f"{self.cutting}-")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A statement with its metadata, before it is split.

    Attributes:
        digest: Hash of text and metadata; equal digests are duplicates.
        input_key: Hash of everything that went into it.
        reason: What a person should know of its metadata, in one line.
    """

    statement: Statement
    digest: str
    input_key: str
    reason: str | None

    def summary(self, folder: str) -> StatementSummary:
        """Returns the statement without its text, as it will be stored."""
        return StatementSummary(
            statement_id=self.statement.statement_id,
            file=self.statement.file,
            folder=folder,
            sha256=self.statement.sha256,
            kind=self.statement.kind,
            metadata=self.statement.metadata,
            inferred=self.statement.inferred,
            digest=self.digest,
            input_key=self.input_key,
            passages=0,
            characters=len(self.statement.source_text),
            added="",
        )


class Annotator:
    """Derives from a text all that the store keeps of it; the same input gives the same ids."""

    def __init__(self, parties: PartyTable, split: SplitConfig, embedder: Embedder) -> None:
        self._parties = parties
        self._split = split
        self._embedder = embedder

    def input_key(self, loaded: LoadedText, row: ManifestRow | None, kind: Kind) -> InputKey:
        """Returns hashes of everything that a statement is made from."""
        cells = None if row is None else row.model_dump(exclude={"line"})
        # A State that a table of parties learns later is a new input, though the cell is the same.
        known = row is not None and row.state is not None and self._parties.resolve(row.state).codes
        content = [loaded.sha256, cells, list(known or ()), kind]
        if loaded.incomplete:
            # Never equal to that of the file as a whole, so that the rest is read once it can be.
            content.append("incomplete")
        cutting = [ANNOTATION_VERSION, self._split.model_dump()]
        return InputKey(content=_hash(_json(content)), cutting=_hash(_json(cutting))[:16])

    def draft(self, loaded: LoadedText, row: ManifestRow | None, *, file: str, kind: Kind, input_key: str) -> Draft:
        """Reads the metadata of a text, overridden by its row of the manifest."""
        blocks = find_blocks(loaded.text)
        chosen: Kind = row.kind if row is not None and row.kind is not None else kind
        # Nobody speaks in a treaty, so no party is looked for.
        parties = None if chosen == "treaty" else self._parties
        merged = merge(read_metadata(loaded.text, blocks, parties, file), row, parties)
        metadata, problems = merged.metadata, merged.problems
        if chosen == "record":
            # Several speak in a record: none of its words may be put into the mouth that a heading names.
            metadata = replace(metadata, state=None, on_behalf_of=None)
            problems = (*problems, "a record of several speakers is kept, but attributed to nobody")
        if chosen == "treaty":
            treaty = read_treaty(loaded.text, blocks, file)
            metadata = _of_treaty(metadata, treaty, row)
            problems = _treaty_problems(treaty)
        statement_id, digest = identify(loaded.text, metadata, chosen)
        statement = Statement(
            statement_id=statement_id,
            file=file,
            sha256=loaded.sha256,
            source_text=loaded.text,
            metadata=metadata,
            kind=chosen,
            inferred=() if chosen == "treaty" else merged.inferred,
            page_starts=loaded.page_starts,
            blocks=blocks,
            scanned=loaded.scanned,
        )
        return Draft(
            statement=statement,
            digest=digest,
            input_key=input_key,
            reason="; ".join((*loaded.notes, *problems)) or None,
        )

    def annotate(self, draft: Draft) -> AnnotatedStatement:
        """Repairs and splits the text of a draft."""
        return self.annotate_statement(draft.statement)

    def annotate_statement(self, statement: Statement) -> AnnotatedStatement:
        """Repairs and splits a statement's text under its present metadata."""
        names = frozenset(
            word for code in (statement.metadata.state, statement.metadata.on_behalf_of) if code
            for word in self._parties.display(code).split()
        )  # fmt: skip
        treaty = None
        if statement.kind == "treaty":
            treaty = read_treaty(statement.source_text, statement.blocks, statement.file)
            blocks = cut_at_articles(statement.source_text, statement.blocks, treaty)
            statement = replace(statement, blocks=blocks)
        edits = repair(statement.source_text, statement.blocks, language=statement.metadata.language, names=names)
        text = ReadableText(statement.source_text, edits)
        identifier = statement.statement_id
        sentences = make_sentences(identifier, text, statement.blocks, statement.page_starts)
        passages = make_passages(identifier, text, sentences, self._split, fits_model=self._fits_model)
        repaired = replace(statement, edits=edits)
        return AnnotatedStatement(
            statement=repaired,
            sentences=sentences,
            passages=passages,
            mentions=find_mentions(sentences, statement.metadata, self._parties)
            if treaty is None
            else find_provisions(sentences, treaty),
        )

    def _fits_model(self, texts: Sequence[str]) -> list[bool]:
        return [tokens <= self._embedder.window for tokens in self._embedder.count_tokens(texts)]


def find_mentions(sentences: Sequence[Sentence], metadata: Metadata, parties: PartyTable) -> tuple[Mention, ...]:
    """Finds what each sentence names: agenda items, treaties, articles, and groups that its speaker aligns with.

    A treaty that is named is a mention without an article, whether or not an article is named beside it.
    """
    to_convention = metadata.body is not None and metadata.body.startswith(_CONVENTION_BODIES)
    default = "UNTOC" if to_convention else None
    # A group does not align with itself, and tells of its members' alignment with its own statement.
    of_state = metadata.on_behalf_of is None
    # "Article 16 of the Protocol" is of the one Protocol that the title or an earlier sentence names.
    protocol = sole_protocol(metadata.title or "")
    found: dict[Mention, None] = {}
    for sentence in sentences:
        named: list[tuple[str, str, str | None]] = []
        named += [(AGENDA, item.item, None) for item in find_agenda_items(sentence.text)]
        by_name = {match.treaty for match in find_treaties(sentence.text)}
        named += [(code, "" if code in by_name else THERETO, None) for code in named_treaties(sentence.text)]
        if of_state:
            groups = aligned_with(sentence.text, metadata.state, parties, metadata.language)
            named += [(ALIGNED, group, None) for group in groups]
        for article in find_articles(sentence.text, default_treaty=default, protocol=protocol):
            if article.treaty is not None:
                named.append((article.treaty, article.article, article.paragraph))
        protocol = sole_protocol(sentence.text) or protocol
        for treaty, number, paragraph in named:
            mention = Mention(sentence_id=sentence.sentence_id, treaty=treaty, article=number, paragraph=paragraph)
            found[mention] = None
    return tuple(found)


def find_provisions(sentences: Sequence[Sentence], treaty: TreatyText) -> tuple[Mention, ...]:
    """Finds of which article's own text each sentence of a treaty is."""
    placed = ((sentence, treaty.article_at(sentence.start, sentence.end)) for sentence in sentences)
    return tuple(
        Mention(sentence_id=sentence.sentence_id, treaty=provision_of(article.treaty), article=article.article)
        for sentence, article in placed
        if article is not None
    )


def _of_treaty(metadata: Metadata, treaty: TreatyText, row: ManifestRow | None) -> Metadata:
    """What is kept of a treaty's metadata: no State, speaker, body or session, since nobody says it."""
    title = (row.title if row is not None else None) or treaty.title or metadata.title
    return Metadata(title=title, symbol=metadata.symbol, url=metadata.url, language=metadata.language)


def _treaty_problems(treaty: TreatyText) -> tuple[str, ...]:
    known = ", ".join(TREATIES)
    if not treaty.treaties:
        return (f"no treaty that is known ({known}) by its title or file name: kept, but its articles are not linked",)
    if not treaty.articles:
        return ("no heading such as 'Article 4' on a line of its own: kept, but its articles are not linked",)
    return ()


def identify(text: str, metadata: Metadata, kind: Kind) -> tuple[str, str]:
    """Returns the statement id, a hash of text and metadata, and the full digest it is cut from."""
    digest = _hash(_json([text, asdict(metadata), kind]))
    return digest[:16], digest


def _json(parts: Sequence[object]) -> str:
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

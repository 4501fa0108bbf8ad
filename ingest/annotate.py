"""Annotation: from a loaded text to what the store keeps of it.

That is its metadata, the repair of its layout, its sentences and passages, and mentions: "article 18 of the
Convention" is a mention of (UNTOC, 18). The same input gives the same ids.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from ingest.language.languages import main_language, with_languages
from ingest.loaders.loaded import LoadedText
from ingest.metadata.alignment import aligned_with
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.metadata import (
    agenda_item_in,
    attributed,
    held_together,
    joint_speaker,
    merge,
    parties_of_file_name,
    read_metadata,
)
from ingest.metadata.represented_party import behalf_phrase
from ingest.metadata.sessions import AD_HOC_COMMITTEE
from ingest.parties.party_table import PartyTable
from ingest.records.interventions import (
    Intervention,
    cut_at_interventions,
    find_interventions,
    is_record,
    may_be_record,
)
from ingest.text.layout import find_blocks
from ingest.text.readable import ReadableText
from ingest.text.repair import repair
from ingest.text.splitter import SplitConfig, make_passages, make_sentences
from ingest.text.wholeness import begins_in_lower_case
from ingest.treaties.references import find_agenda_items, find_articles
from ingest.treaties.treaties import TREATIES, find_treaties, named_treaties
from ingest.treaties.treaty_attribution import OTHER_CONVENTION, last_convention, sole_protocol
from ingest.treaties.treaty_text import TreatyText, cut_at_articles, read_treaty
from vectorstore.embeddings import TokenCounter
from vectorstore.records import (
    AnnotatedStatement,
    Block,
    Mention,
    Metadata,
    Part,
    Passage,
    Sentence,
    Statement,
    StatementKind,
    StatementSummary,
)

# Part of what is compared when a file is seen again: a new number annotates every file anew, and embeds only
# the passages whose text changed.
ANNOTATION_VERSION = 7
# Articles cited without their treaty are the Convention's only where the Convention's own bodies are addressed.
_CONVENTION_BODIES = "UNTOC"
# "The Convention" is their own where these bodies are addressed, and one being drafted in the committee.
_CONVENTION_OF_BODY = {"UNCAC COSP": "UNCAC", AD_HOC_COMMITTEE: OTHER_CONVENTION}
# In the place of a mention's treaty: an article of a convention that the text does not name.
UNNAMED = "UNNAMED"
# In the place of a mention's treaty: the mention is of an agenda item, or of a group that a State aligns with.
AGENDA = "AGENDA"
ALIGNED = "ALIGNED"
# In the place of a mention's article: the treaty is named only by "the Protocols thereto".
THERETO = "thereto"

# Marks the key of a document whose metadata were read by an older version.
_RENEWED = "renewed-"
# How many reasons why words are nobody's a report of a record lists.
_REASONS_SHOWN = 5


def provision_of(treaty: str) -> str:
    """Returns what stands in the place of a mention's treaty for sentences of that treaty's own text."""
    return f"TEXT:{treaty}"


@dataclass(frozen=True, kw_only=True)
class InputKey:
    """What a statement is made from: hashes of file, manifest row and kind, and of how text is cut into passages.

    Equal keys mean that a file need not be read again.
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
class UnsplitStatement:
    """A statement before it is split; statements of equal `digest` (text and metadata) are duplicates.

    Attributes:
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


@dataclass(frozen=True, kw_only=True)
class RenewedStatement:
    """A stored document as this version annotates it, ready to be stored."""

    annotated: AnnotatedStatement
    digest: str
    input_key: str


class Annotator:
    """Derives from a text all that the store keeps of it; the same input gives the same ids."""

    def __init__(
        self, parties: PartyTable, split: SplitConfig, model: TokenCounter, languages: Sequence[str] = ("en",)
    ) -> None:
        """Takes what annotating needs; `languages` are those that the embedding model knows."""
        self._parties = parties
        self._split = split
        self._model = model
        self._languages = languages

    def input_key(
        self, loaded: LoadedText, row: ManifestRow | None, kind: StatementKind, *, record: bool = False
    ) -> InputKey:
        """Returns hashes of everything that a statement is made from; of a `record`, also the names of parties."""
        cells = None if row is None else row.model_dump(exclude={"line"})
        # A State that a table of parties learns later is a new input, though the cell is the same.
        known = row is not None and row.state is not None and self._parties.resolve(row.state).codes
        content: list[object] = [loaded.sha256, cells, list(known or ()), kind]
        if record or kind == "record" or (row is not None and row.kind == "record"):
            content.append(self._parties.fingerprint)
        if loaded.incomplete:
            # Never equal to that of the file as a whole, so that the rest is read once it can be.
            content.append("incomplete")
        return InputKey(content=_hash(_json(content)), cutting=self._cutting())

    def is_current(self, input_key: str) -> bool:
        """Tells whether a stored statement was annotated by this version, and cut as it cuts."""
        return input_key.startswith(f"{self._cutting()}-")

    def renew(self, statement: Statement, interventions: Sequence[Statement], input_key: str) -> RenewedStatement:
        """Annotates a stored document anew under its stored metadata.

        States that a person set on `interventions` stay where nobody is known. The `input_key` no longer equals that of
        the file, so that ingest reads its metadata anew.
        """
        blocks = with_languages(statement.source_text, find_blocks(statement.source_text), statement.metadata.language)
        fresh = replace(statement, blocks=blocks, edits=())
        identifier, digest = identify(fresh.source_text, fresh.metadata, fresh.kind, self.interventions(fresh))
        annotated = self.annotate_statement(replace(fresh, statement_id=identifier))
        by_name = {(item.part.named, item.part.state): item for item in interventions if item.part is not None}
        for item in annotated.interventions:
            part = item.part
            old = None if part is None else by_name.get((part.named, part.state))
            if part is not None and part.role == "unknown" and old is not None and old.metadata.state is not None:
                annotated = self._with_state(
                    annotated, replace(item, metadata=old.metadata, part=replace(part, role="party"))
                )
        content = input_key.partition("-")[2].removeprefix(_RENEWED)
        return RenewedStatement(annotated=annotated, digest=digest, input_key=f"{self._cutting()}-{_RENEWED}{content}")

    def _with_state(self, record: AnnotatedStatement, item: Statement) -> AnnotatedStatement:
        """Puts an intervention whose State is known in the place of the one without."""
        own = self.annotate_statement(item)
        return replace(
            record,
            sentences=(*(s for s in record.sentences if s.statement_id != item.statement_id), *own.sentences),
            passages=(*record.passages, *own.passages),
            mentions=(*record.mentions, *own.mentions),
            interventions=tuple(item if i.statement_id == item.statement_id else i for i in record.interventions),
        )

    def _cutting(self) -> str:
        return _hash(_json([ANNOTATION_VERSION, self._split.model_dump()]))[:16]

    def read(
        self, loaded: LoadedText, row: ManifestRow | None, *, file: str, kind: StatementKind, input_key: str
    ) -> UnsplitStatement:
        """Reads the metadata of a text, overridden by its row of the manifest."""
        blocks = find_blocks(loaded.text)
        chosen: StatementKind = row.kind if row is not None and row.kind is not None else kind
        # Nobody speaks in a treaty, so no party is looked for.
        parties = None if chosen == "treaty" else self._parties
        merged = merge(read_metadata(loaded.text, blocks, parties, file), row, parties)
        metadata, problems, inferred = merged.metadata, merged.problems, merged.inferred
        blocks = with_languages(loaded.text, blocks, metadata.language)
        unnamed = chosen == "statement" and (row is None or (row.kind is None and row.state is None))
        unnamed = unnamed and may_be_record(loaded.text)
        found = self._interventions(loaded.text, blocks, metadata) if unnamed or chosen == "record" else ()
        named = metadata.state is not None and metadata.on_behalf_of is None and "state" not in inferred
        if chosen == "record" or (unnamed and is_record(found, loaded.text, named=named)):
            chosen = "record"
            # Several speak in a record: none of its words may be put into the mouth that a heading names.
            metadata = replace(metadata, state=None, on_behalf_of=None, speaker=None, held_by=None)
            inferred = tuple(name for name in inferred if name not in ("state", "speaker"))
            problems = (*problems, record_report(found, loaded.text))
            input_key = str(self.input_key(loaded, row, kind, record=True))
        else:
            found = ()
        if chosen == "treaty":
            treaty = read_treaty(loaded.text, blocks, file)
            metadata = _of_treaty(metadata, treaty, row)
            problems = _treaty_problems(treaty)
        statement_id, digest = identify(loaded.text, metadata, chosen, found)
        statement = Statement(
            statement_id=statement_id,
            file=file,
            sha256=loaded.sha256,
            source_text=loaded.text,
            metadata=metadata,
            kind=chosen,
            inferred=() if chosen == "treaty" else inferred,
            page_starts=loaded.page_starts,
            blocks=blocks,
            scanned=loaded.scanned,
        )
        return UnsplitStatement(
            statement=statement,
            digest=digest,
            input_key=input_key,
            reason="; ".join((*loaded.notes, *problems, *self._unread(statement))) or None,
        )

    def expected(self, row: ManifestRow | None, file: str) -> Metadata:
        """Returns what a manifest's row and a file's name say of a file that cannot be read."""
        read = read_metadata("", (), self._parties, file)
        named = parties_of_file_name(file, self._parties)
        if len(named) == 1:
            read = replace(read, metadata=replace(read.metadata, state=named[0]))
        return merge(read, row, self._parties).metadata

    def _unread(self, statement: Statement) -> tuple[str, ...]:
        """Says in which of its languages a statement is found by words and scope only."""
        spoken = {statement.metadata.language, *(block.language for block in statement.blocks)}
        unread = sorted(language for language in spoken if language is not None and language not in self._languages)
        if not unread:
            return ()
        return (
            f"in {', '.join(unread)}: found by its words and by scope only, since the embedding model does not know"
            " the language (see docs/languages.md)",
        )

    def annotate(self, unsplit: UnsplitStatement) -> AnnotatedStatement:
        """Repairs and splits the text of a draft."""
        return self.annotate_statement(unsplit.statement)

    def annotate_statement(self, statement: Statement) -> AnnotatedStatement:
        """Repairs and splits a statement's text under its present metadata; an intervention's within its record."""
        if statement.kind == "record" and statement.part is None:
            found = self.interventions(statement)
            if found:
                return self._annotate_record(statement, found)
        if statement.part is not None:
            text = ReadableText(statement.source_text, statement.edits)
            sentences, passages, mentions = self._split_words(statement, text)
            return AnnotatedStatement(statement=statement, sentences=sentences, passages=passages, mentions=mentions)
        names = self._names((statement.metadata.state, statement.metadata.on_behalf_of))
        treaty = None
        if statement.kind == "treaty":
            treaty = read_treaty(statement.source_text, statement.blocks, statement.file)
            blocks = cut_at_articles(statement.source_text, statement.blocks, treaty)
            statement = replace(statement, blocks=blocks)
        edits = repair(statement.source_text, statement.blocks, language=statement.metadata.language, names=names)
        text = ReadableText(statement.source_text, edits)
        sentences, passages, mentions = self._split_words(statement, text)
        return AnnotatedStatement(
            statement=replace(statement, edits=edits),
            sentences=sentences,
            passages=passages,
            mentions=mentions if treaty is None else find_provisions(sentences, treaty),
        )

    def interventions(self, statement: Statement) -> tuple[Intervention, ...]:
        """Returns the interventions of a record under its present metadata; none of a statement or treaty."""
        if statement.kind != "record":
            return ()
        return self._interventions(statement.source_text, statement.blocks, statement.metadata)

    def _interventions(self, text: str, blocks: Sequence[Block], metadata: Metadata) -> tuple[Intervention, ...]:
        return find_interventions(text, blocks, self._parties, language=metadata.language, date=metadata.date)

    def _annotate_record(self, record: Statement, found: Sequence[Intervention]) -> AnnotatedStatement:
        """Splits each intervention by itself, so that no sentence or passage reaches into another."""
        blocks = cut_at_interventions(record.source_text, record.blocks, found)
        names = self._names(code for item in found for code in (item.state, item.group))
        edits = repair(record.source_text, blocks, language=record.metadata.language, names=names)
        text = ReadableText(record.source_text, edits)
        record = replace(record, blocks=blocks, edits=edits)
        parts = [self._part(record, item, number) for number, item in enumerate(found, start=1)]
        split = [self._split_words(part, text) for part in parts]
        return AnnotatedStatement(
            statement=record,
            sentences=tuple(sentence for sentences, _, _ in split for sentence in sentences),
            passages=tuple(passage for _, passages, _ in split for passage in passages),
            mentions=tuple(mention for _, _, mentions in split for mention in mentions),
            interventions=tuple(parts),
        )

    def _part(self, record: Statement, item: Intervention, number: int) -> Statement:
        blocks = tuple(
            block
            for block in record.blocks
            if item.start <= block.start
            and block.end <= item.end
            and not any(first <= block.start < last for first, last in item.interruptions)
        )
        named = None if item.agenda_item is None else agenda_item_in(item.agenda_item)
        metadata = replace(
            record.metadata,
            state=item.state,
            on_behalf_of=item.group,
            speaker=item.speaker,
            agenda_item=named or record.metadata.agenda_item,
            language=main_language(record.source_text, blocks, record.metadata.language),
        )
        if item.group is not None:
            metadata = attributed(metadata, self._parties)
        else:
            together = held_together(item.state, item.states)
            # "Thailand and Mali announced" is nobody's speaking for another.
            told = item.summarised and behalf_phrase(item.clause) is None
            speaker = item.speaker if told else joint_speaker(metadata, item.state, item.states, self._parties)
            metadata = replace(metadata, speaker=speaker, held_by=together)
        return replace(
            record,
            statement_id=f"{record.statement_id}.{number}",
            metadata=metadata,
            inferred=tuple(name for name in record.inferred if not (name == "agenda_item" and named)),
            blocks=blocks,
            part=Part(
                record_id=record.statement_id,
                ordinal=number,
                start=item.start,
                end=item.end,
                role=item.role,
                named=item.named,
                summarised=item.summarised,
                state=item.state,
                interruptions=item.interruptions,
            ),
        )

    def _split_words(
        self, statement: Statement, text: ReadableText
    ) -> tuple[tuple[Sentence, ...], tuple[Passage, ...], tuple[Mention, ...]]:
        """Splits a statement's own words; words of a record that are attributed to nobody get no passages to search."""
        identifier, language = statement.statement_id, statement.metadata.language
        sentences = make_sentences(identifier, text, statement.blocks, statement.page_starts, language=language)
        if statement.part is not None and statement.metadata.state is None:
            return sentences, (), ()
        passages = make_passages(identifier, text, sentences, self._split, fits_model=self._fits_model)
        return sentences, passages, find_mentions(sentences, statement.metadata, self._parties)

    def _names(self, codes: Iterable[str | None]) -> frozenset[str]:
        """Returns the words of parties' names, which repair leaves whole."""
        return frozenset(word for code in codes if code for word in self._parties.display(code).split())

    def _fits_model(self, texts: Sequence[str]) -> list[bool]:
        return [tokens <= self._model.window for tokens in self._model.count_tokens(texts)]


def find_mentions(sentences: Sequence[Sentence], metadata: Metadata, parties: PartyTable) -> tuple[Mention, ...]:
    """Finds what each sentence names: agenda items, treaties, articles, and groups that its speaker aligns with.

    A treaty that is named is a mention without an article, whether or not an article is named beside it.
    """
    default = _convention_of(metadata)
    # "Article 30 of the Convention" is of the one that an earlier sentence names last.
    named_before: str | None = None
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
        for article in find_articles(
            sentence.text, default_treaty=default, protocol=protocol, named_before=named_before
        ):
            treaty = UNNAMED if article.unnamed else article.treaty
            if treaty is not None:
                named.append((treaty, article.article, article.paragraph))
        named_before = last_convention(sentence.text) or named_before
        protocol = sole_protocol(sentence.text) or protocol
        for treaty, number, paragraph in named:
            mention = Mention(sentence_id=sentence.sentence_id, treaty=treaty, article=number, paragraph=paragraph)
            found[mention] = None
    return tuple(found)


def _convention_of(metadata: Metadata) -> str | None:
    """Returns what "the Convention" means by body or title, before the text names any; None where that is not known."""
    if metadata.body is not None and metadata.body.startswith(_CONVENTION_BODIES):
        return "UNTOC"
    return _CONVENTION_OF_BODY.get(metadata.body or "") or last_convention(metadata.title or "")


def find_provisions(sentences: Sequence[Sentence], treaty: TreatyText) -> tuple[Mention, ...]:
    """Finds of which article's own text each sentence of a treaty is."""
    placed = ((sentence, treaty.article_at(sentence.start, sentence.end)) for sentence in sentences)
    return tuple(
        Mention(sentence_id=sentence.sentence_id, treaty=provision_of(article.treaty), article=article.article)
        for sentence, article in placed
        if article is not None
    )


def _of_treaty(metadata: Metadata, treaty: TreatyText, row: ManifestRow | None) -> Metadata:
    """Returns the metadata of a treaty: title, symbol, address and language; nobody says it at a meeting."""
    title = (row.title if row is not None else None) or treaty.title or metadata.title
    return Metadata(title=title, symbol=metadata.symbol, url=metadata.url, language=metadata.language)


def _treaty_problems(treaty: TreatyText) -> tuple[str, ...]:
    known = ", ".join(TREATIES)
    if not treaty.treaties:
        return (f"no treaty that is known ({known}) by its title or file name: kept, but its articles are not linked",)
    if not treaty.articles:
        return ("no heading such as 'Article 4' on a line of its own: kept, but its articles are not linked",)
    return ()


def identify(
    text: str, metadata: Metadata, kind: StatementKind, interventions: Sequence[Intervention] = ()
) -> tuple[str, str]:
    """Returns the statement id, a hash of text, metadata and who speaks, and the full digest it is cut from."""
    speakers = [_told(asdict(item), "interruptions") for item in interventions]
    digest = _hash(_json([text, _told(asdict(metadata), "held_by"), kind, *([speakers] if speakers else [])]))
    return digest[:16], digest


def _told(facts: dict[str, object], *later: str) -> dict[str, object]:
    """Leaves out empty fields that older versions did not know, so that ids stay."""
    return {name: value for name, value in facts.items() if value or name not in later}


def record_report(interventions: Sequence[Intervention], text: str) -> str:
    """Says in one line who speaks in a record, who is not known, and whose first words may be missing."""
    if not interventions:
        return "a record in which no speaker was found: kept, but attributed to nobody"
    counts = Counter(item.group or item.state for item in interventions if item.role == "party")
    known = ", ".join(f"{code} {count}" if count > 1 else str(code) for code, count in counts.items())
    many = f"{len(interventions)} intervention{'s' if len(interventions) > 1 else ''}"
    parts = [f"a record of {many}" + (f": {known}" if known else "")]
    if offices := sum(item.role == "office" for item in interventions):
        parts.append(f"Chair or Secretariat {offices}, nobody's position")
    reasons = list(dict.fromkeys(item.reason for item in interventions if item.reason))
    if reasons:
        more = f" and {len(reasons) - _REASONS_SHOWN} more" if len(reasons) > _REASONS_SHOWN else ""
        shown = "; ".join(reasons[:_REASONS_SHOWN])
        parts.append(f"attributed to nobody: {shown}{more} (set their States, or add names to parties.csv)")
    cut = [
        item.named
        for item in interventions
        if item.role == "party" and not item.summarised and begins_in_lower_case(text[item.start : item.end])
    ]
    if cut:
        more = f" and {len(cut) - _REASONS_SHOWN} more" if len(cut) > _REASONS_SHOWN else ""
        parts.append(f"begins in lower case, so that words may be missing: {'; '.join(cut[:_REASONS_SHOWN])}{more}")
    return "; ".join(parts)


def _json(parts: Sequence[object]) -> str:
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

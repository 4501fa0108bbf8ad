"""Annotation, or document processing: metadata, repair, segmentation into sentences, chunking into passages, mentions.

"article 18 of the Convention" is a mention of (UNTOC, 18). The same input gives the same ids.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain

from ingest.input_key import PARTY_NAMES_MARK, InputKey
from ingest.language.detection import main_language, with_languages
from ingest.loaders.loaded import LoadedText
from ingest.metadata.corrections import OF_SPEAKER
from ingest.metadata.heading import cut_at_heading
from ingest.metadata.joint_statement import sponsor_lists
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.mentions import find_mentions
from ingest.metadata.metadata import (
    ReadMetadata,
    agenda_item_in,
    attributed,
    held_together,
    joint_speaker,
    merge,
    parties_of_file_name,
    read_metadata,
)
from ingest.metadata.on_behalf import behalf_phrase
from ingest.metadata.sessions import days_of_session
from ingest.parties.party_table import PartyTable
from ingest.records.division import DividedText, own_occasion
from ingest.records.interventions import Intervention
from ingest.records.narration import words_of_others
from ingest.records.record_text import items_and_days, stage_directions
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_segmentation import cut_at_interventions
from ingest.report import listed
from ingest.text.footnotes import footnotes
from ingest.text.layout import cut_out, find_blocks
from ingest.text.readable import ReadableText
from ingest.text.repair import repair
from ingest.text.splitter import SplitConfig, make_passages, make_sentences
from ingest.treaties.treaties import TREATIES
from ingest.treaties.treaty_text import TreatyText, cut_at_articles, read_treaty
from vectorstore.embeddings import Embedder
from vectorstore.records import (
    AnnotatedDocument,
    Document,
    Mention,
    Metadata,
    Passage,
    Sentence,
    Statement,
    StatementKind,
    StatementSpan,
    intervention_id,
    text_sha256,
)

# Part of the input key that is compared when a file is seen again: with a new number every file is annotated again, and
# only the passages whose text changed are embedded.
ANNOTATION_VERSION = 26


@dataclass(frozen=True, kw_only=True)
class UnsplitDocument:
    """A document before it is split, with a note for the user (`reason`); an equal `digest` means a duplicate."""

    document: Document
    digest: str
    input_key: str
    reason: str | None
    is_unattributed: bool = False
    """Whether its words are of several parties, and could not be split."""


class Annotator:
    """Derives from a text everything that the store keeps of it; the same input gives the same ids."""

    def __init__(
        self, parties: PartyTable, split: SplitConfig, model: Embedder, languages: Sequence[str] = ("en",)
    ) -> None:
        """Sets the parties, the splitting and the model that passages have to fit, which knows the `languages`."""
        self._parties, self._split, self._model, self._languages = parties, split, model, languages
        self._party_names = _hash([parties.fingerprint])[:16]
        self._rules = _hash([ANNOTATION_VERSION, split.model_dump()])[:16]

    def input_key(self, loaded: LoadedText, row: ManifestRow | None, kind: StatementKind) -> InputKey:
        """Returns hashes of everything that a statement is made from."""
        cells = None if row is None else row.model_dump(exclude={"line"})
        # The same cell is a new input once a table of parties knows the State that it names.
        known = () if row is None or row.state is None else self._parties.resolve(row.state).codes
        content: list[object] = [loaded.sha256, cells, list(known), kind]
        if loaded.incomplete:
            # Makes the key differ from that of the complete file, so that the rest is read once it can be.
            content.append("incomplete")
        return InputKey(content=_hash(content), rules=self._rules, party_names=self._party_names)

    def is_current(self, input_key: str) -> bool:
        """Returns whether a stored statement was annotated by this version with the present splitting rules."""
        return input_key.startswith(f"{self._rules}-")

    def with_present_rules(self, input_key: str) -> str:
        """Returns a stored key as one of this version with the present splitting rules."""
        return f"{self._rules}-{input_key.partition('-')[2]}"

    def read(
        self,
        loaded: LoadedText,
        row: ManifestRow | None,
        *,
        file: str,
        kind: StatementKind,
        input_key: str,
        stored: Document | None = None,
    ) -> UnsplitDocument:
        """Reads the metadata of a text, overridden by its row of the manifest.

        For a `stored` document that was read with other names of parties, only the metadata that depend on the names
        are read again; the others are kept, with a person's corrections.
        """
        blocks, told_kind = find_blocks(loaded.text), (row and row.kind) or kind
        # Nobody speaks in a treaty, so no party is looked for.
        read = read_metadata(loaded.text, blocks, None if told_kind == "treaty" else self._parties, file)
        read = _of_covering_mail(read) if loaded.covers else read
        whole = merge(read, row, self._parties)
        whole = whole if stored is None else _kept_but_speaker(whole, stored)
        blocks = with_languages(loaded.text, blocks, whole.metadata.language)
        text = DividedText(loaded.text, blocks, whole.metadata, self._parties, file)
        divided = text.divide(read, whole, row, told_kind)
        whole = divided.whole
        if divided.kind == "statement" and stored is None:
            whole = _with_items_and_days(whole, loaded.text, row)
        if unknown := self._unknown_groups(whole.metadata, divided.interventions):
            whole = whole.noted(f"held by a group that no lookup knows: {unknown} (add it to parties.csv)")
        if divided.kind == "treaty":
            whole = _of_treaty(whole.metadata, read_treaty(loaded.text, blocks, file), row)
        document = Document(
            document_id="", file=file, sha256=loaded.sha256, source_text=loaded.text, metadata=whole.metadata,
            kind=divided.kind, inferred=whole.inferred, page_starts=loaded.page_starts, blocks=blocks,
            scanned=loaded.scanned,
        )  # fmt: skip
        identifier, digest = identify(document, divided.interventions)
        if divided.kind == "record" or (divided.kind == "statement" and self._depends_on_names(whole.metadata)):
            input_key = f"{input_key}{PARTY_NAMES_MARK}{self._party_names}"
        return UnsplitDocument(
            document=replace(document, document_id=identifier), digest=digest, input_key=input_key,
            reason="; ".join((*loaded.notes, *whole.problems, *self._unread(document))) or None,
            is_unattributed=divided.is_unattributed,
        )  # fmt: skip

    def _unknown_groups(self, metadata: Metadata, interventions: Sequence[Intervention]) -> str:
        """Returns the groups that hold a text or its interventions and that no lookup knows; empty without any."""
        held = dict.fromkeys(code for code in (metadata.on_behalf_of, *(item.group for item in interventions)) if code)
        unknown = [repr(code) for code in held if self._parties.get(code) is None]
        return listed(unknown) if unknown else ""

    def _depends_on_names(self, metadata: Metadata) -> bool:
        """Returns whether other names of parties may change who speaks: of an added or unknown party, or of none."""
        named_in = (*metadata.holders, metadata.on_behalf_of, metadata.speaker)
        if any(code in self._parties.added for code in named_in):
            return True
        return not metadata.holders or any(self._parties.get(code) is None for code in metadata.holders)

    def note_on_others(self, document: Document) -> str | None:
        """Returns a note on what a statement says as others than those to whom a person attributed it; else None."""
        return self._divided(document).told_of_others(document.metadata)

    def expected(self, row: ManifestRow | None, file: str) -> Metadata:
        """Returns the metadata of a file that cannot be read, from its manifest row and its name."""
        read = read_metadata("", (), self._parties, file)
        named = parties_of_file_name(file, self._parties)
        if len(named) == 1:
            read = replace(read, metadata=replace(read.metadata, state=named[0]))
        return merge(read, row, self._parties).metadata

    def _unread(self, document: Document) -> tuple[str, ...]:
        """Returns a note on those languages of a document that the embedding model does not know; empty without any."""
        spoken = {document.metadata.language, *(block.language for block in document.blocks)}
        unread = sorted(language for language in spoken if language is not None and language not in self._languages)
        effect = "found by its words and by scope only, since the embedding model does not know the language"
        return (f"in {', '.join(unread)}: {effect} (see docs/languages.md)",) if unread else ()

    def annotate(self, document: Document) -> AnnotatedDocument:
        """Repairs and splits a document's text under its present metadata.

        Each intervention of a record is split by itself, so that no sentence or passage spans two of them.
        """
        text, blocks, treaty = document.source_text, document.blocks, None
        found = self.interventions(document)
        if document.kind == "treaty":
            treaty = read_treaty(text, blocks, document.file)
            blocks = cut_at_articles(text, blocks, treaty)
        elif found:
            blocks = cut_at_interventions(text, blocks, found)
        elif document.kind == "statement":
            blocks = cut_at_heading(text, blocks)
            lookup = SpeakerLookup(parties=self._parties, language=document.metadata.language)
            holders = {*document.metadata.holders, document.metadata.on_behalf_of or ""}
            others = words_of_others(text, blocks, holders, lookup)
            spans = [*sponsor_lists(text, lookup), *stage_directions(text)]
            spans += others if document.metadata.holders else ()
            blocks = cut_out(text, blocks, spans)
        if document.kind != "treaty":
            blocks = cut_out(text, blocks, footnotes(text, blocks))
        parties = [code for item in found for code in (item.state, item.group)]
        parties = parties or [document.metadata.state, document.metadata.on_behalf_of]
        # The repair does not split these words of parties' names.
        names = frozenset(word for code in parties if code for word in self._parties.display(code).split())
        edits = repair(text, blocks, language=document.metadata.language, names=names)
        document = replace(document, blocks=blocks, edits=edits)
        statements = [self._intervention(document, item, number) for number, item in enumerate(found, start=1)]
        annotated = self.split(document, statements or [document.as_statement()])
        if treaty is None:
            return annotated
        # The article to whose text each sentence belongs.
        found_in = ((s.sentence_id, treaty.article_at(s.start, s.end)) for s in annotated.sentences)
        provisions = (
            Mention(sentence=sentence, kind="provision", treaty=article.treaty, value=article.article)
            for sentence, article in found_in
            if article is not None
        )
        return replace(annotated, mentions=tuple(provisions))

    def split(self, document: Document, statements: Sequence[Statement]) -> AnnotatedDocument:
        """Splits statements of a repaired document, all or some interventions, under their present metadata."""
        text = ReadableText(document.source_text, document.edits)
        split = [self._split_words(statement, text) for statement in statements]
        sentences, passages, mentions = (tuple(chain.from_iterable(parts)) for parts in zip(*split, strict=True))
        return AnnotatedDocument(
            document=document, statements=tuple(statements), sentences=sentences, passages=passages, mentions=mentions
        )

    def interventions(self, document: Document) -> tuple[Intervention, ...]:
        """Returns the interventions of a record under its present metadata; empty for a statement or treaty."""
        if document.kind != "record":
            return ()
        return self._divided(document).interventions(document.metadata)

    def _divided(self, document: Document) -> DividedText:
        return DividedText(document.source_text, document.blocks, document.metadata, self._parties, document.file)

    def _intervention(self, record: Document, item: Intervention, number: int) -> Statement:
        span = StatementSpan(
            start=item.start, end=item.end, ordinal=number, role=item.role, named=item.named,
            summarised=item.summarised, state=item.state, interruptions=item.interruptions,
        )  # fmt: skip
        identifier = intervention_id(record.document_id, number)
        statement = Statement(statement_id=identifier, document=record, span=span, metadata=record.metadata)
        own = own_occasion(item, record.source_text)
        named = own.agenda_item or (None if item.agenda_item is None else agenda_item_in(item.agenda_item))
        # Under a heading that is not read, it is unknown.
        agenda_item = named or (record.metadata.agenda_item if item.agenda_item is None else None)
        day, kept = own.date or item.date, own.session in (None, record.metadata.session)
        metadata = replace(
            record.metadata, state=item.state, on_behalf_of=item.group, speaker=item.speaker,
            date=day or (record.metadata.date if kept else days_of_session(own.body, own.session)),
            body=own.body or record.metadata.body, session=own.session or record.metadata.session,
            title=own.title or record.metadata.title, agenda_item=agenda_item,
            language=main_language(record.source_text, statement.blocks, record.metadata.language),
        )  # fmt: skip
        if item.group is not None:
            joined = [code for code in item.states if code != item.state]
            metadata = replace(attributed(metadata, self._parties), held_by=held_together(item.group, joined))
        else:
            together = held_together(item.state, item.states)
            # In "Thailand and Mali announced", and in a section headed by both, neither speaks on behalf of the other.
            both = item.summarised or item.states[:1] == (item.state,)
            are_equal = both and behalf_phrase(item.clause) is None
            speaker = item.speaker if are_equal else joint_speaker(metadata, item.state, item.states, self._parties)
            metadata = replace(metadata, speaker=speaker, held_by=together)
        given = {"agenda_item"} if named else set()
        given |= {name for name, value in (("date", day), ("body", own.body), ("session", own.session)) if value}
        inferred = {*record.inferred} - given | (set() if day or kept else {"date"})
        return replace(statement, metadata=metadata, inferred=tuple(sorted(inferred)))

    def _split_words(
        self, statement: Statement, text: ReadableText
    ) -> tuple[tuple[Sentence, ...], tuple[Passage, ...], tuple[Mention, ...]]:
        """Splits the text of a statement; an intervention that is attributed to nobody gets no passages for search."""
        identifier, language = statement.statement_id, statement.metadata.language
        pages = statement.document.page_starts
        sentences = make_sentences(identifier, text, statement.blocks, pages, language=language)
        if statement.is_intervention and statement.metadata.state is None:
            return sentences, (), ()
        passages = make_passages(identifier, text, sentences, self._split, fits_model=self._model.fits)
        return sentences, passages, find_mentions(sentences, statement.metadata, self._parties)


def _of_covering_mail(read: ReadMetadata) -> ReadMetadata:
    """Returns what was read of a mail that covers documents: it is nobody's, unless it has a statement's title."""
    metadata = read.metadata
    if not metadata.holders or (metadata.title is not None and "state" not in read.inferred):
        return read
    return read.of_nobody().noted("a covering mail, and so nobody's: set the State if it is its position")


def _kept_but_speaker(read: ReadMetadata, stored: Document) -> ReadMetadata:
    """Returns the metadata of a stored document with what tells its speaker as read now."""
    metadata = replace(stored.metadata, **{name: getattr(read.metadata, name) for name in OF_SPEAKER})
    inferred = {*stored.inferred} - {*OF_SPEAKER} | {*read.inferred} & {*OF_SPEAKER}
    return replace(read, metadata=metadata, inferred=tuple(sorted(inferred)))


def _with_items_and_days(read: ReadMetadata, text: str, row: ManifestRow | None) -> ReadMetadata:
    """Adds the agenda items and days that a text of several speeches names; what a row of the manifest says stays."""
    item, days = items_and_days(text)
    metadata = read.metadata
    # "Item 1" and "Item 2" may be parts of a speech on another item, which its heading names.
    if item is not None and metadata.agenda_item not in (None, *item.split(", ")):
        return read
    item, days = None if row and row.agenda_item else item, None if row and row.date else days
    metadata = replace(metadata, agenda_item=item or metadata.agenda_item, date=days or metadata.date)
    inferred = tuple(name for name in read.inferred if name != "date" or days is None)
    return replace(read, metadata=metadata, inferred=inferred)


def _of_treaty(metadata: Metadata, treaty: TreatyText, row: ManifestRow | None) -> ReadMetadata:
    """Returns the metadata of a treaty's text, which nobody speaks, with a note where its articles are not linked."""
    title = (row and row.title) or treaty.title or metadata.title
    metadata = Metadata(title=title, symbol=metadata.symbol, url=metadata.url, language=metadata.language)
    problem = ""
    if not treaty.treaties:
        problem = f"no treaty that is known ({', '.join(TREATIES)}) by its title or file name"
    elif not treaty.articles:
        problem = "no heading such as 'Article 4' on a line of its own"
    problems = (f"{problem}: kept, but its articles are not linked",) if problem else ()
    return ReadMetadata(metadata=metadata, problems=problems)


def identify(document: Document, interventions: Sequence[Intervention]) -> tuple[str, str]:
    """Returns the document's id and the digest that it is cut from: a hash of text, metadata, kind and speakers."""
    speakers = [_without_unset(asdict(item), "interruptions", "date") for item in interventions]
    metadata = _without_unset(asdict(document.metadata), "held_by")
    digest = _hash([document.source_text, metadata, document.kind, *([speakers] if speakers else [])])
    return digest[:16], digest


def _without_unset(facts: dict[str, object], *later: str) -> dict[str, object]:
    """Leaves out `later` fields that are empty: older versions did not have them, and ids must stay the same."""
    return {name: value for name, value in facts.items() if value or name not in later}


def _hash(parts: Sequence[object]) -> str:
    return text_sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False))

"""Annotation: derives everything that the store keeps of a document from its loaded text.

These are its metadata, layout repairs, sentences, passages and mentions: "article 18 of the Convention" is a mention
of (UNTOC, 18). The same input gives the same ids.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain

from ingest.language.detection import main_language, with_languages
from ingest.loaders.loaded import LoadedText
from ingest.metadata.alignment import aligned_with
from ingest.metadata.corrections import (
    OF_SPEAKER,
    carry_over,
    corrected_fields,
    is_state_by_hand,
    lost_of_interventions,
    with_corrections,
    without_corrections,
)
from ingest.metadata.heading import cut_at_heading
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.metadata import (
    agenda_item_in,
    attributed,
    deliverer,
    held_together,
    joint_speaker,
    merge,
    parties_of_file_name,
    read_metadata,
)
from ingest.metadata.represented_party import behalf_phrase, is_in_national_capacity, sponsor_lists
from ingest.parties.party_table import PartyTable
from ingest.records.capacities import in_several_capacities
from ingest.records.interventions import Intervention
from ingest.records.later_titles import LaterTitle, later_titles, unsplit_titles
from ingest.records.record_detection import is_record, may_be_record, sections_of_others
from ingest.records.speaker_segmentation import cut_at_interventions, find_interventions
from ingest.report import listed
from ingest.text.footnotes import footnotes
from ingest.text.layout import cut_out, find_blocks
from ingest.text.readable import ReadableText
from ingest.text.repair import repair
from ingest.text.splitter import SplitConfig, make_passages, make_sentences
from ingest.text.whole_quotations import begins_in_lower_case
from ingest.treaties.references import find_agenda_items, find_articles
from ingest.treaties.treaties import TREATIES, find_treaties, named_treaties
from ingest.treaties.treaty_attribution import OTHER_CONVENTION, last_convention, sole_protocol
from ingest.treaties.treaty_text import TreatyText, cut_at_articles, read_treaty
from vectorstore.catalogue import Catalogue
from vectorstore.embeddings import Embedder
from vectorstore.records import (
    AnnotatedDocument,
    Block,
    Document,
    DocumentSummary,
    Mention,
    Metadata,
    Passage,
    Role,
    Sentence,
    Statement,
    StatementKind,
    StatementSpan,
    intervention_id,
    text_sha256,
)

# Part of the input key that is compared when a file is seen again: with a new number every file is annotated again, and
# only the passages whose text changed are embedded.
ANNOTATION_VERSION = 19
# The treaty that "the Convention" means in statements to a body, by the beginning of the body's name. Other bodies may
# draft a convention or discuss several, so that an article "of the Convention" gets no treaty there.
_CONVENTION_OF_BODY = {"UNTOC": "UNTOC", "UNCAC COSP": "UNCAC"}
# Precedes the hash of the parties in the input key of a record, and of a statement whose holder depends on them.
_NAMES = "~"


@dataclass(frozen=True, kw_only=True)
class InputKey:
    """The input of a statement: hashes of file, manifest row and kind (`content`), and of splitting rules (`cutting`).

    A file with an equal key is not annotated again. For a record, and if no table or only an added table knows the
    holder, the key also has a hash of the parties (`names`): one added or corrected later may change the holder.
    """

    content: str
    cutting: str
    names: str

    def __str__(self) -> str:
        return f"{self.cutting}-{self.content}"

    def with_present_rules(self, stored: str) -> str | None:
        """Returns a stored key with the present splitting rules if its content is this one's; else None."""
        forms = (self.content, f"{self.content}{_NAMES}{self.names}")
        own = without_corrections(stored)
        found = next((f"{self.cutting}-{form}" for form in forms if own.endswith(f"-{form}")), None)
        return found and with_corrections(found, corrected_fields(stored))

    def is_of_other_names(self, stored: str) -> bool:
        """Returns whether a stored key differs in the names of parties, and else at most in the splitting rules."""
        rest, _, names = without_corrections(stored).rpartition(_NAMES)
        return rest.endswith(f"-{self.content}") and names != self.names

    def is_of_same_row(self, stored: str, kind: StatementKind) -> bool:
        """Returns whether a stored key of a document of this `kind` is of the same file and row of the manifest.

        The key that an older version gave a record does not tell, and counts as such: its corrections are kept.
        """
        own, names, _ = without_corrections(stored).partition(_NAMES)
        return own.endswith(f"-{self.content}") or (kind == "record" and not names)


@dataclass(frozen=True, kw_only=True)
class UnsplitDocument:
    """A document before it is split, with a note for the user (`reason`); an equal `digest` means a duplicate."""

    document: Document
    digest: str
    input_key: str
    reason: str | None
    is_nobodys: bool = False
    """Whether its words are of several parties, and could not be split."""


@dataclass(frozen=True, kw_only=True)
class RenewedDocument:
    """A stored document as annotated by this version; States that a person set for the `unset` speakers are lost."""

    annotated: AnnotatedDocument
    digest: str
    input_key: str
    unset: tuple[str, ...] = ()


class Annotator:
    """Derives from a text everything that the store keeps of it; the same input gives the same ids."""

    def __init__(
        self, parties: PartyTable, split: SplitConfig, model: Embedder, languages: Sequence[str] = ("en",)
    ) -> None:
        """Sets the parties, the splitting and the model that passages have to fit, which knows the `languages`."""
        self._parties, self._split, self._model, self._languages = parties, split, model, languages
        self._names = _hash([parties.fingerprint])[:16]
        self._cutting = _hash([ANNOTATION_VERSION, split.model_dump()])[:16]

    def input_key(self, loaded: LoadedText, row: ManifestRow | None, kind: StatementKind) -> InputKey:
        """Returns hashes of everything that a statement is made from."""
        cells = None if row is None else row.model_dump(exclude={"line"})
        # The same cell is a new input once a table of parties knows the State that it names.
        known = () if row is None or row.state is None else self._parties.resolve(row.state).codes
        content: list[object] = [loaded.sha256, cells, list(known), kind]
        if loaded.incomplete:
            # Makes the key differ from that of the complete file, so that the rest is read once it can be.
            content.append("incomplete")
        return InputKey(content=_hash(content), cutting=self._cutting, names=self._names)

    def is_current(self, input_key: str) -> bool:
        """Returns whether a stored statement was annotated by this version with the present splitting rules."""
        return input_key.startswith(f"{self._cutting}-")

    def renew(self, document: Document, statements: Sequence[Statement], input_key: str) -> RenewedDocument:
        """Annotates a stored document again under its stored metadata, a person's corrections among them.

        A State that a person set on one of the `statements`, or took from it, is kept for an overlapping intervention
        of the same speaker, read as the same party.
        """
        fresh = with_fresh_blocks(document, corrected_fields(input_key))
        identifier, digest = identify(fresh, self.interventions(fresh))
        annotated = self.annotate(replace(fresh, document_id=identifier))
        stored, renewed = [item for item in statements if item.is_intervention], [*annotated.statements]
        for at, item in enumerate(annotated.statements):
            # The same speaker at the same place: perhaps one intervention that two versions cut differently.
            alike = (old for old in stored if (old.span.named, old.span.state) == (item.span.named, item.span.state))
            before = [old for old in alike if _overlap(old.span, item.span)]
            if all(map(is_state_by_hand, before)) and len(states := {old.metadata.state for old in before}) == 1:
                role: Role = "unknown" if states == {None} else "party"
                by_hand = {name: getattr(before[0].metadata, name) for name in OF_SPEAKER}
                metadata, span = replace(item.metadata, **by_hand), replace(item.span, role=role)
                renewed[at] = replace(item, metadata=metadata, span=span)
        if renewed != [*annotated.statements]:
            annotated = self._split_all(annotated.document, renewed)
        lost = [
            old.span.named
            for old in filter(is_state_by_hand, stored)
            if not any(item.metadata.state == old.metadata.state and _overlap(old.span, item.span) for item in renewed)
        ]
        unset = tuple(dict.fromkeys(named for named in lost if named is not None))
        input_key = f"{self._cutting}-{input_key.partition('-')[2]}"
        return RenewedDocument(annotated=annotated, digest=digest, input_key=input_key, unset=unset)

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
        blocks = find_blocks(loaded.text)
        cells = row or ManifestRow(file=file)
        chosen, is_kind_given = cells.kind or kind, cells.kind is not None
        # Nobody speaks in a treaty, so no party is looked for.
        read = read_metadata(loaded.text, blocks, None if chosen == "treaty" else self._parties, file)
        merged = merge(read, row, self._parties)
        metadata, problems, inferred = merged.metadata, merged.problems, merged.inferred
        if stored is not None:
            metadata = replace(stored.metadata, **{name: getattr(metadata, name) for name in OF_SPEAKER})
            kept = {name for name in stored.inferred if name not in OF_SPEAKER}
            inferred = tuple(sorted(kept.union(name for name in inferred if name in OF_SPEAKER)))
        blocks = with_languages(loaded.text, blocks, metadata.language)
        unnamed = chosen == "statement" and not is_kind_given and cells.state is None
        titles = later_titles(loaded.text, blocks, self._parties) if unnamed and metadata.holders else ()
        if translated := [repr(title.words) for title in titles if title.begins_translation]:
            problems = (*problems, f"perhaps in two languages, and all of it one party's: {listed(translated)}")
        titles = tuple(title for title in titles if not title.begins_translation)
        may_be = unnamed and (bool(titles) or may_be_record(loaded.text))
        found = self._interventions(loaded.text, blocks, metadata) if may_be or chosen == "record" else ()
        named = metadata.state is not None and metadata.on_behalf_of is None and "state" not in inferred
        several = unnamed and is_record(found, loaded.text, named=named)
        told = self._words_of_others(metadata, titles, found, several=several, may_be=may_be)
        if told is not None:
            # Too few sections were found for a record, but attributing all of them to one party would be wrong.
            several, problems = False, (*problems, told)
            metadata = replace(metadata, state=None, on_behalf_of=None, speaker=None, held_by=None)
            inferred = tuple(name for name in inferred if name not in OF_SPEAKER)
        speaker = group = None
        may_be_in_several = metadata.on_behalf_of or is_in_national_capacity(loaded.text)
        if not (several or is_kind_given) and chosen == "statement" and may_be_in_several:
            # What the manifest row says about the speaker and the group spoken for is kept.
            of_state = len(self._parties.resolve(cells.state or "", "state").codes) == 1
            speaker = metadata.speaker if cells.speaker or of_state else None
            group = metadata.on_behalf_of if cells.on_behalf_of or (row is not None and not of_state) else None
            given = replace(metadata, speaker=speaker, on_behalf_of=group)
            several = bool(in_several_capacities(loaded.text, blocks, self._parties, given))
        if chosen == "record" or several:
            chosen = "record"
            # A record has several speakers: its text must not be attributed to the one that a heading names.
            metadata = replace(metadata, state=None, on_behalf_of=group, speaker=speaker, held_by=None)
            inferred = tuple(name for name in inferred if name not in ("state", "speaker"))
            found = self._parts(loaded.text, blocks, metadata, found)
            problems = (*(each for each in problems if each not in read.problems), record_report(found, loaded.text))
        else:
            found = ()
        held = dict.fromkeys(code for code in (metadata.on_behalf_of, *(item.group for item in found)) if code)
        if unknown := [repr(code) for code in held if self._parties.get(code) is None]:
            problems = (*problems, f"held by a group that no lookup knows: {listed(unknown)} (add it to parties.csv)")
        if chosen == "treaty":
            treaty = read_treaty(loaded.text, blocks, file)
            title = cells.title or treaty.title or metadata.title
            metadata = Metadata(title=title, symbol=metadata.symbol, url=metadata.url, language=metadata.language)
            problems, inferred = _treaty_problems(treaty), ()
        document = Document(
            document_id="", file=file, sha256=loaded.sha256, source_text=loaded.text, metadata=metadata, kind=chosen,
            inferred=inferred, page_starts=loaded.page_starts, blocks=blocks, scanned=loaded.scanned,
        )  # fmt: skip
        identifier, digest = identify(document, found)
        document, notes = replace(document, document_id=identifier), (*loaded.notes, *problems, *self._unread(document))
        known = [self._parties.get(code) is not None for code in metadata.holders]
        named_in = (*metadata.holders, metadata.on_behalf_of, metadata.speaker)
        by_names = any(code in self._parties.added for code in named_in)
        if chosen == "record" or (chosen == "statement" and (by_names or not (known and all(known)))):
            input_key = f"{input_key}{_NAMES}{self._names}"
        reason = "; ".join(notes) or None
        return UnsplitDocument(
            document=document, digest=digest, input_key=input_key, reason=reason, is_nobodys=told is not None
        )

    def with_corrections_of(
        self,
        held: DocumentSummary,
        unsplit: UnsplitDocument,
        row: ManifestRow | None,
        kind: StatementKind,
        catalogue: Catalogue,
        *,
        renews: bool = False,
    ) -> UnsplitDocument:
        """Carries the corrections by hand of a document over to its changed file, and reports those that are lost.

        What becomes of the States set on its interventions is left to `renew` where the caller `renews` it.
        """
        names = corrected_fields(held.input_key)
        old = catalogue.document(held.document_id) if names or held.interventions else None
        if old is None:
            return unsplit
        same = LoadedText(text=old.source_text, sha256=held.sha256)
        known = self.input_key(same, row, kind).is_of_same_row(held.input_key, held.kind)
        cells = {} if known or row is None else row.model_dump(exclude_none=True)
        before = self.read(same, row, file=held.file, kind=kind, input_key="").document.metadata
        carried = partial(carry_over, names, old, before, unsplit.document, cells)
        metadata, kept, lost = carried(nobodys=unsplit.is_nobodys)
        is_kind_given = row is not None and row.kind is not None
        if metadata.holders != unsplit.document.metadata.holders and not is_kind_given:
            document = unsplit.document
            text, blocks = document.source_text, document.blocks
            titles = [each for each in later_titles(text, blocks, self._parties) if not each.begins_translation]
            may_be = bool(titles) or may_be_record(text)
            found = self._interventions(text, blocks, metadata) if may_be else ()
            # One section is the whole text, whose heading a person corrected.
            found = found if len(found) > 1 else ()
            told = self._words_of_others(metadata, titles, found, several=False, may_be=may_be)
            if told is not None:
                metadata, kept, lost = carried(nobodys=True)
                lost = (*lost, told)
        inferred = tuple(name for name in unsplit.document.inferred if name not in kept)
        document = replace(unsplit.document, metadata=metadata, inferred=inferred)
        identifier, digest = identify(document, self.interventions(document))
        if digest != held.digest and not renews:
            lost += lost_of_interventions(catalogue.statements_of(old))
        notes = [f"lost with the file as it was: {'; '.join(lost)}"] if lost else []
        own = unsplit.input_key
        own = own if set(OF_SPEAKER).isdisjoint(kept) else key_of_held(own, document.kind)
        return replace(
            unsplit, document=replace(document, document_id=identifier), digest=digest,
            input_key=with_corrections(own, kept),
            reason="; ".join(filter(None, (unsplit.reason, *notes))) or None,
        )  # fmt: skip

    def _words_of_others(
        self,
        metadata: Metadata,
        titles: Sequence[LaterTitle],
        found: Sequence[Intervention],
        *,
        several: bool,
        may_be: bool,
    ) -> str | None:
        """Returns a note on what a text says under titles of others that it is not split at, or as other parties."""
        _, delivers = deliverer(metadata.speaker or "", self._parties)
        unsplit = unsplit_titles(found if several else (), titles, {*metadata.holders, delivers or ""})
        is_one = may_be and metadata.holders and (unsplit or not several)
        others = sections_of_others(found, set(metadata.holders)) if is_one else ()
        if not (unsplit or others):
            return None
        whose = ", ".join(map(self._parties.display, (*metadata.holders, *others)))
        inside = ", ".join(repr(title.words) for title in unsplit)
        told = [f"sections of {whose}"] * bool(others) + [f"further statements inside ({inside})"] * bool(unsplit)
        return f"{', '.join(told)}, and so nobody's: say kind=record or kind=statement"

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
            blocks = cut_out(text, blocks, sponsor_lists(text, self._parties, document.metadata.language))
        if document.kind != "treaty":
            blocks = cut_out(text, blocks, footnotes(text, blocks))
        parties = [code for item in found for code in (item.state, item.group)]
        parties = parties or [document.metadata.state, document.metadata.on_behalf_of]
        # The repair does not split these words of parties' names.
        names = frozenset(word for code in parties if code for word in self._parties.display(code).split())
        edits = repair(text, blocks, language=document.metadata.language, names=names)
        document = replace(document, blocks=blocks, edits=edits)
        statements = [self._intervention(document, item, number) for number, item in enumerate(found, start=1)]
        annotated = self._split_all(document, statements or [document.as_statement()])
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

    def annotate_statement(self, statement: Statement) -> AnnotatedDocument:
        """Splits a single intervention of a stored record under its present metadata."""
        return self._split_all(statement.document, [statement])

    def _split_all(self, document: Document, statements: Sequence[Statement]) -> AnnotatedDocument:
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
        return self._parts(document.source_text, document.blocks, document.metadata)

    def _parts(
        self, text: str, blocks: Sequence[Block], metadata: Metadata, found: tuple[Intervention, ...] = ()
    ) -> tuple[Intervention, ...]:
        """Returns the interventions of a record; of a single speaker, whom one heading may name, those by capacity.

        A President's words around a delegate's "in my national capacity" are neither the group's nor the State's.
        """
        found = found or self._interventions(text, blocks, metadata)
        if is_record(found, text) or len({item.named for item in found}) > 1:
            return found
        return in_several_capacities(text, blocks, self._parties, metadata) or found

    def _interventions(self, text: str, blocks: Sequence[Block], metadata: Metadata) -> tuple[Intervention, ...]:
        return find_interventions(text, blocks, self._parties, language=metadata.language, date=metadata.date)

    def _intervention(self, record: Document, item: Intervention, number: int) -> Statement:
        span = StatementSpan(
            start=item.start, end=item.end, ordinal=number, role=item.role, named=item.named,
            summarised=item.summarised, state=item.state, interruptions=item.interruptions,
        )  # fmt: skip
        identifier = intervention_id(record.document_id, number)
        statement = Statement(statement_id=identifier, document=record, span=span, metadata=record.metadata)
        named = None if item.agenda_item is None else agenda_item_in(item.agenda_item)
        metadata = replace(
            record.metadata, state=item.state, on_behalf_of=item.group, speaker=item.speaker,
            agenda_item=named or record.metadata.agenda_item,
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
        inferred = tuple(name for name in record.inferred if not (name == "agenda_item" and named))
        return replace(statement, metadata=metadata, inferred=inferred)

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


def find_mentions(sentences: Sequence[Sentence], metadata: Metadata, parties: PartyTable) -> tuple[Mention, ...]:
    """Finds the mentions in each sentence: agenda items, treaties, articles, and groups that its speaker aligns with.

    A named treaty gives a mention without an article, even if an article of it is mentioned as well.
    """
    default = _convention_of(metadata)
    # The convention that an earlier sentence names last, meant by "article 30 of the Convention".
    named_before: str | None = None
    # A group's statement mentions the alignment of its members with this same statement, not its own with another.
    of_state = metadata.on_behalf_of is None
    # The one Protocol that the title or an earlier sentence names, meant by "article 16 of the Protocol".
    protocol = sole_protocol(metadata.title or "")
    found: dict[Mention, None] = {}
    for sentence in sentences:
        mention = partial(Mention, sentence=sentence.sentence_id)
        named = [mention(kind="agenda_item", value=item.item) for item in find_agenda_items(sentence.text)]
        by_name = {match.treaty for match in find_treaties(sentence.text)}
        for code in named_treaties(sentence.text):
            named.append(mention(kind="treaty" if code in by_name else "thereto", treaty=code))
        if of_state:
            groups = aligned_with(sentence.text, metadata.state, parties, metadata.language)
            named += [mention(kind="alignment", value=group) for group in groups]
        for each in find_articles(sentence.text, default, protocol=protocol, named_before=named_before):
            if each.unnamed or each.treaty is not None:
                named.append(mention(kind="article", treaty=each.treaty, value=each.article, paragraph=each.paragraph))
        last = last_convention(sentence.text)
        # "Committee to Elaborate a Convention" in a heading does not tell which convention a later article belongs to.
        if last is not None and (sentence.paragraph is not None or last != OTHER_CONVENTION):
            named_before = last
        protocol = sole_protocol(sentence.text) or protocol
        found |= dict.fromkeys(named)
    return tuple(found)


def _convention_of(metadata: Metadata) -> str | None:
    """Returns the treaty that "the Convention" means by body or title, before the text names one; None if unknown."""
    body = metadata.body or ""
    own = next((treaty for begins, treaty in _CONVENTION_OF_BODY.items() if body.startswith(begins)), None)
    return own or last_convention(metadata.title or "")


def _treaty_problems(treaty: TreatyText) -> tuple[str, ...]:
    known = ", ".join(TREATIES)
    if not treaty.treaties:
        return (f"no treaty that is known ({known}) by its title or file name: kept, but its articles are not linked",)
    if not treaty.articles:
        return ("no heading such as 'Article 4' on a line of its own: kept, but its articles are not linked",)
    return ()


def with_fresh_blocks(document: Document, corrected: Collection[str]) -> Document:
    """Returns a document with its blocks found anew, in their languages, and without edits.

    Blocks without a language of their own are in that of the document, which a person may have `corrected`.
    """
    text = document.source_text
    blocks = with_languages(text, find_blocks(text), document.metadata.language, is_corrected="language" in corrected)
    return replace(document, blocks=blocks, edits=())


def key_of_held(input_key: str, kind: StatementKind) -> str:
    """Returns the input key of a document that a person attributed: names added later must not change a statement."""
    own = input_key if kind == "record" else input_key.partition(_NAMES)[0]
    return with_corrections(own, corrected_fields(input_key))


def identify(document: Document, interventions: Sequence[Intervention] = ()) -> tuple[str, str]:
    """Returns the document's id and the digest that it is cut from: a hash of text, metadata, kind and speakers."""
    speakers = [_without_unset(asdict(item), "interruptions") for item in interventions]
    metadata = _without_unset(asdict(document.metadata), "held_by")
    digest = _hash([document.source_text, metadata, document.kind, *([speakers] if speakers else [])])
    return digest[:16], digest


def _overlap(one: StatementSpan, other: StatementSpan) -> bool:
    return one.start < other.end and other.start < one.end


def _without_unset(facts: dict[str, object], *later: str) -> dict[str, object]:
    """Leaves out `later` fields that are empty: older versions did not have them, and ids must stay the same."""
    return {name: value for name, value in facts.items() if value or name not in later}


def record_report(interventions: Sequence[Intervention], text: str) -> str:
    """Returns a line on a record: who speaks, which speakers are unknown, and whose first words may be missing."""
    if not interventions:
        return "a record in which no speaker was found: kept, but attributed to nobody"
    counts = Counter(item.group or item.state for item in interventions if item.role == "party")
    known = ", ".join(f"{code} {count}" if count > 1 else str(code) for code, count in counts.items())
    many = f"{len(interventions)} intervention{'s' if len(interventions) > 1 else ''}"
    parts = [f"a record of {many}" + (f": {known}" if known else "")]
    if offices := sum(item.role == "office" for item in interventions):
        parts.append(f"Chair or Secretariat {offices}, nobody's position")
    if reasons := list(dict.fromkeys(item.reason for item in interventions if item.reason)):
        parts.append(f"attributed to nobody: {listed(reasons)} (set their States, or add names to parties.csv)")
    with_own_words = (item for item in interventions if item.role == "party" and not item.summarised)
    if cut := [item.named for item in with_own_words if begins_in_lower_case(text[item.start : item.end])]:
        parts.append(f"begins in lower case, so that words may be missing: {listed(cut)}")
    return "; ".join(parts)


def _hash(parts: Sequence[object]) -> str:
    return text_sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False))

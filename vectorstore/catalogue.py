"""The catalogue: the record of statements, sentences and passages, and the scope filters over it.

Everything else in the store can be rebuilt from it. Offsets count characters of `source_text`.
"""

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, bindparam, func, select, tuple_

from vectorstore.caches import kept_by_generation
from vectorstore.database import PASSAGES_KEPT, STORE_ID, Database
from vectorstore.fts_query import any_word_query, phrase_query, prefix_query, unordered_query
from vectorstore.health import CatalogueHealth
from vectorstore.records import (
    AnnotatedDocument,
    Document,
    DocumentSummary,
    Mention,
    MentionKind,
    Metadata,
    Passage,
    ScopeFilter,
    Sentence,
    SentenceId,
    Statement,
    StatementSummary,
    UnreadableFile,
    text_key,
)
from vectorstore.rows import (
    DOCUMENT,
    DOCUMENT_SUMMARY,
    PASSAGE,
    PASSAGE_FIELDS,
    SELECT_SUMMARIES,
    SENTENCE,
    SENTENCE_FIELDS,
    STATEMENT,
    SUMMARY,
    Languages,
    bump_generation,
    cells,
    conditions,
    document_row,
    increment,
    is_in_scope,
    put,
    scope_values,
    select_scope,
    statement_row,
    which_passages,
)
from vectorstore.schema import (
    DOCUMENTS,
    MENTIONS,
    PASSAGES,
    REVIEWS,
    SENTENCES,
    STATEMENTS,
    TRACES,
    UNREADABLE,
    is_among,
)
from vectorstore.vectors import Vectors
from vectorstore.version_links import FamilyTables

# SQL statements that run many times for each question: built once, they stay compiled.
_DOCUMENTS: Final = select(*DOCUMENT.columns)
_DOCUMENTS_BY_ID: Final = _DOCUMENTS.where(is_among(DOCUMENTS.c.document_id, "document_ids"))
_DOCUMENT_SUMMARIES: Final = select(*DOCUMENT_SUMMARY.columns)
_STATEMENTS: Final = select(STATEMENTS.c.document_id, *STATEMENT.columns)
_STATEMENTS_BY_ID: Final = _STATEMENTS.where(is_among(STATEMENTS.c.statement_id, "statement_ids"))
_SENTENCE_KEY: Final = (SENTENCES.c.statement_id, SENTENCES.c.ordinal)
_SENTENCES: Final = select(*SENTENCE.columns)
_SENTENCES_OF: Final = _SENTENCES.where(is_among(SENTENCES.c.statement_id, "statement_ids")).order_by(*_SENTENCE_KEY)
_SENTENCES_BY_ID: Final = _SENTENCES.where(tuple_(*_SENTENCE_KEY).in_(bindparam("ids", expanding=True)))
_PASSAGES: Final = select(*PASSAGE.columns)
_PASSAGES_BY_ID: Final = _PASSAGES.where(*conditions(("passage_ids",)))
_IN_ORDER: Final = (PASSAGES.c.statement_id, PASSAGES.c.ordinal)
_PASSAGES_OF: Final = _PASSAGES.where(*conditions(("statement_ids",))).order_by(*_IN_ORDER)
_METADATA: Final = TypeAdapter(Metadata)
# Most statements whose sentences are cached, beyond those of the current call.
_SENTENCES_KEPT: Final = 256


class Catalogue:
    """The record of the store's contents, kept in `database`."""

    def __init__(self, source: Path | str, *, read_only: bool = False, create: bool = True) -> None:
        """Opens the record in a SQLite file, or in the PostgreSQL database of a URL; see `Database`."""
        self.database = Database(source, read_only=read_only, create=create)
        self.meta, self.set_meta, self._full_text = self.database.meta, self.database.set_meta, self.database.full_text
        self.snapshot, self.held_snapshot = self.database.snapshot, self.database.held_snapshot
        # Cache of sentences: the generation at which they were read, and the sentences by statement id.
        self._sentences: tuple[int, dict[str, tuple[Sentence, ...]]] = (-1, {})
        self._all_summaries = kept_by_generation(partial(self._summaries, ScopeFilter()))
        self.vectors = Vectors(self.database)
        self.families = FamilyTables(self.database)
        self.health = CatalogueHealth(self.database)

    def close(self) -> None:
        """Closes all connections to the database."""
        self.database.close()

    @property
    def store_id(self) -> str:
        """The id that distinguishes this store from others on the same servers."""
        return str(self.meta(STORE_ID))

    @property
    def generation(self) -> int:
        """A number that grows with every change of the passages."""
        return int(self.meta("generation") or 0)

    def count_passages(self) -> int:
        """Returns the number of passages in the store."""
        return int(self.meta(PASSAGES_KEPT) or 0)

    def documents(self) -> tuple[DocumentSummary, ...]:
        """Returns all documents of all kinds without their texts, by State and date."""
        by_state = (DOCUMENTS.c.state.nulls_first(), DOCUMENTS.c.date.nulls_first())
        found = _DOCUMENT_SUMMARIES.order_by(*by_state, DOCUMENTS.c.file, DOCUMENTS.c.document_id)
        return tuple(map(DOCUMENT_SUMMARY.read, self.database.rows(found)))

    def document_summary(self, document_id: str) -> DocumentSummary | None:
        """Returns one document without its text, or None."""
        rows = self.database.rows(_DOCUMENT_SUMMARIES.where(DOCUMENTS.c.document_id == document_id))
        return next(map(DOCUMENT_SUMMARY.read, rows), None)

    def documents_of_file(self, file: str) -> tuple[Document, ...]:
        """Returns the documents that came from files of this name, whatever their folder."""
        return tuple(map(DOCUMENT.read, self.database.rows(_DOCUMENTS.where(DOCUMENTS.c.file == file))))

    def summaries(self, scope: ScopeFilter) -> tuple[StatementSummary, ...]:
        """Returns the statements in scope without their texts, by State and date.

        The summaries of all statements, which each list of States needs, are cached until the next counted write.
        """
        # In a snapshot, so that what is cached is of the moment whose number is its key; `sentences_of` likewise.
        with self.snapshot():
            return self._all_summaries(self.database.writes) if scope == ScopeFilter() else self._summaries(scope)

    def _summaries(self, scope: ScopeFilter) -> tuple[StatementSummary, ...]:
        values = scope_values(scope)
        summaries = map(SUMMARY.read, self.database.rows(select_scope(tuple(values)), values))
        # Sorted here, since for an ORDER BY SQLite would go through all statements.
        return tuple(sorted((each for each in summaries if is_in_scope(each.metadata, scope)), key=_sort_key))

    def summaries_of(self, document_id: str) -> tuple[StatementSummary, ...]:
        """Returns the statements of a document in order; for a record all interventions, even those of its Chair."""
        found = SELECT_SUMMARIES.where(STATEMENTS.c.document_id == document_id).order_by(STATEMENTS.c.ordinal)
        return tuple(map(SUMMARY.read, self.database.rows(found)))

    def is_empty(self) -> bool:
        """Returns whether no statement or record is stored; texts of treaties do not count."""
        return not self.database.rows(select(DOCUMENTS.c.kind).where(DOCUMENTS.c.kind != "treaty").limit(1))

    def document(self, document_id: str) -> Document | None:
        """Returns one document with its text, or None."""
        return self._documents_by_id([document_id]).get(document_id)

    def _documents_by_id(self, document_ids: Collection[str]) -> dict[str, Document]:
        rows = self.database.rows(_DOCUMENTS_BY_ID, {"document_ids": document_ids})
        return {document.document_id: document for document in map(DOCUMENT.read, rows)}

    def statement(self, statement_id: str) -> Statement | None:
        """Returns one statement with its document, or None."""
        return self.statements([statement_id]).get(statement_id)

    def statements(self, statement_ids: Collection[str]) -> dict[str, Statement]:
        """Returns the statements of these ids that exist, in their order; those of one document share it."""
        rows = self.database.rows(_STATEMENTS_BY_ID, {"statement_ids": statement_ids})
        documents = self._documents_by_id(list(dict.fromkeys(row[0] for row in rows)))
        found = {row[1]: STATEMENT.read(row[1:], document=documents[row[0]]) for row in rows if row[0] in documents}
        return {identifier: found[identifier] for identifier in statement_ids if identifier in found}

    def statements_of(self, document: Document) -> tuple[Statement, ...]:
        """Returns the statements of a document in order."""
        own = STATEMENTS.c.document_id == document.document_id
        rows = self.database.rows(_STATEMENTS.where(own).order_by(STATEMENTS.c.ordinal))
        return tuple(STATEMENT.read(row[1:], document=document) for row in rows)

    def store(
        self,
        annotated: AnnotatedDocument,
        *,
        folder: str,
        digest: str,
        input_key: str,
        replaces: str | None = None,
    ) -> None:
        """Stores a document with all that was derived from it, in one transaction, in place of one with the same id.

        For `folder`, `digest` and `input_key` see `DocumentSummary`; `replaces` names an older version to delete.
        """
        document = annotated.document
        with self.database.transaction() as connection:
            if replaces is not None:
                self._delete_document(connection, replaces)
            self._delete_document(connection, document.document_id)
            row = document_row(document, folder=folder, digest=digest, input_key=input_key)
            connection.execute(DOCUMENTS.insert(), row)
            self._insert_derived(connection, annotated)

    def store_intervention(self, annotated: AnnotatedDocument) -> None:
        """Stores or replaces one statement of a document, with all that was derived from it; the others stay."""
        with self.database.transaction() as connection:
            own = [statement.statement_id for statement in annotated.statements]
            self._delete_statements(connection, STATEMENTS.c.statement_id.in_(own))
            self._insert_derived(connection, annotated)

    def _insert_derived(self, connection: Connection, annotated: AnnotatedDocument) -> None:
        if annotated.statements:
            connection.execute(STATEMENTS.insert(), list(map(statement_row, annotated.statements)))
        if annotated.sentences:
            connection.execute(SENTENCES.insert(), [cells(each, SENTENCE_FIELDS) for each in annotated.sentences])
        if annotated.mentions:
            first = _next_number(connection, MENTIONS)
            rows = [
                {"mention": number, "statement_id": mention.sentence.statement_id, "ordinal": mention.sentence.ordinal}
                | cells(mention, ("kind", "treaty", "value", "paragraph"))
                for number, mention in enumerate(annotated.mentions, first)
            ]
            connection.execute(MENTIONS.insert(), rows)
        if annotated.passages:
            numbered = list(enumerate(annotated.passages, _next_number(connection, PASSAGES)))
            rows = [
                cells(passage, PASSAGE_FIELDS) | {"passage": number, "text_key": text_key(passage.text)}
                for number, passage in numbered
            ]
            connection.execute(PASSAGES.insert(), rows)
            self._full_text.add(connection, [(number, passage.text) for number, passage in numbered])
            increment(connection, PASSAGES_KEPT, len(numbered))
        bump_generation(connection)

    def _delete_statements(self, connection: Connection, which: ColumnElement[bool]) -> None:
        """Deletes statements with their sentences, passages and lexical entries; vectors stay, by text key."""
        passages = select(PASSAGES.c.passage).join(STATEMENTS).where(which)
        increment(connection, PASSAGES_KEPT, -len(connection.scalars(passages).all()))
        self._full_text.remove(connection, passages)
        connection.execute(STATEMENTS.delete().where(which))

    def _delete_document(self, connection: Connection, document_id: str) -> None:
        self._delete_statements(connection, STATEMENTS.c.document_id == document_id)
        connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.document_id == document_id))

    def remove(self, document_id: str) -> None:
        """Removes a document and all that was derived from it."""
        with self.database.transaction() as connection:
            self._delete_document(connection, document_id)
            bump_generation(connection)

    def touch(self, document_id: str, **values: str) -> None:
        """Records with which `file`, `folder`, `sha256` or `input_key` a document was last ingested."""
        with self.database.transaction() as connection:
            own = DOCUMENTS.update().where(DOCUMENTS.c.document_id == document_id)
            connection.execute(own.values(**values))

    def move_folder(self, folder: str, to: str) -> None:
        """Assigns a folder's documents and unreadable files to another folder, except files that it has already."""
        with self.database.transaction() as connection:
            for table in (DOCUMENTS, UNREADABLE):
                there = select(table.c.file).where(table.c.folder == to)
                moved = table.update().where(table.c.folder == folder, table.c.file.not_in(there))
                connection.execute(moved.values(folder=to))

    def sentences(self, statement_id: str) -> tuple[Sentence, ...]:
        """Returns the sentences of a statement in order."""
        return self.sentences_of([statement_id])[statement_id]

    def sentences_of(self, statement_ids: Collection[str]) -> dict[str, tuple[Sentence, ...]]:
        """Returns the sentences of each of these statements in order.

        They are cached, since a question reads them repeatedly: above `_SENTENCES_KEPT`, those of the last call.
        """
        with self.snapshot():
            generation = self.generation
            read_at, known = self._sentences
            kept = known if read_at == generation else {}
            new = [identifier for identifier in dict.fromkeys(statement_ids) if identifier not in kept]
            if new:
                if len(kept) + len(new) > _SENTENCES_KEPT:
                    kept = {key: kept[key] for key in statement_ids if key in kept}
                read = {key: list[Sentence]() for key in new}
                for sentence in map(SENTENCE.read, self.database.rows(_SENTENCES_OF, {"statement_ids": new})):
                    read[sentence.statement_id].append(sentence)
                kept = kept | {key: tuple(own) for key, own in read.items()}
                self._sentences = generation, kept
            return {identifier: kept[identifier] for identifier in statement_ids}

    def sentences_by_id(self, sentence_ids: Collection[SentenceId]) -> dict[SentenceId, Sentence]:
        """Returns the sentences of these ids that exist."""
        ids = [(identifier.statement_id, identifier.ordinal) for identifier in sentence_ids]
        rows = self.database.rows(_SENTENCES_BY_ID, {"ids": ids})
        return {sentence.sentence_id: sentence for sentence in map(SENTENCE.read, rows)}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Returns the passages of these ids that exist."""
        rows = self.database.rows(_PASSAGES_BY_ID, {"passage_ids": passage_ids})
        return {passage.passage_id: passage for passage in map(PASSAGE.read, rows)}

    def passages_among(
        self, passage_ids: Sequence[str], statement_ids: Sequence[str], languages: Languages = None
    ) -> frozenset[str]:
        """Returns which of these passages belong to these statements and languages; None means any language."""
        within = which_passages(statement_ids, languages)
        rows = self.database.rows(_passage_ids((*within, "passage_ids")), {"passage_ids": passage_ids, **within})
        return frozenset(str(row[0]) for row in rows)

    def passages_of(self, statement_ids: Sequence[str]) -> tuple[Passage, ...]:
        """Returns the passages of these statements, in order."""
        return tuple(map(PASSAGE.read, self.database.rows(_PASSAGES_OF, {"statement_ids": statement_ids})))

    def count_passages_of(self, statement_ids: Sequence[str], languages: Languages = None) -> int:
        """Returns how many passages these statements have in these languages; None means any language."""
        within = which_passages(statement_ids, languages)
        return int(self.database.value(_count(tuple(within)), within))

    def passage_ids(self, statement_ids: Sequence[str] | None = None) -> dict[str, str]:
        """Returns the statement id of every passage id.

        Passages of given statements are ordered by statement id and ordinal, all passages by their numbers.
        """
        within = which_passages(statement_ids)
        rows = self.database.rows(_passage_ids(tuple(within)), within)
        return {str(passage): str(statement) for passage, statement in rows}

    def mentions(
        self, statement_ids: Sequence[str], kind: MentionKind, treaty: str | None = None, values: Sequence[str] = ()
    ) -> tuple[Mention, ...]:
        """Returns the mentions of a kind in these statements; `values` are articles, items or groups, empty for all.

        The treaty None stands for articles of a convention that is not named, and for kinds without a treaty.
        """
        wanted: dict[str, object] = {"statement_ids": statement_ids, "kind": kind}
        wanted |= {"treaty": treaty} if treaty is not None else {}
        wanted |= {"values": values} if values else {}
        rows = self.database.rows(_mentions(tuple(wanted)), wanted)
        return tuple(
            Mention(sentence=SentenceId(statement, ordinal), kind=kind, treaty=code, value=value, paragraph=paragraph)
            for statement, ordinal, kind, code, value, paragraph in rows
        )

    def search_lexical(
        self,
        topic: str,
        statement_ids: Sequence[str] | None,
        k: int,
        languages: Languages = None,
        terms: Sequence[str] = (),
    ) -> tuple[tuple[str, float], ...]:
        """Returns up to k (passage id, score) that have any word of a topic, best first; a higher score is better.

        Further `terms` for the topic, such as synonyms, are searched as whole phrases.

        The score is Okapi BM25 with FTS5's constants k1 = 1.2, b = 0.75, sign turned. A topic without words, such as
        "?!", finds nothing.

        Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
        """
        query = any_word_query(topic)
        if not query:
            return ()
        query = [*query, *(phrase for term in terms for phrase in phrase_query(term))]
        with self.database.reading() as connection:
            return tuple(self._full_text.search(connection, query, which_passages(statement_ids, languages), k))

    def document_frequency(self, term: str) -> int:
        """Returns how many passages of the store have a word that begins with a term, such as a stem."""
        with self.database.reading() as connection:
            return self._full_text.count(connection, prefix_query(term))

    def statements_with(self, *terms: str, among: Sequence[str] | None = None) -> frozenset[str]:
        """Returns the ids of statements that contain any of these terms, with its words in any order and inflection."""
        query = [part for term in terms for part in unordered_query(term)]
        with self.database.reading() as connection:
            return self._full_text.statements(connection, query, which_passages(among))

    def unreadable(self, folder: str | None = None) -> tuple[UnreadableFile, ...]:
        """Returns the files, of one folder or of all, that the last ingest of their folder could not read, by name."""
        found = select(*(UNREADABLE.c[name] for name in ("file", "reason", "metadata", "pages")))
        if folder is not None:
            found = found.where(UNREADABLE.c.folder == folder)
        rows = self.database.rows(found.order_by(UNREADABLE.c.file))
        return tuple(
            UnreadableFile(file=str(file), reason=str(reason), metadata=_METADATA.validate_json(known), pages=pages)
            for file, reason, known, pages in rows
        )

    def record_unreadable(self, folder: str, *, failed: Sequence[UnreadableFile], read: Iterable[str] | None) -> None:
        """Records the files of a folder that could not be read, each once, and deletes the entries of those `read` now.

        If `read` is None, the whole folder was ingested, and all of its older entries are deleted.
        """
        with self.database.transaction() as connection:
            outdated = UNREADABLE.c.folder == folder
            if read is not None:
                outdated = and_(outdated, is_among(UNREADABLE.c.file, "files"))
            connection.execute(UNREADABLE.delete().where(outdated), {} if read is None else {"files": tuple(read)})
            rows = [
                {"folder": folder, "metadata": json.dumps(asdict(each.metadata))}
                | cells(each, ("file", "reason", "pages"))
                for each in failed
            ]
            put(connection, UNREADABLE, rows)

    def forget_unreadable(self, above: Path) -> None:
        """Deletes the entries of wholly unreadable files in the folders below `above`."""
        with self.database.transaction() as connection:
            path = f"{above}{os.sep}"
            # Not by LIKE, for which capitals make no difference in SQLite.
            below = func.substr(UNREADABLE.c.folder, 1, len(path)) == path
            connection.execute(UNREADABLE.delete().where(below, UNREADABLE.c.pages == ()))

    def add_trace(self, trace_id: str, record: Mapping[str, object], *, keep: int, days: int = 0) -> None:
        """Stores the record of an answer; drops the oldest beyond `keep`, and those older than `days` unless 0."""
        with self.database.transaction(counted=False) as connection:
            today = datetime.now(UTC)
            now = today.isoformat(timespec="microseconds")
            put(connection, TRACES, [{"trace_id": trace_id, "at": now, "record": json.dumps(record)}])
            newest = select(TRACES.c.trace_id).order_by(TRACES.c.at.desc()).limit(keep)
            connection.execute(TRACES.delete().where(TRACES.c.trace_id.not_in(newest)))
            if days:
                oldest = (today - timedelta(days=days)).isoformat(timespec="microseconds")
                connection.execute(TRACES.delete().where(TRACES.c.at < oldest))

    def trace(self, trace_id: str) -> dict[str, object] | None:
        """Returns the record of an answer, or None."""
        record = self.database.value(select(TRACES.c.record).where(TRACES.c.trace_id == trace_id))
        return None if record is None else dict(json.loads(record))

    def reviews(self, cell_keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Returns the fields of people's decisions on these cells of position tables, by cell key."""
        found = select(REVIEWS).where(is_among(REVIEWS.c.cell_key, "cell_keys"))
        rows = self.database.rows(found, {"cell_keys": cell_keys})
        return {str(key): dict(zip(REVIEWS.c.keys()[1:], own, strict=True)) for key, *own in rows}

    def record_review(self, cell_key: str, review: Mapping[str, str | None]) -> None:
        """Stores the fields of a person's decision on a cell, in place of an earlier one."""
        with self.database.transaction() as connection:
            put(connection, REVIEWS, [{"cell_key": cell_key, **review}])

    def forget_review(self, cell_key: str) -> None:
        """Deletes the decision on a cell, so that the suggestion applies again."""
        with self.database.transaction() as connection:
            connection.execute(REVIEWS.delete().where(REVIEWS.c.cell_key == cell_key))


@cache
def _count(within: tuple[str, ...]) -> Select[Any]:
    return select(func.count()).select_from(PASSAGES).where(*conditions(within))


@cache
def _passage_ids(within: tuple[str, ...]) -> Select[Any]:
    found = select(PASSAGES.c.passage_id, PASSAGES.c.statement_id).where(*conditions(within))
    return found.order_by(*(_IN_ORDER if within else (PASSAGES.c.passage,)))


@cache
def _mentions(wanted: tuple[str, ...]) -> Select[Any]:
    own = MENTIONS.c
    found = select(*(column for column in own if column.name != "mention")).order_by(own.mention)
    found = found.where(is_among(own.statement_id, "statement_ids"), own.kind == bindparam("kind"))
    found = found.where(own.treaty == bindparam("treaty") if "treaty" in wanted else own.treaty.is_(None))
    return found.where(is_among(own.value, "values")) if "values" in wanted else found


def _next_number(connection: Connection, table: Table) -> int:
    """Returns the number of the next row, which is safe since one process writes at a time."""
    (number,) = table.primary_key.columns
    return int(connection.scalar(select(func.max(number))) or 0) + 1


def _sort_key(summary: StatementSummary) -> tuple[str, str, str, int]:
    return summary.metadata.state or "", summary.metadata.date or "", summary.file, summary.span.ordinal

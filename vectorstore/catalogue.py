"""The catalogue: the record of statements, sentences, passages and vectors, and the scope filters over it.

Everything else in the store can be rebuilt from here. Offsets count characters of `source_text`.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore.arrays import Matrix
from vectorstore.database import Database
from vectorstore.families import FamilyTables
from vectorstore.health import CatalogueHealth
from vectorstore.lexical import any_word_query, lexical_text, phrase_query, prefix_query, unordered_query
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
    StoredReview,
    UnreadableFile,
    text_key,
)
from vectorstore.rows import (
    DOCUMENT_COLUMNS,
    DOCUMENT_SUMMARY_COLUMNS,
    PASSAGE_COLUMNS,
    PASSAGE_FIELDS,
    SENTENCE_COLUMNS,
    SENTENCE_FIELDS,
    STATEMENT_COLUMNS,
    SUMMARY_COLUMNS,
    Row,
    VectorTable,
    bump_generation,
    delete_derived,
    delete_document,
    insert_document,
    insert_statement,
    passage_conditions,
    scope_conditions,
    to_document,
    to_document_summary,
    to_passage,
    to_sentence,
    to_statement,
    to_summary,
)

_PASSAGE_NAMES = ", ".join(f'"{name}"' for name in PASSAGE_FIELDS)


class Catalogue:
    """The record of what is in the store."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._database = Database(path, read_only=read_only)
        self.path = path
        self.families = FamilyTables(self._database)
        self.health = CatalogueHealth(self._database)

    def close(self) -> None:
        """Closes its connections."""
        self._database.close()

    # --- what holds for the whole store

    def meta(self, key: str) -> str | None:
        """Returns a fact about the store, such as its `embedding_model`, or None."""
        row = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def set_meta(self, facts: Mapping[str, str]) -> None:
        """Records facts about the store."""
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(facts.items()))

    @property
    def generation(self) -> int:
        """A number that grows with every change of the passages."""
        return int(self.meta("generation") or 0)

    def check(self) -> str | None:
        """Returns what is wrong with the file, or None when it is sound."""
        return self.health.damage()

    def count_passages(self) -> int:
        """Returns the number of passages in the store."""
        return self._number("SELECT count(*) FROM passages")

    # --- statements

    def documents(self) -> tuple[DocumentSummary, ...]:
        """Returns all documents of all kinds without their texts, by State and date."""
        rows = self._database.rows(
            f"SELECT {DOCUMENT_SUMMARY_COLUMNS} FROM documents d"
            " ORDER BY d.state, substr(d.date, 1, 4), d.date, d.file, d.document_id"
        )
        return tuple(to_document_summary(row) for row in rows)

    def summaries(self, scope: ScopeFilter) -> tuple[StatementSummary, ...]:
        """Returns the statements in scope without their texts, by State and date."""
        where, values = scope_conditions(scope)
        return self._summaries(f"{where} ORDER BY s.state, s.first_year, s.date, d.file, s.ordinal", values)

    def summaries_of(self, document_id: str) -> tuple[StatementSummary, ...]:
        """Returns the statements of a document in order: of a record all interventions, those of its Chair included."""
        return self._summaries("WHERE s.document_id = ? ORDER BY s.ordinal", (document_id,))

    def _summaries(self, where: str, values: Sequence[object]) -> tuple[StatementSummary, ...]:
        rows = self._database.rows(
            f"SELECT {SUMMARY_COLUMNS} FROM statements s JOIN documents d USING (document_id) {where}", values
        )
        return tuple(to_summary(row) for row in rows)

    def is_empty(self) -> bool:
        """Returns whether no statement or record is stored; texts of treaties do not count."""
        return self._one("SELECT 1 FROM documents WHERE kind != 'treaty' LIMIT 1") is None

    def document(self, document_id: str) -> Document | None:
        """Returns one document with its text, or None."""
        row = self._one(f"SELECT {DOCUMENT_COLUMNS} FROM documents d WHERE d.document_id = ?", (document_id,))
        return None if row is None else to_document(row)

    def statement(self, statement_id: str) -> Statement | None:
        """Returns one statement with its document, or None."""
        return self.statements([statement_id]).get(statement_id)

    def statements(self, statement_ids: Collection[str]) -> dict[str, Statement]:
        """Returns the statements of these ids that exist, in their order; those of one document share it."""
        rows = self._database.rows(
            f"SELECT s.document_id, {STATEMENT_COLUMNS} FROM statements s"
            " WHERE s.statement_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(statement_ids)),),
        )
        documents = {identifier: self.document(identifier) for identifier in dict.fromkeys(row[0] for row in rows)}
        held = ((row, documents[row[0]]) for row in rows)
        found = {str(row[1]): to_statement(row[1:], document) for row, document in held if document is not None}
        return {identifier: found[identifier] for identifier in statement_ids if identifier in found}

    def statements_of(self, document: Document) -> tuple[Statement, ...]:
        """Returns the statements of a document in order."""
        rows = self._database.rows(
            f"SELECT {STATEMENT_COLUMNS} FROM statements s WHERE s.document_id = ? ORDER BY s.ordinal",
            (document.document_id,),
        )
        return tuple(to_statement(row, document) for row in rows)

    def store(
        self,
        annotated: AnnotatedDocument,
        *,
        folder: str,
        digest: str,
        input_key: str,
        vectors: Mapping[str, Matrix],
        replaces: str | None = None,
    ) -> None:
        """Stores a document with all that was derived from it, in one transaction.

        Args:
            annotated: The document, its statements, sentences, passages and mentions; an older one of its id goes.
            folder: The ingested folder that it came from.
            digest: Hash of text and metadata.
            input_key: Hash of everything that went into it.
            vectors: Vector per text key, for the texts that the catalogue does not hold yet.
            replaces: Id of an older version, which goes in the same transaction.
        """
        document = annotated.document
        with self._database.transaction() as connection:
            if replaces is not None:
                delete_document(connection, replaces)
            delete_document(connection, document.document_id)
            insert_document(connection, document, folder=folder, digest=digest, input_key=input_key)
            self._insert_derived(connection, annotated, vectors)

    def store_intervention(self, annotated: AnnotatedDocument, *, vectors: Mapping[str, Matrix]) -> None:
        """Stores one statement of a document anew, with all that was derived from it, beside the others."""
        with self._database.transaction() as connection:
            for statement in annotated.statements:
                delete_derived(connection, statement.statement_id)
            self._insert_derived(connection, annotated, vectors)

    @staticmethod
    def _insert_derived(
        connection: sqlite3.Connection, annotated: AnnotatedDocument, vectors: Mapping[str, Matrix]
    ) -> None:
        for item in annotated.statements:
            insert_statement(connection, item)
        connection.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            map(attrgetter(*SENTENCE_FIELDS), annotated.sentences),
        )
        connection.executemany(
            "INSERT INTO mentions VALUES (?, ?, ?, ?, ?, ?)",
            [(m.sentence.statement_id, m.sentence.ordinal, m.kind, m.treaty, m.value, m.paragraph)
             for m in annotated.mentions],
        )  # fmt: skip
        connection.executemany(
            "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
            [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()],
        )
        for p in annotated.passages:
            cursor = connection.execute(
                f"INSERT INTO passages ({_PASSAGE_NAMES}, text_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*attrgetter(*PASSAGE_FIELDS)(p), text_key(p.text)),
            )
            connection.execute(
                "INSERT INTO passages_fts (rowid, text) VALUES (?, ?)", (cursor.lastrowid, lexical_text(p.text))
            )
        bump_generation(connection)

    def remove(self, document_id: str) -> None:
        """Removes a document and all that was derived from it."""
        with self._database.transaction() as connection:
            delete_document(connection, document_id)
            bump_generation(connection)

    def touch(self, document_id: str, *, file: str, folder: str, sha256: str, input_key: str) -> None:
        """Records under which name and from which input a document was last seen."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE documents SET file = ?, folder = ?, sha256 = ?, input_key = ? WHERE document_id = ?",
                (file, folder, sha256, input_key, document_id),
            )

    # --- sentences, passages, vectors, mentions

    def sentences(self, statement_id: str) -> tuple[Sentence, ...]:
        """Returns the sentences of a statement in order."""
        rows = self._database.rows(
            f"SELECT {SENTENCE_COLUMNS} FROM sentences s WHERE s.statement_id = ? ORDER BY s.ordinal", (statement_id,)
        )
        return tuple(to_sentence(row) for row in rows)

    def sentences_by_id(self, sentence_ids: Collection[SentenceId]) -> dict[SentenceId, Sentence]:
        """Returns the sentences of these ids that exist."""
        rows = self._database.rows(
            f"SELECT {SENTENCE_COLUMNS} FROM json_each(?) w JOIN sentences s"
            " ON s.statement_id = json_extract(w.value, '$[0]') AND s.ordinal = json_extract(w.value, '$[1]')",
            (json.dumps([(identifier.statement_id, identifier.ordinal) for identifier in sentence_ids]),),
        )
        return {sentence.sentence_id: sentence for sentence in map(to_sentence, rows)}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Returns the passages of these ids that exist."""
        rows = self._database.rows(
            f"SELECT {PASSAGE_COLUMNS} FROM passages p WHERE passage_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(passage_ids)),),
        )
        return {str(row[0]): to_passage(row) for row in rows}

    def passages_of(self, statement_ids: Sequence[str]) -> tuple[Passage, ...]:
        """Returns the passages of these statements, in order."""
        rows = self._database.rows(
            f"SELECT {PASSAGE_COLUMNS} FROM passages p WHERE statement_id IN (SELECT value FROM json_each(?))"
            " ORDER BY statement_id, ordinal",
            (json.dumps(list(statement_ids)),),
        )
        return tuple(to_passage(row) for row in rows)

    def count_passages_of(self, statement_ids: Sequence[str], languages: Collection[str | None] | None = None) -> int:
        """Returns how many passages these statements have, in any language or in these."""
        within, values = passage_conditions(statement_ids, languages)
        return self._number(f"SELECT count(*) FROM passages p WHERE {within}", values)

    def vectors_of(
        self,
        statement_ids: Sequence[str] | None = None,
        languages: Collection[str | None] | None = None,
        table: VectorTable = "vectors",
    ) -> tuple[tuple[str, ...], Matrix]:
        """Returns passage ids and their vectors, (n, dim) float32; None means the whole store, and any language."""
        within, values = passage_conditions(statement_ids, languages)
        rows = self._database.rows(
            f"SELECT p.passage_id, v.vector FROM passages p JOIN {table} v USING (text_key) WHERE {within}"
            " ORDER BY p.passage",
            values,
        )
        if not rows:
            return (), np.zeros((0, 0), dtype=np.float32)
        ids = tuple(str(row[0]) for row in rows)
        return ids, np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32).reshape(len(ids), -1)

    def passage_ids(self) -> dict[str, str]:
        """Returns the statement id of every passage id."""
        return dict(self._database.rows("SELECT passage_id, statement_id FROM passages"))

    def data_version(self) -> int:
        """Returns a number that changes when any other thread or process has written to the catalogue."""
        return self._number("PRAGMA data_version")

    def known_keys(self, keys: Iterable[str]) -> frozenset[str]:
        """Returns which of these text keys already have a vector."""
        rows = self._database.rows(
            "SELECT text_key FROM vectors WHERE text_key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )
        return frozenset(str(row[0]) for row in rows)

    def forget_vectors(self) -> None:
        """Drops all vectors, so that another embedding model can fill the store."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM vectors")
            bump_generation(connection)

    def add_vectors(self, vectors: Mapping[str, Matrix], table: VectorTable = "vectors") -> None:
        """Stores vectors by text key, in place of older ones."""
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?)",
                [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()],
            )
            bump_generation(connection)

    def texts_without_vector(
        self, languages: Collection[str | None] | None = None, table: VectorTable = "vectors"
    ) -> dict[str, str]:
        """Returns the passage texts by text key that have no vector yet, of any language or of these."""
        within, values = passage_conditions(None, languages)
        rows = self._database.rows(
            f"SELECT DISTINCT p.text_key, p.text FROM passages p LEFT JOIN {table} v USING (text_key)"
            f" WHERE v.text_key IS NULL AND {within}",
            values,
        )
        return {str(key): str(text) for key, text in rows}

    def mentions(
        self, statement_ids: Sequence[str], kind: MentionKind, treaty: str | None = None, values: Sequence[str] = ()
    ) -> tuple[Mention, ...]:
        """Returns the mentions of a kind in these statements: of these articles or items, all without any.

        Args:
            statement_ids: The statements.
            kind: The kind of mention.
            treaty: Code of the treaty; None for an article of a convention that is not named, and for kinds of none.
            values: Numbers of articles or agenda items, or codes of groups.
        """
        rows = self._database.rows(
            "SELECT statement_id, ordinal, kind, treaty, value, paragraph FROM mentions WHERE kind = ? AND treaty IS ?"
            " AND statement_id IN (SELECT value FROM json_each(?))"
            " AND (? = '[]' OR value IN (SELECT value FROM json_each(?))) ORDER BY rowid",
            (kind, treaty, json.dumps(list(statement_ids)), json.dumps(list(values)), json.dumps(list(values))),
        )
        return tuple(
            Mention(sentence=SentenceId(statement, ordinal), kind=kind, treaty=code, value=value, paragraph=paragraph)
            for statement, ordinal, kind, code, value, paragraph in rows
        )

    def search_lexical(
        self,
        topic: str,
        statement_ids: Sequence[str] | None,
        k: int,
        languages: Collection[str | None] | None = None,
        terms: Sequence[str] = (),
    ) -> tuple[tuple[str, float], ...]:
        """Returns up to k (passage id, score) that hold any word of a topic, best first; a higher score is better.

        Whole `terms` for the same thing, such as its synonyms, are found as well.

        The score is Okapi BM25 with FTS5's constants k1 = 1.2, b = 0.75, sign turned. A topic without words, such as
        "?!", finds nothing.

        Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
        """
        query = any_word_query(topic)
        if query is None:
            return ()
        query = " OR ".join((query, *map(phrase_query, terms)))
        within, values = passage_conditions(statement_ids, languages)
        rows = self._database.rows(
            "SELECT p.passage_id, -bm25(passages_fts) AS score FROM passages_fts"
            " JOIN passages p ON p.passage = passages_fts.rowid"
            f" WHERE passages_fts MATCH ? AND {within} ORDER BY score DESC, p.passage LIMIT ?",
            (query, *values, k),
        )
        return tuple((str(row[0]), float(row[1])) for row in rows)

    def document_frequency(self, term: str) -> int:
        """Returns how many passages of the store have a word that begins with a term, such as a stem."""
        return self._count_matches(prefix_query(term), None)

    def phrase_frequency(
        self, words: str, statement_ids: Sequence[str] | None = None, *, any_order: bool = False
    ) -> int:
        """Returns how many passages hold words side by side, in any inflection.

        Args:
            words: A phrase, such as "asset recovery".
            statement_ids: Count passages of these statements alone; by default those of the whole store.
            any_order: Let the words change places, so that "organized transnational crime" counts as "transnational
                organized crime"; function words are left out of the comparison.
        """
        return self._count_matches(unordered_query(words) if any_order else phrase_query(words), statement_ids)

    def statements_with(self, *terms: str) -> frozenset[str]:
        """Returns the ids of the statements that hold any of these terms, its words in any order and inflection."""
        rows = self._database.rows(
            "SELECT DISTINCT p.statement_id FROM passages_fts JOIN passages p ON p.passage = passages_fts.rowid"
            " WHERE passages_fts MATCH ?",
            (" OR ".join(map(unordered_query, terms)),),
        )
        return frozenset(str(row[0]) for row in rows)

    def _count_matches(self, query: str, statement_ids: Sequence[str] | None) -> int:
        within = "" if statement_ids is None else "AND p.statement_id IN (SELECT value FROM json_each(?))"
        values = (query,) if statement_ids is None else (query, json.dumps(list(statement_ids)))
        return self._number(
            "SELECT count(*) FROM passages_fts JOIN passages p ON p.passage = passages_fts.rowid"
            f" WHERE passages_fts MATCH ? {within}",
            values,
        )

    # --- unreadable files, traces

    def unreadable(self) -> tuple[UnreadableFile, ...]:
        """Returns the files that the last ingest of their folder could not read, by name."""
        rows = self._database.rows("SELECT file, reason, metadata, pages FROM unreadable ORDER BY file")
        return tuple(
            UnreadableFile(
                file=str(file),
                reason=str(reason),
                metadata=_known(json.loads(known)),
                pages=tuple(json.loads(pages)),
            )
            for file, reason, known, pages in rows
        )

    def record_unreadable(self, folder: str, *, failed: Sequence[UnreadableFile], read: Iterable[str] | None) -> None:
        """Notes which files of a folder could not be read, and forgets those that now could.

        Args:
            folder: The folder.
            failed: The files that could not be read, each once.
            read: Files that could; None means that the whole folder was seen, and all others are forgotten.
        """
        with self._database.transaction() as connection:
            if read is None:
                connection.execute("DELETE FROM unreadable WHERE folder = ?", (folder,))
            else:
                gone = [(folder, file) for file in (*read, *(each.file for each in failed))]
                connection.executemany("DELETE FROM unreadable WHERE folder = ? AND file = ?", gone)
            connection.executemany(
                "INSERT INTO unreadable VALUES (?, ?, ?, ?, ?)",
                [
                    (folder, each.file, each.reason, json.dumps(asdict(each.metadata)), json.dumps(each.pages))
                    for each in failed
                ],
            )

    def forget_unreadable(self, under: str) -> None:
        """Forgets the files that could not be read at all of folders whose names begin so."""
        with self._database.transaction() as connection:
            query = "DELETE FROM unreadable WHERE substr(folder, 1, ?) = ? AND pages = '[]'"
            connection.execute(query, (len(under), under))

    def add_trace(self, trace_id: str, record: Mapping[str, object], *, keep: int, days: int = 0) -> None:
        """Stores the record of an answer; drops the oldest beyond `keep`, and those older than `days` unless 0."""
        with self._database.transaction() as connection:
            today = datetime.now(UTC)
            now = today.isoformat(timespec="milliseconds")
            connection.execute(
                "INSERT OR REPLACE INTO traces VALUES (?, ?, ?)",
                (trace_id, now, json.dumps(record)),
            )
            connection.execute(
                "DELETE FROM traces WHERE trace_id NOT IN ("
                "SELECT trace_id FROM traces ORDER BY at DESC, rowid DESC LIMIT ?)",
                (keep,),
            )
            if days:
                oldest = (today - timedelta(days=days)).isoformat(timespec="milliseconds")
                connection.execute("DELETE FROM traces WHERE at < ?", (oldest,))

    def trace(self, trace_id: str) -> dict[str, object] | None:
        """Returns the record of an answer, or None."""
        row = self._one("SELECT record FROM traces WHERE trace_id = ?", (trace_id,))
        if row is None:
            return None
        record: dict[str, object] = json.loads(row[0])
        return record

    # --- reviews of position tables

    def reviews(self, cell_keys: Sequence[str]) -> dict[str, StoredReview]:
        """Returns what people decided on these cells."""
        rows = self._database.rows(
            "SELECT cell_key, state, kind, note, reviewer, at FROM reviews"
            " WHERE cell_key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(cell_keys)),),
        )
        return {
            str(key): StoredReview(state=state, kind=kind, note=note, reviewer=reviewer, at=at)
            for key, state, kind, note, reviewer, at in rows
        }

    def record_review(self, cell_key: str, review: StoredReview) -> None:
        """Keeps what a person decided on a cell, in place of an earlier decision."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?, ?, ?)",
                (cell_key, review.state, review.kind, review.note, review.reviewer, review.at),
            )

    def forget_review(self, cell_key: str) -> None:
        """Forgets a decision, so that the suggestion holds again."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM reviews WHERE cell_key = ?", (cell_key,))

    # --- reading

    def _number(self, query: str, values: Sequence[object] = ()) -> int:
        return int(self._database.rows(query, values)[0][0])

    def _one(self, query: str, values: Sequence[object] = ()) -> Row | None:
        rows = self._database.rows(query, values)
        return rows[0] if rows else None


def _known(stored: Mapping[str, Any]) -> Metadata:
    """Makes metadata of what was stored as JSON, which knows lists only."""
    kept: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return Metadata(**kept)

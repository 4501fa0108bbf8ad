"""Full-text search in PostgreSQL by `tsvector`, which finds the same passages as FTS5 and scores them alike.

The vectors are filled with the tokens of FTS5's tokenizer, and BM25 is computed here from PostgreSQL's counts.
"""

import math
import sqlite3
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from vectorstore.fts_query import Near, Phrase, Query, lexical_text
from vectorstore.fts_sqlite import TOKENIZER
from vectorstore.rows import Within, conditions, increment
from vectorstore.schema import META, PASSAGES

# Constants of FTS5's bm25().
_K1: Final = 1.2
_B: Final = 0.75
_LEAST_IDF: Final = 1e-6  # as FTS5's, of a term in over half of the passages
_AT_ONCE: Final = 1000  # passages
# A token and its position in the text, from 0.
Token = tuple[str, int]


_TOKENIZING: Final = threading.Lock()


@cache
def _memory() -> sqlite3.Connection:
    """Opens an FTS5 index in memory that serves as a tokenizer: it takes texts and lists their tokens."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    memory.execute(f"CREATE VIRTUAL TABLE texts USING fts5 (text, {TOKENIZER})")
    memory.execute("CREATE VIRTUAL TABLE words USING fts5vocab (texts, instance)")
    return memory


def _tokens(texts: Sequence[str]) -> list[list[Token]]:
    """Returns the tokens of each text, sorted by token and position."""
    with _TOKENIZING:
        _memory().execute("BEGIN")
        try:
            _memory().executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", list(enumerate(texts)))
            rows = _memory().execute("SELECT doc, term, offset FROM words ORDER BY doc, term, offset").fetchall()
        finally:
            _memory().execute("ROLLBACK")
    found: list[list[Token]] = [[] for _ in texts]
    for number, word, position in rows:
        # Cut because PostgreSQL refuses words above 2,046 bytes.
        found[number].append((word[:500], position))
    return found


# `phrase_frequency` counts a phrase in a text; `words_near` tells whether all words occur within `reach` positions.
_FUNCTIONS: Final = """
CREATE FUNCTION phrase_frequency(words tsvector, phrase text[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT count(*) FROM (
        SELECT FROM unnest(words) AS w, unnest(w.positions) AS place, unnest(phrase) WITH ORDINALITY AS p (word, at)
        WHERE w.lexeme = p.word GROUP BY place - at HAVING count(*) = cardinality(phrase)) AS found $$;
CREATE FUNCTION words_near(words tsvector, wanted text[], reach integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (
        SELECT FROM unnest(words) AS w, unnest(w.positions) AS first
        WHERE w.lexeme = ANY (wanted) AND wanted <@ ARRAY (
            SELECT v.lexeme FROM unnest(words) AS v, unnest(v.positions) AS place
            WHERE v.lexeme = ANY (wanted) AND place BETWEEN first AND first + reach)) $$
"""
_WORDS: Final = sa.table(
    "passages_words", sa.column("passage", sa.Integer), sa.column("words", TSVECTOR), sa.column("length", sa.Integer)
)
_OF_PASSAGE: Final = PASSAGES.c.passage == _WORDS.c.passage
# Document frequency of each word, updated with the passages: counting it anew takes longer with every passage.
_DF: Final = sa.table("words_held", sa.column("word", sa.Text), sa.column("passages", sa.Integer))
_LEXEMES: Final = sa.func.tsvector_to_array(_WORDS.c.words, type_=ARRAY(sa.Text))
_GROW: Final = sa.text(
    "INSERT INTO words_held SELECT * FROM unnest(CAST(:words AS text[]), CAST(:passages AS integer[]))"
    " ON CONFLICT (word) DO UPDATE SET passages = words_held.passages + excluded.passages"
)
_PASSAGES_KEPT: Final = "lexical_passages"
_TOKENS_KEPT: Final = "lexical_tokens"


class TextSearch:
    """The full-text index: a table of the passages' text search vectors, and in `meta` the sums that BM25 needs."""

    def create(self, connection: sa.Connection) -> None:
        """Makes the empty index."""
        connection.exec_driver_sql(
            "CREATE TABLE passages_words (passage bigint PRIMARY KEY REFERENCES passages ON DELETE CASCADE,"
            " words tsvector NOT NULL, length integer NOT NULL)"
        )
        connection.exec_driver_sql("CREATE INDEX passages_by_word ON passages_words USING gin (words)")
        connection.exec_driver_sql(_FUNCTIONS)
        connection.exec_driver_sql(
            'CREATE TABLE words_held (word text COLLATE "C" PRIMARY KEY, passages integer NOT NULL)'
        )
        connection.execute(META.insert(), [{"key": _PASSAGES_KEPT, "value": "0"}, {"key": _TOKENS_KEPT, "value": "0"}])

    def clear(self, connection: sa.Connection) -> None:
        """Empties the index row by row: dropping a table waits for its readers, and snapshots would lose it."""
        connection.execute(_WORDS.delete())
        connection.execute(_DF.delete())
        connection.execute(META.update().where(META.c.key.in_((_PASSAGES_KEPT, _TOKENS_KEPT))).values(value="0"))

    def add(self, connection: sa.Connection, passages: Sequence[tuple[int, str]]) -> None:
        """Adds texts by the numbers of their passages."""
        for begin in range(0, len(passages), _AT_ONCE):
            some = passages[begin : begin + _AT_ONCE]
            tokens = _tokens([lexical_text(words) for _, words in some])
            connection.execute(
                _WORDS.insert().values(
                    passage=sa.bindparam("passage"), words=sa.cast(sa.bindparam("words", type_=sa.Text()), TSVECTOR),
                    length=sa.bindparam("length"),
                ),
                [{"passage": number, "words": _vector(own), "length": len(own)}
                 for (number, _), own in zip(some, tokens, strict=True)],
            )  # fmt: skip
            self._count(connection, [(len(own), {word for word, _ in own}) for own in tokens])

    def remove(self, connection: sa.Connection, passages: sa.Select[Any]) -> None:
        """Removes texts by the numbers of their passages, which a query selects."""
        gone = _WORDS.delete().where(_WORDS.c.passage.in_(passages)).returning(_WORDS.c.length, _LEXEMES)
        self._count(connection, [(length, words) for length, words in connection.execute(gone)], sign=-1)

    def search(self, connection: sa.Connection, query: Query, within: Within, k: int) -> list[tuple[str, float]]:
        """Returns up to k (passage id, BM25), best first.

        Source: the function bm25 of SQLite's FTS5, https://www.sqlite.org/fts5.html#the_bm25_function.
        """
        phrases = _phrases(query)
        if not phrases:
            return []
        kept = sa.select(META.c.value).where(META.c.key.in_((_PASSAGES_KEPT, _TOKENS_KEPT))).order_by(META.c.key)
        rows, length = (int(value) for value in connection.scalars(kept))
        idf = [max(math.log((rows - df + 0.5) / (df + 0.5)), _LEAST_IDF) for df in _frequencies(connection, phrases)]
        columns = (PASSAGES.c.passage, PASSAGES.c.passage_id, _WORDS.c.length, *map(_frequency, phrases))
        found = sa.select(*columns).join_from(_WORDS, PASSAGES, _OF_PASSAGE)
        found = found.where(sa.or_(*map(_holds, phrases)), *conditions(tuple(within)))
        scored = []
        for number, identifier, size, *measured in connection.execute(found, within):
            norm = _K1 * (1 - _B + _B * size / (length / rows))
            counts = [
                _count_of(each) if len(phrase) == 1 else each for phrase, each in zip(phrases, measured, strict=True)
            ]
            score = sum(weight * count * (_K1 + 1) / (count + norm) for weight, count in zip(idf, counts, strict=True))
            scored.append((-score, number, str(identifier)))
        return [(identifier, -score) for score, _, identifier in sorted(scored)[:k]]

    def count(self, connection: sa.Connection, phrase: Phrase) -> int:
        """Returns how many passages contain a phrase."""
        found = _phrases([phrase])
        if found and phrase.prefix and len(found[0]) == 1:
            # Most stems are the prefix of one word only, whose document frequency is kept.
            begins = _DF.c.word.startswith(found[0][0], autoescape=True)
            frequencies = connection.scalars(sa.select(_DF.c.passages).where(begins, _DF.c.passages > 0).limit(2)).all()
            if len(frequencies) < 2:
                return sum(frequencies)
        matching = sa.or_(sa.false(), *(_holds(words, prefix=phrase.prefix) for words in found))
        return int(connection.scalar(sa.select(sa.func.count()).select_from(_WORDS).where(matching)) or 0)

    def statements(self, connection: sa.Connection, query: Query, within: Within) -> frozenset[str]:
        """Returns the ids of the statements with a passage that matches."""
        near = (_stand_near(each) for each in query if isinstance(each, Near))
        matching = sa.or_(sa.false(), *map(_holds, _phrases(query)), *near)
        found = sa.select(PASSAGES.c.statement_id).join_from(_WORDS, PASSAGES, _OF_PASSAGE)
        return frozenset(connection.scalars(found.where(matching, *conditions(tuple(within))).distinct(), within))

    def entries(self) -> sa.FromClause:
        """Returns the numbers of all passages in the index, as rows of one column, `passage`."""
        return sa.select(_WORDS.c.passage).subquery()

    @staticmethod
    def _count(connection: sa.Connection, texts: Sequence[tuple[int, Collection[str]]], sign: int = 1) -> None:
        """Adds texts, as (length, distinct words), to the kept counts, or with the sign -1 subtracts them."""
        increment(connection, _PASSAGES_KEPT, sign * len(texts))
        increment(connection, _TOKENS_KEPT, sign * sum(length for length, _ in texts))
        counts = Counter(word for _, words in texts for word in words)
        connection.execute(_GROW, {"words": list(counts), "passages": [sign * number for number in counts.values()]})


def _frequencies(connection: sa.Connection, phrases: Sequence[Sequence[str]]) -> list[int]:
    """Returns the document frequency of each phrase; for a phrase of one word it is the kept number."""
    words = {phrase[0] for phrase in phrases if len(phrase) == 1}
    rows = connection.execute(sa.select(_DF.c.word, _DF.c.passages).where(_DF.c.word.in_(words)))
    kept = {str(word): int(passages) for word, passages in rows}
    several = [
        sa.select(sa.func.count()).where(_holds(phrase)).scalar_subquery() for phrase in phrases if len(phrase) > 1
    ]
    counted = iter(connection.execute(sa.select(*several)).one() if several else ())
    return [kept.get(phrase[0], 0) if len(phrase) == 1 else next(counted) for phrase in phrases]


def _vector(tokens: Sequence[Token]) -> str:
    """Writes tokens as a text search vector: `'asset':3 'recovery':4,9`, with positions counted from 1."""
    by_word = groupby(tokens, key=itemgetter(0))
    return " ".join(f"{_quoted(word)}:{','.join(str(place + 1) for _, place in own)}" for word, own in by_word)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _phrases(query: Query) -> list[list[str]]:
    """Returns the tokens of each phrase of a query, in order; phrases without tokens are left out."""
    tokens = _tokens([each.words for each in query if isinstance(each, Phrase)])
    return [[word for word, _ in sorted(own, key=itemgetter(1))] for own in tokens if own]


def _stand_near(near: Near) -> sa.ColumnElement[bool]:
    wanted = sorted({word for own in _tokens(near.words) for word, _ in own})
    if not wanted:
        return sa.false()
    return _holds(wanted, " & ") & sa.func.words_near(_WORDS.c.words, sa.cast(wanted, ARRAY(sa.Text)), near.between + 1)


def _holds(words: Sequence[str], between: str = " <-> ", *, prefix: bool = False) -> sa.ColumnElement[bool]:
    query = between.join(map(_quoted, words)) + (":*" if prefix else "")
    return _WORDS.c.words.op("@@", is_comparison=True)(sa.cast(sa.literal(query, sa.Text()), TSQUERY))


def _frequency(phrase: Sequence[str]) -> sa.ColumnElement[Any]:
    """Returns how often a passage has a phrase; for one word `ts_rank`, which is faster and `_count_of` inverts."""
    if len(phrase) == 1:
        return sa.func.ts_rank(
            sa.text("'{1,1,1,1}'"), _WORDS.c.words, sa.cast(sa.literal(_quoted(phrase[0]), sa.Text()), TSQUERY)
        )
    counted = sa.func.phrase_frequency(_WORDS.c.words, sa.cast(list(phrase), ARRAY(sa.Text)))
    return sa.case((_holds(phrase), counted), else_=0)


@cache
def _ranks() -> list[float]:
    """Returns PostgreSQL's rank of a word that occurs once, twice and so on: the sum of 1/i² over its positions.

    Source: calc_rank_or in PostgreSQL's src/backend/utils/adt/tsrank.c.
    """
    # A text search vector holds at most 255 positions of a word.
    return [total / 1.64493406685 for total in accumulate(1 / place**2 for place in range(1, 257))]


def _count_of(rank: float) -> int:
    return bisect_left(_ranks(), rank * (1 - 1e-6)) + 1 if rank else 0

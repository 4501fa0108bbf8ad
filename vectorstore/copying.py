"""Copies of a record from one engine to another: table by table in the order of keys, so that a copy resumes."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select, tuple_

from vectorstore.database import COPYING, STORE_ID, Database
from vectorstore.errors import StoreError
from vectorstore.private import make_private_folder
from vectorstore.rows import put
from vectorstore.schema import DOCUMENTS, META, METADATA, PASSAGES, REVISION, UNREADABLE

# Rows that are copied in one transaction.
_AT_ONCE: Final = 200
# Facts that hold of one place, and not of the record.
_OF_PLACE: Final = frozenset({STORE_ID, COPYING, "writes"})
_TABLES: Final = [table for table in METADATA.sorted_tables if table not in (META, REVISION)]


def copy_record(
    source: Database,
    target: Database,
    progress: Callable[[str, int], None] | None = None,
    finish: Callable[[], None] | None = None,
    moved: tuple[Path, Path] | None = None,
) -> dict[str, int]:
    """Copies a record, and compares both by counts and hashes; what an earlier run copied stays.

    Args:
        source: The record; nobody writes to it meanwhile.
        target: An empty record, or one that such a copy did not fill.
        progress: Hears the table and how many of its rows were copied.
        finish: Does what is left before the copy counts as whole; a run that was interrupted there can be resumed too.
        moved: Where the record's uploads are, and where those of the copy.

    Returns:
        The number of rows of each table.

    Raises:
        StoreError: The target holds another record, or both differ in the end.
    """
    facts = _facts(source)
    held = _facts(target)
    if held.get(COPYING) != facts[STORE_ID]:
        if COPYING in held or target.value(select(func.count()).select_from(DOCUMENTS)):
            raise StoreError(f"{target.name} holds another record already: name an empty one")
        _set(target, {COPYING: facts[STORE_ID]})
    counts = {}
    for table in _TABLES:
        copied = target.value(select(func.count()).select_from(table))
        with source.reading() as connection:
            for rows in _batches(connection, table, _last_key(target, table)):
                with target.transaction() as writing:
                    writing.execute(table.insert(), rows)
                    if table is PASSAGES:
                        target.full_text.add(writing, [(row["passage"], row["text"]) for row in rows])
                copied += len(rows)
                if progress is not None:
                    progress(table.name, copied)
        counts[table.name] = copied
        if _digest(source, table) != _digest(target, table):
            raise StoreError(
                f"the table {table.name!r} of {target.name} differs from that of {source.name}: copy into an empty one"
            )
    placed = {
        key: value
        for key, value in facts.items()
        if key not in _OF_PLACE and not key.startswith(("index_", "lexical_"))
    }
    _set(target, placed)
    if finish is not None:
        finish()
    with target.transaction() as writing:
        if moved is not None:
            move_uploads(writing, *moved)
        writing.execute(META.delete().where(META.c.key == COPYING))
    return counts


def move_uploads(connection: Connection, before: Path, after: Path) -> None:
    """Tells a record where the folders of its uploads are now."""
    old, new = (f"{folder}{os.sep}" for folder in (before, after))
    for table in (DOCUMENTS, UNREADABLE):
        moved = table.update().where(func.substr(table.c.folder, 1, len(old)) == old)
        connection.execute(moved.values(folder=new + func.substr(table.c.folder, len(old) + 1)))


def regular_files(folder: Path) -> Iterator[Path]:
    """Yields the files of a folder; no link is followed, and what is none, such as a pipe, is passed over."""
    for each, _, names in os.walk(folder) if not folder.is_symlink() else ():
        for path in (Path(each, name) for name in sorted(names)):
            if path.is_file() and not path.is_symlink():
                yield path


def copy_files(source: Path, target: Path) -> None:
    """Copies the regular files of a folder."""
    for path in regular_files(source):
        copy = target / path.relative_to(source)
        make_private_folder(copy.parent)
        shutil.copy2(path, copy)


def _facts(database: Database) -> dict[str, str]:
    return {str(key): str(value) for key, value in database.rows(select(META.c.key, META.c.value))}


def _set(database: Database, facts: dict[str, str]) -> None:
    with database.transaction() as writing:
        put(writing, META, [{"key": key, "value": value} for key, value in facts.items()])


def _last_key(database: Database, table: Table) -> Sequence[Any] | None:
    keys = table.primary_key.columns
    rows = database.rows(select(*keys).order_by(*(key.desc() for key in keys)).limit(1))
    return rows[0] if rows else None


def _batches(
    connection: Connection, table: Table, after: Sequence[Any] | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Yields the rows of a table after a key, in the order of keys."""
    keys = tuple(table.primary_key.columns)
    while True:
        found = select(table).order_by(*keys).limit(_AT_ONCE)
        if after is not None:
            found = found.where(tuple_(*keys) > tuple_(*after))
        rows = [dict(row) for row in connection.execute(found).mappings()]
        if not rows:
            return
        yield rows
        after = [rows[-1][key.name] for key in keys]


def _digest(database: Database, table: Table) -> str:
    total = hashlib.sha256()
    with database.reading() as connection:
        for rows in _batches(connection, table):
            total.update(repr([tuple(row.values()) for row in rows]).encode("utf-8", "surrogatepass"))
    return total.hexdigest()

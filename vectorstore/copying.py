"""Copies a record from one engine to another, table by table in key order, so that an interrupted copy resumes."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, func, select, tuple_

from vectorstore.database import COPIED, COPYING, STORE_ID, Database
from vectorstore.errors import StoreError
from vectorstore.private_files import make_private_folder
from vectorstore.rows import put
from vectorstore.schema import DOCUMENTS, META, METADATA, PASSAGES, REVISION, STATEMENTS, UNREADABLE

# Rows that are copied in one transaction.
_AT_ONCE: Final = 200
# Beginnings of the keys of `meta` that describe one store and not the record, so that they are not copied.
_STORE_FACTS: Final = (STORE_ID, COPYING, COPIED, "writes", "index_", "lexical_")
# Tables whose deleted rows take passages with them, which also have to leave the full-text index.
_OWNERS: Final = (DOCUMENTS, STATEMENTS, PASSAGES)
_WITH_OWNERS: Final = PASSAGES.join(STATEMENTS).join(DOCUMENTS)
# Tables with a column `folder`, which may be a folder of uploads.
_WITH_FOLDERS: Final = (DOCUMENTS, UNREADABLE)
_Row = dict[str, Any]
_TABLES: Final = [table for table in METADATA.sorted_tables if table not in (META, REVISION)]


def copy_record(
    source: Database,
    target: Database,
    progress: Callable[[str, int], None] = lambda table, rows: None,
    finish: Callable[[], None] = lambda: None,
    moved: tuple[Path, Path] | None = None,
) -> dict[str, int]:
    """Copies a record, to which nobody may write meanwhile, and compares the hashes of both records' tables.

    Rows that an earlier run copied are kept if they are still up to date. `progress` is called with a table and how
    many of its rows are copied; `finish` does the remaining work before the copy counts as complete, and may be
    interrupted too; `moved` has the folders of uploads of the record and of the copy. A target that a complete copy
    filled is only compared with the record, and finished again. Returns the row count by table.

    Raises:
        StoreError: The target holds another record, or the two records differ at the end.
    """
    facts, target_facts = _facts(source), _facts(target)
    if target_facts.get(COPYING) == facts[STORE_ID]:
        _remove_outdated(source, target)
    elif COPYING in target_facts or _count(target, DOCUMENTS):
        if target_facts.get(COPIED) != facts[STORE_ID]:
            raise StoreError(f"{target.name} holds another record already: name an empty one")
        for table in _TABLES:
            if _differ(source, target, table, moved):
                raise StoreError(
                    f"{target.name} holds a complete copy of this record, and one of the two has changed since"
                    f" (table {table.name!r}): name an empty one"
                )
        finish()
        return {table.name: _count(source, table) for table in _TABLES}
    else:
        target.set_meta({COPYING: facts[STORE_ID]})
    counts = {table.name: _copy_table(source, target, table, progress) for table in _TABLES}
    target.set_meta({key: value for key, value in facts.items() if not key.startswith(_STORE_FACTS)})
    finish()
    with target.transaction() as writing:
        if moved is not None:
            move_paths(writing, *moved)
        writing.execute(META.delete().where(META.c.key == COPYING))
        put(writing, META, [{"key": COPIED, "value": facts[STORE_ID]}])
    return counts


def _copy_table(source: Database, target: Database, table: Table, progress: Callable[[str, int], None]) -> int:
    """Copies the rows that the target lacks, and compares the tables; returns how many rows they have."""
    copied = _count(target, table)
    is_new = not copied
    with source.reading() as connection:
        for rows in _batches(connection, table):
            with target.transaction() as writing:
                copied_before = {} if is_new else _by_key(writing, table, rows)
                rows = [row for row in rows if _key(table, row) not in copied_before]
                if not rows:
                    continue
                writing.execute(table.insert(), rows)
                if table is PASSAGES:
                    target.full_text.add(writing, [(row["passage"], row["text"]) for row in rows])
            copied += len(rows)
            progress(table.name, copied)
    if _differ(source, target, table):
        raise StoreError(
            f"the table {table.name!r} of {target.name} differs from that of {source.name}: copy into an empty one"
        )
    return copied


def move_paths(connection: Connection, before: Path, after: Path) -> None:
    """Replaces the folder `before` by `after` in a record's paths, such as those of its uploads."""
    old, new = (f"{folder}{os.sep}" for folder in (before, after))
    for table in _WITH_FOLDERS:
        moved = table.update().where(func.substr(table.c.folder, 1, len(old)) == old)
        connection.execute(moved.values(folder=new + func.substr(table.c.folder, len(old) + 1)))


def regular_files(folder: Path) -> Iterator[Path]:
    """Yields the regular files below a folder, or a file itself; skips links and other entries, such as pipes."""
    if folder.is_file() and not folder.is_symlink():
        yield folder
    for each, _, names in os.walk(folder) if not folder.is_symlink() else ():
        for path in (Path(each, name) for name in sorted(names)):
            if path.is_file() and not path.is_symlink():
                yield path


def copy_files(source: Path, target: Path) -> None:
    """Copies the regular files of a folder, or a file."""
    for path in regular_files(source):
        copy = target / path.relative_to(source)
        make_private_folder(copy.parent)
        shutil.copy2(path, copy)


def _facts(database: Database) -> dict[str, str]:
    return {str(key): str(value) for key, value in database.rows(select(META.c.key, META.c.value))}


def _count(database: Database, table: Table) -> int:
    return int(database.value(select(func.count()).select_from(table)))


def _remove_outdated(source: Database, target: Database) -> None:
    """Removes rows of an interrupted copy that the source lacks or has changed, with all that depends on them."""
    for table in _TABLES:
        with source.reading() as in_source, target.reading() as in_target:
            for rows in _batches(in_target, table):
                current = _by_key(in_source, table, rows)
                if keys := [key for row in rows if current.get(key := _key(table, row)) != row]:
                    outdated = tuple_(*table.primary_key.columns).in_(keys)
                    with target.transaction() as writing:
                        if table in _OWNERS:
                            passages = select(PASSAGES.c.passage).select_from(_WITH_OWNERS).where(outdated)
                            target.full_text.remove(writing, passages)
                        writing.execute(table.delete().where(outdated))


def _key(table: Table, row: _Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _by_key(connection: Connection, table: Table, rows: Sequence[_Row]) -> dict[tuple[Any, ...], _Row]:
    same_key = tuple_(*table.primary_key.columns).in_([_key(table, row) for row in rows])
    found = map(dict, connection.execute(select(table).where(same_key)).mappings())
    return {_key(table, row): row for row in found}


def _batches(connection: Connection, table: Table) -> Iterator[list[_Row]]:
    keys = tuple(table.primary_key.columns)
    found = select(table).order_by(*keys).limit(_AT_ONCE)
    after: Select[Any] = found
    while rows := [dict(row) for row in connection.execute(after).mappings()]:
        yield rows
        after = found.where(tuple_(*keys) > tuple_(*_key(table, rows[-1])))


def _differ(source: Database, target: Database, table: Table, moved: tuple[Path, Path] | None = None) -> bool:
    with source.reading() as in_source, target.reading() as in_target:
        return table_digest(in_source, table, moved) != table_digest(in_target, table)


def table_digest(connection: Connection, table: Table, moved: tuple[Path, Path] | None = None) -> int:
    """Returns a hash of a table's rows, whatever their order; with `moved`, of the rows after `move_paths`."""
    old, new = (f"{folder}{os.sep}" for folder in moved or ("", ""))
    total = 0
    for row in chain.from_iterable(_batches(connection, table)):
        if moved and "folder" in row and row["folder"].startswith(old):
            row = row | {"folder": new + row["folder"].removeprefix(old)}
        cells = repr(tuple(row.values())).encode("utf-8", "surrogatepass")
        total ^= int.from_bytes(hashlib.sha256(cells).digest())
    return total

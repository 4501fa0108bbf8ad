"""Works: lists, searches, renames, shares and deletes what people made; each call checks the rights of who asks.

`Works(tables, "amina").list("conversation", "extradition")` gives her conversations on it, and those shared with her.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, insert, or_, select, update

from app.desk.tables import PARTS, SHARES, WORKS, Tables
from app.errors import NotFoundError, WorkError
from vectorstore.rows import put

WorkKind = Literal["conversation", "briefing", "case"]
# The owner of all works where there are no accounts.
NO_ACCOUNT: Final = "desk"
_LONGEST_TITLE: Final = 200  # characters
_DELETION_DAYS: Final = 7  # in which a deleted work can be restored


@dataclass(frozen=True, kw_only=True)
class Work:
    """A conversation, briefing or saved case that somebody made, without its parts."""

    identifier: str
    kind: WorkKind
    title: str
    changed: str
    """When it was changed last, ISO 8601 in UTC."""
    mine: bool
    """Whether the person who asks is its owner."""
    shared: Mapping[str, bool] = field(default_factory=dict)
    """Persons with whom it is shared, and whether each may change it; filled in for its owner alone."""


class Works:
    """The works that one person may see."""

    def __init__(
        self,
        tables: Tables,
        person: str | Callable[[], str] = NO_ACCOUNT,
        *,
        knows: Callable[[str], str | None] | None = None,
        log: Callable[[str], None] = lambda words: None,
    ) -> None:
        """Sets up access and reads nothing yet; a server passes a callable that returns who sends the current request.

        With accounts, `knows` returns the account that a name means, or None, since works are shared with accounts
        alone, and `log` records shares. Without accounts nothing can be shared, since everybody sees all works.
        """
        self._tables = tables
        self._knows, self._log = knows, log
        self.can_share = knows is not None
        self._asking: Callable[[], str] = person if callable(person) else lambda: person

    @property
    def person(self) -> str:
        """The name of the person who asks just now."""
        return self._asking()

    def add(self, kind: WorkKind, title: str) -> str:
        """Makes a work of this person; returns its id, which cannot be guessed."""
        identifier, now = token_urlsafe(12), _now()
        row = {"id": identifier, "kind": kind, "owner": self.person, "title": _title(title), "made": now}
        # Works that were deleted longer ago than they can be restored are purged.
        before = (datetime.now(UTC) - timedelta(days=_DELETION_DAYS)).isoformat()
        self._tables.run(delete(WORKS).where(WORKS.c.deleted < before), insert(WORKS).values(**row, changed=now))
        return identifier

    def list(self, kind: WorkKind, words: str = "") -> tuple[Work, ...]:
        """Returns the works whose title or parts contain all the words, the last changed first."""
        query = select(WORKS).where(WORKS.c.kind == kind, WORKS.c.deleted.is_(None), self._visible())
        for word in words.lower().split():
            in_parts = exists().where(PARTS.c.work == WORKS.c.id, PARTS.c.words.contains(word, autoescape=True))
            in_title = func.lower(WORKS.c.title).contains(word, autoescape=True)
            query = query.where(or_(in_title, in_parts))
        with self._tables.transaction() as connection:
            rows = connection.execute(query.order_by(WORKS.c.changed.desc(), WORKS.c.id)).all()
            mine = [row.id for row in rows if row.owner == self.person]
            shares = connection.execute(select(SHARES).where(SHARES.c.work.in_(mine)).order_by(SHARES.c.person)).all()
        shared: dict[str, dict[str, bool]] = {}
        for share in shares:
            shared.setdefault(share.work, {})[share.person] = share.may_change
        return tuple(replace(self._work(row), shared=shared.get(row.id, {})) for row in rows)

    def get(self, identifier: str, kind: WorkKind | None = None) -> Work:
        """Returns a work; raises a NotFoundError if none has that id and kind, or this person may not see it."""
        with self._opened(identifier, kind) as (_, row):
            return self._work(row)

    def may_change(self, identifier: str) -> None:
        """Raises as `put` would, so that a caller can check before it does work that `put` refuses."""
        with self._opened(identifier, change=True):
            pass

    def parts(self, identifier: str, kind: WorkKind | None = None) -> dict[int, Any]:
        """Returns the parts of a work by their numbers, in order; raises as `get` does."""
        with self._opened(identifier, kind) as (connection, _):
            query = select(PARTS.c.number, PARTS.c.content).where(PARTS.c.work == identifier).order_by(PARTS.c.number)
            return {number: json.loads(content) for number, content in connection.execute(query)}

    def put(self, identifier: str, number: int, content: object, words: Sequence[str] = ()) -> None:
        """Stores a part, any JSON value, replacing the one of its number; `list` finds it by its `words`.

        Raises a NotFoundError if there is no such work, or this person may not change it.
        """
        with self._opened(identifier, change=True, touched=True) as (connection, _):
            put(connection, PARTS, [{"work": identifier, "number": number, **_part(content, words)}])

    def append(self, identifier: str, content: Callable[[int], object], words: Sequence[str] = ()) -> int:
        """Appends the part that `content` makes from its number; returns the number. Raises as `put` does."""
        with self._opened(identifier, change=True, touched=True) as (connection, _):
            last = select(func.coalesce(func.max(PARTS.c.number), 0)).where(PARTS.c.work == identifier)
            number = int(connection.execute(last).scalar_one()) + 1
            connection.execute(insert(PARTS).values(work=identifier, number=number, **_part(content(number), words)))
        return number

    def rename(self, identifier: str, title: str) -> None:
        """Gives a work another title; raises as `put` does, and a WorkError if the title is empty."""
        if not title.strip():
            raise WorkError("a name needs at least one letter")
        self._set(identifier, title=_title(title))

    def delete(self, identifier: str) -> None:
        """Deletes a work, which `restore` can undo for a week; raises as `put` does."""
        self._set(identifier, own=True, deleted=_now())

    def restore(self, identifier: str, kind: WorkKind | None = None) -> None:
        """Undoes a deletion; raises as `put` does, also if the work is of another kind than the given one."""
        self._set(identifier, kind, own=True, deleted=None)

    def shares(self, identifier: str) -> dict[str, bool]:
        """Returns with whom a work is shared, and whether each may change it; raises as `get`, and for non-owners."""
        with self._opened(identifier, own=True) as (connection, _):
            query = select(SHARES.c.person, SHARES.c.may_change).where(SHARES.c.work == identifier)
            return {row.person: row.may_change for row in connection.execute(query.order_by(SHARES.c.person))}

    def share(self, identifier: str, person: str, *, may_change: bool = False) -> None:
        """Lets another person see a work, or change it as well; raises a WorkError if there are no accounts.

        Raises a NotFoundError if the work is not this person's own, or nobody has that name.
        """
        self.shares(identifier)
        if self._knows is None:
            raise WorkError("there are no accounts to share with: whoever opens this page sees what is kept on it")
        if not (account := self._knows(person)):
            raise NotFoundError(f"no account {person!r} to share with: check the name")
        person = account
        self._log(f"{identifier} with {person}{' to change' if may_change else ''}")
        with self._opened(identifier, own=True) as (connection, _):
            put(connection, SHARES, [{"work": identifier, "person": person, "may_change": may_change}])

    def unshare(self, identifier: str, person: str) -> None:
        """Ends a share; raises as `shares` does."""
        self.shares(identifier)
        person = (self._knows and self._knows(person)) or person
        self._log(f"{identifier} no longer with {person}")
        with self._opened(identifier, own=True) as (connection, _):
            connection.execute(delete(SHARES).where(SHARES.c.work == identifier, SHARES.c.person == person))

    def _set(self, identifier: str, kind: WorkKind | None = None, *, own: bool = False, **values: str | None) -> None:
        with self._opened(identifier, kind, change=True, own=own, deleted="deleted" in values) as (connection, _):
            connection.execute(update(WORKS).where(WORKS.c.id == identifier).values(**values))

    def _visible(self, *, change: bool = False, own: bool = False) -> ColumnElement[bool]:
        mine = WORKS.c.owner == self.person
        if own:
            return mine
        shared = exists().where(SHARES.c.work == WORKS.c.id, SHARES.c.person == self.person)
        return or_(mine, shared.where(SHARES.c.may_change) if change else shared)

    @contextmanager
    def _opened(
        self,
        identifier: str,
        kind: WorkKind | None = None,
        *,
        change: bool = False,
        own: bool = False,
        deleted: bool = False,
        touched: bool = False,
    ) -> Iterator[tuple[Connection, Row[Any]]]:
        """Yields a work in one transaction; `touched` marks it as changed, which locks its row before it is read."""
        query = select(WORKS).where(WORKS.c.id == identifier, self._visible(change=change, own=own))
        if kind is not None:
            query = query.where(WORKS.c.kind == kind)
        with self._tables.transaction() as connection:
            if touched:
                connection.execute(update(WORKS).where(WORKS.c.id == identifier).values(changed=_now()))
            row = connection.execute(query if deleted else query.where(WORKS.c.deleted.is_(None))).one_or_none()
            if row is None:
                # The same message for works that are not visible to this person, who must not learn that they exist.
                raise NotFoundError("this is not there any more, or not yours: choose another in the list")
            yield connection, row

    def _work(self, row: Row[Any]) -> Work:
        return Work(
            identifier=row.id, kind=row.kind, title=row.title, changed=row.changed, mine=row.owner == self.person
        )


def _part(content: object, words: Sequence[str]) -> dict[str, str]:
    return {"content": json.dumps(content, ensure_ascii=False), "words": "\n".join(words).lower()}


def _title(title: str) -> str:
    return " ".join(title.split())[:_LONGEST_TITLE] or "–"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

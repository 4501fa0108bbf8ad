"""User accounts: people with roles, their sessions and API keys, and the audit log.

Only hashes of secrets are stored: Argon2 of passwords, SHA-256 of session cookies and keys, which are long and random.
"""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from secrets import token_hex, token_urlsafe
from typing import Any, Final, Literal, cast, get_args
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, Row, Select, delete, insert, or_, select, update

from app.desk.tables import ASKED, AUDIT, KEYS, SESSIONS, USERS, Tables
from app.desk.works import NO_ACCOUNT
from app.errors import AccountError, NotFoundError
from app.server.person import Person
from app.server.user_roles import MAY, PERMISSIONS, Permission, Role

KEY_PREFIX: Final = "untoc_"
SHORTEST_PASSWORD: Final = 12  # characters, as the next three
LONGEST_PASSWORD: Final = 1024
_LONGEST_NAME: Final = 200
_LONGEST_TARGET: Final = 1000
_ASKED_DAYS: Final = 400  # that it is kept who asked a question

Action = Literal[
    "sign-in", "sign-in refused", "sign-out", "account", "key", "ingest", "edit", "remove", "review", "export", "share",
    "question",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account of the server; `bound` tells whether it is bound to an identity at the OpenID Connect provider."""

    name: str
    role: Role
    made: str
    removed: bool
    has_password: bool
    bound: bool


@dataclass(frozen=True, kw_only=True)
class Key:
    """An API key, without its secret."""

    identifier: str
    account: str
    label: str
    scopes: tuple[Permission, ...]
    made: str
    expires: str | None
    revoked: bool


_ACTIVE: Final = USERS.c.removed.is_(None)
_KEYS: Final[Select[Any]] = select(
    KEYS.c.id.label("identifier"), *(KEYS.c[name] for name in ("account", "label", "scopes", "made", "expires")),
    KEYS.c.revoked.is_not(None).label("revoked"),
)  # fmt: skip


class Accounts:
    """The accounts of one store, with their sessions, API keys and audit log."""

    def __init__(self, tables: Tables, *, session_hours: float = 12.0, audit_days: int = 365) -> None:
        self._tables = tables
        self._session_hours, self._audit_days = session_hours, audit_days

    def add(self, name: str, role: str, password: str | None = None) -> None:
        """Adds an account, or restores a removed one, which then owns its works again.

        `name` is what the person signs in with, or what a proxy or an OpenID Connect provider calls the person. Raises
        an AccountError if the name is taken or not allowed, also where it differs from another in capitals alone, the
        role is unknown, or the password too short or too long.
        """
        name = self.stored_name(name)
        lower = account_name(name).lower()
        alike = [account.name for account in self.list() if account_name(account.name).lower() == lower]
        if alike and name not in alike:
            raise AccountError(f"there is an account {alike[0]!r} already, which people would mistake for {name!r}")
        self._add(name, role, password)

    def _add(self, name: str, role: str, password: str | None = None) -> None:
        if not name or len(name) > _LONGEST_NAME or not name.isprintable() or "/" in name or name == NO_ACCOUNT:
            raise AccountError(f"{name!r} is no name for an account: use a user name or an address of mail")
        values = {"role": _role(role), "password": None if password is None else _hashed(password), "removed": None}
        with self._tables.transaction() as connection:
            found = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
            if found is None:
                connection.execute(insert(USERS).values(name=name, made=_time(), **values))
            elif found.removed is None:
                raise AccountError(
                    f"there is an account {name!r} already: change it with `untoc user role` or `password`"
                )
            else:
                connection.execute(update(USERS).where(USERS.c.name == name).values(subject=None, **values))

    def list(self) -> Sequence[Account]:
        """Returns all accounts, removed ones included, sorted by name."""
        nullable = {"removed": USERS.c.removed, "has_password": USERS.c.password, "bound": USERS.c.subject}
        flags = (column.is_not(None).label(name) for name, column in nullable.items())
        query = select(USERS.c.name, USERS.c.role, USERS.c.made, *flags).order_by(USERS.c.name)
        return [Account(**row._asdict()) for row in self._tables.rows(query)]

    def active_name(self, given: str) -> str | None:
        """Returns the name of an account as it is stored; None if there is none, or it is removed."""
        row = self._active(given)
        return None if row is None else str(row.name)

    def stored_name(self, given: str) -> str:
        """Returns the name as which an account is stored, or would be: as given, else with accents in another form.

        New accounts have names in NFC; earlier releases stored them as they came, such as in NFD.
        """
        composed = account_name(given)
        forms = tuple(dict.fromkeys((given, composed, normalize("NFD", composed))))
        rows = self._tables.rows(select(USERS.c.name, USERS.c.removed).where(USERS.c.name.in_(forms)))
        removed = {str(row.name): row.removed is not None for row in rows}
        return min((name for name in forms if name in removed), key=removed.__getitem__, default=composed)

    def remove(self, name: str) -> None:
        """Removes an account, deletes its sessions and revokes its keys; the person's works stay, and stay shared."""
        name = self.stored_name(name)
        with self._tables.transaction() as connection:
            self._keep_an_admin(connection, name)
            self._change(connection, name, removed=_time(), password=None)
            connection.execute(delete(SESSIONS).where(SESSIONS.c.account == name))
            keys = update(KEYS).where(KEYS.c.account == name, KEYS.c.revoked.is_(None))
            connection.execute(keys.values(revoked=_time()))

    def set_role(self, name: str, role: str) -> None:
        """Changes the role of an account, which applies from its next request on."""
        wanted, name = _role(role), self.stored_name(name)
        with self._tables.transaction() as connection:
            if wanted != "admin":
                self._keep_an_admin(connection, name)
            self._change(connection, name, role=wanted)

    def set_password(self, name: str, password: str) -> None:
        """Sets a password, and signs the account out everywhere."""
        hashed, name = _hashed(password), self.stored_name(name)
        with self._tables.transaction() as connection:
            self._change(connection, name, password=hashed)
            connection.execute(delete(SESSIONS).where(SESSIONS.c.account == name))

    def check_password(self, name: str, password: str) -> bool:
        """Returns whether a password is right; an unknown name takes as long, so that the time reveals no names."""
        row, password = self._active(name), password[:LONGEST_PASSWORD]
        stored = None if row is None else row.password
        try:
            right = _hasher().verify(stored or _dummy_hash(), password)
        except (Argon2Error, InvalidHashError):
            return False
        if row is not None and stored is not None and _hasher().check_needs_rehash(stored):
            renewed = update(USERS).where(USERS.c.name == row.name, _ACTIVE)
            self._tables.run(renewed.values(password=_hasher().hash(password)))
        return stored is not None and right

    def bind(self, name: str, subject: str) -> None:
        """Binds an account to an identity at the provider (`subject_of`); an AccountError if another account has it."""
        name = self.stored_name(name)
        with self._tables.transaction() as connection:
            bound = connection.scalar(select(USERS.c.name).where(USERS.c.subject == subject, _ACTIVE))
            if bound not in (None, name):
                raise AccountError(f"this person has the account {bound!r}: remove it, or bind it to somebody else")
            self._change(connection, name, subject=subject)

    def named_by(self, name: str, new_role: str, subject: str | None = None) -> str | None:
        """Returns the account of a person whom a proxy or a provider authenticated; None if access is refused.

        A missing account is added with `new_role`, unless that is empty. The account bound to `subject` (`subject_of`)
        goes first, whatever its name; else the account `name` is now bound to it, if unbound and without a password.
        """
        name = self.stored_name(name)
        bound = select(USERS.c.name).where(USERS.c.subject == subject, _ACTIVE)
        if subject is not None and (rows := self._tables.rows(bound)):
            return str(rows[0].name)
        if self._active(name) is None:
            if not new_role or self._tables.rows(select(USERS).where(USERS.c.name == name)):
                return None
            try:
                # Whoever signs people in tells names apart by capitals, or not: two names are two persons here.
                self._add(name, new_role)
            except AccountError:
                # The name is not allowed, or another request has just added the account.
                if self._active(name) is None:
                    return None
        if subject is None:
            return name
        # An account with a password already belongs to somebody, whom the provider may know by another name.
        unclaimed = (USERS.c.name == name, _ACTIVE, USERS.c.subject.is_(None), USERS.c.password.is_(None))
        return name if self._tables.run(update(USERS).where(*unclaimed).values(subject=subject)) else None

    def begin(self, name: str) -> str:
        """Starts a session of an account; returns the value of its cookie."""
        token, expires = token_urlsafe(32), _time(hours=self._session_hours)
        self._tables.run(
            delete(SESSIONS).where(SESSIONS.c.expires < _time()),
            insert(SESSIONS).values(digest=_digest(token), account=name, made=_time(), expires=expires),
        )
        return token

    def end(self, token: str) -> None:
        """Ends the session of a cookie, which is not valid from then on."""
        self._tables.run(delete(SESSIONS).where(SESSIONS.c.digest == _digest(token)))

    def of_session(self, token: str) -> Person | None:
        """Returns the person of a session cookie; None if the session expired or ended, or the cookie is unknown."""
        digest = _digest(token)
        query = select(USERS.c.name, USERS.c.role).join_from(USERS, SESSIONS)
        rows = self._tables.rows(query.where(SESSIONS.c.digest == digest, SESSIONS.c.expires > _time(), _ACTIVE))
        return _person(rows[0], digest, by_browser=True) if rows else None

    def of_name(self, name: str) -> Person | None:
        """Returns the person of an account, authenticated by a trusted proxy; None if there is no such account."""
        row = self._active(name)
        return None if row is None else _person(row, f"proxy:{name}", by_browser=True)

    def of_key(self, given: str) -> Person | None:
        """Returns the person of an API key, with the permissions that role and key share; None if it is not valid."""
        identifier, _, secret = given.removeprefix(KEY_PREFIX).partition("_")
        query = select(USERS.c.name, USERS.c.role, KEYS.c.digest, KEYS.c.scopes).join_from(USERS, KEYS)
        lasts = or_(KEYS.c.expires.is_(None), KEYS.c.expires > _time())
        rows = self._tables.rows(query.where(KEYS.c.id == identifier, KEYS.c.revoked.is_(None), lasts, _ACTIVE))
        if not rows or not hmac.compare_digest(rows[0].digest, _digest(secret)):
            return None
        return _person(rows[0], f"key:{identifier}", scopes=frozenset(rows[0].scopes.split()))

    def add_key(self, name: str, label: str, scopes: Collection[str], days: int | None = None) -> tuple[Key, str]:
        """Adds an API key to an account; returns its record and the token to send, which cannot be read again.

        Raises an AccountError if no scope is given, or one that is unknown or that the account's role does not have.
        """
        identifier, secret, name = token_hex(6), token_urlsafe(32), self.stored_name(name)
        expires = None if days is None else _time(days=days)
        with self._tables.transaction() as connection:
            role: Role | None = connection.scalar(select(USERS.c.role).where(USERS.c.name == name, _ACTIVE))
            if role is None:
                raise NotFoundError(f"no account {name!r}: `untoc user list` shows them")
            refused = sorted(set(scopes) - MAY[role])
            if not scopes or refused:
                known = ", ".join(scope for scope in PERMISSIONS if scope in MAY[role])
                problem = f"{refused[0]!r} is no scope of the role {role!r}" if refused else "a key needs a scope"
                raise AccountError(f"{problem}: choose among {known}")
            values = {"account": name, "label": label.strip()[:_LONGEST_NAME], "made": _time(), "expires": expires}
            granted = " ".join(scope for scope in PERMISSIONS if scope in scopes)
            connection.execute(insert(KEYS).values(id=identifier, digest=_digest(secret), scopes=granted, **values))
            key = _key(connection.execute(_KEYS.where(KEYS.c.id == identifier)).one())
        return key, f"{KEY_PREFIX}{identifier}_{secret}"

    def keys(self, name: str | None = None) -> Sequence[Key]:
        """Returns the keys of one account, or of all accounts without a name."""
        query = _KEYS.order_by(KEYS.c.account, KEYS.c.made)
        if name is not None:
            query = query.where(KEYS.c.account == self.stored_name(name))
        return [_key(row) for row in self._tables.rows(query)]

    def revoke(self, identifier: str, name: str | None = None) -> None:
        """Revokes a key, which must belong to the account `name` if that is given; a NotFoundError if there is none."""
        keys = update(KEYS).where(KEYS.c.id == identifier, KEYS.c.revoked.is_(None)).values(revoked=_time())
        if not self._tables.run(keys if name is None else keys.where(KEYS.c.account == name)):
            raise NotFoundError(f"no key {identifier!r} that could be revoked: `untoc key list` shows them")

    def log(self, action: Action, target: str, person: Person) -> int:
        """Adds an entry to the audit log, and deletes entries that are too old; returns the id of the new one."""
        entry = {"account": person.name, "action": action, "target": target[:_LONGEST_TARGET]}
        origin = {"address": person.address, "request": person.request}
        with self._tables.transaction() as connection:
            connection.execute(delete(AUDIT).where(AUDIT.c.at < _time(days=-self._audit_days)))
            added = connection.execute(insert(AUDIT).values(at=_time(), **entry, **origin))
            return int(cast(Row[Any], added.inserted_primary_key)[0])

    def amend(self, entry: int, action: str, target: str) -> None:
        """Changes an entry of the audit log, once it is known what came of an action that was logged before."""
        self._tables.run(
            update(AUDIT).where(AUDIT.c.id == entry).values(action=action, target=target[:_LONGEST_TARGET])
        )

    def logged(self, *, before: int | None = None, limit: int = 100) -> Sequence[dict[str, Any]]:
        """Returns entries of the audit log, newest first; with `before`, only those with a smaller id."""
        query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
        rows = self._tables.rows(query if before is None else query.where(AUDIT.c.id < before))
        return [dict(row._mapping) for row in rows]

    def asked(self, trace: str, name: str) -> None:
        """Records which account asked the question of a trace, and deletes records that are too old."""
        self._tables.run(
            delete(ASKED).where(ASKED.c.at < _time(days=-_ASKED_DAYS)),
            insert(ASKED).values(trace=trace, account=name, at=_time()),
        )

    def asked_by(self, trace: str) -> str | None:
        """Returns the account that asked the question of a trace; None if that is not recorded."""
        rows = self._tables.rows(select(ASKED.c.account).where(ASKED.c.trace == trace))
        return str(rows[0].account) if rows else None

    def _active(self, name: str) -> Row[Any] | None:
        rows = self._tables.rows(select(USERS).where(USERS.c.name == self.stored_name(name), _ACTIVE))
        return rows[0] if rows else None

    @staticmethod
    def _change(connection: Connection, name: str, **values: str | None) -> None:
        if not connection.execute(update(USERS).where(USERS.c.name == name, _ACTIVE).values(**values)).rowcount:
            raise NotFoundError(f"no account {name!r}: `untoc user list` shows them")

    @staticmethod
    def _keep_an_admin(connection: Connection, name: str) -> None:
        admins = (USERS.c.role == "admin", _ACTIVE)
        # A write that changes nothing locks the rows on both engines, so that admins who demote each other take turns.
        connection.execute(update(USERS).where(*admins).values(role="admin"))
        if connection.scalars(select(USERS.c.name).where(*admins)).all() == [name]:
            raise AccountError(f"{name!r} is the last admin: make another one first with `untoc user role`")


def account_name(given: str) -> str:
    """Returns a name as accounts have it: without space around it, and accented letters as one character (NFC)."""
    return normalize("NFC", given.strip())


def _role(role: str) -> Role:
    if role not in MAY:
        raise AccountError(f"no role {role!r}: use {', '.join(get_args(Role))}")
    return cast(Role, role)


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(f"a password has from {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters: choose another")
    return _hasher().hash(password)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _dummy_hash() -> str:
    return _hasher().hash(token_urlsafe(16))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def subject_of(issuer: str, sub: str) -> str:
    """Returns an identity at a provider, its issuer and `sub`, as one string; an AccountError without an issuer."""
    if not issuer:
        raise AccountError("say whose person it is: set UNTOC_SERVER__OIDC__ISSUER")
    return f"{issuer.rstrip('/')} {sub}"


def _person(
    row: Row[Any], sign_in: str, *, scopes: frozenset[str] = frozenset(PERMISSIONS), by_browser: bool = False
) -> Person | None:
    if (may := MAY.get(row.role)) is None:
        return None
    return Person(name=row.name, role=row.role, may=may & scopes, sign_in=sign_in, by_browser=by_browser)


def _key(row: Row[Any]) -> Key:
    return Key(**{**row._asdict(), "scopes": tuple(row.scopes.split())})


def _time(**from_now: float) -> str:
    return (datetime.now(UTC) + timedelta(**from_now)).isoformat()

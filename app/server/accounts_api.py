"""Routes of `/api/v1` for accounts, API keys and the audit log."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from app.errors import ForbiddenError
from app.server.accounts import Account, Key, subject_of
from app.server.actions import Actions
from app.server.models import Limit, NewAccount, NewKey, NewKeyItem, PersonName, PersonWish, RoleWish
from app.server.person import Person, current_person
from app.server.required_permissions import DeclaredRoute, needs


def routes(actions: Actions) -> APIRouter:
    """Returns the routes for accounts, API keys and the audit log."""
    router = APIRouter(prefix="/api/v1", route_class=DeclaredRoute, tags=["accounts"])
    accounts = actions.gate.accounts

    @router.get("/users", **needs("admin"))
    def users() -> Sequence[Account]:
        """Lists the accounts."""
        return accounts.list()

    @router.post("/users", **needs("admin"), status_code=201)
    def add_account(new: NewAccount) -> Account:
        """Adds an account."""
        with actions.gate.logging("account", f"add {new.name} {new.role}"):
            accounts.add(new.name, new.role, new.password)
        return next(account for account in accounts.list() if account.name == accounts.stored_name(new.name))

    @router.patch("/users/{name}", **needs("admin"), status_code=204)
    def set_role(name: PersonName, wish: RoleWish) -> None:
        """Changes the role of an account."""
        with actions.gate.logging("account", f"role {name} {wish.role}"):
            accounts.set_role(name, wish.role)

    @router.put("/users/{name}/person", **needs("admin"), status_code=204)
    def bind(name: PersonName, wish: PersonWish) -> None:
        """Binds an account to an identity at the provider, in place of an earlier one."""
        with actions.gate.logging("account", f"bind {name}"):
            accounts.bind(name, subject_of(actions.workspace.settings.server.oidc.issuer, wish.sub))

    @router.delete("/users/{name}", **needs("admin"), status_code=204)
    def remove_account(name: PersonName) -> None:
        """Removes an account with its sessions and keys; the person's works stay."""
        with actions.gate.logging("account", f"remove {name}"):
            accounts.remove(name)

    @router.get("/keys", **needs("person"))
    def keys() -> Sequence[Key]:
        """Lists the caller's own keys; for an admin, the keys of all accounts."""
        person = current_person()
        return accounts.keys(None if "admin" in person.may else person.name)

    @router.post("/keys", **needs("person"), status_code=201)
    def add_key(new: NewKey) -> NewKeyItem:
        """Adds a key for the caller, who must have all of its permissions; its secret is shown only this once."""
        person = _keeper_of_keys()
        for scope in new.scopes:
            actions.gate.require(scope)
        key, secret = accounts.add_key(person.name, new.label, new.scopes, new.days)
        # The entry needs the id of the new key; if logging fails, nobody gets the secret.
        actions.gate.log("key", f"add {key.identifier} {' '.join(key.scopes)}")
        return NewKeyItem(key=key, secret=secret)

    @router.delete("/keys/{identifier}", **needs("person"), status_code=204)
    def revoke_key(identifier: Annotated[str, Path(max_length=40)]) -> None:
        """Revokes one of the caller's own keys; an admin may revoke any key."""
        person = _keeper_of_keys()
        with actions.gate.logging("key", f"revoke {identifier}"):
            accounts.revoke(identifier, None if "admin" in person.may else person.name)

    @router.get("/audit", **needs("operate"))
    def audit(before: Annotated[int | None, Query(ge=1, lt=2**31)] = None, limit: Limit = 100) -> list[dict[str, Any]]:
        """Lists entries of the audit log, newest first; `before` is the id of the last entry of the previous page."""
        return list(accounts.logged(before=before, limit=limit))

    return router


def _keeper_of_keys() -> Person:
    """Returns the caller; a ForbiddenError if they use a key that may not add or revoke keys."""
    person = current_person()
    if person.sign_in.startswith("key:") and "admin" not in person.may:
        raise ForbiddenError("a key neither makes nor revokes keys: sign in, or use `untoc key`")
    return person

"""Who asks: a person with a role, or one of a person's keys, and what either may do."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final, Literal, get_args

from app.desk.works import THE_DESK
from app.errors import ForbiddenError
from app.ui.parts import request_scope

Role = Literal["reader", "editor", "admin"]
Permission = Literal["read", "ask", "work", "edit", "operate", "admin"]

PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)
# read: statements, searches, checks; ask: questions and briefings; work: what one makes and is shared; edit: the corpus
# and reviews; operate: health, figures and the audit log; admin: accounts.
MAY: Final[Mapping[Role, frozenset[Permission]]] = {
    "reader": frozenset({"read", "ask", "work"}),
    "editor": frozenset({"read", "ask", "work", "edit"}),
    "admin": frozenset(PERMISSIONS),
}
SCOPE_KEY: Final = "untoc.person"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever sent a request."""

    name: str
    role: Role
    may: frozenset[Permission]
    """What the role allows, and of a key only what it was given as well."""
    sign_in: str = ""
    """Which sign-in or key this is; what a browser session holds belongs to one of them."""
    address: str = ""
    request: str = ""
    by_browser: bool = False
    """Whether a browser sends it by itself, so that a page elsewhere could have it sent."""
    left: Event = field(default_factory=Event, compare=False, repr=False)
    """Set when whoever sent the request waits for its answer no more."""


# Who asks everything where there are no accounts.
AT_THE_DESK: Final = Person(name=THE_DESK, role="admin", may=MAY["admin"])
_ASKING: Final[ContextVar[Person]] = ContextVar("asking")
set_person = _ASKING.set
reset_person = _ASKING.reset


def person_of(scope: Mapping[str, Any]) -> Person | None:
    """Returns whom the gate found to have sent the request of an ASGI scope."""
    found = scope.get(SCOPE_KEY)
    return found if isinstance(found, Person) else None


def current_person() -> Person:
    """Returns who asks just now, in the chat, the API or a tool; a ForbiddenError where nobody does."""
    scope = request_scope()
    person = _ASKING.get(None) if scope is None else person_of(scope)
    if person is None:
        raise ForbiddenError("sign in first: nobody is known to ask this")
    return person

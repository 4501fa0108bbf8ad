"""The sender of a request: a person with a role, or one of their API keys."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final

from app.desk.works import NO_ACCOUNT
from app.errors import ForbiddenError
from app.server.user_roles import MAY, Permission, Role

SCOPE_KEY: Final = "untoc.person"


@dataclass(frozen=True, kw_only=True)
class Person:
    """The person who sent a request."""

    name: str
    role: Role
    may: frozenset[Permission]
    """The permissions of the role; with an API key, only those that the key was given as well."""
    sign_in: str = ""
    """Identifies the sign-in or API key, which owns the state and files of a browser session."""
    address: str = ""
    request: str = ""
    by_browser: bool = False
    """Whether browsers send the credential by themselves, so that a page of another origin could forge requests."""
    disconnected: Event = field(default_factory=Event, compare=False, repr=False)
    """Set when the client has disconnected before its answer."""


# The sender of all requests when there are no accounts.
LOCAL_PERSON: Final = Person(name=NO_ACCOUNT, role="admin", may=MAY["admin"])
_ASKING: Final[ContextVar[Person]] = ContextVar("asking")
set_person = _ASKING.set
reset_person = _ASKING.reset


def person_of(scope: Mapping[str, Any]) -> Person | None:
    """Returns the person whom the guard has put into the ASGI scope of a request; None if there is none."""
    found = scope.get(SCOPE_KEY)
    return found if isinstance(found, Person) else None


def current_person() -> Person:
    """Returns the sender of the current request to the chat, the API or a tool; a ForbiddenError if unknown."""
    # Commands on accounts need no Gradio, which takes seconds to import.
    from app.ui.parts import request_scope

    scope = request_scope()
    person = _ASKING.get(None) if scope is None else person_of(scope)
    if person is None:
        raise ForbiddenError("sign in first: nobody is known to ask this")
    return person

"""Permissions that routes and events of the chat need: a route that declares none is not served.

`@router.get("/statements", **needs("read"))` is refused to a key without the scope `read`.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, Literal

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from app.errors import ForbiddenError
from app.server.person import person_of
from app.server.problems import MEDIA_TYPE, PROBLEM
from app.server.user_roles import Permission

# `person`: anybody who is signed in; `nobody`: no sign-in is needed.
Need = Permission | Literal["person", "nobody"]
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}}}
    for status in (400, 401, 403, 404, 409, 413, 422, 429, 500, 503)
}


class _Needs:
    def __init__(self, all_of: tuple[Need, ...]) -> None:
        self.all_of = all_of

    # A coroutine, since functions run in threads, which may all be busy: `/ready` must answer even then.
    async def __call__(self, request: Request) -> None:
        person = person_of(request.scope)
        for need in self.all_of:
            if need != "nobody" and (person is None or (need != "person" and need not in person.may)):
                raise ForbiddenError(f"this needs the permission {need!r}: ask an admin, or use another key")


def needs(*all_of: Need, gives: type | None = None) -> dict[str, Any]:
    """Returns options of a route: the permissions it needs, its error responses, with `gives` its response model."""
    declared: dict[str, Any] = {"dependencies": [Depends(_Needs(all_of))], "responses": _ERRORS}
    if gives is not None:
        declared |= {"response_model": None, "responses": {**_ERRORS, 200: {"model": gives}}}
    return declared


class DeclaredRoute(APIRoute):
    """A route that declares the permission it needs; without one, creating the route raises a TypeError."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """The permissions that the route needs, or `person` or `nobody`; empty if it declares none."""
        return next((d.dependency.all_of for d in self.dependencies if isinstance(d.dependency, _Needs)), ())

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Returns the handler of the route; a TypeError if the route declares no need."""
        if not self.needs:
            raise TypeError(
                f"the route {self.path!r} does not say what it needs: see app/server/required_permissions.py"
            )
        return super().get_route_handler()


# Permissions of the chat's events, by `app.ui.guard.event_name`; a `<lambda>` changes only the layout (`read`).
_EVENTS: Final[Mapping[Permission, str]] = {
    "read": (
        "cancel briefing_tab.<lambda> check_tab.<lambda> corpus_tab.<lambda> ingest_tab.<lambda>"
        " ask_tab.stopped briefing_tab.stopped briefing_tab.choices briefing_tab.named"
        " check_tab.checked chat.verify ingest_tab.opened ingest_tab.watch ingest_tab.given_up ingest_tab.stopped"
        " uploads.named_files corpus_tab.offered corpus_tab.listed corpus_tab.pressed corpus_tab.act"
        " parts.language_choice chat.account served_files.forget_session evidence_panel.page_image"
        " evidence_panel.whole_statement page upload"
    ),
    "ask": (
        "ask_tab.ask_new ask_tab.act ask_tab.ask_with_scope ask_tab.ask_as_read ask_tab.suggest briefing_tab.make"
        " briefing_tab.opened chat.ask chat.brief"
    ),
    "work": (
        "ask_tab.editor_values ask_tab.listed ask_tab.judge ask_tab.use ask_tab.change_list ask_tab.arrange_list"
        " ask_tab.opened ask_tab.begun"
        " ask_tab.refreshed ask_tab.export_conversation briefing_tab.change_cell briefing_tab.change_list"
        " briefing_tab.documents briefing_tab.keep_as_own briefing_tab.reopened briefing_tab.refreshed"
    ),
    "edit": (
        "ingest_tab.ingest ingest_tab.sample ingest_tab.set_states ingest_tab.add_party corpus_tab.save"
        " corpus_tab.remove corpus_tab.set_field corpus_tab.remove_all corpus_tab.undo"
    ),
}
EVENTS: Final = {event: need for need, events in _EVENTS.items() for event in events.split()}
# Events that export documents, which the audit log records.
EXPORTS: Final = frozenset({"ask_tab.export_conversation", "briefing_tab.documents"})

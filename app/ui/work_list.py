"""A list of conversations or briefings as HTML, with actions to open, rename, share, delete and restore them."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from app.answering.provenance import date_in_words
from app.desk.works import Work, WorkKind, Works
from app.errors import SHOWN_ERRORS
from app.ui.parts import sent, skips
from app.ui.templates import error_html, render
from app.ui.words import language


def list_html(works: Works, kind: WorkKind, open_id: str | None, words: str = "", deleted: Work | None = None) -> str:
    """Renders the works that match all search words; `deleted` was just deleted and can be restored."""
    try:
        found = works.list(kind, words)
    except SHOWN_ERRORS as error:
        return error_html(error)
    empty = "none-found" if words.strip() else "none-kept" if kind == "conversation" else "none-briefed"
    shown = {"works": found, "open_id": open_id, "kind": kind, "deleted": deleted, "sharing": works.can_share}
    return render(
        "works", **shown, empty=empty, day=lambda moment: date_in_words(moment.partition("T")[0], language()) or ""
    )


def change_list(
    works: Works,
    open_id: str | None,
    event: gr.EventData,
    opened: Callable[[str | None], tuple[Any, ...]],
    listed: Callable[[str | None, Work | None], str],
    others: int,
) -> tuple[Any, ...]:
    """Applies an action of the list to a work; returns the outputs of `opened`: `others` of them, then the list."""
    data = sent(event)
    identifier, action, deleted = str(data.get("id", "")), data.get("action"), None
    if action == "open":
        return opened(identifier)
    try:
        if action == "rename":
            works.rename(identifier, str(data.get("typed", "")))
        elif action in ("share", "share-to-change"):
            works.share(identifier, str(data.get("typed", "")).strip(), may_change=action == "share-to-change")
        elif action == "unshare":
            works.unshare(identifier, str(data.get("name", "")))
        elif action == "restore":
            works.restore(identifier)
        elif action == "delete":
            deleted = works.get(identifier)
            works.delete(identifier)
    except SHOWN_ERRORS as error:
        return *skips(others), error_html(error) + listed(open_id, None)
    if identifier == open_id and action == "rename":
        return opened(open_id)
    if deleted is not None and identifier == open_id:
        return *opened(None)[:-1], listed(None, deleted)
    return *skips(others), listed(open_id, deleted)

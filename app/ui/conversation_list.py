"""A list of conversations or briefings as HTML: open, rename, delete, and take a deletion back."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from babel.dates import format_date

from app.desk.works import Work, Works
from app.ui.words import language, say


def list_html(works: Sequence[Work], here: str | None, *, words: str = "", deleted: Work | None = None) -> str:
    """Renders works, changed last first.

    Args:
        works: What is listed.
        here: Id of the one that is open.
        words: What was searched for.
        deleted: What was deleted a moment ago.
    """
    undo = (
        ""
        if deleted is None
        else f'<p class="u-note" role="status">{say("deleted", title=f"<bdi>{escape(deleted.title)}</bdi>")} '
        f'<button type="button" class="u-button" data-action="restore" data-id="{escape(deleted.identifier)}">'
        f"{say('take-back')}</button></p>"
    )
    items = "".join(_item(work, work.identifier == here) for work in works)
    if not items:
        return undo + f'<p class="u-note">{say("none-found" if words.strip() else "none-kept")}</p>'
    return f'{undo}<ul class="u-works">{items}</ul>'


def change_work(works: Works, identifier: str, action: str, title: str) -> Work | None:
    """Renames, deletes or restores a work; returns the one that was deleted, None otherwise.

    Raises:
        AppError: It is not there any more, or the title is empty.
    """
    if action == "rename":
        works.rename(identifier, title)
    elif action == "restore":
        works.restore(identifier)
    elif action == "delete":
        work = works.get(identifier)
        works.delete(identifier)
        return work
    return None


def _item(work: Work, here: bool) -> str:
    title, identifier = escape(work.title), escape(work.identifier)
    day = format_date(datetime.fromisoformat(work.changed), "medium", locale=language())
    current = ' aria-current="page"' if here else ""
    return (
        f'<li class="u-work"><button type="button" class="u-work-open" data-action="open" data-id="{identifier}"'
        f'{current}><bdi>{title}</bdi> <span class="u-note">{escape(day)}</span></button>'
        f'<details class="u-work-more"><summary><span aria-hidden="true">⋯</span><span class="u-hidden">'
        f'{say("change-work", title=title)}</span></summary><div class="u-form">'
        f'<input type="text" value="{title}" maxlength="200" aria-label="{say("name")}">'
        f'<button type="button" class="u-button" data-action="rename" data-id="{identifier}">{say("rename")}</button>'
        f'<button type="button" class="u-button u-quiet" data-action="delete" data-id="{identifier}">'
        f"{say('delete')}</button></div></details></li>"
    )

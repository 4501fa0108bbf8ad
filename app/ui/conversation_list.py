"""A list of conversations or briefings as HTML: open, rename, delete, and take a deletion back."""

from collections.abc import Sequence

from app.answering.provenance import spoken_date
from app.desk.works import Work, Works
from app.ui.templates import render
from app.ui.words import language


def list_html(works: Sequence[Work], here: str | None, *, words: str = "", deleted: Work | None = None) -> str:
    """Renders works, changed last first.

    Args:
        works: What is listed.
        here: Id of the one that is open.
        words: What was searched for.
        deleted: What was deleted a moment ago.
    """
    return render("works", works=works, here=here, words=words, deleted=deleted, day=_day)


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


def _day(moment: str) -> str:
    return spoken_date(moment.partition("T")[0], language()) or ""

"""Routes of `/api/v1` for works (conversations, briefings and saved cases, each with an owner) and for reviews.

A work that the caller may not see is answered as not found, so that its existence is not revealed.
"""

from contextlib import suppress
from dataclasses import asdict, replace
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Path, Query, Response
from pydantic_core import to_jsonable_python

from app.answering.history import turn_of
from app.corpus.draft_cases import Judgement
from app.desk.conversations import KeptTurn
from app.desk.works import Work, WorkKind
from app.errors import NotFoundError
from app.export.briefing_lines import DocumentForm
from app.server import models
from app.server.actions import Actions, briefing_json, paged
from app.server.api import Id, Suffix, download
from app.server.models import Limit, Offset, Page, PersonName, Value, WorkItem
from app.server.person import current_person
from app.server.required_permissions import DeclaredRoute, needs


def routes(actions: Actions) -> APIRouter:
    """Returns the routes for works and reviews."""
    router = APIRouter(prefix="/api/v1", route_class=DeclaredRoute)
    for kind in get_args(WorkKind):
        _add_work_routes(router, actions, kind)
    _add_conversation_routes(router, actions)
    _add_briefing_routes(router, actions)
    return router


def _add_work_routes(router: APIRouter, actions: Actions, kind: WorkKind) -> None:
    """Adds the routes that all kinds of works have."""
    plural = f"{kind}s"
    works, place = actions.works, f"/{plural}/{{work_id}}"
    options: dict[str, Any] = {**needs("work"), "tags": [plural]}

    @router.get(f"/{plural}", **options, name=f"list_{plural}")
    def listed(words: Value = "", offset: Offset = 0, limit: Limit = 50) -> Page[WorkItem]:
        """Lists the caller's own works of this kind and those shared with the caller, last changed first."""
        return Page(**paged(works.list(kind, words), offset, limit, _item))

    @router.patch(place, **options, name=f"rename_{kind}")
    def rename(work_id: Id, title: models.Title) -> WorkItem:
        """Changes the title."""
        works.get(work_id, kind)
        works.rename(work_id, title.title)
        return _item(works.get(work_id))

    @router.delete(place, **options, status_code=204, name=f"delete_{kind}")
    def delete(work_id: Id) -> None:
        """Deletes the work; for a week it can be restored."""
        works.get(work_id, kind)
        works.delete(work_id)

    @router.post(f"{place}/restore", **options, name=f"restore_{kind}")
    def restore(work_id: Id) -> WorkItem:
        """Restores the work after a deletion."""
        works.restore(work_id, kind)
        return _item(works.get(work_id, kind))

    @router.get(f"{place}/shares", **options, name=f"shares_of_{kind}")
    def shares(work_id: Id) -> dict[str, bool]:
        """Returns with whom the work is shared, and whether each may change it; only for its owner."""
        works.get(work_id, kind)
        return works.shares(work_id)

    @router.put(f"{place}/shares/{{name}}", **options, status_code=204, name=f"share_{kind}")
    def share(work_id: Id, name: PersonName, how: models.Share) -> None:
        """Shares the work with a person."""
        works.get(work_id, kind)
        works.share(work_id, name, may_change=how.may_change)

    @router.delete(f"{place}/shares/{{name}}", **options, status_code=204, name=f"unshare_{kind}")
    def unshare(work_id: Id, name: PersonName) -> None:
        """Stops sharing the work with a person."""
        works.get(work_id, kind)
        works.unshare(work_id, name)


def _add_conversation_routes(router: APIRouter, actions: Actions) -> None:
    options: dict[str, Any] = {**needs("work"), "tags": ["conversations"]}
    asks: dict[str, Any] = {**needs("ask", "work", gives=models.Turned), "tags": ["conversations"]}

    @router.post("/conversations", **asks)
    def begin_conversation(turn: models.Turn) -> dict[str, Any]:
        """Asks the first question of a new conversation; returns its `id`, the turn's `number` and the `answer`."""
        return _ask_turn(actions, None, turn)

    @router.post("/conversations/{work_id}/turns", **asks)
    def continue_conversation(work_id: Id, turn: models.Turn) -> dict[str, Any]:
        """Asks the next question, with the ones before it as history."""
        return _ask_turn(actions, work_id, turn)

    @router.get("/conversations/{work_id}", **options)
    def read_conversation(work_id: Id) -> dict[str, Any]:
        """Returns the questions and answers in order."""
        work, turns = actions.works.get(work_id, "conversation"), actions.conversations.turns(work_id)
        return {**_item(work).model_dump(), "turns": [_turn_json(turn) for turn in turns]}

    @router.post("/conversations/{work_id}/turns/{number}/verdict", **options)
    def judge_answer(
        work_id: Id, number: Annotated[int, Path(ge=1, le=100_000)], verdict: models.Verdict
    ) -> dict[str, Any]:
        """Records whether an answer was right, and saves it as a case; `id` is that of its draft for the evals.

        The conversation shows the verdict if the caller may change it.
        """
        turns = actions.conversations.turns(work_id)
        at = next((at for at, turn in enumerate(turns) if turn.number == number), None)
        if at is None:
            raise NotFoundError(f"the conversation has no turn {number}: `GET /conversations/{{id}}` shows them")
        history = [turn_of(turn.answer, turn.overrides) for turn in turns[:at]]
        judged = Judgement(verdict=verdict.verdict, should_be=verdict.should_be)
        saved = actions.cases.keep(turns[at].answer, judged, history=history, overrides=turns[at].overrides)
        # Whoever may only read it keeps the case alone.
        with suppress(NotFoundError):
            marked = replace(turns[at], judged=judged.verdict, should_be=judged.should_be)
            actions.conversations.mark(work_id, marked)
        return {"id": saved.identifier, "new": saved.new}

    @router.get("/cases/{work_id}", **needs("work"), tags=["cases"])
    def read_case(work_id: Id) -> dict[str, Any]:
        """Returns a saved case."""
        return {**_item(actions.works.get(work_id, "case")).model_dump(), **actions.works.parts(work_id).get(1, {})}


def _add_briefing_routes(router: APIRouter, actions: Actions) -> None:
    options: dict[str, Any] = {**needs("work"), "tags": ["briefings"]}

    @router.post("/briefings", **{**needs("ask", "work"), "tags": ["briefings"]})
    def make_briefing(wish: models.BriefingWish) -> models.Made:
        """Makes a briefing and keeps it."""
        return models.Made(id=actions.kept.keep(None, actions.brief(wish)))

    @router.get("/briefings/{work_id}", **options)
    def read_briefing(work_id: Id) -> dict[str, Any]:
        """Returns a kept briefing, as `untoc brief --json` does."""
        return briefing_json(actions.kept.open(work_id))

    @router.get("/briefings/{work_id}/document", **options, response_class=Response)
    def briefing_document(work_id: Id, suffix: Suffix = ".docx", form: DocumentForm = "full") -> Response:
        """Returns a kept briefing as a document."""
        return download(actions.document(actions.kept.open(work_id), suffix, form), suffix, "briefing")

    @router.get("/reviews", **needs("read"), tags=["reviews"])
    def reviews(key: Annotated[list[str], Query(max_length=500)]) -> dict[str, Any]:
        """Returns the decisions on cells, by cell key; decisions belong to the secretariat, not to one person."""
        return {each: asdict(review) for each, review in actions.workspace.reviews.of(key).items()}

    @router.put("/reviews", **needs("edit"), tags=["reviews"])
    def review(wish: models.ReviewWish) -> dict[str, Any]:
        """Keeps a decision on a cell under the caller's name, in place of an earlier one."""
        kept = actions.workspace.reviews.keep(
            wish.key, wish.state, kind=wish.kind, note=wish.note, reviewer=current_person().name
        )
        return asdict(kept)

    @router.delete("/reviews/{key}", **needs("edit"), status_code=204, tags=["reviews"])
    def forget_review(key: Id) -> None:
        """Deletes a decision, so that the cell shows the suggestion again."""
        actions.workspace.reviews.forget(key)


def _ask_turn(actions: Actions, work_id: str | None, turn: models.Turn) -> dict[str, Any]:
    """Asks a question in a conversation, or in a new one if `work_id` is None; returns it as `models.Turned`."""
    before = [] if work_id is None else actions.conversations.turns(work_id)
    if work_id is not None:
        actions.works.may_change(work_id)
    history = [turn_of(earlier.answer, earlier.overrides) for earlier in before]
    answer = actions.workspace.assistant.ask(turn.question, overrides=turn.scope, history=history)
    kept = KeptTurn(number=1, question=answer.question, answer=answer, overrides=turn.scope)
    identifier, number = actions.conversations.append(work_id, kept)
    return {"id": identifier, "number": number, "answer": answer.to_json()}


def _turn_json(turn: KeptTurn) -> dict[str, Any]:
    made: dict[str, Any] = to_jsonable_python(turn)
    return made | {"scope": made.pop("overrides")}


def _item(work: Work) -> WorkItem:
    return WorkItem(id=work.identifier, title=work.title, changed=work.changed, mine=work.mine)

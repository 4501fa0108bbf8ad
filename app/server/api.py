"""Routes of `/api/v1` that do for programs what the commands do; they return the JSON of `untoc … --json`."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Literal

import fastapi
from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.answering.assistant import Progress
from app.corpus.as_json import party_json
from app.corpus.upload_names import free_path, safe_name, to_ingest, without_folder
from app.errors import SHOWN_ERRORS
from app.export.briefing_lines import DocumentForm
from app.export.check_report import write_output
from app.records import Answer
from app.server.actions import Actions, briefing_json
from app.server.models import (
    About,
    BriefingWish,
    Correction,
    Draft,
    Filters,
    Found,
    Me,
    Page,
    Question,
    Search,
    SearchQuery,
)
from app.server.person import current_person
from app.server.problems import problem_body
from app.server.required_permissions import DeclaredRoute, needs
from app.server.user_roles import PERMISSIONS
from app.settings import settings_json

Id = Annotated[str, fastapi.Path(max_length=100, examples=["685815eed2f2fa70"])]
Suffix = Literal[".docx", ".xlsx", ".md", ".pdf"]
# Generators of clients recognize a file by `format`; FastAPI itself sets only `contentMediaType`.
_BINARY: Final = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
Files = Annotated[list[UploadFile], File(max_length=1000, json_schema_extra={"items": _BINARY})]
MEDIA_TYPES: Final = {
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
}
_CITED: Final = {"number": 1, "statement_id": "685815eed2f2fa70", "state": "IRN", "quote": "…", "verdict": "verified"}
_ANSWER: Final = {
    "question": "What did Iran say about article 4?",
    "answer": "**Iran** … “quotation” [1]",
    "status": "answered",
    "claims": [{"text": "…", "state": "IRN", "citations": [1]}],
    "citations": [_CITED],
    "trace_id": "0f3c2f0ad1a54b0e",
}
_SHOWN: Final = {"responses": {"200": {"content": {"application/json": {"example": _ANSWER}}}}}


def download(data: bytes | str, suffix: str, name: str) -> Response:
    """Returns a response that browsers and programs save as a file."""
    headers = {"content-disposition": f'attachment; filename="{name}{suffix}"'}
    return Response(data, media_type=MEDIA_TYPES[suffix], headers=headers)


def routes(actions: Actions) -> APIRouter:
    """Returns the routes for questions, statements, checks, briefings and the server itself."""
    router = APIRouter(prefix="/api/v1", route_class=DeclaredRoute)
    for add in (_add_server_routes, _add_question_routes, _add_statement_routes, _add_document_routes):
        add(router, actions)
    return router


def _add_server_routes(router: APIRouter, actions: Actions) -> None:
    @router.get("/about", **needs("read"), tags=["server"])
    def about() -> About:
        """Returns the version, and the store and models in use."""
        return About(**actions.about())

    @router.get("/me", **needs("person"), tags=["server"])
    def me() -> Me:
        """Returns the caller's name, role and permissions."""
        person = current_person()
        return Me(name=person.name, role=person.role, may=[need for need in PERMISSIONS if need in person.may])

    @router.get("/doctor", **needs("operate"), tags=["server"])
    def doctor() -> dict[str, Any]:
        """Checks the store, as `untoc doctor --json`."""
        return actions.corpus.doctor().to_json()

    @router.post("/doctor", **needs("operate"), tags=["server"])
    def rebuild() -> dict[str, Any]:
        """Brings the store up to date and rebuilds its indexes, as `untoc doctor --rebuild --json`."""
        with actions.gate.logging("edit", "rebuild"):
            return actions.corpus.doctor(rebuild=True).to_json()

    @router.get("/settings", **needs("operate"), tags=["server"])
    def settings() -> dict[str, Any]:
        """Shows the settings in force with secrets masked, as `untoc config --json`."""
        return settings_json(actions.workspace.settings)


def _add_question_routes(router: APIRouter, actions: Actions) -> None:
    @router.post("/ask", **needs("ask", gives=Answer), openapi_extra=_SHOWN, tags=["questions"])
    def ask(asked: Question) -> dict[str, Any]:
        """Answers a question with verified quotations, as `untoc ask --json`."""
        return actions.ask(asked)

    def begun(asked: Question) -> Iterator[Iterator[Progress | Answer]]:
        """Yields the steps of an answer, the first of which is done: what is refused gets its own status by then."""
        # Closed when the response ends, since a client that leaves closes no generator.
        with closing(actions.steps(asked)) as steps:
            yield chain((next(steps),), steps)

    @router.post("/ask/events", **needs("ask"), response_class=EventSourceResponse, tags=["questions"])
    def ask_events(steps: Annotated[Iterator[Progress | Answer], Depends(begun)]) -> Iterator[ServerSentEvent]:
        """Answers a question by server-sent events, whose `data` is JSON.

        `step` for each finished step, with its name as `step` and what is shown of it as `shown`; then `answer`, as
        `POST /ask` returns it, or `problem`, an error (`Problem`) that came after the first step.
        """
        try:
            for item in steps:
                if isinstance(item, Answer):
                    yield ServerSentEvent(event="answer", data=item.to_json())
                else:
                    yield ServerSentEvent(event="step", data={"step": item.step, "shown": item.shown})
        except SHOWN_ERRORS as error:
            yield ServerSentEvent(event="problem", data=problem_body(error))

    @router.get("/traces/{trace_id}", **needs("ask"), tags=["questions"])
    def trace(trace_id: Id) -> dict[str, Any]:
        """Shows the trace of an answer to the caller's own question, as `untoc trace --json`."""
        return actions.corpus.trace(trace_id)


def _add_statement_routes(router: APIRouter, actions: Actions) -> None:
    @router.get("/search", **needs("read"), tags=["statements"])
    def search(wanted: Annotated[SearchQuery, Query()]) -> Found:
        """Finds passages in the scope of a question, best first, of several parties in turns."""
        return Found(**actions.search(Search(words=wanted.q, limit=wanted.limit)))

    @router.get("/statements", **needs("read"), tags=["statements"])
    def statements(wanted: Annotated[Filters, Query()]) -> Page[dict[str, Any]]:
        """Lists statements, as `untoc list --json`; with `words`, those whose texts contain them."""
        return Page(**actions.statements(wanted))

    @router.get("/statements/{statement_id}", **needs("read"), tags=["statements"])
    def show(statement_id: Id) -> dict[str, Any]:
        """Shows a statement with its text, as `untoc show --json`."""
        return actions.show(statement_id)

    @router.patch("/statements/{statement_id}", **needs("edit"), tags=["statements"])
    def edit(statement_id: Id, correction: Correction) -> dict[str, Any]:
        """Corrects metadata of a statement, which may change its id; returns it as `show` does."""
        return actions.show(actions.corpus.edit(statement_id, correction.changes))

    @router.delete("/statements/{statement_id}", **needs("edit"), status_code=204, tags=["statements"])
    def remove(statement_id: Id) -> None:
        """Removes a statement from the store."""
        actions.corpus.remove(statement_id)

    @router.post("/ingest", **needs("edit"), tags=["statements"])
    def ingest(files: Files, unlisted: Annotated[bool, Form()] = False) -> dict[str, Any]:
        """Takes files into the store, as `untoc ingest --json`; the same files again change nothing."""
        with actions.corpus.uploads.folder() as folder:
            paths = to_ingest(_stored(files, folder), folder)
            report = actions.corpus.ingest_uploads(paths, include_unlisted=unlisted)
            return without_folder(report, folder).to_json()

    @router.post("/manifest", **needs("edit"), response_class=Response, tags=["statements"])
    def manifest(files: Files) -> Response:
        """Drafts a statements.csv from what the texts of files say."""
        with TemporaryDirectory(prefix="untoc-") as folder:
            _stored(files, Path(folder))
            drafted = actions.corpus.draft_manifest(Path(folder), overwrite=True).read_text(encoding="utf-8-sig")
        return download(drafted, ".csv", "statements")

    @router.get("/parties", **needs("read"), tags=["statements"])
    def parties() -> list[dict[str, Any]]:
        """Lists the parties that ingested folders added, as `untoc parties --json`."""
        return list(map(party_json, actions.corpus.added_parties()))

    @router.delete("/parties/{code}", **needs("edit"), status_code=204, tags=["statements"])
    def remove_party(code: Id) -> None:
        """Removes a party that an ingested folder added."""
        actions.corpus.remove_party(code)


def _add_document_routes(router: APIRouter, actions: Actions) -> None:
    @router.post("/verify", **needs("read"), tags=["checks"])
    def verify(draft: Draft) -> dict[str, Any]:
        """Checks every quotation of a text, as `untoc verify --json`."""
        return actions.verify(draft)

    @router.post("/verify/file", **needs("read"), response_class=Response, tags=["checks"])
    def verify_file(
        file: Annotated[UploadFile, File(json_schema_extra=_BINARY)],
        form: Annotated[Literal["json", "md", "docx"], Form()] = "json",
    ) -> Response:
        """Checks every quotation of a document; returns JSON or a report, as `docx` of Word a copy with comments."""
        with TemporaryDirectory(prefix="untoc-") as folder:
            # The document has its own folder, since its name may be that of the output.
            path, output = Path(folder, "document", safe_name(file.filename or "")), Path(folder, f"checked.{form}")
            path.parent.mkdir()
            path.write_bytes(file.file.read())
            checker = actions.checker
            write_output(output, path, checker.check(checker.read(path)))
            return download(output.read_bytes(), output.suffix, "checked")

    @router.post("/brief", **needs("ask"), tags=["briefings"])
    def brief(wish: BriefingWish) -> dict[str, Any]:
        """Makes a position table that is not kept, as `untoc brief --json`."""
        return briefing_json(actions.brief(wish))

    @router.post("/brief/document", **needs("ask"), response_class=Response, tags=["briefings"])
    def brief_document(wish: BriefingWish, suffix: Suffix = ".docx", form: DocumentForm = "full") -> Response:
        """Makes a briefing as a document."""
        return download(actions.document(actions.brief(wish), suffix, form), suffix, "briefing")


def _stored(files: Sequence[UploadFile], folder: Path) -> list[Path]:
    """Writes files into a folder under their own names; equal names get a number."""
    stored = []
    for file in files:
        stored.append(free_path(folder, file.filename or ""))
        with stored[-1].open("wb") as target:
            shutil.copyfileobj(file.file, target)
    return stored

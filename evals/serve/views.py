"""The pages: runs with what can be done with them, and the review of drafts and citations."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.errors import AppError
from app.settings import Settings
from evals.case_sets import SAVED, SHIPPED
from evals.errors import EvalError, RunError
from evals.golden.cases import Evidence
from evals.golden.documents import Documents
from evals.paths import EvalPaths
from evals.review.decisions import (
    CaseDraft,
    CitationDecision,
    Surroundings,
    Unjudged,
    add_ruling,
    decide_draft,
    drafts,
    gold,
    read_decisions,
    reviewer_name,
    surroundings,
    words_of,
)
from evals.runs import run_path
from evals.serve import forms
from evals.serve.archive import Archive
from evals.serve.guard import REPORT_POLICY, ForgedError, Token
from evals.serve.jobs import CHANGEABLE, Jobs
from ingest.parties.party_table import PartyTable
from vectorstore.errors import StoreError

_COOKIE: Final = "untoc_reviewer"
_LATEST: Final = 10
_YEAR_SECONDS: Final = 365 * 24 * 3600
_KINDS: Final = ("drafts", "citations")
_NOTED: Final = ("accepted", "rejected")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A quotation as the page shows it.

    Attributes:
        around: Where it stands; None where the statements do not hold it.
    """

    span: Evidence
    words: str
    around: Surroundings | None
    state: str


@dataclass(frozen=True, kw_only=True)
class Views:
    """Answers requests."""

    settings: Settings
    paths: EvalPaths
    archive: Archive
    jobs: Jobs
    token: Token

    def index(self, request: Request) -> Response:
        """Shows the runs, the one under way, and the form to start one."""
        return self._index({}, None)

    def job(self, request: Request) -> Response:
        """Tells how far the run under way is."""
        progress = self.jobs.progress()
        return JSONResponse(asdict(progress) if progress is not None else {"state": "none"})

    def start(self, request: Request, form: FormData) -> Response:
        """Starts a run."""
        try:
            self.jobs.start(forms.run_request(form, self.settings, self.paths))
        except (AppError, EvalError) as exc:
            return self._index({name: str(value) for name, value in form.items()}, str(exc))
        return _see("/", fragment="job")

    def cancel(self, request: Request, form: FormData) -> Response:
        """Stops the run under way."""
        self.jobs.cancel()
        return _see("/", fragment="job")

    def resume(self, request: Request, form: FormData) -> Response:
        """Goes on with a run."""
        self.jobs.resume(_name(request))
        return _see("/", fragment="job")

    def score(self, request: Request, form: FormData) -> Response:
        """Scores a run again, by what was decided since."""
        name = _name(request)
        if self.jobs.running == name:
            raise RunError(f"the run {name!r} is under way: it is scored when it ends")
        self.archive.score(name)
        return _see("/", fragment="runs")

    def report(self, request: Request) -> Response:
        """Shows the report of a run."""
        baseline = request.query_params.get("baseline")
        if baseline:
            return _see(f"/runs/{quote(_name(request))}/compare", baseline=baseline)
        return _report(self.archive.report(_name(request)))

    def choose_comparison(self, request: Request) -> Response:
        """Leads from two chosen runs to their comparison."""
        name = run_path(self.paths.runs, request.query_params.get("run", "")).name
        return _see(f"/runs/{quote(name)}/compare", baseline=request.query_params.get("baseline", ""))

    def comparison(self, request: Request) -> Response:
        """Shows the report of a run against another."""
        name, baseline = _name(request), request.query_params.get("baseline", "")
        if name == baseline:
            raise RunError("a run cannot be compared with itself: choose two")
        return _report(self.archive.comparison(name, baseline))

    def markdown(self, request: Request) -> Response:
        """Gives a run's summary to keep."""
        text = self.archive.markdown(_name(request), request.query_params.get("baseline") or None)
        return _download(text, "text/markdown", f"{_name(request)}.md")

    def csv(self, request: Request) -> Response:
        """Gives a run's answers to keep."""
        return _download(self.archive.csv(_name(request)), "text/csv", f"{_name(request)}.csv")

    def review(self, request: Request) -> Response:
        """Shows the next draft or citation that waits for a decision."""
        query = request.query_params
        return self._review(request, query.get("kind", ""), _position(query.get("at")), query.get("case"), {}, None)

    def decide_draft(self, request: Request, form: FormData) -> Response:
        """Notes a decision on a draft, with changes."""
        name, at = str(form.get("case", "")), _position(form.get("at"))
        by = str(form.get("by", ""))
        accepted = form.get("decision") == "accept"
        try:
            draft = next((draft for draft in drafts(self.paths) if draft.case.id == name), None)
            if draft is None:
                raise EvalError(f"no draft {name!r}: somebody may have removed it")
            changes = forms.draft_changes(form, draft, self._store_documents()[0]) if accepted else {}
            decide_draft(self.paths, name, "reviewed" if accepted else "rejected", by=by, changes=changes)
        except EvalError as exc:
            values = {key: str(value) for key, value in form.items()} | {"use": form.getlist("use")}
            return self._review(request, "drafts", at, name, values, str(exc))
        response = _see("/review", fragment="item", kind="drafts", at=str(at), noted=_noted(accepted))
        return _remember(response, by)

    def rule(self, request: Request, form: FormData) -> Response:
        """Notes whether a citation answers."""
        accepted, by, at = form.get("decision") == "accept", str(form.get("by", "")), _position(form.get("at"))
        case, file = str(form.get("case", "")), str(form.get("file", ""))
        span = file, _position(form.get("start")), _position(form.get("end"))
        run = str(form.get("run", "")) or None
        waiting, _ = self.archive.waiting(run)
        known = {item.key for item in waiting} | {
            (d.case, d.span) for d in read_decisions(self.paths.reviews) if isinstance(d, CitationDecision)
        }
        if (case, span) not in known:
            raise EvalError("this citation does not wait for a decision any more: go on with the next one")
        try:
            add_ruling(self.paths, case=case, span=span, accepted=accepted, by=by)
        except EvalError as exc:
            return self._review(request, "citations", at, None, {"by": by, "run": run}, str(exc))
        given = {"run": run} if run else {}
        response = _see("/review", fragment="item", kind="citations", at=str(at), noted=_noted(accepted), **given)
        return _remember(response, by)

    def failed(self, request: Request, error: Exception) -> Response:
        """Shows what went wrong in one sentence."""
        if isinstance(error, HTTPException):
            return self._page("error.html.j2", 404, message="There is no such page.")
        status = 403 if isinstance(error, ForgedError) else 400
        if isinstance(error, RunError) and request.method == "GET" and request.path_params.get("name"):
            status = 404 if not self._exists(request.path_params["name"]) else 409
        return self._page("error.html.j2", status, message=str(error))

    def _exists(self, name: str) -> bool:
        try:
            return run_path(self.paths.runs, name).is_dir()
        except RunError:
            return False

    def _index(self, values: Mapping[str, str], problem: str | None) -> Response:
        rows = self.archive.rows()
        return self._page(
            "index.html.j2",
            200 if problem is None else 400,
            rows=rows,
            progress=self.jobs.progress(),
            resumable={row.name for row in rows if not row.complete and self.jobs.request_of(row.name) is not None},
            datasets=(*SHIPPED, SAVED),
            files=forms.case_files(self.paths),
            changeable=CHANGEABLE,
            values=defaultdict(str, values),
            problem=problem,
        )

    def _review(
        self, request: Request, kind: str, at: int, case: str | None, values: Mapping[str, Any], problem: str | None
    ) -> Response:
        run = str(values.get("run") or request.query_params.get("run") or "") or None
        saved = drafts(self.paths)
        undecided = [draft for draft in saved if draft.decision is None]
        citations, unreadable = self.archive.waiting(run)
        left = {"drafts": len(undecided), "citations": len(citations)}
        if kind not in _KINDS:
            kind = next((name for name in _KINDS if left[name]), _KINDS[0])
        at = min(at, max(0, left[kind] - 1))
        noted = request.query_params.get("noted")
        shown = {
            "kind": kind,
            "at": at,
            "left": left,
            "run": run,
            "problems": unreadable,
            "noted": noted if noted in _NOTED and request.method == "GET" else None,
            "decided": [draft for draft in saved if draft.decision is not None],
            "latest": self._latest() if kind == "citations" else [],
            "values": values,
            "problem": problem,
            "by": values.get("by", unquote(request.cookies.get(_COOKIE, ""))),
        }
        if kind == "drafts":
            draft = next((draft for draft in saved if draft.case.id == case), None)
            draft = draft or (undecided[at] if undecided else None)
            shown |= {"item": None} if draft is None else self._draft(draft, values)
        else:
            shown |= {"item": None} if not citations else self._citation(citations[at])
        return self._page("review.html.j2", 200 if problem is None else 400, **shown)

    def _draft(self, draft: CaseDraft, values: Mapping[str, Any]) -> dict[str, Any]:
        documents, unreadable = self._store_documents()
        parties = documents.parties if documents is not None else PartyTable.load()
        case = draft.case
        marked = {name for group in case.evidence_groups for name in group}
        return {
            "item": draft,
            "case": case,
            "evidence": [_shown(span, documents, parties) for span in forms.evidence_to_mark(draft)],
            "marked": values.get("use", marked),
            "grouping": forms.grouping_of(case),
            "groupings": {k: v for k, v in forms.GROUPINGS.items() if k != "mixed" or forms.grouping_of(case) == k},
            "states": forms.typed_states(case.expect.states, parties),
            "statuses": forms.STATUSES,
            "reasons": forms.REASONS,
            "missing": forms.MISSING,
            "files": sorted(documents.by_file) if documents is not None else [],
            "unreadable": unreadable,
            "tags": [(name, value) for name, value in case.tags.items() if name in ("session", "topic", "article")],
        }

    def _citation(self, item: Unjudged) -> dict[str, Any]:
        documents = self.archive.documents(self.archive.run(item.runs[0]))
        citation = item.citation
        return {
            "item": item,
            "case": item.case,
            "gold": [_shown(span, documents, documents.parties) for span in gold(item.case)],
            "around": surroundings(documents, item.span),
            "state": documents.parties.display(citation.state) if citation.state else "",
            "asked": [documents.parties.display(code) for code in item.case.expect.states],
        }

    def _latest(self) -> list[tuple[CitationDecision, str, str]]:
        """Returns the newest rulings, of each citation one, with the question and the words cited."""
        newest: dict[object, CitationDecision] = {}
        for decision in reversed(read_decisions(self.paths.reviews)):
            if isinstance(decision, CitationDecision):
                newest.setdefault((decision.case, decision.span), decision)
        asked, quotes = self.archive.questions(), self.archive.quotes()
        return [
            (decision, asked.get(decision.case, decision.case), quotes.get((decision.case, decision.span), ""))
            for decision in list(newest.values())[:_LATEST]
        ]

    def _store_documents(self) -> tuple[Documents | None, str | None]:
        """Returns (the statements of the store, why there are none)."""
        try:
            return self.archive.store_documents(), None
        except (AppError, EvalError, StoreError) as exc:
            return None, str(exc)

    def _page(self, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - what templates show
        text = _TEMPLATES.get_template(template).render(token=self.token.value, running=self.jobs.running, **values)
        return HTMLResponse(text, status_code=status)


def _name(request: Request) -> str:
    return str(request.path_params["name"])


def _shown(span: Evidence, documents: Documents | None, parties: PartyTable) -> Shown:
    words = span.quote or "" if documents is None else words_of(span, documents)
    around = surroundings(documents, (span.file, span.start, span.end)) if documents is not None else None
    if around is not None and span.quote and around.quote != span.quote:
        words, around = span.quote, None
    return Shown(span=span, words=words, around=around, state=parties.display(span.state) if span.state else "")


def _position(given: object) -> int:
    text = str(given or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _noted(accepted: bool) -> str:
    return "accepted" if accepted else "rejected"


def _see(path: str, *, fragment: str = "", **query: str) -> RedirectResponse:
    address = path + (f"?{urlencode(query)}" if query else "") + (f"#{fragment}" if fragment else "")
    return RedirectResponse(address, status_code=303)


def _remember(response: Response, name: str) -> Response:
    response.set_cookie(
        _COOKIE, quote(reviewer_name(name)), max_age=_YEAR_SECONDS, httponly=True, samesite="strict", path="/review"
    )
    return response


def _report(text: str) -> Response:
    return HTMLResponse(text, headers={"content-security-policy": REPORT_POLICY})


def _download(text: str, media_type: str, name: str) -> Response:
    # Names of runs hold no quotation marks.
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{media_type}; charset=utf-8", headers=headers)


def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("evals.serve"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["percent"] = lambda share: f"{100 * share:.1f} %"
    found.filters["minute"] = lambda at: f"{at:%d %b %Y, %H:%M} UTC"
    found.globals["query"] = _query
    return found


def _query(**values: object) -> str:
    """Returns the query of an address; what is None is left out."""
    return urlencode({name: value for name, value in values.items() if value is not None})


_TEMPLATES: Final = _environment()

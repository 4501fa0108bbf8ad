"""The evals page: what it shows, what it starts, what it refuses."""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import gradio as gr
import httpx
import pytest
from pydantic import SecretStr

from app.corpus.draft_cases import Judgement, save_draft
from app.desk.tables import open_tables
from app.server.accounts import Accounts
from app.settings import Settings
from evals.archive import Archive
from evals.cases.documents import Documents, read_documents
from evals.errors import EvalError, RunError
from evals.files import EvalPaths
from evals.review import drafts, read_rulings, saved_cases
from evals.runs import Run, open_run
from evals.score import score_run
from evals.serve.page import Jobs, RunsTab, create_page
from evals.serve.review_tab import ReviewTab
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.evals.made import FILE, SUPPORT, TEXT, case, documents, make_run
from tests.evals.test_review import CITED, SPAN, saved_answer, silent_answer
from tests.fakes_engines import own_schema
from tests.fakes_server import serving
from vectorstore.catalogue import Catalogue
from vectorstore.database import DatabaseConfig

cases = Cases(__file__)

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}&'
pytestmark = [
    # Gradio 6.31 calls pandas in ways that pandas 3 deprecates.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]


class Slow:
    """Replaces `launch`; each answer waits until the test releases the semaphore `let`."""

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, options: Any, settings: Settings, **given: Any) -> Run:
        self.asked.append({"options": options} | given)
        given["tell"]("reading the statements", 0, None)
        if options.limit == 99:
            raise RunError("no folder of statements <b>")
        if options.limit == 98:
            raise ZeroDivisionError("a bug")
        name, root = given["name"], EvalPaths(settings.store).runs
        if given["resume"]:
            return open_run(root, name).ended(datetime.now(UTC))
        run = make_run(root, {"a": None, "b": None, "c": None}, name=name, ended=None)
        for done in (1, 2, 3):
            assert self.let.acquire(timeout=20)
            given["tell"](f"{done} of 3 answers", done, 3)
        return run.ended(datetime.now(UTC))


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def jobs(paths: EvalPaths, slow: Slow) -> Iterator[Jobs]:
    made = Jobs(Settings(store=paths.path.parent), run=slow)
    yield made
    slow.let.release(5)
    made.cancel()


@pytest.fixture
def archive(paths: EvalPaths) -> Archive:
    return Archive(Settings(store=paths.path.parent), store=documents)


@pytest.fixture
def runs(archive: Archive, jobs: Jobs) -> RunsTab:
    return RunsTab(archive, jobs)


@pytest.fixture
def review(archive: Archive) -> ReviewTab:
    return asyncio.run(a_review(archive))


async def a_review(archive: Archive) -> ReviewTab:
    # Built while an event loop runs: without one Gradio makes loops of its own and leaves them open.
    with gr.Blocks(), gr.Tab() as tab:
        return ReviewTab(archive, tab)


@pytest.fixture
def client(archive: Archive, jobs: Jobs, paths: EvalPaths, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(paths.path.parent / "served"))
    headers = {"sec-fetch-site": "same-origin"}
    with (
        serving(lambda: create_page(archive, jobs)) as (address, *_),
        httpx.Client(base_url=address, headers=headers, trust_env=False) as opened,
    ):
        yield opened


def scored_run(paths: EvalPaths, name: str = "made", *, cases: Sequence[Any] | None = None) -> Run:
    """Returns a scored run over a folder of its own, so that its statements can be read again."""
    corpus = paths.path.parent / "corpus"
    (corpus / "txt").mkdir(parents=True, exist_ok=True)
    (corpus / FILE).write_text(TEXT, encoding="utf-8")
    held = {"corpus": (str(corpus),), "corpus_sha256": read_documents([corpus]).sha256}
    run = make_run(paths.runs, {"a": saved_answer()}, cases, name=name, **held)
    score_run(run, documents())
    return run


def test_statements_of_a_served_store_are_read_again_after_each_write(paths: EvalPaths, postgres: str) -> None:
    read: list[str] = []
    with own_schema(postgres) as url, closing(Catalogue(url)) as catalogue:
        settings = Settings(store=paths.path.parent, database=DatabaseConfig(url=SecretStr(url)))
        archive = Archive(settings, store=lambda: read.append("again") or documents())
        for _ in range(2):
            for _ in range(2):
                archive.stored()
            with catalogue.database.transaction():
                pass
    assert len(read) == 2 and len(archive._known) == 1


def started(runs: RunsTab, dataset: str = "smoke", name: str = "", limit: Any = None, corpus: str = "") -> Any:
    return runs.done(runs.start, dataset, name, limit, corpus)


def until(jobs: Jobs, condition: Any) -> None:
    for _ in range(400):
        if jobs.newest is not None and condition(jobs.newest):
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"it did not come to that: {jobs.newest}")


def test_the_table_of_runs_shows_what_came_out(runs, paths):
    assert "There are no runs yet" in runs.table()
    assert "no name for a run" in runs.done(runs.score, None)[2], "no run is chosen"
    scored_run(paths)
    text = runs.table()
    assert "100.0\N{NO-BREAK SPACE}% (20.7 to 100.0\N{NO-BREAK SPACE}%)" in text  # Wilson, 1 of 1: 1 / (1 + 1.96²)
    assert 'href="/runs/made"' in text


def test_a_table_of_questions_is_added_unless_it_holds_errors(runs, tmp_path):
    def sent(*rows: str) -> dict[str, str]:
        path = tmp_path / "sent.csv"
        path.write_text("\n".join(("question,state,answered,quote", *rows)), encoding="utf-8")
        return {"path": str(path), "orig_name": "../My questions.csv"}

    _, told, emptied = runs.added(sent("What did Nowhere say?,Nowhere,yes,We shall not pay for it."), "")
    assert "not added" in told and "Nowhere" in told and emptied is None
    assert not [label for label, _ in runs.datasets() if "questions" in label]
    chosen, told, _ = runs.added(sent("What did France say about the review?,France,yes,We support the review."), "")
    assert "My questions.csv</bdi>: added" in told
    assert ("My questions.csv", chosen["value"]) in runs.datasets()
    assert "No folder at" in runs.added(sent(), "nowhere")[1]


@pytest.mark.integration
def test_the_page_is_behind_the_guard_of_the_chat(client, paths):
    scored_run(paths)
    assert client.get("/runs/made").status_code == 403, "whoever has not opened the page has no session"
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert client.get("/runs/made").status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/runs/made", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.get("/gradio_api/startup-events").status_code == 404


@pytest.mark.integration
def test_reports_open_in_a_page_that_can_reach_nothing(client, paths):
    accepted = [case("a", SUPPORT, review={"status": "unreviewed"})]
    scored_run(paths, cases=accepted)
    scored_run(paths, "before", cases=accepted)
    client.get("/")
    found = client.get("/runs/made")
    policy = found.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:")
    assert "sandbox allow-scripts" in policy and "allow-same-origin" not in policy
    assert "1 of 1 cases of “made” came out right" in found.text
    assert "compared with “before”" in client.get("/runs/made?baseline=before").text
    assert "Not done: 'made' is its own baseline" in client.get("/runs/made?baseline=made").text
    report = client.get("/runs/made/report.md")
    assert report.headers["content-disposition"] == 'attachment; filename="made.md"' and report.text.startswith("## ")


@pytest.mark.integration
def test_no_report_is_made_of_other_paths_over_other_statements_or_without_scores(client, paths, runs):
    scored_run(paths)
    make_run(paths.runs, {"a": None}, name="raw")
    client.get("/")
    for path in ("/runs/..%2f..%2fetc", "/runs/.hidden", "/runs/nope", "/runs/made?baseline=../x"):
        found = client.get(path)
        assert found.status_code == 404 or found.text.startswith("Not done: "), path
    (paths.path.parent / "corpus" / FILE).write_text(f"Another. {TEXT}", encoding="utf-8")
    assert "Not done: The statements have changed" in client.get("/runs/made").text
    assert "statements have changed" in runs.done(runs.score, "made")[2]
    assert "is not scored" in client.get("/runs/raw").text


@cases("fields", "message")
def test_what_cannot_be_run_is_said(runs, jobs, paths, fields, message):
    scored_run(paths)
    assert message in started(runs, **fields)[2]
    assert jobs.newest is None


def test_a_run_is_started_watched_cancelled_and_gone_on_with(runs, jobs, slow, paths):
    mine = paths.path / "cases" / "mine.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("question,state,answered,quote\n", encoding="utf-8")
    assert ("mine.csv", str(mine.resolve())) in runs.datasets()
    given = {"name": "r1", "limit": 5, "corpus": f"{paths.path}\n"}
    progress, _, problem = started(runs, dataset=str(mine.resolve()), **given)
    assert (problem, 'data-state="running"' in progress) == ("", True)
    slow.let.release(2)
    until(jobs, lambda job: job.done == 2)
    assert 'value="2" max="3"' in runs.progress() and "2 of 3 answers" in runs.progress()
    options = slow.asked[0]["options"]
    assert (options.dataset, options.limit) == (str(mine.resolve()), 5)
    assert options.corpus == [paths.path]
    assert "one at a time" in started(runs)[2]
    assert "it is scored when it ends" in runs.done(runs.score, "r1")[2]

    threading.Timer(0.2, slow.let.release).start()
    assert "Cancelled: <bdi>r1</bdi>, 3 of 3 answers" in runs.done(jobs.cancel)[0]
    assert "not complete" in runs.table()
    started(runs, name="r1")
    until(jobs, lambda job: job.state == "done")
    assert slow.asked[-1]["resume"] is True
    assert "Finished" in runs.progress()
    assert "There is a run" in started(runs, name="r1")[2]


@pytest.mark.parametrize(("limit", "said"), [(99, "no folder of statements &lt;b&gt;"), (98, "ZeroDivisionError")])
def test_a_run_that_fails_says_why_and_is_tried_again(runs, jobs, slow, limit, said):
    started(runs, name="r1", limit=limit)
    until(jobs, lambda job: job.state == "failed")
    assert said in runs.progress()
    started(runs, name="r1", limit=limit)
    assert [asked["resume"] for asked in slow.asked] == [False, False]


def ruled(review: ReviewTab, at: int, by: str, accepted: bool) -> str:
    given = {review.kind: "citations", review.run: None, review.at: at, review.by: by}
    text: str = review.done(review.rule, given, accepted)[review.item]
    return text


def test_ruling_on_a_citation_changes_rulings_and_scores(runs, review, paths):
    run = scored_run(paths)
    text = review.shown("citations", None)[review.item]
    assert "1 left" in text and f">{CITED}</mark>" in text and "We support the review." in text
    refused = ruled(review, 0, "", True)
    assert "Who decides?" in refused and f">{CITED}</mark>" in refused, "what is decided on stays in sight"
    assert "Noted: It answers." in ruled(review, 0, "Amélie 王", True)
    assert read_rulings(paths.reviews) == {"a": {SPAN: True}}
    shown = review.shown("citations", None)
    assert "Nothing is left to decide" in shown[review.item]

    text = review.shown("citations", None, shown[review.at] - 1)[review.item]
    assert "0 left; “It answers”, said a reviewer" in text
    assert "Noted: It does not answer." in ruled(review, shown[review.at] - 1, "cd", False)
    assert read_rulings(paths.reviews) == {"a": {SPAN: False}}
    assert "not there any more" in ruled(review, 1, "ab", True)
    before = run.scores()[0].components["citations.citation_precision"]
    runs.score("made")
    assert (before, run.scores()[0].components["citations.citation_precision"]) == ((1.0, 1.0), (1.0, 2.0))


def accepted(review: ReviewTab, at: int, **changes: Any) -> dict[Any, Any]:
    given = {
        "at": at, "by": "ab", "right": False, "used": [], "file": None, "quote": "",
        "question": "What does France want?", "status": "answered", "states": "France", "reason": None,
        "missing": None, "run": None, "kind": "drafts",
    }  # fmt: skip
    return review.done(review.accept, {getattr(review, name): value for name, value in (given | changes).items()})


def test_deciding_on_a_draft_changes_the_saved_cases(review, paths):
    item, right, used = review.item, review.right, review.used
    save_draft(paths.path.parent, saved_answer(), Judgement(verdict="right"))
    save_draft(paths.path.parent, silent_answer(), Judgement(verdict="wrong", should_be="it spoke of rivers"))
    second = drafts(paths)[1].case.id
    shown = review.shown("drafts", None)
    assert shown[review.at] == 0 and "2 left" in shown[item] and f">{CITED}</mark>" in shown[item]
    assert (shown[right], len(shown[used].choices), shown[used].value) == (True, 2, []), "nothing is marked"
    assert shown[review.states] == "France"
    shown = review.shown("drafts", None, 1)
    assert (shown[review.at], shown[right]) == (1, False) and "called it: Wrong. it spoke of rivers" in shown[item]

    shown = accepted(review, 0, used=["e1"], states="France; Mexico")
    assert "Noted: Kept" in shown[item] and shown[review.at] == 1, "the next one that waits comes"
    kept = saved_cases(paths)[0]
    assert (kept.question, kept.expect.states, kept.evidence_groups) == (
        "What does France want?", ("FRA", "MEX"), (("e1",),),
    )  # fmt: skip
    assert kept.may_gate
    again = review.shown("drafts", None, 0)
    assert "kept as a case by ab" in again[item] and again[used].value == ["e1"]

    assert "Was the answer right" in accepted(review, 1, right=None)[item]
    assert "Noted" in accepted(review, 1, file=FILE, quote=CITED)[item]
    kept = saved_cases(paths)[1]
    assert (kept.type, kept.expect.reason, kept.groups[0][0].quote) == ("single_state", None, CITED)

    assert "Noted: Rejected" in review.done(review.reject, {review.at: 0, review.by: "ab", review.run: None})[item]
    assert [kept.id for kept in saved_cases(paths)] == [second]
    assert "Nothing is left to decide" in review.shown("drafts", None)[item]


def test_hostile_texts_are_shown_as_texts(review, runs, paths):
    scored_run(paths, cases=[case("a", SUPPORT, question=HOSTILE, history=(HOSTILE,))])
    save_draft(paths.path.parent, saved_answer(HOSTILE), Judgement(verdict="right", should_be=HOSTILE))
    for kind in ("drafts", "citations"):
        text = review.shown(kind, None)[review.item]
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "<script" not in text and "<img" not in text
    said = [started(runs, **{field: HOSTILE})[2] for field in ("name", "corpus")]
    said.append(accepted(review, 0, states=HOSTILE)[review.item])
    assert all("&lt;script&gt;" in text and "<script" not in text for text in said)


def test_review_works_without_statements(paths):
    def broken() -> Documents:
        raise EvalError("the store cannot be opened")

    save_draft(paths.path.parent, saved_answer(), Judgement(verdict="right"))
    review = asyncio.run(a_review(Archive(Settings(store=paths.path.parent), store=broken)))
    text = review.shown("drafts", None)[review.item]
    assert "the store cannot be opened" in text and f"<mark>{CITED}</mark>" in text


def test_a_run_whose_statements_are_gone_is_told(review, paths):
    scored_run(paths)
    shutil.rmtree(paths.path.parent / "corpus")
    assert "No folder of statements" in review.shown("citations", None)[review.item]


@pytest.mark.slow
def test_with_accounts_the_page_is_for_admins(tmp_path):
    store, password = tmp_path / "store", "a password of twelve"
    with closing(open_tables(store)) as tables:
        accounts = Accounts(tables)
        for name, role in (("adam", "admin"), ("edda", "editor")):
            accounts.add(name, role, password)
    command = [sys.executable, "-m", "evals.cli", "serve", "--store", str(store), "--port", "0"]
    environment = {**os.environ, "UNTOC_SERVER__ACCOUNTS": "local", "PYTHONPATH": str(PROJECT)}
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server,
        ExitStack() as clients,
    ):
        # The server ends with the test, also if an assertion fails.
        clients.callback(server.terminate)
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))

        def browser(name: str = "") -> httpx.Client:
            client = httpx.Client(base_url=address, headers={"origin": address}, timeout=60, trust_env=False)
            clients.enter_context(client)
            if name:
                assert client.post("/sign-in", data={"name": name, "password": password}).status_code == 303
            return client

        stranger, editor, admin = browser(), browser("edda"), browser("adam")
        assert admin.get("/").status_code == 200 and "evals" in admin.get("/").text
        # The page itself reports an unknown run, so the request has passed the access check.
        assert "Not done" in admin.get("/runs/none").text
        event = {"data": [], "fn_index": 0, "session_hash": "of-a-browser"}
        for path in ("/", "/config", "/runs/none"):
            assert stranger.get(path).status_code == 401 and editor.get(path).status_code == 403, path
        assert stranger.post("/gradio_api/queue/join", json=event).status_code == 401
        assert editor.post("/gradio_api/queue/join", json=event).status_code == 403
        assert admin.post("/gradio_api/queue/join", json=event).status_code == 200
        # A person who is no longer an admin is denied what an open page still links to.
        with closing(open_tables(store)) as tables:
            Accounts(tables).add("anna", "admin", password)
            Accounts(tables).set_role("adam", "reader")
        assert admin.get("/runs/none").status_code == 403
        server.terminate()
        assert server.wait(60) == 0

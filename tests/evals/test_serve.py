"""The evals page: what it shows, what it starts, what it refuses."""

import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from app.corpus.drafts import save_draft
from app.settings import Settings
from evals.cli import main
from evals.errors import EvalError, RunError
from evals.golden.documents import Documents, read_documents
from evals.paths import EvalPaths, eval_paths
from evals.review.decisions import add_ruling, drafts, read_rulings, saved_cases
from evals.runs import Run
from evals.score import score_run
from evals.serve.archive import Renderers
from evals.serve.jobs import CHANGEABLE, Jobs, RunRequest, count_answers
from evals.serve.page import create_app
from tests.evals.made_run import FILE, TEXT, answer, case, documents, make_run
from tests.evals.test_review import CITED, SPAN, saved_answer, silent_answer

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}&'
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
# Writes a run as the command line does, slowly enough to be looked at and stopped.
FAKE = """
import json, pathlib, sys, time
arguments = sys.argv[1:]
given = dict(a[2:].split("=", 1) for a in arguments if a.startswith("--") and "=" in a)
folder = pathlib.Path(given["store"], "evals", "runs", given["name"])
folder.mkdir(parents=True, exist_ok=True)
pathlib.Path(given["store"], "arguments.json").write_text(json.dumps(arguments))
print("reading\\x1b[31m the statements", file=sys.stderr, flush=True)
if given.get("limit") == "99":
    print("untoc-eval: no folder of statements <b>", file=sys.stderr)
    sys.exit(1)
manifest = dict(name=given["name"], dataset=arguments[1], dataset_sha256="d", corpus_sha256="c", cases=3)
manifest["started"] = "2026-11-24T12:00:00Z"
(folder / "manifest.json").write_text(json.dumps(manifest))
done = 3 if "--resume" in arguments else 2
with (folder / "answers.jsonl").open("a") as file:
    for number in range(done):
        file.write(json.dumps({"case": f"c{number}", "repeat": 0, "seconds": 1.0}, separators=(",", ":")) + "\\n")
if "--resume" in arguments:
    (folder / "manifest.json").write_text(json.dumps(manifest | {"ended": "2026-11-24T12:01:00Z"}))
else:
    print("asking", file=sys.stderr, flush=True)
    time.sleep(60)
"""


class FakeReports(Renderers):
    def html(self, run: Run, documents: Documents, baseline: Run | None, rulings: Any) -> str:
        return (
            f"<!doctype html><p>{run.name} against {baseline.name if baseline else 'nothing'}, {len(rulings)} ruled on"
        )

    def markdown(self, run: Run, baseline: Run | None) -> str:
        return f"# {run.name}"

    def csv(self, run: Run) -> str:
        return "case,right\n"


@pytest.fixture
def paths(tmp_path: Path) -> EvalPaths:
    found = eval_paths(tmp_path / "store")
    found.path.mkdir(parents=True)
    return found


@pytest.fixture
def client(paths: EvalPaths, tmp_path: Path) -> Iterator[TestClient]:
    script = tmp_path / "fake.py"
    script.write_text(FAKE, encoding="utf-8")
    app = create_app(
        Settings(store=paths.path.parent),
        paths,
        command=(sys.executable, str(script)),
        renderers=FakeReports(),
        store_documents=documents,
    )
    with TestClient(app, base_url="http://127.0.0.1:7861", headers={"sec-fetch-site": "same-origin"}) as opened:
        yield opened


def token_of(client: TestClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def send(client: TestClient, path: str, *, token: str | None = None, **fields: Any) -> Any:
    return client.post(path, data={"token": token or token_of(client), **fields}, follow_redirects=False)


def scored_run(paths: EvalPaths, name: str = "made", *, cases: Sequence[Any] | None = None) -> Run:
    """A run over a folder of its own, so that its statements can be read again."""
    corpus = paths.path.parent / "corpus"
    (corpus / "txt").mkdir(parents=True, exist_ok=True)
    (corpus / FILE).write_text(TEXT, encoding="utf-8")
    run = make_run(paths.runs, {"a": saved_answer()}, cases, name=name)
    manifest = json.loads((run.path / "manifest.json").read_text(encoding="utf-8"))
    changes = {"corpus": [str(corpus)], "corpus_sha256": read_documents([corpus]).sha256}
    (run.path / "manifest.json").write_text(json.dumps(manifest | changes), encoding="utf-8")
    score_run(run, documents())
    return run


def until(client: TestClient, condition: Any) -> dict[str, Any]:
    for _ in range(200):
        found = client.get("/job").json()
        if condition(found):
            return dict(found)
        time.sleep(0.05)
    raise AssertionError(f"it did not come to that: {found}")


def test_the_page_of_runs_shows_what_came_out(client: TestClient, paths: EvalPaths) -> None:
    assert "There are none yet" in client.get("/").text
    scored_run(paths)
    text = client.get("/").text
    assert "100.0 %" in text
    assert "(20.7 % to 100.0 %)" in text  # Wilson, 1 of 1: 1 / (1 + 1.96²) = 0.207
    assert 'href="/runs/made"' in text
    assert "undecided" in text
    assert "only 0 cases gate, 30 are needed" in text


def test_every_response_carries_a_policy(client: TestClient, paths: EvalPaths) -> None:
    scored_run(paths)
    for path in ("/", "/review", "/job", "/style.css", "/page.js", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; object-src 'none'"), path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    policy = client.get("/runs/made").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:")
    assert "sandbox allow-scripts" in policy and "allow-same-origin" not in policy


def test_pages_load_nothing_from_elsewhere(client: TestClient, paths: EvalPaths) -> None:
    scored_run(paths)
    save_draft(paths.path.parent, saved_answer())
    for path in ("/", "/review?kind=drafts", "/review?kind=citations"):
        text = client.get(path).text
        assert set(re.findall(r'(?:src|href|action)="([^/#][^"]*)"', text)) == set(), path
        assert not re.search(r"<(style|script)>|\sstyle=|\son\w+=", text), path


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "192.0.2.1", "127.0.0.1@evil.example", "[::2]:7861"]
)
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:7861", "127.0.0.1:1", "[::1]:7861", "127.0.0.2"])
def test_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
@pytest.mark.parametrize("path", ["/runs", "/job/cancel", "/review/citation", "/review/draft", "/runs/made/resume"])
def test_forms_of_other_pages_are_refused(client: TestClient, path: str, headers: dict[str, str]) -> None:
    found = client.post(path, data={"token": token_of(client)}, headers=headers, follow_redirects=False)
    assert (found.status_code, found.text[:36]) == (403, "Refused: another page asks for this.")
    if headers != {"sec-fetch-site": "none"}:
        assert client.get("/", headers=headers).status_code == 403


@pytest.mark.parametrize("token", [None, "", "x", "é"])
@pytest.mark.parametrize("path", ["/runs", "/job/cancel", "/review/citation", "/review/draft", "/runs/made/score"])
def test_forms_without_the_token_are_refused(
    client: TestClient, paths: EvalPaths, path: str, token: str | None
) -> None:
    data = {"dataset": "smoke"} if token is None else {"dataset": "smoke", "token": token}
    found = client.post(path, data=data, headers={"origin": "http://127.0.0.1:7861"}, follow_redirects=False)
    assert found.status_code == 403
    assert client.get("/job").json() == {"state": "none"}
    assert not paths.reviews.exists()


def test_long_forms_are_refused(client: TestClient) -> None:
    assert send(client, "/runs", changes="x" * 600_000).status_code == 413

    def endless() -> Iterator[bytes]:
        yield from (b"x" * 100_000 for _ in range(6))

    assert client.post("/runs", content=endless()).status_code == 413


def test_nothing_happens_by_a_link(client: TestClient) -> None:
    for path in ("/job/cancel", "/review/citation", "/review/draft", "/runs/made/score"):
        assert client.get(path).status_code == 405, path


@pytest.mark.parametrize(
    "path",
    [
        "/runs/%252e%252e",
        "/runs/..%2f..%2fetc",
        "/runs/%2Fetc%2Fpasswd",
        "/runs/.hidden",
        "/runs/made/compare?baseline=../../other",
        "/runs/made/compare?baseline={outside}",
        "/compare?run=../x&baseline=made",
        "/review?kind=citations&run=../../other",
        "/review?kind=citations&run={outside}",
        "/runs/nope/report.md",
        "/runs/made/report.md?baseline={outside}",
        "/templates/base.html.j2",
        "/static/../page.py",
    ],
)
def test_paths_that_lead_elsewhere_are_refused(client: TestClient, paths: EvalPaths, tmp_path: Path, path: str) -> None:
    scored_run(paths)
    outside = scored_run(eval_paths(tmp_path / "other"), "outside")
    found = client.get(path.format(outside=outside.path), follow_redirects=False)
    assert found.status_code in (400, 404, 409) or found.headers.get("location") == "/"
    assert "against" not in found.text


def test_hostile_texts_are_shown_as_texts(client: TestClient, paths: EvalPaths) -> None:
    hostile = case("a").model_copy(update={"question": HOSTILE, "history": (HOSTILE,)})
    scored_run(paths, cases=[hostile])
    save_draft(paths.path.parent, saved_answer(HOSTILE))
    add_ruling(paths, case="a", span=(FILE, 0, 5), accepted=True, by=HOSTILE[:80])
    for path in ("/review?kind=drafts", "/review?kind=citations"):
        text = client.get(path).text
        assert ESCAPED in text, path
        assert "<script>alert" not in text and "<img" not in text and "49" not in re.sub(r'value="\S+"', "", text), path
    name = drafts(paths)[0].case.id
    for fields in (
        {"question": HOSTILE, "states": HOSTILE, "by": HOSTILE},
        {"new_quote": HOSTILE, "new_file": HOSTILE},
    ):
        found = send(client, "/review/draft", case=name, decision="accept", **fields)
        assert found.status_code == 400
        assert ESCAPED in found.text and "<script>alert" not in found.text
    found = send(client, "/runs", dataset=HOSTILE, name=HOSTILE, corpus=HOSTILE, changes=HOSTILE)
    assert found.status_code == 400
    assert ESCAPED in found.text and "<script>alert" not in found.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dataset": "/etc/passwd"}, "no set of cases"),
        ({"dataset": "../../x.yaml"}, "no set of cases"),
        ({"dataset": "--help"}, "no set of cases"),
        ({"dataset": "drafts.jsonl"}, "no set of cases"),
        ({"dataset": "smoke", "limit": "0"}, "no number of questions"),
        ({"dataset": "smoke", "limit": "9" * 5000}, "no number of questions"),
        ({"dataset": "smoke", "repeats": "-1"}, "no number of times"),
        ({"dataset": "smoke", "name": "../x"}, "no name for a run"),
        ({"dataset": "smoke", "name": "made"}, "there is a run"),
        ({"dataset": "smoke", "corpus": "relative"}, "whole path"),
        ({"dataset": "smoke", "corpus": "/no/such/folder"}, "no folder at"),
        ({"dataset": "smoke", "changes": "retrieval.nothing=1"}, "cannot be changed here"),
        ({"dataset": "smoke", "changes": "retrieval.lexical_weight=much"}, "lexical_weight"),
        ({"dataset": "dev", "reword": "2"}, "need the folder"),
        *(
            ({"dataset": "smoke", "changes": f"retrieval.fetch_k=20\n{change}"}, "cannot be changed here")
            for change in (
                "embedding.allow_download=true",
                " RERANK.Allow_Download = false",
                'rerank={"allow_downl\\u006fad": true}',
                "llm.base_url=http://192.0.2.1/v1",
                "LLM.model=openai:x",
                "llm.api_key=k",
                'llm={"base_url": "http://192.0.2.1"}',
                "embedding.model=/tmp/other",
                "embedding={}",
                "rerank.model=/tmp/other",
                "telemetry.endpoint=http://192.0.2.1",
                "briefing.template=/etc/passwd",
                "store=/",
                "server.host=0.0.0.0",
                "load.tesseract=/bin/sh",
                'retrieval={"fetch_k": 5}',
                "=1",
            )
        ),
    ],
)
def test_what_cannot_be_run_is_said_and_the_form_kept(
    client: TestClient, paths: EvalPaths, fields: dict[str, str], message: str
) -> None:
    scored_run(paths)
    found = send(client, "/runs", **{"changes": "", "name": "kept-name"} | fields)
    assert found.status_code == 400
    assert message in found.text
    assert 'role="alert"' in found.text
    if "name" not in fields:
        assert 'value="kept-name"' in found.text
    assert client.get("/job").json() == {"state": "none"}


def test_a_run_is_started_watched_cancelled_and_gone_on_with(client: TestClient, paths: EvalPaths) -> None:
    (paths.path / "mine.yaml").write_text("cases: []", encoding="utf-8")
    assert '<option value="mine.yaml">' in client.get("/").text
    found = send(
        client, "/runs", dataset="mine.yaml", name="r1", limit="5", repeats="1", reword="", corpus=f"{paths.path}\n",
        changes="retrieval.lexical_weight=0\n\nretrieval.fetch_k=20\n",
    )  # fmt: skip
    assert (found.status_code, found.headers["location"]) == (303, "/#job")
    progress = until(client, lambda job: job.get("done") == 2 and job["line"] == "asking")
    assert progress == {"name": "r1", "state": "running", "done": 2, "total": 3, "line": "asking"}
    text = client.get("/").text
    assert '<progress id="bar" value="2" max="3">' in text
    assert '<noscript><meta http-equiv="refresh"' in text
    assert 'id="dataset"' not in text and "One run at a time" in text
    arguments = json.loads((paths.path.parent / "arguments.json").read_text(encoding="utf-8"))
    store = paths.path.parent
    assert arguments == [
        "run", str((paths.path / "mine.yaml").resolve()), f"--store={store}", "--name=r1", f"--corpus={paths.path}",
        "--set=retrieval.lexical_weight=0", "--set=retrieval.fetch_k=20", "--limit=5",
    ]  # fmt: skip

    second = send(client, "/runs", dataset="smoke", name="r2")
    assert (second.status_code, "one at a time" in second.text) == (400, True)
    assert send(client, "/runs/r1/score").status_code == 400

    assert send(client, "/job/cancel").status_code == 303
    assert client.get("/job").json()["state"] == "cancelled"
    text = client.get("/").text
    assert "Cancelled" in text and "2 of 3 answers are there" in text and "incomplete: 2 of 3" in text
    assert 'action="/runs/r1/resume"' in text

    assert send(client, "/runs/r1/resume").status_code == 303
    until(client, lambda job: job["state"] == "done" and job["done"] == 3)
    arguments = json.loads((store / "arguments.json").read_text(encoding="utf-8"))
    assert arguments[-1] == "--resume" and "--name=r1" in arguments
    assert "Finished" in client.get("/").text
    assert send(client, "/runs/r1/resume").status_code == 400


def test_a_run_that_fails_says_why(client: TestClient) -> None:
    send(client, "/runs", dataset="smoke", name="r1", limit="99")
    progress = until(client, lambda job: job["state"] == "failed")
    assert (progress["total"], progress["line"]) == (None, "untoc-eval: no folder of statements <b>")
    text = client.get("/").text
    assert "untoc-eval: no folder of statements &lt;b&gt;" in text and "Try again" in text


def test_a_run_of_the_command_line_is_not_resumed_here(client: TestClient, paths: EvalPaths) -> None:
    make_run(paths.runs, {"a": None}, name="other")
    found = send(client, "/runs/other/resume")
    assert (found.status_code, "was not started here" in found.text) == (400, True)


def test_the_server_takes_its_run_along_when_it_ends(paths: EvalPaths, tmp_path: Path) -> None:
    script = tmp_path / "sleep.py"
    # It starts a process of its own.
    script.write_text(
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(tmp_path / 'child')!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n",
        encoding="utf-8",
    )
    app = create_app(Settings(store=paths.path.parent), paths, command=(sys.executable, str(script)))
    with TestClient(app, base_url="http://127.0.0.1", headers={"sec-fetch-site": "same-origin"}) as client:
        send(client, "/runs", dataset="smoke", name="r1")
        for _ in range(100):
            if (tmp_path / "child").exists() and (tmp_path / "child").read_text(encoding="utf-8"):
                break
            time.sleep(0.05)
    child = (tmp_path / "child").read_text(encoding="utf-8")
    for _ in range(100):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text(encoding="utf-8").split()[2] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("a process was left behind")


def test_jobs_refuse_names_that_lead_elsewhere(paths: EvalPaths) -> None:
    jobs = Jobs(paths, paths.path.parent, command=("false",))
    with pytest.raises(RunError, match="no name for a run"):
        jobs.start(RunRequest(name="../x", dataset="smoke"))
    with pytest.raises(RunError, match="no name for a run"):
        jobs.resume("../x")


def test_answers_are_counted_once_whatever_they_hold(paths: EvalPaths) -> None:
    run = make_run(paths.runs, {'a "b" \\': None, ("c", 0): None, ("c", 1): answer(("x", [CITED]))})
    run.append(run.answers()[0])
    assert count_answers(run.path) == 3
    assert count_answers(paths.path / "none") == 0


def test_reports_are_made_once_and_anew_after_decisions(client: TestClient, paths: EvalPaths) -> None:
    run = scored_run(paths)
    assert "made against nothing, 0 ruled on" in client.get("/runs/made").text
    (run.path / "report.html").write_text("kept", encoding="utf-8")
    assert client.get("/runs/made").text == "kept"
    add_ruling(paths, case="a", span=SPAN, accepted=True, by="ab")
    assert "1 ruled on" in client.get("/runs/made").text
    scored_run(paths, "before")
    assert "made against before" in client.get("/compare?run=made&baseline=before").text
    assert "made against before" in client.get("/runs/made?baseline=before").text
    assert client.get("/runs/made/compare?baseline=made").status_code == 409


def test_no_report_is_made_over_other_statements(client: TestClient, paths: EvalPaths) -> None:
    run = scored_run(paths)
    assert client.get("/runs/made").status_code == 200
    (paths.path.parent / "corpus" / FILE).write_text(f"Another. {TEXT}", encoding="utf-8")
    add_ruling(paths, case="a", span=SPAN, accepted=True, by="ab")
    assert "0 ruled on" in client.get("/runs/made").text
    assert "statements have changed" in send(client, "/runs/made/score").text
    (run.path / "report.html").unlink()
    found = client.get("/runs/made")
    assert (found.status_code, "statements have changed" in found.text) == (409, True)
    assert "Nothing is left to decide" in client.get("/review?kind=citations").text


def test_reports_are_downloaded(client: TestClient, paths: EvalPaths) -> None:
    scored_run(paths)
    markdown, csv = client.get("/runs/made/report.md"), client.get("/runs/made/answers.csv")
    assert (markdown.text, csv.text) == ("# made", "case,right\n")
    assert csv.headers["content-disposition"] == 'attachment; filename="made.csv"'


def test_a_run_without_scores_says_what_to_do(client: TestClient, paths: EvalPaths) -> None:
    make_run(paths.runs, {"a": None})
    found = client.get("/runs/made")
    assert (found.status_code, "has no scores yet" in found.text) == (409, True)
    assert client.get("/runs/none").status_code == 404


def test_ruling_on_a_citation_changes_rulings_and_scores(client: TestClient, paths: EvalPaths) -> None:
    run = scored_run(paths)
    text = client.get("/review?kind=citations").text
    assert "1 left" in text
    assert f"<mark>{CITED}</mark>" in text
    assert "We support the review." in text
    fields = {"case": "a", "file": SPAN[0], "start": str(SPAN[1]), "end": str(SPAN[2]), "at": "0"}
    assert "who decides?" in send(client, "/review/citation", decision="accept", by="", **fields).text
    found = send(client, "/review/citation", decision="accept", by="Amélie 王", **fields)
    assert found.status_code == 303
    assert found.headers["location"] == "/review?kind=citations&at=0&noted=accepted#item"
    cookie = found.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert read_rulings(paths.reviews) == {"a": {SPAN: True}}
    text = client.get("/review?kind=citations&noted=accepted").text
    assert "Nothing is left to decide" in text and "Noted: accepted." in text and "Amélie 王" in text

    before = run.scores()[0].components["citations.citation_precision"] if run.scores() else None
    assert send(client, "/review/citation", decision="reject", by="cd", **fields).status_code == 303
    assert read_rulings(paths.reviews) == {"a": {SPAN: False}}
    assert "2 newer decisions" in client.get("/").text
    assert send(client, "/runs/made/score").status_code == 303
    after = run.scores()[0].components["citations.citation_precision"]
    assert (before, after) == ((1.0, 1.0), (1.0, 2.0))
    assert "newer decision" not in client.get("/").text


def test_only_citations_that_were_cited_are_ruled_on(client: TestClient, paths: EvalPaths) -> None:
    scored_run(paths)
    found = send(client, "/review/citation", case="a", file="x", start="1", end="2", decision="accept", by="ab")
    assert (found.status_code, "does not wait" in found.text) == (400, True)
    assert not paths.reviews.exists()


def test_deciding_on_a_draft_changes_the_saved_cases(client: TestClient, paths: EvalPaths) -> None:
    save_draft(paths.path.parent, saved_answer())
    save_draft(paths.path.parent, silent_answer())
    first, second = (draft.case.id for draft in drafts(paths))
    text = client.get("/review").text
    assert "2 left" in text and f"<mark>{CITED}</mark>" in text and 'value="France"' in text
    assert text.count("checked") == 2
    fields = {"question": "What does France want?", "status": "answered", "reason": "", "missing": "", "by": "ab"}
    found = send(
        client,
        "/review/draft",
        case=first,
        decision="accept",
        states="France; Mexico",
        use=["e1"],
        grouping="any",
        **fields,
    )
    assert found.status_code == 303
    kept = saved_cases(paths)[0]
    assert (kept.question, kept.expect.states, kept.evidence_groups) == (
        "What does France want?", ("FRA", "MEX"), (("e1",),),
    )  # fmt: skip
    assert kept.gates
    assert "What does France want?" in client.get("/review?kind=drafts").text
    text = client.get(f"/review?kind=drafts&case={first}").text
    assert "A decided question" in text and text.count("checked") == 1

    answered = {"states": "France", "new_file": FILE, "new_quote": CITED} | fields
    assert send(client, "/review/draft", case=second, decision="accept", **answered).status_code == 303
    kept = saved_cases(paths)[1]
    assert (kept.type, kept.expect.reason, kept.groups[0][0].quote) == ("single_state", None, CITED)

    assert send(client, "/review/draft", case=first, decision="reject", by="ab").status_code == 303
    assert [kept.id for kept in saved_cases(paths)] == [second]
    assert "Nothing is left to decide" in client.get("/review?kind=drafts").text


def test_a_draft_that_would_be_no_case_keeps_what_was_filled_in(client: TestClient, paths: EvalPaths) -> None:
    save_draft(paths.path.parent, saved_answer())
    name = drafts(paths)[0].case.id
    found = send(
        client, "/review/draft", case=name, decision="accept", question="Another?", status="answered", states="France",
        by="ab",
    )  # fmt: skip
    assert found.status_code == 400
    assert "needs evidence" in found.text and ">Another?</textarea>" in found.text and "checked" not in found.text
    assert send(client, "/review/draft", case="none", decision="accept", by="ab").status_code == 400


def test_review_works_without_statements(paths: EvalPaths) -> None:
    def broken() -> Documents:
        raise EvalError("the store cannot be opened")

    save_draft(paths.path.parent, saved_answer())
    app = create_app(Settings(store=paths.path.parent), paths, store_documents=broken, renderers=FakeReports())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        text = client.get("/review").text
    assert "the store cannot be opened" in text and f"<mark>{CITED}</mark>" in text


def test_citations_of_runs_that_cannot_be_read_are_told(client: TestClient, paths: EvalPaths) -> None:
    run = scored_run(paths)
    (paths.path.parent / "corpus" / FILE).unlink()
    (paths.path.parent / "corpus" / "txt").rmdir()
    (paths.path.parent / "corpus").rmdir()
    text = client.get("/review?kind=citations").text
    assert "Citations of 1 run cannot be shown" in text and run.name in text


def test_settings_that_may_be_changed_name_nothing_that_is_read_or_sent() -> None:
    groups = {name: value for name, value in Settings() if isinstance(value, BaseModel)}
    for name in CHANGEABLE:
        group, _, field = name.partition(".")
        assert isinstance(getattr(groups[group], field), int | float) or name == "rerank.languages", name


def test_a_kept_request_that_sends_elsewhere_is_not_gone_on_with(paths: EvalPaths) -> None:
    jobs = Jobs(paths, paths.path.parent, command=("false",))
    kept = {"name": "old", "dataset": "smoke", "changes": ["llm.base_url=http://192.0.2.1"]}
    (paths.path / "requests").mkdir()
    (paths.path / "requests" / "old.json").write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(RunError, match="was not started here"):
        jobs.resume("old")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "evals.example", ""])
def test_hosts_that_others_reach_are_refused_in_one_line(
    paths: EvalPaths, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", f"--store={paths.path.parent}", f"--host={host}", "--port=0"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "a server with accounts is needed" in said and repr(host) in said

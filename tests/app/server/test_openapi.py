"""The OpenAPI document: clients that follow it and requests that schemathesis derives from it meet no server error."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from app.server.problems import MEDIA_TYPE, PROBLEM
from tests.fakes_server import Team, team

pytestmark = pytest.mark.integration


def test_the_document_describes_every_route_with_examples(served: Team) -> None:
    document = served.program("rita").get("/api/v1/openapi.json").json()
    operations = [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]
    assert len(operations) > 50
    for path, method, each in operations:
        assert each["description"] and {"401", "403", "429"} <= each["responses"].keys(), (path, method)
        assert each["security"] == [{"HTTPBearer": []}]
    assert len({each["operationId"] for _, _, each in operations}) == len(operations)
    bodies = document["components"]["schemas"]
    # All problems share one type, because generators of clients drop all but the first of copies with one name.
    contents = [
        each["responses"][status]["content"] for _, _, each in operations for status in ("401", "403", "404", "422")
    ]
    assert {str(content) for content in contents} == {str({MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}})}
    assert bodies["Problem"]["required"] == ["title", "status", "detail"]
    files = bodies["Body_ingest"]["properties"]["files"]["items"], bodies["Body_verify_file"]["properties"]["file"]
    assert all((file["type"], file["format"]) == ("string", "binary") for file in files)
    for name in ("Question", "BriefingWish", "Draft", "NewKey", "Correction"):
        assert any(field.get("examples") for field in bodies[name]["properties"].values()), name


def test_every_status_is_declared_that_a_request_may_get(served: Team) -> None:
    edda = served.program("edda")
    paths = edda.get("/api/v1/openapi.json").json()["paths"]
    json_type, form = {"content-type": "application/json"}, {"content-type": "multipart/form-data"}
    question = json.dumps({"question": "x" * 1_000_001})
    for path, headers, content, status in (
        ("/api/v1/ask", json_type, '{"question": ' + "[" * 300_000, 400),
        ("/api/v1/ask", json_type, '{"question": "x", "scope": {"years": ' + "9" * 6000 + "}}", 400),
        ("/api/v1/ask", json_type, question, 413),
        ("/api/v1/verify/file", form, "x", 400),
        ("/api/v1/ask", json_type, "{}", 422),
        ("/api/v1/users", json_type, "{}", 403),
    ):
        answer = edda.post(path, headers=headers, content=content)
        assert answer.status_code == status and answer.json()["status"] == status, answer.text
        assert str(status) in paths[path]["post"]["responses"]
    conflict = {"400", "409", "413", "500"}
    assert all(conflict <= each["responses"].keys() for item in paths.values() for each in item.values())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_request_makes_the_server_fail(filled_store: Path, tmp_path: Path) -> None:
    # Importing it takes seconds, which would slow down every process that collects tests.
    import schemathesis
    from schemathesis.checks import not_a_server_error

    failures: list[str] = []
    asked = 0
    how = settings(
        max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
    )
    # On a server of its own, because some requests remove accounts and statements.
    with team(filled_store, tmp_path) as served:
        admin = served.program("adam")
        schema = schemathesis.openapi.from_dict(admin.get("/api/v1/openapi.json").json())

        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            headers = {"authorization": admin.headers["authorization"]}
            answer = case.call(base_url=served.address, headers=headers, timeout=60)
            try:
                case.validate_response(answer, checks=(not_a_server_error,))
            except (AssertionError, ExceptionGroup) as error:
                failures.append(f"{case.method} {case.path}: {answer.status_code} {error}")

        for result in schema.get_all_operations():
            how(given(case=result.ok().as_strategy())(ask))()
        assert admin.get("/api/v1/me").json()["role"] == "admin"
    assert failures == [] and asked > 500


def test_a_manifest_is_drafted_a_cell_reviewed_and_a_draft_reported_on(served: Team) -> None:
    edda = served.program("edda")

    def call(method: str, path: str, **how: Any) -> httpx.Response:
        answer = edda.request(method, f"/api/v1{path}", **how)
        assert answer.is_success, answer.text
        return answer

    text = b"Statement by Arvandia\n\nArvandia supports extradition without delay. It thanks the Secretariat."
    drafted = call("POST", "/manifest", files={"files": ("arvandia.txt", text)}).text
    assert drafted.startswith("file,") and "arvandia.txt" in drafted
    key = call("POST", "/brief", json={"articles": ["4"], "states": ["Iran"]}).json()["rows"][0]["key"]
    review = {"key": key, "state": "accepted", "kind": "supports"}
    assert call("PUT", "/reviews", json=review).json()["reviewer"] == "edda"
    assert call("GET", "/reviews", params={"key": key}).json()[key]["state"] == "accepted"
    call("DELETE", f"/reviews/{key}")
    draft = {"file": ("draft.md", "Iran said: “We must act.”".encode())}
    assert "# " in call("POST", "/verify/file", files=draft, data={"form": "md"}).text
    assert call("POST", "/verify/file", files=draft, data={"form": "docx"}).content.startswith(b"PK")

"""Entrances beside the API and the tools: the chat of several people, sign-on by a provider, a root path."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI, Form, Header, HTTPException, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import RedirectResponse

from app.errors import AccountError
from app.server.accounts import subject_of
from app.ui.words import words_of
from prompts.wording import LANGUAGES
from tests.app.server.test_api import QUESTION, same
from tests.fakes_server import serving, team

pytestmark = pytest.mark.integration


def predict(client: httpx.Client, name: str, data: list[Any]) -> Any:
    """Calls a public event of the chat as its own clients do."""
    event = client.post(f"/gradio_api/call/{name}", json={"data": data}).raise_for_status().json()["event_id"]
    answer = client.get(f"/gradio_api/call/{name}/{event}").raise_for_status().text
    return json.loads(answer.rpartition("data: ")[2])


def test_the_chat_answers_each_person_as_themselves(served):
    asked = served.program("rita").post("/api/v1/ask", json={"question": QUESTION}).json()
    rita, edda = served.browser("rita"), served.browser("edda")
    (answer,) = predict(rita, "ask", [QUESTION])
    assert same(answer) == same(asked)
    # The trace of an answer is shown only to the person who asked, in the chat or by a program, and to operators.
    for trace in (answer["trace_id"], asked["trace_id"]):
        assert rita.get(f"/api/v1/traces/{trace}").json()["trace_id"] == trace
        assert edda.get(f"/api/v1/traces/{trace}").status_code == 404
        assert served.program("adam").get(f"/api/v1/traces/{trace}").status_code == 200
    event = rita.post("/gradio_api/call/ask", json={"data": [QUESTION]}).json()["event_id"]
    assert edda.get(f"/gradio_api/call/ask/{event}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_the_server_is_in_the_readers_language(language, served):
    browser, words = served.browser("rita"), words_of(language)
    page = browser.get("/about", headers={"accept-language": language}).text
    heads = re.findall("<th scope=.row.>(.*?)</th>", page)
    names = ("version", "statements", "store", "generation", "embedding", "reranker", "encoder", "chat")
    assert {*heads} <= {words[name] for name in names} and len(heads) >= 6
    assert f"<h1>{words['about-server']}</h1>" in page and f"<button>{words['sign-out']}</button>" in page
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page


class _Provider:
    """A small OpenID provider: one person, who is always signed in; it checks PKCE and the client's secret."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, auto_kid=False)
        self.claims: dict[str, Any] = {"sub": "17", "preferred_username": "rosa"}
        self.forge: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.begun: dict[str, dict[str, str]] = {}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def metadata() -> dict[str, str]:
            places = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **places}

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorization")
        def authorize(request: Request) -> RedirectResponse:
            asked, code = dict(request.query_params), f"code-{len(self.begun)}"
            self.begun[code] = asked
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

        @app.post("/token")
        def token(
            code: Annotated[str, Form()], code_verifier: Annotated[str, Form()], authorization: Annotated[str, Header()]
        ) -> dict[str, str]:
            asked = self.begun.pop(code)
            proof = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=")
            secret = base64.b64encode(b"untoc:the secret").decode()
            if asked["code_challenge"] != proof.decode() or authorization != f"Basic {secret}":
                raise HTTPException(400, "invalid_grant")
            claims = {"iss": self.issuer, "aud": "untoc", "exp": 4_000_000_000, "nonce": asked["nonce"], **self.claims}
            signed = jwt.encode({"alg": "RS256", "kid": "one"}, self.forge(claims), self.key)
            return {"access_token": "x", "token_type": "Bearer", "id_token": signed}

        return app


@contextmanager
def provider() -> Iterator[_Provider]:
    signing = _Provider()
    with serving(signing.app) as (signing.issuer, *_):
        yield signing


def test_a_provider_signs_people_in(filled_store, tmp_path):
    with provider() as signing:
        oidc = {"issuer": signing.issuer, "client_id": "untoc", "client_secret": "the secret"}
        address = "http://untoc.example.org"
        settings = {"accounts": "oidc", "oidc": oidc, "address": address, "new_role": ""}
        with team(filled_store, tmp_path, **settings) as running:
            running.accounts.add("rosa", "reader")

            def visit() -> tuple[httpx.Client, str]:
                """Begins a sign-in; returns the browser and where the provider sends it back to."""
                browser = running.client(host="untoc.example.org")
                begun = browser.get("/sign-in/oidc", params={"to": "/about"})
                assert begun.status_code == 303, begun.text
                back = httpx.get(begun.headers["location"], trust_env=False).headers["location"]
                assert back.startswith(f"{address}/sign-in/oidc/back?")
                browser.cookies = httpx.Cookies(dict(browser.cookies.items()))
                return browser, back.removeprefix(address)

            browser, back = visit()
            arrived = browser.get(back)
            assert (arrived.status_code, arrived.headers["location"]) == (303, "/about"), arrived.text
            cookie = arrived.headers["set-cookie"].partition(";")[0]
            signed_in = running.client(host="untoc.example.org", cookie=cookie)
            assert signed_in.get("/api/v1/me").json()["name"] == "rosa"
            # The provider's redirect is valid once, and only in the browser that began the sign-in.
            assert browser.get(back).status_code == 403
            _, elsewhere = visit()
            assert running.client(host="untoc.example.org").get(elsewhere).status_code == 403
            unknown = {"url": "/sign-in/oidc/back", "params": {"state": "x", "code": "y"}}
            assert browser.get(**unknown).status_code == 403
            page = browser.get(**unknown, headers={"accept": "text/html", "accept-language": "es"})
            assert page.status_code == 403 and "inicie sesión de nuevo" in page.text and 'href="/sign-in"' in page.text
            # Refused: another `sub` under the same name, a name without an account, no name, and the name of an account
            # that has a password.
            for claims in (
                {"sub": "18"}, {"sub": "19", "preferred_username": "mallory"}, {"preferred_username": ""},
                {"sub": "20", "preferred_username": "adam"},
            ):  # fmt: skip
                signing.claims = {"sub": "17", "preferred_username": "rosa", **claims}
                browser, back = visit()
                assert browser.get(back).status_code == 403, claims
            signing.claims = {"sub": "17", "preferred_username": "rosa"}
            for forged in (
                {"aud": "another"}, {"iss": "http://evil.example"}, {"exp": 1}, {"nonce": "another"}, {"sub": None},
            ):  # fmt: skip
                signing.forge = lambda claims, forged=forged: claims | forged  # type: ignore[misc]
                browser, back = visit()
                assert browser.get(back).status_code == 403, forged
            signing.forge = lambda claims: claims
            browser, back = visit()
            signing.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, auto_kid=False)
            assert browser.get(back).status_code == 303
            # An account that an admin has bound is signed in by its `sub` under any name; no other account can take it.
            running.accounts.bind("adam", subject_of(f"{signing.issuer}/", "20"))
            signing.claims = {"sub": "20", "preferred_username": "rosa"}
            browser, back = visit()
            cookie = browser.get(back).headers["set-cookie"].partition(";")[0]
            assert running.client(host="untoc.example.org", cookie=cookie).get("/api/v1/me").json()["name"] == "adam"
            with pytest.raises(AccountError, match="'adam'"):
                running.accounts.bind("rita", subject_of(signing.issuer, "20"))


def test_a_root_path_is_kept(filled_store, tmp_path):
    with team(filled_store, tmp_path, address="https://untoc.example.org/ask", root_path="/ask") as running:
        client = running.client(host="untoc.example.org", origin="https://untoc.example.org", accept="text/html")
        assert client.get("/").headers["location"] == "/ask/sign-in?to=/"
        signed = client.post("/sign-in", data={"name": "rita", "password": "a password of twelve", "to": "/about"})
        assert signed.headers["location"] == "/ask/about"
        cookie = signed.headers["set-cookie"]
        assert "Path=/ask/" in cookie and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=lax" in cookie
        client.headers["cookie"] = cookie.partition(";")[0]
        page = client.get("/")
        assert page.status_code == 200 and "https://untoc.example.org/ask" in page.text
        client.headers["cookie"] += "; " + page.headers["set-cookie"].partition(";")[0]
        assert "Secure" in page.headers["set-cookie"]
        script = page.text.partition('src="./assets/')[2].partition('"')[0]
        assert client.get(f"/assets/{script}").status_code == 200
        (answer,) = predict(client, "ask", [QUESTION])
        assert answer["status"] == "answered"
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/ask"}]
        assert client.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"

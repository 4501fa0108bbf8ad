"""Signing in and out: by password, or at the provider of the organization (OpenID Connect, with PKCE).

Source: OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9700 (security best practice).
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from fastapi import APIRouter, Form, Query, Request, Response
from httpx import AsyncClient, HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from app.errors import ForbiddenError
from app.server.accounts import Accounts, subject_of
from app.server.person import LOCAL_PERSON, Person, current_person
from app.server.problems import small_page
from app.server.rate_limits import Limits
from app.server.request_guard import COOKIE, LONGEST_ADDRESS, SIGN_IN
from app.server.required_permissions import DeclaredRoute, needs
from app.settings import ServerConfig
from app.ui.words import say, word_for

_BEGUN_SECONDS: Final = 600  # in which a sign-in at the provider must end
_MOST_BEGUN: Final = 1000  # sign-ins at the same time
_BEGUN_COOKIE: Final = "untoc_sign_in"
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
_CLOCK_SECONDS: Final = 60  # by which clocks may differ
_TIMEOUT: Final = 10.0  # seconds
_Text = Annotated[str, Form(max_length=LONGEST_ADDRESS)]
_Address = Annotated[str, Query(max_length=LONGEST_ADDRESS)]


@dataclass(frozen=True, kw_only=True)
class _PendingSignIn:
    """A sign-in that waits for the provider's answer, tied to the browser that began it."""

    browser: str
    nonce: str
    verifier: str
    to: str
    at: float


class Provider:
    """The OpenID Connect provider of an organization; its metadata and keys are fetched at each sign-in."""

    def __init__(self, config: ServerConfig, back: str) -> None:
        self._config, self._back = config.oidc, back
        self._begun: OrderedDict[str, _PendingSignIn] = OrderedDict()

    async def begin(self, to: str) -> tuple[str, str]:
        """Begins a sign-in; returns the provider's address to redirect the browser to, and the value of its cookie."""
        metadata = await self._known()
        browser, nonce, verifier = token_urlsafe(24), token_urlsafe(24), token_urlsafe(48)
        async with self._client() as client:
            address, state = client.create_authorization_url(
                metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        self._begun[state] = _PendingSignIn(browser=browser, nonce=nonce, verifier=verifier, to=to, at=time.monotonic())
        while len(self._begun) > _MOST_BEGUN:
            self._begun.popitem(last=False)
        return address, browser

    async def finish(self, state: str, code: str, browser: str) -> tuple[str, str, str]:
        """Returns (name, `subject_of` the person, address to go to); a ForbiddenError if the answer is not valid."""
        begun = self._begun.pop(state, None)
        if begun is None or begun.browser != browser or begun.at < time.monotonic() - _BEGUN_SECONDS:
            raise ForbiddenError("this sign-in was not begun here, or too long ago: sign in again")
        metadata = await self._known()
        try:
            async with self._client() as client:
                token = await client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=begun.verifier)
            async with AsyncClient(timeout=_TIMEOUT) as client:
                keys = KeySet.import_key_set((await client.get(metadata["jwks_uri"])).raise_for_status().json())
            claims: dict[str, Any] = jwt.decode(str(token.get("id_token")), keys, algorithms=_ALGORITHMS).claims
            registry = jwt.JWTClaimsRegistry(
                leeway=_CLOCK_SECONDS,
                iss={"essential": True, "value": metadata["issuer"]},
                aud={"essential": True, "value": self._config.client_id},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": begun.nonce},
            )
            registry.validate(claims)
        except (OAuthError, HTTPError, JoseError, ValueError, KeyError) as exc:
            raise ForbiddenError("the provider's answer does not hold: sign in again, or tell whoever runs it") from exc
        name = claims.get(self._config.claim)
        if not isinstance(name, str) or not name.strip():
            raise ForbiddenError(
                f"the provider names nobody under {self._config.claim!r}: see UNTOC_SERVER__OIDC__CLAIM"
            )
        if self._config.claim == "email" and claims.get("email_verified") is not True:
            raise ForbiddenError("the provider has not verified this address: verify it there, then sign in again")
        return name.strip(), subject_of(claims["iss"], claims["sub"]), begun.to

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._config.client_id,
            self._config.client_secret.get_secret_value(),
            scope="openid profile email",
            redirect_uri=self._back,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
        )

    async def _known(self) -> dict[str, Any]:
        issuer = self._config.issuer.rstrip("/")
        try:
            async with AsyncClient(timeout=_TIMEOUT) as client:
                found = (await client.get(f"{issuer}/.well-known/openid-configuration")).raise_for_status().json()
            if found["issuer"].rstrip("/") != issuer:
                raise ValueError("another issuer")
        except (HTTPError, ValueError, KeyError, AttributeError) as exc:
            raise ForbiddenError("the provider cannot be reached, or is another: try again later") from exc
        return dict(found)


@dataclass(frozen=True, kw_only=True)
class _SignIn:
    """The routes for signing in and out, with their cookies, limits and entries in the audit log."""

    config: ServerConfig
    accounts: Accounts
    limits: Limits
    provider: Provider | None

    @property
    def root(self) -> str:
        """The path before all addresses, such as `/untoc`; empty if there is none."""
        return urlsplit(self.config.address).path.rstrip("/")

    def page(self, request: Request, to: _Address = "/") -> Response:
        return self._form(request, to) if self.config.signs_in else RedirectResponse(f"{self.root}/", 303)

    def _form(self, request: Request, to: str, *, refused: bool = False) -> Response:
        word_for(request)
        shown = {"title": say("sign-in"), "root": self.root, "to": to, "with_provider": self.provider is not None}
        return small_page("server_sign_in", 401 if refused else 200, refused=refused, **shown)

    def _require_provider(self) -> Provider:
        if self.provider is None:
            raise ForbiddenError("there is no provider to sign in at: see UNTOC_SERVER__OIDC__ISSUER")
        return self.provider

    def _count(self, request: Request) -> None:
        self.limits.count("sign_ins", str(request.client and request.client.host))

    def by_password(self, request: Request, name: _Text, password: _Text, to: _Text = "/") -> Response:
        if not self.config.signs_in:
            raise ForbiddenError("nobody signs in here by password: see UNTOC_SERVER__ACCOUNTS")
        self._count(request)
        name = self.accounts.stored_name(name)
        self.limits.count("of_account", name)
        if not self.accounts.check_password(name, password):
            self.accounts.log("sign-in refused", name, _somebody(request))
            return self._form(request, to, refused=True)
        return self._signed_in(name, to, request)

    async def begin(self, request: Request, to: _Address = "/") -> Response:
        oidc = self._require_provider()
        self._count(request)
        address, browser = await oidc.begin(to)
        response = RedirectResponse(address, 303)
        self._set(response, _BEGUN_COOKIE, browser, _BEGUN_SECONDS)
        return response

    async def finish(
        self,
        request: Request,
        state: Annotated[str, Query(max_length=2000)],
        code: Annotated[str, Query(max_length=4000)] = "",
    ) -> Response:
        oidc = self._require_provider()
        self._count(request)
        name, subject, to = await oidc.finish(state, code, request.cookies.get(_BEGUN_COOKIE, ""))
        account = await run_in_threadpool(self.accounts.named_by, name, self.config.new_role, subject)
        if account is None:
            await run_in_threadpool(self.accounts.log, "sign-in refused", name, _somebody(request))
            raise ForbiddenError(f"{name!r} has no account here: ask an admin for one")
        return await run_in_threadpool(self._signed_in, account, to, request)

    def _signed_in(self, name: str, to: str, request: Request) -> Response:
        # A cookie that was copied is of no more use once its browser signs in again.
        self.accounts.end(request.cookies.get(COOKIE, ""))
        token = self.accounts.begin(name)
        self.accounts.log("sign-in", name, _somebody(request))
        response = RedirectResponse(self.root + _local(to), 303)
        self._set(response, COOKIE, token, int(self.config.session_hours * 3600))
        response.delete_cookie(_BEGUN_COOKIE, path=f"{self.root}/")
        return response

    def sign_out(self, request: Request) -> Response:
        self.accounts.end(request.cookies.get(COOKIE, ""))
        self.accounts.log("sign-out", "", current_person())
        response = RedirectResponse(f"{self.root}{SIGN_IN}", 303)
        response.delete_cookie(COOKIE, path=f"{self.root}/")
        return response

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        secure = self.config.address.startswith("https:")
        # SameSite=Lax: the cookie is also sent when somebody follows a link from another site.
        response.set_cookie(name, value, seconds, path=f"{self.root}/", secure=secure, httponly=True, samesite="lax")


def routes(config: ServerConfig, accounts: Accounts, limits: Limits) -> APIRouter:
    """Returns the routes for signing in and out."""
    router = APIRouter(route_class=DeclaredRoute, include_in_schema=False)
    back_to = f"{config.address.rstrip('/')}/sign-in/oidc/back"
    provider = Provider(config, back_to) if config.accounts == "oidc" else None
    signing = _SignIn(config=config, accounts=accounts, limits=limits, provider=provider)

    route, nobody = router.add_api_route, needs("nobody")
    route(SIGN_IN, signing.page, methods=["GET"], **nobody)
    route(SIGN_IN, signing.by_password, methods=["POST"], **nobody)
    route("/sign-in/oidc", signing.begin, methods=["GET"], **nobody)
    route("/sign-in/oidc/back", signing.finish, methods=["GET"], **nobody)
    route("/sign-out", signing.sign_out, methods=["POST"], **needs("person"))
    return router


def _somebody(request: Request) -> Person:
    """Returns a person without a name for the audit log: the sender of a request before the sign-in."""
    address = str(request.client.host if request.client else "")
    return replace(LOCAL_PERSON, name="", address=address, request=str(request.scope.get("untoc.request", "")))


def _local(to: str) -> str:
    """Returns a path on this server unchanged, and `/` for any other address (against open redirects)."""
    inside = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and "\\" not in to
    return to if inside else "/"

"""Signing in through the city: `sso_view.SingleSignOn` by OpenID Connect (code flow with PKCE, RFC 7636).

Who vouches says who somebody is, never what they may do: an account with that login must exist here, and roles are given
only here. What the browser brings back is sealed with our key, holds state, nonce and verifier, and is good for ten minutes.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import random
import secrets
from datetime import timedelta
from typing import Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from doorplate.errors import NotPermitted, Unavailable
from doorplate.field_view import Session
from doorplate.people.single_sign_on import SingleSignOnRules
from doorplate.registry import Registry
from doorplate.registry.signing_in import SigningIn
from doorplate.sealing import BrokenSeal, Seal
from doorplate.sso_view import Leaving

_LASTS = timedelta(minutes=10)
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Never "none", never a shared secret: an identity token must be signed with a key only the issuer has."""
_LEEWAY_S = 60
_MOST_BYTES = 1_000_000


class OpenIdConnect:
    """One issuer. Made once per process; what it tells of itself is asked for again when a key is not known."""

    def __init__(self, registry: Registry, signing: SigningIn, rules: SingleSignOnRules) -> None:
        self._registry, self._signing, self._rules = registry, signing, rules
        self._seal, self._rng = Seal(registry.secret, "sso"), random.SystemRandom()
        self._about: dict[str, Any] = {}
        self._keys: KeySet | None = None

    @property
    def title(self) -> str:
        return self._rules.title

    def leave(self, back: str, on: str) -> Leaving:
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier)
        until = (self._registry.now() + _LASTS).timestamp()
        kept = json.dumps({"state": state, "nonce": nonce, "verifier": verifier, "on": on, "until": until}).encode()
        return Leaving(address, base64.urlsafe_b64encode(self._seal.seal(kept, self._rng, "leaving")).decode("ascii"))

    def arrive(self, back: str, told: dict[str, str], kept: str, client: str) -> tuple[Session, str]:
        brought = self._brought(kept)
        if not hmac.compare_digest(told.get("state", "").encode(), brought["state"].encode()):
            raise _forged()
        if told.get("error") or not told.get("code"):
            raise NotPermitted("sso.refused", f"{self._rules.title} 没有放行, 可以再试一次, 或用登录名和密码登录")
        claims = self._claims(self._token(back, told["code"], brought["verifier"]), brought["nonce"])
        if self._rules.second_factor and not set(self._rules.second_factor) & set(claims.get("amr") or ()):
            raise NotPermitted("sso.second_factor", f"请在 {self._rules.title} 用两步验证登录后再来")
        login = claims.get(self._rules.login_claim)
        if not isinstance(login, str) or not login.strip():
            raise NotPermitted("sso.unknown", f"{self._rules.title} 没有说您的登录名, 请找系统管理员")
        return self._signing.begin_vouched_session(login, client, self._rules.title), str(brought["on"])

    def _brought(self, kept: str) -> dict[str, Any]:
        try:
            opened = self._seal.open(base64.b64decode(kept.encode(), altchars=b"-_", validate=True), "leaving")
        except (BrokenSeal, binascii.Error, ValueError) as exc:
            raise _forged() from exc
        brought = cast("dict[str, Any]", json.loads(opened))
        if self._registry.now().timestamp() > brought["until"]:
            raise NotPermitted("sso.forged", "登录等得太久了, 请重新开始")
        return brought

    def _token(self, back: str, code: str, verifier: str) -> str:
        try:
            with self._client(back) as client:
                answer = client.fetch_token(self._endpoint("token_endpoint"), code=code, code_verifier=verifier,
                                            grant_type="authorization_code", timeout=self._rules.timeout_s, allow_redirects=False)
        except AuthlibBaseError as exc:
            raise NotPermitted("sso.refused", f"{self._rules.title} 不认这次登录, 请重新开始") from exc
        except (requests.RequestException, ValueError) as exc:
            raise self._away() from exc
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise self._away()
        return token

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """What the issuer says of a person, checked as OpenID Connect Core 1.0 §3.1.3.7 asks."""
        try:
            try:
                decoded = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
            except (JoseError, ValueError, KeyError):  # keys are changed now and then: once more, with those of now
                decoded = jwt.decode(token, self._key_set(anew=True), algorithms=_ALGORITHMS)
            rules = jwt.JWTClaimsRegistry(
                now=int(self._registry.now().timestamp()), leeway=_LEEWAY_S, exp={"essential": True}, sub={"essential": True},
                iss={"essential": True, "value": self._rules.issuer}, aud={"essential": True, "value": self._rules.client_id},
                nonce={"essential": True, "value": nonce})
            rules.validate(decoded.claims)
        except (JoseError, ValueError, KeyError) as exc:
            raise _forged() from exc
        claims = decoded.claims
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self._rules.client_id:
            raise _forged()
        return claims

    def _client(self, back: str) -> OAuth2Session:
        return OAuth2Session(self._rules.client_id, self._rules.client_secret or None, scope=self._rules.scope, redirect_uri=back,
                             code_challenge_method="S256",
                             token_endpoint_auth_method="client_secret_basic" if self._rules.client_secret else "none")

    def _endpoint(self, name: str) -> str:
        if not self._about:
            about = self._asked(self._rules.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if about.get("issuer") != self._rules.issuer:
                raise self._away()
            self._about = about
        address = self._about.get(name)
        secure = isinstance(address, str) and address.split("://")[0] in ("https", self._rules.issuer.split("://")[0])
        if not secure:
            raise self._away()
        return cast(str, address)

    def _key_set(self, *, anew: bool = False) -> KeySet:
        if self._keys is None or anew:
            self._keys = KeySet.import_key_set(cast(Any, self._asked(self._endpoint("jwks_uri"))))
        return self._keys

    def _asked(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=self._rules.timeout_s, allow_redirects=False, stream=True)
            body = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
            if answer.status_code != requests.codes.ok or len(body) > _MOST_BYTES:
                raise self._away()
            told = json.loads(body)
        except (requests.RequestException, OSError, ValueError) as exc:
            raise self._away() from exc
        if not isinstance(told, dict):
            raise self._away()
        return told

    def _away(self) -> Unavailable:
        return Unavailable("sso.away", f"{self._rules.title} 暂时没有应答, 请过几分钟再试, 或用登录名和密码登录")


def _forged() -> NotPermitted:
    return NotPermitted("sso.forged", "这次登录对不上号, 请从登录页重新开始")

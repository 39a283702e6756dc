"""An OpenID Connect issuer for tests: discovery, authorization, token and keys over HTTP on this machine;
faults on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass
class Issuer:
    """claims: added to (or, None, taken from) each identity token. down: answers 500. key: the one it signs with; shown: the ones
    it tells of."""

    claims: dict[str, Any] = field(default_factory=dict)
    down: bool = False
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shown = [self.key]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, address: str) -> str:
        """What a browser does there, somebody being signed in: the address it is sent back to."""
        told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = told
        return f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        told = self.codes.pop(sent.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if told is None or told["code_challenge"].encode() != challenge:
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": told["client_id"], "sub": "1", "iat": now, "exp": now + 60, "nonce": told["nonce"],
                  "preferred_username": "registrar"} | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid}
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": jwt.encode(header, claims, self.key)}

    def _handler(issuer) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                issuer.asked.append(path)
                if path == "/authorize":
                    self.send_response(303)
                    self.send_header("Location", issuer.authorize(self.path))
                    self.end_headers()
                    return
                about = {"issuer": issuer.url, "authorization_endpoint": f"{issuer.url}/authorize",
                         "token_endpoint": f"{issuer.url}/token", "jwks_uri": f"{issuer.url}/keys"}
                keys = {"keys": [key.as_dict(private=False) for key in issuer.shown]}
                self._say({"/.well-known/openid-configuration": about, "/keys": keys}.get(path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = issuer.token({name: values[0] for name, values in parse_qs(body).items()})
                self._say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

            def _say(self, told: Any, status: int = 200) -> None:
                body = json.dumps(told).encode()
                self.send_response(500 if issuer.down else 404 if told is None else status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

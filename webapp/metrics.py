"""Numbers for whoever watches the machine (Prometheus text), over all worker processes; nothing about visitors or doors.

Open on the machine itself, elsewhere with `Authorization: Bearer DOORPLATE_METRICS_TOKEN`. Behind a proxy of ours every
request comes from the machine itself, so there the token is always asked for.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
from dataclasses import dataclass

from flask import Flask, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from webapp.access import may
from webapp.reach import settings

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where processes put their numbers together; read by prometheus_client at import


@dataclass(frozen=True)
class Metrics:
    """scans: answer current, retired, unknown or revoked. kept: pages sent from memory. bursts: alarms by where."""

    registry: CollectorRegistry
    scans: Counter
    kept: Counter
    bursts: Counter


def make_metrics() -> Metrics:
    """A set of its own for every application: several may live in one process (tests)."""
    registry = CollectorRegistry()
    return Metrics(
        registry,
        Counter("doorplate_scans", "Codes asked for, by answer", ["answer"], registry=registry),
        Counter("doorplate_kept_pages", "Plate pages sent from memory", registry=registry),
        Counter("doorplate_scan_bursts", "Alarms: many unknown codes in a short time", ["where"], registry=registry),
    )


def install(app: Flask, metrics: Metrics) -> None:
    app.extensions["doorplate.metrics"] = metrics
    app.add_url_rule("/metrics", view_func=show)


@may("monitor")
def show() -> Response:
    metrics: Metrics = current_app.extensions["doorplate.metrics"]
    registry = metrics.registry
    if os.environ.get(SHARED_FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    answer = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def require_monitor() -> Response | None:
    """The guard of `@may("monitor")`: to everybody else there is no such page."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return None
    if not token and not settings().trusted_proxies and ipaddress.ip_address(request.remote_addr or "::").is_loopback:
        return None
    return abort(404)

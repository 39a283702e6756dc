"""The door keeps to what its OpenAPI document says, whatever a program sends: schemathesis makes it up."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from memory_cases import MemoryCases
from memory_registry import MemoryRegistry
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from wire import BASE_URL

from doorplate.settings import Settings
from webapp import create_app

APP = create_app(Settings(base_url=BASE_URL, form_patience_s=0), MemoryRegistry(), cases=MemoryCases())
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_wsgi("/openapi.json", APP)


@schema.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("wanted", ["application/json", "text/html"])
def test_the_door_keeps_to_its_document(case: schemathesis.Case, wanted: str):
    answer = case.call(headers={"Accept": wanted, "Accept-Encoding": "identity"})
    case.validate_response(answer, checks=CHECKS)
    assert "Traceback" not in answer.text


def test_every_way_to_send_something_is_in_the_document():
    told = {path for path, ways in APP.test_client().get("/openapi.json").get_json()["paths"].items() if "post" in ways}
    sent = {rule.rule for rule in APP.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert told == {"/d/{code}/{way}", "/follow", "/follow/{what}"}
    assert {rule.split("<")[0] for rule in sent} <= {"/d/", "/follow", "/follow/"}

"""ODK Collect as far as HTTP goes: the sequence and headers of its OpenRosa client, without Android."""

from __future__ import annotations

import csv
import io
import uuid
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
XFORMS = "{http://www.w3.org/2002/xforms}"
MESSAGE = "{http://openrosa.org/http/response}message"


class Collect:
    """One person's phone. clock: what it writes as Date."""

    def __init__(self, office: FlaskClient, login: str, password: str) -> None:
        self.office, self.clock = office, datetime.now(UTC)
        self._basic = "Basic " + b64encode(f"{login}:{password}".encode()).decode()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": self._basic, "X-OpenRosa-Version": "1.0", "Date": format_datetime(self.clock, usegmt=True),
                "User-Agent": "org.odk.collect.android/v2026.3 (Dalvik/2.1.0)"}

    def get(self, address: str) -> TestResponse:
        """Follows what the server gave as an address."""
        told = self.office.get(address, headers=self.headers)
        assert told.headers["X-OpenRosa-Version"] == "1.0"
        return told

    def form_list(self) -> dict[str, dict[str, str]]:
        told = self.get("/openrosa/formList")
        assert (told.status_code, told.content_type.split(";")[0]) == (200, "text/xml"), told.get_data(as_text=True)
        return {one.findtext(f"{LIST}formID", ""): {part.tag.removeprefix(LIST): part.text or "" for part in one}
                for one in ET.fromstring(told.data)}

    def manifest(self, form: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """file name → hash, address."""
        told = ET.fromstring(self.get(form["manifestUrl"]).data)
        parts = [[one.findtext(f"{MANIFEST}{name}", "") for name in ("filename", "hash", "downloadUrl")] for one in told]
        return {name: (sum_, address) for name, sum_, address in parts}

    def rows(self, form: Mapping[str, str], name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.get(self.manifest(form)[name][1]).get_data(as_text=True))))

    def send(self, xml: bytes, files: Sequence[tuple[str, bytes, str]] = (), **fields: str) -> TestResponse:
        """HEAD, as Collect does first, then POST. files: name, bytes, type."""
        asked = self.office.head("/openrosa/submission?deviceID=collect%3A1", headers=self.headers)
        assert asked.status_code == 204, asked.status
        return self.post(xml, files, **fields)

    def post(self, xml: bytes, files: Sequence[tuple[str, bytes, str]] = (), **fields: str) -> TestResponse:
        parts: dict[str, Any] = {"xml_submission_file": (io.BytesIO(xml), "door.xml", "text/xml"), **fields}
        parts |= {name: (io.BytesIO(data), name, kind) for name, data, kind in files}
        return self.office.post("/openrosa/submission", headers=self.headers, data=parts, content_type="multipart/form-data")


def words(told: TestResponse) -> str:
    """What the client shows of an answer."""
    found = ET.fromstring(told.data).findtext(MESSAGE)
    assert found, told.get_data(as_text=True)
    return found


def filled(form_xml: bytes, answers: Mapping[str, str], instance: str = "") -> bytes:
    """The form's own instance with these answers, as clients send it: an answer that was asked for and not given is empty."""
    instance_node = ET.fromstring(form_xml).find(f".//{XFORMS}model/{XFORMS}instance")
    assert instance_node is not None
    data = instance_node[0]
    left = dict(answers)
    for one in data:
        name = one.tag.rpartition("}")[2]
        if name == "meta":
            for part in one:
                if part.tag.endswith("instanceID"):
                    part.text = instance or f"uuid:{uuid.uuid4()}"
        elif name in left:
            one.text = left.pop(name)
    assert not left, f"the form does not ask for {sorted(left)}"
    return bytes(ET.tostring(data, encoding="utf-8", xml_declaration=True))

"""The objects of a PDF, as qpdf writes them out: dictionaries, names as "/Name", references as "3 0 R"."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class PdfObjects:
    """values: every object that is no stream, and the dictionary of those that are; streams: their decoded data."""

    values: dict[str, Any]
    streams: dict[str, bytes]
    trailer: dict[str, Any]

    @classmethod
    def read(cls, qpdf: str, path: Path) -> PdfObjects:
        command = [qpdf, "--json=2", "--json-stream-data=inline", "--decode-level=generalized", path]
        written = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["qpdf"][1]
        values, streams = {}, {}
        for key, entry in written.items():
            reference = key.removeprefix("obj:")
            values[reference] = entry["stream"]["dict"] if "stream" in entry else entry.get("value")
            if "stream" in entry:
                streams[reference] = base64.b64decode(entry["stream"]["data"])
        return cls(values, streams, values["trailer"])

    def at(self, value: Any) -> Any:
        """The object a reference stands for, or the value itself."""
        return self.values[value] if isinstance(value, str) and value.endswith(" 0 R") else value

    @property
    def catalog(self) -> Any:
        return self.at(self.trailer["/Root"])

    @property
    def pages(self) -> list[tuple[dict[str, Any], bytes]]:
        """Each page with what it inherits, and its content."""
        tree = self.at(self.catalog["/Pages"])
        kids = [self.at(kid) for kid in tree["/Kids"]]
        return [({**tree, **page}, self.streams[page["/Contents"]]) for page in kids]

    def contents(self) -> Iterator[bytes]:
        """All that is painted: pages and forms."""
        yield from (content for _, content in self.pages)
        yield from (self.streams[key] for key, value in self.values.items()
                    if isinstance(value, dict) and value.get("/Subtype") == "/Form")

    def dictionaries(self) -> Iterator[dict[str, Any]]:
        """All dictionaries, wherever they stand."""
        waiting = list(self.values.values())
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                yield value
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value

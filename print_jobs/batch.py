"""A frozen batch as a file (batch.json) and back, and what can be wrong with the batch itself, whatever the design."""

from __future__ import annotations

import ipaddress
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from doorplate.errors import InputError
from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.code import grouped, is_valid

_OF_THE_REGISTRY = ("status", "version")  # they change after printing; the snapshot does not
_PRIVATE_NAMES = (".local", ".localhost", ".lan", ".internal")


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason not to print, with a stable code; the message says which plate, what is wrong and what to do."""

    code: str
    message: str


def to_bytes(batch: PrintBatch, job: Mapping[str, Any]) -> bytes:
    """batch.json: the snapshot and the job it was given to (sheet, volume size, hashes). The same values, the same bytes."""
    values = {name: value for name, value in asdict(batch).items() if name not in _OF_THE_REGISTRY}
    plates = values.pop("plates")
    values["frozen_at"] = batch.frozen_at.isoformat()
    return json.dumps({**values, "job": dict(job), "plates": plates}, ensure_ascii=False, indent=1).encode() + b"\n"


def from_bytes(data: bytes) -> PrintBatch:
    """The batch in a batch.json. Raises InputError(batch.unreadable)."""
    try:
        values = json.loads(data)
        values.pop("job", None)
        return TypeAdapter(PrintBatch).validate_python(values)
    except (ValueError, TypeError, AttributeError) as exc:
        raise InputError("batch.unreadable", "batch.json 读不懂, 不是一批门牌的存档") from exc


def batch_problems(batch: PrintBatch) -> Iterator[Problem]:
    """Everything wrong with the base URL, the codes and the links of a batch."""
    yield from base_url_problems(batch.base_url, sample=batch.sample)
    if not batch.plates:
        yield Problem("batch.empty", "这一批没有门牌")
    times = Counter(plate.code for plate in batch.plates)
    for i, plate in enumerate(batch.plates):
        who = plate_name(i, plate)
        if not is_valid(plate.code):
            yield Problem("batch.code_invalid", f"{who}: 编码不合规则, 校验位不符")
        elif plate.url != f"{batch.base_url}/d/{plate.code}":
            yield Problem("batch.url", f"{who}: 网址 {plate.url} 不是 {batch.base_url}/d/ 加编码")
        if times[plate.code] > 1:
            yield Problem("batch.code_twice", f"{who}: 同一编码在这一批里出现 {times[plate.code]} 次")


def base_url_problems(base_url: str, *, sample: bool) -> Iterator[Problem]:
    """The host name is ink: https on a public host, plain and lower case. A sample may name a test host or use http."""
    parts = urlsplit(base_url)
    if not parts.hostname:
        yield Problem("batch.base_url_missing", "没有设定网址: 请设 DOORPLATE_BASE_URL, 例如 https://mp.example.gov.cn")
        return
    plain = base_url.isascii() and not (parts.query or parts.fragment or parts.username or base_url.endswith("/"))
    if not plain or parts.netloc != parts.netloc.lower() or parts.scheme not in ("https", "http"):
        yield Problem("batch.base_url_form", f"网址 {base_url} 不能用: 要写成 https://主机名, 全部小写, 末尾不带斜线和参数")
    elif not sample and parts.scheme != "https":
        yield Problem("batch.base_url_insecure", f"网址 {base_url} 不是 https: 印上去就改不了了")
    elif not sample and _private(parts.hostname):
        yield Problem("batch.base_url_private", f"网址 {base_url} 只在本机或内网有效, 居民的手机打不开")


def plate_name(index: int, plate: BatchPlate) -> str:
    """How messages name a plate: its place in the batch (from 1), what is painted, its code."""
    painted = "".join(c if c.isprintable() else "□" for c in plate.painted)
    return f"第 {index + 1} 块 {painted or '(无路名和号码)'} ({grouped(plate.code)})"


def _private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_NAMES)

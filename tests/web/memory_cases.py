"""Matters in memory for the residents' door: `PublicCases` over dictionaries, with the errors the registry gives."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from memory_registry import BARE, IN_USE, LONG, VILLAGE

from doorplate.cases.case import CaseKind, Step
from doorplate.cases_view import AskForm, AskRequest, Choice, FileView, FollowView, Receipt, StepView, Upload
from doorplate.errors import InputError, NotFound, Refused, Unavailable

NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
DAYS = tuple(date(2026, 11, day) for day in (24, 25, 26, 27, 30))
CATEGORIES = {
    "ask": (Choice("household", "户口和证件"), Choice("school", "上学"), Choice("other", "其他")),
    "report": (Choice("plate", "门牌损坏或被贴换"), Choice("address", "地址写错"), Choice("safety", "安全隐患", "路灯、井盖")),
    "appointment": (),
    "direct": (Choice("direct", "所长直通车"),),
}
SERVICES = (Choice("id-card", "办身份证"), Choice("household-register", "登记或迁移户口"))
PEOPLE = (Choice("s1", "测试民警甲", "社区民警"), Choice("s3", "测试网格员一甲", "网格员"))
CONSENT = "2026-11"
LEADER = "联户长 测试联户长甲"
JPEG = b"\xff\xd8\xff\xe0 a small picture"


@dataclass
class Matter:
    """One taken in. view: as the resident sees it."""

    request: AskRequest
    receipt: Receipt
    view: FollowView
    failures: int = 0
    blobs: dict[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass
class MemoryCases:
    """down: every call fails, as when the database is away."""

    matters: list[Matter] = field(default_factory=list)
    down: bool = False

    def form(self, plate_code: str, kind: CaseKind, language: str = "zh") -> AskForm:
        self._ready()
        if plate_code not in (IN_USE, LONG, BARE):
            raise NotFound("plate.unknown", "查不到这块门牌")
        booking, direct = kind == "appointment", kind == "direct"
        return AskForm(kind, VILLAGE.prefix + "幸福路二巷53号", "营上村", CATEGORIES[kind], SERVICES if booking else (),
                       PEOPLE if direct else (), DAYS if booking else (), 24,
                       "只为答复您这件事, 办结 90 天后删除。不留也照样办理。", CONSENT,
                       "我同意派出所用我留下的称呼和电话联系我, 只用于这件事。", sample=True)  # fmt: skip

    def ask(self, request: AskRequest) -> Receipt:
        self.form(request.plate_code, request.kind)
        for known in self.matters:
            if known.request.client_id == request.client_id:
                return replace(known.receipt, repeated=True)
        _check(request)
        number = f"7K3MX-{len(self.matters) + 2345:05d}"
        pin = f"{int(hashlib.sha256(request.client_id.encode()).hexdigest(), 16) % 10**6:06d}"
        receipt = Receipt(number, pin, NOW, 24)
        blobs = {f"f{n}": ("image/jpeg", one.data) for n, one in enumerate(request.photos)}
        files = tuple(FileView(id, "photo", mimetype, 640, 480, 0.0) for id, (mimetype, _) in blobs.items())
        if request.voice:
            blobs["v"] = ("audio/mp4", request.voice.data)
            files += (FileView("v", "voice", "audio/mp4", 0, 0, 3.0),)
        service = next((one.words for one in SERVICES if one.id == request.service_id), "")
        steps = StepView(NOW, "accepted", "", ""), StepView(NOW, "routed", LEADER, "")
        view = FollowView(
            number, request.kind, "安全隐患", "routed", VILLAGE.prefix + "幸福路二巷53号", "营上村", NOW,
            NOW + timedelta(hours=24), LEADER, request.text, files, steps, service, request.wanted_day, request.wanted_part,
            bool(request.name or request.phone), None, False, False, True, True, sample=True)  # fmt: skip
        self.matters.append(Matter(request, receipt, view, blobs=blobs))
        return receipt

    def follow(self, receipt: str, pin: str) -> FollowView:
        return self._opened(receipt, pin).view

    def file(self, receipt: str, pin: str, file_id: str) -> tuple[str, bytes]:
        blobs = self._opened(receipt, pin).blobs
        if file_id not in blobs:
            raise NotFound("case.unknown", "回执编号和密码对不上")
        return blobs[file_id]

    def add(self, receipt: str, pin: str, words: str, photos: Sequence[Upload] = ()) -> FollowView:
        matter = self._opened(receipt, pin)
        if not words.strip():
            raise InputError("case.no_words", "请写几句, 说说要补充什么", field="words")
        if not matter.view.may_add:
            raise Refused("case.closed", "这件事已经结束, 不能再补充")
        return self._step(matter, "added", words)

    def rate(self, receipt: str, pin: str, stars: int) -> FollowView:
        matter = self._opened(receipt, pin)
        if stars not in range(1, 6):
            raise InputError("case.rating", "请选 1 到 5 中的一个", field="stars")
        if matter.view.rating:
            raise Refused("case.rated", "您已经评价过了")
        if matter.view.status != "answered":
            raise Refused("case.not_answered", "还没有答复")
        return self._step(matter, "rated", "", rating=stars, may_rate=False)

    def reopen(self, receipt: str, pin: str, words: str) -> FollowView:
        matter = self._opened(receipt, pin)
        if not matter.view.may_reopen:
            raise Refused("case.not_answered", "还没有答复")
        return self._step(matter, "reopened", words, status="routed", may_rate=False, may_reopen=False)

    def withdraw(self, receipt: str, pin: str) -> FollowView:
        matter = self._opened(receipt, pin)
        matter.blobs.clear()
        bare = {"text": "", "files": (), "left_contact": False, "may_add": False, "may_withdraw": False, "due_at": None}
        return self._step(matter, "withdrawn", "", status="withdrawn", may_rate=False, may_reopen=False, **bare)

    def answer(self, words: str) -> None:
        """What the desk does: the last matter is settled and answered."""
        matter = self.matters[-1]
        self._step(matter, "settled", words, status="answered", may_rate=True, may_reopen=True)
        self._step(matter, "answered", "")

    def _step(self, matter: Matter, step: Step, words: str, **changes: object) -> FollowView:
        by = "民警 测试民警甲" if step in ("settled", "answered") else ""
        line = StepView(NOW + timedelta(hours=len(matter.view.steps)), step, by, words)
        matter.view = replace(matter.view, steps=(*matter.view.steps, line), **changes)  # type: ignore[arg-type]
        return matter.view

    def _opened(self, receipt: str, pin: str) -> Matter:
        self._ready()
        wanted = receipt.upper().replace(" ", "").replace("-", "")
        for matter in self.matters:
            if matter.receipt.number.replace("-", "") == wanted:
                if matter.failures >= 5:
                    raise Refused("case.locked", "密码错了太多次, 请晚些再试", until=NOW + timedelta(minutes=15))
                if matter.receipt.pin == pin:
                    matter.failures = 0
                    return matter
                matter.failures += 1
        raise NotFound("case.unknown", "回执编号和密码对不上")

    def _ready(self) -> None:
        if self.down:
            raise Unavailable("store.unavailable", "数据库没有响应")


def _check(request: AskRequest) -> None:
    """The order in which the registry complains."""
    categories = {one.id for one in CATEGORIES[request.kind]}
    if categories and request.category not in categories:
        raise InputError("case.category", "请选一个类别", field="category")
    if not (request.text.strip() or request.photos or request.voice) and request.kind != "appointment":
        raise InputError("case.no_words", "请写下要说的事, 或者拍照、录音", field="text")
    if request.kind == "appointment":
        if request.service_id not in {one.id for one in SERVICES}:
            raise InputError("case.service", "请选要办的事", field="service_id")
        if request.wanted_day not in DAYS:
            raise InputError("case.day", "请从列出的日子里选一天", field="wanted_day")
        if request.wanted_part not in ("am", "pm"):
            raise InputError("case.part", "请选上午或下午", field="wanted_part")
    if len(request.photos) > 6:
        raise InputError("case.too_many_photos", "照片最多 6 张", field="photos")
    if any(not one.data.startswith(b"\xff\xd8") for one in request.photos):
        raise InputError("media.not_a_picture", "这个文件不是照片", field="photos")
    if (request.name or request.phone) and request.consent != CONSENT:
        raise InputError("case.consent", "要留下姓名或电话, 请先打勾同意", field="consent")
    if "着火" in request.text and not request.sure_not_emergency:
        raise Refused("case.emergency", "这像是一件急事, 请先打 110、119 或 120", numbers=("110", "119", "120"))

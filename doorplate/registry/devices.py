"""Devices: registered with a name and password, known by their token from then on, revoked by whoever may.

A device's data is locked with its PIN and a part that lies here, sealed; once revoked, it gets that part no more.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Literal

from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.people.account import Account, Device
from doorplate.registry import Registry
from doorplate.sealing import BrokenSeal, Seal
from doorplate.store import Reader, Unit

PURPOSE = "devices"
_TOKEN_BYTES = _PART_BYTES = 32
_LONGEST_NAME = 60
_SHORT = 6  # characters of an id that name a device at the terminal


def token_of(registry: Registry) -> str:
    """A fresh secret of 256 bits, to be shown and never kept."""
    return base64.urlsafe_b64encode(registry.rng.randbytes(_TOKEN_BYTES)).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What is kept of a token. No salt and no cost are needed: nobody guesses 256 bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def register(registry: Registry, unit: Unit, account: Account, name: str,
             kind: Literal["phone", "odk"]) -> tuple[Device, str, str]:
    """A new device of an account; also its token and its part of the key, as text. Raises InputError(device.name)."""
    called = " ".join(name.split())[:_LONGEST_NAME]
    if not called or not called.isprintable():
        raise InputError("device.name", "要给这台设备起个名字, 例如 王建国的手机")
    device_id, token, part = registry.new_id(), token_of(registry), registry.rng.randbytes(_PART_BYTES)
    sealed = Seal(registry.secret, PURPOSE).seal(part, registry.rng, device_id)
    device = Device(device_id, account.id, called, kind, hash_of(token), sealed, registry.now())
    event = replace(registry.event("device.registered", device_id), actor=account.id)
    return unit.save(None, device, event), token, base64.b64encode(part).decode()


def odk_device(registry: Registry, unit: Unit, account: Account) -> Device:
    """What an account's ODK clients count as; made at their first request. Raises NotPermitted(device.revoked)."""
    mine = [one for one in unit.devices([account.id]) if one.kind == "odk"]
    if mine:
        return require_active(mine[-1])
    return register(registry, unit, account, "ODK", "odk")[0]


def allow_odk(registry: Registry, account: Account) -> Device:
    """ODK again, after it was revoked. Raises Refused(device.active)."""
    with registry.store.writing() as unit:
        if any(one.kind == "odk" and one.revoked_at is None for one in unit.devices([account.id])):
            raise Refused("device.active", f"{account.login} 本来就可以用 ODK")
        return register(registry, unit, account, "ODK", "odk")[0]


def part_of(registry: Registry, device: Device) -> str:
    """The server's part of the key, base64. Raises Refused(device.seal_broken)."""
    try:
        part = Seal(registry.secret, PURPOSE).open(device.part_sealed or b"", device.id)
    except BrokenSeal as exc:
        raise Refused("device.seal_broken", "这台设备的密钥打不开了 (服务器换过密钥), 请重新登记这台设备") from exc
    return base64.b64encode(part).decode()


def revoke(registry: Registry, device_id: str, why: str = "") -> Device:
    """Answered 401 from now on, and wipes itself at its next contact; a second time changes nothing. Raises
    NotFound(device.unknown)."""
    with registry.store.writing() as unit:
        device = unit.device(device_id)
        if device is None:
            raise NotFound("device.unknown", "没有这台设备")
        if device.revoked_at is not None:
            return device
        event = registry.event("device.revoked", device.id, reason=why.strip())
        return unit.save(device, replace(device, revoked_at=registry.now()), event)


def state(reader: Reader, device_id: str) -> Literal["active", "revoked", "unknown"]:
    device = reader.device(device_id)
    if device is None:
        return "unknown"
    return "active" if device.revoked_at is None else "revoked"


def require_active(device: Device | None) -> Device:
    """Raises NotPermitted(device.unknown, device.revoked)."""
    if device is None:
        raise NotPermitted("device.unknown", "这台设备没有登记, 请重新登录")
    if device.revoked_at is not None:
        raise NotPermitted("device.revoked", "这台设备已被收回, 上面的数据会清空; 需要时请重新登录登记")
    return device


def find_device(reader: Reader, text: str) -> Device:
    """The one whose id begins so. Raises NotFound(device.unknown), Refused(device.ambiguous)."""
    wanted = text.strip().lower()
    found = reader.devices_called(wanted) if len(wanted) >= _SHORT else ()
    if not found:
        raise NotFound("device.unknown", f"没有编号以 {wanted or '(空)'} 开头的设备, 至少写 {_SHORT} 位, 用 devices list 看编号")
    if len(found) > 1:
        raise Refused("device.ambiguous", f"有 {len(found)} 台设备的编号以 {wanted} 开头, 请多写几位")
    return found[0]

"""Pictures as residents send them, made into pictures that can be kept and shown: encoded anew, nothing personal in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from doorplate.errors import InputError
from doorplate.media.decoder import NotDecoded, decode
from doorplate.media.kinds import holds_another, photo_kind
from doorplate.media.limits import LIMITS, MediaLimits
from doorplate.media.wording import refusal

FIELD = "photos"
_WORDS = {
    "empty": "照片{name}是空的, 请重新选一张",
    "too_large": "照片{name}超过 {most} MB, 请选小一点的, 或在手机上调低拍照尺寸",
    "too_many_pixels": "照片{name}超过 {megapixels} 万像素, 请在手机上调低拍照尺寸再拍一张",
    "kind": "文件{name}不是照片: 只收 JPEG、PNG、WebP 照片, 请重新拍一张, 或先截屏再传截图",
    "heic": "照片{name}是 HEIC 格式, 打不开。苹果手机请到「设置 → 相机 → 格式」选「兼容性最佳」再拍一张, 或先截屏再传截图",
    "animated": "{name}是动图, 请拍一张照片, 或先截屏再传截图",
    "mixed": "照片{name}里夹着别的文件, 不能收。请重新拍一张, 或先截屏再传截图",
    "broken": "照片{name}已损坏或没有传完, 请重新拍一张",
    "too_hard": "照片{name}打不开, 请重新拍一张, 或先截屏再传截图",
}


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A JPEG made by us. width, height in pixels, upright; sha256: 64 hex digits of data."""

    data: bytes
    mimetype: str
    width: int
    height: int
    sha256: str


def clean_photo(name: str, data: bytes, limits: MediaLimits = LIMITS) -> CleanPhoto:
    """One picture, harmless: JPEG, PNG or WebP in (≤ 10 MB, ≤ 50 megapixels), JPEG out with no side over 2048 px, upright,
    without EXIF, place, XMP, profile or comment. name: the sender's file name, for messages only.

    Raises InputError(media.photo_empty, _too_large, _too_many_pixels, _kind, _heic, _animated, _mixed, _broken, _too_hard) with
    field="photos"; Unavailable(media.busy) when too many others are being decoded."""
    code = _refused_at_sight(data, limits)
    if code:
        raise _refusal(code, name, limits)
    try:
        facts, made = decode("photo", data, limits)
    except NotDecoded as exc:
        raise _refusal(exc.code, name, limits) from exc
    if made[:3] != b"\xff\xd8\xff":
        raise _refusal("broken", name, limits)
    return CleanPhoto(made, "image/jpeg", int(facts["width"]), int(facts["height"]), hashlib.sha256(made).hexdigest())


def _refused_at_sight(data: bytes, limits: MediaLimits) -> str:
    if not data:
        return "empty"
    if len(data) > limits.photo_bytes:
        return "too_large"
    kind = photo_kind(data)
    if not kind:
        return "kind"
    if kind in ("heic", "gif"):
        return "heic" if kind == "heic" else "animated"
    return "mixed" if holds_another(data) else ""


def _refusal(code: str, name: str, limits: MediaLimits) -> InputError:
    known = code if code in _WORDS else "broken"
    words = _WORDS[known].replace("{most}", str(limits.photo_bytes >> 20)).replace("{megapixels}", str(limits.pixels // 10_000))
    return refusal(FIELD, f"photo_{known}", name, words)

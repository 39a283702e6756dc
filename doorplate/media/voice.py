"""Voice notes as residents send them, made into one kind that every browser plays: encoded anew, nothing else in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from doorplate.errors import InputError
from doorplate.media.decoder import NotDecoded, decode
from doorplate.media.kinds import voice_kind
from doorplate.media.limits import LIMITS, MediaLimits
from doorplate.media.wording import refusal

FIELD = "voice"
_WORDS = {
    "empty": "录音{name}里没有声音, 请重新录一段",
    "too_large": "录音{name}超过 {most} MB, 请录短一点",
    "too_long": "录音{name}超过 {seconds} 秒, 请录短一点, 或分几次说",
    "kind": "文件{name}不是录音: 请用手机录音机录一段 (m4a、mp3、amr、wav 都行), 或写成文字",
    "video": "文件{name}是录像, 这里只收录音。请只录声音, 或写成文字",
    "broken": "录音{name}已损坏或没有传完, 请重新录一段",
    "too_hard": "录音{name}打不开, 请重新录一段, 或写成文字",
}


@dataclass(frozen=True, slots=True)
class CleanVoice:
    """An MP3 made by us (one channel). seconds: how long it is; sha256: 64 hex digits of data."""

    data: bytes
    mimetype: str
    seconds: float
    sha256: str


def clean_voice(name: str, data: bytes, limits: MediaLimits = LIMITS) -> CleanVoice:
    """One voice note, harmless: webm, ogg, mp4/m4a/3gp, wav, mp3, aac or amr in (≤ 10 MB, ≤ 60 s), MP3 out, without metadata.
    name: the sender's file name, for messages only.

    Raises InputError(media.voice_empty, _too_large, _too_long, _kind, _video, _broken, _too_hard) with field="voice";
    Unavailable(media.busy) when too many others are being decoded."""
    if not data or len(data) > limits.voice_bytes or not voice_kind(data):
        raise _refusal("empty" if not data else "kind" if len(data) <= limits.voice_bytes else "too_large", name, limits)
    try:
        facts, made = decode("voice", data, limits)
    except NotDecoded as exc:
        raise _refusal(exc.code, name, limits) from exc
    if voice_kind(made) != "mp3":
        raise _refusal("broken", name, limits)
    return CleanVoice(made, "audio/mpeg", float(facts["seconds"]), hashlib.sha256(made).hexdigest())


def _refusal(code: str, name: str, limits: MediaLimits) -> InputError:
    known = code if code in _WORDS else "broken"
    words = _WORDS[known].replace("{most}", str(limits.voice_bytes >> 20)).replace("{seconds}", f"{limits.voice_seconds:.0f}")
    return refusal(FIELD, f"voice_{known}", name, words)

"""Voice notes come in as phones and browsers record them and leave as plain MP3; everything else is refused in one sentence."""

from __future__ import annotations

import random
import time
from io import BytesIO

import av
import pytest

from doorplate.errors import InputError
from doorplate.media.limits import MediaLimits
from doorplate.media.voice import clean_voice
from tests.core.media_samples import GPS_MARK, film, phone_photo, spoiled, voice_note, wav

KINDS = {
    "Chrome and Firefox": ("webm", "libopus", 48_000),
    "Safari": ("mp4", "aac", 44_100),
    "Firefox's ogg": ("ogg", "libopus", 48_000),
    "a recorder's mp3": ("mp3", "libmp3lame", 44_100),
    "WeChat's amr": ("amr", "libopencore_amrnb", 8_000),
    "an old phone's 3gp": ("3gp", "aac", 16_000),
    "a recorder's wav": ("wav", "pcm_s16le", 16_000),
    "bare aac": ("adts", "aac", 44_100),
}


def _refused(data: bytes, limits: MediaLimits = MediaLimits()) -> InputError:  # noqa: B008 - frozen
    with pytest.raises(InputError) as caught:
        clean_voice("录音.m4a", data, limits)
    assert caught.value.details["field"] == "voice"
    return caught.value


def _tone(data: bytes) -> tuple[float, float]:
    """Seconds and loudness."""
    with av.open(BytesIO(data)) as sound:
        frames = [frame.to_ndarray() for frame in sound.decode(audio=0)]
    return sum(frame.shape[1] for frame in frames) / 24_000, max(float(abs(frame).max()) for frame in frames)


@pytest.mark.parametrize("kind", KINDS)
def test_every_recorder_ends_as_the_same_thing(kind: str):
    voice = clean_voice("录音", voice_note(*KINDS[kind], 4.0, title=f"王秀英 {GPS_MARK}", comment="26.12N 109.97E"))
    assert voice.mimetype == "audio/mpeg"
    assert voice.seconds == pytest.approx(4.0, abs=0.2)
    assert len(voice.data) < 4.5 * 6_000
    seconds, loud = _tone(voice.data)
    assert seconds == pytest.approx(4.0, abs=0.3)
    assert loud > 0.1
    assert voice.data[:1] == b"\xff"
    for mark in (GPS_MARK.encode(), "王秀英".encode(), b"109.97", b"Lavf", b"ID3", b"TAG"):
        assert mark not in voice.data


def test_a_minute_and_a_breath_is_taken_two_more_seconds_are_not():
    assert clean_voice("a", voice_note("wav", "pcm_s16le", 8_000, 60.6)).seconds == pytest.approx(60.6, abs=0.2)
    refusal = _refused(voice_note("wav", "pcm_s16le", 8_000, 62))
    assert refusal.code == "media.voice_too_long"
    assert "60 秒" in refusal.message


def test_a_film_is_no_voice_note():
    assert _refused(film(1.0)).code == "media.voice_video"


def test_a_cover_picture_is_left_behind():
    out = BytesIO()
    with av.open(out, "w", format="mp3") as target:
        cover = target.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        sound = target.add_stream("libmp3lame", rate=44_100, layout="mono")
        target.mux(cover.encode(av.VideoFrame(64, 64, "yuvj420p")))
        target.mux(cover.encode(None))
        for start in range(0, 44_100, 1152):
            frame = av.AudioFrame(format="s16p", layout="mono", samples=1152)
            frame.sample_rate, frame.pts = 44_100, start
            target.mux(sound.encode(frame))
        target.mux(sound.encode(None))
    voice = clean_voice("a.mp3", out.getvalue())
    assert voice.seconds == pytest.approx(1.0, abs=0.1)
    assert b"APIC" not in voice.data


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"),
    (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "kind"),
    (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\nhttp://127.0.0.1:8000/admin\n", "kind"),
    (b"ffconcat version 1.0\nfile /etc/passwd\n", "kind"),
    (b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n", "kind"),
    (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>", "kind"),
    (b"[playlist]\nFile1=http://127.0.0.1/\n", "kind"),
    (b"<SMIL><BODY/></SMIL>", "kind"),
    (b"#!SILK_V3" + bytes(99), "kind"),
    (b"RIFF\x00\x00\x00\x00AVI LIST" + bytes(99), "kind"),
    (phone_photo(), "kind"),
    ("门牌脱落".encode(), "kind"),
    (b"\x00\x00\x00\x18ftypheic" + bytes(99), "kind"),
    (b"OggS" + bytes(500), "broken"),
    (b"\x1a\x45\xdf\xa3" + bytes(500), "broken"),
    (b"\x00\x00\x00\x18ftypisom" + bytes(500), "broken"),
    (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(500), "broken"),
    (b"#!AMR\n", "empty"),
    (b"RIFF" + bytes(10 << 20), "too_large"),
])
def test_what_is_no_recording_is_refused(data: bytes, code: str):
    refusal = _refused(data)
    assert refusal.code == f"media.voice_{code}"
    assert "「录音.m4a」" in refusal.message


def _outcome(data: bytes) -> str:
    try:
        clean_voice("a", data, MediaLimits(seconds=4))
    except InputError as refusal:
        return refusal.code.removeprefix("media.voice_")
    return "clean"


@pytest.mark.parametrize("data", [
    wav(1, 1, bytes(9 << 20)),
    wav(0, 1, bytes(4000)),
    wav(2**32 - 1, 1, bytes(1 << 20)),
    wav(8_000, 65_535, bytes(1 << 20)),
    wav(8_000, 0, bytes(4000)),
    wav(8_000, 1, bytes(4000), declared_size=2**32 - 1),
    voice_note("mp4", "aac", 44_100, 1.0).replace(b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00"),
    voice_note("webm", "libopus", 48_000, 2.0) * 40,
])
def test_lying_headers_end_quickly(data: bytes):
    began = time.monotonic()
    assert _outcome(data) in ("clean", "broken", "too_long", "too_hard", "empty")
    assert time.monotonic() - began < 6


@pytest.mark.parametrize("kind", KINDS)
def test_spoiled_recordings_are_decoded_or_refused_never_a_crash(kind: str):
    rng, whole = random.Random(kind), voice_note(*KINDS[kind], 1.0)
    outcomes = {_outcome(spoiled(whole, rng)) for _ in range(25)}
    outcomes |= {_outcome(whole[: len(whole) * share // 10]) for share in range(1, 10)}
    assert outcomes <= {"clean", "broken", "empty", "too_long", "video", "kind", "too_hard"}

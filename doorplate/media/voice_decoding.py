"""Voice notes, inside the child: one sound track of a known kind becomes a plain MP3. Nothing of the file itself is kept."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import av
import av.logging

from doorplate.media.kinds import voice_kind
from doorplate.media.limits import LIMITS, MediaLimits
from doorplate.media.refused import Refused

_RATE = 24_000  # samples a second (D): MPEG-2 layer III, enough for speech
_BITS = 48_000  # a second (D): a minute is 0.36 MB
_FORGIVEN = 1.0  # seconds beyond the limit, since recorders stop late
_STREAMS = 4  # a recording has one; cover pictures and time tracks come along (D)
_CODECS = ("opus,libopus,vorbis,libvorbis,aac,aac_fixed,mp3,mp3float,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,alac,flac,"
           "pcm_s16le,pcm_s16be,pcm_u8,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw")
_UNREADABLE = (av.FFmpegError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, ArithmeticError, AssertionError)


def decode_voice(data: bytes, limits: MediaLimits) -> tuple[dict[str, Any], bytes]:
    """How many seconds, and the MP3: one channel, 24 kHz, 48 kbit/s, no tags. Raises Refused(video, too_long, empty, broken)."""
    av.logging.set_level(av.logging.PANIC)
    try:
        seconds, made = _transcoded(data, limits.voice_seconds)
    except MemoryError:
        raise
    except _UNREADABLE as exc:
        raise Refused("broken") from exc
    return {"seconds": round(seconds, 2)}, made


def warm_up() -> None:
    """Load what FFmpeg and Python load at the first sound: later nothing can be opened any more."""
    sample = BytesIO()
    with wave.open(sample, "wb") as silence:
        silence.setparams((1, 2, 8000, 0, "NONE", ""))
        silence.writeframes(bytes(8000))
    decode_voice(sample.getvalue(), LIMITS)


def _transcoded(data: bytes, most: float) -> tuple[float, bytes]:
    out, samples = BytesIO(), 0
    tags = {"write_xing": "0", "id3v2_version": "0", "write_id3v1": "0"}
    with _opened(data) as source, av.open(out, "w", format="mp3", container_options=tags) as target:
        track = target.add_stream("libmp3lame", rate=_RATE, layout="mono", bit_rate=_BITS)
        for frame in _frames(source):
            samples += frame.samples
            if samples > (most + _FORGIVEN) * _RATE:
                raise Refused("too_long")
            frame.pts = None
            target.mux(track.encode(frame))
        if not samples:
            raise Refused("empty")
        target.mux(track.encode(None))
    return samples / _RATE, out.getvalue()


def _opened(data: bytes) -> av.container.InputContainer:
    """The container its first bytes name, read from memory alone: no other format, codec or protocol can be asked for."""
    kind = voice_kind(data)
    options = {"format_whitelist": _demuxer(kind), "codec_whitelist": _CODECS, "protocol_whitelist": "none"}
    return av.open(BytesIO(data), "r", format=kind, options=options)


def _demuxer(kind: str) -> str:
    """All names of FFmpeg's reader for this kind (`matroska,webm`)."""
    return av.ContainerFormat(kind, "r").name


def _frames(source: av.container.InputContainer) -> Iterator[av.AudioFrame]:
    """The sound of the first track, as speech needs it."""
    if len(source.streams) > _STREAMS:
        raise Refused("broken")
    if any(not stream.disposition & av.stream.Disposition.attached_pic for stream in source.streams.video):
        raise Refused("video")
    if not source.streams.audio:
        raise Refused("empty")
    track = source.streams.audio[0]
    track.codec_context.thread_count = 1
    speech = av.AudioResampler(format="s16p", layout="mono", rate=_RATE)
    for frame in source.decode(track):
        frame.pts = None
        yield from speech.resample(frame)
    yield from speech.resample(None)

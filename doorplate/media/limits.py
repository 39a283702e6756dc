"""What a picture or a voice note may cost before it is refused. All values (D) unless design.md says them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """photo_bytes, voice_bytes: size as it came · pixels: width × height, read from the header before anything is decoded ·
    side: the longest side that is kept, in pixels · voice_seconds: how long a note may be; a second more is forgiven, since
    recorders stop late · child_bytes: address space of the child that decodes · seconds: its time, by the clock and of the
    processor · told_bytes: what it may hand back · children: how many decode at once · queue_seconds: how long the next one
    waits for its turn."""

    photo_bytes: int = 10 << 20
    voice_bytes: int = 10 << 20
    pixels: int = 50_000_000
    side: int = 2048
    voice_seconds: float = 60.0
    child_bytes: int = 1 << 30
    seconds: float = 10.0
    told_bytes: int = 8 << 20
    children: int = 2
    queue_seconds: float = 20.0


LIMITS = MediaLimits()

"""Pictures and sounds as phones make them, and as nobody should: all made here, none from elsewhere."""

from __future__ import annotations

import math
import random
import struct
import zlib
from io import BytesIO

import av
from PIL import Image

GPS_MARK = "13812345678"
COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (240, 240, 240))


def quarters(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red, green above blue, white: so that a picture on its side is noticed."""
    image = Image.new("RGB", (width, height))
    for place, colour in enumerate(COLOURS):
        image.paste(colour, (place % 2 * width // 2, place // 2 * height // 2, width, height))
    return image.convert(mode)


def phone_photo(width: int = 1200, height: int = 800, turn: int = 1) -> bytes:
    """A JPEG with make, place, owner's words, a profile and a comment."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x010E] = turn, "Huawei", f"王秀英 {GPS_MARK}"
    tags.get_ifd(0x8825).update({1: "N", 2: (26.0, 7.0, 12.0), 3: "E", 4: (109.0, 58.0, 1.0)})
    return encoded(quarters(width, height), "JPEG", exif=tags, comment=GPS_MARK.encode(), icc_profile=b"P3" * 60, quality=90)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png(width: int, height: int, *extra: tuple[bytes, bytes], rows: bytes | None = None) -> bytes:
    """A grey PNG put together by hand; rows: what IDAT unpacks to, all white when not said."""
    body = rows if rows is not None else (b"\x00" + b"\xff" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), *extra, (b"IDAT", zlib.compress(body)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def text_bomb(size: int) -> bytes:
    """A PNG with a compressed text of that many bytes."""
    return png(8, 8, (b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(size))))


def scan_bomb(times: int) -> bytes:
    """A progressive JPEG whose refining scan is repeated: every repetition walks over the whole picture."""
    whole = encoded(Image.new("RGB", (6000, 6000), (90, 120, 30)), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * times + b"\xff\xd9"


def declared(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG with another size in its frame header."""
    at = next(i for i in range(len(jpeg)) if jpeg[i:i + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return jpeg[:at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9:]


def spoiled(data: bytes, rng: random.Random) -> bytes:
    """A few bytes changed, sometimes a piece missing or doubled."""
    made = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        made[rng.randrange(12, len(made))] = rng.randrange(256)
    start = rng.randrange(12, len(made))
    match rng.randrange(3):
        case 0:
            del made[start:start + rng.randrange(400)]
        case 1:
            made[start:start] = made[start:start + 300]
    return bytes(made)


def voice_note(form: str, codec: str, rate: int, seconds: float, **tags: str) -> bytes:
    """A tone of that length, recorded as a phone would."""
    out = BytesIO()
    with av.open(out, "w", format=form) as target:
        target.metadata.update(tags)
        add_tone(target, codec, rate, seconds)
    return out.getvalue()


def add_tone(target: av.container.OutputContainer, codec: str, rate: int, seconds: float) -> None:
    track = target.add_stream(codec, rate=rate, layout="mono")
    beat = struct.pack("<960h", *(int(9000 * math.sin(n * 2 * math.pi / 96)) for n in range(960)))
    for start in range(0, int(seconds * rate), 960):
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(beat)
        frame.sample_rate, frame.pts = rate, start
        target.mux(track.encode(frame))
    target.mux(track.encode(None))


def film(seconds: float) -> bytes:
    """A picture that moves, with sound."""
    out = BytesIO()
    with av.open(out, "w", format="mp4") as target:
        picture = target.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        add_tone(target, "aac", 44_100, seconds)
        for _ in range(int(seconds * 10)):
            target.mux(picture.encode(av.VideoFrame(64, 64, "yuv420p")))
        target.mux(picture.encode(None))
    return out.getvalue()


def wav(rate: int, channels: int, data: bytes, declared_size: int | None = None) -> bytes:
    size = len(data) if declared_size is None else declared_size
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels & 0xFFFFFFFF, 2 * channels & 0xFFFF, 16)
    head = b"RIFF" + struct.pack("<I", 36 + size & 0xFFFFFFFF) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data" + struct.pack("<I", size) + data

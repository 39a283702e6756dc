"""What a phone sees at a door, as Chromium's fake camera plays it: a plate of our own press, or any QR code, on a wall."""

from __future__ import annotations

import io
import random
import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageFilter
from segno import make

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "print_jobs"))

from batches import batch_of, plate, press_for, volume_of

from print_jobs.press import write_volume

SIZE = (1280, 720)
FRAMES = 10


def pressed(street: str, number: str, code: str) -> Image.Image:
    """A plate as our press makes it, rasterised from the finished PDF."""
    press = press_for(batch_of(plate(street, number, code=code)))
    out = io.BytesIO()
    write_volume(press, volume_of(press), out)
    page = pypdfium2.PdfDocument(out.getvalue())[0]
    return page.render(scale=5).to_pil().convert("RGB")


def code_of(text: str) -> Image.Image:
    """Somebody's QR code on white paper."""
    out = io.BytesIO()
    make(text, error="m").save(out, kind="png", scale=8, border=4)
    return Image.open(out).convert("RGB")


def camera(picture: Image.Image, path: Path, seed: int = 1) -> list[str]:
    """The arguments that make Chromium's camera show this picture held by hand before a plastered wall."""
    rng = random.Random(seed)
    wall = Image.effect_noise(SIZE, 18).convert("RGB").point(lambda value: min(255, value + 40))
    scale = min(SIZE[0] * 0.72 / picture.width, SIZE[1] * 0.72 / picture.height)
    small = picture.resize((int(picture.width * scale), int(picture.height * scale)), Image.Resampling.LANCZOS)
    with path.open("wb") as video:
        video.write(b"YUV4MPEG2 W%d H%d F15:1 Ip A1:1 C420jpeg\n" % SIZE)
        for _ in range(FRAMES):
            held = small.convert("RGBA").rotate(rng.uniform(-4, 4), expand=True, resample=Image.Resampling.BICUBIC)
            frame = wall.copy()
            corner = [(whole - own) // 2 + rng.randint(-12, 12) for whole, own in zip(SIZE, held.size, strict=True)]
            frame.paste(held, (corner[0], corner[1]), held)
            video.write(b"FRAME\n" + _planes(frame.filter(ImageFilter.GaussianBlur(0.8))))
    return [f"--use-file-for-fake-video-capture={path}"]


def _planes(frame: Image.Image) -> bytes:
    """Y, then U and V at half the size."""
    luma, blue, red = frame.convert("YCbCr").split()
    half = (SIZE[0] // 2, SIZE[1] // 2)
    return luma.tobytes() + blue.resize(half).tobytes() + red.resize(half).tobytes()

"""Pictures, inside the child: one still picture of a known kind becomes a plain JPEG. Nothing of the file itself is kept."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from doorplate.media.kinds import photo_kind
from doorplate.media.limits import LIMITS, MediaLimits
from doorplate.media.refused import Refused

_QUALITY = 82  # (D): a house number read from 2048 px, about 0.5 MB
_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, ArithmeticError,
               AttributeError, struct.error, zlib.error, Image.DecompressionBombError)
# The class itself, not Image.open: a file is what its first bytes say, never what another reader might make of it.
# A JPEG that holds several pictures (panoramas, depth, gain maps of newer phones) is then its first one.
_READERS: dict[str, type[ImageFile.ImageFile]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
}
_ORIENTATION = 0x0112  # Exif 2.32, 4.6.4 A
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode_photo(data: bytes, limits: MediaLimits) -> tuple[dict[str, Any], bytes]:
    """Width and height in pixels, and the JPEG: upright, opaque, RGB, no metadata, no side longer than limits.side.
    Raises Refused(too_many_pixels, animated, broken)."""
    Image.MAX_IMAGE_PIXELS = None  # the size is checked here, once
    try:
        with _READERS[photo_kind(data)](BytesIO(data)) as opened:
            _check_header(opened, limits)
            made = _flat(_small(opened, limits.side))
            made.info = {}  # a JPEG's comment would be written again
            out = BytesIO()
            made.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    except _UNREADABLE as exc:
        raise Refused("broken") from exc
    return {"width": made.width, "height": made.height}, out.getvalue()


def warm_up() -> None:
    """Load what Pillow loads at the first picture of a kind: later nothing can be opened any more."""
    dot, tags = Image.new("RGB", (8, 8)), Image.Exif()
    tags[_ORIENTATION] = 3
    for kind in _READERS:
        sample = BytesIO()
        dot.save(sample, kind, exif=tags)
        decode_photo(sample.getvalue(), LIMITS)


def _check_header(image: ImageFile.ImageFile, limits: MediaLimits) -> None:
    if image.width * image.height > limits.pixels:
        raise Refused("too_many_pixels")
    if getattr(image, "n_frames", 1) > 1:
        raise Refused("animated")


def _small(image: Image.Image, side: int) -> Image.Image:
    """The picture upright and no larger than it is kept. JPEGs are decoded at a fraction of their size where that is enough."""
    image.draft(None, (side, side))
    turn = _orientation(image)
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    elif image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def _orientation(image: Image.Image) -> int:
    """1–8; 1 when there is none or it cannot be read: a picture that lies on its side is better than none."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except _UNREADABLE:
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _flat(image: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes white."""
    if "A" not in image.mode and "a" not in image.mode:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper

"""A camera's picture → the text of the one symbol in it. The picture is decoded in memory and kept nowhere."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

MAX_BYTES = 400_000
_MAX_PIXELS = 4_000_000
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def read_frame(data: bytes) -> str:
    """The text of the symbol; "" when there is none, more than one, or no picture (JPEG, PNG or WebP)."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                return ""
            found = zxingcpp.read_barcodes(picture.convert("L"), formats=_QR)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return ""
    texts = {one.text for one in found}
    return texts.pop() if len(texts) == 1 else ""

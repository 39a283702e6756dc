"""The readers of the wear test: zxing-cpp always, zbar and OpenCV's port of WeChat's reader where the machine has them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from print_jobs.proof_second import zbar

Raster = NDArray[np.uint8]

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class Decoder:
    """A reader: its key, what people call it, and what it makes of a grey picture."""

    key: str
    title: str
    read: Callable[[Raster], list[str]]


def decoders() -> tuple[Decoder, ...]:
    """All that this machine has."""
    found = [Decoder("zxing-cpp", f"zxing-cpp {version('zxing-cpp')}", _zxing)]
    if second := zbar():
        found.append(Decoder("zbar", second.name, second.read))
    if reader := _wechat():
        found.append(reader)
    return tuple(found)


def _zxing(raster: Raster) -> list[str]:
    return [one.text for one in zxingcpp.read_barcodes(raster, formats=_QR)]


def _wechat() -> Decoder | None:
    """OpenCV's WeChat reader as it works without its model files: no neural detector, no super-resolution."""
    try:
        cv2: Any = importlib.import_module("cv2")
        reader = cv2.wechat_qrcode_WeChatQRCode()
    except (ImportError, AttributeError):
        return None

    def read(raster: Raster) -> list[str]:
        texts, _ = reader.detectAndDecode(raster)
        return [text for text in texts if text]
    return Decoder("wechat", f"微信读码 (OpenCV {cv2.__version__}, 不带神经网络模型)", read)

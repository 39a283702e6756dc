"""A second decoder for a sample of the plates: zbar, through its C library, where the machine has it (Debian: libzbar0)."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_GREY = int.from_bytes(b"Y800", "little")
_QR, _CONFIG_ENABLE = 64, 0  # zbar.h: ZBAR_QRCODE, ZBAR_CFG_ENABLE
_POINTERS = ("zbar_image_scanner_create", "zbar_image_create", "zbar_image_first_symbol", "zbar_symbol_next",
             "zbar_symbol_get_data")


class Zbar:
    """zbar's scanner, for QR codes only; or, as it comes, for every kind of code it knows."""

    def __init__(self, library: ctypes.CDLL, *, every_kind: bool = False) -> None:
        self._library = library
        for name in _POINTERS:
            getattr(library, name).restype = ctypes.c_void_p
        major, minor, patch = (ctypes.c_uint() for _ in range(3))
        library.zbar_version(ctypes.byref(major), ctypes.byref(minor), ctypes.byref(patch))
        self.name = f"zbar {major.value}.{minor.value}.{patch.value}"
        self._scanner = ctypes.c_void_p(library.zbar_image_scanner_create())
        if not every_kind:
            library.zbar_image_scanner_set_config(self._scanner, 0, _CONFIG_ENABLE, 0)
            library.zbar_image_scanner_set_config(self._scanner, _QR, _CONFIG_ENABLE, 1)

    def read(self, raster: NDArray[np.uint8]) -> list[str]:
        """The texts of all symbols on a grey raster."""
        library, (height, width), data = self._library, raster.shape, raster.tobytes()
        image = ctypes.c_void_p(library.zbar_image_create())
        try:
            library.zbar_image_set_format(image, ctypes.c_ulong(_GREY))
            library.zbar_image_set_size(image, width, height)
            library.zbar_image_set_data(image, data, ctypes.c_ulong(len(data)), None)
            library.zbar_scan_image(self._scanner, image)
            found = []
            symbol = library.zbar_image_first_symbol(image)
            while symbol:
                text = library.zbar_symbol_get_data(ctypes.c_void_p(symbol))
                found.append(ctypes.string_at(text).decode("utf-8", "replace"))
                symbol = library.zbar_symbol_next(ctypes.c_void_p(symbol))
            return found
        finally:
            library.zbar_image_destroy(image)


@lru_cache(maxsize=2)
def zbar(*, every_kind: bool = False) -> Zbar | None:
    """The second decoder, None where the machine has none."""
    name = ctypes.util.find_library("zbar")
    try:
        return Zbar(ctypes.CDLL(name), every_kind=every_kind) if name else None
    except (OSError, AttributeError):  # there, but unusable: as good as absent
        return None

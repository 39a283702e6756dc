"""Why a file was not decoded, as the child says it."""

from __future__ import annotations


class Refused(Exception):
    """code: the last part of the error's code, without "media.photo_" or "media.voice_"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

"""What a file is, by its first bytes alone; the name and the type that the sender gives are never believed."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
# Markup that a browser would run, long enough that no picture of 10 MB holds it by chance.
_MARKUP = re.compile(rb"<!doctype|<html[\s>]|<script[\s>]|<\?php|<svg[^>]{0,200}xmlns")
_PDF_WITHIN = 1024  # bytes: readers of PDF accept its mark that late


def photo_kind(data: bytes) -> str:
    """What the first bytes say: jpeg, png, webp, heic, gif; "" for anything else."""
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "heic"
    return "gif" if data[:6] in (b"GIF87a", b"GIF89a") else ""


def voice_kind(data: bytes) -> str:
    """FFmpeg's name of the container: matroska (webm too), ogg, mov (mp4, m4a, 3gp), wav, amr, mp3, aac; "" for anything else."""
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if data[:4] == b"OggS":
        return "ogg"
    if data[4:8] == b"ftyp" and data[8:12] not in _HEIF_BRANDS:
        return "mov"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:6] == b"#!AMR\n" or data[:9] == b"#!AMR-WB\n":
        return "amr"
    if data[:1] == b"\xff" and data[1:2] and data[1] & 0xF6 == 0xF0:  # ISO/IEC 13818-7, 6.2: sync word, layer 0
        return "aac"
    if data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1:2] and data[1] & 0xE0 == 0xE0):
        return "mp3"
    return ""


def holds_another(data: bytes) -> bool:
    """Whether a picture is at the same time a PDF, a zip archive or a page for a browser."""
    return b"%PDF-" in data[:_PDF_WITHIN] or _MARKUP.search(data.lower()) is not None or zipfile.is_zipfile(BytesIO(data))

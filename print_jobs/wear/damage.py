"""Damages on a grey picture of a plate, and the camera that looks at it.

Pictures are floats 0 (black) to 255 (white), shape (rows, columns), with `module` pixels to a module; randomness is an argument.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from print_jobs.wear.rules import Camera, DamageKind

Picture = NDArray[np.float32]
Raster = NDArray[np.uint8]
Rng = np.random.Generator

_PAPER = 235.0  # a white plate in daylight, not overexposed
_DUST = (40.0, 110.0)  # grey of dirt
_SCRATCH_MODULES = 0.35  # width of a scratch: bare metal, as light as the paper


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at: the picture, pixels to a module, and the width of its QR field in pixels."""

    picture: Picture
    module: float
    field: float


def worn(scene: Scene, kind: DamageKind, level: float, camera: Camera, rng: Rng) -> Raster:
    """The scene with this damage as the camera sees it."""
    picture = np.minimum(scene.picture, _PAPER).astype(np.float32)
    if kind in _ON_THE_PLATE:
        picture = _ON_THE_PLATE[kind](picture, level, scene.module, rng)
    ratio = level if kind == "distance" else camera.ratio
    scale = camera.pixels_across(ratio) / scene.field
    height, width = (max(round(size * scale), 16) for size in picture.shape)
    seen = np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX), np.float32)
    pixels = _softened(seen, camera.sharpness)
    pixels = pixels + rng.normal(0, level if kind == "noise" else camera.noise, pixels.shape).astype(np.float32)
    quality = round(level) if kind == "jpeg" else camera.jpeg
    return _compressed(np.clip(pixels, 0, 255).astype(np.uint8), quality)


def _compressed(raster: Raster, quality: int) -> Raster:
    file = io.BytesIO()
    Image.fromarray(raster).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("L"))


def _softened(picture: Picture, deviation: float) -> Picture:
    """Pillow blurs whole grey levels only."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(deviation)), np.float32)


def _blur(picture: Picture, level: float, module: float, _rng: Rng) -> Picture:
    """level: standard deviation in modules."""
    return _softened(picture, level * module)


def _contrast(picture: Picture, level: float, _module: float, _rng: Rng) -> Picture:
    """level: per cent of the contrast that are left, as in deep shadow or behind fog."""
    grey = np.float32(120)
    return grey + (picture - grey) * np.float32(level / 100)


def _perspective(picture: Picture, level: float, _module: float, _rng: Rng) -> Picture:
    """level: degrees off the perpendicular, to the right, from three times the picture's width away."""
    height, width = picture.shape
    cos, sin, away = math.cos(math.radians(level)), math.sin(math.radians(level)), 3.0
    corners = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        depth = away / (away + x * sin)
        corners.append((width / 2 + x * cos * depth * width, height / 2 + y * depth * height))
    flat = ((0, 0), (width, 0), (width, height), (0, height))
    rows, known = [], []
    for (x, y), (u, v) in zip(corners, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        known += [u, v]
    inverse = np.linalg.solve(np.array(rows, float), np.array(known, float))
    tilted = Image.fromarray(picture).transform((width, height), Image.Transform.PERSPECTIVE, tuple(inverse),
                                                Image.Resampling.BILINEAR, fillcolor=150)
    return np.asarray(tilted, np.float32)


def _glare(picture: Picture, level: float, _module: float, rng: Rng) -> Picture:
    """level: per cent of the area that the reflection of a lamp burns out, soft at its edge."""
    height, width = picture.shape
    radius = math.sqrt(level / 100 * height * width / math.pi)
    x, y = rng.uniform(0.3, 0.7) * width, rng.uniform(0.3, 0.7) * height
    down, across = np.mgrid[:height, :width]
    away = np.hypot(down - y, across - x)
    light = np.clip((1.5 * radius - away) / radius, 0, 1)
    lit: Picture = picture + (255 - picture) * light.astype(np.float32)
    return lit


def _scratches(picture: Picture, level: float, module: float, rng: Rng) -> Picture:
    """level: how many scratches go across the plate."""
    height, width = picture.shape
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    for _ in range(round(level)):
        x, y, angle = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, math.pi)
        reach = rng.uniform(0.2, 0.6) * width
        dx, dy = math.cos(angle) * reach, math.sin(angle) * reach
        draw.line((x - dx, y - dy, x + dx, y + dy), fill=_PAPER, width=max(round(_SCRATCH_MODULES * module), 1))
    return np.asarray(image, np.float32)


def _dirt(picture: Picture, level: float, module: float, rng: Rng) -> Picture:
    """level: per cent of the area covered by splashes of mud, one to four modules wide."""
    height, width = picture.shape
    image, mask = Image.fromarray(picture), Image.new("1", (width, height))
    draw, marked = ImageDraw.Draw(image), ImageDraw.Draw(mask)
    while np.asarray(mask).mean() < level / 100:
        radius, ratio = rng.uniform(0.5, 2) * module, rng.uniform(0.7, 1.4)
        x, y, grey = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(*_DUST)
        box = (x - radius, y - radius * ratio, x + radius, y + radius * ratio)
        draw.ellipse(box, fill=grey)
        marked.ellipse(box, fill=1)
    return np.asarray(image, np.float32)


def _fading(picture: Picture, level: float, _module: float, rng: Rng) -> Picture:
    """level: per cent of the ink that the sun took where it shone most; half of that on the other side."""
    height, width = picture.shape
    angle = rng.uniform(0, 2 * math.pi)
    down, across = np.mgrid[-0.5:0.5:height * 1j, -0.5:0.5:width * 1j]
    share = np.clip(across * math.cos(angle) + down * math.sin(angle), -0.5, 0.5) + 0.5
    lost = level / 100 * (0.5 + 0.5 * share)
    faded: Picture = picture + (_PAPER - picture) * lost.astype(np.float32)
    return faded


_ON_THE_PLATE: Mapping[DamageKind, Callable[[Picture, float, float, Rng], Picture]] = {
    "blur": _blur, "contrast": _contrast, "perspective": _perspective, "glare": _glare, "scratches": _scratches, "dirt": _dirt,
    "fading": _fading}

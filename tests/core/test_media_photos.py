"""Pictures come in as phones make them and leave as plain JPEGs; what is none, or means harm, is refused in one sentence."""

from __future__ import annotations

import hashlib
import random
import struct
import time
import zipfile
from io import BytesIO

import pytest
from PIL import Image

from doorplate.errors import InputError
from doorplate.media.limits import MediaLimits
from doorplate.media.photos import CleanPhoto, clean_photo
from tests.core.media_samples import GPS_MARK, declared, encoded, phone_photo, png, quarters, scan_bomb, spoiled, text_bomb


def _refused(data: bytes, name: str = "门牌.jpg", limits: MediaLimits = MediaLimits()) -> InputError:  # noqa: B008 - frozen
    with pytest.raises(InputError) as caught:
        clean_photo(name, data, limits)
    assert caught.value.details["field"] == "photos"
    assert caught.value.code.startswith("media.photo_")
    return caught.value


def _shown(photo: CleanPhoto) -> Image.Image:
    return Image.open(BytesIO(photo.data)).convert("RGB")


def _corner(photo: CleanPhoto) -> tuple[int, ...]:
    return _shown(photo).getpixel((photo.width // 10, photo.height // 10))


def test_a_phone_photo_loses_place_owner_profile_and_comment():
    photo = clean_photo("IMG_0001.JPG", phone_photo())
    assert (photo.mimetype, photo.width, photo.height) == ("image/jpeg", 1200, 800)
    assert photo.sha256 == hashlib.sha256(photo.data).hexdigest()
    kept = Image.open(BytesIO(photo.data))
    assert not kept.getexif()
    assert not {"icc_profile", "comment", "exif", "xmp"} & set(kept.info)
    for mark in (GPS_MARK.encode(), "王秀英".encode(), b"Huawei", b"Exif", b"GPS", b"P3P3"):
        assert mark not in photo.data


@pytest.mark.parametrize("turn", range(1, 9))
def test_photos_stand_upright_whichever_way_the_phone_was_held(turn: int):
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]  # what a camera that writes this tag has done to the picture
    lying = quarters(900, 600) if back is None else quarters(900, 600).transpose(Image.Transpose(back))
    tags = Image.Exif()
    tags[0x0112] = turn
    photo = clean_photo("a.jpg", encoded(lying, "JPEG", exif=tags, quality=95))
    assert (photo.width, photo.height) == (900, 600)
    red, green, blue = _corner(photo)
    assert red > 150
    assert green < 80
    assert blue < 80


@pytest.mark.parametrize("exif", [
    b"Exif\x00\x00MM\x00*\xff\xff\xff\xff",
    b"Exif\x00\x00",
    b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01" * 40,
])
def test_broken_tags_do_not_cost_the_picture(exif: bytes):
    assert clean_photo("a.jpg", encoded(quarters(400, 300), "JPEG", exif=exif)).width == 400


def test_large_photos_are_made_smaller_and_small_ones_left():
    wide = clean_photo("a.jpg", encoded(quarters(8000, 6000), "JPEG"))
    assert (wide.width, wide.height) == (2048, 1536)
    assert clean_photo("b.png", encoded(quarters(40, 30), "PNG")).width == 40
    assert clean_photo("c.png", png(20_000, 1)).height == 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str):
    assert _corner(clean_photo("a", encoded(Image.new("RGBA", (80, 60), (0, 0, 0, 0)), kind)))[0] > 250


@pytest.mark.parametrize(("kind", "mode"), [
    ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "1"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "I;16"), ("WEBP", "RGB"),
])
def test_every_kind_of_colour_is_understood(kind: str, mode: str):
    image = quarters(300, 200) if mode == "I;16" else quarters(300, 200, mode)
    image = image.convert("L").convert("I").point(lambda level: level * 256).convert("I;16") if mode == "I;16" else image
    light = _shown(clean_photo("a", encoded(image, kind))).getpixel((290, 190))
    assert min(light) > 200


def test_several_pictures_in_one_jpeg_are_its_first():
    both = encoded(quarters(300, 200), "MPO", save_all=True, append_images=[Image.new("RGB", (900, 900))])
    assert clean_photo("panorama.jpg", both).width == 300


def test_a_moving_photo_of_an_android_phone_is_a_photo():
    assert clean_photo("MVIMG.jpg", phone_photo() + b"\x00\x00\x00\x18ftypmp42" + bytes(5000)).width == 1200


def _zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.js", "alert(1)")
    return out.getvalue()


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind"),
    (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
    (b"%PDF-1.7\n1 0 obj", "kind"),
    (b"<!doctype html><script>alert(1)</script>", "kind"),
    (b"\xef\xbb\xbf<html>", "kind"),
    (b"BM" + bytes(60), "kind"),
    (b"II*\x00" + bytes(60), "kind"),
    (b"%!PS-Adobe-3.0 EPSF-3.0", "kind"),
    (b"MZ\x90\x00" + bytes(60), "kind"),
    (_zipped(), "kind"),
    ("门牌脱落".encode(), "kind"),
    (b"\x00\x00\x00\x18ftypheic" + bytes(60), "heic"),
    (b"\x00\x00\x00\x18ftypavif" + bytes(60), "heic"),
    (b"GIF89a" + bytes(60), "animated"),
    (b"\xff\xd8\xff" + bytes(60), "broken"),
    (b"\x89PNG\r\n\x1a\n", "broken"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "broken"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8X" + bytes(200), "broken"),
    (phone_photo() + _zipped(), "mixed"),
    (phone_photo() + b"<script>alert(1)</script>", "mixed"),
    (phone_photo() + b"<?php system($_GET['c']); ?>", "mixed"),
    (encoded(quarters(60, 40), "JPEG", comment=b"%PDF-1.4 1 0 obj"), "mixed"),
    (encoded(quarters(60, 40), "JPEG", comment=b"*/=1;</style><SCRIPT src=//x>"), "mixed"),
    (png(8, 8, (b"tEXt", b"Comment\x00<svg xmlns='http://www.w3.org/2000/svg'>")), "mixed"),
])
def test_what_is_no_plain_picture_is_refused(data: bytes, code: str):
    assert _refused(data).code == f"media.photo_{code}"


def test_iphone_pictures_say_which_setting_to_change():
    assert "兼容性最佳" in _refused(b"\x00\x00\x00\x18ftypheic" + bytes(60), "IMG_1.HEIC").message


def test_too_many_bytes_are_refused_before_anything_is_read():
    refusal = _refused(b"\xff\xd8\xff" + bytes(10 << 20))
    assert refusal.code == "media.photo_too_large"
    assert "10 MB" in refusal.message


def test_the_messages_name_the_file_and_nothing_that_could_mislead():
    assert "「门口.jpg」" in _refused(b"x", "C:\\照片\\门口.jpg").message
    message = _refused(b"x", "../../\u202egpj.exe\x00\r\n{code}%s<b>" + "长" * 300 + ".jpg").message
    assert not {"\u202e", "\x00", "\r", "\n"} & set(message)
    assert len(message) < 140
    assert _refused(b"x", "").message.startswith("文件不是照片")


def _moving(kind: str) -> bytes:
    steps = [Image.new("RGB", (20, 20), (n, 0, 0)) for n in range(200)]
    return encoded(quarters(20, 20), kind, save_all=True, append_images=steps)


def _vast_webp() -> bytes:
    size = struct.pack("<I", 16382 | 16382 << 14)  # 16383 × 16383
    return b"RIFF\x1e\x00\x00\x00WEBPVP8L\x11\x00\x00\x00\x2f" + size + bytes(13)


BOMBS = {
    "png 60000 × 60000": (lambda: png(60_000, 60_000, rows=b""), "too_many_pixels"),
    "png of two endless rows": (lambda: png(2**31 - 1, 2, rows=b""), "too_many_pixels"),
    "jpeg 65500 × 65500": (lambda: declared(phone_photo(), 65_500, 65_500), "too_many_pixels"),
    "webp 7300 × 7000": (lambda: encoded(Image.new("RGB", (7300, 7000)), "WEBP", quality=1, method=0), "too_many_pixels"),
    "webp 16383 × 16383": (_vast_webp, "broken"),
    "png text of 64 MB": (lambda: text_bomb(64 << 20), "broken"),
    "png with 200 MB in its 8 rows": (lambda: png(8, 8, rows=bytes(200 << 20)), ""),
    "moving png": (lambda: _moving("PNG"), "animated"),
    "moving webp": (lambda: _moving("WEBP"), "animated"),
    "jpeg that scans 8000 times": (lambda: scan_bomb(8000), "too_hard"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_end_quickly_and_the_next_photo_is_decoded(bomb: str):
    make, code = BOMBS[bomb]
    data, limits = make(), MediaLimits(seconds=4)
    began = time.monotonic()
    if code:
        assert _refused(data, limits=limits).code == f"media.photo_{code}"
    else:
        assert _outcome(data, limits) in ("clean", "too_hard", "broken", "too_large")
    assert time.monotonic() - began < 7
    assert clean_photo("b.jpg", phone_photo()).width == 1200


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_fifty_megapixels_are_still_a_photo(kind: str):
    data = encoded(quarters(8160, 6120), kind, **({"compress_level": 1} if kind == "PNG" else {"quality": 50}))
    assert clean_photo("a", data).width == 2048


def _outcome(data: bytes, limits: MediaLimits = MediaLimits()) -> str:  # noqa: B008 - frozen
    try:
        clean_photo("a.jpg", data, limits)
    except InputError as refusal:
        return refusal.code.removeprefix("media.photo_")
    return "clean"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_the_network_cut_off_is_told_as_not_whole(kind: str):
    whole = encoded(quarters(640, 480), kind)
    for share in (0.05, 0.3, 0.6, 0.9):
        assert _outcome(whole[: int(len(whole) * share)]) == "broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_spoiled_pictures_are_decoded_or_refused_never_a_crash(kind: str):
    rng = random.Random(kind)
    whole = encoded(quarters(320, 240), kind)
    outcomes = {_outcome(spoiled(whole, rng)) for _ in range(60)}
    assert outcomes <= {"clean", "broken", "too_many_pixels", "animated", "mixed", "kind"}
    assert "broken" in outcomes

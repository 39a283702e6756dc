"""Decoding happens elsewhere: a child with little memory, little time and no way to a file or a network, that ends with us."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorplate.errors import InputError, Unavailable
from doorplate.media import decoder
from doorplate.media.limits import LIMITS, MediaLimits
from doorplate.media.photos import clean_photo
from tests.core.media_samples import encoded, phone_photo, quarters

ROOT = Path(__file__).resolve().parents[2]


def _waiting_helper() -> int:
    clean_photo("a.jpg", phone_photo())
    return decoder._idle[0]._process.pid


def test_one_helper_is_kept_and_knows_nothing_of_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOORPLATE_SECRET_KEY", "geheim" * 6)
    with (tmp_path / "registry").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        decoder.stop_idle()
        helper = _waiting_helper()
    assert _waiting_helper() == helper
    assert sorted(os.listdir(f"/proc/{helper}/fd")) == ["0", "1", "2"]
    assert b"DOORPLATE" not in Path(f"/proc/{helper}/environ").read_bytes()
    assert os.readlink(f"/proc/{helper}/cwd") == "/"


def test_a_child_at_work_can_open_neither_file_nor_connection():
    program = (
        "import socket, os\n"
        "from doorplate.media.decoder_child import _shut_in\n"
        "from doorplate.media.limits import LIMITS\n"
        "_shut_in(LIMITS)\n"
        "for attempt in (lambda: open('/etc/passwd'), lambda: socket.socket(), os.pipe, lambda: bytearray(2 << 30)):\n"
        "    try:\n"
        "        attempt()\n"
        "    except (OSError, MemoryError) as exc:\n"
        "        print(type(exc).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["OSError", "OSError", "OSError", "MemoryError"]


def test_memory_and_time_are_a_sentence_not_a_crash():
    noise = encoded(quarters(6000, 6000), "PNG")
    for limits in (MediaLimits(child_bytes=90 << 20), MediaLimits(seconds=0.01)):
        with pytest.raises(InputError) as caught:
            clean_photo("a.png", noise, limits)
        assert caught.value.code in ("media.photo_too_hard", "media.photo_broken")
    assert clean_photo("a.png", noise).width == 2048
    decoder.stop_idle()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < LIMITS.child_bytes >> 10


def test_a_helper_that_died_while_waiting_is_replaced():
    helper = _waiting_helper()
    os.kill(helper, signal.SIGKILL)
    while _lives(helper):
        time.sleep(0.01)
    assert clean_photo("a.jpg", phone_photo()).width == 1200


def test_many_at_once_wait_for_their_turn():
    with ThreadPoolExecutor(8) as crowd:
        assert {photo.width for photo in crowd.map(lambda n: clean_photo(f"{n}.jpg", phone_photo()), range(16))} == {1200}


def test_who_waits_too_long_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decoder, "_turns", threading.BoundedSemaphore(1))
    with decoder._turns, pytest.raises(Unavailable) as caught:
        clean_photo("a.jpg", phone_photo(), MediaLimits(queue_seconds=0.05))
    assert caught.value.code == "media.busy"


def test_the_helper_ends_with_its_owner_even_when_that_is_killed():
    program = (
        "import time, sys\n"
        "from doorplate.media import decoder, photos\n"
        "from tests.core.media_samples import phone_photo\n"
        "photos.clean_photo('a', phone_photo())\n"
        "print(decoder._idle[0]._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    helper = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()
    deadline = time.monotonic() + 10
    while _lives(helper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(helper)


def test_a_forked_worker_starts_its_own(monkeypatch: pytest.MonkeyPatch):
    _waiting_helper()
    child = os.fork()
    if not child:
        os._exit(0 if not decoder._idle and clean_photo("a", phone_photo()).width == 1200 and not decoder.stop_idle() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert clean_photo("a.jpg", phone_photo()).width == 1200


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False

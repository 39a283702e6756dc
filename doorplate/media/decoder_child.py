"""The program that decodes pictures and voice notes: `python -m doorplate.media.decoder_child`, kept running by `decoder`.

A request is a line of JSON (task "photo" or "voice", size, limits) and that many bytes. Each is decoded in a child of its own
that has limited memory and time and can open neither files nor connections. Its answer is a line of JSON ({"size", facts …} or
{"size": 0, "refused": code}) and that many bytes. When a child comes to another end, the program ends too: with 3 if a limit
killed the child, otherwise with 1.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from typing import Any, NoReturn

from doorplate.helpers.loop import NO_MORE, answer_all
from doorplate.media import photo_decoding, voice_decoding
from doorplate.media.limits import MediaLimits
from doorplate.media.refused import Refused

_DECODE = {"photo": photo_decoding.decode_photo, "voice": voice_decoding.decode_voice}


def main() -> int:
    photo_decoding.warm_up()
    voice_decoding.warm_up()
    return answer_all(_answer_one)


def _answer_one() -> NoReturn:
    line = sys.stdin.buffer.readline()
    if not line:
        os._exit(NO_MORE)
    wanted = json.loads(line)
    limits = MediaLimits(**wanted["limits"])
    data = sys.stdin.buffer.read(wanted["size"])
    _shut_in(limits)
    facts: dict[str, Any]
    try:
        facts, made = _DECODE[wanted["task"]](data, limits)
    except Refused as refused:
        facts, made = {"refused": refused.code}, b""
    except MemoryError:
        facts, made = {"refused": "too_hard"}, b""
    sys.stdout.buffer.write(json.dumps({"size": len(made)} | facts).encode() + b"\n" + made)
    sys.stdout.buffer.flush()
    os._exit(0)


def _shut_in(limits: MediaLimits) -> None:
    """No more memory and time than allowed, and from here on no file, socket or pipe can be opened at all."""
    seconds = int(limits.seconds) + 1
    signal.alarm(seconds)  # should the parent be gone, nobody else would end a child that sleeps
    for what, most in (
        (resource.RLIMIT_AS, limits.child_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    sys.exit(main())

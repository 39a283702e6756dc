"""Running the command line as a person does: a process of its own, in a folder that is not the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What a command left behind: its exit code, and both streams."""

    code: int
    out: str
    err: str


def environment(home: Path, **more: str) -> dict[str, str]:
    """A clean environment: nothing of ours set but the home folder and what is named."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DOORPLATE_")}
    return {**kept, "PYTHONPATH": str(ROOT), "DOORPLATE_HOME": str(home), "COLUMNS": "120", **more}


def doorplate(*words: object, home: Path, cwd: Path, **more: str) -> Said:
    """Runs `doorplate …` to its end."""
    command = [sys.executable, "-m", "doorplate", *map(str, words)]
    done = subprocess.run(
        command, cwd=cwd, env=environment(home, **more), capture_output=True, text=True, timeout=300, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)

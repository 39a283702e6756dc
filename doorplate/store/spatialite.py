"""SpatiaLite in Python's own sqlite3, also where Python was built without loadable extensions (pyenv, python.org on macOS).

mod_spatialite is never registered as an automatic extension: PROJ opens proj.db through the same library under a mutex
and would deadlock. There only *permission to load* is given at connect, and taken back right after loading.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from doorplate.errors import Unavailable

_lock = threading.Lock()
_waiting = threading.local()


def load_spatialite(uri: str, timeout: float) -> sqlite3.Connection:
    """`sqlite3.connect(uri)` with mod_spatialite in it. timeout: seconds to wait for a lock. SPATIALITE_LIBRARY_PATH names
    the library where it lies elsewhere. Raises Unavailable(store.spatialite_missing), sqlite3.Error."""
    library = os.environ.get("SPATIALITE_LIBRARY_PATH") or "mod_spatialite"
    connect = _connect_plainly if hasattr(sqlite3.Connection, "enable_load_extension") else _connect_by_hook
    return connect(uri, timeout, library)


def _connect_plainly(uri: str, timeout: float, library: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=timeout, check_same_thread=False)
    connection.enable_load_extension(True)
    _load(connection, library)
    connection.enable_load_extension(False)
    return connection


def _connect_by_hook(uri: str, timeout: float, library: str) -> sqlite3.Connection:
    shared = _shared_sqlite()
    if shared is None:
        raise Unavailable("store.spatialite_missing", "这个 Python 的 sqlite3 不能加载 SpatiaLite: 请用 Debian 自带的 python3")
    with _lock:
        _waiting.handle, _waiting.mine = None, True  # per thread: PROJ may be opening proj.db in another one
        shared.sqlite3_auto_extension(_permission_hook(shared))
        try:
            connection = sqlite3.connect(uri, uri=True, timeout=timeout, check_same_thread=False)
        finally:
            _waiting.mine = False
            shared.sqlite3_cancel_auto_extension(_permission_hook(shared))
        handle = _waiting.handle
    _load(connection, library)
    shared.sqlite3_enable_load_extension(handle, 0)
    return connection


def _load(connection: sqlite3.Connection, library: str) -> None:
    try:
        connection.execute("SELECT load_extension(?)", (library,)).fetchone()
    except sqlite3.OperationalError as exc:
        connection.close()
        raise Unavailable("store.spatialite_missing",
                          "没有找到 SpatiaLite, 请安装这个 Debian 软件包: apt install libsqlite3-mod-spatialite",
                          library=library) from exc


@lru_cache
def _shared_sqlite() -> ctypes.CDLL | None:
    """The shared libsqlite3 Python is linked to, None when it is built in: pointers may only be shared within one build."""
    for name in ("libsqlite3.so.0", "libsqlite3.dylib"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.sqlite3_sourceid.restype = ctypes.c_char_p
        library.sqlite3_enable_load_extension.argtypes = [ctypes.c_void_p, ctypes.c_int]
        with sqlite3.connect(":memory:") as connection:
            ours = connection.execute("SELECT sqlite_source_id()").fetchone()[0]
        if ours == library.sqlite3_sourceid().decode():
            return library
    return None


@lru_cache
def _permission_hook(shared: ctypes.CDLL) -> Callable[..., Any]:
    def allow(handle: int, _error: int, _api: int) -> int:
        if getattr(_waiting, "mine", False):
            _waiting.handle, _waiting.mine = handle, False
            shared.sqlite3_enable_load_extension(handle, 1)
        return 0

    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(allow)

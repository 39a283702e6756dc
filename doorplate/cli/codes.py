"""A file of plate codes, as officers keep them: one a line."""

from __future__ import annotations

from pathlib import Path

from doorplate.errors import InputError
from doorplate.plates.code import normalise


def read_codes(path: Path | None) -> tuple[str, ...]:
    """The codes of a text file, one a line, blank lines and # remarks skipped. Raises InputError(codes.*)."""
    if path is None:
        return ()
    if not path.is_file():
        raise InputError("codes.not_found", f"找不到编码文件 {path.name}", file=path.name)
    codes = []
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as exc:
        raise InputError("codes.encoding", f"{path.name} 不是 UTF-8 文本", file=path.name) from exc
    for row, line in enumerate(lines, start=1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        code = normalise(text)
        if code is None:
            raise InputError(
                "codes.invalid", f"{path.name} 第 {row} 行“{text}”不是门牌编码 (13 位, 末位是校验位)", file=path.name, row=row
            )
        codes.append(code)
    if not codes:
        raise InputError("codes.empty", f"{path.name} 里没有编码", file=path.name)
    return tuple(codes)

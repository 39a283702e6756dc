"""Which encoding a Chinese text file is in: BOM → strict UTF-8 → GB18030 or Big5, whichever reads more plausibly."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from doorplate.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
# Characters address lists are made of, in both scripts: the wrong decoder turns them into rare ones.
_COMMON = frozenset(
    "的一是不了人我在有他这上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学之都好看起发当没成只如事把还用第样道想作种开"
    "路街巷弄号號村组組镇鎮乡鄉县縣市区區省社段里鄰邻东東西南北前后後门門牌户戶主姓名电電话話址备備注註序人口数數经經纬緯度坐标標位置安装裝日期楼樓栋棟单單元层層室房院"
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔡贾丁魏薛叶葉阎余潘杜戴夏钟鍾汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "〇零二三四五六七八九十百千万萬元角分幸福和谐諧振兴興文明团團结結测試试营營普集武功陕陝台臺灣湾连連江馬祖北竿莒光清水介寿壽复復村，。、；：（）"
)
_SAMPLE = 256 << 10
_FEW = 200  # one stray zero byte in so many does not make a text binary


def decode_lines(path: Path, line_chars: int) -> Iterator[str]:
    """The file's lines with their line ends, undecodable bytes as U+FFFD. A line longer than line_chars comes in pieces.

    Raises InputError list.encoding when no encoding fits, list.not_a_table for binary files.
    """
    encoding = detect(path)
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        while line := text.readline(line_chars):
            yield line


def detect(path: Path) -> str:
    """A Python codec name. Raises InputError list.encoding, list.not_a_table."""
    state = path.stat()
    return _detect(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _detect(path: Path, size: int, changed_ns: int) -> str:
    """One list is opened several times on its way, and telling UTF-8 takes all of its bytes. size, changed_ns: what makes it
    another list."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if head.count(0) * _FEW > len(head):
        return _without_bom(head, path.name)
    if _is_utf8(path):
        return "utf-8"
    best, score = max(((e, plausible(head, e)) for e in ("gb18030", "big5hkscs", "utf-8")), key=lambda pair: pair[1])
    if score < 0.2:
        raise InputError(
            "list.encoding", f"文件 {path.name} 的文字编码认不出来, 请用记事本或表格软件打开后另存为 UTF-8 再试", file=path.name
        )
    return best


def _without_bom(head: bytes, file: str) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        text = head[: len(head) // 2 * 2].decode(name, errors="replace")
        if (zeros > 10 * (others + 1) or plausible(head[: len(head) // 2 * 2], name) > 0.3) and _is_text(text):
            return name
    raise InputError("list.not_a_table", f"文件 {file} 不是表格也不是文字, 请给 XLSX、XLS、ODS、CSV 或文本文件", file=file)


def _is_text(text: str) -> bool:
    """Nearly all of it assigned characters, not control codes: numbers in a binary file have zero bytes too."""
    strange = sum(c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") for c in text if c not in "\r\n\t")
    return strange * 20 < len(text)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def plausible(head: bytes, encoding: str) -> float:
    """Share of common characters among all beyond ASCII; a broken sequence counts as a rare character."""
    beyond = [c for c in head.decode(encoding, errors="replace") if ord(c) > 127]
    return sum(c in _COMMON for c in beyond) / len(beyond) if beyond else 0.0

"""What a column means: by its header words (columns.toml), and by its values where the words leave it open."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from doorplate.exchange.meaning.values import STRICT, plain, share

_BRACKETS = re.compile(r"[（(\[【{〔].*?[）)\]】}〕]")
_PUNCTUATION = re.compile(r"[\s:：*＊、,，。./／\-—_“”\"'‘’]+")
_SYSTEM = re.compile(r"(?:wgs|cgcs|gcj|bd)-?_?[0-9]{0,4}|高德|腾讯|百度|gps|天地图|度分秒|十进制", re.IGNORECASE)
_LONGEST_HEADER = 16
NOT_OURS = frozenset({"relation", "township", "county", "city", "person", "count", "job", "duty", "worker", "plate"})
# Without a known header word only these are told from values, the surest first; under a word nobody knows, fewer.
_BY_VALUE = {
    "position": 0.8,
    "lon": 0.9,
    "lat": 0.9,
    "phone": 0.9,
    "street": 0.8,
    "address": 0.7,
    "installed": 0.9,
    "head": 0.8,
    "number": 0.8,
}
_UNDER_UNKNOWN_WORD = frozenset({"position", "lon", "lat", "phone", "address"})


@dataclass(frozen=True, slots=True)
class Label:
    """A column's header: the word above it and the group word above that ("家庭住址" over "门牌号")."""

    text: str
    group: str = ""

    def __str__(self) -> str:
        return f"{self.group}/{self.text}" if self.group and self.group != self.text else self.text


@cache
def _vocabulary() -> tuple[dict[str, dict[str, float]], dict[str, list[str]]]:
    """exact word → {role: rank}, and part → roles; read once."""
    data = tomllib.loads(resources.files("doorplate.exchange.meaning").joinpath("columns.toml").read_text("utf-8"))
    exact: dict[str, dict[str, float]] = {}
    parts: dict[str, list[str]] = {}
    for role, words in data["role"].items():
        for rank, word in enumerate(words.get("exact", ())):
            exact.setdefault(fold(word), {})[role] = 3 - rank / 100
        for word in words.get("part", ()):
            parts.setdefault(word, []).append(role)
    for role, words in data["other"].items():
        for word in words:
            exact.setdefault(fold(word), {}).setdefault(role, 2.5)
    return exact, parts


def fold(header: str) -> str:
    """A header word for comparing: no spaces, punctuation, brackets; compatibility forms folded; lower case."""
    text = _BRACKETS.sub("", unicodedata.normalize("NFKC", header).replace("\n", ""))
    return _PUNCTUATION.sub("", plain(text)) or _PUNCTUATION.sub("", plain(header))


def meanings(header: str) -> dict[str, float]:
    """role → how strongly the word says so (exact about 3, as a part 2); empty when the word says nothing."""
    exact, parts = _vocabulary()
    word = fold(header)
    if not word or len(word) > _LONGEST_HEADER:
        return {}
    for known in (word, _SYSTEM.sub("", word)):
        if known in exact:
            return exact[known]
    word = _SYSTEM.sub("", word)
    if any(c.isdigit() for c in word):
        return {}
    hits = [(len(part), roles) for part, roles in parts.items() if part in word]
    longest = max((n for n, _ in hits), default=0)
    return {role: 2.0 for n, roles in hits if n == longest for role in roles}


def assign(labels: Sequence[Label | None], columns: Sequence[Sequence[str]]) -> dict[str, int]:
    """role → column index. `columns` holds sample texts of each column, own texts only. A role goes to the column that
    fits best by word and values together; a word whose values contradict it gives way to its next meaning."""
    bids = [
        (worth, role, i)
        for i, texts in enumerate(columns)
        for role, worth in _bids(labels[i] if i < len(labels) else None, texts).items()
    ]
    roles: dict[str, int] = {}
    taken: set[int] = set()
    for _, role, i in sorted(bids, key=lambda bid: (-bid[0], bid[2])):
        if i not in taken and (role not in roles or role in NOT_OURS):
            taken.add(i)
            roles.setdefault(role, i)
    return _numbered_by_seq(roles, columns)


def _numbered_by_seq(roles: dict[str, int], columns: Sequence[Sequence[str]]) -> dict[str, int]:
    """编号 beside a street and without any other number column is the house number — unless it just counts the lines."""
    if "seq" in roles and {"street", "hamlet"} & roles.keys() and not {"number", "address"} & roles.keys():
        texts = columns[roles["seq"]]
        if (share("number", texts) or 0) > 0.7 and not _counts_lines(texts):
            return {("number" if role == "seq" else role): i for role, i in roles.items()}
    return roles


def _counts_lines(texts: Sequence[str]) -> bool:
    numbers = [int(t) for t in map(plain, texts) if t.isdigit()]
    return len(numbers) > 1 and sum(b - a == 1 for a, b in pairwise(numbers)) > 0.6 * (len(numbers) - 1)


def _bids(label: Label | None, texts: Sequence[str]) -> dict[str, float]:
    if label is not None and label.text:
        words = meanings(label.text) or {role: worth - 1.5 for role, worth in meanings(label.group).items()}
        bids = {role: worth + 2 * fit for role, worth in _in_group(words, label).items() if (fit := _fit(role, texts)) > 0.15}
        if {"street", "number", "hamlet", "village"} & bids.keys() and "address" not in bids:
            bids |= {"address": 1.5 + 2 * (share("whole", texts, STRICT) or 0)}
        return bids if words else _bids_by_value(texts, _UNDER_UNKNOWN_WORD)
    return _bids_by_value(texts, _BY_VALUE)


def _in_group(words: dict[str, float], label: Label) -> dict[str, float]:
    """The group word decides between meanings: 门牌 under 地址 is a number, 是否安装 under 门牌 is not."""
    group = meanings(label.group) if label.group else {}
    if not group or label.group == label.text:
        return words
    helped = {
        "address": {"street", "lane", "number", "suffix", "hamlet", "village"},
        "position": {"lon", "lat", "position"},
        "head": {"head", "members", "phone"},
        "installed": {"installed", "installed_on"},
    }
    favoured = set().union(*(helped.get(role, set()) for role in group)) if group else set()
    if not set(group) - NOT_OURS:
        return {role: worth - 1 for role, worth in words.items()}
    return {role: worth + (0.5 if role in favoured else 0) for role, worth in words.items()}


def _fit(role: str, texts: Sequence[str]) -> float:
    """0–1; 0.5 where nothing can be said (no test, no values), 0.25 at least for words that need no proof."""
    part = share(role, texts)
    if part is None:
        return 0.5
    if role in ("head", "note", "seq", "installed", "installed_on", "registered_on", "members", "resident", "suffix", "phone"):
        return max(part, 0.25)
    if role == "address" and (share("number", texts) or 0) > 0.6:
        return 0.05
    if role == "number" and ((share("installed", texts) or 0) > 0.6):
        return 0.0
    if role in ("number", "street"):
        return max(part, 0.2)
    return part


def _bids_by_value(texts: Sequence[str], allowed: Container[str]) -> dict[str, float]:
    if len(texts) < 2:
        return {}
    for rank, (role, need) in enumerate(_BY_VALUE.items()):
        part = share(role, texts, STRICT) if role in allowed else None
        if part is not None and part >= need:
            return {role: part - rank / 100}
    return {}

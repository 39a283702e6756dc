"""How clerks write numbers, lanes, phones, dates, addresses. Each function returns the text and adds a label to the formats."""

from datetime import date, timedelta
from random import Random

import words
from place import Place
from world import Line

NUMBER = [
    ("plain", 50),
    ("bare", 11),
    ("#", 9),
    ("全角号", 8),
    ("全角#", 3),
    ("补零", 4),
    ("號", 4),
    ("No.", 2),
    ("№", 1),
    ("空格", 4),
    ("号院", 4),
    ("中文", 2.5),
    ("旧数字", 1),
    ("号楼", 0.2),
    ("第", 0.5),
]
SPACES = [
    ("首空格", " {}"),
    ("尾空格", "{}  "),
    ("NBSP", "{}\u00a0"),
    ("全角空格", "{}\u3000"),
    ("零宽", "\u200b{}"),
    ("换行", "{}\n"),
]


def pick(rng: Random, table: list[tuple[str, float]]) -> str:
    """One key of a weighted table."""
    return rng.choices([k for k, _ in table], [w for _, w in table])[0]


def number(rng: Random, no: int, sub: int, marks: list[str]) -> str | int:
    """The house number as it stands in a cell."""
    if sub:
        return suffix(rng, no, sub, marks)
    form = pick(rng, NUMBER)
    if form != "plain":
        marks.append(f"号写法:{form}")
    if form == "bare":
        return no
    text = {
        "plain": f"{no}号",
        "#": f"{no}#",
        "全角号": f"{words.wide(str(no))}号",
        "全角#": words.wide(f"{no}#"),
        "补零": f"{no:03d}号",
        "號": f"{no}號",
        "No.": f"No.{no}",
        "№": f"№{no}",
        "空格": f"{no} 号",
        "号院": f"{no}号院",
        "中文": f"{words.hanzi(no)}号",
        "旧数字": f"{words.old_hanzi(no)}号",
        "号楼": f"{no}号楼",
        "第": f"第{no}号",
    }
    return text[form]


def suffix(rng: Random, no: int, sub: int, marks: list[str]) -> str:
    """35号附1号 and its other forms; 甲 stands for the first twin."""
    forms = [
        ("附号", f"{no}号附{sub}号"),
        ("附", f"{no}附{sub}"),
        ("-", f"{no}-{sub}号"),
        ("号-", f"{no}号-{sub}"),
        ("#-", f"{no}#-{sub}"),
        ("之", f"{no}号之{words.hanzi(sub)}"),
        ("之数", f"{no}之{sub}"),
        ("全角-", words.wide(f"{no}-{sub}") + "号"),
        ("附中文", f"{no}号附{words.hanzi(sub)}"),
    ]
    form, text = ("甲", f"{no}号{'甲乙丙'[sub - 1]}") if rng.random() < 0.08 else rng.choice(forms)
    marks.append(f"附号:{form}")
    return text


def street(rng: Random, line: Line, name: str, marks: list[str], alias: bool) -> str:
    """Street with lane, or hamlet, in one piece; name may be misspelt."""
    if line.kind == "组":
        return hamlet(rng, line, name, marks, alias)
    if not line.lane:
        return name
    forms = [("", name + line.lane, 55), ("空格", f"{name} {line.lane}", 5), ("2巷", "", 30)]
    if name == line.name and line.short:
        forms.append(("short", name[:-1] + line.lane, 8))
    form, text, _ = rng.choices(forms, [w for *_, w in forms])[0]
    if form in ("short", "空格"):
        marks.append(f"巷写法:{form}")
    return text or name + lane(rng, line, marks)


def lane(rng: Random, line: Line, marks: list[str]) -> str:
    """一巷, 1巷, １巷, 第一巷."""
    ordinal = line.lane.rstrip("巷弄胡同")
    kind = line.lane[len(ordinal) :]
    digits = str(next(i for i in range(1, 100) if words.hanzi(i) == ordinal))
    form, text, _ = rng.choices(
        forms := [
            ("", line.lane, 50),
            ("2巷", digits + kind, 35),
            ("２巷", words.wide(digits) + kind, 8),
            ("第", f"第{ordinal}{kind}", 3),
        ],
        [w for *_, w in forms],
    )[0]
    if form:
        marks.append(f"巷写法:{form}")
    return text


def hamlet(rng: Random, line: Line, name: str, marks: list[str], alias: bool) -> str:
    """三组 and its other forms; a natural village is written as it is."""
    if not name.endswith(("组", "祖")):
        return name
    if name != line.name:
        return name
    ordinal = name[:-1]
    digits = str(next(i for i in range(1, 100) if words.hanzi(i) == ordinal))
    forms = [
        ("", name, 45),
        ("3组", f"{digits}组", 25),
        ("第三组", f"第{ordinal}组", 8),
        ("第3组", f"第{digits}组", 4),
        ("３组", f"{words.wide(digits)}组", 4),
        ("村民小组", f"第{ordinal}村民小组", 2),
        ("空格", f"{digits} 组", 2),
    ]
    if alias and line.aliases:
        forms.append(("别名", f"{name}（{line.aliases[0]}）", 25))
    form, text, _ = rng.choices(forms, [w for *_, w in forms])[0]
    if form:
        marks.append(f"组写法:{form}")
    return text


def prefix(rng: Random, place: Place, marks: list[str], village: str | None = None) -> str:
    """What stands before the street in a one-column address; village stands in for the true one where that is the fault."""
    name = village or place.village
    forms = [
        ("无", "", 0 if village else 35),
        ("村", name, 28),
        ("镇村", place.town + name, 15),
        ("县村", place.county + name, 9),
        ("县镇村", place.county + place.town + name, 8),
        ("全", place.full_county + place.town + name, 8),
    ]
    form, text, _ = rng.choices(forms, [w for *_, w in forms])[0]
    if form != "全":
        marks.append(f"前缀:{form}")
    return text


def register_prefix(rng: Random, place: Place, marks: list[str]) -> str:
    """What the police register puts first: mostly everything."""
    province = place.full_county[: len(place.full_county) - len(place.county)]
    first = province.split("省")[0] + "省" if "省" in province else ""
    forms = [
        (place.full_county + place.town, 75),
        (place.county + place.town, 8),
        (place.full_county, 6),
        (first + place.county + place.town, 11),
    ]
    marks.append("前缀:户籍")
    return rng.choices([f for f, _ in forms], [w for _, w in forms])[0] + place.village


def spaced(rng: Random, text: object, marks: list[str], chance: float = 0.05) -> object:
    """Now and then an invisible character."""
    if not isinstance(text, str) or not text or rng.random() > chance:
        return text
    label, form = rng.choice(SPACES)
    marks.append(f"空白:{label}")
    return form.format(text)


def name(rng: Random, text: str, marks: list[str]) -> str:
    """A name, sometimes spread with a space."""
    if not text.startswith("测试") or rng.random() > 0.1:
        return text
    gap = rng.choice([" ", " ", "\u3000"])
    marks.append("姓名:空格" if gap == " " else "姓名:全角空格")
    return "测试" + gap + text[2:]


def people(rng: Random, count: int | None, marks: list[str]) -> object:
    """4, "4", 4人, 四, ４."""
    if count is None:
        return None
    form = pick(rng, [("", 80), ("str", 6), ("n人", 7), ("中文", 4), ("n口", 2), ("全角", 1)])
    if form:
        marks.append(f"人数:{form}")
    return {
        "": count,
        "str": str(count),
        "n人": f"{count}人",
        "中文": words.hanzi(count),
        "n口": f"{count}口人",
        "全角": words.wide(str(count)),
    }[form]


def phone(rng: Random, text: str, marks: list[str], never_empty: bool) -> object:
    """Phone as text, number, grouped, full width or not at all."""
    form = pick(rng, [("", 45), ("num", 28), ("space", 8), ("dash", 8), ("full", 3), ("+86", 1), ("空", 0 if never_empty else 7)])
    if form:
        marks.append(f"电话:{form}")
    forms: dict[str, object] = {
        "": text,
        "num": int(text),
        "space": f"{text[:3]} {text[3:7]} {text[7:]}",
        "dash": f"{text[:3]}-{text[3:7]}-{text[7:]}",
        "full": words.wide(text),
        "+86": f"+86 {text}",
        "空": None,
    }
    return forms[form]


def day(rng: Random, marks: list[str]) -> object:
    """A date in one of the usual notations; None sometimes."""
    value = date(2023, 3, 1) + timedelta(days=rng.randrange(110))
    form = pick(
        rng,
        [
            ("serial", 20),
            ("2022.3.5", 18),
            ("date", 15),
            ("3月5日", 14),
            ("2022/3/5", 12),
            ("20220305", 8),
            ("年月日", 4),
            ("", 9),
        ],
    )
    if form:
        marks.append(f"日期:{form}")
    y, m, d = value.year, value.month, value.day
    forms: dict[str, object] = {
        "serial": (value - date(1899, 12, 30)).days,
        "2022.3.5": f"{y}.{m}.{d}",
        "date": value,
        "3月5日": f"{m}月{d}日",
        "2022/3/5": f"{y}/{m}/{d}",
        "20220305": f"{y}{m:02d}{d:02d}",
        "年月日": f"{y}年{m}月{d}日",
        "": None,
    }
    return forms[form]

"""How people write names, addresses and numbers of people in a chat message."""

from __future__ import annotations

import re

HAN = "一-鿿㐀-䶿𠀀-𰀀"
DIGIT = "0-9０-９"
_HAN_NUMERAL = "[〇○零一二三四五六七八九十百廿卅壹贰叁肆伍陆柒捌玖拾佰]"
NUMERAL = f"[{DIGIT}{_HAN_NUMERAL[1:]}"
ROAD = "(?:大道|马路|胡同|公路|路|街|巷|弄|里|道|段)"
_GROUP = "(?:组|队|社|村(?!民小?组)|小区|(?:庄|屯)(?!村)|鄰|邻|新村)"
SEPARATOR = re.compile(r"[\s,，、:：;；/|]+")

_SIGN = r"(?:\s*(?:号院|號院|号楼|号|號|#|＃|院|室))?"
_FIRST = r"(?:第|[Nn][Oo]\.?|№|Ｎｏ．?)?\s*"
_TWIN = rf"(?:\s*(?:附|之)\s*(?:第)?{NUMERAL}+{_SIGN})?(?:\s*[-—－﹣–]\s*{NUMERAL}+{_SIGN})?(?:[甲乙丙丁](?![{HAN}]))?"
NUMBER = rf"{_FIRST}{NUMERAL}+(?:\s*[-—之－﹣–]\s*{NUMERAL}+)?{_SIGN}{_TWIN}"
_SIGNED = rf"{_FIRST}{NUMERAL}+(?:\s*[-—之－﹣–]\s*{NUMERAL}+)?\s*(?:号院|號院|号楼|号|號|#|＃){_TWIN}"
_COUNTED = r"(?!\s*(?:个|点|月|日|天|年|人|口|户|块|套|元|时|分|次|张|位|名|件|%))"
_INNER = rf"(?:\s*第?\s*{NUMERAL}+\s*(?:巷|弄|胡同|组|队|社|栋|幢|单元|号楼))*"
_ALONG = rf"[^\s,，。;；:：!！?？号號#＃]*?(?:{ROAD}|{_GROUP})"
ADDRESS = re.compile(
    rf"(?P<place>{_ALONG}{_INNER}(?:\s?[^\s,，。;；:：{DIGIT}]*?{ROAD})?{_INNER})(?P<number>\s*{NUMBER}{_COUNTED})?"
)
# Hamlets have no word at their end that says so: 李家坪26号, 马家滩一号. Then the number must be unmistakable.
HAMLET_ADDRESS = re.compile(
    rf"(?P<place>[{HAN}]{{2,14}}?)(?P<number>\s*(?:{_SIGNED}|{_FIRST}[{DIGIT}]+(?:\s*[-—－]\s*[{DIGIT}]+)?(?=[\s,，。;；、]|$)))"
)
NAME = re.compile(rf"[{HAN}·•]{{2,12}}(?:\s[{HAN}]{{1,3}})?(?:[（(].{{1,12}}[)）])?")
NAME_AFTER = re.compile(rf"[\s,，、:：;；]*(?:户主|是)?([{HAN}·•]{{2,8}}?)(?:家)?(?=[\s,，、;；。{DIGIT}(（]|$)")
_NO_NAME = re.compile(
    "今天|明天|后天|昨天|上午|下午|晚上|大家|各位|通知|请|我们|你们|我家|他家|她家|收到|好的?$|可以|开会|谢谢|没有|已经|麻烦|辛苦|关于|还有|另外|"
    "这个|那个|目前|现在|工作群|村委|所有人|安装|登记|门牌|地址|网格|一共|总共|补报|漏|问题|更正|抓紧|尽快|注意|领导|书记|主任|集合|没人|无人|空房|空着|装[了好完]|"
    "搬|拆|出租|租[给了]|[男女]$|不在|施工|停水|停电"
)
PHONE = re.compile(
    rf"(?:联系)?(?:电话|手机|方式)?(?:号码?)?[:：]?\s*(?<![{DIGIT}])(1[0-9]{{2}}[- ]?[0-9]{{4}}[- ]?[0-9]{{4}})(?![{DIGIT}])"
)
MEMBERS_LABELLED = re.compile(
    rf"(?:人数|人口|家里|家庭|共|一共)[:：]?\s*({NUMERAL}{{1,2}})\s*(?:口人|个人|口|人)?(?!{NUMERAL}|号|组)"
)
MEMBERS = (
    re.compile(rf"({NUMERAL}{{1,2}}|两)\s*(?:口人|个人|口|人)"),
    re.compile(rf"(?:^|(?<=[\s,，、;；]))({NUMERAL}{{1,2}})(?=[\s,，。;；.]|$)"),
)

_UNIT = r"(?:(?:村民小?|居民小?|生产|小)?(?:组|队|社)(?![长员织区里会])|巷|弄|胡同|号|號|#|＃)"
_LEADS = "路街巷弄道组队社住在第"
_SURNAME = rf"(?<![\s,，、.．][^{_LEADS}]\s)(?<!^[^{_LEADS}]\s)"  # 李 三 十二组5号: the 三 is the name's
_RUN = rf"(?=[\s{_HAN_NUMERAL[1:-1]}]*[十百廿卅拾佰])(?:{_HAN_NUMERAL}\s+)+{_HAN_NUMERAL}+"
_SPACED_OUT = re.compile(rf"(?:(?<=[{_LEADS}])|(?<![{HAN}])){_SURNAME}{_RUN}(?=\s*{_UNIT})")
_BEFORE_UNIT = re.compile(rf"(?:第\s*)?{NUMERAL}+\s+{_UNIT}|第\s+{NUMERAL}+{_UNIT}")
_BEFORE_NUMBER = re.compile(rf"(?:(?<=[路街巷弄道])|(?<={NUMERAL}[组队社])|(?<=小组))\s+(?={NUMERAL}+(?:号|號|#|＃|巷|弄))")


def close_up(text: str) -> str:
    """Without blanks inside numbers and between a number and its unit: 13 组 卅 五 号 → 13组卅五号."""
    for pattern in (_SPACED_OUT, _BEFORE_UNIT, _BEFORE_NUMBER):
        text = pattern.sub(lambda found: "".join(found[0].split()), text)
    return text


def find_address(text: str) -> re.Match[str] | None:
    """The address in a message, the one with a number first; groups place and number."""
    along, hamlet = ADDRESS.search(text), HAMLET_ADDRESS.search(text)
    if along and along["number"]:
        return along
    return hamlet or along


def says_where(text: str) -> bool:
    """A street or group with a number behind it: worth a look even where nobody can tell whose it is."""
    found = ADDRESS.search(text)
    return bool(found and found["number"])


def is_talk(place: str) -> bool:
    """Do the words taken for a place belong to a sentence? 大家下午到幸福路 is none."""
    return bool(_NO_NAME.search(place))


def is_name(text: str) -> bool:
    """Could this be the name of a household's head? One character is a family name written apart."""
    return bool(NAME.fullmatch(text + ("某" if len(text) == 1 else ""))) and not _NO_NAME.search(text) and not _is_place(text)


def _is_place(text: str) -> bool:
    return bool(re.search(rf"[{DIGIT}]|{ROAD}$|{ROAD}{NUMERAL}|[村组队]|{NUMERAL}(?:号|號|院|$)", text))


def clean_name(text: str) -> str:
    """Without what people put around it: 张三家的 → 张三."""
    return text.strip(" ,，、:：\t").removesuffix("家的").removesuffix("家").removesuffix("同志").strip()

"""Where it is: what both forms ask first. The plate's symbol finds the door, else way and door are picked from lists. Pure."""

from __future__ import annotations

from doorplate.odk.form import Question, Words
from doorplate.plates.code import LENGTH

DOORS, WAYS = "doors", "ways"
"""Lists beside the forms: doors.csv (columns DOOR_COLUMNS, then what the form needs more) and ways.csv."""
DOOR_COLUMNS = ("name", "label", "way", "codes", "community", "version")
AT_ITS_DOOR = f"instance('{DOORS}')/root/item[name = ${{door}}]"

BEGUN = (
    Question("start", "begun"),
    Question("end", "ended"),
    Question("start-geopoint", "begun_at"),
)
"""When and where it was filled in, noted by the client itself."""


def door_questions(relevant: str = "") -> tuple[Question, ...]:
    """Down to `door` (an address id), `place` (its words), `base` (its version) and `community_of_door`."""
    none_found = "${found} = 0"
    code = (f"if(string-length(${{scanned}}) >= {LENGTH}, "
            f"translate(substr(${{scanned}}, string-length(${{scanned}}) - {LENGTH}), "
            "'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), '')")
    return (
        Question("barcode", "scanned", Words("扫门牌上的二维码", "Scan the plate"), _SCAN_HINT, relevant),
        Question("calculate", "code", calculation=code),
        Question("calculate", "found", calculation=f"if(${{code}} = '', 0, "
                 f"count(instance('{DOORS}')/root/item[contains(codes, ${{code}})]))"),
        Question("note", "not_found", _NOT_FOUND, relevant="${scanned} != '' and ${found} = 0"),
        Question(f"select_one_from_file {WAYS}.csv", "way", Words("街路巷", "Street"), relevant=_and(relevant, none_found),
                 required="yes", appearance="minimal autocomplete"),
        Question(f"select_one_from_file {DOORS}.csv", "door", Words("门", "Door"), relevant=relevant, required="yes",
                 choice_filter="if(${found} > 0, contains(codes, ${code}), way = ${way})", appearance="minimal autocomplete"),
        Question("calculate", "place", calculation=f"{AT_ITS_DOOR}/label"),
        Question("calculate", "base", calculation=f"{AT_ITS_DOOR}/version"),
        Question("calculate", "community_of_door", calculation=f"{AT_ITS_DOOR}/community"),
    )


def evidence_questions(photos: int, side_px: int) -> tuple[Question, ...]:
    """Photos one after the other, a voice note, a note."""
    asked = [Question("image", f"photo_{n}", Words(f"照片 {n}", f"Photo {n}"),
                      relevant=f"${{photo_{n - 1}}} != ''" if n > 1 else "", parameters=f"max-pixels={side_px}")
             for n in range(1, photos + 1)]
    return (*asked, Question("audio", "voice", Words("录音", "Voice note"), Words("不超过一分钟", "A minute at most"),
                             parameters="quality=normal"))


def note_question(longest: int) -> Question:
    return Question("text", "note", Words("备注", "Note"), constraint=f"string-length(.) <= {longest}",
                    wrong=too_long(longest), appearance="multiline")


def too_long(longest: int) -> Words:
    return Words(f"最多 {longest} 个字", f"{longest} characters at most")


def _and(*conditions: str) -> str:
    return " and ".join(f"({one})" for one in conditions if one)


_SCAN_HINT = Words("扫不了就跳过, 在下面按街路巷选门", "Skip this if it cannot be scanned, and pick the door below")
_NOT_FOUND = Words("这个编码不在您的片区里: 请核对墙上的门牌, 或在下面选门。",
                   "This code is not in your area: look at the plate again, or pick the door below.")

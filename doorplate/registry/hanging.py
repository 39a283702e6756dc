"""From the box to the wall: boxes are issued to installers, plates are mounted, brought back or explained, boxes are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import Plate, PlateBox
from doorplate.plates.code import normalise
from doorplate.plates.lifecycle import NAMES
from doorplate.plates.returns import Reckoning, reckon
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.packing import box_numbered, find_batch, table_of
from doorplate.registry.plate_states import advance, require_reason
from doorplate.store import Reader, Unit

Ending = Literal["lost", "damaged", "kept"]


@dataclass(frozen=True)
class Day:
    """One box that is out: where it comes from, and how its plates stand."""

    box: PlateBox
    batch: str
    reckoning: Reckoning


def issue_box(registry: Registry, batch: str, number: int, installer: str, on: date) -> PlateBox:
    """Gives a sealed box to an installer; what was missing or spoilt at the table is now lost or damaged for good.

    Raises InputError(box.installer), NotFound(box.unknown), Refused(box.not_sealed)."""
    if not installer.strip():
        raise InputError("box.installer", "请写明领箱的人")
    with registry.store.writing() as unit:
        table = table_of(unit, find_batch(unit, batch))
        box = box_numbered(table, number)
        if box.status == "issued" and box.installer == installer.strip():
            return box
        if box.status != "sealed":
            told = {"open": "还没有封箱", "issued": f"已由{box.installer}领走", "closed": "已经结清"}[box.status]
            raise Refused("box.not_sealed", f"第 {number} 箱{told}, 不能领", box=number)
        source = f"批次 {table.batch.id[:8]} 第 {box.number}/{box.total} 箱, {installer.strip()}领"
        plates = {plate.code: plate for plate in unit.plates_coded(box.codes)}
        out = [plates[code] for code in box.codes if plates[code].status == "packed"]
        advance(registry, unit, out, "issued", source=source)
        for status, absent in (("lost", box.lost), ("damaged", box.damaged)):
            for code, reason in absent.items():
                advance(registry, unit, [plates[code]], status, reason=reason, source=source)  # type: ignore[arg-type]
        after = replace(box, status="issued", installer=installer.strip(), issued_on=on)
        return unit.save(box, after, registry.event("box.issued", box.id, source=source))


def mount_plates(registry: Registry, codes: Sequence[str], source: str = "") -> int:
    """Records plates as hung on their walls; those that hang already are left as they are. Gives how many are new.

    Raises NotFound(plate.unknown), Refused(plate.transition): then none is recorded."""
    with registry.store.writing() as unit:
        plates = [plate for plate in _plates(unit, codes) if plate.status not in ("mounted", "checked")]
        advance(registry, unit, plates, "mounted", source=source)
        return len(plates)


def bring_back(registry: Registry, codes: Sequence[str], reason: str) -> int:
    """Records plates brought back to the office; they can be issued again. Raises as mount_plates, and
    Refused(operation.no_reason)."""
    require_reason(reason)
    with registry.store.writing() as unit:
        plates = [plate for plate in _plates(unit, codes) if plate.status != "packed"]
        advance(registry, unit, plates, "packed", reason=reason.strip(), source="领出后带回")
        return len(plates)


def explain(registry: Registry, codes: Sequence[str], ending: Ending, reason: str) -> int:
    """Says what became of plates that were neither hung nor brought back: lost, damaged, or kept by the installer for the next
    day (nobody at home). Raises NotFound(plate.unknown), Refused(plate.transition, plate.not_out, operation.no_reason)."""
    require_reason(reason)
    with registry.store.writing() as unit:
        plates = _plates(unit, codes)
        if ending != "kept":
            advance(registry, unit, [plate for plate in plates if plate.status != ending], ending, reason=reason.strip())
            return len(plates)
        for plate in plates:
            if plate.status != "issued":
                raise Refused("plate.not_out", f"这块门牌{NAMES[plate.status]}, 不在安装员手里", plate_code=plate.code)
            if not keep_in(registry, unit, plate, reason.strip()):
                raise NotFound("box.unknown", "这块门牌不在任何一箱里", plate_code=plate.code)
        return len(plates)


def keep_in(registry: Registry, unit: Unit, plate: Plate, reason: str) -> bool:
    """Writes down that a plate stays with its installer for the next day; False where it is in no box."""
    box = _box_of(unit, plate.code)
    if box is None:
        return False
    after = replace(box, kept={**box.kept, plate.code: reason})
    unit.save(box, after, registry.event("box.plate_kept", box.id, reason=reason))
    return True


def close_box(registry: Registry, batch: str, number: int) -> Reckoning:
    """Closes an issued box when issued = mounted + returned + explained. Raises Refused(box.not_issued, box.not_even)."""
    with registry.store.writing() as unit:
        table = table_of(unit, find_batch(unit, batch))
        box = box_numbered(table, number)
        result = reckon(box, unit.plates_coded(box.codes))
        if box.status == "closed":
            return result
        if box.status != "issued":
            raise Refused("box.not_issued", f"第 {number} 箱还没有领出", box=number)
        if not result.even:
            names = "、".join(table.plates[code].painted for code in result.open[:5])
            raise Refused("box.not_even", f"第 {number} 箱对不上: 领 {len(result.issued)}, 装 {len(result.mounted)}, 退 "
                          f"{len(result.returned)}, 有说明 {len(result.explained)}, 还有 {len(result.open)} 块没有下落 ({names}"
                          f"{' 等' if len(result.open) > 5 else ''})", box=number, codes=list(result.open))
        unit.save(box, replace(box, status="closed"), registry.event("box.closed", box.id, source=f"批次 {table.batch.id[:8]}"))
        return result


def box_again(registry: Registry, batch: str) -> PlateBox:
    """A further box of a batch with all plates brought back from boxes that are closed, sealed and ready to be issued.

    Raises Refused(box.nothing_returned)."""
    with registry.store.writing() as unit:
        table = table_of(unit, find_batch(unit, batch))
        last = {code: box for box in table.boxes for code in box.codes}
        here = [code for code, box in last.items() if box.status == "closed"]
        packed = {plate.code for plate in unit.plates_coded(here) if plate.status == "packed"}
        codes = tuple(plate.code for plate in table.batch.plates if plate.code in packed)
        if not codes:
            raise Refused("box.nothing_returned", f"批次 {table.batch.id[:8]} 没有带回来待再领的门牌", batch=table.batch.id)
        number = len(table.boxes) + 1
        box = PlateBox(registry.new_id(), table.batch.id, number, number, table.plates[codes[0]].zone, codes, "sealed")
        return unit.save(None, box, registry.event("box.opened", box.id, source="带回的门牌再领"))


def boxes_out(registry: Registry, community: str) -> tuple[Day, ...]:
    """Every box of a community that is with an installer, and how it stands, the longest out first."""
    with registry.store.reading() as reader:
        require_community(reader, community)
        out = sorted(reader.boxes_out(community), key=lambda box: (box.issued_on or date.min, box.batch_id, box.number))
        return tuple(Day(box, box.batch_id, reckon(box, reader.plates_coded(box.codes))) for box in out)


def _box_of(reader: Reader, code: str) -> PlateBox | None:
    batch = reader.batch_of(code)
    boxes = [box for box in reader.boxes(batch) if code in box.codes] if batch else []
    return boxes[-1] if boxes else None


def _plates(unit: Unit, codes: Sequence[str]) -> list[Plate]:
    wanted = [normalise(code) or code for code in codes]
    found = {plate.code: plate for plate in unit.plates_coded(wanted)}
    unknown = [code for code in wanted if code not in found]
    if unknown:
        raise NotFound("plate.unknown", f"登记簿里没有编码为 {unknown[0]} 的门牌", plate_code=unknown[0])
    return [found[code] for code in dict.fromkeys(wanted)]

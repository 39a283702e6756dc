"""What a ruling does for one finding: the act on its address or household, and the address the finding then belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from doorplate.addresses.format import address_key
from doorplate.addresses.operations import Assign, Correct, Grounds, Merge, Retire, is_complete
from doorplate.errors import Refused
from doorplate.model import Address, Elements, Household, Place, Point, RecordedFinding
from doorplate.registry import Registry
from doorplate.registry.bench import Bench
from doorplate.registry.grid_codes import GridCodes
from doorplate.registry.locating import Ground, same_spot
from doorplate.registry.proposals import ADDRESS, SAME_DOOR, Reading, corrected_point, proposed, reading, written_points

MERGED = "合并"


@dataclass(frozen=True)
class Ruling:
    """What a person decides. accept: as proposed; amend: `address` (text) or `point` (WGS84) is right; dismiss: nothing is wrong.
    exchange: whoever has the address that is right gets this house's in return."""

    decision: Literal["accept", "amend", "dismiss"]
    grounds: Grounds
    address: str = ""
    point: Point | None = None
    exchange: bool = False


class Deciding:
    """One ruling over findings of one community, carried out on a bench. Raises InputError(address.unreadable)."""

    def __init__(self, registry: Registry, bench: Bench, ruling: Ruling) -> None:
        self.registry, self.bench, self.ruling = registry, bench, ruling
        self.words: Reading = reading(bench.reader, bench.community)
        areas = bench.reader.areas(bench.community.code)
        self.grids = GridCodes([area for area in areas if area.kind == "grid"])
        self.ground = Ground(bench.community, areas, bench.addresses)
        by_address = ruling.decision == "amend" and ruling.point is None
        self.target = self.words.address(ruling.address) if by_address else None

    def household(self, finding: RecordedFinding) -> Household | None:
        return self.bench.households.get(finding.household_id or "")

    def address(self, finding: RecordedFinding) -> Address | None:
        """Where the line's household lives by now, else the address the finding was put on."""
        household = self.household(finding)
        found = (household.address_id if household else None) or finding.address_id
        return self.bench.addresses.get(found or "")

    def act(self, finding: RecordedFinding, grounds: Grounds) -> tuple[str, Address | None]:
        """Does what the ruling means for this finding: the act's name, the address the finding then belongs to."""
        code, address = finding.finding.code, self.address(finding)
        if self.ruling.point is not None:
            return self._locate(finding, self.ruling.point, grounds)
        if self.target is not None:
            return self._give(finding, self.target, grounds, join=True)
        if self.ruling.decision == "dismiss":
            return self._dismiss(finding, address, grounds)
        if code == "incomplete.number" and address and address.status != "retired":
            return "核对", address  # another line of the same household has given it its number
        if code in ADDRESS:
            return self._give(finding, self._proposed(finding), grounds, join=code in SAME_DOOR)
        if code == "retired" and address and address.status != "retired":
            return "停用", self.bench.do(address, Retire(grounds))
        if code == "wrong.grid":
            grid = self.grids.then(finding.finding.proposal, address.point) if address else None
            if address and grid and address.grid_id != grid:
                return "更正", self.bench.do(address, Correct(grounds, grid_id=grid))
        if finding.finding.class_ == "point":
            return self._accept_point(finding, address, grounds)
        return "核对", address

    def wanted(self, finding: RecordedFinding) -> tuple[Address, Elements] | None:
        """A house of its own whose accepted finding gives it another number, and what it then is; None for anything else."""
        if self.ruling.decision != "accept" or finding.finding.code not in ADDRESS:
            return None
        address = self.address(finding)
        return (address, self._proposed(finding)) if address and self._is_alone(finding, address) else None

    def _proposed(self, finding: RecordedFinding) -> Elements:
        address = self.address(finding)
        base = address.elements if address else finding.place.elements if finding.place else Elements()
        return proposed(finding.finding, base, self.words)

    def _accept_point(self, finding: RecordedFinding, address: Address | None, grounds: Grounds) -> tuple[str, Address | None]:
        """The converted point takes the place of the one it was converted from, or of none; a point from elsewhere stays."""
        point = corrected_point(finding.finding)
        if address is None or address.status == "retired":
            return "核对", address
        was = address.point
        if was is not None and not any(same_spot(was, written) for written in written_points(finding.finding)):
            return "核对", address
        return self._moved(address, replace(was, lon=point.lon, lat=point.lat) if was else point, grounds)

    def _locate(self, finding: RecordedFinding, point: Point, grounds: Grounds) -> tuple[str, Address | None]:
        if finding.finding.class_ != "point":
            raise Refused("finding.not_a_point", "--point 只用来了结坐标问题 (point.…); 地址上的问题用 --address")
        address = self.address(finding)
        if address is None or address.status == "retired":
            raise Refused("finding.no_address", "这一行没有在用的地址, 坐标没有地方放; 请先处理它的门牌号, 再补坐标")
        return self._moved(address, point, grounds)

    def _moved(self, address: Address, point: Point, grounds: Grounds) -> tuple[str, Address]:
        if same_spot(address.point, point):
            return "核对", address
        self.ground.require_inside(point)
        grid = self.ground.grid_of(replace(address, point=point))
        return "定位", self.bench.do(address, Correct(grounds, grid_id=grid, point=point))

    def _dismiss(self, finding: RecordedFinding, address: Address | None, grounds: Grounds) -> tuple[str, Address | None]:
        """Nothing is wrong: what the check held back or took away on suspicion comes into the register."""
        code = finding.finding.code
        if code in ADDRESS and finding.address_id is None and finding.place and is_complete(finding.place.elements):
            return self._give(finding, finding.place.elements, grounds, join=False)
        if code == "retired" and address and address.status == "retired":
            return "恢复", self._revive(address, grounds)
        if code == "duplicate.household" and finding.household_id in self.bench.households:
            self._part(self.bench.households[finding.household_id], grounds)
            return "分户", address
        return "核对", address

    def _is_alone(self, finding: RecordedFinding, address: Address) -> bool:
        """Whether the address is in use by this finding's household alone, so that it may change under it."""
        household = self.household(finding)
        others = [h for h in self.bench.living_in(address.id) if household is None or h.id != household.id]
        return address.status != "retired" and not others

    def _give(self, finding: RecordedFinding, target: Elements, grounds: Grounds, *, join: bool) -> tuple[str, Address]:
        """The line's house gets this address: its own is corrected, or it moves into the one that stands, or a new one is made.
        join: the address may be another record's, which then is the same door."""
        bench, household, address = self.bench, self.household(finding), self.address(finding)
        key = address_key(bench.community.code, target)
        if address and address.status != "retired" and address.key == key:
            return "核对", address
        holder = bench.holder(key)
        alone = address is not None and self._is_alone(finding, address)
        if self.ruling.exchange:
            return "换号", self._exchanged(address if alone else None, target, holder, grounds)
        if holder and join and alone and address:
            return MERGED, bench.do(address, Merge(grounds, holder))
        if holder and join and household:
            bench.move(household, holder.id, grounds)
            return "入户", holder
        if alone and address:
            return "更正", bench.do(address, Correct(grounds, target))
        return "新编", self._assigned(finding, target, grounds)

    def _exchanged(self, address: Address | None, target: Elements, holder: Address | None, grounds: Grounds) -> Address:
        told = "换号要两边都是在用的地址, 而且这一户的门牌没有别家共用; 不换号的, 不加 --exchange"
        if address is None or holder is None:
            raise Refused("address.nothing_to_exchange", told)
        return self.bench.exchange([(address, Correct(grounds, target)), (holder, Correct(grounds, address.elements))])[0]

    def _assigned(self, finding: RecordedFinding, target: Elements, grounds: Grounds) -> Address:
        household, place = self.household(finding), finding.place or Place(target)
        grid = self.grids.then(place.grid, place.point)
        kind: Literal["household", "public"] = "household" if household else "public"
        assign = Assign(grounds, self.registry.new_id(), self.bench.community.code, target, place.point, grid, kind)
        fresh = self.bench.do(None, assign)
        if household:
            self.bench.move(household, fresh.id, grounds)
        return fresh

    def _revive(self, address: Address, grounds: Grounds) -> Address:
        """Only what the import retired on the list's word: a person's act is undone by `doorplate undo`."""
        story = self.bench.reader.events_of([address.id])
        if [e.version for e in story if e.event.verb == "address.retired"] != [1]:
            raise Refused("address.retired", f"{address.standard_address} 是由人停用的, 请用 doorplate undo 撤销那次停用")
        revived = replace(address, status="proposed", grid_id=self.ground.standing_grid(address))
        return self.bench.put(address, revived, "address.revived", grounds)

    def _part(self, household: Household, grounds: Grounds) -> None:
        """The import had taken two lines for one household; now there is a second one, of which only the door is known."""
        second = Household(self.registry.new_id(), household.community, household.address_id, None, None, "", household.id)
        listed = self.bench.put(None, second, "household.listed", grounds)
        self.bench.put(listed, replace(listed, merged_into=None), "household.parted", grounds)

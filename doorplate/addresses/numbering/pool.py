"""Which numbers may still be given on a street: none that hangs on a wall, none that was ever retired."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from doorplate.addresses.numbering.nouns import HouseNumber
from doorplate.addresses.numbering.rule import Rule


class Pool:
    """taken: numbers in use, spent: numbers that were in use once (rule of the house: never given again)."""

    def __init__(self, rule: Rule, taken: Iterable[HouseNumber], spent: Collection[HouseNumber]) -> None:
        self._rule = rule
        self._spent = frozenset(spent)
        self._taken = set(taken)
        self._plain = self._plain_numbers()

    def free(self, number: int, row: int) -> bool:
        """Whether a house of the row may get the plain number."""
        return self._rule.fits(number, row) and number not in self._plain and HouseNumber(number) not in self._spent

    def between(self, low: int, high: int, row: int) -> list[int]:
        """Free numbers of a row strictly between two, rising."""
        return [n for n in range(max(low + 1, 1), high) if self.free(n, row)]

    def from_(self, number: int, row: int) -> int:
        """The first free number of the row that is not below `number`."""
        while not self.free(number, row):
            number += 1
        return number

    def take(self, house: HouseNumber) -> HouseNumber:
        """Gives a number away."""
        self._taken.add(house)
        if not house.suffix:
            self._plain.add(house.number)
        return house

    def take_suffix(self, base: int) -> HouseNumber:
        """Gives the next 附号 of a number away: above all it has, none used twice."""
        return self.take(self.next_suffix(base))

    def suffix_free(self, house: HouseNumber) -> bool:
        """Whether a number with its 附号 may be given."""
        return house not in self._taken and house not in self._spent

    def give_back(self, houses: Iterable[HouseNumber | None]) -> None:
        """Numbers of doors that will get another one in this same plan."""
        self._taken -= {h for h in houses if h}
        self._plain = self._plain_numbers()

    def next_suffix(self, base: int) -> HouseNumber:
        """The 附号 that would come next."""
        used = [h.suffix for h in self._taken | self._spent if h.number == base]
        return HouseNumber(base, max(used, default=0) + 1)

    def _plain_numbers(self) -> set[int]:
        """Numbers some door has without 附号; the number above an orphaned 附号 may still be given."""
        return {h.number for h in self._taken if not h.suffix}

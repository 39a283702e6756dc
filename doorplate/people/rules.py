"""The rules of `data/people.toml`, or of an office's own people.toml: which officials a page shows, in which order, and after how
many days without confirmation it says so."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from doorplate.errors import InputError

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
RoleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,19}$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RoleRule(_Data):
    """One kind of official. reach: "group" = only at the doors of their own household group."""

    id: RoleId
    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    without: tuple[Word, ...] = ()
    reach: Literal["area", "group"] = "area"
    shown: Literal["always", "alone", "never"] = "always"
    published_at_first: bool = True

    def fits(self, role: str) -> bool:
        return any(word in role for word in self.words) and not any(word in role for word in self.without)


class PeopleRules(_Data):
    """See people.toml for the meaning of each."""

    confirm_within_days: Annotated[int, Field(ge=1, le=3650)]
    others_shown: bool = True
    role: tuple[RoleRule, ...] = ()

    @field_validator("role")
    @classmethod
    def _each_once(cls, value: tuple[RoleRule, ...]) -> tuple[RoleRule, ...]:
        ids = [one.id for one in value]
        if len(set(ids)) < len(ids):
            raise ValueError("同一个 id 写了两次")
        return value

    def rank(self, role: str) -> int:
        """Where a role as written ("社区民警（副所长）") stands: the index of the first entry that fits, after all for others."""
        return next((rank for rank, rule in enumerate(self.role) if rule.fits(role)), len(self.role))

    def rule(self, role: str) -> RoleRule:
        """The entry a role as written falls under; one named "other" where none fits."""
        rank = self.rank(role)
        return self.role[rank] if rank < len(self.role) else _OTHER if self.others_shown else _HIDDEN


_OTHER = RoleRule(id="other", words=("*",))
_HIDDEN = RoleRule(id="other", words=("*",), shown="never")


@cache
def people_rules() -> PeopleRules:
    """The rules that ship with the package."""
    return parse_rules(resources.files("doorplate.people").joinpath("data/people.toml").read_text("utf-8"), "people.toml")


def parse_rules(text: str, name: str) -> PeopleRules:
    """Rules from TOML text; name is what messages call the file. Raises InputError(people.invalid)."""
    try:
        return PeopleRules.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise InputError("people.invalid", f"{name}: 不是正确的 TOML 写法, 请照随软件的样例修改", file=name) from exc
    except ValidationError as exc:
        field = ".".join(str(part) for part in exc.errors()[0]["loc"])
        raise InputError("people.invalid", f"{name}: {field} 的写法不对, 请照随软件的样例修改", file=name) from exc

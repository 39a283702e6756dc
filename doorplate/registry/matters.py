"""Matters for who is signed in: `cases_desk_view.Matters`. What they see and may do is what the member of staff may."""

from __future__ import annotations

from dataclasses import dataclass

from doorplate.errors import NotPermitted
from doorplate.people.account import Actor
from doorplate.people.permission import PermissionRules, areas_of
from doorplate.registry.case_desk import StaffDesk
from doorplate.registry.cases.casework import Casework


@dataclass(frozen=True)
class SignedInMatters:
    """Made once per process."""

    work: Casework
    permissions: PermissionRules

    def desk_for(self, actor: Actor) -> StaffDesk:
        """Raises as `Matters.desk_for`."""
        if not areas_of(actor, "case.work", self.permissions):
            raise NotPermitted("permission.denied", "办理诉求不在您的职责里; 如果应该有, 请找系统管理员", permission="case.work")
        if actor.staff_id is None:
            message = "您的账号还没有对应到通讯录里的人, 诉求不知道该派给谁; 请系统管理员把账号和您本人对上"
            raise NotPermitted("case.no_staff", message)
        return StaffDesk(self.work, actor.staff_id)

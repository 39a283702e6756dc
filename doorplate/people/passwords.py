"""What may be a login and a password. Pure. Lengths and the list of common ones are data (`signin.toml`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise

from doorplate.errors import InputError
from doorplate.people.account import Role
from doorplate.people.signin import PasswordRules

LONGEST = 256  # characters: hashing is costly by design, and nobody types more
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")


def plain_login(text: str) -> str:
    """A login as it is kept and looked up: NFKC, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def new_login(text: str) -> str:
    """The same for a login to be made. Raises InputError(account.login)."""
    login = plain_login(text)
    if not _LOGIN.fullmatch(login):
        raise InputError("account.login", "登录名要 2 到 40 个字符, 只用小写字母、数字和 . _ @ -, 例如 wang.jg")
    return login


def plain_password(text: str) -> str:
    """A password as it is hashed: NFKC, so that a full-width keyboard types the same (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", text)


def require_good(password: str, login: str, name: str, roles: Collection[Role], rules: PasswordRules) -> None:
    """Raises InputError(password.short, password.long, password.common). No mix of signs is demanded: length is what counts."""
    plain = plain_password(password)
    shortest = rules.shortest_sysadmin if "sysadmin" in roles else rules.shortest
    if len(plain) < shortest:
        who = "系统管理员的密码" if "sysadmin" in roles else "密码"
        raise InputError("password.short", f"{who}至少要 {shortest} 个字符", least=shortest)
    if len(plain) > LONGEST:
        raise InputError("password.long", f"密码最多 {LONGEST} 个字符")
    if _is_common(plain.casefold(), login, name, rules):
        raise InputError("password.common", "这个密码太容易猜到: 不要用登录名、姓名、连续或重复的字符, 和常见密码")


def _is_common(password: str, login: str, name: str, rules: PasswordRules) -> bool:
    if password.strip() in rules.common or len(set(password)) < rules.different:
        return True
    bare = re.sub(r"[\W\d_]+", "", password)
    own = {re.sub(r"[\W\d_]+", "", plain_login(one)) for one in (login, name)} - {""}
    return bare in own or password in (login, name.casefold()) or _is_run(password)


def _is_run(text: str) -> bool:
    """Every sign one after the other (12345678, hgfedcba)."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1})

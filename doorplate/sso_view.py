"""What the login page may do with single sign-on: lead to who vouches for staff, and let in whom they sent back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from doorplate.field_view import Session


@dataclass(frozen=True, slots=True)
class Leaving:
    """address: where the browser goes. kept: what it must bring back, sealed; it serves once and for some minutes."""

    address: str
    kept: str


class SingleSignOn(Protocol):
    """Every method may raise Unavailable(sso.away) when the issuer does not answer as it should."""

    @property
    def title(self) -> str:
        """What the button says."""

    def leave(self, back: str, on: str) -> Leaving:
        """back: our own address the issuer sends the browser to. on: the page wanted afterwards."""

    def arrive(self, back: str, told: dict[str, str], kept: str, client: str) -> tuple[Session, str]:
        """told: what the issuer wrote into the address. The session and the page wanted. Raises NotPermitted(sso.refused,
        sso.forged, sso.unknown, account.disabled)."""

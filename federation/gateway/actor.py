"""A partner as an actor: what its agreement reaches, and reading rights alone."""

from typing import Final

from federation.models import AgreementVersion, PartnerKey
from kernel.scoping import NOTHING, Reach

READS: Final = frozenset(
    {"projects.view", "workers.view", "attendance.view", "payroll.view", "integrity.view"}
)


class PartnerActor:
    """A partner's system under one version of an agreement, at one object: scope joins by its reach."""

    kind = "partner"
    place = ""

    def __init__(self, key: PartnerKey, version: AgreementVersion, paths: frozenset[str]) -> None:
        self.partner_key, self.version = key, version
        self._reach = Reach(region_paths=paths)

    @property
    def key(self) -> str:
        return str(self.partner_key.public_id)

    @property
    def label(self) -> str:
        return f"共享单位 {self.partner_key.partner.name}"[:120]

    def may(self, permission: str) -> bool:
        return permission in READS

    def reach(self, permission: str) -> Reach:
        return self._reach if self.may(permission) else NOTHING

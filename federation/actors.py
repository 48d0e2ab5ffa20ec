"""A vendor's system as an actor: the reach of its project, and a fixed set of rights."""

from federation.models import Credential
from kernel.resolvers import enterprise_reach
from kernel.scoping import NOTHING, Reach

# What a site's system may do; approving anybody for a gate is not among it.
PERMISSIONS = frozenset(
    {
        "projects.view",
        "projects.manage_participation",
        "projects.manage_team",
        "workers.view",
        "workers.enrol",
        "workers.enter",
        "attendance.view",
        "attendance.punch",
        "federation.view_requests",
    }
)


class CredentialActor:
    """The system behind an appid, as services and selectors see it."""

    kind = "credential"

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self._reach = _reach(credential)

    @property
    def key(self) -> str:
        return str(self.credential.public_id)

    @property
    def label(self) -> str:
        return f"接口 {self.credential.appid}"

    def may(self, permission: str) -> bool:
        return permission in PERMISSIONS

    def reach(self, permission: str) -> Reach:
        return self._reach if self.may(permission) else NOTHING


def _reach(credential: Credential) -> Reach:
    if credential.project is not None:
        return Reach(projects=frozenset({credential.project.public_id}))
    if credential.enterprise is not None:
        return enterprise_reach(credential.enterprise.public_id)
    return NOTHING

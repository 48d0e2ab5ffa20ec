"""A vendor's system as an actor: the reach of its project, and a fixed set of rights."""

from federation.models import Credential
from kernel.resolvers import enterprise_reach
from kernel.scoping import NOTHING, Reach
from projects.models import Project

# What a site's system may do; approving anybody for a gate is not among it, asking who was approved is.
PERMISSIONS = frozenset(
    {
        "projects.view",
        "projects.state",
        "projects.manage_participation",
        "projects.manage_team",
        "workers.view",
        "workers.enrol",
        "workers.enter",
        "workers.file",
        "attendance.view",
        "attendance.punch",
        "attendance.pull_gate_list",
        "integrity.view",
        "federation.view_requests",
        "payroll.view",
        "payroll.report",
    }
)
# What only the system of a whole enterprise may do: its projects are its own to report.
OF_ENTERPRISES = frozenset({"projects.report"})


class CredentialActor:
    """The system behind an appid, as services and selectors see it.

    Once a call has named its project, its actor reaches that project and nothing else (`at`).
    """

    kind = "credential"

    def __init__(self, credential: Credential, reach: Reach | None = None) -> None:
        self.credential = credential
        self._reach = _reach(credential) if reach is None else reach

    def at(self, project: Project | None) -> "CredentialActor":
        """The same system, at one of its projects; at all of them where a call names none."""
        return CredentialActor(self.credential, _only(project)) if project else self

    @property
    def key(self) -> str:
        return str(self.credential.public_id)

    @property
    def label(self) -> str:
        return f"接口 {self.credential.appid}"

    @property
    def place(self) -> str:
        """Where the system's project lies, for the audit trail."""
        return self.credential.project.region.path if self.credential.project else ""

    def may(self, permission: str) -> bool:
        if permission in OF_ENTERPRISES:
            return self.credential.enterprise is not None
        return permission in PERMISSIONS

    def reach(self, permission: str) -> Reach:
        return self._reach if self.may(permission) else NOTHING


def _only(project: Project) -> Reach:
    return Reach(projects=frozenset({project.public_id}))


def _reach(credential: Credential) -> Reach:
    if credential.project is not None:
        return _only(credential.project)
    if credential.enterprise is not None:
        return enterprise_reach(credential.enterprise.public_id)
    return NOTHING

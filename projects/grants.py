"""What a post on an enterprise opens, and what one person holds on one project beyond any post."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.roles import READ, ROLES
from kernel.resolvers import Grant
from kernel.scoping import Reach
from projects.models import Project, ProjectGrant

# Each permission that guardian may grant on a project, as the acts it stands for.
GRANTED = {
    "stand_in_supervisor": ROLES["supervisor"].permissions,
    "joint_inspection": READ,
}


def enterprise_reach(public_id: UUID) -> Reach:
    """The enterprise itself, and the projects of which it is the responsible contractor or the owner."""
    projects = Project.all_rows.filter(
        Q(contractor__public_id=public_id)
        | Q(participations__enterprise__public_id=public_id, participations__kind="008")
    )
    return Reach(
        projects=frozenset(projects.values_list("public_id", flat=True)), enterprises=frozenset({public_id})
    )


def project_grants(user_pk: int) -> Iterable[Grant]:
    """The grants in force today; each ends by itself after its last day."""
    today = timezone.localdate()
    rows = ProjectGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), user_id=user_pk)
    for codename, project in rows.values_list("permission__codename", "content_object__public_id"):
        yield GRANTED.get(codename, frozenset()), Reach(projects=frozenset({project}))

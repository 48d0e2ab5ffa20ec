"""Enterprises over the REST API."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema

from projects.api.filters import EnterpriseFilters
from projects.api.serializers import EnterpriseSerializer
from projects.models import Enterprise
from projects.selectors import enterprises
from web.api.views import ListRead


@extend_schema(
    summary="企业", description="在管理范围内的项目上参建的企业，及其参建项目数。", tags=["项目与企业"]
)
class EnterprisesView(ListRead):
    """The enterprises that take part in projects within scope."""

    permission = "projects.view"
    model = Enterprise
    serializer_class = EnterpriseSerializer
    filterset_class = EnterpriseFilters
    ordering_fields = {"name": "name", "uscc": "uscc", "works_on": "works_on"}

    def rows(self) -> QuerySet[Enterprise]:
        return enterprises(self.actor)

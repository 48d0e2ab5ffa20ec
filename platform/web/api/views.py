"""What every read of the REST API shares: who asks, with which permission, and no unknown parameter."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import UserActor, actor_of
from kernel.permits import require
from web.api.filters import Ordering

_PAGING = ("page", "page_size")


class Read(GenericAPIView):  # type: ignore[type-arg]  # each subclass names its model
    """A read by an actor who holds `permission`. Query parameters it does not know are refused by name."""

    permission = ""
    model: type[Model]
    parameters: tuple[str, ...] = ()

    @property
    def actor(self) -> UserActor:
        return actor_of(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.permission:
            require(self.actor, self.permission)
        known = self.known_parameters()
        for name in request.query_params:
            if name not in known:
                raise ValidationError({name: _unknown(name, known)})

    def known_parameters(self) -> list[str]:
        """The names that may stand in the query."""
        return list(self.parameters)

    def rows(self) -> QuerySet[Any]:
        """What the actor may see. Subclasses say it with a selector."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        # The schema is drawn without anybody who asks.
        return QuerySet(self.model) if getattr(self, "swagger_fake_view", False) else self.rows()


class ListRead(ListModelMixin, Read):
    """A list: filters, ordering and pages."""

    filter_backends = (DjangoFilterBackend, Ordering)
    filterset_class: Any = None
    # The names to sort by, and the column of each.
    ordering_fields: Mapping[str, str] = MappingProxyType({})

    def known_parameters(self) -> list[str]:
        named = list(self.filterset_class.base_filters) if self.filterset_class else []
        return [*named, *(["ordering"] if self.ordering_fields else []), *_PAGING]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


def _unknown(name: str, known: list[str]) -> str:
    if not known:
        return _("没有名为“{name}”的参数，这个地址不带参数。").format(name=name)
    return _("没有名为“{name}”的参数，可用：{known}。").format(name=name, known="、".join(known))

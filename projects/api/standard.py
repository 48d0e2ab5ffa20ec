"""What interfaces on projects share about the data standard: naming the fields of a refusal; keeping it."""

from collections.abc import Collection
from typing import Any

import structlog
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from projects.models import Project
from projects.services import note_refused_record
from standards.errors import BreaksStandard
from standards.spec import API
from web.api.acts import ActView

EXTRAS_HELP = "数据标准要求、而本内容没有单列的数据元素：代码 → 值；代码见 /api/v1/standards/effective/"


class ExtrasField(serializers.DictField):
    """Further elements of the standard, by code; what they may be is the standard's to say."""

    child = serializers.JSONField(allow_null=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "help_text": EXTRAS_HELP, **kwargs})


class ByStandard(ActView):
    """An act whose record the standard judges; a refusal names the body's fields and is kept for who asks.

    `own_elements`: those that the body itself has a field for; others stand in `extras`.
    """

    object_key = ""
    own_elements: Collection[str] = ()
    project: Project | None = None

    def handle_exception(self, exc: Exception) -> Response:
        request_id = ""
        if isinstance(exc, BreaksStandard):
            exc.name_fields(self.body_field)
            request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
            self._note(exc, request_id)
        answer = super().handle_exception(exc)
        if request_id and isinstance(answer.data, dict):
            answer.data["request_id"] = request_id
        return answer

    def body_field(self, element: str) -> str:
        """Where the body says an element."""
        return element if element in self.own_elements else f"extras.{element}"

    def _note(self, refused: BreaksStandard, request_id: str) -> None:
        """Keep it with its project; of a project that was refused itself there is nothing to keep it with."""
        if self.project is None:
            return
        note_refused_record(
            self.actor,
            self.project,
            refused,
            request_id=request_id,
            object_key=self.object_key,
            channel=API,
            now=timezone.now(),
        )

"""The typical request: check, validate row by row, bulk_create, answer."""

from typing import Any, cast

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tools.bench._typical.models import Call, Credential, Device, Project, Punch
from tools.bench._typical.settling import keep_days
from tools.bench._typical.signing import credential_of


class PunchSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField(min_value=0)
    at = serializers.DateTimeField()
    direction = serializers.ChoiceField(choices=["in", "out"], allow_null=True)
    engagement = serializers.UUIDField()


class Inserted(APIView):
    """Only insert."""

    def post(self, request: Request) -> Response:
        credential, body = credential_of(request), cast("dict[str, Any]", request.data)
        device = get_object_or_404(Device, public_id=body.get("device"), project_id=credential.project_id)
        rows = PunchSerializer(data=body.get("punches"), many=True)
        rows.is_valid(raise_exception=True)
        with transaction.atomic():
            self.keep(request, credential, device, rows.validated_data)
        return Response({"accepted": len(rows.validated_data)}, status=202)

    def keep(self, request: Request, credential: Credential, device: Device, rows: list[Any]) -> None:
        Call.objects.create(
            appid=credential.appid,
            timestamp=int(request.headers["X-Timestamp"]),
            nonce=request.headers["X-Nonce"],
            accepted=len(rows),
        )
        Punch.objects.bulk_create(
            [
                Punch(
                    project_id=credential.project_id,
                    device=device,
                    seq=row["seq"],
                    engagement=row["engagement"],
                    occurred_at=row["at"],
                    direction=row["direction"] or "",
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )


class Settled(Inserted):
    """Insert, resolve people, and keep days and counters right in the same transaction."""

    def keep(self, request: Request, credential: Credential, device: Device, rows: list[Any]) -> None:
        # One request of a project at a time, or two would overwrite each other's days.
        Project.objects.select_for_update().get(pk=credential.project_id)
        super().keep(request, credential, device, rows)
        keep_days(credential.project_id, rows)

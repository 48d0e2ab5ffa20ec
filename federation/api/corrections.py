"""更正申请 for programs: asking the node that owns a record to correct it, and answering for our own."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from federation.api.masters import TAG, ProposalSerializer
from federation.corrections import CORRECTABLE
from federation.selectors.corrections import ANSWER_CORRECTION, copied_row
from federation.selectors.masters import PROPOSE, proposal
from federation.services import answer_correction, ask_correction
from web.api.acts import ActSerializer, ActView

_OBJECTS = "、".join(f"{name} {one.title}" for name, one in CORRECTABLE.items())


class CorrectionBody(ActSerializer):
    """Which record, what of it, what it should say, and on what ground."""

    object = serializers.ChoiceField(choices=[(name, name) for name in CORRECTABLE], help_text=_OBJECTS)
    row = serializers.UUIDField(help_text="记录的 public_id")
    field = serializers.CharField(
        max_length=40, required=False, allow_blank=True, default="", help_text="空为其他内容，在 wish 中写明"
    )
    wish = serializers.CharField(max_length=300, help_text="应改为；不写证件号码、手机号、银行卡号")
    reason = serializers.CharField(max_length=300, help_text="依据")


@extend_schema(
    summary="提出更正申请",
    description="对其他平台维护、本平台保存只读副本的记录；自动送往该平台。",
    tags=[TAG],
)
class AskCorrectionView(ActView):
    """Ask the owner of a copy to correct it."""

    permission = PROPOSE
    serializer_class = CorrectionBody
    answer_class = ProposalSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        kind = data.pop("object")
        row = copied_row(self.actor, kind, data.pop("row"))
        return ask_correction(actor=self.actor, kind=kind, row=row, now=timezone.now(), **data)


class CorrectionAnswerBody(ActSerializer):
    """Whether the record is put right, and why not."""

    accepts = serializers.BooleanField(help_text="采纳，由本平台更正记录")
    answer = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


@extend_schema(summary="答复更正申请", description="只由维护该记录的平台办理。", tags=[TAG])
class AnswerCorrectionView(ActView):
    """Answer for a record of this node."""

    permission = ANSWER_CORRECTION
    serializer_class = CorrectionAnswerBody
    answer_class = ProposalSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = proposal(self.actor, kwargs["public_id"])
        return answer_correction(actor=self.actor, proposal=row, now=timezone.now(), **data)

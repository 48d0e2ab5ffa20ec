"""Acts on partners, agreements and keys over the REST API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from federation import services
from federation.api.sharing import (
    TAG,
    AgreementSerializer,
    KeySerializer,
    OfTheProvince,
    PartnerSerializer,
    VersionSerializer,
)
from federation.gateway.terms import Terms
from federation.selectors import partners as reads
from federation.selectors.partners import APPROVE, MANAGE, VIEW
from federation.services import AgreementFacts, PartnerFacts
from federation.services.partner_keys import Issued
from web.api.acts import ActSerializer, ActView


class PartnerBody(ActSerializer):
    """Who it is and whom to call."""

    name = serializers.CharField(max_length=100, help_text="单位全称")
    sort = serializers.CharField(
        max_length=16, help_text="labour 人社、bank 银行、authority 其他部门、other 其他"
    )
    uscc = serializers.CharField(
        max_length=40, required=False, allow_blank=True, default="", help_text="统一社会信用代码"
    )
    bank_code = serializers.CharField(
        max_length=8, required=False, allow_blank=True, default="", help_text="银行代码；银行必填"
    )
    contact_name = serializers.CharField(max_length=50, help_text="联系人")
    contact_phone = serializers.CharField(max_length=20, help_text="联系电话")


class AddressesBody(ActSerializer):
    """From where a key may be used."""

    addresses = serializers.ListField(
        child=serializers.CharField(max_length=50), help_text="对方系统的出口地址或小的网段，至少一个"
    )


class KeyRotateBody(ActSerializer):
    """Until when the former key may be used."""

    valid_until = serializers.DateTimeField(help_text="旧密钥用到何时")


class BecauseBody(ActSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200, help_text="原因，记入审计")


class NoBody(ActSerializer):
    """An act without a body."""


class AgreementBody(ActSerializer):
    """Why, on which basis, how much, from when to when."""

    purpose = serializers.CharField(max_length=300, help_text="用途；本人也看得到")
    legal_basis = serializers.CharField(max_length=300, help_text="法律依据")
    valid_from = serializers.DateField(help_text="第一天")
    valid_to = serializers.DateField(help_text="最后一天")
    calls_per_minute = serializers.IntegerField(help_text="每分钟最多调用（次）")
    rows_per_day = serializers.IntegerField(help_text="每天最多提供（条）")


class NewAgreementBody(AgreementBody):
    """A number and a title besides."""

    number = serializers.CharField(max_length=40, help_text="协议编号")
    title = serializers.CharField(max_length=100, help_text="协议名称")


class ShareBody(ActSerializer):
    """Which fields may leave, why the full numbers may, and what narrows the rows."""

    vars()["fields"] = serializers.ListField(child=serializers.CharField(max_length=40), help_text="字段")
    bases = serializers.DictField(
        child=serializers.CharField(max_length=200),
        required=False,
        default=dict,
        help_text="完整号码字段 → 依据",
    )
    filters = serializers.DictField(required=False, default=dict, help_text="范围，见 docs/gateway.md")


class ApproveBody(ActSerializer):
    """Which draft was read."""

    version = serializers.IntegerField(help_text="核对过的草稿的 version；之后改过的会被拒绝")


class IssuedKeySerializer(serializers.Serializer[Issued]):
    """A fresh key, its secret told once."""

    public_id = serializers.UUIDField(source="key.public_id")
    secret = serializers.CharField(help_text="密钥；同一 Idempotency-Key 重发可再次取得")


class _Act(OfTheProvince, ActView):
    permission = MANAGE
    status = 200


@extend_schema(summary="登记共享单位", description="只在省级平台。", tags=[TAG])
class NewPartnerView(_Act):
    """Enter a partner."""

    serializer_class = PartnerBody
    answer_class = PartnerSerializer
    status = 201

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return services.create_partner(actor=self.actor, facts=PartnerFacts(**data))


@extend_schema(summary="修改共享单位", tags=[TAG])
class EditPartnerView(_Act):
    """Change who a partner is or whom to call."""

    serializer_class = PartnerBody
    answer_class = PartnerSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.partner(self.actor, kwargs["public_id"])
        return services.edit_partner(actor=self.actor, partner=row, facts=PartnerFacts(**data))


@extend_schema(summary="签发共享密钥", tags=[TAG])
class IssueKeyView(_Act):
    """A key, its secret told once."""

    serializer_class = AddressesBody
    answer_class = IssuedKeySerializer
    status = 201

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.partner(self.actor, kwargs["public_id"])
        return services.issue_partner_key(actor=self.actor, partner=row, **data)


@extend_schema(summary="轮换共享密钥", tags=[TAG])
class RotateKeyView(_Act):
    """A new key beside the old one."""

    serializer_class = KeyRotateBody
    answer_class = IssuedKeySerializer
    status = 201

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.partner_key(self.actor, kwargs["public_id"])
        return services.rotate_partner_key(actor=self.actor, key=row, **data)


@extend_schema(summary="设置共享密钥的地址", tags=[TAG])
class LimitKeyView(_Act):
    """From where a key may be used."""

    serializer_class = AddressesBody
    answer_class = KeySerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.partner_key(self.actor, kwargs["public_id"])
        return services.limit_partner_key(actor=self.actor, key=row, **data)


@extend_schema(summary="撤销共享密钥", tags=[TAG])
class RevokeKeyView(_Act):
    """End a key at once."""

    serializer_class = BecauseBody
    answer_class = KeySerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.partner_key(self.actor, kwargs["public_id"])
        return services.revoke_partner_key(actor=self.actor, key=row, **data)


@extend_schema(summary="起草共享协议", description="批准之前不提供任何数据。", tags=[TAG])
class DraftView(_Act):
    """Begin an agreement."""

    serializer_class = NewAgreementBody
    answer_class = VersionSerializer
    status = 201

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        number, title = data.pop("number"), data.pop("title")
        return services.draft_agreement(
            actor=self.actor,
            partner=reads.partner(self.actor, kwargs["public_id"]),
            number=number,
            title=title,
            facts=AgreementFacts(**data),
        )


@extend_schema(summary="起草共享协议的新版本", tags=[TAG])
class ReviseView(_Act):
    """Begin the next version."""

    serializer_class = NoBody
    answer_class = VersionSerializer
    status = 201

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.agreement(self.actor, kwargs["public_id"])
        return services.revise_agreement(actor=self.actor, agreement=row)


class _OnVersion(_Act):
    answer_class: type[serializers.BaseSerializer[Any]] | None = VersionSerializer

    def version_of(self, kwargs: dict[str, Any]) -> Any:
        """The version that the address names. Raises NotFound."""
        return reads.agreement_version(self.actor, kwargs["public_id"])


@extend_schema(summary="修改共享协议草稿", tags=[TAG])
class EditDraftView(_OnVersion):
    """Purpose, basis, quota and days of a draft."""

    serializer_class = AgreementBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row, facts = self.version_of(kwargs), AgreementFacts(**data)
        return services.edit_agreement(actor=self.actor, version=row, facts=facts)


@extend_schema(summary="约定提供的数据对象", tags=[TAG])
class ShareView(_OnVersion):
    """What of one object may leave."""

    serializer_class = ShareBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row, terms = self.version_of(kwargs), Terms(**data)
        return services.share_object(actor=self.actor, version=row, shared=kwargs["shared"], terms=terms)


@extend_schema(summary="从草稿移除数据对象", tags=[TAG])
class WithholdView(_OnVersion):
    """Take an object out of a draft."""

    serializer_class = NoBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = self.version_of(kwargs)
        return services.withhold_object(actor=self.actor, version=row, shared=kwargs["shared"])


@extend_schema(summary="删除共享协议草稿", tags=[TAG])
class DropView(_OnVersion):
    """Delete a draft."""

    serializer_class = NoBody
    answer_class = None

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        services.drop_agreement_draft(actor=self.actor, version=self.version_of(kwargs))


@extend_schema(summary="批准共享协议", description="须由没有参与起草的人员办理。", tags=[TAG])
class ApproveView(_OnVersion):
    """Put a draft in force from its first day on."""

    permission = APPROVE
    serializer_class = ApproveBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row, read = self.version_of(kwargs), data["version"]
        return services.approve_agreement(actor=self.actor, version=row, expected_version=read)


@extend_schema(summary="暂停共享协议", tags=[TAG])
class SuspendView(_Act):
    """Stop an agreement at once."""

    permission = VIEW
    serializer_class = BecauseBody
    answer_class = AgreementSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.agreement(self.actor, kwargs["public_id"])
        return services.suspend_agreement(actor=self.actor, agreement=row, **data)


@extend_schema(summary="恢复共享协议", tags=[TAG])
class ResumeView(_Act):
    """Let a suspended agreement hold again."""

    permission = APPROVE
    serializer_class = NoBody
    answer_class = AgreementSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reads.agreement(self.actor, kwargs["public_id"])
        return services.resume_agreement(actor=self.actor, agreement=row)

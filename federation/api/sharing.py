"""Partners and sharing agreements over the REST API: what the pages of 对外共享 show and do."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from federation.gateway.policy import require_the_province
from federation.models import (
    AgreementVersion,
    GatewayLog,
    GatewayRefusal,
    Partner,
    PartnerKey,
    SharingAgreement,
)
from federation.selectors import partners as reads
from federation.selectors.partners import VIEW
from federation.web.sharing import agreement_state, key_state
from web.api.views import ListRead, Read

TAG = "对外共享"


class OfTheProvince(Read):
    """A read or act of the gateway: any other node says why it serves nobody outside."""

    permission = VIEW

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_the_province()


class PartnerRefSerializer(serializers.Serializer[Partner]):
    """A partner by name."""

    public_id = serializers.UUIDField()
    name = serializers.CharField(help_text="单位名称")


class PartnerSerializer(PartnerRefSerializer):
    """A body outside housing that receives data."""

    sort = serializers.CharField(help_text="labour 人社、bank 银行、authority 其他部门、other 其他")
    uscc = serializers.CharField(help_text="统一社会信用代码")
    bank_code = serializers.CharField(help_text="银行代码；不是银行的为空")
    contact_name = serializers.CharField(help_text="联系人")
    entered_by = serializers.CharField(help_text="登记人")
    created_at = serializers.DateTimeField(help_text="登记时间")
    last_call_at = serializers.DateTimeField(allow_null=True, default=None, help_text="最近读取")


class KeySerializer(serializers.Serializer[PartnerKey]):
    """A partner's key; the secret is told once, when it is issued."""

    public_id = serializers.UUIDField()
    partner = PartnerRefSerializer()
    hint = serializers.CharField(help_text="末四位")
    allowed_addresses = serializers.ListField(child=serializers.CharField(), help_text="允许的地址")
    valid_until = serializers.DateTimeField(allow_null=True, help_text="被轮换的密钥用到何时")
    revoked_at = serializers.DateTimeField(allow_null=True, help_text="撤销时间")
    state = serializers.SerializerMethodField(help_text="状态，一句话")

    def get_state(self, row: PartnerKey) -> str:
        return key_state(row)[1]


class VersionSerializer(serializers.Serializer[AgreementVersion]):
    """One version of an agreement with all that it lets out."""

    public_id = serializers.UUIDField()
    ordinal = serializers.IntegerField(help_text="第几版")
    version = serializers.IntegerField(help_text="草稿每改一次加一；批准时写明核对的是哪一次")
    state = serializers.CharField(help_text="draft 草稿、approved 已批准")
    purpose = serializers.CharField(help_text="用途")
    legal_basis = serializers.CharField(help_text="法律依据")
    valid_from = serializers.DateField(help_text="第一天")
    valid_to = serializers.DateField(help_text="最后一天")
    calls_per_minute = serializers.IntegerField(help_text="每分钟最多调用（次）")
    rows_per_day = serializers.IntegerField(help_text="每天最多提供（条）")
    terms = serializers.JSONField(help_text="数据对象 → fields 字段、bases 完整号码的依据、filters 范围")
    drafted_by = serializers.CharField(help_text="起草人")
    approved_by = serializers.CharField(help_text="批准人；未批准为空")
    approved_at = serializers.DateTimeField(allow_null=True, help_text="批准时间")


class AgreementSerializer(serializers.Serializer[SharingAgreement]):
    """An agreement and its versions."""

    public_id = serializers.UUIDField()
    number = serializers.CharField(help_text="协议编号")
    title = serializers.CharField(help_text="协议名称")
    partner = PartnerRefSerializer()
    state = serializers.SerializerMethodField(help_text="状态，一句话")
    suspended_at = serializers.DateTimeField(allow_null=True, help_text="暂停时间")
    suspended_because = serializers.CharField(help_text="暂停原因")
    versions = serializers.SerializerMethodField(help_text="各版本，新的在前")

    def get_state(self, row: SharingAgreement) -> str:
        return agreement_state(row, timezone.localdate())[1]

    @extend_schema_field(VersionSerializer(many=True))
    def get_versions(self, row: SharingAgreement) -> Any:
        rows = sorted(row.versions.all(), key=lambda one: -one.ordinal)
        return [VersionSerializer(one).data for one in rows]


class LogSerializer(serializers.Serializer[GatewayLog]):
    """One answered call: what left, to whom."""

    public_id = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="时间")
    partner = PartnerRefSerializer()
    agreement = serializers.CharField(source="version.agreement.number", help_text="协议编号")
    ordinal = serializers.IntegerField(source="version.ordinal", help_text="第几版")
    object = serializers.CharField(source="shared", help_text="数据对象")
    vars()["fields"] = serializers.ListField(child=serializers.CharField(), help_text="字段")
    asked = serializers.JSONField(help_text="对方另加的条件")
    rows = serializers.IntegerField(help_text="条数")
    address = serializers.CharField(help_text="来自")


class RefusalSerializer(serializers.Serializer[GatewayRefusal]):
    """Refused calls of one minute, caller and reason."""

    last_at = serializers.DateTimeField(help_text="最近一次")
    partner = PartnerRefSerializer(allow_null=True)
    object = serializers.CharField(source="shared", help_text="数据对象；不明为空")
    code = serializers.CharField(help_text="原因代码")
    sentence = serializers.CharField(help_text="原因")
    number = serializers.IntegerField(help_text="这一分钟的次数")
    address = serializers.CharField(help_text="来自")


class OfPartnerFilters(django_filters.FilterSet):
    """Of one partner."""

    partner = django_filters.UUIDFilter(field_name="partner__public_id", label="共享单位的 public_id")


@extend_schema(summary="共享单位", tags=[TAG])
class PartnersView(OfTheProvince, ListRead):
    """Who outside is served."""

    model = Partner
    serializer_class = PartnerSerializer

    def rows(self) -> QuerySet[Partner]:
        return reads.partners(self.actor)


@extend_schema(summary="共享协议", tags=[TAG])
class AgreementsView(OfTheProvince, ListRead):
    """What was agreed, version by version."""

    model = SharingAgreement
    serializer_class = AgreementSerializer
    filterset_class = OfPartnerFilters

    def rows(self) -> QuerySet[SharingAgreement]:
        return reads.agreements(self.actor)


@extend_schema(summary="对外提供记录", tags=[TAG])
class HandedOutView(OfTheProvince, ListRead):
    """What left."""

    model = GatewayLog
    serializer_class = LogSerializer
    filterset_class = OfPartnerFilters

    def rows(self) -> QuerySet[GatewayLog]:
        return reads.handed_out(self.actor)


@extend_schema(summary="对外共享的拒绝记录", tags=[TAG])
class TurnedAwayView(OfTheProvince, ListRead):
    """What did not leave."""

    model = GatewayRefusal
    serializer_class = RefusalSerializer
    filterset_class = OfPartnerFilters

    def rows(self) -> QuerySet[GatewayRefusal]:
        return reads.turned_away(self.actor)

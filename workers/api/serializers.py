"""People's work, contracts and trainings as the REST API shows them. Numbers of people are masked."""

from typing import Any

from rest_framework import serializers

from projects.api.serializers import CodeNameField, EnterpriseRefSerializer, ProjectRefSerializer
from workers.models import Certificate, CollectionPoint, Contract, Engagement, Training

_WARNINGS = "已办理，但请核对：例如与另一份合同的日期重复；没有则为空"


class WorkRefSerializer(serializers.Serializer[Engagement]):
    """One person's work on one project, as an act leaves it."""

    public_id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="修改时作为 version 送回，他人已改则返回 409")
    project = ProjectRefSerializer()
    enterprise = EnterpriseRefSerializer(source="participation.enterprise")
    team = serializers.UUIDField(source="team.public_id", help_text="班组的 public_id")
    name = serializers.CharField(source="person.name")
    id_number = serializers.CharField(source="person.masked_number", help_text="脱敏证件号码")
    trade = serializers.CharField(help_text="工种代码")
    trade_name = CodeNameField("trade", source="trade")
    phone = serializers.CharField(source="masked_phone", help_text="脱敏手机号")
    card = serializers.CharField(source="masked_card", help_text="脱敏工资卡号")


class EnrolledSerializer(WorkRefSerializer):
    """Somebody taken on, and what to look at again."""

    warnings = serializers.ListField(child=serializers.CharField(), help_text=_WARNINGS)


class FoundSerializer(serializers.Serializer[Any]):
    """What a look-up tells: the state, and the person's work within one's own scope."""

    state = serializers.CharField(
        help_text="new 平台没有此人、known 姓名一致、other_name 号码已用另一姓名登记"
    )
    engagements = WorkRefSerializer(source="work", many=True, help_text="您可见的登记；不含其他")


class _Paper(serializers.Serializer[Any]):
    public_id = serializers.UUIDField()
    engagement = serializers.UUIDField(source="engagement.public_id", help_text="用工的 public_id")


class ContractSerializer(_Paper):
    """A labour contract or written work agreement."""

    kind = serializers.CharField(help_text="labour 劳动合同、agreement 用工书面协议")
    period_type = serializers.CharField(help_text="期限类型代码：0 固定期限、1 以完成一定工作为期限")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    wage_form = serializers.CharField(help_text="day 按日、month 按月、hour 按小时、piece 计件；空为未约定")
    unit = serializers.CharField(help_text="计量单位代码")
    unit_price = serializers.DecimalField(18, 2, allow_null=True, help_text="单价，元")
    has_scan = serializers.SerializerMethodField(help_text="是否上传了扫描件；在页面查看")
    ended_on = serializers.DateField(allow_null=True, help_text="提前解除的日期；与开始日期相同的从未生效")
    end_reason = serializers.CharField()
    recorded_by = serializers.CharField()

    def get_has_scan(self, contract: Contract) -> bool:
        return bool(contract.scan)


class KeptContractSerializer(ContractSerializer):
    """A contract as an act leaves it, and what to look at again."""

    warnings = serializers.ListField(child=serializers.CharField(), help_text=_WARNINGS)


class TrainingSerializer(_Paper):
    """A training."""

    kind = serializers.CharField(help_text="培训类型代码")
    kind_name = CodeNameField("training_type", source="kind")
    held_on = serializers.DateField()
    valid_to = serializers.DateField()
    hours = serializers.DecimalField(6, 1)
    is_passed = serializers.BooleanField()
    trainer = serializers.CharField()
    has_evidence = serializers.SerializerMethodField(help_text="是否上传了培训记录；在页面查看")
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="撤回时间；撤回的不再计入")
    withdrawal_reason = serializers.CharField()
    recorded_by = serializers.CharField()

    def get_has_evidence(self, training: Training) -> bool:
        return bool(training.evidence)


class TrainingsSerializer(serializers.Serializer[Any]):
    """Trainings that were recorded together."""

    trainings = TrainingSerializer(many=True)


class CertificateSerializer(serializers.Serializer[Certificate]):
    """A certificate of a person; its number is masked."""

    public_id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="修改时作为 version 送回，他人已改则返回 409")
    engagement = serializers.UUIDField(
        source="work", allow_null=True, default=None, help_text="您可见的一条用工"
    )
    name = serializers.CharField(source="person.name")
    kind = serializers.CharField(help_text="证书类型代码")
    kind_name = CodeNameField("certificate_kind", source="kind")
    level = serializers.CharField(help_text="等级代码")
    number = serializers.CharField(source="masked_number", help_text="脱敏编号")
    issuer = serializers.CharField(help_text="发证机关")
    issued_on = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="空为长期有效")
    status = serializers.CharField(help_text="状态代码：1 有效、2 注销、3 暂扣、4 过期")
    recorded_by = serializers.CharField()


class CollectionPointSerializer(serializers.Serializer[CollectionPoint]):
    """Where on a site identities are taken."""

    public_id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="修改时作为 version 送回，他人已改则返回 409")
    project = ProjectRefSerializer()
    name = serializers.CharField()
    location = serializers.CharField(help_text="在工地的什么地方")
    equipment = serializers.CharField(help_text="设备")
    operator = serializers.CharField(help_text="操作人")
    has_key = serializers.BooleanField(help_text="读卡结果是否有签名")
    closed_at = serializers.DateTimeField(allow_null=True, help_text="停用时间")

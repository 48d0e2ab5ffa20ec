"""Contracts on paper, training sessions and enterprises' own rules as the REST API shows them."""

from typing import Any

from rest_framework import serializers

from projects.api.serializers import CodeNameField, ProjectRefSerializer
from workers.models import ContractPaper


class PaperSerializer(serializers.Serializer[ContractPaper]):
    """A contract on its way; the worker's whole number stands on the printed paper only."""

    public_id = serializers.UUIDField()
    version = serializers.IntegerField()
    number = serializers.CharField(help_text="合同编号")
    state = serializers.CharField(help_text="draft 草稿、signing 签订中、active 已生效、void 已作废")
    engagement = serializers.UUIDField(source="engagement.public_id", help_text="用工的 public_id")
    name = serializers.CharField(source="engagement.person.name")
    kind = serializers.CharField(source="wording.kind", help_text="labour、agreement")
    wording = serializers.IntegerField(source="wording.number", help_text="文本版本")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    wage_form = serializers.CharField()
    unit = serializers.CharField()
    unit_price = serializers.DecimalField(18, 2)
    pay_day = serializers.IntegerField()
    workplace = serializers.CharField()
    duties = serializers.CharField()
    has_scan = serializers.SerializerMethodField(help_text="是否已上传签字页")
    made_by = serializers.CharField()
    scanned_by = serializers.CharField()
    verified_by = serializers.CharField()
    returned_reason = serializers.CharField(help_text="签字页被退回的理由")
    void_reason = serializers.CharField()

    def get_has_scan(self, paper: ContractPaper) -> bool:
        return bool(paper.scan)


class PapersSerializer(serializers.Serializer[Any]):
    """Contracts that were made together."""

    papers = PaperSerializer(many=True)


class ClauseSerializer(serializers.Serializer[Any]):
    """A clause."""

    heading = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the body has a field of that name


class WordingSerializer(serializers.Serializer[Any]):
    """A version of a project's text."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()
    kind = serializers.CharField(help_text="labour、agreement")
    number = serializers.IntegerField(help_text="版本")
    clauses = ClauseSerializer(many=True)
    note = serializers.CharField()
    edited_by = serializers.CharField()


class SessionSerializer(serializers.Serializer[Any]):
    """A training session."""

    public_id = serializers.UUIDField()
    version = serializers.IntegerField()
    project = ProjectRefSerializer()
    name = serializers.CharField()
    kind = serializers.CharField(help_text="培训类型代码")
    kind_name = CodeNameField("training_type", source="kind")
    held_on = serializers.DateField()
    hours = serializers.DecimalField(6, 1)
    trainer = serializers.CharField()
    place_name = serializers.CharField()
    state = serializers.CharField(help_text="open 进行中、closed 已结束、cancelled 已取消")
    state_reason = serializers.CharField()


class AttendanceSerializer(serializers.Serializer[Any]):
    """One person at a session."""

    public_id = serializers.UUIDField()
    session = serializers.UUIDField(source="session.public_id")
    engagement = serializers.UUIDField(source="engagement.public_id", help_text="用工的 public_id")
    name = serializers.CharField(source="engagement.person.name")
    how = serializers.CharField(help_text="list 名单、code 扫码")
    score = serializers.DecimalField(4, 1, allow_null=True)
    is_passed = serializers.BooleanField(allow_null=True)
    made_up_on = serializers.DateField(allow_null=True, help_text="补考日期")


class AttendancesSerializer(serializers.Serializer[Any]):
    """Several people at a session."""

    attendance = AttendanceSerializer(many=True)


class PolicySerializer(serializers.Serializer[Any]):
    """A version of an enterprise's document."""

    public_id = serializers.UUIDField()
    participation = serializers.UUIDField(source="participation.public_id")
    enterprise = serializers.CharField(source="participation.enterprise.name")
    project = ProjectRefSerializer(source="participation.project")
    title = serializers.CharField()
    document = serializers.CharField(help_text="文号")
    number = serializers.IntegerField(help_text="版本")
    effective_on = serializers.DateField()
    filed_by = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawal_reason = serializers.CharField()


class PoliciesSerializer(serializers.Serializer[Any]):
    """Documents that were filed together."""

    policies = PolicySerializer(many=True)

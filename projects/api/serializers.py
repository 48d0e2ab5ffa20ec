"""Projects, permits and parties as the REST API shows them."""

from typing import Any

from rest_framework import serializers

from projects.models import Enterprise, Participation, Permit, Project, Team
from standards.selectors import code_name


class CodeNameField(serializers.CharField):
    """The name of a code beside the code itself."""

    def __init__(self, code_list: str, **kwargs: Any) -> None:
        self.code_list = code_list
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return code_name(self.code_list, value)


class RegionRefSerializer(serializers.Serializer[Any]):
    """A region, by code."""

    code = serializers.CharField()
    name = serializers.CharField()


class EnterpriseRefSerializer(serializers.Serializer[Enterprise]):
    """An enterprise, by unified social credit code."""

    public_id = serializers.UUIDField()
    uscc = serializers.CharField(help_text="统一社会信用代码")
    name = serializers.CharField()


class ProjectRefSerializer(serializers.Serializer[Project]):
    """A project, by code."""

    public_id = serializers.UUIDField()
    code = serializers.CharField(help_text="项目编码")
    name = serializers.CharField()


class EnterpriseSerializer(EnterpriseRefSerializer):
    """An enterprise that takes part in projects within scope."""

    record_source = serializers.CharField(source="source", help_text="master 四库一平台、reported 填报")
    works_on = serializers.IntegerField(help_text="在您管理范围内参建的项目数")


class PermitSerializer(serializers.Serializer[Permit]):
    """A construction permit."""

    number = serializers.CharField(help_text="施工许可证编号")
    works_name = serializers.CharField()
    issued_on = serializers.DateField()
    amount = serializers.DecimalField(18, 2, allow_null=True, help_text="合同价格，元")


class ParticipationSerializer(serializers.Serializer[Participation]):
    """An enterprise taking part in the project."""

    public_id = serializers.UUIDField()
    enterprise = EnterpriseRefSerializer()
    kind = serializers.CharField(help_text="参建单位类型代码")
    kind_name = CodeNameField("participation_kind", source="kind")
    entered_on = serializers.DateField(allow_null=True)
    exited_on = serializers.DateField(allow_null=True)
    manager_name = serializers.CharField()


class TeamSerializer(serializers.Serializer[Team]):
    """A team."""

    public_id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="班组编号（teamSysNo）")
    name = serializers.CharField()
    is_management = serializers.BooleanField()
    responsible_name = serializers.CharField()
    enterprise = EnterpriseRefSerializer(source="participation.enterprise")

"""Gaps and notices as the REST API shows and takes them."""

from typing import Any

from rest_framework import serializers

from integrity import wording
from integrity.models import SupervisionNotice
from integrity.selectors.gaps import Gap
from projects.api.serializers import EnterpriseRefSerializer, ProjectRefSerializer
from projects.models import Participation
from projects.selectors import participations
from web.api.acts import ActSerializer, Base64FileField, RowRef


class GapSerializer(serializers.Serializer[Gap]):
    """One gap of a site today."""

    key = serializers.CharField(help_text="发通知单时填写的键")
    kind = serializers.CharField(
        help_text="uncontracted 未签合同、untrained 未培训、unmatched 对不上人的打卡、"
        "absent_post 关键岗位缺勤、vacant_post 关键岗位空缺、"
        "silent_device 设备失联、silent_project 全场无打卡"
    )
    level = serializers.CharField(help_text="red 已超过规定、amber 需要核实")
    number = serializers.IntegerField()
    days = serializers.IntegerField(help_text="已持续的整天数")
    since = serializers.DateField(allow_null=True)
    name = serializers.SerializerMethodField()
    fact = serializers.SerializerMethodField()

    def get_name(self, gap: Gap) -> str:
        return wording.title(gap)

    def get_fact(self, gap: Gap) -> str:
        return wording.fact(gap)


class SiteGapsSerializer(serializers.Serializer[Any]):
    """A site's gaps at an instant."""

    project = ProjectRefSerializer()
    day = serializers.DateField(help_text="考勤日")
    as_of = serializers.DateTimeField()
    inside = serializers.IntegerField(help_text="现在场内：末次打卡为进")
    on_site = serializers.IntegerField(source="project.on_site", allow_null=True, help_text="在册在场")
    posts_present = serializers.IntegerField(source="project.posts_present", allow_null=True)
    posts_required = serializers.IntegerField(source="project.posts_required", allow_null=True)
    gaps = GapSerializer(many=True)
    settled = serializers.ListField(child=serializers.CharField(), help_text="已核对、没有缺口的项")


class AddresseeSerializer(serializers.Serializer[Participation]):
    """The firm that a notice goes to."""

    participation = serializers.UUIDField(source="public_id")
    enterprise = EnterpriseRefSerializer()
    kind = serializers.CharField(help_text="参建单位类型代码")


class NoticeSerializer(serializers.Serializer[SupervisionNotice]):
    """A supervision notice in a list."""

    public_id = serializers.UUIDField()
    number = serializers.CharField(help_text="编号；草稿为空")
    version = serializers.IntegerField()
    project = ProjectRefSerializer()
    addressee = AddresseeSerializer()
    state = serializers.CharField(source="stands", help_text="现在的状态，按时限当场推算")
    is_overdue = serializers.BooleanField(source="is_late")
    found_on = serializers.DateField(help_text="核查日期")
    issued_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    delivered_by_rule = serializers.BooleanField(help_text="未打开，按规则视为送达")
    deadline_at = serializers.DateTimeField(allow_null=True, help_text="整改期限，某日 24:00")
    extended_at = serializers.DateTimeField(allow_null=True)
    overdue_at = serializers.DateTimeField(allow_null=True, help_text="曾逾期的时刻，闭合后保留")
    closed_at = serializers.DateTimeField(allow_null=True)


class ItemSerializer(serializers.Serializer[Any]):
    """An item of a notice with its evidence."""

    position = serializers.IntegerField()
    gap = serializers.CharField(help_text="缺口的键")
    title = serializers.CharField()
    fact = serializers.CharField()
    clause = serializers.CharField(help_text="依据")
    measure = serializers.CharField(help_text="整改要求")
    facts = serializers.DictField(help_text="证据：数量、日期，以及用工、打卡、设备的 public_id")


class FileSerializer(serializers.Serializer[Any]):
    """A file of an answer; its content is at /api/v1/notices/files/{public_id}/."""

    public_id = serializers.UUIDField()
    media = serializers.CharField(help_text="image 图片、pdf")
    name = serializers.CharField()


class AnswerSerializer(serializers.Serializer[Any]):
    """What was done about one item."""

    position = serializers.IntegerField(source="item.position")
    text = serializers.CharField()
    files = FileSerializer(many=True)


class ReplySerializer(serializers.Serializer[Any]):
    """An answer to the whole notice, and what became of it."""

    public_id = serializers.UUIDField()
    round = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    is_late = serializers.BooleanField()
    verdict = serializers.CharField(help_text="waiting 待复查、accepted 已接受、returned 已退回")
    reason = serializers.CharField()
    answers = AnswerSerializer(many=True)


class EventSerializer(serializers.Serializer[Any]):
    """A step of the notice's life."""

    at = serializers.DateTimeField()
    act = serializers.CharField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    by = serializers.CharField()
    reason = serializers.CharField()


class ReadingSerializer(serializers.Serializer[Any]):
    """When a side first opened the notice."""

    side = serializers.CharField(help_text="addressee、supervisor、owner、regulator")
    at = serializers.DateTimeField()
    by = serializers.CharField()


class NoticeRecordSerializer(NoticeSerializer):
    """One notice with all that hangs on it."""

    items = ItemSerializer(many=True)
    replies = ReplySerializer(many=True)
    events = EventSerializer(many=True)
    readings = ReadingSerializer(many=True)


def _firms(view: Any) -> Any:
    return participations(view.actor, view.project)


class DraftSerializer(ActSerializer):
    """Which gaps, and to whom."""

    gaps = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=30, help_text="缺口的键"
    )
    addressee = RowRef(
        rows=_firms, required=False, allow_null=True, default=None, help_text="参建的 public_id；空为总承包"
    )


class MeasureSerializer(ActSerializer):
    """What is required of an item."""

    position = serializers.IntegerField(min_value=1, max_value=99)
    measure = serializers.CharField(max_length=400)


class IssueSerializer(ActSerializer):
    """Until when, and what is required."""

    deadline_on = serializers.DateField(help_text="期限日，按当日 24:00 计")
    measures = MeasureSerializer(many=True, required=False, default=list)
    version = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="读到的 version；已被改动则拒绝（409）"
    )


class NothingSerializer(ActSerializer):
    """No body."""


class AcceptSerializer(ActSerializer):
    """Why, where something still stands."""

    note = serializers.CharField(
        max_length=400,
        required=False,
        allow_blank=True,
        default="",
        help_text="今天核对仍有未补齐的事项时必填（至少 4 个字），写明为什么仍接受",
    )


class GivenAnswerSerializer(ActSerializer):
    """What was done about one item."""

    position = serializers.IntegerField(min_value=1, max_value=99)
    text = serializers.CharField(max_length=1000)
    files = serializers.ListField(child=Base64FileField(), required=False, default=list, max_length=20)


class GivenReplySerializer(ActSerializer):
    """An answer to every item."""

    answers = serializers.ListField(child=GivenAnswerSerializer(), min_length=1, max_length=99)


class ReturnSerializer(ActSerializer):
    """Why, and until when."""

    reason = serializers.CharField(max_length=400)
    deadline_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="新期限；逾期的不填"
    )


class ExtendSerializer(ActSerializer):
    """Why, and until when."""

    reason = serializers.CharField(max_length=400)
    deadline_on = serializers.DateField(help_text="延长后的期限日")

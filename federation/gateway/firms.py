"""What may be shared of enterprises and projects: the register and what authorities decided."""

from federation.gateway.kinds import Field, Shared, by_key
from federation.gateway.people import WORK
from integrity.models import CreditRecord
from projects.models import Enterprise, Project
from standards.spec import OPEN


def _id() -> Field:
    return Field("id", "记录标识", "public_id", WORK, OPEN, "同一条记录不变；增量更新时按它覆盖", "id")


ENTERPRISES = Shared(
    "enterprises",
    "企业",
    "在范围内的项目上参建的企业。",
    Enterprise,
    by_key(
        _id(),
        Field("uscc", "统一社会信用代码", "uscc", "914200990000000XX0", OPEN),
        Field("name", "企业名称", "name", "某某建筑工程有限公司", OPEN),
        Field("source", "来源", "source", "master", OPEN, "master 四库一平台，reported 填报"),
    ),
    {"enterprises": "uscc"},
)

PROJECTS = Shared(
    "projects",
    "项目",
    "实名制管理的项目：所在地、总承包、状态、工期。",
    Project,
    by_key(
        _id(),
        Field("code", "项目编码", "code", "420001202601010101", OPEN),
        Field("name", "项目名称", "name", "某某家园一期", OPEN),
        Field("region_code", "所在地", "region__code", "420106", OPEN, "GB/T 2260 六位编码"),
        Field("contractor_uscc", "总承包统一社会信用代码", "contractor__uscc", "914200990000000XX0", OPEN),
        Field("contractor_name", "总承包单位", "contractor__name", "某某建筑工程有限公司", OPEN),
        Field("owner_name", "建设单位", "owner_name", "某某置业有限公司", OPEN),
        Field("category", "项目分类", "category", "01", OPEN, "按代码表", code_list="project_class"),
        Field("status", "项目状态", "status", "003", OPEN, "按代码表", code_list="project_status"),
        Field("address", "地址", "address", "某某路 1 号"),
        Field("building_area", "建筑面积（平方米）", "building_area", "12000.00", kind="amount"),
        Field("investment", "总投资（万元）", "investment", "8000.000000", kind="amount"),
        Field("starts_on", "开工日期", "starts_on", "2026-01-05", OPEN, kind="day"),
        Field("completes_on", "竣工日期", "completes_on", None, OPEN, kind="day"),
    ),
    {"projects": "code", "enterprises": "contractor__uscc", "statuses": "status"},
)

CREDIT = Shared(
    "credit",
    "企业诚信记录",
    "主管部门对企业作出的良好行为、不良行为和黑名单决定。个人的信用记录不对外提供。",
    CreditRecord,
    by_key(
        _id(),
        Field("uscc", "统一社会信用代码", "enterprise__uscc", "914200990000000XX0", OPEN),
        Field("enterprise_name", "企业名称", "enterprise__name", "某某建筑工程有限公司", OPEN),
        Field("record_kind", "类别", "record_kind", "good", OPEN, "good 良好，bad 不良，blacklist 黑名单"),
        Field("behaviour", "行为代码", "behaviour", "102", OPEN),
        Field("content", "内容", "content", "技能竞赛一等奖", OPEN),
        Field("authority", "决定机关", "authority", "某某住房和城乡建设局", OPEN),
        Field("document", "决定文号", "document", "表彰决定 9 号", OPEN),
        Field("region_code", "决定机关所在地", "region__code", "420106", OPEN, "GB/T 2260 六位编码"),
        Field("decided_on", "决定日期", "decided_on", "2026-06-01", OPEN, kind="day"),
        Field("valid_from", "公布起", "valid_from", "2026-06-05", OPEN, kind="day"),
        Field("valid_to", "公布止", "valid_to", "2027-06-04", OPEN, kind="day"),
        Field("withdrawn_at", "撤回时间", "withdrawn_at", None, OPEN, "有值的应当作废", "instant"),
    ),
    {
        "enterprises": "enterprise__uscc",
        "from": "decided_on",
        "to": "decided_on",
        "record_kinds": "record_kind",
    },
)

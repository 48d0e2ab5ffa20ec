"""The dictionaries that fields of the interface refer to: our code list's key, and its name in answers."""

from typing import NamedTuple


class Dictionary(NamedTuple):
    """A code list of the standard, as error texts name it."""

    key: str
    title: str


IDENTITY_DOCUMENT = Dictionary("identity_document", "人员证件类型")
WORKER_KIND = Dictionary("worker_kind", "工人类型")
TRADE = Dictionary("trade", "工种")
POLITICAL_STATUS = Dictionary("political_status", "政治面貌")
EDUCATION = Dictionary("education", "文化程度")
PARTICIPATION_KIND = Dictionary("participation_kind", "参建单位类型")
MARITAL_STATUS = Dictionary("marital_status", "婚姻状况")
ENTRY_EXIT = Dictionary("entry_exit", "进退场类型")
BANK = Dictionary("bank", "银行代码")
DIRECTION = Dictionary("punch_direction", "进出方向")
PASS_METHOD = Dictionary("pass_method", "通行方式")
CONTRACT_PERIOD = Dictionary("contract_period", "合同期限类型")
MEASUREMENT_UNIT = Dictionary("measurement_unit", "计量单位")
TRAINING_TYPE = Dictionary("training_type", "[培训类型]")
MANAGEMENT_POST = Dictionary("management_post", "管理岗位")
ENTERPRISE_REGISTRATION = Dictionary("enterprise_registration", "企业登记注册类型")
CURRENCY = Dictionary("currency", "币种")
PROJECT_CLASS = Dictionary("project_class", "项目分类")
PROJECT_STATUS = Dictionary("project_status", "项目状态")
APPROVAL_LEVEL = Dictionary("approval_level", "立项级别")
PROJECT_SIZE = Dictionary("project_size", "建设规模")
BUILDING_NATURE = Dictionary("building_nature", "建设性质")
BUILDING_USE = Dictionary("building_use", "工程用途")
CREDIT_GOOD = Dictionary("credit_good", "良好行为类别")
CREDIT_BAD = Dictionary("credit_bad", "不良行为类别")
CREDIT_BLACKLIST = Dictionary("credit_blacklist", "黑名单情形")

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

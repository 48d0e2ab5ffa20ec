"""What a sandbox takes: invented people and firms alone, so that practising can neither leak nor spoil."""

from typing import Any

from projects.synthetic import is_synthetic
from regions.services import SANDBOX_CODE
from workers.identity import SYNTHETIC_DIVISIONS, normalised

ONLY_INVENTED_FIRMS = "在联调沙箱里只能使用虚构单位,请使用沙箱页面列出的统一社会信用代码!"
ONLY_OWN_PERMITS = f"在联调沙箱里只能使用虚构的施工许可证编号,请以{SANDBOX_CODE}开头!"
ONLY_INVENTED_PEOPLE = "在联调沙箱里只能使用虚构人员,请使用沙箱页面列出的证件号码!"


def only_invented(name: str, value: Any) -> str | None:
    """The rest of the sentence for a real firm or person in a field of this name; None if all is well."""
    lowered = name.lower()
    if lowered.endswith("corpcode") and not is_synthetic(str(value)):
        return ONLY_INVENTED_FIRMS
    if lowered == "builderlicensenum" and not str(value).startswith(SANDBOX_CODE):
        return ONLY_OWN_PERMITS
    is_number = lowered.endswith(("idcardnumber", "idnumber"))
    if is_number and normalised(str(value))[:6] not in SYNTHETIC_DIVISIONS:
        return ONLY_INVENTED_PEOPLE
    return None

"""What vendors' systems say in tests of enterprises, projects and participants."""

from typing import Any

from federation.simulator.people import corp_code
from tests.federation.conftest import HERE
from tests.support.vendor import Vendor


def corp(**changes: Any) -> dict[str, Any]:
    """Corp.Upload of a firm that nobody knows yet."""
    return {"corpCode": corp_code(77), "corpName": "新来的公司", "areaCode": "420106", **changes}


def site(vendor: Vendor, **changes: Any) -> dict[str, Any]:
    """Project.Add of a project of the vendor's enterprise."""
    contractor = vendor.project.contractor
    return {
        "contractorCorpCode": contractor.uscc,
        "contractorCorpName": contractor.name,
        "name": "滨江二期",
        "category": "01",
        "builderLicenses": [licence(vendor, "420106202611220101")],
        "areaCode": "420106",
        "prjStatus": "003",
        "thirdPartyProjectCode": "BJ-2",
        **changes,
    }


def licence(vendor: Vendor, number: str, name: str = "滨江二期工程") -> dict[str, Any]:
    return {"prjName": name, "builderLicenseNum": vendor.api.encrypted(number)}


def party(**changes: Any) -> dict[str, Any]:
    """ProjectSubContractor.Add of a firm that nobody knows yet."""
    return {
        "projectCode": HERE,
        "corpCode": corp_code(77),
        "corpName": "新来的公司",
        "corpType": "006",
        **changes,
    }


def account(vendor: Vendor, number: str, **changes: Any) -> dict[str, Any]:
    """One bank account from which wages are paid."""
    return {
        "bankCode": "102",
        "bankName": "武昌支行",
        "bankNumber": vendor.api.encrypted(number),
        **changes,
    }

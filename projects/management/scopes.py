"""What an operator types for a post's scope, found on the map or among the projects."""

from kernel.errors import NotFound
from kernel.text import compact
from projects import selectors
from regions.models import Region
from web.console import CONSOLE
from web.postings import Scope


def scope_of(code: str) -> Scope:
    """The scope of a region's code, a project's, an enterprise's, or PROJECT_CODE/USCC. Raises NotFound."""
    code, _slash, uscc = compact(code).partition("/")
    project = selectors.projects(CONSOLE).filter(code=code).first()
    if uscc:
        if project is None:
            raise NotFound(f"没有编码为“{code}”的项目。请先用 receive_permits 登记施工许可证，或核对编码。")
        parts = selectors.participations(CONSOLE, project)
        part = parts.filter(enterprise__uscc=uscc.upper()).first()
        if part is None:
            raise NotFound(f"企业 {uscc} 没有参建项目 {code}。请核对统一社会信用代码，或先登记参建单位。")
        return Scope(
            "participation", f"{project.name} {part.enterprise.name}", project.region, part.public_id
        )
    if project is not None:
        return Scope("project", project.name, project.region, project.public_id)
    if region := Region.objects.filter(code=code).first():
        return Scope("region", region.name, region)
    if enterprise := selectors.enterprises(CONSOLE).filter(uscc=code.upper()).first():
        return Scope("enterprise", enterprise.name, key=enterprise.public_id)
    raise NotFound(
        f"没有编码为“{code}”的行政区划、项目或企业。请填六位行政区划代码、项目编码、"
        "统一社会信用代码，或“项目编码/统一社会信用代码”；项目和企业须先用 receive_permits 登记。"
    )

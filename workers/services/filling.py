"""What stands in a contract's blanks, and the printed papers themselves.

Whole numbers of people leave the platform on these papers only, for the parties to sign; who printed them
is on record (I-30).
"""

import json
from collections.abc import Callable, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from standards.selectors import code_name, parameter
from web import pdf
from workers.contract_text import numeral
from workers.errors import BadPaper, NotAtThatStep
from workers.models import Contract, ContractPaper, Engagement
from workers.services.drafting import papers_of
from workers.services.wording import clauses_of

_PER = {"day": "日", "month": "月", "hour": "小时"}


def values_of(paper: ContractPaper) -> dict[str, str]:
    """Every value that the paper prints, as it reads now."""
    return {**_of_parties(paper.engagement), **_of_terms(paper), "合同编号": paper.number}


def _of_parties(work: Engagement) -> dict[str, str]:
    firm, person, project = work.participation.enterprise, work.person, work.project
    return {
        "甲方名称": firm.name,
        "统一社会信用代码": firm.uscc,
        "乙方姓名": person.name,
        "证件号码": person.id_number,
        "性别": person.sex,
        "住址": work.address or "",
        "联系电话": work.phone or "",
        "项目名称": project.name,
        "项目地址": project.address,
        "总承包企业": project.contractor.name,
        "班组": work.team.name,
        "工种": code_name("trade", work.trade) or code_name("worker_kind", work.kind),
    }


def _of_terms(paper: ContractPaper) -> dict[str, str]:
    per = code_name("measurement_unit", paper.unit) if paper.unit else _PER.get(paper.wage_form, "件")
    ends = _long(paper.ends_on) if paper.ends_on else _("工作任务完成时")
    return {
        "工作内容": paper.duties,
        "工作地点": paper.workplace,
        "合同期限": _("自{start}起至{end}止").format(start=_long(paper.starts_on), end=ends),
        "开始日期": _long(paper.starts_on),
        "结束日期": ends,
        "计酬方式": paper.wage_words,
        "工资标准": f"{paper.unit_price:,.2f} 元/{per}",
        "发薪日": _("{day} 日").format(day=paper.pay_day),
    }


def _long(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


@transaction.atomic
def print_contracts(
    *, actor: Actor, papers: Sequence[ContractPaper], address_of: Callable[[ContractPaper], str]
) -> bytes:
    """One PDF of these contracts, each with its own page numbers; who printed which is on record.

    `address_of` gives the page of a paper, for the square code. Drafts are marked across every sheet.
    Raises NotPermitted, NotFound, BadPaper, NotAtThatStep for one that is void, FaceMissing.
    """
    require(actor, "workers.reveal")
    most = int(parameter("contract.most_at_once"))
    if len(papers) > most:
        raise BadPaper(_("一次最多打印 {most} 份，请分次打印。").format(most=most), field="who")
    held = papers_of(actor, papers, "workers.reveal")
    for one in held:
        if one.state == ContractPaper.State.VOID:
            raise NotAtThatStep(_("合同 {number} 已作废，不能打印。").format(number=one.number))
        record(
            actor, "workers.contract_printed", one.engagement, reason="打印合同供双方签署", number=one.number
        )
    title = held[0].number if len(held) == 1 else _("合同 {number} 份").format(number=len(held))
    return pdf.press([_paper(one, address_of(one)) for one in held], title=title)


def _paper(paper: ContractPaper, address: str) -> pdf.Paper:
    values = json.loads(paper.filled) if paper.filled else values_of(paper)
    is_labour = paper.wording.kind == Contract.Kind.LABOUR
    title = "建筑工人劳动合同" if is_labour else "建筑工人用工书面协议"
    noun = "合同" if is_labour else "协议"
    return pdf.Paper(
        [
            pdf.Line(title, "title"),
            pdf.Line(f"编号：{paper.number}", "centre"),
            pdf.Gap(2),
            _parties(values),
            pdf.Gap(3),
            pdf.Line(_preamble(paper, noun), "text", values),
            *_clauses(paper, values),
            _signatures(),
            pdf.Gap(3),
            pdf.Code(
                address,
                f"扫码在平台核对本{noun}的编号、状态和核验结果（须登录并有相应权限）。文本版本：项目第 "
                f"{paper.wording.number} 版（{paper.wording.edited_by}）。",
            ),
        ],
        foot=f"{title} {paper.number}",
        across="草稿 不作签署" if paper.state == ContractPaper.State.DRAFT else "",
    )


def _preamble(paper: ContractPaper, noun: str) -> str:
    if paper.amends_id:
        of = paper.amends.number if paper.amends and paper.amends.number else _("原合同")
        return (
            f"甲乙双方协商一致，变更{of}的条款（劳动合同法 第三十五条）。自{{开始日期}}起，按本{noun}执行。"
        )
    law = (
        "劳动合同法和有关规定"
        if paper.wording.kind == Contract.Kind.LABOUR
        else "建筑工人实名制管理办法（试行）和有关规定"
    )
    return f"甲乙双方根据{law}，在平等自愿、协商一致的基础上，就{{项目名称}}的用工订立本{noun}。"


def _parties(values: dict[str, str]) -> pdf.Grid:
    return pdf.Grid(
        [
            ["甲方（用人单位）", values["甲方名称"], "统一社会信用代码", values["统一社会信用代码"]],
            ["乙方（工人）", f"{values['乙方姓名']}　{values['性别']}", "证件号码", values["证件号码"]],
            ["住址", values["住址"], "联系电话", values["联系电话"]],
            ["班组", values["班组"], "工种", values["工种"]],
        ],
        (30, 58, 32, 46),
    )


def _clauses(paper: ContractPaper, values: dict[str, str]) -> list[pdf.Piece]:
    found: list[pdf.Piece] = []
    for place, one in enumerate(clauses_of(paper.wording), 1):
        found.append(pdf.Line(f"{numeral(place)}、{one.heading}", "heading", values))
        found.append(pdf.Line(one.text, "text", values))
        if one.source:
            found.append(pdf.Line(f"（依据：{one.source}）", "small"))
    return found


def _signatures() -> pdf.Together:
    return pdf.Together(
        [
            pdf.Gap(6),
            pdf.Grid(
                [
                    ["甲方（盖章）\n", "乙方（签字、按指印）\n"],
                    ["法定代表人或委托代理人（签字）：\n", "乙方确认已收到本文本一份（签字）：\n"],
                    ["日期：　　　　年　　月　　日", "日期：　　　　年　　月　　日"],
                ],
                (83, 83),
                height=16,
            ),
        ]
    )

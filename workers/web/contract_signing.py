"""A contract on paper: its page, its print, the signed scan, and the comparison by another person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audit.services import record
from kernel.errors import NotFound
from kernel.files import NamedFile
from standards.selectors import code_name
from web import pdf, words
from web.acts import FormPage, PostPage
from web.copies import is_own
from web.forms import FileField, FilesField, ScopedForm
from web.pages import Page
from web.uploads import serve
from workers.models import ContractPaper
from workers.selectors import project_to
from workers.selectors.contracting import paper_to, papers, papers_to_print
from workers.services import (
    attach_scan,
    attach_scans,
    begin_signing,
    print_contracts,
    send_back_scan,
    verify_scan,
    void_paper,
)
from workers.services.contracts import until_words
from workers.web.contract_making import of_contracts
from workers.web.contracts import reason_field

State = ContractPaper.State
LEVELS = {"草稿": "grey", "签订中": "blue", "待核验": "amber", "已生效": "green", "已作废": "grey"}


def paper_url(paper: ContractPaper) -> str:
    """Where a contract on paper is read."""
    return reverse("contract_paper", args=[paper.public_id])


def pay_words(paper: ContractPaper) -> str:
    """按日 ¥280.00, or 计件 ¥12.00/平方米."""
    per = f"/{code_name('measurement_unit', paper.unit)}" if paper.unit else ""
    return f"{paper.wage_words} {words.money(paper.unit_price)}{per}"


class PaperRecord(Page):
    """One contract on paper: what it says, where it stands, what comes next."""

    permission = "workers.view"
    section = "projects"
    template_name = "workers/contract_paper.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        paper = paper_to(self.actor, self.permission, public_id)
        is_theirs = self.actor.key in (paper.made_by_key, paper.scanned_by_key)
        waits = paper.state == State.SIGNING and bool(paper.scan)
        files = is_own(paper) and self.actor.may("workers.file")
        verifies = is_own(paper) and self.actor.may("workers.verify_contracts")
        return self.show(
            {
                "title": f"合同 {paper.number}",
                "paper": paper,
                "work": paper.engagement,
                "pay": pay_words(paper),
                "term": f"{words.day(paper.starts_on)} "
                + (f"至 {words.day(paper.ends_on)}" if paper.ends_on else "起，至工作任务完成"),
                "level": LEVELS[paper.state_words],
                "crumbs": of_contracts(paper.engagement.project, f"{paper.engagement.person.name}的合同"),
                "events": _life(paper),
                "may_print": self.actor.may("workers.reveal") and paper.state != State.VOID,
                "may_sign": files and paper.state == State.DRAFT,
                "may_scan": files and paper.state == State.SIGNING,
                "may_void": files and paper.state in (State.DRAFT, State.SIGNING),
                "may_verify": waits and not is_theirs and verifies,
                "waits_for_another": waits and is_theirs,
            }
        )


def _life(paper: ContractPaper) -> list[dict[str, Any]]:
    found = [(paper.created_at, "制作草稿", paper.made_by)]
    if paper.scanned_at:
        found.append((paper.scanned_at, "上传签字页", paper.scanned_by))
    if paper.verified_at:
        found.append((paper.verified_at, "核验，合同生效", paper.verified_by))
    if paper.voided_at:
        found.append((paper.voided_at, "作废", paper.void_reason))
    return [
        {"at": at, "when": words.moment(at), "text": text, "sub": who} for at, text, who in reversed(found)
    ]


class _OfPaper(FormPage):
    """An act on one contract on paper."""

    permission = "workers.file"
    section = "projects"

    def prepare(self, **kwargs: Any) -> None:
        self.paper = paper_to(self.actor, self.permission, kwargs["public_id"])

    def context(self) -> dict[str, Any]:
        work = self.paper.engagement
        return {
            "subtitle": f"{work.person.name}，{self.paper.kind_words} {self.paper.number}",
            "cancel_url": paper_url(self.paper),
        }


class ScanForm(ScopedForm):
    """The signed paper."""

    scan = FileField(
        label="签字的合同", help_text="手机可以直接拍照。要拍到编号和双方签字；多页的请合成一个 PDF。"
    )


class UploadScan(_OfPaper):
    """Bring the scan of the signed paper."""

    form_class = ScanForm
    submit = "上传"

    def act(self, form: Any) -> str:
        attach_scan(actor=self.actor, paper=self.paper, scan=form.cleaned_data["scan"].address)
        self.say("签字页已上传，等总承包单位的另一位管理人员核验后生效。")
        return paper_url(self.paper)

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": "上传签字页",
            "crumbs": of_contracts(self.paper.engagement.project, self.paper.number, "上传签字页"),
        }


class ScansForm(ScopedForm):
    """Many signed papers."""

    scans = FilesField(
        label="签字的合同",
        most=20,
        help_text="一次最多 20 个，每份合同一个文件，文件名里要有合同编号，例如 …-LD2026-0001.pdf。",
    )


class UploadScans(FormPage):
    """Bring many scans; each finds its contract by the number in its name."""

    permission = "workers.file"
    section = "projects"
    form_class = ScansForm
    submit = "上传"

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, form: Any) -> str:
        files = [NamedFile(one.name, one.address) for one in form.cleaned_data["scans"]]
        kept = attach_scans(actor=self.actor, project=self.project, files=files)
        self.say(f"{len(kept)} 份合同的签字页已上传，等另一位管理人员核验。")
        return reverse("project_papers", args=[self.project.public_id], query={"stands": "scanned"})

    def context(self) -> dict[str, Any]:
        return {
            "title": "成批上传签字页",
            "subtitle": self.project.name,
            "crumbs": of_contracts(self.project, "成批上传签字页"),
            "cancel_url": reverse("project_papers", args=[self.project.public_id]),
        }


class VerifyScan(PostPage):
    """Confirm that the scan is this contract, signed."""

    permission = "workers.verify_contracts"
    section = "projects"
    template_name = "workers/verify_paper.html"
    button = "核对无误，合同生效"

    def prepare(self, **kwargs: Any) -> None:
        self.paper = paper_to(self.actor, self.permission, kwargs["public_id"])

    def act(self) -> str:
        verify_scan(actor=self.actor, paper=self.paper)
        self.say(f"{self.paper.engagement.person.name} 的合同已核验生效。")
        of = self.paper.engagement.project
        return reverse("project_papers", args=[of.public_id], query={"stands": "scanned"})

    def context(self) -> dict[str, Any]:
        work = self.paper.engagement
        old = self.paper.amends
        return {
            "title": "核验合同",
            "question": f"核验 {work.person.name} 的合同",
            "consequence": f"核验后，原合同（{old.starts_on} {until_words(old)}）"
            f"执行到 {self.paper.starts_on} 的前一天。"
            if old
            else "核验后合同即生效，计入合同签订率。不一致或没签全的，请退回重拍。",
            "paper": self.paper,
            "work": work,
            "pay": pay_words(self.paper),
            "crumbs": of_contracts(work.project, self.paper.number, "核验"),
            "cancel_url": paper_url(self.paper),
        }


class ReasonForm(ScopedForm):
    """Why."""

    reason = reason_field("签字页不清楚，看不到日期")


class ReturnScan(_OfPaper):
    """Send a scan back."""

    permission = "workers.verify_contracts"
    form_class = ReasonForm
    submit = "退回签字页"

    def act(self, form: Any) -> str:
        send_back_scan(actor=self.actor, paper=self.paper, reason=form.cleaned_data["reason"])
        self.say("签字页已退回，上传人会收到消息。")
        return paper_url(self.paper)

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": "退回签字页",
            "crumbs": of_contracts(self.paper.engagement.project, self.paper.number, "退回签字页"),
        }


class VoidForm(ScopedForm):
    """Why."""

    reason = reason_field("报酬填错，重新制作")


class VoidPaper(_OfPaper):
    """Take back a contract that does not count yet."""

    form_class = VoidForm
    submit = "作废"

    def act(self, form: Any) -> str:
        void_paper(actor=self.actor, paper=self.paper, reason=form.cleaned_data["reason"])
        self.say("合同已作废，编号不再使用。需要的可以重新制作。")
        return paper_url(self.paper)

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": "作废合同",
            "lead": "只有还没生效的合同可以作废。已经打印的纸质件请一并收回销毁。",
            "crumbs": of_contracts(self.paper.engagement.project, self.paper.number, "作废"),
        }


class PaperScan(Page):
    """The signed scan, for whoever may see the person; each look is on record."""

    permission = "workers.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        paper = paper_to(self.actor, self.permission, public_id)
        if not paper.scan:
            raise NotFound
        record(self.actor, "workers.contract_scan_read", paper.engagement)
        return serve(paper.scan, f"合同 {paper.number}")


class PrintPaper(Page):
    """One contract as PDF."""

    permission = "workers.reveal"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        paper = paper_to(self.actor, self.permission, public_id)
        if paper.state == State.VOID:
            raise NotFound
        return _pdf(self, [paper], paper.number)


def _pdf(page: Page, chosen: list[ContractPaper], name: str) -> HttpResponse:
    def address_of(paper: ContractPaper) -> str:
        return page.request.build_absolute_uri(paper_url(paper))

    return pdf.answer(print_contracts(actor=page.actor, papers=chosen, address_of=address_of), name)


class ChosenPapers(PostPage):
    """What is done with ticked contracts: printed into one file, or sent to be signed."""

    permission = "workers.file"
    section = "projects"
    button = "送签"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        if not self.chosen:
            messages.warning(request, "请先勾选合同，再选要办的事。")
            return redirect(self.list_url())
        if request.GET.get("act") == "print":
            kept = papers_to_print(self.actor, [one.public_id for one in self.chosen])
            if not kept:
                messages.warning(request, "勾选的合同都已作废，没有可以打印的。")
                return redirect(self.list_url())
            return _pdf(self, kept, f"合同 {len(kept)} 份")
        return self._show()

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        keys = [key for word in self.request.GET.getlist("who") if (key := _as_uuid(word))]
        rows = papers(self.actor).filter(engagement__project=self.project, public_id__in=keys)
        self.chosen = list(rows)

    def list_url(self) -> str:
        return reverse("project_papers", args=[self.project.public_id])

    def act(self) -> str:
        if not self.chosen:
            raise NotFound
        begin_signing(actor=self.actor, papers=self.chosen)
        self.say(f"{len(self.chosen)} 份合同已送签。请打印，双方签字后拍照上传。")
        return reverse("project_papers", args=[self.project.public_id], query={"stands": "signing"})

    def context(self) -> dict[str, Any]:
        names = "、".join(one.engagement.person.name for one in self.chosen[:8])
        return {
            "title": "送签",
            "question": f"把 {len(self.chosen)} 份合同送签？",
            "consequence": f"{names}{'等' if len(self.chosen) > 8 else ''}的合同送签后，内容不再改动："
            "要改的先作废，再重新制作。",
            "crumbs": of_contracts(self.project, "送签"),
            "cancel_url": self.list_url(),
        }


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

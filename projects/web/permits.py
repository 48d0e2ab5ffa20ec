"""施工许可证: registering one by form, and issuing the account that comes with it."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.cipher import seal_bytes, unseal_bytes
from kernel.errors import DomainError, NotFound
from kernel.text import compact
from projects import selectors, uscc
from projects.models import AccountCode, Permit
from projects.services import issue_project_account, receive_permit
from projects.web.permit_form import PermitForm
from standards.selectors import parameter
from standards.spec import FORM
from web.acts import FormPage, PostPage
from web.navigation import Crumb
from web.pages import Page

_SLIP = "project_account_slips"


def crumbs(*tail: Crumb) -> list[Crumb]:
    """From the projects down to a page of permits."""
    return [Crumb("项目", reverse("projects")), *tail]


class NewPermit(FormPage):
    """Registers a project by its permit, or adds a further permit to a known project."""

    permission = "projects.receive_permit"
    section = "projects"
    template_name = "projects/permit_form.html"
    aside_template = "projects/_permit_aside.html"
    form_class = PermitForm
    keeps_draft = True
    submit = "登记施工许可证"

    def first(self) -> dict[str, Any]:
        """What a contractor's system has stated, where the page was opened to register that."""
        found = selectors.reported_permit(self.actor, self.request.GET.get("reported", ""), self.permission)
        if found is None:
            return {}
        project = found.project
        return {
            "permit_number": found.number,
            "works_name": found.works_name,
            "project_code": project.code,
            "project_name": project.name,
            "region": project.region.code,
            "category": project.category,
            "address": project.address,
            "building_area": project.building_area,
            "starts_on": project.starts_on,
            "completes_on": project.completes_on,
            "contractor_uscc": project.contractor.uscc,
            "contractor_name": project.contractor.name,
            "owner_name": project.owner_name,
        }

    def context(self) -> dict[str, Any]:
        return {
            "title": "登记施工许可证",
            "lead": "一次登记一个。很多个时，用表格导入更快。",
            "crumbs": crumbs(Crumb("登记施工许可证")),
            "cancel_url": reverse("unclaimed_accounts"),
            "aside_always": True,
        }

    def act(self, form: Any) -> str:
        try:
            project = receive_permit(actor=self.actor, facts=form.facts, channel=FORM)
        except NotFound as refusal:
            # Not the page is missing: one field names what lies elsewhere.
            raise DomainError(refusal.message, code=refusal.code, field=refusal.field) from None
        permit = selectors.permits_numbered(self.actor, [form.facts.permit_number]).get()
        self.say(_("已登记施工许可证 {number}。").format(number=permit.number))
        waits = selectors.unclaimed(self.actor, timezone.now()).filter(pk=project.pk).exists()
        if waits and self.actor.may("projects.issue_account"):
            return reverse("issue_account", args=[permit.public_id])
        return reverse("project", args=[project.public_id])

    def checked(self, form: Any) -> dict[str, Any]:
        """What is known of the typed codes, within the actor's scope, and what the act will do."""
        given = {name: _given(form, name) for name in form.fields}
        known = (
            selectors.projects(self.actor).filter(code=given["project_code"]).first()
            if given["project_code"]
            else None
        )
        number = given["permit_number"]
        permit = selectors.permits_numbered(self.actor, [number]).first() if number else None
        return {
            "known": known,
            "permits": selectors.permits(self.actor, known).count() if known else 0,
            "permit": permit,
            "firms": self._firms(given),
            "days": parameter("claim.code_days"),
        }

    def _firms(self, given: dict[str, str]) -> list[tuple[str, str, str]]:
        """Each party with what its code is known as, and whether the typed name agrees."""
        parties = {"contractor": "总承包单位", "owner": "建设单位", "supervisor": "监理单位"}
        codes = {party: uscc.normalised(given[f"{party}_uscc"]) for party in parties}
        wanted = [code for code in codes.values() if code]
        rows = selectors.enterprises(self.actor).filter(Q(uscc__in=wanted)) if wanted else []
        names = {row.uscc: row.name for row in rows}
        found = []
        for party, label in parties.items():
            if registered := names.get(codes[party]):
                typed = given[f"{party}_name"]
                found.append((label, registered, "differs" if typed and typed != registered else "same"))
        return found


def _given(form: Any, name: str) -> str:
    """A field as it was typed, or as it stands in a draft."""
    value = form.data.get(name) if form.is_bound else form.initial.get(name)
    text = str(value or "").strip()
    return compact(text) if name.endswith(("_code", "_number", "_uscc")) else text


class IssueAccount(PostPage):
    """Hands a one-time code to the general contractor; an older code becomes void."""

    permission = "projects.issue_account"
    section = "projects"
    template_name = "projects/issue_account.html"

    def prepare(self, **kwargs: Any) -> None:
        self.permit: Permit = selectors.permit(self.actor, kwargs["public_id"])
        self.code = selectors.open_code(self.actor, self.permit.project)

    def context(self) -> dict[str, Any]:
        project = self.permit.project
        again = self.code is not None
        return {
            "title": "签发项目账号",
            "question": f"为“{project.name}”{'重新签发' if again else '签发'}项目账号",
            "button": "重新签发领取代码" if again else "签发领取代码",
            "permit": self.permit,
            "project": project,
            "code": self.code,
            "is_over": self.code is not None and self.code.expires_at <= timezone.now(),
            "days": parameter("claim.code_days", project.region),
            "crumbs": crumbs(
                Crumb(project.name, reverse("project", args=[project.public_id])), Crumb("签发项目账号")
            ),
            "cancel_url": reverse("unclaimed_accounts"),
        }

    def act(self) -> str:
        code, text = issue_project_account(actor=self.actor, permit=self.permit, now=timezone.now())
        _remember(self.request, code, text)
        return reverse("account_slip", args=[self.permit.public_id])


class AccountSlip(Page):
    """The slip to hand over: shown to whoever issued the code, while that session lasts."""

    permission = "projects.issue_account"
    section = "projects"
    template_name = "projects/account_slip.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        permit = selectors.permit(self.actor, kwargs["public_id"])
        code = selectors.open_code(self.actor, permit.project)
        project = permit.project
        return self.show(
            {
                "title": "项目账号领取单",
                "permit": code.permit if code else permit,
                "project": project,
                "code": code,
                "text": _remembered(request, code) if code else "",
                "claim_url": request.build_absolute_uri(reverse("claim")),
                "crumbs": crumbs(
                    Crumb(project.name, reverse("project", args=[project.public_id])), Crumb("项目账号领取单")
                ),
            }
        )


def _remember(request: HttpRequest, code: AccountCode, text: str) -> None:
    """Keep the code for its slip, sealed, in the session of whoever issued it."""
    slips = request.session.get(_SLIP, {})
    slips[str(code.public_id)] = seal_bytes(text.encode(), context=_SLIP).hex()
    request.session[_SLIP] = dict(list(slips.items())[-50:])


def _remembered(request: HttpRequest, code: AccountCode) -> str:
    sealed = request.session.get(_SLIP, {}).get(str(code.public_id), "")
    return unseal_bytes(bytes.fromhex(sealed), context=_SLIP).decode() if sealed else ""

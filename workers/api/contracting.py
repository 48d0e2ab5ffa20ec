"""Contracts on paper and their wordings over the REST API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from projects.api.filters import ProjectFilter
from web.api.acts import ActView
from web.api.filters import IdFilter
from web.api.views import ListRead
from workers import selectors, services
from workers.api import bodies, paper_bodies
from workers.api.naming import OF_CONTRACT, fields_named
from workers.api.paper_serializers import PaperSerializer, PapersSerializer, WordingSerializer
from workers.api.serializers import ContractSerializer
from workers.api.views import OnProject
from workers.contract_text import PLACEHOLDERS
from workers.models import Contract, ContractPaper, ContractTemplate
from workers.selectors import contracting

TAG = "合同制作和签订"
_NAMES = {**OF_CONTRACT, "people": "engagements"}


class PaperFilters(django_filters.FilterSet):
    """Whose, and where on their way."""

    engagement = IdFilter(field_name="engagement__public_id", label="用工的 public_id")
    project = ProjectFilter(field_name="engagement__project", label="项目编码")
    state = django_filters.ChoiceFilter(choices=ContractPaper.State.choices, label="状态")
    number = django_filters.CharFilter(label="合同编号")


@extend_schema(summary="制作和签订中的合同", description="平台制作的合同，新的在前。", tags=[TAG])
class PapersView(ListRead):
    """Contracts on paper within scope."""

    permission = "workers.view"
    model = ContractPaper
    serializer_class = PaperSerializer
    filterset_class = PaperFilters
    ordering_fields = {"starts_on": "starts_on", "number": "number"}

    def rows(self) -> QuerySet[ContractPaper]:
        return contracting.papers(self.actor)


class WordingFilters(django_filters.FilterSet):
    """Of which project and kind."""

    project = ProjectFilter(label="项目编码")
    kind = django_filters.ChoiceFilter(choices=Contract.Kind.choices, label="labour、agreement")


@extend_schema(
    summary="合同文本的版本",
    description="没有列出的，用平台标准文本。条款里可用的填充项："
    + "、".join(f"{{{name}}}" for name in PLACEHOLDERS)
    + "。",
    tags=[TAG],
)
class WordingsView(ListRead):
    """Versions of wordings within scope."""

    permission = "workers.view"
    model = ContractTemplate
    serializer_class = WordingSerializer
    filterset_class = WordingFilters
    ordering_fields = {"number": "number"}

    def rows(self) -> QuerySet[ContractTemplate]:
        return contracting.all_wordings(self.actor)


@extend_schema(summary="修改合同文本", description="存为新版本；已制作的合同不变。", tags=[TAG])
class RewordView(OnProject):
    """A further version of a text."""

    permission = "workers.word_contracts"
    serializer_class = paper_bodies.WordingBody
    answer_class = WordingSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> ContractTemplate:
        return services.reword_contract(
            actor=self.actor,
            project=self.project,
            kind=data["kind"],
            clauses=paper_bodies.clauses(data),
            reason=data["reason"],
            expected_version=data.get("version"),
        )


@extend_schema(summary="制作合同", description="一次可为多人制作草稿；全部制作，或全部不制作。", tags=[TAG])
class MakePapersView(OnProject):
    """Drafts for many."""

    permission = "workers.file"
    serializer_class = paper_bodies.MakeBody
    answer_class = PapersSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        with fields_named(_NAMES):
            made = services.make_contracts(
                actor=self.actor,
                engagements=data["engagements"],
                terms=paper_bodies.term_facts(data),
                year=bodies.today().year,
            )
        return {"papers": made}


@extend_schema(summary="变更合同", description="生成变更后的草稿；核验生效时原合同止于前一天。", tags=[TAG])
class AmendView(ActView):
    """Other terms for a contract that holds."""

    permission = "workers.file"
    model = ContractPaper
    serializer_class = paper_bodies.TermsBody
    answer_class = PaperSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.contract = selectors.contract_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, data: dict[str, Any], **_kwargs: Any) -> ContractPaper:
        with fields_named(_NAMES):
            return services.amend_contract(
                actor=self.actor,
                contract=self.contract,
                terms=paper_bodies.term_facts(data),
                year=bodies.today().year,
            )


class _OnPaper(ActView):
    permission = "workers.file"
    model = ContractPaper
    answer_class: Any = PaperSerializer
    status = 200

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.paper = contracting.paper_to(self.actor, self.permission, kwargs["public_id"])


@extend_schema(summary="合同送签", description="内容从此固定，打印给双方签字。", tags=[TAG])
class SignView(_OnPaper):
    """A draft is handed to the parties."""

    serializer_class = paper_bodies.EmptyBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> ContractPaper:
        return services.begin_signing(actor=self.actor, papers=[self.paper])[0]


@extend_schema(summary="上传签字页", tags=[TAG])
class ScanView(_OnPaper):
    """The signed scan."""

    serializer_class = paper_bodies.ScanBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> ContractPaper:
        return services.attach_scan(actor=self.actor, paper=self.paper, scan=data["scan"].address)


@extend_schema(summary="核验合同", description="制作人和上传人不能核验。生效后返回计入的合同。", tags=[TAG])
class VerifyView(_OnPaper):
    """The scan is this contract, signed."""

    permission = "workers.verify_contracts"
    serializer_class = paper_bodies.EmptyBody
    answer_class = ContractSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Contract:
        return services.verify_scan(actor=self.actor, paper=self.paper)


@extend_schema(summary="退回签字页", tags=[TAG])
class SendBackView(_OnPaper):
    """The scan has to be taken again."""

    permission = "workers.verify_contracts"
    serializer_class = bodies.ReasonBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> ContractPaper:
        return services.send_back_scan(actor=self.actor, paper=self.paper, reason=data["reason"])


@extend_schema(summary="作废合同", description="生效前才可以作废；编号不再使用。", tags=[TAG])
class VoidView(_OnPaper):
    """Taken back before it counts."""

    serializer_class = bodies.ReasonBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> ContractPaper:
        return services.void_paper(actor=self.actor, paper=self.paper, reason=data["reason"])

"""Pages that do something: a form that keeps what was typed, acts once, and shows a refusal at its field."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from kernel.errors import DomainError, NotFound, NotPermitted, Stale
from kernel.ids import new_id
from kernel.models import require_own
from web import drafts, words
from web.forms import ScopedForm
from web.once import LONGEST_KEY, Answer, answered, once
from web.pages import Page

SEE_OTHER = 303


class _Acting(Page):
    """What a form and a button have in common: they act once, for whoever signed in."""

    cancel_url = ""

    @property
    def user(self) -> User:
        """The account that acts."""
        return self.request.user  # type: ignore[return-value]  # Page lets nobody else in

    def prepare(self, **kwargs: Any) -> None:
        """Find the rows of this page with selectors. Raises NotFound."""

    def context(self) -> dict[str, Any]:
        """What else the page shows: title, crumbs, where “取消” leads."""
        return {}

    def say(self, text: str) -> None:
        """Tell on the next page what was done."""
        messages.success(self.request, text)

    def do_once(self, do: Callable[[], str]) -> HttpResponse:
        """Carry out `do`, which says where to go; a second press gets the first one's address."""
        answer = once(self.actor, self._key or str(new_id()), self._sent(), lambda: Answer(SEE_OTHER, do()))
        return redirect(answer.text)

    def done_before(self) -> HttpResponse | None:
        """Where the first press of this very form led, whatever has become of its rows since."""
        answer = answered(self.actor, self._key, self._sent()) if self._key else None
        return redirect(answer.text) if answer else None

    @property
    def _key(self) -> str:
        return self.request.POST.get("once", "")[:LONGEST_KEY]

    def _sent(self) -> list[str]:
        """All that was sent, by which a second press is told from another form under the same key."""
        typed = drafts.typed(self.request.POST)
        pairs = [(name, value) for name, values in sorted(typed.items()) for value in values]
        parts = [self.request.path, *(f"{name}={value}" for name, value in pairs)]
        files = [(name, one) for name, sent in self.request.FILES.lists() for one in sent]
        return parts + [f"{name}={file.name} {file.size}" for name, file in files]

    def machinery(self) -> dict[str, Any]:
        """Hidden fields that every acting form carries."""
        return {"once": self.request.POST.get("once") or str(new_id()), "by": drafts.mark_of(self.user)}


class FormPage(_Acting):
    """A form for one act. Subclasses find the rows, name the form, and call the service.

    With the header X-Check the fields are only judged (and the draft kept): that is how a page checks a field
    when it is left.
    """

    template_name = "web/form.html"
    aside_template = ""
    form_class: type[ScopedForm]
    submit: str | Promise = gettext_lazy("提交")
    keeps_draft = False
    # The rows of `prepare` that their owner's node alone changes: of a copy no form is shown.
    owned: ClassVar[tuple[str, ...]] = ()

    def first(self) -> dict[str, Any]:
        """The values that stand in the form when it is opened."""
        return {}

    def version(self) -> int | None:
        """The version of the row that is edited; None where nothing is edited."""
        return None

    def act(self, form: Any) -> str:
        """Call the one service that does it, and say where to go then."""
        raise NotImplementedError

    def checked(self, form: Any) -> dict[str, Any]:
        """Facts to show beside the form while it is being filled in, for `aside_template`."""
        return {}

    def draft_key(self) -> str:
        """Under which name a draft is kept: the page's address, so that each row has its own."""
        return self.request.path[:200]

    def of_draft(self, typed: QueryDict) -> QueryDict:
        """What of that which was typed before still belongs on this page."""
        return typed

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        """The form for this page's actor."""
        return self.form_class(data, files, actor=self.actor, initial=self.first(), **more)

    def get(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        for name in self.owned:
            require_own(getattr(self, name))
        typed, note = self._typed_before()
        # The version that was on the page when it was typed, so that a change since then is noticed.
        version = _number(typed.get("version")) if typed is not None else None
        typed = self.of_draft(typed) if typed is not None else None
        return self._show(self.build(), typed=typed, draft_note=note, version=version)

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        if again := self.done_before():
            return again
        self.prepare(**kwargs)
        if "discard" in request.POST:
            drafts.drop(self.user, self.draft_key())
            return redirect(request.get_full_path())
        if request.headers.get("X-Check"):
            return self._check()
        form = self.build(request.POST, request.FILES)
        form.expected_version = _number(request.POST.get("version"))
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            answer = self.do_once(lambda: self.act(form))
        except (NotPermitted, NotFound):
            raise
        except Stale as stale:
            form.add_error(None, stale.message)
            return self._show(form, status=stale.status, stale=self._both(form, stale), version=stale.version)
        except DomainError as refusal:
            form.refuse(refusal)
            return self._show(form, status=refusal.status)
        if self.keeps_draft:
            drafts.drop(self.user, self.draft_key())
        return answer

    def _typed_before(self) -> tuple[QueryDict | None, str]:
        """What was typed here and never submitted, and how that is said."""
        if found := drafts.restored(self.request):
            return found, _("登录已过期，刚才填写的内容替您留着，还没有提交。附件需要重新选择。")
        draft = drafts.kept(self.user, self.draft_key()) if self.keeps_draft else None
        if draft is None:
            return None, ""
        kept_at = words.moment(draft.updated_at)
        return drafts.fields_of(draft), _("这是您 {at} 留下的草稿，还没有提交。").format(at=kept_at)

    def _check(self) -> HttpResponse:
        """Which fields are wrong so far, and the facts beside the form; nothing is done."""
        form = self.build(self.request.POST)
        form.is_valid()
        kept_at = ""
        if self.keeps_draft:
            drafts.keep(self.user, self.draft_key(), drafts.typed(self.request.POST))
            kept_at = words.clock(timezone.now())
        fields = {name: list(errors) for name, errors in form.errors.items() if name != "__all__"}
        aside = self._aside(form)
        return JsonResponse({"errors": fields, "kept_at": kept_at, "aside": aside})

    def _aside(self, form: ScopedForm) -> str:
        if not self.aside_template:
            return ""
        return render_to_string(self.aside_template, {**self.checked(form), "form": form}, self.request)

    def _both(self, form: ScopedForm, stale: Stale) -> list[dict[str, str]]:
        """Both versions of each field that differ, by label."""
        rows = []
        for bound in form:
            label = str(bound.label)
            if label in stale.theirs and stale.theirs[label] != (yours := _in_words(bound)):
                rows.append({"label": label, "theirs": stale.theirs[label], "yours": yours})
        return rows

    def _show(
        self, form: ScopedForm, *, status: int = 200, typed: QueryDict | None = None, **more: Any
    ) -> HttpResponse:
        if typed is not None:
            # Shown as it was typed, and not judged before it is submitted.
            form.initial = {**form.initial, **_as_initial(form, typed)}
        version = more.pop("version", None)
        shown = {
            "section": self.section,
            "form": form,
            "submit": self.submit,
            "cancel_url": self.cancel_url,
            "keeps_draft": self.keeps_draft,
            "checks": self.keeps_draft or bool(self.aside_template),
            "has_files": form.is_multipart(),
            "version": self.version() if version is None else version,
            "aside": self._aside(form),
            **self.machinery(),
            **more,
            **self.context(),
        }
        return render(self.request, self.template_name, shown, status=status)


class PostPage(_Acting):
    """One button: a question with its consequence, and the act when it is answered with yes."""

    template_name = "web/confirm.html"
    question: str | Promise = ""
    consequence: str | Promise = ""
    button: str | Promise = gettext_lazy("确定")

    def act(self) -> str:
        """Call the one service that does it, and say where to go then."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise DomainError where the act would be refused whatever is answered: then nothing is asked."""

    def get(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        try:
            self.check()
        except (NotPermitted, NotFound):
            raise
        except DomainError as refusal:
            return self._show(refusal, is_possible=False)
        return self._show()

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        if again := self.done_before():
            return again
        self.prepare(**kwargs)
        try:
            return self.do_once(self.act)
        except (NotPermitted, NotFound):
            raise
        except DomainError as refusal:
            return self._show(refusal, status=refusal.status)

    def _show(
        self, refusal: DomainError | None = None, status: int = 200, *, is_possible: bool = True
    ) -> HttpResponse:
        shown = {
            "section": self.section,
            "refusal": refusal,
            "is_possible": is_possible,
            "question": self.question,
            "consequence": self.consequence,
            "button": self.button,
            "cancel_url": self.cancel_url,
            **self.machinery(),
            **self.context(),
        }
        return render(self.request, self.template_name, shown, status=status)


def _number(text: str | None) -> int | None:
    """The version that came with a form; what is no number was never ours and matches none."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _as_initial(form: ScopedForm, typed: QueryDict) -> dict[str, Any]:
    """Typed values as a fresh form shows them, field by field; files cannot be typed."""
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        if not isinstance(field, forms.FileField) and (
            name in typed or isinstance(field, forms.BooleanField)
        ):
            found[name] = field.widget.value_from_datadict(typed, {}, form.add_prefix(name))
    return found


def _in_words(bound: forms.BoundField) -> str:
    """A field's typed value as its reader sees it."""
    value = bound.value()
    choices = dict(getattr(bound.field, "choices", ()))
    return str(choices.get(value, value) if value not in (None, "") else "")

"""登记工人, by a career code: name and number come from the record that the worker has opened, masked."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from audit.services import record
from kernel.errors import NotFound
from web.forms import ScopedForm
from workers.models import CareerReading
from workers.selectors import career_reading, engagements
from workers.services import Found
from workers.services.lookups import KNOWN
from workers.web.enrol import Enrol
from workers.web.enrol_form import EnrolForm


class KnownForm(EnrolForm):
    """The form of one enrolment whose name and number the platform fills in; nobody types or reads them."""

    def __init__(self, *args: Any, opened: CareerReading, **kwargs: Any) -> None:
        self.opened = opened
        super().__init__(*args, **kwargs)
        for name in ("name", "id_number"):
            self.fields[name].disabled = True
        self.fields["id_number"].help_text = "由从业码带入，以平台档案为准；请核对证件原件。"

    def clean_name(self) -> str:
        self.cleaned_data["name"] = self.opened.code.person.name
        return super().clean_name()

    def clean_id_number(self) -> str:
        self.cleaned_data["id_number"] = self.opened.code.person.id_number
        return super().clean_id_number()

    def _look_up(self) -> None:
        """Nothing is asked and nothing counted: the worker has shown who it is."""
        own = engagements(self.actor).filter(person=self.opened.code.person)
        self.found = Found(KNOWN, list(own.order_by("-pk")))


class EnrolByCode(Enrol):
    """Enrol one worker whose career was opened to this site."""

    form_class: type[ScopedForm] = KnownForm

    def prepare(self, **kwargs: Any) -> None:
        self.opened = career_reading(self.actor, kwargs["reading"], timezone.now())
        if self.opened.project.public_id != kwargs["public_id"]:
            raise NotFound
        super().prepare(public_id=kwargs["public_id"])

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, opened=self.opened, **more)

    def first(self) -> dict[str, Any]:
        person = self.opened.code.person
        return {**super().first(), "name": person.name, "id_number": person.masked_number}

    def act(self, form: Any) -> str:
        record(self.actor, "workers.career_taken_over", self.opened.code.person)
        return super().act(form)

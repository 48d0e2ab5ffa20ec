"""What pages keep for their readers: drafts, answers given once, messages, and what was sent outside."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.ids import new_id
from web.editor.models import ImpactCheck, ImpactLine, ImpactProject
from web.exports.models import ExportJob
from web.saved.models import ColumnChoice, SavedFilter

__all__ = [
    "ColumnChoice",
    "Draft",
    "ExportJob",
    "ImpactCheck",
    "ImpactLine",
    "ImpactProject",
    "Message",
    "OutgoingMessage",
    "SavedFilter",
    "Submission",
]


class Draft(models.Model):
    """What somebody has typed into a form and not submitted yet; sealed, for it may hold anything."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    body = SealedTextField(context="draft.body")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("user", "key"), name="one_draft_per_form_and_user"),
        ]

    def __repr__(self) -> str:
        return f"<Draft {self.pk}>"

    def __str__(self) -> str:
        return f"Draft {self.pk}"


class Submission(models.Model):
    """An act that was asked for under a key, and what was answered: asked again, it is answered again.

    Written in the act's own transaction: a refused act leaves no row and may be tried again.
    """

    actor_key = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    answered_with = models.IntegerField(null=True)
    answer = SealedTextField(context="submission.answer", null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("actor_key", "key"), name="a_key_is_used_once_by_an_actor"),
        ]

    def __repr__(self) -> str:
        return f"<Submission {self.pk}>"

    def __str__(self) -> str:
        return f"Submission {self.pk}"


class Message(models.Model):
    """A message inside the product, for one account: what happened, and where to look."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=200, blank=True)
    about = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("user",), condition=Q(read_at=None), name="unread_messages_of_a_user"),
        ]

    def __repr__(self) -> str:
        return f"<Message {self.pk}>"

    def __str__(self) -> str:
        return f"Message {self.pk}"


class OutgoingMessage(models.Model):
    """A short message or mail on its way out of the platform; address and text are sealed."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    channel = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)
    to = SealedTextField(context="outgoing.to")
    text = SealedTextField(context="outgoing.text")
    about = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(auto_now_add=True)
    fault = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("next_at",), condition=Q(state="waiting"), name="messages_to_send"),
            models.Index(fields=("about", "kind"), name="messages_about_something"),
        ]

    def __repr__(self) -> str:
        return f"<OutgoingMessage {self.pk}>"

    def __str__(self) -> str:
        return f"OutgoingMessage {self.pk}"

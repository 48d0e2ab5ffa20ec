"""People who sign in, and the posts that say what they may see and do, and until when."""

from datetime import date, datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from kernel.ids import new_id


class User(AbstractUser):
    """An account of one person. Rights come from posts alone; an account without one sees nothing.

    `person` is set on a worker's own account, which has no posts and reads that person's records only.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    display_name = models.CharField(max_length=60)
    must_change_password = models.BooleanField(default=True)
    person = models.UUIDField(null=True, blank=True, unique=True)

    class Meta(AbstractUser.Meta):
        pass

    def __str__(self) -> str:
        return self.display_name or self.username

    def __repr__(self) -> str:
        return f"<User {self.pk}>"


class PostQuerySet(models.QuerySet["Post"]):
    def in_force(self, today: date, now: datetime) -> "PostQuerySet":
        """Posts that hold on this day and have not been ended by hand."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=today),
            Q(ended_at=None) | Q(ended_at__gt=now),
            valid_from__lte=today,
        )


class Post(models.Model):
    """A role at a place or on a project, from a day to a day; it ends by itself.

    Exactly one scope is set: a region, or the public id of an enterprise, project or participation
    (the tables above this floor are known here by name only).
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)
    region = models.ForeignKey("regions.Region", models.PROTECT, null=True, blank=True, related_name="+")
    enterprise = models.UUIDField(null=True, blank=True)
    project = models.UUIDField(null=True, blank=True)
    participation = models.UUIDField(null=True, blank=True)
    scope_name = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    document = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ("user", "valid_from", "id")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(region__isnull=False, enterprise=None, project=None, participation=None)
                    | Q(region=None, enterprise__isnull=False, project=None, participation=None)
                    | Q(region=None, enterprise=None, project__isnull=False, participation=None)
                    | Q(region=None, enterprise=None, project=None, participation__isnull=False)
                ),
                name="a_post_has_exactly_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="a_post_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.scope_name}"


class PhoneCode(models.Model):
    """A one-time code sent to a phone. Neither phone nor code is kept: only keyed digests of them.

    A row is written for every phone that was asked for, known or not, so that nothing tells the two apart.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    phone_index = models.BinaryField(max_length=64)
    address_index = models.BinaryField(max_length=64)
    digest = models.BinaryField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    passed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("phone_index", "created_at"), name="codes_of_a_phone"),
            models.Index(fields=("address_index", "created_at"), name="codes_of_an_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(passed_at__isnull=False), name="a_used_code_was_given_right"
            ),
        ]

    def __repr__(self) -> str:
        return f"<PhoneCode {self.pk}>"

    def __str__(self) -> str:
        return f"PhoneCode {self.pk}"

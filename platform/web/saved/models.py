"""One's own arrangement of lists. Nobody else reads it: a filter may hold a name, and reach is not shared."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.ids import new_id

LONGEST_QUERY = 2000


class SavedFilter(models.Model):
    """Filters and sorting of one list, under a name. The default one is where the left bar leads."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=60)
    list_title = models.CharField(max_length=60)
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=LONGEST_QUERY)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("list_name", "created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "list_name", "name"), name="a_saved_filter_has_a_name_of_its_own"
            ),
            models.UniqueConstraint(
                fields=("user", "list_name"), condition=Q(is_default=True), name="one_default_filter_per_list"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<SavedFilter {self.pk}>"


class ColumnChoice(models.Model):
    """The columns that somebody wants to see of one list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=60)
    columns = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("user", "list_name"), name="one_choice_of_columns_per_list"),
        ]

    def __repr__(self) -> str:
        return f"<ColumnChoice {self.pk}>"

    def __str__(self) -> str:
        return self.list_name

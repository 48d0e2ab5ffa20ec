"""Who did or read what, when and why. Rows are only ever added (the database refuses anything else)."""

from django.db import models


class AuditEvent(models.Model):
    """One act or read of personal data. `facts` never holds an identity number, phone or card."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_kind = models.CharField(max_length=16)
    actor_key = models.CharField(max_length=64, db_index=True)
    actor_label = models.CharField(max_length=120)
    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_key = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict)
    # Where the object lies on the map, or else whoever acted; "" is seen by the whole province's alone.
    place = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("object_type", "object_key"), name="audit_of_an_object"),
            models.Index(
                fields=("place", "id"), name="audit_of_a_place", opclasses=("text_pattern_ops", "int8_ops")
            ),
        ]

    def __repr__(self) -> str:
        return f"<AuditEvent {self.pk}>"

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_key}"

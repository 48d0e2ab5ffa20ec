from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits for the worker's lanes and what waits for the settler stand in an index each."""

    atomic = False
    dependencies = [("federation", "0006_sandboxes_are_forgotten")]

    operations = [
        AddIndexConcurrently(
            "acceptedrequest",
            models.Index(
                condition=models.Q(("state", 0), models.Q(("method", "WorkerAttendance.Add"), _negated=True)),
                fields=["appid", "id"],
                name="pending_requests_of_a_lane",
            ),
        ),
        AddIndexConcurrently(
            "acceptedrequest",
            models.Index(
                condition=models.Q(("method", "WorkerAttendance.Add"), ("state", 0)),
                fields=["id"],
                name="pending_punches",
            ),
        ),
        RemoveIndexConcurrently("acceptedrequest", "pending_requests_of_an_appid"),
    ]

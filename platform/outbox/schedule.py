"""What beat sends for the outbox."""

from celery.schedules import crontab

BEAT = {
    "outbox-deliver": {
        "task": "outbox.tasks.deliver_all",
        "schedule": 1.0,
        "options": {"expires": 10},
    },
    "heartbeat": {"task": "outbox.tasks.beat_heart", "schedule": 2.0, "options": {"expires": 10}},
    "outbox-prune": {"task": "outbox.tasks.prune", "schedule": crontab(hour=3, minute=40)},
}

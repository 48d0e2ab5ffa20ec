"""What beat sends for the pages."""

from celery.schedules import crontab

BEAT = {
    "web-send-waiting": {"task": "web.tasks.send_waiting", "schedule": 10.0, "options": {"expires": 30}},
    "web-forget-old": {"task": "web.tasks.forget_old", "schedule": crontab(hour=3, minute=20)},
}

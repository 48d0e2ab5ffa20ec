"""What beat sends for the pages."""

from celery.schedules import crontab

BEAT = {
    "web-send-waiting": {"task": "web.tasks.send_waiting", "schedule": 10.0, "options": {"expires": 30}},
    "web-sweep-exports": {
        "task": "web.exports.tasks.sweep_exports",
        "schedule": 3.0,
        "options": {"expires": 10},
    },
    "web-expire-exports": {"task": "web.exports.tasks.expire_exports", "schedule": crontab(minute="*/10")},
    "web-sweep-impact": {"task": "web.tasks.sweep_impact", "schedule": 5.0, "options": {"expires": 10}},
    "web-forget-old": {"task": "web.tasks.forget_old", "schedule": crontab(hour=3, minute=20)},
}

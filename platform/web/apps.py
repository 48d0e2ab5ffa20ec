from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "界面"

    def ready(self) -> None:
        from web import jobs, standard, trail, trail_objects

        standard.add_entries()
        trail.add_entries()
        jobs.add_entries()
        trail_objects.add_objects()

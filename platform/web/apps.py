from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "界面"

    def ready(self) -> None:
        from web import jobs, standard, trail, trail_objects
        from web.editor import waits

        standard.add_entries()
        waits.add_waiting()
        trail.add_entries()
        jobs.add_entries()
        trail_objects.add_objects()

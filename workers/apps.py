from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"
    verbose_name = "人员"

    def ready(self) -> None:
        from workers import trail

        trail.add_objects()
        from projects import occupants
        from web import waiting
        from workers.impact import add_sources
        from workers.selectors import still_here
        from workers.waiting import waiting as of_the_roster

        add_sources()
        occupants.register(still_here)
        waiting.register("workers.roster", of_the_roster)

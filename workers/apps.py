from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"
    verbose_name = "人员"

    def ready(self) -> None:
        from workers import trail

        trail.add_objects()
        from projects import occupants
        from web import waiting
        from web.jobs import register_probe
        from workers import import_waits
        from workers.impact import add_sources
        from workers.paper_waits import waiting as of_the_papers
        from workers.selectors import still_here
        from workers.waiting import waiting as of_the_roster

        add_sources()
        occupants.register(still_here)
        waiting.register("workers.roster", of_the_roster)
        waiting.register("workers.imports", import_waits.waiting)
        register_probe("workers.imports", import_waits.job)
        waiting.register("workers.papers", of_the_papers)

        from workers.quantity_waiting import waiting as of_quantities

        waiting.register("workers.quantities", of_quantities)

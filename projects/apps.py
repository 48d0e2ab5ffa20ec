from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目"

    def ready(self) -> None:
        from kernel import resolvers
        from projects import grants, places, trail
        from projects.web.account_entries import add_entries

        resolvers.register_enterprise(grants.enterprise_reach)
        resolvers.register_grants(grants.project_grants)
        resolvers.register_places("project", places.projects_below, places.place_of_project)
        resolvers.register_places("participation", places.participations_below, places.place_of_participation)
        add_entries()
        trail.add_objects()

        from projects.web.waiting import add_waiting

        add_waiting()

        from projects.impact import add_sources
        from projects.web import terms_waiting

        add_sources()
        terms_waiting.add_waiting()

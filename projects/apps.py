from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目"

    def ready(self) -> None:
        from kernel import resolvers
        from projects import grants

        resolvers.register_enterprise(grants.enterprise_reach)
        resolvers.register_grants(grants.project_grants)

        from projects.web.waiting import add_waiting

        add_waiting()

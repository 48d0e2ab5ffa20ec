from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "界面"

    def ready(self) -> None:
        from web.standard import add_entries

        add_entries()

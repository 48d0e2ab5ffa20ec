from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "integrity"
    verbose_name = "诚信"

    def ready(self) -> None:
        from attendance.demo.world import register_more
        from integrity.demo.notices import write_notices
        from integrity.trail import add_objects
        from integrity.web.entries import add_entries
        from integrity.web.waiting import register_waiting

        add_entries()
        add_objects()
        register_waiting()
        register_more("integrity.notices", write_notices)

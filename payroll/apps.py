from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"
    verbose_name = "工资"

    def ready(self) -> None:
        from payroll.trail import add_objects

        add_objects()

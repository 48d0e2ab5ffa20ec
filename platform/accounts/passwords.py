"""Rules for passwords, in words that Django's own translation lacks or says less politely."""

from django.contrib.auth import password_validation as django_rules
from django.utils.translation import gettext as _


class LongEnough(django_rules.MinimumLengthValidator):
    """Django 5.2 says this one in English only: its text and its translation have parted."""

    def get_error_message(self) -> str:
        return _("密码太短，至少须有 {number} 位。请换一个更长的密码。").format(number=self.min_length)

    def get_help_text(self) -> str:
        return _("密码至少 {number} 位。").format(number=self.min_length)


class NotOneself(django_rules.UserAttributeSimilarityValidator):
    """No password that nearly is one's own name or account."""

    def get_error_message(self) -> str:
        return _("密码与您的%(verbose_name)s太相似。请换一个别人猜不到的密码。")

    def get_help_text(self) -> str:
        return _("密码不能与您的姓名、账号相似。")


class NotCommon(django_rules.CommonPasswordValidator):
    """No password that everybody tries first."""

    def get_error_message(self) -> str:
        return _("这个密码太常见，容易被猜到。请换一个密码。")

    def get_help_text(self) -> str:
        return _("密码不能是大家常用的密码。")


class NotOnlyFigures(django_rules.NumericPasswordValidator):
    """No password of figures alone."""

    def get_error_message(self) -> str:
        return _("密码不能全是数字。请加上字母。")

    def get_help_text(self) -> str:
        return _("密码不能全是数字。")

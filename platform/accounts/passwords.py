"""Rules for passwords, in words that Django's own translation lacks."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django 5.2 says this one in English only: its text and its translation have parted."""

    def get_error_message(self) -> str:
        return _("密码太短，至少须有 {number} 位。请换一个更长的密码。").format(number=self.min_length)

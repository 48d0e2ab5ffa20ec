"""The outward form of values that no dictionary lists: refused only where nobody could mean them."""

import re

from federation.open_api.schema import Context

_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
_BANK_CARD = re.compile(r"[0-9]{8,30}")
_HAN = re.compile(r"[\u3400-\u9fff]{1,10}")


def phone(value: str, _context: Context) -> str | None:
    """A mobile or fixed line, with or without country code and hyphens."""
    return None if _PHONE.fullmatch(value) else "格式不正确!请填写7至20位电话号码,只含数字、空格和连字符"


def bank_card(value: str, _context: Context) -> str | None:
    """Digits only; which bank issued it is not judged here."""
    return None if _BANK_CARD.fullmatch(value.replace(" ", "")) else "格式不正确!请填写银行卡号,8至30位数字"


def nation(value: str, context: Context) -> str | None:
    """A word as identity cards bear it (those outside the 56 too, such as 穿青人), or a code of GB/T 3304."""
    if _HAN.fullmatch(value) or value.zfill(2) in context.codes("nation"):
        return None
    return "参数值不正确,请填写证件上的民族(如汉、土家),或GB/T 3304代码!"


def person_name(value: str, _context: Context) -> str | None:
    """Clients turn the letters null in our answers into nothing: a name must not hold them."""
    if "null" in value.lower() or not any(sign.isalpha() for sign in value):
        return "格式不正确!请按证件填写姓名"
    return None

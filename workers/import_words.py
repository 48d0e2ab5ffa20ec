"""How the faults of a roster are named as groups, and what its cells may show of numbers."""

from typing import Final

from kernel.masking import mask_card, mask_id_number, mask_phone
from workers.import_columns import Column

# A cause of several columns is named after the column; the others stand for themselves.
_OF_COLUMN: Final = {
    "missing": "没有填",
    "too_long": "太长",
    "digits_lost": "成了科学计数法，数字已丢失",
    "formula": "是公式，没有结果",
    "cell_error": "在表格里是错误值",
    "not_in_list": "不在列表里",
    "not_a_day": "不是日期",
    "day_out_of_range": "年份不对",
    "not_a_number": "不是数字",
    "too_many_places": "小数位太多",
    "not_yes_or_no": "不是“是”或“否”",
    "paper_incomplete": "没有填全",
}
_OWN: Final = {
    "length": "身份证号位数不对",
    "characters": "身份证号里有不该有的字符",
    "check_digit": "身份证号校验位不对",
    "birth": "身份证号里的出生日期不存在",
    "division": "身份证号前六位不是行政区划",
    "synthetic": "演示用的虚构号码",
    "under_age": "未满用工年龄",
    "twice_in_file": "同一人在表里出现了几次",
    "identity_name_differs": "姓名与已登记档案不同",
    "already_engaged": "已在本项目登记，不归您管理",
    "bad_phone_short": "手机号少了几位",
    "bad_phone_long": "手机号多了几位",
    "bad_phone_figures": "手机号里有不该有的字符",
    "bad_phone_start": "手机号开头不对",
    "bad_card_figures": "工资卡号里有不该有的字符",
    "bad_card_length": "工资卡号位数不对",
    "bad_card_luhn": "工资卡号校验位不对",
    "bad_name_signs": "姓名里有不该有的字符",
    "bad_name_length": "姓名太长或没有内容",
    "in_future": "进场日期晚于今天",
}
_MASKS: Final = {"id_number": mask_id_number, "phone": mask_phone, "card": mask_card}


def cause_words(column: Column | None, cause: str, sentence: str) -> str:
    """A group of faults in a few words; for a cause without a name the first part of its sentence."""
    if cause in _OWN:
        return _OWN[cause]
    heading = column.heading if column else ""
    if cause in _OF_COLUMN:
        return f"{heading}{_OF_COLUMN[cause]}"
    return sentence.split("，")[0].split("。")[0]


def shown(column: Column | None, text: str) -> str:
    """A cell as a page may show it: numbers of people covered."""
    if column is not None and column.is_sealed and column.kind not in _MASKS:
        return "****" if text else ""
    mask = _MASKS.get(column.kind) if column else mask_id_number
    return mask(text) if mask else text

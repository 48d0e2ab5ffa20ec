"""People who do not exist, for the demo world, tests and simulated gates: nobody can hold their numbers.

Identity numbers carry division codes that no county has (420001-420099). Phones begin with 109: mobile
numbers begin with 13 to 19, and of the operators' service numbers, which begin with 10, none of eleven
figures begins so. Bank cards begin with 0, which ISO/IEC 7812 leaves to standards bodies, never to a bank.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from workers.identity import Sex, age_on, check_digit


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = _words(
    "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 "
    "彭 曾 肖 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈"
)
MALE_NAMES = _words(
    "伟 强 军 勇 涛 斌 波 辉 鹏 飞 建国 建军 志强 志刚 国庆 家兴 海涛 德明 文华 永福 长江 汉生 明华 光荣 "
    "正平 春生 大勇 振东 金龙 立新 少华 世杰 宏伟 学军 卫东 先进 传友 昌盛 楚雄 道远"
)
FEMALE_NAMES = _words(
    "芳 娜 敏 静 丽 艳 娟 霞 燕 玲 秀英 桂英 秀兰 玉兰 春梅 红梅 小红 晓燕 丽华 桂花 冬梅 腊梅 翠兰 "
    "荷香 汉英 楚云 金凤 银花 彩霞 水仙"
)
NATIONS = ("汉",) * 19 + ("土家", "回", "苗", "侗")
FEMALE_SHARE = 0.13


@dataclass(frozen=True)
class SyntheticPerson:
    """One invented worker, complete enough to enrol; `nation` is the word without 族."""

    name: str
    sex: Sex
    birth: date
    id_number: str
    nation: str
    phone: str
    bank_card: str

    def __repr__(self) -> str:
        return f"<SyntheticPerson {self.name}>"


def id_number(rng: Random, *, birth: date, sex: Sex) -> str:
    """A number with a right check digit that nobody holds."""
    order = rng.randrange(500) * 2 + (sex is Sex.MALE)
    body = f"{rng.randint(420001, 420099)}{birth:%Y%m%d}{order:03d}"
    return body + check_digit(body)


def phone(rng: Random) -> str:
    """Eleven figures that reach nobody."""
    return f"109{rng.randrange(10**8):08d}"


def bank_card(rng: Random) -> str:
    """Nineteen figures with a right Luhn digit that belong to no bank."""
    body = f"009999{rng.randrange(10**12):012d}"
    return body + luhn_digit(body)


def luhn_digit(body: str) -> str:
    """The last figure of a card whose other figures are `body` (ISO/IEC 7812-1, annex B)."""
    doubled = (int(sign) * (2 - position % 2) for position, sign in enumerate(reversed(body)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def birth_date(rng: Random, *, today: date, youngest: int = 18, oldest: int = 59) -> date:
    """A birthday of someone who is between `youngest` and `oldest` years old today, both included."""
    latest = _years_before(today, youngest)
    earliest = _years_before(today, oldest + 1) + timedelta(days=1)
    birth = earliest + timedelta(days=rng.randint(0, (latest - earliest).days))
    return birth if youngest <= age_on(birth, today) <= oldest else latest


def person(rng: Random, *, today: date, sex: Sex | None = None, birth: date | None = None) -> SyntheticPerson:
    """One invented worker; the same generator in the same state gives the same person."""
    sex = sex or (Sex.FEMALE if rng.random() < FEMALE_SHARE else Sex.MALE)
    birth = birth or birth_date(rng, today=today)
    given = rng.choice(MALE_NAMES if sex is Sex.MALE else FEMALE_NAMES)
    return SyntheticPerson(
        name=rng.choice(SURNAMES) + given,
        sex=sex,
        birth=birth,
        id_number=id_number(rng, birth=birth, sex=sex),
        nation=rng.choice(NATIONS),
        phone=phone(rng),
        bank_card=bank_card(rng),
    )


def people(rng: Random, *, today: date) -> Iterator[SyntheticPerson]:
    """Invented workers without end, no two with one number."""
    seen: set[str] = set()
    while True:
        one = person(rng, today=today)
        if one.id_number not in seen:
            seen.add(one.id_number)
            yield one


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February of a leap year
        return day.replace(year=day.year - years, day=28)

"""The script of the demo world: which projects stand where, and what a regulator will find wrong there."""

from dataclasses import dataclass

HOUSING, UTILITIES = "01", "02"
# Fixed names: outside scripts and the tour in the README know these two projects.
WUCHANG_CODE, XIANTAO_CODE = "420106202601010101", "429004202601010101"


@dataclass(frozen=True, slots=True)
class Habits:
    """How well a site keeps its books and posts, as chances between 0 and 1."""

    contract: float = 0.985
    training: float = 0.985
    diligence: float = 0.89
    on_post: float = 0.92


STEADY = Habits()
HEALTHY = Habits(contract=1.0, training=0.998, diligence=0.95, on_post=0.97)
CARELESS = Habits(contract=0.90, training=0.93, diligence=0.80, on_post=0.76)
OFF_POST = Habits(contract=0.95, training=0.97, diligence=0.84, on_post=0.46)


@dataclass(frozen=True, slots=True)
class Site:
    """One project of the script. Days and hours are counted back from the day the world was made.

    `absent` names key posts whose holders have not come for so many days, `vacant` posts nobody holds,
    `silent` gates by number with the hours since they last spoke. `strangers` punch without being enrolled,
    `ghosts` go on punching after they have left the site.
    """

    county: str
    name: str
    category: str = HOUSING
    habits: Habits = STEADY
    weight: float = 1.0
    code: str = ""
    status: str = "003"
    ended_days: int = 0
    started_days: int | None = None
    absent: tuple[tuple[str, int], ...] = ()
    vacant: tuple[str, ...] = ()
    silent: tuple[tuple[int, int], ...] = ()
    gates: int = 2
    strangers: int = 0
    ghosts: int = 0
    has_nights: bool = False
    lends_worker_to: str = ""


SITES: tuple[Site, ...] = (
    # 武汉市武昌区
    Site(
        "420106", "中北路综合楼", weight=2.2, code=WUCHANG_CODE, habits=Habits(0.955, 0.98, 0.89, 0.86),
        absent=(("01", 5),), strangers=4,
    ),
    Site("420106", "洪山路改造工程", UTILITIES, CARELESS, weight=1.0),
    Site("420106", "紫阳路小学扩建", weight=1.3, absent=(("01", 9),)),
    Site("420106", "徐东商务中心", absent=(("06", 8),), vacant=("02",)),
    Site("420106", "杨园还建楼二期", weight=1.8, lends_worker_to="珞珈山路管廊"),
    Site("420106", "水果湖片区管网", UTILITIES, weight=1.9, strangers=2),
    Site("420106", "白沙洲仓储改造", habits=Habits(0.97, 0.94, 0.86, 0.84), weight=1.7),
    Site("420106", "中南路地下通道", UTILITIES, weight=1.2, gates=1, silent=((1, 26),)),
    Site("420106", "粮道街片区更新", weight=1.6),
    Site("420106", "积玉桥住宅一期", weight=1.5, ghosts=1),
    # 武汉市其他区
    Site("420111", "珞珈山路管廊", UTILITIES, weight=0.8),
    Site("420111", "南湖片区学校新建"),
    Site("420102", "二七滨江住宅三期", weight=2.0, gates=3),
    Site("420102", "后湖泵站扩建", UTILITIES, weight=0.7, ghosts=2),
    Site("420105", "四新大道雨污分流", UTILITIES, weight=1.1),
    Site("420105", "王家湾商业综合体", weight=2.1, gates=3, has_nights=True),
    Site("420115", "庙山产业园标准厂房", started_days=8),
    Site("420112", "金银湖医院门诊楼", status="005", ended_days=12),
    # 仙桃市：县（市）即二级单位
    Site("429004", "排湖安置房一期", weight=1.4, code=XIANTAO_CODE, habits=HEALTHY),
    Site("429004", "沔州大道改造工程", UTILITIES, HEALTHY, weight=1.1),
    Site("429004", "龙华山小学迁建", habits=HEALTHY, weight=0.8),
    Site("429004", "彭场产业园标准厂房", habits=HEALTHY),
    # 宜昌市
    Site("420502", "夷陵大道管网改造", UTILITIES),
    Site("420502", "东山片区还建楼", weight=1.2),
    Site("420503", "伍家岗滨江住宅二期", weight=1.5),
    Site("420506", "小溪塔医院住院楼", habits=HEALTHY),
    Site("420583", "马家店水厂扩建", UTILITIES, weight=0.6),
    # 襄阳市
    Site("420602", "檀溪路改造工程", UTILITIES),
    Site("420606", "汉江大道下穿通道", UTILITIES, weight=1.4, strangers=3, has_nights=True),
    Site("420606", "樊西学校新建", weight=0.9),
    Site("420607", "张湾标准厂房二期", habits=CARELESS),
    Site("420683", "南城片区还建房", status="004", ended_days=10),
    # 黄石市
    Site("420202", "磁湖路综合楼", weight=0.9),
    Site("420222", "城东水厂新建", UTILITIES, weight=0.7),
    Site("420281", "罗桥产业园厂房", weight=0.9),
    # 十堰市
    Site("420302", "人民路地下通道", UTILITIES, weight=0.8, has_nights=True),
    Site("420303", "车城路还建楼", absent=(("01", 14), ("04", 6))),
    Site("420381", "均州路管网改造", UTILITIES, weight=0.5),
    # 荆州市
    Site("421002", "北京路商业楼"),
    Site("421003", "古城南片区更新", silent=((2, 120),)),
    Site("421083", "新堤排涝泵站", UTILITIES, weight=0.6, started_days=15),
    Site("421087", "新江口医院新建", weight=0.9),
    # 黄冈市：到岗率全省最低
    Site("421102", "遗爱湖住宅一期", habits=OFF_POST, weight=1.3),
    Site("421102", "东坡大道改造工程", UTILITIES, OFF_POST),
    Site("421181", "金桥大道管网改造", UTILITIES, OFF_POST, weight=0.7, vacant=("05",)),
    Site("421126", "漕河学校扩建", habits=OFF_POST, weight=0.8, gates=1, silent=((1, 80),)),
    Site("421127", "小池产业园厂房", habits=OFF_POST),
    # 孝感市
    Site("420902", "槐荫大道综合楼", weight=1.1),
    Site("420984", "仙女山还建楼"),
    Site("420981", "城中水厂改造", UTILITIES, CARELESS, weight=0.6),
    Site("420982", "府城医院扩建", absent=(("06", 10),), weight=0.8),
    # 咸宁市
    Site("421202", "温泉路改造工程", UTILITIES, weight=0.8),
    Site("421281", "陆水湖住宅一期"),
    Site("421221", "鱼岳学校新建", started_days=12, gates=0, weight=0.4),
    # 潜江市
    Site("429005", "章华路综合楼", weight=0.9),
    Site("429005", "园林片区更新", weight=0.8),
    Site("429005", "江汉路管网改造", UTILITIES, weight=0.5),
    # 恩施土家族苗族自治州
    Site("422801", "舞阳大道改造工程", UTILITIES, weight=0.8),
    Site("422801", "硒都学校新建", started_days=0, weight=0.4),
    Site("422802", "清江路还建楼", weight=0.7),
)  # fmt: skip

# What a Sunday, a day of heavy rain and an ordinary day leave of attendance.
SATURDAY, SUNDAY, RAIN = 0.95, 0.80, 0.22

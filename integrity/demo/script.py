"""Which notices the demo world has, and how far each has come."""

from dataclasses import dataclass

from attendance.demo.script import WUCHANG_CODE, XIANTAO_CODE


@dataclass(frozen=True, slots=True)
class Scene:
    """One notice: on which project, issued how many hours ago, for how many days, about which of these gaps.

    Where the site had none of them that day, it is about whatever was missing, if anything was.
    `steps`: who does what so many hours after it was issued: read, reply, late_reply, give_back, accept.
    """

    project: str
    hours_ago: int
    days: int
    gaps: tuple[str, ...]
    steps: tuple[tuple[str, int], ...] = ()


SCENES = (
    # The project of the demo accounts: one of each that a supervisor and a clerk meet.
    Scene(WUCHANG_CODE, 9 * 24, 3, ("uncontracted",), (("read", 2), ("reply", 26), ("accept", 30))),
    Scene(WUCHANG_CODE, 5 * 24, 3, ("unmatched", "untrained"), (("read", 3),)),
    Scene(
        WUCHANG_CODE, 74, 3, ("uncontracted", "untrained"),
        (("read", 1), ("reply", 20), ("give_back", 26), ("reply", 50)),
    ),
    Scene(WUCHANG_CODE, 3, 3, ("absent_post:01", "unmatched"), ()),
    Scene("洪山路改造工程", 6 * 24, 2, ("uncontracted", "untrained"), (("read", 5),)),
    Scene("白沙洲仓储改造", 30, 3, ("uncontracted", "untrained"), (("read", 1),)),
    Scene("徐东商务中心", 54, 7, ("absent_post:06", "vacant_post"), (("read", 4), ("reply", 28))),
    Scene(
        XIANTAO_CODE, 8 * 24, 3, ("uncontracted", "untrained", "unmatched"),
        (("read", 1), ("reply", 9), ("accept", 12)),
    ),
)  # fmt: skip

ANSWERS = (
    "已逐人核对并补齐资料，原件已上传平台，班组长已签字确认。",
    "按上次退回的意见重拍了签字页，其余不变。",
)
RETURNED = "签字页拍得不全，请补拍每个人的签字页。"
ACCEPTED = "现场抽查已改，其余人员的资料当日补交。"

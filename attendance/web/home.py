"""The home page: what waits for this person, and below it the picture of the whole."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from attendance.selectors.cells import unheard_cells
from attendance.selectors.dashboard import by_place, dashboard, region_in_reach
from attendance.selectors.pulse import pulse
from attendance.selectors.same_time import same_time_yesterday
from attendance.selectors.trend import people_by_day
from attendance.selectors.worklist import RED, WorkItem, work_list
from attendance.web.clock import today
from attendance.web.measures import MEASURES, ranking, unit_map
from attendance.web.places import crumbs, dashboard_url
from attendance.web.site_home import site_context
from attendance.web.strip import strip
from attendance.web.trends import first_day, people_trend
from regions.models import Region
from regions.selectors import province
from standards.selectors import code_name
from web import words
from web.navigation import Crumb
from web.once import fingerprint
from web.pages import Page
from web.waiting import Waiting, waiting_for

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A work item in words: what, where, the fact, and the next act."""

    item: WorkItem
    since: str
    what: str
    fact: str
    act: str
    url: str


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of work as chips with their numbers, and which of them is chosen."""

    key: str
    chosen: frozenset[str]
    chips: list[tuple[str, str, int, bool]]


KINDS = {
    "papers": ("合同与培训", frozenset({"uncontracted", "untrained"})),
    "posts": ("关键岗位", frozenset({"absent_post", "vacant_post"})),
    "devices": ("设备与打卡", frozenset({"silent_project", "silent_device", "unmatched"})),
}


class Home(Page):
    """工作清单: gaps by urgency, then six figures, map, trend and ranking; on sites the ways to act."""

    permission = "standards.view"
    section = "work"
    template_name = "attendance/home.html"
    tolerates_lag = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.actor.may("own.view"):
            return redirect("me")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        day = today(now)
        waits = waiting_for(self.actor, day, now)
        if not self.actor.may("attendance.view"):
            # Administrators have no work on sites: only what waits for them.
            self.template_name = "web/waiting.html"
            return self.show(
                {"title": "工作清单", "crumbs": [Crumb("工作清单")], "waits": waits, "as_of": now}
            )
        own = bool(self.actor.reach("attendance.view").region_paths)
        of = region_in_reach(self.actor) if own else province()
        stamp = fingerprint(pulse(self.actor, of, day), repr(waits))
        if request.headers.get("X-Stamp") == stamp:
            return HttpResponse(status=204)
        items = work_list(self.actor, of if own else None, day, now)
        kinds = _kinds(items, request.GET.get("kind", ""))
        chosen = [item for item in items if not kinds.chosen or item.kind in kinds.chosen]
        shown = chosen if "all" in request.GET else chosen[:SHOWN]
        then = same_time_yesterday(self.actor, of, day, now)
        board = dashboard(self.actor, of, day, now)
        return self.show(
            {
                "title": "工作清单",
                "stamp": stamp,
                "crumbs": crumbs(self.actor, of if own else None, dashboard_url),
                "as_of": board.as_of,
                "unheard": unheard_cells(of),
                "waits": waits,
                "groups": _groups(chosen, shown),
                "kinds": kinds.chips,
                "kind": kinds.key,
                "headline": _headline(items, waits),
                "remark": _remark(items),
                "hidden": len(chosen) - len(shown),
                "doors": strip(board.figures, board.before, then, of if own else None, day),
                "chart": people_trend(
                    of.name if own else "", people_by_day(self.actor, of, first_day(day), day), day
                ),
                "attention": _attention(items)[:8] if own else [],
                **self._places(of if own else None, day, now),
                **({} if own else site_context(self.actor, day, items)),
            }
        )

    def _places(self, of: Region | None, day: Any, now: Any) -> dict[str, Any]:
        """Map and ranking of the parts below; nothing for people of one county or project."""
        if of is None:
            return {}
        measure = MEASURES["on_post"]
        rows = ranking(measure, by_place(self.actor, of, day, now), day)
        return {
            "place": of,
            "place_url": dashboard_url(of),
            "measure": measure,
            "ranking": rows[:10],
            "map": unit_map(of, measure, rows, day) if rows else None,
        }


def _headline(items: list[WorkItem], waits: list[Waiting]) -> str:
    """Never “nothing to do” under a list of what waits."""
    if items:
        return f"今天要处理 {words.exact(len(items))} 件"
    return "今天没有缺口" if waits else "今天没有要处理的事"


def _remark(items: list[WorkItem]) -> str:
    """How many of them are beyond the rule, and how many are new."""
    urgent, newer = sum(item.level == RED for item in items), sum(item.is_new for item in items)
    new = f"，较昨日新增 {words.exact(newer)} 件" if newer else ""
    return f"其中 {words.exact(urgent)} 件已超过规定{new}" if items else ""


def _groups(items: list[WorkItem], shown: list[WorkItem]) -> list[dict[str, Any]]:
    found = []
    for level, title in ((RED, "已超过规定"), ("amber", "需要核实")):
        lines = [_line(item) for item in shown if item.level == level]
        if lines:
            total = sum(item.level == level for item in items)
            found.append({"level": level, "title": title, "lines": lines, "total": total})
    return found


def _kinds(items: list[WorkItem], asked: str) -> Kinds:
    key = asked if asked in KINDS else ""
    chips = [("全部", "?", len(items), not key)]
    for name, (label, members) in KINDS.items():
        number = sum(item.kind in members for item in items)
        if number:
            chips.append((label, f"?kind={name}", number, name == key))
    return Kinds(key, KINDS[key][1] if key else frozenset(), chips)


def _attention(items: list[WorkItem]) -> list[dict[str, Any]]:
    """The projects with most to act on, with their first reason and how many red and amber items."""
    found: dict[int, dict[str, Any]] = {}
    for item in items:
        row = found.setdefault(
            item.project.pk, {"project": item.project, "reason": _line(item).what, "red": 0, "amber": 0}
        )
        row[item.level] += 1
    return sorted(found.values(), key=lambda row: (-row["red"], -row["amber"], row["project"].code))


def _line(item: WorkItem) -> Line:
    what, fact, act, url = _WORDS[item.kind](item)
    return Line(item, _since(item), what, fact, act, url)


def _since(item: WorkItem) -> str:
    if item.kind == "silent_device":
        return f"{item.number} 小时" if item.days < 3 else f"{item.days} 天"
    if item.kind == "vacant_post":
        return "空缺中"
    return f"{item.days} 天" if item.days else "今天"


def _people_url(item: WorkItem, **query: str) -> str:
    asked = {"project": str(item.project.public_id), "on_site": "1", **query}
    return f"{reverse('people')}?{urlencode(asked)}"


def _tab(item: WorkItem, tab: str) -> str:
    return reverse("project_tab", args=[item.project.public_id, tab])


def _paper(item: WorkItem, missing: str, query: str) -> tuple[str, str, str, str]:
    number = words.exact(item.number)
    fact = f"最早自 {words.day(item.since)} 起缺，{_grace(item.limit)}"
    return f"{missing} {number} 人", fact, f"看 {number} 人", _people_url(item, **{query: "no"})


def _grace(days: int) -> str:
    return f"进场后 {days} 天内须补齐" if days else "进场前就应完成"


def _silent_project(item: WorkItem) -> tuple[str, str, str, str]:
    last = f"最近一次 {words.day(item.since)}" if item.since else "开通以来没有打卡"
    return "在建项目没有打卡", f"{last}，超过 {item.limit} 天须核实", "看考勤", _tab(item, "attendance")


def _silent_device(item: WorkItem) -> tuple[str, str, str, str]:
    fact = f"{item.name}，最近一次 {words.moment(item.at)}，限 {item.limit} 小时"
    return "考勤设备失联", fact, "看设备", _tab(item, "devices")


def _absent_post(item: WorkItem) -> tuple[str, str, str, str]:
    post = code_name("key_post", item.name)
    last = f"最近到岗 {words.day(item.since)}" if item.since else "上任以来没有到岗"
    return f"{post}连续缺勤", f"{last}，连续 {item.limit} 天即告警", "看岗位", _tab(item, "posts")


def _vacant_post(item: WorkItem) -> tuple[str, str, str, str]:
    posts = "、".join(code_name("key_post", post) for post in item.name.split(","))
    return f"关键岗位空缺 {item.number} 个", posts, "看岗位", _tab(item, "posts")


def _unmatched(item: WorkItem) -> tuple[str, str, str, str]:
    asked = {"project": str(item.project.public_id), "matched": "no", "day": words.day(item.since)}
    url = f"{reverse('punches')}?{urlencode(asked)}"
    number = words.exact(item.number)
    return f"对不上人的打卡 {number} 次", "未登记、未进场或证件号有误", f"看 {number} 次", url


_WORDS = {
    "uncontracted": lambda item: _paper(item, "未签合同进场", "contract"),
    "untrained": lambda item: _paper(item, "未培训进场", "training"),
    "silent_project": _silent_project,
    "silent_device": _silent_device,
    "absent_post": _absent_post,
    "vacant_post": _vacant_post,
    "unmatched": _unmatched,
}

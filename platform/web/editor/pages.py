"""One version of the standard: what it says, what it changes, whom it touches, what is left to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from audit.selectors import events_of
from standards import life
from standards.conditions import in_words
from standards.effective import with_draft
from standards.judging import OWN_RULES
from standards.layers import ADDED
from standards.models import StandardVersion
from standards.selectors import every_code
from standards.spec import EXTENSIBLE, OBJECTS, PROVINCIAL, SEVERITIES, ElementSpec, Standard
from standards.versions import base_under, changes_of, conflicts_with_cities, faults_of
from web import words
from web.editor import reading
from web.editor.impact import latest_check, why_shut
from web.editor.parts import drop_url, names_of_lists, put_url
from web.editor.sheets import names_of_elements
from web.editor.versions_page import standings
from web.editor.words import asked_of, element_said, severities_said, shown_changes
from web.pages import Page
from web.standard_acts import may_edit, may_review
from web.trail_words import said

TABS = {
    "changes": "改动",
    "elements": "数据元素",
    "codes": "代码",
    "rules": "规则",
    "conflicts": "检查与冲突",
    "impact": "影响检查",
    "history": "经过",
}
_SHOWN_EVENTS = 30
_LEVELS = {"block": "red", "warn": "amber", "inform": "blue"}


class VersionPage(Page):
    """One version: what it says, what it changes, whom it touches, and what is left to do."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/editor/version.html"

    def get(self, request: HttpRequest, public_id: UUID, tab: str = "changes") -> HttpResponse:
        if tab not in TABS:
            raise Http404
        row = self.row = reading.readable(self.actor, public_id)
        self.today = timezone.localdate()
        self.is_mine = row.layer in life.MOVES and may_edit(self.actor, row.region)
        self.makes_it = self.is_mine or may_review(self.actor)
        self.is_open = self.is_mine and life.EDIT in life.acts(row.layer, row.state)
        self.extends = reading.open_objects(row, self.today) if self.is_open else []
        changes = changes_of(row)
        context = {
            "title": f"{reading.whose(row)} {row.number}",
            "crumbs": reading.crumbs(row),
            "row": row,
            "standing": standings([row], self.today)[row.pk],
            "changes_number": len(changes),
            "tab": tab,
            "tabs": [
                {"url": reading.url_of(row, key), "label": label, "here": key == tab, "count": None}
                for key, label in TABS.items()
            ],
            "is_open": self.is_open,
            **self._acts(len(changes)),
        }
        shown: dict[str, Callable[[], dict[str, Any]]] = {
            "changes": lambda: {
                "changes": shown_changes(changes, names_of_elements(row), names_of_lists(row))
            },
            "elements": self._elements,
            "codes": self._codes,
            "rules": self._rules,
            "conflicts": self._conflicts,
            "impact": self._impact,
            "history": self._history,
        }
        return self.show(context | shown[tab]())

    def _acts(self, changes_number: int) -> dict[str, Any]:
        """What may be done now, and what of it is shut and why."""
        row, key = self.row, self.actor.key
        possible = life.acts(row.layer, row.state)
        wrote = key in row.editors or key == row.drafted_by
        reviews = row.layer in life.MOVES and may_review(self.actor)
        check = latest_check(row) if self.makes_it else None
        todo = _todo(row, check, changes_number) if self.is_open else []
        left = [one for one in todo if not one.is_done]
        return {
            "check": check,
            "todo": todo,
            "left_number": len(left),
            "next": left[0] if left else None,
            "may_submit": life.SUBMIT in possible and self.is_mine,
            "may_withdraw": life.WITHDRAW in possible and self.is_mine,
            "may_publish": life.PUBLISH in possible and self.is_mine and key != row.reviewed_by,
            "reviewed_it": life.PUBLISH in possible and self.is_mine and key == row.reviewed_by,
            "may_accept": life.ACCEPT in possible and reviews and not wrote,
            "may_return": life.RETURN in possible and reviews and not wrote,
            "wrote_it": life.ACCEPT in possible and reviews and wrote,
            "may_follow": self.is_mine and row.is_published,
        }

    def _elements(self) -> dict[str, Any]:
        standard = with_draft(self.row, self.row.region, self.today)
        own, lists = str(self.row.public_id), names_of_lists(self.row)
        added = [one for one in changes_of(self.row) if one.part == "element" and one.act == ADDED]
        new = {(one.object_key, one.code) for one in added}

        def shown(one: ElementSpec) -> dict[str, Any]:
            is_new = (one.object_key, one.code) in new
            return {**self._element(one, own), "said": asked_of(one, lists), "is_new": is_new}

        return {
            "extensible": EXTENSIBLE,
            "objects": [
                (key, name, [shown(one) for one in standard.all_elements.get(key, ())],
                 put_url(self.row, "element", key) if key in self.extends else "",
                 reverse("standard_preview", args=[self.row.public_id, key]))
                for key, name in OBJECTS.items()
            ]
        }  # fmt: skip

    def _element(self, one: ElementSpec, own: str) -> dict[str, Any]:
        is_own = one.version.public_id == own
        demand = next((d for d in one.demands if d.version.public_id == own), None)
        found = {"element": one, "is_own": is_own, "demand": demand}
        if not self.is_open:
            return found
        if is_own:
            found["put_url"] = put_url(self.row, "element", one.object_key, one.code)
            found["drop_url"] = drop_url(self.row, "element", one.object_key, one.code)
            found["moves"] = [
                (label, reverse("standard_move", args=[self.row.public_id, one.object_key, one.code, way]))
                for way, label in (("up", "上移"), ("down", "下移"))
            ]
            return found
        if one.object_key in self.extends and not one.is_retired:
            found["tighten_url"] = put_url(self.row, "tightening", one.object_key, one.code)
        if demand:
            found["drop_url"] = drop_url(self.row, "tightening", one.object_key, one.code)
        return found

    def _codes(self) -> dict[str, Any]:
        names = names_of_lists(self.row)
        items = [
            {
                "item": item,
                "list": names.get(item.code_list, item.code_list),
                "known": every_code(item.code_list).get(item.code, ""),
                "put_url": put_url(self.row, "item", item.code_list, item.code) if self.is_open else "",
                "drop_url": drop_url(self.row, "item", item.code_list, item.code) if self.is_open else "",
            }
            for item in self.row.proposed_items.order_by("code_list", "position", "id")
        ]
        lists = [
            (key, name, put_url(self.row, "item", key))
            for key, name in sorted(reading.open_lists(self.row, names, self.today), key=lambda one: one[1])
        ]
        here = dict.fromkeys(item.code_list for item in self.row.proposed_items.order_by("position", "id"))
        begun = (
            [(names.get(key, key), put_url(self.row, "item", key)) for key in here] if self.is_open else []
        )
        return {
            "items": items,
            "lists": lists,
            "new_list_url": put_url(self.row, "item", "new"),
            "begun_lists": begun,
        }

    def _rules(self) -> dict[str, Any]:
        standard = with_draft(self.row, self.row.region, self.today)
        own = str(self.row.public_id)
        found = []
        for key, name in OBJECTS.items():
            known = {one.code: one.name for one in standard.all_elements.get(key, ())}
            rules = [
                {
                    "rule": rule,
                    "words": in_words(rule.condition, known),
                    "severities": severities_said(rule.severities),
                    "put_url": put_url(self.row, "rule", key, rule.code)
                    if self.is_open and rule.version.public_id == own
                    else "",
                    "drop_url": drop_url(self.row, "rule", key, rule.code)
                    if self.is_open and rule.version.public_id == own
                    else "",
                }
                for rule in standard.all_rules.get(key, ())
            ]
            new = put_url(self.row, "rule", key) if key in self.extends else ""
            found.append((key, name, rules, new))
        return {"rules": found}

    def _conflicts(self) -> dict[str, Any]:
        on = self.row.effective_from or self.today
        base = base_under(self.row, on)
        faults = [] if self.row.is_published else faults_of(self.row, on)
        if self.row.is_published:
            own = [_fault(base, one) for one in self.row.conflicts]
        else:
            own = [_fault(base, one.as_data()) for one in faults]
        cities = conflicts_with_cities(self.row, on) if self.row.layer == PROVINCIAL else []
        draft = with_draft(self.row, None, on) if cities else base
        return {
            "faults": own,
            "cities": [
                {"row": city, "whose": reading.whose(city), "url": reading.url_of(city),
                 "faults": [_fault(draft, one.as_data()) for one in found]}
                for city, found in cities
            ],
            "is_base": self.row.layer == PROVINCIAL,
        }  # fmt: skip

    def _impact(self) -> dict[str, Any]:
        check = latest_check(self.row) if self.makes_it else None
        names = names_of_elements(self.row)
        lines = check.lines.order_by("-records", "pk") if check is not None and check.is_done else []
        return {
            "makes_it": self.makes_it,
            "impact_lines": [
                {
                    "line": line,
                    "what": names.get(line.object_key, {}).get(line.element, line.element),
                    "rule": "" if line.rule in OWN_RULES else line.rule,
                    "object": OBJECTS.get(line.object_key, line.object_key),
                    "level": _LEVELS.get(line.severity, "grey"),
                    "severity": SEVERITIES.get(line.severity, line.severity),
                    "url": reverse("standard_impact_line", args=[self.row.public_id, line.pk]),
                }
                for line in lines
            ],
            "stale": why_shut(self.row, check) if check is not None and check.is_done else "",
            "left": check.remaining(timezone.now()) if check is not None and check.is_open else None,
            "refresh": 3 if check is not None and check.is_open else None,
        }

    def _history(self) -> dict[str, Any]:
        events = list(events_of(self.row)[:_SHOWN_EVENTS])
        return {
            "events": [
                {
                    "at": event.at,
                    "when": words.moment(event.at),
                    "text": said(event),
                    "sub": "，".join(filter(None, (event.actor_label, event.facts.get("code", "")))),
                    "kind": "now" if at == 0 else "",
                }
                for at, event in enumerate(events)
            ]
        }


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing to do before the version may be submitted; an act where somebody can do it now."""

    is_done: bool
    text: str
    act: str = ""
    url: str = ""


def _todo(row: StandardVersion, check: Any, changes_number: int) -> list[_Step]:
    """What is left before the version may be submitted, in the order in which it is done."""
    shut, is_checked = why_shut(row, check), row.state == life.CHECKED
    runs = check is not None and check.is_open
    compare = reverse("standard_check", args=[row.public_id])
    impact = reverse("standard_check_impact", args=[row.public_id])
    return [
        _Step(changes_number > 0, f"已有 {changes_number} 处改动" if changes_number else "还没有改动。"),
        _Step(True, "对照检查已通过")
        if is_checked
        else _Step(False, "还没有通过对照检查，请先检查。", "对照检查", compare),
        _Step(False, shut, "" if runs else "影响检查", impact) if shut else _Step(True, "影响检查已完成"),
    ]


def _fault(base: Standard, fault: dict[str, str]) -> dict[str, str]:
    """A fault with the element of the base that it contradicts."""
    below = base.element(fault["object"], fault["code"])
    where = OBJECTS.get(fault["object"], fault["object"])
    return {
        "where": "　".join(part for part in (where, fault["code"]) if part),
        "sentence": fault["sentence"],
        "base": f"{below.version.number}：{element_said(below)}" if below is not None else "",
    }

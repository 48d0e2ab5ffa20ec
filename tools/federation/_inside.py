"""What is done and asked within a node: `python -m tools.federation._inside STEP`, facts on its input."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import django

from tools.bench._federation import inside as measured
from tools.federation import _asked
from tools.federation.plan import CONTRACTOR, OWNER, PERMIT, PROJECT, SUPERVISOR

Facts = dict[str, Any]


def main() -> None:
    """Run one step; its answer is the last line of the output."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    facts = json.loads(sys.stdin.read() or "{}")
    print(json.dumps(STEPS[sys.argv[1]](facts), ensure_ascii=False))


def enter(facts: Facts) -> Facts:
    """All that makes a node one of several: it joins, has its accounts and world, and invites those below it.

    Answers the invitations by code, and the accounts whose place had not come down after `wait` seconds.
    """
    if facts["code"]:
        join(facts)
    if facts["world"]:
        world(facts)
    invited = {one["code"]: invite(one)["code"] for one in facts["below"]}
    deadline = time.monotonic() + facts["wait"]
    while (missing := accounts(facts)["missing"]) and time.monotonic() < deadline:
        time.sleep(1.0)
    return {"invited": invited, "missing": missing}


def world(_facts: Facts) -> Facts:
    """A project with its permit, registered by the act that a county's clerk uses; once."""
    from projects.services import PermitFacts, receive_permit
    from regions.selectors import region
    from web.console import CONSOLE

    receive_permit(
        actor=CONSOLE,
        facts=PermitFacts(
            project_code=PROJECT,
            project_name="东湖联调家园一期",
            region=region("420106"),
            permit_number=PERMIT,
            issued_on=date(2026, 11, 1),
            contractor_uscc=CONTRACTOR[0],
            contractor_name=CONTRACTOR[1],
            owner_uscc=OWNER[0],
            owner_name=OWNER[1],
            supervisor_uscc=SUPERVISOR[0],
            supervisor_name=SUPERVISOR[1],
            address="武昌区联调路1号",
        ),
    )
    return {"project": PROJECT}


def invite(facts: Facts) -> Facts:
    """The invitation of a child; none where it has joined already."""
    from federation.models import Node
    from federation.services import invite_node
    from regions.selectors import region
    from web.console import CONSOLE

    joined = Node.objects.filter(code=facts["code"]).exclude(state=Node.State.INVITED)
    if joined.exists():
        return {"code": ""}
    _node, text = invite_node(
        actor=CONSOLE,
        code=facts["code"],
        name=facts["name"],
        kind=facts["kind"],
        region=region(facts["region"]) if facts.get("region") else None,
        enterprise_uscc=facts.get("enterprise", ""),
    )
    return {"code": text}


def join(facts: Facts) -> Facts:
    """Join below the parent and greet it."""
    from federation.services import join_parent
    from federation.services.exchanging import greet
    from web.console import CONSOLE

    node = join_parent(actor=CONSOLE, url=facts["url"], invitation=facts["code"])
    return {"parent": node.code, "greeted": greet()}


def accounts(facts: Facts) -> Facts:
    """Accounts with their posts where they are missing; those whose place is not known yet are named."""
    from django.conf import settings
    from django.utils import timezone

    from accounts.models import User
    from kernel.errors import NotFound
    from projects.scopes import scope_of
    from web.console import CONSOLE
    from web.postings import grant_post, open_account

    missing = []
    for one in facts["accounts"]:
        if User.objects.filter(username=one["username"]).exists():
            continue
        try:
            scope = scope_of(CONSOLE, one["scope"])
        except NotFound:
            missing.append(one["username"])
            continue
        user, _password = open_account(
            actor=CONSOLE, username=one["username"], display_name=one["name"], password=settings.DEMO_PASSWORD
        )
        # A password that every reader of the README knows need not be changed at the first sign-in.
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
        grant_post(
            actor=CONSOLE, user=user, role=one["role"], scope=scope, valid_from=timezone.localdate(),
            document="演示",
        )  # fmt: skip
    return {"missing": missing}


STEPS: dict[str, Callable[[Facts], Facts]] = {
    "enter": enter,
    "world": world,
    "invite": invite,
    "join": join,
    "accounts": accounts,
    **_asked.STEPS,
    **measured.STEPS,
}


if __name__ == "__main__":
    main()

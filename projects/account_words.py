"""How accounts and posts are said: roles, states, and what is left of a post's time."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Post
from accounts.roles import ROLES
from web import words

Said = tuple[str, str]


def role_title(role: str) -> str:
    """A role in words; an unknown one by its name."""
    return ROLES[role].title if role in ROLES else role


def roles() -> list[tuple[str, str]]:
    """Every role as a choice."""
    return [(name, role.title) for name, role in ROLES.items()]


def post_in_words(post: Post) -> str:
    """武昌区 县区监管员."""
    place = post.scope_name or (post.region.name if post.region else "")
    return f"{place} {role_title(post.role)}".strip()


def post_state(post: Post, today: date, warn_days: int) -> Said:
    """A post's level and state in words."""
    if post.ended_at:
        return "grey", f"{words.day(post.ended_at)} 终止"
    if post.valid_to and post.valid_to < today:
        return "grey", f"{words.day(post.valid_to)} 到期"
    if post.valid_from > today:
        return "blue", f"{words.day(post.valid_from)} 开始"
    if post.valid_to and post.valid_to <= today + timedelta(days=warn_days):
        return "amber", until_words(post.valid_to, today)
    return "green", "在任"


def until_words(last: date, today: date) -> str:
    """今天到期, 12 天后到期."""
    left = (last - today).days
    return f"{left} 天后到期" if left else "今天到期"


def account_state(user: Any, today: date, warn_days: int) -> Said:
    """The most pressing thing to say of an account that `accounts_on` has read."""
    if not user.is_active:
        return "grey", "已停用"
    if user.is_locked:
        return "red", "已锁定"
    if not user.in_force:
        return "grey", "没有在任岗位"
    if user.is_ending:
        ends = min(post.valid_to for post in user.seen_posts if post.valid_to)
        return "amber", until_words(ends, today) if ends <= today + timedelta(days=warn_days) else "在任"
    return "green", "在任"


def last_sign_in(at: datetime | None) -> str:
    return words.moment(at) if at else "还没有登录过"

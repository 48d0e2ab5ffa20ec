"""Every page behind its address, and who of a county may open it: for tests that walk through all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from tests.support.counties import County
from tests.support.routes import ROUTES, Route, routes

# Whose acts a page belongs to is tried first; whoever only reads comes after.
FIRST = (
    "contractor_manager",
    "labour_clerk",
    "supervisor",
    "platform_administrator",
    "county_regulator",
    "owner",
)


@dataclass(frozen=True)
class Door:
    """A page of a route, and the role that opened it."""

    route: str
    path: str
    role: str
    client: Client
    answer: Any

    @property
    def view(self) -> Any:
        """The class of the view."""
        return getattr(resolve(self.path).func, "view_class", None)

    def __str__(self) -> str:
        return f"{self.route} as {self.role}: {self.path}"


def clients(county: County) -> dict[str, Client]:
    """A browser of each holder of a post, of whoever acts first."""
    order = [*FIRST, *(role for role in county.users if role not in FIRST)]
    found = {}
    for role in order:
        found[role] = Client()
        found[role].force_login(county.users[role], backend="django.contrib.auth.backends.ModelBackend")
    return found


def paths(county: County, more: Mapping[str, Route] | None = None) -> Iterator[tuple[str, str]]:
    """Each route with the county's first ids; what needs others cannot be opened by an address alone."""
    known = {name for name, _where in routes()}
    for name, route in {**ROUTES, **(more or {})}.items():
        ids = route.kwargs(county) if name in known else []
        try:
            yield from ((name, reverse(name, kwargs=kwargs)) for kwargs in ids[:1])
        except NoReverseMatch:
            continue


def doors(
    county: County, *, every_role: bool = False, more: Mapping[str, Route] | None = None
) -> Iterator[Door]:
    """Every page, by the first role that opens it, or by all of them; doors of strangers come as they are."""
    browsers = {**clients(county), "": Client()}
    for name, path in paths(county, more):
        if path.startswith("/api/") and name != "docs":
            continue
        for role, client in browsers.items():
            answer = client.get(path)
            if answer.status_code == 200 and "text/html" in answer.headers.get("Content-Type", ""):
                yield Door(name, path, role, client, answer)
                if not every_role:
                    break

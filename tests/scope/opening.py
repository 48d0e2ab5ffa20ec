"""Opening pages and endpoints as a browser does."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import resolve, reverse

from tests.support.routes import ROUTES, Route, address
from tests.support.world import County
from web.pages import SIGNED_IN

GUARDED = {name: route for name, route in ROUTES.items() if not route.public}


def signed_in(county: County, role: str) -> Client:
    """A browser in which the county's holder of a role has signed in."""
    client = Client()
    client.force_login(county.users[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


def expected_of(url: str, county: County, role: str) -> int:
    """What a role is answered at one of its own addresses: the view's permission and methods decide."""
    view = resolve(urlsplit(url).path).func
    kind: Any = getattr(view, "view_class", None) or getattr(view, "cls", None)
    permission = getattr(kind, "permission", "")
    if permission not in ("", SIGNED_IN) and not county.actor(role).may(permission):
        return 403
    if not ("get" in kind.http_method_names and hasattr(kind, "get")):
        return 405
    route = ROUTES[resolve(urlsplit(url).path).view_name]
    is_a_units = route.is_the_units and county.region.is_second_level
    if route.is_the_provinces and role != "province_regulator" and not is_a_units:
        return 403
    if getattr(kind, "owned", ()) and str(county.copy.public_id) in url:
        # No form is shown of another node's record.
        return 409
    return 302 if route.leads_on else 200


def paths(name: str, route: Route, county: County, *, all_queries: bool = True) -> Iterator[tuple[str, bool]]:
    """The addresses of a route with a county's ids, and whether an id stands in the path."""
    queries = route.queries(county)
    for kwargs in route.kwargs(county):
        path = reverse(name, kwargs=kwargs)
        for query in queries if all_queries else queries[:1]:
            yield address(path, query), bool(kwargs) and not route.public and not route.by_key

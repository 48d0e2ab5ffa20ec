"""Opening pages and endpoints as a browser does."""

from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from tests.support.routes import ROUTES, Route, address
from tests.support.world import County

GUARDED = {name: route for name, route in ROUTES.items() if not route.public}


def signed_in(county: County, role: str) -> Client:
    """A browser in which the county's holder of a role has signed in."""
    client = Client()
    client.force_login(county.users[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


def paths(name: str, route: Route, county: County, *, all_queries: bool = True) -> Iterator[tuple[str, bool]]:
    """The addresses of a route with a county's ids, and whether an id stands in the path."""
    queries = route.queries(county)
    for kwargs in route.kwargs(county):
        path = reverse(name, kwargs=kwargs)
        for query in queries if all_queries else queries[:1]:
            yield address(path, query), bool(kwargs) and not route.public

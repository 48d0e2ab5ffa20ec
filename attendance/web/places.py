"""Where a page is: the way from the province down to here, and its neighbours to switch to."""

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import reverse

from attendance.selectors.pulse import covers
from kernel.scoping import Actor
from regions import selectors as regions
from regions.models import Region
from web.navigation import Crumb, Sibling

UrlFor = Callable[[Region], str]


def dashboard_url(region: Region) -> str:
    """The dashboard of a region."""
    return reverse("region", args=[region.code])


def here_with(request: HttpRequest) -> UrlFor:
    """The same page of another region: all filters stay, only the place changes."""

    def url(region: Region) -> str:
        query = request.GET.copy()
        query.pop("page", None)
        query["region"] = region.code
        return f"{request.path}?{query.urlencode()}"

    return url


def crumbs(actor: Actor, region: Region | None, url_for: UrlFor, *tail: Crumb) -> list[Crumb]:
    """From the province to `region`, then `tail`. Places above one's own posts are words, not links."""
    if region is None:
        return [Crumb("我的项目", reverse("projects")), *tail]
    way = list(regions.ancestors(region))
    found = [Crumb(place.name, url_for(place) if covers(actor, place) else "") for place in way[:-1]]
    here = Crumb(region.name, url_for(region) if covers(actor, region) else "", _others(actor, way, url_for))
    return [*found, here, *tail]


def _others(actor: Actor, way: list[Region], url_for: UrlFor) -> list[Sibling]:
    """Where one may switch to: the neighbours of the same level, or one step down from the top."""
    here = way[-1]
    if len(way) > 1 and covers(actor, way[-2]):
        around = list(regions.parts(way[-2]))
    elif covers(actor, here):
        around = [here, *regions.parts(here)]
    else:
        around = []
    if len(around) < 2:
        return []
    return [Sibling(place.name, url_for(place), place.pk == here.pk) for place in around]

"""Figures for whoever watches the node, from this machine only; elsewhere the page does not exist."""

from django.http import Http404, HttpRequest, HttpResponse
from django_prometheus.exports import ExportToDjangoView

_THIS_MACHINE = ("127.0.0.1", "::1")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. A proxy in front must not forward this path."""
    if request.META.get("REMOTE_ADDR") not in _THIS_MACHINE or "HTTP_X_FORWARDED_FOR" in request.META:
        raise Http404
    return ExportToDjangoView(request)

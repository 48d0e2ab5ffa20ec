"""Every door of the node. Each app keeps its own list; the order here is the order of the storeys."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health
from web.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("", include("integrity.web.urls")),
    path("", include("ledgers.web.urls")),
    path("", include("payroll.web.urls")),
    path("", include("projects.web.terms_urls")),
    path("", include("workers.web.urls")),
    path("", include("workers.web.import_urls")),
    path("", include("workers.web.paper_urls")),
    path("", include("attendance.web.urls")),
    path("", include("projects.web.permit_urls")),
    path("", include("workers.web.roster_urls")),
    path("", include("projects.web.urls")),
    path("", include("federation.urls")),
    path("account/", include("web.account_urls")),
    path("standard/", include("web.standard_urls")),
    path("messages/", include("web.message_urls")),
    path("api/v1/", include("integrity.api.urls")),
    path("api/v1/", include("ledgers.api.urls")),
    path("accounts/", include("projects.web.account_urls")),
    path("trail/", include("web.trail_urls")),
    path("jobs/", include("web.job_urls")),
    path("exports/", include("web.exports.urls")),
    path("lists/", include("web.saved.urls")),
    path("api/v1/", include("attendance.api.urls")),
    path("api/v1/", include("workers.api.roster_urls")),
    path("api/v1/", include("workers.api.urls")),
    path("api/v1/", include("workers.api.paper_urls")),
    path("api/v1/", include("projects.api.urls")),
    path("api/v1/", include("projects.api.account_urls")),
    path("api/v1/", include("federation.api.urls")),
    path("api/v1/", include("projects.api.acts_urls")),
    path("api/v1/", include("web.api.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/v1/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="web/api_docs.html"),
        name="docs",
    ),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.fault"

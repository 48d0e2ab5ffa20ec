"""WSGI entry of the node."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# A full collection takes longer than most pages. The routes bring in every page; what is loaded by now stays
# for good and need not be walked through again, and the rest is walked through seldom. Decision 78.
get_resolver().url_patterns  # noqa: B018  # read for what reading does
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

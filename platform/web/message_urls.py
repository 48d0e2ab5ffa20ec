from django.urls import path

from web import inbox

urlpatterns = [
    path("", inbox.Inbox.as_view(), name="messages"),
    path("<uuid:public_id>/", inbox.OpenMessage.as_view(), name="message"),
]

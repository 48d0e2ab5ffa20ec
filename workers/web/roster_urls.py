"""Addresses of the roster's acts."""

from django.urls import path

from workers.web import posts, roster

urlpatterns = [
    path("projects/<uuid:public_id>/roster/moves/", roster.RosterMove.as_view(), name="roster_move"),
    path(
        "projects/<uuid:public_id>/roster/done/<uuid:batch>/", roster.RosterDone.as_view(), name="roster_done"
    ),
    path(
        "projects/<uuid:public_id>/roster/done/<uuid:batch>/undo/",
        roster.UndoBatch.as_view(),
        name="roster_undo",
    ),
    path("people/<uuid:public_id>/roster/reverse/", roster.ReversePerson.as_view(), name="person_reverse"),
    path("projects/<uuid:public_id>/posts/assign/", posts.AssignPost.as_view(), name="post_assign"),
    path("posts/<uuid:public_id>/relieve/", posts.RelievePost.as_view(), name="post_relieve"),
]

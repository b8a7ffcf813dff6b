"""Routes of /keys/."""

from django.urls import path

from studio.api import key_views

app_name = "keys"
urlpatterns = [
    path("", key_views.listed, name="list"),
    path("<uuid:pk>/", key_views.one, name="key"),
    path("<uuid:pk>/pause/", key_views.pause, name="pause"),
    path("<uuid:pk>/resume/", key_views.resume, name="resume"),
    path("<uuid:pk>/revoke/", key_views.revoke, name="revoke"),
]

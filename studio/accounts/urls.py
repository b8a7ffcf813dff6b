"""Routes under /accounts/: allauth's pages that the studio has, and the studio's own."""

from django.urls import include, path

from . import views

own = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
urlpatterns = [
    path("", include((own, "accounts"))),
]

"""Routes of the usage page."""

from django.urls import path

from studio.credits import views

app_name = "credits"
urlpatterns = [
    path("", views.usage, name="usage"),
    path("ledger.csv", views.csv, name="csv"),
]

"""Every page of the studio."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("studio.accounts.urls")),
    path("admin/", admin.site.urls),
]

"""Every page of the studio."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from studio.ops import views as ops

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("studio.jobs.urls")),
    path("accounts/", include("studio.accounts.urls")),
    path("admin/", admin.site.urls),
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
]

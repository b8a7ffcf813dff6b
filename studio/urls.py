"""Every page of the studio."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from studio.api import docs, v1, v2
from studio.core import manifest
from studio.gallery import link_views as gallery_links
from studio.ops import views as ops

handler400 = "studio.core.hosts.bad_request"

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^v2/$", v2.unknown, name="v2-root"),  # before ninja's own, which asks programs for a form's token
    path("v2/", v2.api.urls),
    re_path(r"^v2(?:/|$)", v2.unknown, name="v2-unknown"),
    re_path(r"^v1/$", v1.unknown, name="v1-root"),
    path("v1/", v1.api.urls),
    re_path(r"^v1(?:/|$)", v1.unknown, name="v1-unknown"),
    path("", include("studio.jobs.urls")),
    path("", include("studio.showcase.urls")),
    path("accounts/", include("studio.accounts.urls")),
    path("admin/", admin.site.urls),
    path("gallery/", include("studio.gallery.urls")),
    path("b/<str:token>/", gallery_links.shared, name="shared_board"),
    path("b/<str:token>/<uuid:image>/<slug:variant>", gallery_links.shared_picture, name="shared_picture"),
    path("keys/", include("studio.api.key_urls")),
    path("usage/", include("studio.credits.urls")),
    path("webhooks/", include("studio.webhooks.urls")),
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
    path("manifest.webmanifest", manifest.manifest, name="manifest"),
    path("metrics", ops.metrics, name="metrics"),
    path("docs/api/", docs.page, name="api_docs"),
]

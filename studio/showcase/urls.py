"""Routes of the public pages about models, in each language, and what search engines ask for."""

from django.urls import path

from studio.showcase import views
from studio.showcase.languages import FIRST, ROOTS

app_name = "showcase"
urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("models/examples/<uuid:image>/<slug:variant>", views.example, name="example"),
]
for language, root in ROOTS.items():
    ending, said = "" if language == FIRST else f"-{language}", {"language": language}
    urlpatterns += [
        path(f"{root}models/", views.models, said, name=f"models{ending}"),
        path(f"{root}models/<path:name>/", views.model, said, name=f"model{ending}"),
    ]

"""The addresses of jobs and their pictures."""

from django.urls import path

from studio.jobs.views import pictures

app_name = "jobs"
urlpatterns = [
    path("jobs/<uuid:job>/pictures/<uuid:image>/<slug:variant>", pictures.picture, name="picture"),
    path("files/<uuid:image>/<str:name>", pictures.file, name="file"),
]

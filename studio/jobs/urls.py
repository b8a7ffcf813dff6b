"""Routes of the studio, of one job and of its pictures, and where providers tell of their orders."""

from django.urls import path

from studio.jobs.views import hooks, job, pictures, references, studio

app_name = "jobs"
urlpatterns = [
    path("", studio.studio, name="studio"),
    path("studio/compose/", studio.recompose, name="recompose"),
    path("studio/models/", studio.models, name="models"),
    path("studio/price/", studio.price, name="price"),
    path("studio/sending/", studio.sending, name="sending"),
    path("studio/live/", studio.live, name="live"),
    path("studio/earlier/", studio.earlier, name="earlier"),
    path("jobs/<uuid:pk>/", job.job, name="job"),
    path("jobs/<uuid:pk>/live/", job.live, name="job_live"),
    path("jobs/<uuid:pk>/cancel/", job.cancel, name="cancel"),
    path("jobs/<uuid:pk>/again/", job.again, name="again"),
    path("jobs/<uuid:job>/pictures/<uuid:image>/<slug:variant>", pictures.picture, name="picture"),
    path("references/<uuid:pk>/<slug:variant>", references.reference, name="reference"),
    path("files/reference/<uuid:pk>/<str:name>", references.reference_file, name="reference_file"),
    path("files/<uuid:image>/<str:name>", pictures.file, name="file"),
    path("hooks/<slug:provider>/<str:token>/", hooks.hook, name="hook"),
]

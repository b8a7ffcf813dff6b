"""Routes of the studio, of one job and of its pictures, and where providers tell of their orders."""

from django.urls import path

from studio.jobs.views import batch, brought, hooks, job, pictures, presets, prompts, references, studio

app_name = "jobs"
urlpatterns = [
    path("", studio.studio, name="studio"),
    path("studio/compose/", studio.recompose, name="recompose"),
    path("studio/models/", studio.models, name="models"),
    path("studio/price/", studio.price, name="price"),
    path("studio/sending/", studio.sending, name="sending"),
    path("studio/brought/", brought.brought, name="brought"),
    path("studio/blanks/", prompts.blank_fields, name="blanks"),
    path("studio/prompts/", prompts.earlier, name="prompts"),
    path("studio/live/", studio.live, name="live"),
    path("studio/earlier/", studio.earlier, name="earlier"),
    path("presets/", presets.listed, name="presets"),
    path("presets/new/", presets.new, name="preset_new"),
    path("presets/save/", presets.save, name="preset_save"),
    path("presets/<uuid:pk>/", presets.use, name="preset"),
    path("presets/<uuid:pk>/change/", presets.change, name="preset_change"),
    path("presets/<uuid:pk>/delete/", presets.delete, name="preset_delete"),
    path("batches/<uuid:pk>/", batch.batch, name="batch"),
    path("batches/<uuid:pk>/live/", batch.live, name="batch_live"),
    path("batches/<uuid:pk>/cancel/", batch.cancel, name="batch_cancel"),
    path("jobs/<uuid:pk>/", job.job, name="job"),
    path("jobs/<uuid:pk>/live/", job.live, name="job_live"),
    path("jobs/<uuid:pk>/cancel/", job.cancel, name="cancel"),
    path("jobs/<uuid:pk>/again/", job.again, name="again"),
    path("jobs/<uuid:pk>/visibility/", job.visibility, name="visibility"),
    path("jobs/<uuid:pk>/pictures/<uuid:image>/alt/", job.alt, name="alt"),
    path("jobs/<uuid:job>/pictures/<uuid:image>/<slug:variant>", pictures.picture, name="picture"),
    path("references/<uuid:pk>/<slug:variant>", references.reference, name="reference"),
    path("files/reference/<uuid:pk>/<str:name>", references.reference_file, name="reference_file"),
    path("files/<uuid:image>/<str:name>", pictures.file, name="file"),
    path("hooks/<slug:provider>/<str:token>/", hooks.hook, name="hook"),
]

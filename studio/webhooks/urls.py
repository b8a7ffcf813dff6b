"""Routes of the webhook bench: endpoints, deliveries, sending again."""

from django.urls import path

from studio.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.bench, name="bench"),
    path("again/", views.failed_again, name="failed_again"),
    path("endpoints/new/", views.add, name="add"),
    path("endpoints/<uuid:pk>/", views.endpoint, name="endpoint"),
    path("endpoints/<uuid:pk>/edit/", views.edit, name="edit"),
    path("endpoints/<uuid:pk>/switch/", views.switch, name="switch"),
    path("endpoints/<uuid:pk>/secret/", views.rotate, name="rotate"),
    path("endpoints/<uuid:pk>/test/", views.test, name="test"),
    path("endpoints/<uuid:pk>/delete/", views.delete, name="delete"),
    path("deliveries/<slug:message>/", views.delivery, name="delivery"),
    path("deliveries/<slug:message>/again/", views.again, name="again"),
]

"""The providers app."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "studio.providers"

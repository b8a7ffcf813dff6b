"""The showcase app: public pages about the models."""

from django.apps import AppConfig


class ShowcaseConfig(AppConfig):
    name = "studio.showcase"

"""The gallery app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GalleryConfig(AppConfig):
    name = "studio.gallery"
    verbose_name = _("Gallery")

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_migrate, pre_migrate

        from studio.gallery import index

        connection_created.connect(index.teach, dispatch_uid="gallery_teach")
        pre_migrate.connect(index.before_migrate, sender=self, dispatch_uid="gallery_before_migrate")
        post_migrate.connect(index.after_migrate, sender=self, dispatch_uid="gallery_after_migrate")

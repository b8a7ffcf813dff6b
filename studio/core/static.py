"""How static files are kept: under names that change with their content, and compressed beforehand."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Compresses with gzip alone: brotli, where it happens to be installed, takes ten times as long at every start."""

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(**{**options, "use_brotli": False})

"""The catalogue of models and one file per provider."""

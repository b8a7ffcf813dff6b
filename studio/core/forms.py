"""How forms are drawn."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws every field by the project's own template."""

    field_template_name = "_form_field.html"

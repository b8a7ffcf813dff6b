"""How forms are drawn."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws every form and every field by the project's own templates; the widgets stay Django's."""

    form_template_name = "_form.html"
    field_template_name = "_form_field.html"

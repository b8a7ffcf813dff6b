"""Texts of Django's own pages and forms that our catalogues say in place of Django's, in the tone of the rest.

Nothing reads this tuple but the tool that collects texts (`tests/tools/messages.py`). Django looks into our
catalogues before its own; the English stays as Django has it.
"""

from django.utils.translation import gettext_noop as _

BORROWED = (
    # the pages of the administration
    _("None available"),
    _("Any date"),
    _(" By %(filter_title)s "),
    _("Select %s to view"),
    _("View %s"),
    _("users"),
    _("Save and add another"),
    _("Added {name} “{object}”."),
    _("Changed {fields}."),
    _("Changed {fields} for {name} “{object}”."),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("You may edit it again below."),
    _("staff status"),
    _("Designates whether the user can log into this admin site."),
    _("Designates whether this user should be treated as active. Unselect this instead of deleting accounts."),
    # what is wrong with a field
    _("Enter a valid value."),
    _("Enter a valid email address."),
    _("Enter a valid URL."),
    _("Enter a whole number."),
    _("Enter a valid date."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("The password is too similar to the %(verbose_name)s."),
)

"""Taking the second factor of somebody away who lost it, with a reason (AUT-5)."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.core.admin import StudioAdmin
from studio.core.second_factor import factors_of

from . import factors
from .models import User
from .people import may_manage, person_of

if TYPE_CHECKING:
    Base = StudioAdmin
else:
    Base = object


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("It is kept in the audit log."))


class SecondFactorAdmin(Base):
    """For the administration of people: who has one, and the action that takes it away."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(has_factor=Exists(factors_of(OuterRef("pk"))))

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, person: Any) -> bool:
        return bool(person.has_factor)

    @admin.action(description=_("Take the second factor away"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask for the reason first; one's own is removed on one's own page, which asks who is there."""
        by, chosen = person_of(request), list(queryset.order_by("username"))
        if not all(may_manage(request, person) for person in chosen):
            raise PermissionDenied
        if by in chosen:
            self.message_user(request, _("Your own second factor is under Profile, Second factor."), messages.ERROR)
            return None
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "title": _("Take the second factor away")}
            context |= {"form": form, "people": chosen, "opts": self.opts, "checkbox": ACTION_CHECKBOX_NAME}
            return render(request, "admin/accounts/reset_factor.html", context, status=422 if form.errors else 200)
        reason = form.cleaned_data["reason"]
        done = sum(factors.take_all_away(user=person, reason=reason, by=by) for person in chosen)
        words = ngettext("%d person has none any more.", "%d people have none any more.", done)
        self.message_user(request, words % done)
        return None

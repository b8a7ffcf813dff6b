"""Administration of people, their links and their keys."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.people import may_manage, person_of
from studio.core.admin import StudioAdmin
from studio.core.errors import StudioError
from studio.core.models import audit

from . import key_services, services
from .factor_admin import SecondFactorAdmin
from .models import ApiKey, Invitation, User

_ROLE = {"is_staff", "is_superuser"}


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_is_superuser(self) -> bool:
        wanted = bool(self.cleaned_data["is_superuser"])
        if not wanted and self.instance.pk and services.is_last_administrator(self.instance):
            raise forms.ValidationError(services.LastAdministrator().message)
        return wanted


@admin.register(User)
class UserAdmin(SecondFactorAdmin, StudioAdmin):
    """People are invited and deactivated, not deleted: the ledger remembers them. Passwords are set by themselves."""

    form = PersonForm
    list_display = (
        "username",
        "display_name",
        "email",
        "is_staff",
        "is_superuser",
        "is_active",
        "second_factor",
        "last_login",
    )
    list_filter = (
        "is_active",
        "is_staff",
        "is_superuser",
    )
    search_fields = (
        "username",
        "first_name",
        "last_name",
        "email",
    )
    ordering = ("username",)
    filter_horizontal = ("user_permissions",)
    readonly_fields = (
        "is_active",
        "must_change_password",
        "last_login",
        "date_joined",
    )
    actions = (
        "make_links",
        "deactivate",
        "activate",
        "unlock",
        "end_sessions",
        "reset_second_factor",
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["username", "email", *(["is_staff"] if _is_superuser(request) else [])]})]
        roles = ["is_staff", "is_superuser", "user_permissions"] if _is_superuser(request) else []
        return [
            (None, {"fields": ["username", "email", "first_name", "last_name"]}),
            (_("May do"), {"fields": ["is_active", *roles]}),
            (_("State"), {"fields": ["must_change_password", "last_login", "date_joined"]}),
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Who is no administrator may not touch whoever might have more rights."""
        return super().has_change_permission(request, obj) and (obj is None or may_manage(request, obj))

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "user_permissions":
            ours = {model._meta.app_label for model in self.admin_site._registry}
            kwargs["queryset"] = Permission.objects.filter(content_type__app_label__in=ours).select_related(
                "content_type"
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        by = request.user
        assert isinstance(by, User)
        if not change:
            person, link = services.invite(username=obj.username, email=obj.email, is_staff=obj.is_staff, by=by)
            obj.pk, obj._state.adding = person.pk, False
            request.links = [(person, link)]  # type: ignore[attr-defined]
            return
        plain = [name for name in form.changed_data if name not in _ROLE | {"user_permissions"}]
        if plain:
            obj.save(update_fields=plain)
            audit("user.changed", actor=by, target=obj.username, fields=plain)
        if _ROLE & set(form.changed_data):
            services.set_role(
                user=User.objects.get(pk=obj.pk), is_staff=obj.is_staff, is_superuser=obj.is_superuser, by=by
            )

    def save_related(self, request: HttpRequest, form: "ModelForm[User]", formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "user_permissions" in form.changed_data:
            held = sorted(form.instance.user_permissions.values_list("codename", flat=True))
            audit("user.role_changed", actor=request.user, target=form.instance.username, permissions=held)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._show_links(request, request.links)  # type: ignore[attr-defined]

    def _show_links(self, request: HttpRequest, links: list[tuple[User, str]]) -> HttpResponse:
        """Shown in this one answer and kept nowhere."""
        context = {**self.admin_site.each_context(request), "title": _("Links to set a password"), "links": links}
        response = render(request, "admin/accounts/links.html", context)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    def _each(self, request: HttpRequest, people: QuerySet[User], verb: Callable[[User], object]) -> int:
        """`verb` on each of `people`, all of whom must be somebody the person asking may manage; how many changed."""
        chosen = list(people)
        if not all(may_manage(request, person) for person in chosen):
            raise PermissionDenied
        done = 0
        for person in chosen:
            try:
                done += verb(person) is not False
            except StudioError as refused:
                self.message_user(request, f"{person}: {refused.message}", messages.ERROR)
        return done

    @admin.action(description=_("Make a link to set a password"), permissions=["change"])
    def make_links(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        links: list[tuple[User, str]] = []
        self._each(
            request,
            queryset.filter(is_active=True),
            lambda person: links.append((person, services.set_password_link(person, by=person_of(request)))),
        )
        if links:
            return self._show_links(request, links)
        self.message_user(request, _("Nobody here is active; a link would not work."), messages.WARNING)
        return None

    @admin.action(description=_("Deactivate: sign out everywhere and keep out"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        by = person_of(request)
        done = self._each(request, queryset, lambda person: services.set_active(user=person, is_active=False, by=by))
        self.message_user(request, ngettext("%d person deactivated.", "%d people deactivated.", done) % done)

    @admin.action(description=_("Activate again"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        by = person_of(request)
        done = self._each(request, queryset, lambda person: services.set_active(user=person, is_active=True, by=by))
        self.message_user(request, ngettext("%d person activated.", "%d people activated.", done) % done)

    @admin.action(description=_("Unlock after too many wrong passwords"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        done = self._each(request, queryset, lambda person: services.unlock(user=person, by=person_of(request)))
        self.message_user(request, ngettext("%d person unlocked.", "%d people unlocked.", done) % done)

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        done = self._each(request, queryset, lambda person: services.end_sessions(user=person, by=person_of(request)))
        self.message_user(request, ngettext("%d person signed out.", "%d people signed out.", done) % done)


class _ActionsOnly(StudioAdmin):
    """Rows made elsewhere, which only actions touch."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields


@admin.register(Invitation)
class InvitationAdmin(_ActionsOnly):
    fields = (
        "user",
        "created_by",
        "created_at",
        "expires_at",
        "used_at",
        "revoked_at",
    )
    list_display = ("user", "created_by", "created_at", "expires_at", "used_at", "revoked_at", "works")
    list_select_related = (
        "user",
        "created_by",
    )
    search_fields = (
        "user__username",
        "user__email",
    )
    actions = ("revoke",)

    @admin.display(description=_("works"), boolean=True)
    def works(self, invitation: Invitation) -> bool:
        return invitation.is_open

    @admin.action(description=_("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        by = person_of(request)
        done = sum(services.revoke_invitation(invitation=row, by=by) for row in queryset.select_related("user"))
        self.message_user(request, ngettext("%d link revoked.", "%d links revoked.", done) % done)


@admin.register(ApiKey)
class ApiKeyAdmin(_ActionsOnly):
    """Digest and signing secret are never drawn (ADM-2)."""

    fields = (
        *("user", "name", "shown", "scopes", "monthly_cap", "is_sandbox", "is_active"),
        *("created_at", "last_used_at", "expires_at", "revoked_at"),
    )
    list_display = (
        "name",
        "shown",
        "user",
        "is_sandbox",
        "is_active",
        "created_at",
        "last_used_at",
    )
    list_filter = (
        "is_active",
        "is_sandbox",
    )
    list_select_related = ("user",)
    search_fields = (
        "name",
        "prefix",
        "user__username",
    )
    actions = (
        "pause",
        "resume",
        "revoke",
    )

    @admin.display(description=_("key"))
    def shown(self, key: ApiKey) -> str:
        return key.shown

    @admin.action(description=_("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        self._set(request, queryset, is_active=False)

    @admin.action(description=_("Let it work again"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        self._set(request, queryset, is_active=True)

    @admin.action(description=_("Revoke for good"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        by = person_of(request)
        done = sum(key_services.revoke_api_key(key=key, by=by) for key in queryset.select_related("user"))
        self._say(request, done)

    def _set(self, request: HttpRequest, keys: QuerySet[ApiKey], *, is_active: bool) -> None:
        by = person_of(request)
        rows = keys.select_related("user")
        self._say(request, sum(key_services.set_api_key_active(key=key, is_active=is_active, by=by) for key in rows))

    def _say(self, request: HttpRequest, done: int) -> None:
        self.message_user(request, ngettext("%d key changed.", "%d keys changed.", done) % done)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)

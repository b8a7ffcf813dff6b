"""People's own pages."""

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import services
from .forms import NewPasswordForm


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by a link; one sentence and nothing else for a link that does not work."""
    try:
        person = services.find_invitation(token).user
        form = NewPasswordForm(request.POST or None, user=person)
        if form.is_valid():
            person = services.accept_invitation(token=token, password=form.cleaned_data["password1"])
            return _unreferred(perform_login(request, Login(user=person)))
    except services.LinkSpent as error:
        return _unreferred(
            render(request, "accounts/invitation.html", {"sentence": error.message}, status=error.status)
        )
    context = {"form": form, "person": person, "is_new": person.last_login is None}
    return _unreferred(render(request, "accounts/invitation.html", context, status=422 if form.is_bound else 200))


def _unreferred(response: HttpResponse) -> HttpResponse:
    """The address holds a token: no other site may learn it, no cache may keep the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store, private"
    return response

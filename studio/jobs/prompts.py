"""What may stand in a prompt."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.jobs.errors import BadPrompt

# Unicode's categories Cc and Cs, which no version of it adds to, but for line end and tab.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def trimmed(prompt: str) -> str:
    """Line ends made one kind, nothing at the ends."""
    return prompt.replace("\r\n", "\n").replace("\r", "\n").strip()


def clean_prompt(prompt: object, *, model_name: str, longest: int) -> str:
    """The prompt as it is kept and sent, line ends made one kind and the ends trimmed; raises BadPrompt.

    Nothing else is changed: what cannot be sent as it is, is refused with a sentence that says what to do.
    """
    if not isinstance(prompt, str):
        raise BadPrompt(_("The prompt must be text."))
    text = trimmed(prompt)
    if not text:
        raise BadPrompt(_("Describe the picture first."))
    if (found := _CONTROL.search(text)) is not None:
        raise BadPrompt(
            _("Character %(position)d is a control character (U+%(code)s). Remove it.")
            % {"position": found.start() + 1, "code": f"{ord(found.group()):04X}"}
        )
    over = len(text) - longest
    if over > 0:
        raise BadPrompt(
            ngettext(
                "%(over)s character too many. %(model)s reads at most %(longest)s.",
                "%(over)s characters too many. %(model)s reads at most %(longest)s.",
                over,
            )
            % {"over": f"{over:,}", "model": model_name, "longest": f"{longest:,}"},
            over=over,
            longest=longest,
        )
    return text

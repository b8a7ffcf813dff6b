"""What a verb raises when it refuses: a code for programs and parameters for the sentence, made when shown."""

from typing import Any

from django.utils.functional import Promise


class StudioError(Exception):
    """Base of every refusal. `code` is stable; `message` is a sentence in the reader's language."""

    code = "error"
    status = 400  # the HTTP status a door answers with

    def __init__(self, message: "str | Promise", **params: Any) -> None:
        super().__init__(str(message))
        self.params = params

    @property
    def message(self) -> str:
        return str(self.args[0])

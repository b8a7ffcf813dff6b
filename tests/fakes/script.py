"""How a fake provider is told what to do: words in the prompt, or a script for all prompts.

`[fake:STAGE=FAULT]` or `[fake:STAGE=FAULT*TIMES]` makes a fault at a stage of one order, the first TIMES requests or
always; several of a stage come one after the other. Stages: `submit`, `poll`, `image`. `accept+FAULT` at submit takes
the order first. Faults: an HTTP status, reset, reset-early, close, hang, invalid-json, missing, array, redirect, drip,
huge, bomb, key, and for `image` also truncated, html, metadata (a link to 169.254.169.254), loopback (a link to another
port of this host).

Errors of synchronous vendors: `[fake:error=string]`, `envelope`, `detail`, `details`, `message`; `[fake:code=...]`;
`[fake:leak=key]` (says our key beside the picture). `[fake:id=taken]` gives an order the id of the first one.

`[fake:job=never]`, `fail`, `nsfw`, `busy`, `cancelled`, `expired`, `empty`, `nothing`; `[fake:result=list]`, `string`,
`objects`, `duplicate`, and of synchronous vendors `data`, `dalle`, `meta`, `bits`, `output`, `relative`, `link`;
`[fake:job=blanked]` (made, and hidden by the vendor's safety checker); `[fake:pictures=3]`; `[fake:seconds=2]`;
`[fake:webhook=early]` and others (tests/fakes/webhooks.py); `[fake:retry-after=1]`; `[fake:progress=none]`;
`[fake:side=64]` (pixels, for tests that are not about pictures).
"""

import re
from dataclasses import dataclass, field

_WORD = re.compile(r"\[fake:([a-z-]+)=([^\]*]+)(?:\*(\d+))?\]")


@dataclass
class Fault:
    """What goes wrong at one stage, and how often still."""

    name: str
    left: int  # -1: always
    accepts: bool = False

    def take(self) -> bool:
        """Whether it happens this time."""
        if self.left == 0:
            return False
        self.left -= 1 if self.left > 0 else 0
        return True


@dataclass
class Script:
    """The words of one prompt, read."""

    faults: dict[str, list[Fault]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "Script":
        script = cls()
        for name, value, times in _WORD.findall(text):
            if name in ("submit", "poll", "image"):
                accepts = value.startswith("accept+")
                fault = Fault(value.removeprefix("accept+"), int(times or -1), accepts)
                script.faults.setdefault(name, []).append(fault)
            else:
                script.words[name] = value
        return script

    def fault(self, stage: str) -> Fault | None:
        """The fault that happens now at this stage, counted down."""
        return next((fault for fault in self.faults.get(stage, []) if fault.take()), None)

    def first(self, stage: str) -> Fault | None:
        """The first fault of this stage, whether or not it still happens."""
        return next(iter(self.faults.get(stage, [])), None)

    def get(self, name: str, default: str = "") -> str:
        return self.words.get(name, default)

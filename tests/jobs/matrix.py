"""The fault matrix (PRV-1): what becomes of a job at every provider for every way an order can go wrong.

One row is one fault, in words for the fake vendor (tests/fakes/script.py); "at: ..." is an address nothing sound
answers at. One column is one provider. Every cell is the end of the job, the code it is explained with, and how many
orders the vendor then charges for: never more than one, and exactly one where a picture was delivered.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class End:
    """`state` is "unknown" where nobody can tell; `charged` counts orders the vendor keeps the money for."""

    state: str
    code: str = ""
    charged: int = 0


def failed(code: str, charged: int = 0) -> End:
    """Ended, and every credit is back."""
    return End("FAILED", code, charged)


def unknown(code: str, charged: int = 0) -> End:
    """Never ordered again by itself; the credits stay held."""
    return End("unknown", code, charged)


DONE = End("COMPLETED", "", 1)
SYNCHRONOUS = ("aimlapi", "openai", "own")
PROVIDERS = ("apiframe", *SYNCHRONOUS)
Row = dict[str, End]


def row(apiframe: End | None, sync: End | None, **others: End) -> Row:
    """`sync` is what the synchronous ones have in common, `others` where one of them differs."""
    ends = {"apiframe": apiframe, **dict.fromkeys(SYNCHRONOUS, sync), **others}
    return {provider: end for provider, end in ends.items() if end is not None}


def everywhere(end: End) -> Row:
    return row(end, end)


LOST, NONSENSE = unknown("provider_unreachable"), unknown("nonsense")
ERROR = failed("provider_error")  # five tries under one key, each answered by the vendor itself
IN_DOUBT = unknown("provider_error")

SUBMIT: dict[str, Row] = {
    "": everywhere(DONE),
    # Surely nothing arrived: in line again, a few times.
    "at: connect refused": everywhere(failed("provider_unreachable")),
    "at: no such name": everywhere(failed("provider_unreachable")),
    "at: TLS error": everywhere(failed("provider_unreachable")),
    "at: connect timeout": everywhere(failed("provider_unreachable")),
    # The vendor's own word. An engine of one's own that wants no key bills nobody: it failed when it says so.
    "[fake:submit=400]": everywhere(failed("bad_request")),
    "[fake:submit=401]": everywhere(failed("provider_key")),
    "[fake:submit=402]": everywhere(failed("provider_credits")),
    "[fake:submit=403]": row(failed("provider_key"), failed("provider_key"), aimlapi=failed("provider_credits")),
    "[fake:submit=404]": everywhere(failed("provider_error")),
    "[fake:submit=408]": row(ERROR, IN_DOUBT),
    "[fake:submit=408*1]": row(DONE, IN_DOUBT),
    "[fake:submit=409]": everywhere(NONSENSE),
    "[fake:submit=422]": everywhere(failed("bad_request")),
    "[fake:submit=429]": everywhere(failed("rate_limited")),
    "[fake:submit=429*2]": everywhere(DONE),
    "[fake:submit=429*1][fake:retry-after=0]": everywhere(DONE),
    "[fake:submit=429][fake:retry-after=3600]": everywhere(failed("rate_limited")),
    "[fake:submit=500]": row(ERROR, IN_DOUBT, own=ERROR),
    "[fake:submit=500*2]": row(DONE, IN_DOUBT, own=ERROR),
    "[fake:submit=502]": row(ERROR, IN_DOUBT),
    "[fake:submit=502*1]": row(DONE, IN_DOUBT),
    "[fake:submit=503]": row(ERROR, IN_DOUBT),
    "[fake:submit=503*1][fake:retry-after=0]": everywhere(DONE),
    "[fake:submit=504]": row(ERROR, IN_DOUBT),
    "[fake:submit=504*1]": row(DONE, IN_DOUBT),
    "[fake:submit=accept+500*1]": row(DONE, unknown("provider_error", 1), own=failed("provider_error", 1)),
    "[fake:submit=accept+504*1]": row(DONE, unknown("provider_error", 1)),
    "[fake:submit=key]": everywhere(failed("bad_request")),
    # The connection broke, or the answer made no sense.
    "[fake:submit=reset]": everywhere(LOST),
    "[fake:submit=reset*1]": row(DONE, LOST),
    "[fake:submit=reset-early*1]": row(DONE, LOST),
    "[fake:submit=close*1]": row(DONE, LOST),
    "[fake:submit=accept+reset]": everywhere(unknown("provider_unreachable", 1)),
    "[fake:submit=accept+reset*2]": row(DONE, unknown("provider_unreachable", 1)),
    "[fake:submit=invalid-json*1]": row(DONE, NONSENSE),
    "[fake:submit=accept+invalid-json]": everywhere(unknown("nonsense", 1)),
    "[fake:submit=missing*1]": row(DONE, NONSENSE),
    "[fake:submit=array*1]": row(DONE, NONSENSE),
    "[fake:submit=redirect]": everywhere(NONSENSE),
    "[fake:submit=redirect*1]": row(DONE, NONSENSE),
    "[fake:submit=huge*1]": row(DONE, NONSENSE),
    "[fake:submit=bomb*1]": row(DONE, NONSENSE),
    # What became of an order.
    "[fake:job=fail]": row(failed("provider_error"), IN_DOUBT, own=ERROR),
    "[fake:job=nsfw]": everywhere(failed("content_policy")),
    "[fake:job=blanked]": row(None, None, aimlapi=failed("content_policy", 1)),
    "[fake:job=busy]": everywhere(failed("rate_limited")),
    "[fake:job=cancelled]": row(failed("provider_error"), None),
    "[fake:job=expired]": row(failed("expired", 1), None),
    "[fake:job=empty]": everywhere(failed("no_pictures", 1)),
    "[fake:job=nothing]": row(None, unknown("nonsense", 1)),
    "[fake:pictures=1]": everywhere(DONE),  # of two asked for
    "[fake:pictures=3]": everywhere(DONE),  # of two asked for
    "[fake:result=duplicate]": row(DONE, None, aimlapi=DONE),
}
POLL: dict[str, Row] = {
    "[fake:poll=400*1]": row(DONE, None),
    "[fake:poll=401*1]": row(DONE, None),
    "[fake:poll=403*1]": row(DONE, None),
    "[fake:poll=404*1]": row(DONE, None),
    "[fake:poll=404]": row(unknown("provider_error", 1), None),
    "[fake:poll=408*1]": row(DONE, None),
    "[fake:poll=409*1]": row(DONE, None),
    "[fake:poll=429*1][fake:retry-after=0]": row(DONE, None),
    "[fake:poll=429*1]": row(DONE, None),
    "[fake:poll=500*3]": row(DONE, None),
    "[fake:poll=502*1]": row(DONE, None),
    "[fake:poll=503*1]": row(DONE, None),
    "[fake:poll=504*1]": row(DONE, None),
    "[fake:poll=reset*2]": row(DONE, None),
    "[fake:poll=close*1]": row(DONE, None),
    "[fake:poll=invalid-json*1]": row(DONE, None),
    "[fake:poll=missing*1]": row(DONE, None),
    "[fake:poll=array*1]": row(DONE, None),
    "[fake:poll=redirect*1]": row(DONE, None),
    "[fake:poll=bomb*1]": row(DONE, None),
    "[fake:poll=huge*1]": row(DONE, None),
    "[fake:progress=none]": row(DONE, None),
    "[fake:result=list]": row(DONE, None),
    "[fake:result=string]": row(DONE, None),
    "[fake:result=objects]": row(DONE, None),
}
# The picture itself; where the answer would hold it, it is asked to name an address instead ("link").
PICTURE: dict[str, Row] = {
    "[fake:image=500*2]": everywhere(DONE),
    "[fake:image=reset*2]": everywhere(DONE),
    "[fake:image=404]": everywhere(failed("picture_lost", 1)),
    "[fake:image=redirect]": everywhere(failed("picture_lost", 1)),
    "[fake:image=bomb]": everywhere(failed("picture_lost", 1)),
    "[fake:image=huge]": everywhere(failed("picture_lost", 1)),
    "[fake:image=metadata]": everywhere(failed("picture_lost", 1)),
    "[fake:image=loopback]": everywhere(failed("picture_lost", 1)),
    "[fake:image=truncated]": everywhere(failed("picture_unreadable", 1)),
    "[fake:image=html]": everywhere(failed("picture_unreadable", 1)),
}
# At a deadline of three seconds; each call to Apiframe is given less.
SLOW: dict[str, Row] = {
    "[fake:submit=hang]": row(unknown("too_slow"), unknown("too_slow")),
    "[fake:submit=accept+hang]": everywhere(unknown("too_slow", 1)),
    "[fake:submit=accept+hang*1]": row(DONE, unknown("too_slow", 1)),
    "[fake:submit=drip]": everywhere(unknown("too_slow")),
    "[fake:poll=hang*1]": row(DONE, None),
    "[fake:poll=drip*1]": row(DONE, None),
    "[fake:job=never]": row(failed("too_slow", 1), unknown("too_slow", 1)),
    "[fake:job=nothing]": row(unknown("nonsense", 1), None),
}
# Webhooks are a nudge: wrong ones, early ones and late ones change nothing.
WEBHOOKS: dict[str, Row] = {
    "[fake:webhook=early]": row(DONE, None),
    "[fake:webhook=late]": row(DONE, None),
    "[fake:webhook=lies]": row(DONE, None),
}

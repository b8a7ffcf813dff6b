"""Every page of the product in every state that can be looked at, for tests that hold all of them to something."""

from dataclasses import dataclass

ALL = "document.querySelectorAll('main details').forEach(one => { one.open = true })"
KEY = "document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: '{}', ctrlKey: {}, bubbles: true}}))"
SOON = (
    "const tries = setInterval(() => {{ const it = document.querySelector({!r});"
    " if (it) {{ clearInterval(tries); {} }} }}, 50)"
)
NAMING = "document.querySelector('#presets').open = true; " + SOON.format(
    "#presets-in:not(.htmx-settling) .preset-row", "document.querySelector('#presets-in button[form=composer]').click()"
)
DELETE = """const form = document.querySelector('#selection');
    form.querySelector('[name=picture]').checked = true;
    form.setAttribute('action', '/gallery/selection/delete/');
    form.submit()"""
TOO_MANY = """const form = document.querySelector('#selection');
    for (let n = 0; n < 501; n++) {
        const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
        form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'picture', value: id }));
    }
    form.querySelector('[formaction$="selection/board/"]').click()"""
FOUND = SOON.format(
    "#palette[open]",
    "const words = document.querySelector('#palette-words'); words.value = 'lighthouse';"
    " words.dispatchEvent(new Event('input', { bubbles: true }))",
)
LARGE = SOON.format(".tile-zoom", "it.click()")
OPEN = "document.querySelector({!r}).open = true"


@dataclass(frozen=True)
class Page:
    """`who` looks at `path` ({name}: of tests.browser.everything); then `act`, a script, and until `shows` is there."""

    name: str
    who: str  # of its sessions; empty: a stranger
    path: str
    act: str = ""
    shows: str = "main, body.login"
    within: str = "html"  # what is looked at: of what floats over a page that is looked at elsewhere, that alone

    @property
    def is_main(self) -> bool:
        """One of those whose parts are on all others."""
        return self.name in MAIN


def _opened(name: str, path: str, selector: str, who: str = "mina", shows: str = "") -> Page:
    return Page(name, who, path, OPEN.format(selector), shows or f"{selector}[open]", selector)


def _in_languages(name: str, path: str) -> list[Page]:
    return [Page(f"{name}, {language or 'en'}", "", f"/{language}{path}") for language in ("", "ja/", "ko/")]


STUDIO = (
    Page("studio, a card in each state", "mina", "/", shows="article.card[data-state=working]"),
    Page("studio, nothing yet", "new", "/"),
    Page("studio, several models", "mina", "/?also=flux-2-pro&also=seedream-4&model=gpt-image-2", shows="#beside li"),
    Page("studio, too few credits", "new", "/?prompt=A+kettle"),
    Page("studio, list of models", "mina", "/?choose=1", shows="#picker-list", within=".model"),
    Page(
        "studio, wrong words",
        "mina",
        "/",
        "document.querySelector('#prompt').value = ''; document.querySelector('#composer').requestSubmit()",
        "#prompt[aria-invalid=true]",
    ),
    Page(
        "studio, a wrong number",
        "mina",
        "/?model=imagen-4",
        "document.querySelectorAll('#composer details').forEach(box => { box.open = true })",
    ),
    _opened("studio, presets", "/", "#presets", shows=".preset-row"),
    Page("studio, naming a preset", "mina", "/?prompt=A+kettle", NAMING, "#preset-name", "#presets"),
    Page("studio, palette", "mina", "/", KEY.format("k", "true"), "#palette[open] [role=option]", "#palette"),
    Page("studio, all keys", "mina", "/", KEY.format("?", "false"), "#keys-sheet[open] dt", "#keys-sheet"),
    Page("no connection", "mina", "/usage/", "window.studio.say('offline')", ".toast"),  # where no poll takes it back
    _opened("studio, what will be sent", "/", "#sending", shows=".sending-in > *"),
    _opened("studio, account menu", "/", "header .menu"),
    Page("studio, blanks to fill", "mina", "/?prompt=A+%7Bsubject%7D+at+%7Bdusk%7Cdawn%7D"),
    Page(
        "presets", "mina", "/presets/", "document.querySelectorAll('main details').forEach(one => { one.open = true })"
    ),
    Page("presets, none", "new", "/presets/?q=nothing"),
    Page("batch", "mina", "{batch}"),
)
JOB = (
    Page("job, done", "mina", "{done}"),
    Page(
        "job, several pictures",
        "mina",
        "{several}",
        "document.querySelectorAll('.rewriting, .alt-edit, .calls').forEach(box => { box.open = true })",
    ),
    _opened("job, other shape", "{done}", ".shapes"),
    _opened("job, who sees it", "{done}", ".seen-by"),
    *(
        Page(f"job, {state}", "mina", f"{{{state}}}")
        for state in (
            "remix",
            "refused",
            "cancelled",
            "unknown",
            "reported",
            "timed",
            "waiting",
            "deleted",
        )
    ),
)
GALLERY = (
    Page(
        "gallery, palette with what was found",
        "mina",
        "/",
        KEY.format("k", "true") + "; " + FOUND,
        "#palette[open] [data-group=pictures] [role=option] img",
        "#palette",
    ),
    Page("gallery", "mina", "/gallery/"),
    Page("gallery, nothing", "new", "/gallery/"),
    Page("gallery, team", "mina", "/gallery/?scope=team"),
    Page("gallery, found nothing", "mina", "/gallery/?q=nowhere"),
    Page("gallery, narrowed", "mina", "/gallery/?q=lighthouse&shape=square"),
    Page("gallery, not made", "mina", "/gallery/?outcome=failed"),
    _opened("gallery, a facet", "/gallery/", ".facet-menu"),
    Page(
        "gallery, selecting",
        "mina",
        "/gallery/",
        "document.querySelectorAll('input[name=picture]')[1].click()",
        "#selection[data-selecting]",
        "main",
    ),
    Page("gallery, large", "mina", "/gallery/", LARGE, "#lightbox[open]", "#lightbox"),
    *(
        Page(f"gallery, {language}", language, "/gallery/?scope=team", shows=f"html[lang={language}] .tile img")
        for language in ("ja", "ko")
    ),
    Page("gallery, putting on a board", "mina", "/gallery/selection/board/?{one}"),
    Page("gallery, deleting", "mina", "/gallery/", DELETE, "main [name=sure]"),
    Page("gallery, too many", "mina", "/gallery/", TOO_MANY, "main [role=alert] h1"),
    Page("duel, a pair", "mina", "{duel}"),
    Page("duel, after the vote", "mina", "{voted}", shows=".duel-said"),
    Page("duel, done", "mina", "{over}"),
    Page("duels", "mina", "/gallery/duels/"),
    Page("compare", "mina", "/gallery/compare/?{pictures}"),
    Page("compare, one picture", "mina", "/gallery/compare/?{one}"),
    Page("compare, too many", "mina", "/gallery/compare/?{five}"),
    Page("trash", "mina", "/gallery/trash/"),
    Page("trash, nothing", "new", "/gallery/trash/"),
    Page(
        "boards",
        "mina",
        "/gallery/boards/",
        ALL,
    ),
    Page("boards, none", "new", "/gallery/boards/"),
    *(Page(f"board, {kind}", "mina", f"{{{kind}_board}}") for kind in ("private", "team", "link", "empty")),
    Page("board, sharing", "mina", "{link_board}change/"),
    Page("board, sharing behind a password", "mina", "{closed_board}change/"),
    Page("board, sharing the team's", "mina", "{team_board}change/"),
    Page("board, deleting", "mina", "{link_board}delete/"),
    Page("link of a board", "", "{link}"),
    Page("link that asks for a password", "", "{door}"),
)
ACCOUNT = (
    Page("usage", "mina", "/usage/", ALL),
    Page("usage, nothing", "new", "/usage/"),
    Page("keys", "mina", "/keys/"),
    Page("key", "mina", "{key}", ALL),
    Page("key, revoking", "mina", "{key}revoke/"),
    Page("webhooks", "mina", "/webhooks/"),
    Page(
        "endpoint",
        "mina",
        "{endpoint}",
        ALL,
    ),
    Page("endpoint, changing", "mina", "{endpoint}edit/"),
    Page(
        "delivery",
        "mina",
        "{delivery}",
        ALL,
    ),
    Page("profile", "mina", "/accounts/"),
    Page("password", "mina", "/accounts/password/change/"),
    Page("devices", "mina", "/accounts/sessions/"),
    Page("second factor", "mina", "/accounts/second-factor/"),
    Page("second factor, none", "new", "/accounts/second-factor/"),
    Page("second factor, app", "new", "/accounts/second-factor/app/"),
    Page("second factor, codes", "mina", "/accounts/second-factor/codes/"),
    Page("second factor, passkey", "new", "/accounts/second-factor/passkeys/add/"),
    Page("signing out", "mina", "/accounts/logout/"),
)
PUBLIC = (
    Page("signing in", "", "/accounts/login/"),
    Page(
        "signing in, wrong",
        "",
        "/accounts/login/",
        "const form = document.querySelector('main form'); form.noValidate = true; form.requestSubmit()",
        ".errors, .error",
    ),
    Page("resetting the password", "", "/accounts/password/reset/"),
    Page("reset is under way", "", "/accounts/password/reset/done/"),
    Page("invitation", "", "{invitation}"),
    Page("invitation, over", "", "/accounts/invitation/nothing/"),
    *_in_languages("models", "models/"),
    *_in_languages("model", "models/dall-e-3/"),
    Page("model that is not", "", "/models/nothing/"),
    Page("models, signed in", "mina", "/models/"),
    Page("model, signed in", "mina", "/models/gpt-image-2/"),
    Page("docs", "", "/docs/api/"),
    Page("404", "", "/nowhere/"),
    Page("404, signed in", "mina", "/jobs/7a6ff33c-26d4-4fb0-8ee1-3c1e50f2ec0b/"),
)
ADMIN = (
    Page("administration", "root", "/admin/"),
    Page("administration, people", "root", "/admin/accounts/user/"),
    Page("administration, a person", "root", "{user}"),
    Page("administration, a new person", "root", "/admin/accounts/user/add/"),
    Page("administration, the queue", "root", "/admin/jobs/job/queue/"),
    Page("administration, jobs", "root", "/admin/jobs/job/"),
    Page("administration, models", "root", "/admin/providers/modelrow/"),
    Page("administration, a new provider", "root", "/admin/providers/providerrow/add/"),
)
MAIN = ("studio, a card in each state", "job, several pictures", "gallery", "usage", "models, en", "signing in")
PAGES = (*STUDIO, *JOB, *GALLERY, *ACCOUNT, *PUBLIC, *ADMIN)

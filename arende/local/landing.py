"""The pages to which links in mails lead: plain ones that say what comes next, until there is a web UI."""

import html
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from arende.local.pages import page

_SCRIPT = """<script>
const form = document.querySelector('form');
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = Object.fromEntries(new FormData(form));
  if (form.dataset.token) body.token = form.dataset.token;
  const headers = {'Content-Type': 'application/json'};
  const answer = await fetch(form.action, {method: form.dataset.method, headers, body: JSON.stringify(body)});
  const problem = answer.ok ? {} : await answer.json();
  document.querySelector('output').textContent = answer.ok ? 'Klart. / Done.' : problem.detail;
});
</script>"""


_CHOICE = """<p><label>Lösenord / Password
<input type='password' name='password' minlength='12' autocomplete='new-password' required></label></p>"""
# What is read through the API: the title of its page, and where it is.
_READ = {
    "/cases/{key}": ("Ärende / Case", "/v1/cases/{}"),
    "/invoices/{key}": ("Faktura / Invoice", "/v1/invoices/{}"),
    "/accounts/{key}/members": ("Användare / Users", "/v1/accounts/{}/members"),
    "/bureau/customers/{key}": ("Kund / Customer", "/v1/customers/{}"),
    "/me/{key}": ("Inloggning / Log-in", "/v1/me/{}"),
}


def landing_pages() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    for path, (title, where) in _READ.items():
        router.add_api_route(path, _read_at(title, where), response_class=HTMLResponse)

    @router.get("/verify/{token}", response_class=HTMLResponse)
    async def verify(token: str) -> str:
        button = "Bekräfta adressen / Confirm the address"
        form = _form("/v1/users/verify", "POST", button, token=token, fields=_CHOICE)
        title = "Bekräfta adressen och välj lösenord / Confirm the address and choose a password"
        return page(title, form)

    @router.get("/password-resets/{token}", response_class=HTMLResponse)
    async def choose_password(token: str) -> str:
        action = f"/v1/password-resets/{html.escape(token, quote=True)}"
        form = _form(action, "PUT", "Spara / Save", fields=_CHOICE)
        return page("Välj lösenord / Choose a password", form)

    @router.get("/password-resets", response_class=HTMLResponse)
    async def ask_for_password() -> str:
        field = "<p><label>E-postadress / E-mail address <input type='email' name='email'></label></p>"
        form = _form("/v1/password-resets", "POST", "Skicka länken / Send the link", fields=field)
        return page("Nytt lösenord / New password", form)

    @router.get("/invitations/{token}", response_class=HTMLResponse)
    async def invitation(token: str) -> str:
        where = f"/v1/invitations/by-token/{html.escape(token, quote=True)}"
        return page(
            "Inbjudan / Invitation",
            f"<p>Logga in och svara genom API:t: <code>POST /v1/invitations/{{id}}/accept</code>. "
            f"Log in and answer through the API.</p><p><a href='{where}'>Inbjudan / The invitation</a></p>",
        )

    @router.get("/", response_class=HTMLResponse)
    async def home() -> str:
        links = "<ul><li><a href='/docs'>API</a></li><li><a href='/mails'>Mails</a></li></ul>"
        return page("Ärende", links)

    return router


def _read_at(title: str, where: str) -> Callable[[str], Awaitable[str]]:
    async def read(key: str) -> str:
        path = where.format(html.escape(key, quote=True))
        return page(title, f"<p>Läs det genom API:t / Read it through the API: <code>{path}</code></p>")

    return read


def _form(action: str, method: str, button: str, *, token: str = "", fields: str = "") -> str:
    token = html.escape(token, quote=True)
    return (
        f"<form action='{action}' data-method='{method}' data-token='{token}'>{fields}"
        f"<button>{button}</button></form><output></output>{_SCRIPT}"
    )

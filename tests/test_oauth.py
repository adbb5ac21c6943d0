"""Login by OAuth 2: tokens fetched, renewed before they end, and a revoked one told clearly.

The provider is a server of the test's own, over TLS with a certificate that
only the configured file vouches for; the mailbox is a Dovecot that takes the
provider's tokens and nothing else.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from service.adapters.imap import ImapMailbox, MailboxAway
from service.adapters.smtp import Away, SmtpCourier
from service.adapters.tokens import NoToken, OAuthSettings, Tokens
from service.adapters.toml_files import BadFile
from service.config import load_config
from service.wiring import imap_settings, smtp_settings
from tests.servers import Account, Dovecot, NotInstalled, Post
from tests.settings import write_settings

pytest.importorskip("msal")
pytest.importorskip("google.auth")
trustme = pytest.importorskip("trustme")
jwt = pytest.importorskip("jwt")

USER = "samreko"


class Provider:
    """A token endpoint like Microsoft's and Google's.  `refuses` is the error that it answers with."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca_file = str(folder / "ca.pem")
        authority.cert_pem.write_to_path(self.ca_file)
        self.refuses = ""
        self.seconds = 3600
        self.asked: list[dict[str, str]] = []
        self.fixed = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                here = f"{outer.url}/hyresgast/oauth2/v2.0"
                self.say(
                    200,
                    {
                        "authorization_endpoint": f"{here}/authorize",
                        "token_endpoint": f"{here}/token",
                        "issuer": f"{outer.url}/hyresgast/v2.0",
                    },
                )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append({k: v[0] for k, v in parse_qs(body).items()})
                if outer.refuses:
                    self.say(
                        400, {"error": outer.refuses, "error_description": "AADSTS7000222: expired keys."}
                    )
                else:
                    self.say(
                        200,
                        {
                            "token_type": "Bearer",
                            "expires_in": outer.seconds,
                            "access_token": outer.fixed or outer.token(),
                        },
                    )

            def say(self, status: int, answer: object) -> None:
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self) -> str:
        now = int(time.time())
        claims = {"sub": USER, "iat": now, "exp": now + 3600, "n": len(self.asked)}
        return str(jwt.encode(claims, Dovecot.token_secret, algorithm="HS256"))

    def microsoft(self, ca_file: str | None = "") -> OAuthSettings:
        return OAuthSettings(
            provider="microsoft",
            client_id="id",
            client_secret="hemligt",
            tenant="hyresgast",
            authority=self.url,
            ca_file=self.ca_file if ca_file == "" else ca_file,
        )

    def google(self, ca_file: str | None = "") -> OAuthSettings:
        return OAuthSettings(
            provider="google",
            client_id="id",
            client_secret="hemligt",
            refresh_token="gammalt",
            token_url=f"{self.url}/token",
            ca_file=self.ca_file if ca_file == "" else ca_file,
        )


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    found = Provider(tmp_path)
    yield found
    found.server.shutdown()


@pytest.fixture(scope="module")
def dovecot_by_token() -> Iterator[Dovecot]:
    try:
        server = Dovecot()
    except NotInstalled as fault:
        pytest.skip(str(fault))
    yield server
    server.stop()
    server.remove()


BOTH = pytest.mark.parametrize("who", ["microsoft", "google"])


@BOTH
def test_a_token_is_fetched_as_the_provider_wants_it(provider: Provider, who: str):
    """Client credentials at Microsoft, a refresh token at Google."""
    token = Tokens(getattr(provider, who)())()

    assert jwt.decode(token, Dovecot.token_secret, algorithms=["HS256"])["sub"] == USER
    asked = provider.asked[-1]
    assert asked["client_id"] == "id"
    if who == "microsoft":
        assert asked["grant_type"] == "client_credentials"
        assert asked["scope"] == "https://outlook.office365.com/.default"
    else:
        assert (asked["grant_type"], asked["refresh_token"]) == ("refresh_token", "gammalt")


@BOTH
def test_a_token_is_kept_and_renewed_before_it_ends(provider: Provider, who: str):
    """One question an hour, and no login with a token that has minutes left."""
    clock = [1000.0]
    tokens = Tokens(getattr(provider, who)(), now=lambda: clock[0])

    first = tokens()
    clock[0] += 3200
    assert tokens() == first
    clock[0] += 150
    assert tokens() != first
    assert len(provider.asked) == 2


@BOTH
def test_a_provider_that_is_away_when_it_is_time_to_renew_does_no_harm_yet(provider: Provider, who: str):
    """What is left of the old token is used; when it has ended the fault is told."""
    clock = [1000.0]
    tokens = Tokens(getattr(provider, who)(), now=lambda: clock[0])
    first = tokens()
    provider.refuses = "temporarily_unavailable"

    clock[0] += 3400
    assert tokens() == first
    clock[0] += 300
    with pytest.raises(NoToken):
        tokens()


@BOTH
@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client"])
def test_a_revoked_secret_is_told_in_one_line_with_what_to_do(provider: Provider, who: str, error: str):
    """Who refuses, why, and who can mend it; no secret in it."""
    provider.refuses = error

    with pytest.raises(NoToken) as caught:
        Tokens(getattr(provider, who)())()

    line = str(caught.value)
    assert "\n" not in line
    assert who.capitalize() in line
    assert error in line
    assert "återkallats" in line
    assert "hemligt" not in line
    assert "gammalt" not in line


@BOTH
def test_a_provider_with_a_certificate_that_nobody_vouches_for_is_refused(provider: Provider, who: str):
    """Secrets go only to whom they belong."""
    with pytest.raises(NoToken):
        Tokens(getattr(provider, who)(ca_file=None))()
    assert provider.asked == []


def test_a_mailbox_that_demands_it_is_read_with_a_token(provider: Provider, dovecot_by_token: Dovecot):
    """XOAUTH2 to a real server, with a token straight from the provider."""
    account = Account(dovecot_by_token, USER)
    account.append(b"Subject: Hej\r\n\r\nHej\r\n")
    mailbox = ImapMailbox(account.settings(password="", token=Tokens(provider.microsoft())))
    try:
        _, uids = mailbox.uids()
        assert len(uids) == 1
    finally:
        mailbox.close()


def test_a_mailbox_without_a_token_is_away_and_says_why(provider: Provider, dovecot_by_token: Dovecot):
    """The operator reads the provider's reason; the daemon tries again in its next round."""
    provider.refuses = "invalid_client"
    mailbox = ImapMailbox(
        Account(dovecot_by_token, USER).settings(password="", token=Tokens(provider.microsoft()))
    )

    with pytest.raises(MailboxAway, match="Microsoft nekar"):
        mailbox.uids()
    provider.refuses = ""
    mailbox.uids()
    mailbox.close()


def test_mail_is_sent_with_a_token(provider: Provider):
    """XOAUTH2 over SMTP; a refused token is a server that is away, and loses no letter."""
    provider.fixed = "en.riktig.token"
    post = Post(token="en.riktig.token")
    courier = SmtpCourier(post.settings(user="a@b.example", token=Tokens(provider.google())))
    try:
        courier.send("a@b.example", "c@d.example", b"Subject: Hej\r\n\r\nHej\r\n")
        assert post.to("c@d.example")
        assert "XOAUTH2 a@b.example" in post.logins
    finally:
        courier.close()
    provider.refuses = "invalid_grant"
    courier = SmtpCourier(post.settings(user="a@b.example", token=Tokens(provider.google())))
    with pytest.raises(Away, match="Google nekar"):
        courier.send("a@b.example", "c@d.example", b"Subject: Hej\r\n\r\nHej\r\n")
    courier.close()
    post.stop()


OAUTH = """
[imap]
host = "outlook.office365.com"
user = "samreko@samverkan.example"
[imap.oauth]
provider = "microsoft"
tenant = "t"
client_id = "c"
client_secret_file = "hemligt"
[smtp]
host = "smtp.office365.com"
user = "samreko@samverkan.example"
[smtp.oauth]
provider = "microsoft"
tenant = "t"
client_id = "c"
client_secret_file = "hemligt"
"""


def test_the_configuration_gives_mailbox_and_courier_one_source_of_tokens(tmp_path: Path):
    """The secret stands in a file of its own, and nothing prints it."""
    (tmp_path / "hemligt").write_text("mycket-hemligt\n", encoding="utf-8")
    config = load_config(write_settings(tmp_path, more=OAUTH), {})
    imap, smtp = imap_settings(config), smtp_settings(config)

    assert imap is not None
    assert smtp is not None
    assert isinstance(imap.token, Tokens)
    assert imap.token is smtp.token
    assert "mycket-hemligt" not in f"{config} {imap} {smtp} {imap.token}"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (OAUTH.replace('tenant = "t"\n', "", 1), "imap.oauth.tenant"),
        (OAUTH.replace('client_secret_file = "hemligt"\n', "", 1), "imap.oauth.client_secret"),
        (OAUTH.replace('"hemligt"', '"saknas"', 1), "imap.oauth.client_secret_file"),
        (
            OAUTH.replace('"microsoft"', '"google"', 1).replace('tenant = "t"\n', "", 1),
            "imap.oauth.refresh_token",
        ),
        (OAUTH.replace("tenant", "tennant", 1), "tennant"),
        (
            OAUTH.replace('tenant = "t"', 'tenant = "t"\nauthority = "http://oskyddat.example"', 1),
            "authority",
        ),
    ],
)
def test_what_is_missing_is_told_by_file_and_key(tmp_path: Path, wrong: str, told: str):
    """One line that names file, key and what is wanted."""
    (tmp_path / "hemligt").write_text("x", encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        load_config(write_settings(tmp_path, more=wrong), {})

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_secret_from_the_environment_goes_before_the_file(tmp_path: Path):
    """KALLELSE_IMAP_CLIENT_SECRET."""
    (tmp_path / "hemligt").write_text("i filen", encoding="utf-8")
    config = load_config(write_settings(tmp_path, more=OAUTH), {"KALLELSE_IMAP_CLIENT_SECRET": "i miljön"})

    assert config.imap is not None
    assert config.imap.oauth is not None
    assert config.imap.oauth.client_secret.get_secret_value() == "i miljön"

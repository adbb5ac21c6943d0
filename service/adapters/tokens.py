"""Access tokens for IMAP and SMTP by OAuth 2 (XOAUTH2): Microsoft 365 and Google.

A token lives for about an hour.  It is fetched when it is first needed and
again before it ends, so that no login is made with one that is about to.
Microsoft 365 gives a service its own tokens (client credentials, RFC 6749,
4.4); Google gives them for a refresh token that a person has once consented
to (RFC 6749, 6).

What a provider refuses is told in one line with what to do: a revoked secret
does not mend itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

# So many seconds before its end a token is fetched anew.
BEFORE_THE_END = 300.0
# A provider that is asked and does not answer is given up after so many seconds.
TIMEOUT = 30.0

MICROSOFT_SCOPE = "https://outlook.office365.com/.default"
MICROSOFT_AUTHORITY = "https://login.microsoftonline.com"
GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"


class NoToken(OSError):
    """The provider gave no token; the text says why and what to do.

    An OSError, so that whoever wants to log in takes it as a server that
    cannot be reached: the round is over, the next one tries again, and the
    operator reads the line.
    """


@dataclass(frozen=True)
class OAuthSettings:
    """How a token is had.

    `authority` (Microsoft, with the tenant after it) and `token_url`
    (Google) are the providers' own unless given.  `ca_file` is a file of
    certificates to trust beside the system's.
    """

    provider: Literal["microsoft", "google"]
    client_id: str
    client_secret: str = field(repr=False)
    tenant: str = ""
    refresh_token: str = field(default="", repr=False)
    scope: str = ""
    authority: str = ""
    token_url: str = ""
    ca_file: str | None = None


class Tokens:
    """Gives a token that is valid now; for several threads.  `now` counts seconds."""

    def __init__(self, settings: OAuthSettings, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._ends = float("-inf")

    def __call__(self) -> str:
        """The token.  Raises NoToken, in one line, when the provider gives none."""
        with self._lock:
            if self._now() < self._ends - BEFORE_THE_END:
                return self._token
            try:
                token, seconds = _FETCH[self._settings.provider](self._settings)
            except NoToken:
                if self._now() < self._ends - 5:
                    # It could not be renewed ahead of time, and is still good for this login.
                    return self._token
                raise
            self._token, self._ends = token, self._now() + seconds
            return token


def _from_microsoft(settings: OAuthSettings) -> tuple[str, float]:
    try:
        import msal
    except ImportError as fault:
        raise NoToken("msal saknas; installera med: pip install 'kallelse[oauth]'") from fault
    own = settings.authority
    authority = f"{own or MICROSOFT_AUTHORITY}/{settings.tenant}"
    try:
        application = msal.ConfidentialClientApplication(
            settings.client_id,
            client_credential=settings.client_secret,
            authority=authority,
            # Only Microsoft's own clouds can be looked up.
            instance_discovery=None if not own else False,
            http_client=_session(settings.ca_file),
        )
        answer: dict[str, Any] = application.acquire_token_for_client([settings.scope or MICROSOFT_SCOPE])
    except Exception as fault:
        raise NoToken(
            f"Microsoft kunde inte nås för inloggning ({type(fault).__name__}: {_short(fault)})"
        ) from fault
    if "access_token" not in answer:
        raise NoToken(_refused("Microsoft", answer, "en ny klienthemlighet i Entra ID"))
    return str(answer["access_token"]), float(answer.get("expires_in", 3600))


def _from_google(settings: OAuthSettings) -> tuple[str, float]:
    try:
        import requests
        from google.auth.exceptions import GoogleAuthError, RefreshError
        from google.auth.transport.requests import Request
        from google.oauth2.credentials import Credentials
    except ImportError as fault:
        raise NoToken("google-auth saknas; installera med: pip install 'kallelse[oauth]'") from fault
    credentials = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=settings.refresh_token,
        token_uri=settings.token_url or GOOGLE_TOKENS,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
    )
    with _session(settings.ca_file) as session:
        try:
            credentials.refresh(Request(session))  # type: ignore[no-untyped-call]
        except RefreshError as fault:
            told = next((a for a in fault.args if isinstance(a, dict)), {"error": str(fault)})
            raise NoToken(_refused("Google", told, "ett nytt godkännande")) from fault
        except (GoogleAuthError, requests.RequestException) as fault:
            raise NoToken(f"Google kunde inte nås för inloggning ({_short(fault)})") from fault
    from datetime import UTC, datetime

    # Google's library keeps a naive time in UTC.
    left = (
        (credentials.expiry.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()
        if credentials.expiry
        else 3600.0
    )
    return str(credentials.token), left


def _session(ca_file: str | None) -> Any:
    """A connection that trusts `ca_file`, whatever the environment says, and gives up in time."""
    import requests

    class Session(requests.Session):
        def request(self, *args: Any, **more: Any) -> Any:
            if ca_file:
                # Set on the session, REQUESTS_CA_BUNDLE would go before it (psf/requests#3829).
                more["verify"] = ca_file
            more["timeout"] = TIMEOUT
            return super().request(*args, **more)

    return Session()


_FETCH: dict[str, Callable[[OAuthSettings], tuple[str, float]]] = {
    "microsoft": _from_microsoft,
    "google": _from_google,
}


def _refused(who: str, answer: dict[str, Any], remedy: str) -> str:
    """A refusal in one line.  The provider's text may name the application, never a secret."""
    code = str(answer.get("error", "okänt fel"))
    said = " ".join(str(answer.get("error_description", "")).split())[:200]
    why = f"{code}: {said}" if said and said != code else code
    if code in ("invalid_grant", "invalid_client", "unauthorized_client", "access_denied"):
        return (
            f"{who} nekar tjänsten tillträde ({why}). Hemligheten eller godkännandet har gått ut eller "
            f"återkallats; den som sköter e-posten behöver ge {remedy}."
        )
    return f"{who} gav ingen inloggning ({why})."


def _short(fault: BaseException) -> str:
    return " ".join(str(fault).split())[:200]

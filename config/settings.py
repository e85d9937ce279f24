"""Settings of a machine, from the environment or a file `.env` in the working directory."""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

WEBHOOK = re.compile(r"https?://[^/@\s?#]+/rest/[1-9]\d*/[A-Za-z0-9_-]+/?")
DATABASE = re.compile(
    r"sqlite:///.+|postgresql(\+psycopg)?://([^:@/\s]+(:[^@/\s]*)?@)?(\[[0-9A-Fa-f:]+\]|[^:@/\s]*)(:\d+)?/[^@/?\s]+(\?\S*)?"
)
LIMITS = re.compile(r"real|enterprise|off|scaled:[1-9]\d*")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRET_MIN = 16


class SettingsError(ValueError):
    """A setting is missing or wrong; the text names every one and says what to write, never what was written."""


def _webhook(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    if not WEBHOOK.fullmatch(url):
        raise ValueError("must look like https://company.bitrix24.ru/rest/1/…/, the address of the incoming webhook")
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must begin with https: plain http is for a portal on this machine only")
    return value


def _is_word(value: SecretStr) -> SecretStr:
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{{SECRET_MIN},}}", value.get_secret_value()):
        raise ValueError(f"must have at least {SECRET_MIN} letters, digits, «-» and «_», and nothing else")
    return value


def _database(value: str) -> str:
    """An address that is read otherwise than it was meant would show a part of the password as a host or a port."""
    if not DATABASE.fullmatch(value):
        raise ValueError(
            "must be sqlite:///path or postgresql+psycopg://user:password@host/name, "
            "with special characters of the password written as %40 and the like"
        )
    return value


def _limits(value: str) -> str:
    if not LIMITS.fullmatch(value):
        raise ValueError("must be real, enterprise, scaled:N or off")
    return value


Word = Annotated[SecretStr, AfterValidator(_is_word)]  # part of an address or of a header
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Settings(BaseModel):
    """What `.env.example` explains, name by name. Neither repr nor an error shows a secret."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="forbid")

    bitrix_webhook_url: Annotated[SecretStr, AfterValidator(_webhook)]
    bitrix_event_token: Annotated[SecretStr, Field(min_length=1)]
    bitrix_domain: str = ""
    bitrix_member_id: str = ""
    database_url: Annotated[str, AfterValidator(_database)] = Field("sqlite:///var/voronka.sqlite", repr=False)
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    hook_secret: Word | None = None
    robot_secret: Word | None = None
    onec_token: Word | None = None
    limits: Annotated[str, AfterValidator(_limits)] = "real"
    portal_cut_seconds: Seconds | None = None
    look_every_seconds: Seconds = 60
    look_gap_seconds: Seconds = 1
    tick_seconds: Seconds = 5
    people_fresh_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 300
    threads: Annotated[int, Field(ge=1)] = 24
    office: str = "auto"
    slot: str = ""
    takeover_seconds: Seconds = 45

    @property
    def domain(self) -> str:
        """Which portal's events are accepted: as set, else the webhook's host with its port."""
        return self.bitrix_domain or urlsplit(self.bitrix_webhook_url.get_secret_value()).netloc

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, file: Path = Path(".env")) -> "Settings":
        """Read the environment, which rules over the file. Raises one SettingsError for all that is wrong."""
        given = {**_read(file), **(os.environ if environment is None else environment)}
        values = {name: given[name.upper()].strip() for name in cls.model_fields if given.get(name.upper(), "").strip()}
        try:
            return cls(**values)
        except ValidationError as error:
            wrong = {str(one["loc"][0]).upper(): one for one in error.errors(include_input=False, include_url=False)}
            lines = "\n".join(f"  {name} {_said(name, one, given)}" for name, one in wrong.items())
            raise SettingsError(f"Settings are missing or wrong; .env.example explains each:\n{lines}") from None


def _said(name: str, error: Mapping, given: Iterable[str]) -> str:
    """«is missing», or what pydantic says in our words."""
    if error["type"] != "missing":
        return error["msg"].removeprefix("Value error, ")
    alike = difflib.get_close_matches(name, list(given), n=1, cutoff=0.85)
    return f"is missing ({alike[0]} is set: is it meant?)" if alike else "is missing"


def _read(file: Path) -> dict[str, str]:
    """NAME=value lines; empty ones and those that begin with # say nothing."""
    if not file.exists():
        return {}
    lines = [line.strip().removeprefix("export ") for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#") and "=" in line]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}

"""Settings of a machine, from the environment or a file `.env` in the working directory. Secrets never show in a repr."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator

WEBHOOK = re.compile(r"https?://[^/@\s]+/rest/[1-9]\d*/[A-Za-z0-9_-]+/?")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(ValueError):
    """A setting is missing or wrong; the text names every one and says what to write."""


class Settings(BaseModel):
    """What `.env.example` explains, name by name."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="forbid")

    bitrix_webhook_url: SecretStr
    bitrix_event_token: SecretStr
    bitrix_domain: str = ""
    bitrix_member_id: str = ""
    database_url: str = "sqlite:///var/voronka.sqlite"
    host: str = "127.0.0.1"
    port: int = 8080
    hook_secret: SecretStr | None = None
    robot_secret: SecretStr | None = None
    clock: Literal["machine", "portal"] = "machine"
    limits: str = "real"
    portal_cut_seconds: float | None = None
    look_every_seconds: float = 60
    look_gap_seconds: float = 1
    tick_seconds: float = 5
    people_fresh_seconds: float = 300
    threads: int = 24
    slot: str = "worker-1"

    @field_validator("bitrix_webhook_url")
    @classmethod
    def _is_webhook(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if not WEBHOOK.fullmatch(url):
            raise ValueError(
                "must look like https://company.bitrix24.ru/rest/1/…/ (the address of the incoming webhook)"
            )
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must begin with https (plain http is for a portal on this machine only)")
        return value

    @field_validator("bitrix_event_token")
    @classmethod
    def _is_not_empty(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().strip():
            raise ValueError("must not be empty: it is the token that the outgoing webhook shows")
        return value

    @field_validator("robot_secret")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 16:
            raise ValueError("must have at least 16 characters")
        return value

    @field_validator("limits")
    @classmethod
    def _is_profile(cls, value: str) -> str:
        if not re.fullmatch(r"real|enterprise|off|scaled:[1-9]\d*", value):
            raise ValueError("must be real, enterprise, scaled:N or off")
        return value

    @property
    def domain(self) -> str:
        """Which portal's events are accepted: as set, else the webhook's host."""
        return self.bitrix_domain or urlsplit(self.bitrix_webhook_url.get_secret_value()).netloc

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment over `.env`. Raises SettingsError that lists everything that is missing or wrong at once."""
        given = {**_env_file(Path(".env")), **(os.environ if environment is None else environment)}
        values = {name: given[name.upper()] for name in cls.model_fields if given.get(name.upper(), "") != ""}
        try:
            return cls(**values)
        except ValidationError as error:
            lines = [
                f"  {str(one['loc'][0]).upper()} {_said(one)}"
                for one in error.errors(include_input=False, include_url=False)
            ]
            raise SettingsError(
                "These settings are missing or wrong (see .env.example):\n" + "\n".join(lines)
            ) from None


def _said(error: dict) -> str:
    return "is missing" if error["type"] == "missing" else error["msg"].removeprefix("Value error, ")


def _env_file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#") and "=" in line]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}

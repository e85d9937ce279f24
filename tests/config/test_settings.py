"""Settings come from the environment over .env, and no secret shows."""

import re
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError

WEBHOOK = "https://company.bitrix24.ru/rest/1/hookcode0123456789/"
LEAST = {"BITRIX_WEBHOOK_URL": WEBHOOK, "BITRIX_EVENT_TOKEN": "eventtoken0123456789"}
NO_FILE = Path("no such file")


def settings(**more: str) -> Settings:
    return Settings.from_env({**LEAST, **more}, NO_FILE)


def refusal(**given: str) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(given, NO_FILE)
    return str(refused.value)


def test_two_settings_are_enough():
    made = settings()
    assert made.bitrix_webhook_url.get_secret_value() == WEBHOOK
    assert (made.database_url, made.host, made.port) == ("sqlite:///var/voronka.sqlite", "127.0.0.1", 8080)
    assert (made.limits, made.look_every_seconds) == ("real", 60)
    assert made.robot_secret is made.hook_secret is made.onec_token is None


def test_everything_that_is_missing_is_named_at_once():
    assert refusal() == (
        "Settings are missing or wrong; .env.example explains each:\n"
        "  BITRIX_WEBHOOK_URL is missing\n"
        "  BITRIX_EVENT_TOKEN is missing"
    )


def test_a_misspelt_name_is_guessed():
    assert "BITRIX_EVENT_TOKEN is missing (BITRIX_EVENTS_TOKEN is set: is it meant?)" in refusal(
        BITRIX_EVENTS_TOKEN="x"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BITRIX_WEBHOOK_URL", "portal.bitrix24.ru", "must look like https://company.bitrix24.ru/rest/1/…/"),
        ("BITRIX_WEBHOOK_URL", "https://company.bitrix24.ru/rest/hookcode/", "must look like"),
        ("BITRIX_WEBHOOK_URL", "https://company.bitrix24.ru/rest/0/hookcode/", "must look like"),
        ("BITRIX_WEBHOOK_URL", "https://user@company.bitrix24.ru/rest/1/hookcode/", "must look like"),
        ("BITRIX_WEBHOOK_URL", "https://company.bitrix24.ru/rest/1/hookcode/?x=1", "must look like"),
        ("BITRIX_WEBHOOK_URL", "http://company.bitrix24.ru/rest/1/hookcode/", "must begin with https"),
        ("BITRIX_WEBHOOK_URL", "http://127.0.0.1.evil.ru/rest/1/hookcode/", "must begin with https"),
        ("BITRIX_EVENT_TOKEN", "  ", "is missing"),
        ("HOOK_SECRET", "fifteen-letters", "must have at least 16 letters, digits, «-» and «_»"),
        ("HOOK_SECRET", "a/slash/is/another/address", "must have at least 16 letters, digits, «-» and «_»"),
        ("ROBOT_SECRET", "short", "must have at least 16 letters, digits, «-» and «_»"),
        ("ROBOT_SECRET", "with/slash/and?question", "must have at least 16 letters, digits, «-» and «_»"),
        ("ONEC_TOKEN", "токен-на-кириллице", "must have at least 16 letters, digits, «-» and «_»"),
        ("LIMITS", "fast", "must be real, enterprise, scaled:N or off"),
        ("LIMITS", "scaled:0", "must be real, enterprise, scaled:N or off"),
        ("PORT", "http", "Input should be a valid integer"),
        ("PORT", "70000", "Input should be less than or equal to 65535"),
        ("LOOK_EVERY_SECONDS", "nan", "Input should be a finite number"),
        ("THREADS", "0", "Input should be greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_says_what_to_write(name, value, said):
    text = refusal(**{**LEAST, name: value})
    assert f"  {name} {said}" in text
    assert len(value.strip()) < 3 or value not in text, "what was written may be a secret and is not repeated"


@pytest.mark.parametrize("host", ["127.0.0.1:8924", "localhost", "[::1]:8924"])
def test_plain_http_is_for_a_portal_on_this_machine(host):
    url = f"http://{host}/rest/1/hookcode/"
    assert settings(BITRIX_WEBHOOK_URL=url).bitrix_webhook_url.get_secret_value() == url


def test_the_domain_of_events_is_the_webhooks_unless_it_is_set():
    assert settings().domain == "company.bitrix24.ru"
    assert settings(BITRIX_WEBHOOK_URL="http://127.0.0.1:8924/rest/1/hookcode/").domain == "127.0.0.1:8924"
    assert settings(BITRIX_DOMAIN="portal.company.ru").domain == "portal.company.ru"


def test_no_secret_shows():
    secrets = {
        "BITRIX_WEBHOOK_URL": WEBHOOK,
        "BITRIX_EVENT_TOKEN": "eventtoken0123456789",
        "HOOK_SECRET": "hooksecret0123456789",
        "ROBOT_SECRET": "robotsecret0123456789",
        "ONEC_TOKEN": "onectoken0123456789",
        "DATABASE_URL": "postgresql+psycopg://voronka:databasepassword@db/voronka",
    }
    made = settings(**secrets)
    wrong = refusal(**{**secrets, "PORT": "no", "LIMITS": "no", "BITRIX_WEBHOOK_URL": WEBHOOK + "?"})
    for shown in (repr(made), str(made), wrong):
        for hidden in ("hookcode", "eventtoken", "hooksecret", "robotsecret", "onectoken", "databasepassword"):
            assert hidden not in shown


def test_the_file_is_read_and_the_environment_rules_over_it(tmp_path):
    file = tmp_path / ".env"
    file.write_text(
        "# how this machine is set\n\n"
        f"export BITRIX_WEBHOOK_URL={WEBHOOK}\n"
        "BITRIX_EVENT_TOKEN='token#with=signs'\n"
        'HOST = "0.0.0.0"\n'
        "PORT=9000\n",
        encoding="utf-8",
    )
    made = Settings.from_env({"PORT": "9001", "PATH": "/bin"}, file)
    assert made.bitrix_event_token.get_secret_value() == "token#with=signs"
    assert (made.host, made.port) == ("0.0.0.0", 9001)


def test_an_empty_variable_is_one_that_is_not_set(tmp_path):
    (tmp_path / ".env").write_text("PORT=9000\n", encoding="utf-8")
    assert Settings.from_env({**LEAST, "PORT": "", "HOOK_SECRET": ""}, tmp_path / ".env").port == 8080


def test_the_example_explains_every_setting_and_no_other():
    example = Path(__file__).parents[2] / ".env.example"
    names = re.findall(r"^#?([A-Z_]+)=", example.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)

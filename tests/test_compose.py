"""compose.yaml and what belongs to it: processes without power, looked at, with their settings."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import settings
from bot.cli import parser

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web1", "web2", "worker1", "worker2")
KNOWN = frozenset(
    "build cap_add cap_drop command depends_on env_file environment healthcheck image mem_limit "
    "networks pids_limit ports read_only restart security_opt shm_size stop_grace_period tmpfs "
    "user volumes".split()
)
"""What compose takes for a service, of what we use: a misspelt key would be ignored by some."""


def test_there_are_two_of_each_the_database_and_the_proxy() -> None:
    """Two web processes, two workers, PostgreSQL, and the proxy; no key is misspelt."""
    assert list(SERVICES) == [*OURS, "db", "proxy"]
    assert all(set(service) <= KNOWN for service in SERVICES.values())


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_has_little_power(name: str) -> None:
    """A read-only root, no capability but a port below 1024, no way to more, and it comes back."""
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]  # noqa: S108 - a path in a container
    assert service["restart"] == "unless-stopped"
    assert name == "proxy" or service["user"].split(":")[0] not in {"", "0", "root"}


@pytest.mark.parametrize("name", OURS)
def test_our_processes_are_one_image_with_known_settings(name: str) -> None:
    """Each runs one part alone, as the image's user, with known settings, after the database."""
    service = SERVICES[name]
    [_python, _m, module, *words] = service["command"]
    asked = parser().parse_args(words)

    assert (module, asked.only) == ("bot", name[:-1])
    assert service["user"] == "10001:10001"
    assert f"USER {service['user'].split(':')[0]}" in dockerfile()
    assert set(service["environment"]) <= set(settings.variables())
    assert service["env_file"] == ".env"
    assert service["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert service["environment"]["BOT_STATE_DIR"] in [v.split(":")[1] for v in service["volumes"]]


def test_every_container_is_looked_at() -> None:
    """Those not of our image have a health check; ours has its own, on the port that is set."""
    ports = {SERVICES[name]["environment"]["BOT_PORT"] for name in OURS}

    assert all("healthcheck" in SERVICES[name] for name in ("db", "proxy"))
    assert ports == {"8000"}
    assert re.search(r"HEALTHCHECK [^\n]+\\\n[^\n]+127\.0\.0\.1:8000/health", dockerfile())


def test_no_secret_stands_in_the_file() -> None:
    """Passwords and tokens come from .env, which git and the image leave out."""
    whole = (ROOT / "compose.yaml").read_text("utf-8")
    given = [pair for service in SERVICES.values() for pair in service["environment"].items()]
    hidden = re.compile("PASSWORD|TOKEN|SECRET|DATABASE_URL")
    example = (ROOT / ".env.example").read_text("utf-8")

    assert all("${POSTGRES_PASSWORD" in value for key, value in given if hidden.search(key))
    assert set(re.findall(r"\$\{([A-Z_]+)", whole)) == {"SITE", "POSTGRES_PASSWORD"}
    assert all(f"#{name}=" in example for name in ("SITE", "POSTGRES_PASSWORD"))
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").split()
    assert (ROOT / ".dockerignore").read_text("utf-8").startswith("*\n")


def test_what_is_named_is_there() -> None:
    """Volumes, networks and services waited for exist; only the proxy is reached from outside."""
    for service in SERVICES.values():
        sources = {str(item).split(":")[0] for item in service["volumes"]}
        assert {name for name in sources if not name.startswith(".")} <= set(COMPOSE["volumes"])
        assert all((ROOT / name).exists() for name in sources if name.startswith("."))
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["db"]["networks"] == ["inside"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_the_proxy_knows_both_web_processes() -> None:
    """It sends people to whichever is well, and nobody to what machines watch."""
    caddyfile = (ROOT / "Caddyfile").read_text("utf-8")

    assert "{$WEBS:web1:8000 web2:8000}" in caddyfile
    assert "health_uri /health" in caddyfile
    assert re.search(r"@machines path /health /metrics\n\s+respond @machines 404", caddyfile)


def dockerfile() -> str:
    """The file the image is built from."""
    return (ROOT / "Dockerfile").read_text("utf-8")

"""Every ``CHANCERY_*`` setting, in one model.

A setting is read from the environment variable of its name; one that holds a secret may also be read from a file named
by that variable with ``_FILE`` behind it.
"""

from __future__ import annotations

import difflib
import ipaddress
import json
import os
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "CHANCERY_"
SECRETS = ("broker_url", "broker_password", "signing_key", "archive_url", "archive_password")
"""Settings that also have a ``_FILE`` variant."""


class SettingsError(Exception):
    """A setting can't be used; the message names the variable and says how to mend it."""


class Limits(BaseModel):
    """Time limits of a queue's jobs, seconds: the soft one ends the attempt, the hard one kills its process."""

    soft: PositiveInt
    hard: PositiveInt


class SecretFiles(PydanticBaseSettingsSource):
    """Secrets from the files that ``CHANCERY_<NAME>_FILE`` variables name."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the base's
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        name = os.environ.get(variable) if field_name in SECRETS else None
        if not name:
            return None, field_name, False
        try:
            return Path(name).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{variable}: can't read the secret from {name}: {error}") from error

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


def _listed(value: object) -> object:
    """A list as the environment has it: with commas, or as JSON."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _places(values: tuple[str, ...]) -> tuple[str, ...]:
    """Networks, addresses and host names."""
    for value in values:
        try:
            ipaddress.ip_network(value, strict=False)
        except ValueError:
            if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9_.-]{1,253}", value):
                raise ValueError(f"{value!r} is no network (10.0.0.0/8), address or host name") from None
    return values


def _zone(name: str) -> str:
    """A time zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone: give a name of the IANA database, such as Europe/Berlin") from None
    return name


class Settings(BaseSettings):
    """What a deployment may choose. Times are seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore", frozen=True)

    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("chancery", appauthor=False),
        description="where the embedded broker and the archive keep their files",
    )
    broker_url: str | None = Field(
        default=None,
        repr=False,
        description="redis://[user[:password]@]host:port/db; without it the embedded broker is used",
    )
    broker_user: str | None = Field(default=None, description="ACL user, where broker_url names none")
    broker_password: SecretStr | None = Field(default=None, description="password, where broker_url has none")
    key_prefix: str = Field(
        default="chancery:", pattern=r"^[A-Za-z0-9_.-]+:$", description="of every key at the broker"
    )
    signing_key: SecretStr | None = Field(
        default=None, description="where set, jobs are signed with it (HMAC-SHA256) and unsigned ones quarantined"
    )

    archive_url: str | None = Field(
        default=None,
        repr=False,
        description="postgresql://[user[:password]@]host[:port]/database or sqlite:///file; "
        "without it archive.db in the data directory",
    )
    archive_password: SecretStr | None = Field(default=None, description="password, where archive_url has none")
    archive_days: NonNegativeInt = Field(
        default=0, description="after which a text that was not seen again is removed; 0: never"
    )
    shift_years: PositiveFloat = Field(
        default=10, description="a series that never shifts is told of once in so many years, or more rarely"
    )

    read_processes: PositiveInt = Field(default_factory=lambda: os.cpu_count() or 1, description="readers of a worker")
    fetch_threads: PositiveInt = Field(default=64, description="fetches at a time of a worker")
    record_processes: PositiveInt = Field(default=1, description="processes of a worker for the record queue")
    read_limits: Limits = Limits(soft=60, hard=90)
    fetch_limits: Limits = Limits(soft=60, hard=90)
    record_limits: Limits = Limits(soft=60, hard=90)
    visibility_seconds: PositiveInt = Field(
        default=300, description="after which the transport redelivers at the latest"
    )
    grace_seconds: PositiveInt = Field(default=135, description="given to a stopping worker before it is killed")
    soft_shutdown_seconds: PositiveFloat = Field(default=10.0, description="for running jobs once a stop turns cold")

    attempts: PositiveInt = Field(default=5, description="of a job whose errors pass, before it is quarantined")
    retry_base_seconds: PositiveFloat = Field(default=2.0, description="ceiling of the first delay; doubles each time")
    retry_cap_seconds: PositiveFloat = Field(default=300.0, description="ceiling of every delay")
    retry_age_seconds: PositiveFloat = Field(default=6 * 3600.0, description="after which nothing is tried again")
    losses: PositiveInt = Field(default=2, description="workers a job may kill before it is quarantined")
    lease_seconds: PositiveFloat = Field(default=15.0, description="a running job belongs to a worker that renews it")
    pulse_seconds: PositiveFloat = Field(default=3.0, description="between a worker's heartbeats, renewals and sweeps")
    overdue_seconds: PositiveFloat = Field(default=25.0, description="a message sent and not begun is sent again")

    queue_cap: PositiveInt = Field(default=200_000, description="open jobs of a queue before bulk jobs are refused")
    interactive_cap: PositiveInt = Field(default=220_000, description="open jobs before interactive ones are, too")
    window: PositiveInt = Field(default=16, description="jobs handed to Celery ahead of the workers, at least")
    bulk_share: PositiveInt = Field(default=8, description="interactive jobs before one bulk job gets its turn")
    rate_limits: dict[str, PositiveFloat] = Field(
        default_factory=dict, description="bulk jobs a second by source, as JSON; * for every other source"
    )
    outcome_seconds: PositiveInt = Field(default=6 * 3600, description="an outcome can be fetched this long")
    record_seconds: PositiveInt = Field(default=7 * 86_400, description="an ended job is remembered, and known again")
    outcome_events: PositiveInt = Field(default=100_000, description="kept in the stream of outcomes, about")

    connect_seconds: PositiveFloat = Field(default=5.0, description="to connect to the broker, and for each answer")
    submit_seconds: PositiveFloat = Field(default=20.0, description="a producer tries this long before it gives up")
    fetch_seconds: PositiveFloat = Field(default=30.0, description="for one page, redirects included")
    fetch_allow: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_places)] = Field(
        default=(), description="private networks, addresses and hosts that URLs may lead to, with commas between"
    )
    fetch_ports: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(80, 443, 8080, 8443), description="of public addresses, that URLs may lead to"
    )
    fetch_ca_file: Path | None = Field(
        default=None, description="certificates (PEM) of authorities to trust beside the usual ones"
    )
    fetch_contact: str | None = Field(
        default=None, pattern=r"^[!-~]{3,200}$", description="URL or mail address, told to sites in the User-Agent"
    )
    fetch_robots: bool = Field(default=True, description="whether sites' robots.txt is heeded")
    robots_seconds: PositiveInt = Field(default=86_400, description="after which a robots.txt is asked for again")
    host_fetches: PositiveInt = Field(default=2, description="fetches from one host at a time, by all workers")
    host_delay_seconds: Annotated[float, Field(ge=0)] = Field(
        default=1.0, description="between fetches from one host, by all workers"
    )
    webhook_seconds: Annotated[float, Field(gt=0, le=30)] = Field(
        default=10.0, description="for one try at a webhook, its answer included"
    )
    webhook_retry_seconds: PositiveFloat = Field(
        default=5.0, description="ceiling of the first delay after an event was not taken; doubles each time"
    )
    webhook_retry_cap_seconds: PositiveFloat = Field(default=3600.0, description="ceiling of every such delay")
    webhook_patience_seconds: PositiveFloat = Field(
        default=3 * 86_400.0, description="a receiver that took nothing for so long is paused, and an alarm raised"
    )
    delivered_events: PositiveInt = Field(default=100_000, description="kept in the stream of events, about")
    outbox_days: PositiveInt = Field(
        default=30, description="an event that all were told is kept so long, for who subscribes to --everything later"
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="time zone of the desk (Europe/Berlin), in which times of day are meant"
    )
    digest_time: str = Field(
        default="06:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="at which the digest of the day before is made",
    )
    log_level: str = Field(default="info", pattern=r"(?i)^(debug|info|warning|error)$")
    log_format: str = Field(default="auto", pattern="^(auto|json|text)$", description="auto: text on a terminal")
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = Field(default=0, description="0: metrics are not served")
    metrics_address: str = Field(default="127.0.0.1", description="that metrics are served on")
    canary_seconds: PositiveFloat = Field(default=60.0, description="health fails when no canary ran for so long")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *_: Any, **sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given goes before the environment, and that before the files of secrets."""
        return sources["init_settings"], sources["env_settings"], SecretFiles(settings_cls)

    @model_validator(mode="after")
    def _times_fit(self) -> Settings:
        for queue, limits in self.limits.items():
            if limits.soft >= limits.hard:
                raise ValueError(f"{queue}_limits: soft ({limits.soft}) must be less than hard ({limits.hard})")
            if limits.hard + 60 > self.visibility_seconds:
                raise ValueError(f"visibility_seconds must be at least {queue}_limits hard + 60 = {limits.hard + 60}")
            if self.grace_seconds < limits.hard + 40:
                raise ValueError(f"grace_seconds must be at least {queue}_limits hard + 40 = {limits.hard + 40}")
        if self.lease_seconds < 3 * self.pulse_seconds:
            raise ValueError(f"lease_seconds must be at least three pulses = {3 * self.pulse_seconds:g}")
        return self

    @property
    def limits(self) -> Mapping[str, Limits]:
        """Time limits by queue."""
        return {"fetch": self.fetch_limits, "read": self.read_limits, "record": self.record_limits}

    @property
    def url(self) -> str:
        """The broker's URL with user and password in it. Raises SettingsError where no broker is set."""
        if self.broker_url is None:
            raise SettingsError("no broker: set CHANCERY_BROKER_URL, or use the embedded one (chancery up)")
        parts = urlsplit(self.broker_url)
        if parts.scheme not in {"redis", "rediss"}:
            raise SettingsError(f"CHANCERY_BROKER_URL: {parts.scheme or 'no'} scheme; give redis:// or rediss://")
        user = parts.username or self.broker_user or ""
        password = parts.password or (
            quote(self.broker_password.get_secret_value(), safe="") if self.broker_password else ""
        )
        login = f"{user}:{password}@" if user or password else ""
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=login + host))

    @property
    def public_url(self) -> str:
        """The broker's URL without its password, for logs."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Variables with our prefix that mean nothing, each with the name that was probably meant."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS}
    nested = tuple(
        f"{PREFIX}{queue}_LIMITS__{kind}" for queue in ("READ", "FETCH", "RECORD") for kind in ("SOFT", "HARD")
    )
    strange = [name for name in environment if name.startswith(PREFIX) and name not in known and name not in nested]
    return {name: next(iter(difflib.get_close_matches(name, sorted(known), 1, 0.75)), None) for name in strange}


def load(**overrides: Any) -> Settings:
    """Settings from the environment; unknown variables are warned of, unusable values raise SettingsError."""
    for name, meant in unknown_variables(os.environ).items():
        if name not in {"CHANCERY_SHARED"}:
            hint = f"; did you mean {meant}?" if meant else ""
            warnings.warn(f"{name} is not a setting of Chancery{hint}", UserWarning, stacklevel=2)
    try:
        return Settings(**overrides)
    except ValueError as error:
        raise SettingsError(_explain(error)) from error


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return load()


def _explain(error: ValueError) -> str:
    problems = error.errors(include_url=False, include_input=False) if isinstance(error, ValidationError) else []
    lines = [
        f"{PREFIX + '__'.join(str(part) for part in problem['loc']).upper() if problem['loc'] else 'settings'}: "
        f"{problem['msg'].removeprefix('Value error, ')}"
        for problem in problems
    ]
    return "; ".join(lines) or str(error)

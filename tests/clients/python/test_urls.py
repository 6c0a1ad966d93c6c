"""The ways to Redis: by TCP, by TLS and by a socket, with a name, a password and a database."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlbus
from support import PrivateRedis, free_port


@pytest.fixture(scope="module")
def addresses(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[PrivateRedis, dict[str, str]]]:
    folder: Path = tmp_path_factory.mktemp("urls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    certificate, port, tls_port = f"{folder}/cert.pem", free_port(), free_port()
    redis = PrivateRedis(
        folder, "--requirepass", "secret", "--port", str(port), "--bind", "127.0.0.1",
        "--tls-port", str(tls_port), "--tls-cert-file", certificate,
        "--tls-key-file", f"{folder}/key.pem", "--tls-auth-clients", "no",
        "--tls-ca-cert-file", certificate,
    )  # fmt: skip
    yield redis, {
        "tcp": f"redis://default:secret@127.0.0.1:{port}/3",
        "tls": f"rediss://:secret@127.0.0.1:{tls_port}/3?ssl_ca_certs={certificate}",
        "socket": f"unix://:secret@{redis.socket}?db=3",
    }
    redis.end()


@pytest.mark.parametrize("kind", ["tcp", "tls", "socket"])
def test_a_request_arrives_in_the_database_of_the_url(
    addresses: tuple[PrivateRedis, dict[str, str]], kind: str
) -> None:
    redis, urls = addresses

    async def send() -> None:
        async with sqlbus.AsyncClient(urls[kind], queue=kind) as bus:
            await bus.send("select 1")

    with sqlbus.Client(urls[kind], queue=kind) as bus:
        bus.send("select 1")
    asyncio.run(send())
    assert redis.commands("AUTH secret", "SELECT 3", f"LLEN {kind}")[-1] == b":2"


def test_a_wrong_password_is_said(addresses: tuple[PrivateRedis, dict[str, str]]) -> None:
    _, urls = addresses
    with sqlbus.Client(urls["tcp"].replace("secret", "wrong")) as bus:
        with pytest.raises(sqlbus.RedisRefused):
            bus.send("select 1")


def test_a_certificate_of_nobody_we_know_is_not_taken(
    addresses: tuple[PrivateRedis, dict[str, str]]
) -> None:
    _, urls = addresses
    with sqlbus.Client(urls["tls"].split("?")[0]) as bus:
        with pytest.raises(sqlbus.Unreachable, match="(?i)certificate"):
            bus.send("select 1", timeout=0.5)

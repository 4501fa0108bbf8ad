"""Records network calls of a command and its children with strace, which sees calls of native code as well."""

import ipaddress
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# A network namespace with nothing but loopback, so that no call that a test finds leaves the machine.
_ALONE = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
_TRACE = ("strace", "--follow-forks", "--seccomp-bpf", "-qq", "--trace=connect,sendto,sendmsg,sendmmsg")
# As in "{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.53")}"; IPv6: inet_pton(AF_INET6, "::1", …)
_ADDRESS = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
# Sockets of resolver daemons, which look names up from another process of this machine.
_RESOLVERS = re.compile(r'sun_path="[^"]*(?:resolve|avahi|mdns)[^"]*"')
_LOOK_UP_PORTS = frozenset({53, 853, 5353})
# Environment variables by which libraries recognise a test machine, from which they send nothing.
_TEST_MACHINE = ("CI", "TF_BUILD", "GITHUB_ACTIONS", "PYTEST_CURRENT_TEST")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The exit code and output of a command, and its attempts to reach an address beyond loopback."""

    code: int
    said: str
    outbound: tuple[str, ...]


@cache
def cannot_record() -> str | None:
    """Returns why network calls cannot be recorded here, or None."""
    for tool in ("strace", "unshare", "ip"):
        if shutil.which(tool) is None:
            return f"needs {tool}, which is not installed"
    tried = subprocess.run(
        [*_ALONE, *_TRACE, "--output=/dev/null", "true"], capture_output=True, text=True, check=False
    )
    return None if tried.returncode == 0 else f"no network namespace may be made here: {tried.stderr.strip()}"


def record(command: Sequence[str], log: Path, *, environment: Mapping[str, str], seconds: float = 240.0) -> Recorded:
    """Runs a command where only loopback can be reached, and returns its attempts to reach other addresses."""
    ran = subprocess.run(
        [*_ALONE, *_TRACE, f"--output={log}", *command],
        env={name: value for name, value in os.environ.items() if name not in _TEST_MACHINE} | dict(environment),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return Recorded(
        code=ran.returncode, said=ran.stdout + ran.stderr, outbound=tuple(line for line in lines if _is_outbound(line))
    )


def _is_outbound(line: str) -> bool:
    if _RESOLVERS.search(line):
        return True
    return any(int(port) in _LOOK_UP_PORTS or not _is_loopback(address) for port, address in _ADDRESS.findall(line))


def _is_loopback(text: str) -> bool:
    address = ipaddress.ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback

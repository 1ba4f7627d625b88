"""Where an engine listens and what lets one in; sentences for addresses that cannot be connected to."""

import re
from dataclasses import dataclass
from typing import Any

from services.errors import AnalysisError

_ADDRESS = re.compile(r"(tcp|tls)://(\[[^\]\s]+\]|[^\[\]:/\s]+):\d{1,5}")


class BadAddress(AnalysisError):
    def __init__(self, address: str):
        super().__init__(
            f"'{address}' is not the address of a Dask scheduler. Write it as tls://HOST:PORT or tcp://HOST:PORT."
        )


class NoCertificates(AnalysisError):
    def __init__(self, address: str, why: str):
        super().__init__(
            f"The scheduler at {address} asks for certificates, and {why}. Name their files in "
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …CLIENT__CERT and …CLIENT__KEY (docs/jobs.md)."
        )


@dataclass(frozen=True, slots=True)
class Engine:
    """Where jobs are sent; a remote engine has no pid, and its TLS settings are in Dask's configuration."""

    address: str  # tcp://host:port or tls://host:port
    pid: int = 0
    token: str = ""  # names this start of the engine; in its command line too, so a reused pid fools nobody
    certificate: str = ""  # PEM, for TLS in both directions: nobody else on this machine gets in
    private_key: str = ""
    code: str = ""  # version of the program that its workers run, as code_version() names it

    @property
    def is_local(self) -> bool:
        return self.pid > 0

    def security(self) -> Any:
        """The distributed.Security to connect with; None takes Dask's configuration."""
        if not self.certificate:
            return None
        from distributed import Security

        ends = {f"tls_{role}_cert": self.certificate for role in ("client", "scheduler", "worker")}
        ends |= {f"tls_{role}_key": self.private_key for role in ("client", "scheduler", "worker")}
        return Security(require_encryption=True, tls_ca_file=self.certificate, **ends)


def require_reachable(engine: Engine) -> None:
    """Raises BadAddress or NoCertificates for a remote engine to which no connection can be tried."""
    if engine.is_local:
        return
    if not _ADDRESS.fullmatch(engine.address):
        raise BadAddress(engine.address)
    if engine.address.startswith("tls:"):
        from distributed import Security

        try:
            context = Security().get_connection_args("client").get("ssl_context")
        except OSError as e:  # files that are not there, or hold no certificate
            raise NoCertificates(
                engine.address, f"the ones that are set cannot be read ({e.strerror})"
            ) from e
        if context is None:
            raise NoCertificates(engine.address, "none are set")

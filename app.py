"""The web server. Start it with:  streamlit run app.py"""

import contextlib
import logging
import threading
import uuid
from collections.abc import AsyncIterator

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from services import engine, jobs
from services.errors import AnalysisError
from services.labels import without_markdown
from services.logs import log_folder, log_to
from services.tag_server_settings import hand_on
from services.web import media_routes
from services.workspace import open_workspace

log = logging.getLogger(__name__)

WORKSPACE = open_workspace()
HOSTS = ["localhost", "127.0.0.1"]


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Log to the workspace and get the jobs engine ready while the first page is drawn."""
    log_to(WORKSPACE.root, "web")
    _hand_on_secrets()
    threading.Thread(target=_prepare_jobs, name="prepare jobs", daemon=True).start()
    yield  # the engine stays: jobs go on without the web server and are found again


def _hand_on_secrets() -> None:
    """The chat server's address and key from .streamlit/secrets.toml, for the engine that is started next."""
    if st.secrets.load_if_toml_exists() and "tags" in st.secrets:
        hand_on(dict(st.secrets["tags"]))


def _prepare_jobs() -> None:
    try:
        engine.start(WORKSPACE)
        jobs.close_orphans(WORKSPACE)
    except AnalysisError as e:  # Start tries again and tells the analyst
        log.error("%s", e)


def report(error: Exception) -> bool:
    """Draw the sentence that the analyst needs; True says that it is drawn."""
    if isinstance(error, AnalysisError):
        st.error(without_markdown(str(error)))
        return True
    incident = uuid.uuid4().hex[:8]
    log.error("incident %s", incident, exc_info=error)
    st.error(
        f"Something failed that should not have. Note the number {incident} "
        f"and look for it in {log_folder(WORKSPACE.root) / 'web.log'}; your work is kept."
    )
    return True


app = st.App(
    "pages/home.py",
    lifespan=lifespan,
    routes=media_routes(WORKSPACE),
    middleware=[
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or HOSTS)
    ],
    on_script_error=report,
)

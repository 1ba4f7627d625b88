"""Progress bars on stderr, and Ctrl-C that lets a training keep its checkpoint."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from tqdm import tqdm

from services.errors import Cancelled

SLOWLY_S = 10.0  # between lines when stderr is a file


class Bars:
    """A progress call that draws one bar after another; raises Cancelled once `stop` was called."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._title = ""
        self._is_stopped = False

    def __call__(self, done: int, total: int, note: str) -> None:
        if self._is_stopped:
            raise Cancelled
        title, _, rest = note.partition(": ")
        bar = self._bar
        if bar is None or title != self._title or total != bar.total or done < bar.n:
            self.close()
            bar = self._open(title, total)
        bar.set_postfix_str(rest, refresh=False)
        bar.update(done - bar.n)

    def _open(self, title: str, total: int) -> tqdm:
        self._title = title
        self._bar = tqdm(
            total=total,
            desc=title,
            file=sys.stderr,
            leave=False,
            mininterval=0.2 if sys.stderr.isatty() else SLOWLY_S,
            dynamic_ncols=True,
        )
        return self._bar

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._title = None, ""

    def stop(self) -> None:
        self._is_stopped = True


@contextlib.contextmanager
def stopped_by_ctrl_c(bars: Bars) -> Iterator[None]:
    """Let the first Ctrl-C end the work at its next progress call, and the second at once.

    Raises KeyboardInterrupt in both cases.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        bars.stop()
        print("\nStopping … (Ctrl-C again: at once)", file=sys.stderr)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    except Cancelled as e:
        raise KeyboardInterrupt from e
    finally:
        bars.close()
        signal.signal(signal.SIGINT, before)

"""Progress on stderr: bars on a terminal, lines elsewhere; Ctrl-C that lets a training keep its work."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

from tqdm import tqdm

from services.errors import Cancelled

LINE_S = 10.0  # between two lines of one step
BAR = "{l_bar}{bar}| {elapsed}<{remaining}{postfix}"  # no rate: a step counts epochs, frames or bytes


class Bars:
    """A progress call that shows one step after another; raises Cancelled once `stop` was called.

    The step is what stands before ": " in the note.
    """

    def __init__(self) -> None:
        self._show = _Drawn() if sys.stderr.isatty() else _Written()
        self._is_stopped = False

    def __call__(self, done: int, total: int, note: str) -> None:
        self.check()
        title, _, rest = note.partition(": ")
        self._show(done, total, title, rest)

    def check(self) -> None:
        """Raises Cancelled once `stop` was called."""
        if self._is_stopped:
            raise Cancelled

    def close(self) -> None:
        self._show.close()

    def stop(self) -> None:
        self._is_stopped = True


class _Drawn:
    """A bar for each step, wiped away when the step is over."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._title = ""

    def __call__(self, done: int, total: int, title: str, rest: str) -> None:
        bar = self._bar
        if bar is None or title != self._title or total != bar.total or done < bar.n:
            self.close()
            bar = self._bar = tqdm(
                total=total,
                initial=done,  # what a resumed training finds does not count for the time left
                desc=title,
                file=sys.stderr,
                leave=False,
                mininterval=0.2,
                miniters=1,  # else a jump makes tqdm wait for another one as large
                dynamic_ncols=True,
                bar_format=BAR,
            )
            self._title = title
        bar.set_postfix_str(rest, refresh=False)
        bar.update(done - bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._title = None, ""


class _Written:
    """A line when a step begins, then one every LINE_S seconds."""

    def __init__(self) -> None:
        self._title = ""
        self._next_at = 0.0

    def __call__(self, done: int, total: int, title: str, rest: str) -> None:
        now = time.monotonic()
        if title == self._title and now < self._next_at:
            return
        self._title, self._next_at = title, now + LINE_S
        count = f"{done}/{total}" if done else ""
        told = " ".join(filter(None, (count, rest)))
        print(f"{title}: {told}" if told else title, file=sys.stderr, flush=True)

    def close(self) -> None:
        self._title = ""


@contextlib.contextmanager
def stopped_by_ctrl_c(bars: Bars) -> Iterator[None]:
    """Let the first Ctrl-C end the work at its next progress call, and the second at once.

    Raises KeyboardInterrupt in both cases.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        bars.stop()
        with contextlib.suppress(RuntimeError):  # the signal came in the middle of another print
            print("\nStopping at the next safe place … (Ctrl-C again: at once)", file=sys.stderr, flush=True)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    except Cancelled as e:
        raise KeyboardInterrupt from e
    finally:
        bars.close()
        signal.signal(signal.SIGINT, before)

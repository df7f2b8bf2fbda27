"""What the agent is told from outside, and the one place where it waits for that."""

import os
import select
import signal


class Orders:
    """Set by a signal or by an answer of the server; whoever waits is woken.

    Attributes:
        cancel: The user wants the run to end.
        superseded: A newer attempt holds the lease: end everything, write nothing more.
        terminate: This agent was asked to end (SIGTERM).
    """

    def __init__(self) -> None:
        self.cancel = False
        self.superseded = False
        self.terminate = False
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as orders, and outlive the terminal.

        SIGHUP gets a handler, as an ignored signal would stay ignored in the script.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGHUP, lambda *_: None)

    def give(self, order: str) -> None:
        """Set one of the attributes and wake the waiting thread."""
        setattr(self, order, True)
        try:
            os.write(self._write, b"!")
        except BlockingIOError:  # the pipe is full, so the reader is woken anyway
            return

    def wait(self, timeout_s: float, pidfd: int | None = None) -> None:
        """Wait for an order, the end of the process behind ``pidfd``, or the time-out."""
        poll = select.poll()
        poll.register(self._read, select.POLLIN)
        if pidfd is not None:
            poll.register(pidfd, select.POLLIN)
        for descriptor, _ in poll.poll(max(0, int(timeout_s * 1000 + 0.999))):
            if descriptor == self._read:
                os.read(self._read, 4096)

    def _on_signal(self, *_: object) -> None:
        self.give("terminate")

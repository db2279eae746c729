"""The command ``qudao``, as the wheel holds it."""

from __future__ import annotations

import signal
import sys

from . import _qudao


def main() -> None:
    """Runs the command with the arguments of this process, and ends with its exit status."""
    # Ctrl-C ends the command at once: Python would only note it until the command is done.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_qudao.command(["qudao", *sys.argv[1:]]))


if __name__ == "__main__":
    main()

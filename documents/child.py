"""The process in which templates are filled: a template that eats memory or time, or that breaks out of its sandbox, meets only this.

It has no settings and no database, reads requests from its standard input and answers on its standard output, and ends when
the worker does. `python -m documents.child`, started by documents/renderer.py.
"""

import os
import pickle
import resource
import struct
import sys
import time
from collections.abc import Iterator
from typing import BinaryIO

from documents import template

MEMORY_BYTES, CPU_SECONDS = 512 * 2**20, 20
READY, FILLED, REFUSED, BROKEN = b"?", b"+", b"-", b"!"
LENGTH = struct.Struct(">I")
TOO_MUCH = "шаблон требует слишком много времени или памяти: в нём есть что-то, что растёт без меры"


def main() -> None:
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing but answers goes where answers go
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    send(answers, READY)
    for request in _requests(requests):
        _allow_seconds(CPU_SECONDS)
        send(answers, b"".join(_answer(request)))


def _requests(source: BinaryIO) -> Iterator[dict]:
    while head := source.read(LENGTH.size):
        yield pickle.loads(
            source.read(*LENGTH.unpack(head))
        )  # from the worker, which this process trusts; not the other way


def send(target: BinaryIO, message: bytes) -> None:
    target.write(LENGTH.pack(len(message)) + message)
    target.flush()


def _answer(request: dict) -> tuple[bytes, bytes]:
    try:
        return FILLED, template.fill_file(**request)
    except template.TemplateMistake as mistake:
        return REFUSED, str(mistake).encode("utf-8", "replace")
    except MemoryError:
        return REFUSED, TOO_MUCH.encode()
    except Exception as ours:
        return BROKEN, f"{type(ours).__name__}: {ours}".encode("utf-8", "replace")


def _allow_seconds(seconds: int) -> None:
    """The kernel counts the processor's time of a whole process: move the limit on with every document."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, most))


if __name__ == "__main__":
    main()

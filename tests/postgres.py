"""A PostgreSQL server for tests alone: started for one command, on a free port of this machine, thrown away afterwards.

python -m tests.postgres pytest tests/engine      the same tests, each on a new database of such a server
"""

import getpass
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from emulator.control import free_port

ADDRESS = "TEST_POSTGRES"  # the environment's word for where the server is
MISSING = "PostgreSQL's server is not installed. Install it (Debian: apt-get install postgresql) and run this again."
# What a kill of our processes or an immediate restart of the server needs is kept; a power cut is not tried here.
OPTIONS = "-c fsync=off -c max_connections=400 -c listen_addresses=127.0.0.1 -c logging_collector=off"


class NotInstalled(RuntimeError):
    """There is no PostgreSQL server on this machine."""


class Server:
    """A running server. `url` names its maintenance database."""

    def __init__(self, binaries: Path, folder: Path, port: int):
        self._binaries, self._folder, self._port = binaries, folder, port
        self.url = f"postgresql://voronka@127.0.0.1:{port}/postgres"

    def create(self) -> None:
        self._run("initdb", f"-D {self._folder}/data -U voronka -A trust -E UTF8 --locale=C.UTF-8 --no-sync")

    def start(self) -> None:
        options = shlex.quote(f"-p {self._port} -k {self._folder} {OPTIONS}")
        self._run("pg_ctl", f"-D {self._folder}/data -w -l {self._folder}/server.log -o {options} start")

    def stop(self, how: str = "immediate") -> None:
        """`fast` ends sessions; `immediate` is as a kill: the next start recovers."""
        self._run("pg_ctl", f"-D {self._folder}/data -w -m {how} stop")

    def restart(self) -> None:
        """As after a crash of the database server."""
        self.stop()
        self.start()

    def _run(self, program: str, arguments: str) -> None:
        """As the user postgres where we are root: the server refuses to be."""
        line = f"{self._binaries}/{program} {arguments}"
        command = ["su", "postgres", "-c", line] if getpass.getuser() == "root" else ["sh", "-c", line]
        with tempfile.TemporaryFile("w+") as said:  # no pipe: the server would keep it open
            if subprocess.run(command, cwd=self._folder, stdout=said, stderr=said).returncode:
                said.seek(0)
                raise RuntimeError(f"{program} failed: {said.read().strip()}")


@contextmanager
def server() -> Iterator[Server]:
    """A new, empty server until the end of the block. Raises NotInstalled."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="voronka-postgres-"))
    if getpass.getuser() == "root":
        shutil.chown(folder, "postgres")
    running = Server(binaries, folder, free_port())
    try:
        running.create()
        running.start()
        yield running
        running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh(url: str, like: str = "template1") -> str:
    """A new database on the server of that address; `like`: the address of the one that it is a copy of."""
    name = f"voronka_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{like.rpartition("/")[2]}"')
    engine.dispose()
    return url.rpartition("/")[0] + f"/{name}"


def _binaries() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not folders:
        raise NotInstalled(MISSING)
    return folders[0]


def main(arguments: list[str]) -> int:
    """Run a Python module with TEST_POSTGRES set; `--or-skip` before it: where no server is installed, say so and be content."""
    may_skip = arguments[:1] == ["--or-skip"]
    try:
        with server() as running:
            command = [sys.executable, "-m", *arguments[may_skip:]]
            return subprocess.run(command, env={**os.environ, ADDRESS: running.url}).returncode
    except NotInstalled as missing:
        print(missing, file=sys.stderr)
        return 0 if may_skip else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

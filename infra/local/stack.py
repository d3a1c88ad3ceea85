"""The running local stack: engine, CloudFormation stacks, sender identity, notice."""

from __future__ import annotations

import fcntl
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from boto3 import Session

from chalicelib import settings
from infra.functions import logical_id
from infra.local.engine import HOST, REGION, Engine
from infra.local.place import Place
from infra.notice_document import EXAMPLE
from infra.package import build_package
from infra.publication import operator_environment, publish_document, settings_of
from infra.stacks import Stacks
from infra.stages import LOCAL_CDN

STAGE = "local"
SENDER = "privacy@riserbo.example"
#: A website under development beside the stack; any other origin is refused by the functions.
ORIGINS = "http://localhost:3000,http://127.0.0.1:3000"
Say = Callable[[str], None]


@functools.cache
def administrator() -> Session:
    """Returns the boto3 session of the engine's administrator, whatever the environment says.

    One a process: a session reads the services' descriptions anew, and each engine takes the same
    credentials.
    """
    return Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)


class AlreadyRunning(Exception):
    """Another process runs the stack of this place; the text is its base URL."""


class NotRunning(Exception):
    """No process runs the stack of this place."""


@dataclass(slots=True)
class LocalStack:
    """A local stack in `place`, which serves `notice`. `start` brings it up, `stop` saves it."""

    place: Place
    notice: Path = EXAMPLE
    say: Say = field(default=lambda _: None)
    engine: Engine = field(init=False)
    outputs: dict[str, str] = field(init=False, default_factory=dict)
    _lock: IO[str] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.engine = Engine(self.place)

    @property
    def base_url(self) -> str:
        """Base URL of the API, without a slash at the end."""
        return f"{self.engine.url}/restapis/{self.outputs['ApiId']}/api/_user_request_"

    def session(self) -> Session:
        """The boto3 session of the engine's administrator (see `administrator`)."""
        return administrator()

    def start(self) -> None:
        """Packages, starts the engine, deploys and publishes.

        Raises AlreadyRunning, PackagingFailed, EngineFailed, DeploymentFailed, PublishingFailed.
        """
        self.deploy()
        self.say("publishing the notice")
        self.publish(self.notice)
        if self.place.ahead:
            self.say(f"the clock is {self.place.ahead} seconds ahead (make clock PLUS=0 resets it)")
        self._tell_addresses()

    def deploy(self) -> None:
        """Packages, starts the engine and deploys; no notice is in force until one is published.

        Raises AlreadyRunning, PackagingFailed, EngineFailed, DeploymentFailed.
        """
        self.place.folder.mkdir(parents=True, exist_ok=True)
        self.take_lock()
        self.say("packaging the functions")
        package = build_package()
        self.say("starting the local AWS engine")
        self.engine.start()
        self._verify_sender()
        stacks = Stacks(self.session(), STAGE, self.engine.url)
        self.say("deploying tables, keys and buckets")
        data = stacks.deploy_data()
        self.say("deploying log groups, functions, API and queues")
        stacks.deploy_logs(package, {})
        self.outputs = stacks.outputs(stacks.app_name)
        if "ApiId" not in self.outputs:
            # The address of the API is only known once it exists.
            first = self._settings(f"http://{HOST}")
            self.outputs = stacks.deploy_app(package, data, first)
        self.outputs = stacks.deploy_app(package, data, self._settings(self.base_url))
        stacks.deploy_alarms(package, self.outputs)
        self.outputs |= data

    def resume(self) -> None:
        """Starts the engine on the state that the place holds; deploys and publishes nothing.

        Raises AlreadyRunning, EngineFailed.
        """
        self.take_lock()
        self.engine.start()
        self._find_outputs()
        self._tell_addresses()

    def attach(self) -> None:
        """Finds the stack that another process runs in this place. Raises NotRunning."""
        try:
            self.place.folder.mkdir(parents=True, exist_ok=True)
            self.take_lock()
        except AlreadyRunning:
            self.engine.port = int(self.place.port.read_text())
        else:
            self._release_lock()
            raise NotRunning("The local stack is not running: start it with `make run`.")
        self._find_outputs()

    def take_lock(self) -> None:
        """Locks the stack of this place for this process. Raises AlreadyRunning."""
        lock = self.place.lock.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            at = self.place.endpoint.read_text().strip() if self.place.endpoint.exists() else "..."
            raise AlreadyRunning(at) from None
        self._lock = lock

    def stop(self) -> None:
        """Stops the engine and keeps the data. Raises EngineFailed."""
        if self._lock is None:
            return
        self.place.endpoint.unlink(missing_ok=True)
        self.place.mailbox.unlink(missing_ok=True)
        try:
            self.engine.stop()
        finally:
            self._release_lock()

    def publish(self, document: Path) -> str:
        """Publishes a notice document; returns the command's output. Raises PublishingFailed."""
        return publish_document(document, self.command_environment())

    def environment_of(self, function: str) -> dict[str, str]:
        """Returns the settings of a function (name as in `functions/`), by variable name."""
        name = self.outputs[f"{logical_id(function)}Function"]
        return settings_of(self.session(), name, self.engine.url)

    def command_environment(self) -> dict[str, str]:
        """Returns the environment for a command of the operator against this stack."""
        name = self.outputs["NoticesFunction"]
        return operator_environment(self.session(), name, self.engine.url)

    def _find_outputs(self) -> None:
        stacks = Stacks(self.session(), STAGE, self.engine.url)
        self.outputs = stacks.outputs(stacks.app_name) | stacks.outputs(stacks.data_name)

    def _tell_addresses(self) -> None:
        self.place.endpoint.write_text(self.base_url + "\n")
        self.place.mailbox.write_text(self.engine.mailbox + "\n")

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _settings(self, public_url: str) -> dict[str, str]:
        return {
            "PublicUrl": public_url,
            "CorsOrigins": ORIGINS,
            "MailSender": SENDER,
            **LOCAL_CDN,
            "ClockFile": str(self.place.clock),
            "Transport": settings.transport(),
        }

    def _verify_sender(self) -> None:
        client = self.session().client("ses", endpoint_url=self.engine.url)
        client.verify_email_identity(EmailAddress=SENDER)

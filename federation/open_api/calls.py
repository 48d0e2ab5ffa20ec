"""One call, recognised and allowed: what a method's act is given, and what it may answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from federation.actors import CredentialActor
from federation.models import Credential
from federation.open_api.dispatcher import Method
from federation.open_api.fieldcipher import encrypt
from federation.open_api.schema import Context, Reading
from federation.open_api.values import SHANGHAI
from projects.models import Project
from standards.effective import standard_of
from standards.selectors import parameter


@dataclass(frozen=True)
class Call:
    """A method, who calls it, for which project, with what, at what instant.

    `data` has the interface's field names and nothing unknown; `reading` is `data` understood. `actor`
    reaches the call's project and no other, so `visible_to(call.actor)` is all that a method asks.
    """

    method: Method
    credential: Credential
    actor: CredentialActor
    project: Project | None
    data: Mapping[str, Any]
    now: datetime
    reading: Reading = field(default_factory=Reading)

    @property
    def values(self) -> dict[str, Any]:
        """What the call said, by field name; empty fields are absent."""
        return self.reading.values

    @property
    def context(self) -> Context:
        region = self.project.region if self.project else None
        return Context(
            secret=self.credential.key,
            now=self.now,
            codes=standard_of(region, self.now.astimezone(SHANGHAI).date()).accepted,
            parameters=lambda key: parameter(key, region),
            is_practice=region is not None and region.is_sandbox,
        )

    @property
    def own_project(self) -> Project:
        """The project that the call is about; methods without one do not ask."""
        if self.project is None:
            raise LookupError("this call names no project")
        return self.project

    def read(self, reading: Reading) -> "Call":
        """The same call, understood."""
        return replace(self, reading=reading)

    def sealed(self, clear: str | None) -> str:
        """A personal number for the answer, readable by the holder of the secret that signed."""
        return encrypt(clear, self.credential.key) if clear else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a write ended, as the vendor will read it.

    `project`: the one that a call without a project has made, so that its regulators find the call.
    `findings`: what the data standard told of it, warnings too, as `elements.findings_data` writes them.
    """

    is_done: bool
    result: str
    project: Project | None = None
    findings: Sequence[Mapping[str, Any]] = ()


def done(
    result: Mapping[str, Any] | Sequence[Any] | None = None,
    *,
    project: Project | None = None,
    findings: Sequence[Mapping[str, Any]] = (),
) -> Outcome:
    """Everything was carried out; `result` travels as JSON in a text."""
    written = json.dumps(result or {}, ensure_ascii=False, separators=(",", ":"))
    return Outcome(True, written, project, findings)


def partly_done(troubles: Sequence[str]) -> Outcome:
    """What could be kept was kept; the text names the rest."""
    return Outcome(False, ";".join(troubles))


class Failed(Exception):
    """A write that is refused as a whole, in the sentence the vendor reads; nothing of it stays."""

    def __init__(self, sentence: str, findings: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(sentence)
        self.findings = findings

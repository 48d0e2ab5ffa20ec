"""What the database says of appids. Thousands of them cost no more queries than one."""

import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from attendance.batches import microseconds
from attendance.models import Device
from attendance.selectors.devices import devices
from federation import selectors
from federation.actors import CredentialActor
from federation.ingest.known import Gate, Key, Network
from federation.ingest.signing import Seal
from federation.models import Credential
from kernel.scoping import Reach
from projects.models import Project
from regions.models import Region

Gates = dict[str, Gate]


@dataclass(frozen=True, slots=True)
class Known:
    """One appid: its secrets, newest first, and what they reach.

    `gates` are the devices by public id; where the key stands for one project, by channel as well. `projects`
    are keys by code. Without a valid secret all are empty.
    """

    keys: list[Key]
    gates: Gates
    projects: dict[str, int]
    region: Region | None
    is_of_enterprise: bool


def known(appids: Collection[str], now: datetime) -> dict[str, Known]:
    """What is true of each of these appids now."""
    secrets = selectors.secrets_of(appids, now)
    of_projects = _gates_of_projects([held[0] for held in secrets.values() if held and held[0].project])
    return {appid: _known(secrets.get(appid, []), of_projects) for appid in appids}


def _known(credentials: list[Credential], of_projects: dict[int, Gates]) -> Known:
    keys = [_key(credential) for credential in credentials]
    if not credentials:
        return Known(keys, {}, {}, None, False)
    newest = credentials[0]
    if project := newest.project:
        return Known(keys, of_projects.get(project.pk, {}), {project.code: project.pk}, project.region, False)
    actor = CredentialActor(newest)
    projects = dict(Project.objects.visible_to(actor).values_list("code", "pk"))
    return Known(keys, {str(row.public_id): _gate(row) for row in _devices(actor)}, projects, None, True)


def _gates_of_projects(newest: list[Credential]) -> dict[int, Gates]:
    """The devices of every project that one of these keys stands for, by project."""
    found: dict[int, Gates] = {}
    if not newest:
        return found
    reach = Reach(projects=frozenset(one.project.public_id for one in newest if one.project))
    for device in _devices(CredentialActor(newest[0], reach)):
        gates = found.setdefault(device.project_id, {})
        gates[str(device.public_id)] = gate = _gate(device)
        gates.setdefault(device.channel, gate)
    return found


def _devices(actor: CredentialActor) -> Iterable[Device]:
    return devices(actor).only("public_id", "channel", "project")


def _gate(device: Device) -> Gate:
    return Gate(device.project_id, str(device.public_id), device.channel, device.project.region)


def _key(credential: Credential) -> Key:
    networks: list[Network] = []
    for entry in credential.allowed_addresses:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            continue  # an entry that is no address admits nobody
    return Key(
        credential.pk,
        credential.version,
        credential.key,
        Seal(credential.key.encode()),
        microseconds(credential.valid_until) if credential.valid_until else None,
        tuple(networks),
        bool(credential.allowed_addresses),
        credential.window_minutes,
        credential.project_id,
        credential.project.code if credential.project else "",
        credential.corp_key,
    )

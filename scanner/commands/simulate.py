"""`camcensus simulate`: simulated devices on this machine for demonstrations and for users' own CI."""

from __future__ import annotations

from scanner.exits import Exit, UsageError


def up(estate: str) -> int:
    """Start an estate on loopback addresses and leave it running."""
    from simulator.api import up as start
    from simulator.namespaces import LabError

    try:
        running = start(estate)
    except (LabError, ValueError) as error:
        raise UsageError(str(error)) from None
    print(f"{running.estate}: {len(running.devices)} devices are up (process {running.pid}).")
    for note in running.notes:
        print(f"Note: {note}")
    print(f"Scan them with: camcensus scan {_network(running.devices)}")
    print("End them with:  camcensus simulate down")
    return Exit.CLEAN


def down() -> int:
    """End the estate that `up` started."""
    from simulator.api import down as end

    running = end()
    print("Nothing was running." if running is None else f"{running.estate}: {len(running.devices)} devices are gone.")
    return Exit.CLEAN


def list_devices() -> int:
    """One line per simulated device, with its declared truth."""
    from simulator.api import list_devices as running_devices

    running = running_devices()
    if running is None:
        print("Nothing is running. Start an estate with: camcensus simulate up")
        return Exit.CLEAN
    for device in running.devices:
        truth = device["truth"]
        words = [str(truth.get(key)) for key in ("maker", "brand", "kind", "model") if truth.get(key)]
        print(f"{device['address']:16} {device['persona']:26} {' '.join(words)}")
    return Exit.CLEAN


def _network(devices: tuple[dict[str, object], ...]) -> str:
    """The smallest common /24, or the addresses one by one."""
    nets = sorted({str(device["address"]).rsplit(".", 1)[0] + ".0/24" for device in devices})
    return " ".join(nets)

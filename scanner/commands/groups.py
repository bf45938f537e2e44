"""The commands that come in groups: fingerprints, policies, simulate, schedule. As `scanner/cli.py`, nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.options import (
    AllowLarge,
    AllowPublic,
    Authorised,
    Baseline,
    Excluded,
    FailOn,
    Interfaces,
    Locale,
    Pace,
    PolicyIds,
    Routed,
    ScopeArgument,
)

fingerprints_app = typer.Typer(
    help="Check, list, show or begin fingerprints.", no_args_is_help=True, rich_markup_mode=None
)
policies_app = typer.Typer(help="Check, list or show the official lists.", no_args_is_help=True, rich_markup_mode=None)
simulate_app = typer.Typer(
    help="Simulated devices for tests and demonstrations.", no_args_is_help=True, rich_markup_mode=None
)
schedule_app = typer.Typer(help="Unattended scans.", no_args_is_help=True, rich_markup_mode=None)


@fingerprints_app.command("check")
def fingerprints_check(
    files: Annotated[list[Path], typer.Argument(help="Fingerprint files.")],
) -> None:
    """Everything wrong with a fingerprint file, with line numbers."""
    from scanner.commands import fingerprints as command

    raise typer.Exit(command.check(files))


@fingerprints_app.command("list")
def fingerprints_list(
    maker: Annotated[str | None, typer.Option("--maker", help="Only rules of this maker.")] = None,
) -> None:
    """One line per rule."""
    from scanner.commands import fingerprints as command

    raise typer.Exit(command.list_rules(maker))


@fingerprints_app.command("show")
def fingerprints_show(rule: Annotated[str, typer.Argument(help="The id of a rule.")]) -> None:
    """One rule in full, with its examples and their origin."""
    from scanner.commands import fingerprints as command

    raise typer.Exit(command.show(rule))


@fingerprints_app.command("new")
def fingerprints_new(
    protocol: Annotated[str, typer.Argument(help="The protocol of the observation, as http.")],
    field: Annotated[str, typer.Argument(help="Its field, as server-header.")],
    data: Annotated[str, typer.Argument(help="The value seen, or - to read it from standard input.")],
    maker: Annotated[str, typer.Option("--maker", help="Who made the device.")] = "unknown",
) -> None:
    """Print a rule to begin with, made from one observation."""
    from scanner.commands import fingerprints as command

    raise typer.Exit(command.new(protocol, field, data, maker))


@policies_app.command("check")
def policies_check(files: Annotated[list[Path], typer.Argument(help="Policy files.")]) -> None:
    """Everything wrong with a policy file, with line numbers."""
    from scanner.commands import policies as command

    raise typer.Exit(command.check(files))


@policies_app.command("list")
def policies_list() -> None:
    """One line per list and profile."""
    from scanner.commands import policies as command

    raise typer.Exit(command.list_policies())


@policies_app.command("show")
def policies_show(policy: Annotated[str, typer.Argument(help="The id of a list.")]) -> None:
    """One list in full: what it says, what it does not say, whom it names."""
    from scanner.commands import policies as command

    raise typer.Exit(command.show(policy))


@simulate_app.command("up")
def simulate_up(
    estate: Annotated[str, typer.Argument(help="The name or file of an estate.")] = "demo",
) -> None:
    """Start simulated devices on loopback addresses and leave them running."""
    from scanner.commands import simulate as command

    raise typer.Exit(command.up(estate))


@simulate_app.command("down")
def simulate_down() -> None:
    """End the simulated devices that `up` started."""
    from scanner.commands import simulate as command

    raise typer.Exit(command.down())


@simulate_app.command("list")
def simulate_list() -> None:
    """The simulated devices that run, each with its truth."""
    from scanner.commands import simulate as command

    raise typer.Exit(command.list_devices())


@schedule_app.command("print")
def schedule_print(
    scope: ScopeArgument,
    interface: Interfaces = None,
    exclude: Excluded = None,
    pace: Pace = "gentle",
    authorised_by: Authorised = "",
    allow_public: AllowPublic = False,
    allow_large: AllowLarge = False,
    routed: Routed = False,
    cron: Annotated[bool, typer.Option("--cron", help="A cron line.")] = False,
    systemd: Annotated[bool, typer.Option("--systemd", help="A service and a timer (the default).")] = False,
    at: Annotated[str, typer.Option("--at", help="Local time of day, HH:MM.")] = "02:30",
    jitter: Annotated[int, typer.Option("--jitter", help="Minutes the start may be late, by chance.")] = 20,
    blackout: Annotated[str | None, typer.Option("--blackout", help="Window without scans, as 07:00-19:00.")] = None,
    baseline: Baseline = None,
    fail_on: FailOn = "covered,suspected",
    policy: PolicyIds = None,
    locale: Locale = "en",
) -> None:
    """Print hardened units, or a cron line, for a nightly scan; installs nothing."""
    from scanner.commands import schedule as command

    if cron and systemd:
        raise typer.BadParameter("choose one of --cron and --systemd")
    wishes = command.Wishes(
        scope=tuple(scope), interfaces=tuple(interface or ()), excluded=tuple(exclude or ()), pace=pace,
        authorised_by=authorised_by, allow_public=allow_public, allow_large=allow_large, routed=routed,
    )  # fmt: skip
    form = "cron" if cron else "systemd"
    verdict = command.Verdict(tuple(policy or ()), None, fail_on, locale, baseline)
    raise typer.Exit(command.print_schedule(wishes, verdict, form, at, jitter, blackout))

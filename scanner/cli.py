"""The command line: reads arguments and hands them to one file of `scanner/commands`; imports nothing heavy itself.

`--help` must start in a quarter of a second, so every command imports what it needs when it runs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.exits import Exit

app = typer.Typer(
    name="camcensus",
    help="Finds the cameras and recorders on a closed network, names who made them, and shows the bytes that prove it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
fingerprints_app = typer.Typer(
    help="Check, list, show or begin fingerprints.", no_args_is_help=True, rich_markup_mode=None
)
policies_app = typer.Typer(help="Check, list or show the official lists.", no_args_is_help=True, rich_markup_mode=None)
simulate_app = typer.Typer(
    help="Simulated devices for tests and demonstrations.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(fingerprints_app, name="fingerprints")
app.add_typer(policies_app, name="policies")
app.add_typer(simulate_app, name="simulate")
schedule_app = typer.Typer(help="Unattended scans.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(schedule_app, name="schedule")

ScopeArgument = Annotated[list[str], typer.Argument(metavar="SCOPE...", help="Networks or addresses, as 10.0.0.0/24.")]
Interfaces = Annotated[
    list[str] | None, typer.Option("--interface", "-i", help="Interface to use; may be given more than once.")
]
Excluded = Annotated[
    list[str] | None, typer.Option("--exclude", help="Network or address never to contact; may be repeated.")
]
PolicyIds = Annotated[
    list[str] | None,
    typer.Option("--policy", help="List, profile or file to judge by; may be repeated. Default: us-ndaa-889."),
]
Pace = Annotated[str, typer.Option(help="gentle, normal, fast, lab, or a number of packets per second overall.")]
RunPace = Annotated[
    str | None,
    typer.Option(
        "--pace",
        help="gentle, normal, fast, lab, or a number of packets per second overall. "
        "Default: normal, or the pace of the run that is resumed.",
    ),
]
RunScope = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SCOPE...]", help="Networks or addresses, as 10.0.0.0/24; with --resume not needed."),
]
Resume = Annotated[
    Path | None,
    typer.Option("--resume", help="Finish this interrupted run: what was answered is not asked again."),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for record and reports; default: one named for the time.")
]
Authorised = Annotated[str, typer.Option("--authorised-by", help="Who authorised this scan; stands in the report.")]
AllowPublic = Annotated[bool, typer.Option("--allow-public", help="Allow public addresses in the scope.")]
AllowLarge = Annotated[bool, typer.Option("--allow-large", help="Allow a scope larger than a /16.")]
Routed = Annotated[bool, typer.Option("--routed", help="Allow networks that lie behind a router.")]
FailOn = Annotated[
    str,
    typer.Option("--fail-on", help="Which results make the exit code non-zero: covered,suspected,uncertain or none."),
]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Judge as of this day, YYYY-MM-DD.")]
Only = Annotated[
    list[str] | None, typer.Option("--probe", help="Also run this opt-in sweep or probe; may be repeated.")
]
Without = Annotated[list[str] | None, typer.Option("--without", help="Leave out this sweep or probe.")]
Inventory = Annotated[
    Path | None, typer.Option("--inventory", help="CSV or XLSX that says when each unit was bought or installed.")
]
Locale = Annotated[str, typer.Option("--locale", help="Language of the reports: en, sq or sr.")]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", help="report.json of an earlier run, or its folder: fail only on what it lacks."),
]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="A run record, or the folder that holds one.")]


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed_version

        typer.echo(f"camcensus {installed_version('camcensus')}")
        raise typer.Exit


@app.command()
def scan(
    scope: RunScope = None,
    interface: Interfaces = None,
    exclude: Excluded = None,
    policy: PolicyIds = None,
    pace: RunPace = None,
    out: Out = None,
    authorised_by: Authorised = "",
    allow_public: AllowPublic = False,
    allow_large: AllowLarge = False,
    routed: Routed = False,
    probe: Only = None,
    without: Without = None,
    fail_on: FailOn = "covered,suspected,uncertain",
    as_of: AsOf = None,
    locale: Locale = "en",
    resume: Resume = None,
    baseline: Baseline = None,
    inventory: Inventory = None,
) -> None:
    """Sense, judge and report: the main job."""
    from scanner.commands import scan as command

    wishes = command.Wishes(
        scope=tuple(scope or ()), interfaces=tuple(interface or ()), excluded=tuple(exclude or ()), pace=pace or "",
        out=out, authorised_by=authorised_by, allow_public=allow_public, allow_large=allow_large, routed=routed,
        extra=tuple(probe or ()),
        without=tuple(without or ()), resume=resume,
    )  # fmt: skip
    verdict = command.Verdict(tuple(policy or ()), as_of, fail_on, locale, baseline, inventory)
    raise typer.Exit(command.scan(wishes, verdict))


@app.command()
def sense(
    scope: RunScope = None,
    interface: Interfaces = None,
    exclude: Excluded = None,
    pace: RunPace = None,
    out: Out = None,
    authorised_by: Authorised = "",
    allow_public: AllowPublic = False,
    allow_large: AllowLarge = False,
    routed: Routed = False,
    probe: Only = None,
    without: Without = None,
    resume: Resume = None,
) -> None:
    """The first half of scan: ask the network and write the run record; judge nothing."""
    from scanner.commands import scan as command

    wishes = command.Wishes(
        scope=tuple(scope or ()), interfaces=tuple(interface or ()), excluded=tuple(exclude or ()), pace=pace or "",
        out=out, authorised_by=authorised_by, allow_public=allow_public, allow_large=allow_large, routed=routed,
        extra=tuple(probe or ()),
        without=tuple(without or ()), resume=resume,
    )  # fmt: skip
    raise typer.Exit(command.sense(wishes))


@app.command()
def judge(
    run: RunPath,
    policy: PolicyIds = None,
    out: Out = None,
    as_of: AsOf = None,
    fail_on: FailOn = "covered,suspected,uncertain",
    locale: Locale = "en",
    baseline: Baseline = None,
    inventory: Inventory = None,
) -> None:
    """The second half of scan: judge a run record and write the reports; touches no network."""
    from scanner.commands import judge as command

    verdict = command.Verdict(tuple(policy or ()), as_of, fail_on, locale, baseline, inventory)
    raise typer.Exit(command.judge(run, out, verdict))


@app.command()
def plan(
    scope: ScopeArgument,
    interface: Interfaces = None,
    exclude: Excluded = None,
    pace: Pace = "normal",
    allow_public: AllowPublic = False,
    allow_large: AllowLarge = False,
    routed: Routed = False,
    probe: Only = None,
    without: Without = None,
    hosts: Annotated[int | None, typer.Option("--hosts", help="How many hosts you expect to be there.", min=0)] = None,
) -> None:
    """Say what a scan would send, to whom, how fast and for how long; sends nothing."""
    from scanner.commands import plan as command

    wishes = command.Wishes(
        scope=tuple(scope), interfaces=tuple(interface or ()), excluded=tuple(exclude or ()), pace=pace,
        allow_public=allow_public, allow_large=allow_large, routed=routed,
        extra=tuple(probe or ()), without=tuple(without or ()),
    )  # fmt: skip
    raise typer.Exit(command.plan(wishes, hosts))


@app.command()
def identify(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Observations as JSON Lines, or - for standard input.")],
    fingerprints: Annotated[
        list[Path] | None, typer.Option("--fingerprints", help="Folder with further fingerprint files.")
    ] = None,
) -> None:
    """Observations in, identities out; touches no network."""
    from scanner.commands import identify as command

    raise typer.Exit(command.identify(file, tuple(fingerprints or ())))


@app.command()
def report(
    run: RunPath,
    form: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="terminal, html, json, csv, markdown, pdf, junit, sarif, cyclonedx or netbox."
        ),
    ] = "terminal",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default: standard output.")] = None,
    policy: PolicyIds = None,
    as_of: AsOf = None,
    locale: Locale = "en",
    separator: Annotated[str, typer.Option("--separator", help="Between the cells of a CSV: , or ;")] = ",",
    site: Annotated[str, typer.Option("--site", help="NetBox: the site the devices are imported into.")] = "",
) -> None:
    """Render a run again in one format."""
    from scanner.commands import report as command

    manner = command.Manner(locale, separator, site)
    raise typer.Exit(command.report(run, form, out, tuple(policy or ()), as_of, manner))


@app.command()
def explain(
    run: RunPath,
    device: Annotated[str, typer.Argument(help="An id of the report, an address or a MAC.")],
    policy: PolicyIds = None,
    as_of: AsOf = None,
) -> None:
    """From status to list to fingerprint to bytes, in plain words."""
    from scanner.commands import explain as command

    raise typer.Exit(command.explain(run, device, tuple(policy or ()), as_of))


@app.command()
def diff(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN...", help="Runs, the earliest first.")],
    policy: PolicyIds = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What appeared, went, came back or changed its status between the last two runs, and why."""
    from scanner.commands import diff as command

    raise typer.Exit(command.diff(runs, tuple(policy or ()), as_of, as_json=as_json))


@app.command("check-list")
def check_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A tender, inventory or delivery note, .csv or .xlsx.")],
    policy: PolicyIds = None,
    as_of: AsOf = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="Which column is which, as model=HEADER or quantity=3; may be repeated."),
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", help="Hold the list against this run.")] = None,
    form: Annotated[str, typer.Option("--format", help="text, json or csv.")] = "text",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default: standard output.")] = None,
    fail_on: Annotated[str, typer.Option("--fail-on", help="As for scan.")] = "none",
) -> None:
    """Judge brands and models on paper against the lists; touches no network."""
    from datetime import UTC, datetime

    from scanner.commands import check_list as command

    wishes = command.Wishes(
        policies=tuple(policy or ()), as_of=as_of, columns=tuple(column or ()), run=run, form=form, out=out,
        fail_on=fail_on,
    )  # fmt: skip
    raise typer.Exit(command.check_list(file, wishes, datetime.now(UTC).date()))


@app.command()
def bundle(
    run: RunPath,
    out: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The file to write, as evidence.zip.")],
    policy: PolicyIds = None,
    as_of: AsOf = None,
    key: Annotated[Path | None, typer.Option("--key", help="Ed25519 private key (PEM) to sign with.")] = None,
) -> None:
    """Pack record, report, lists and fingerprints used into one file that shows any alteration."""
    from scanner.commands import evidence as command

    raise typer.Exit(command.pack(run, out, command.Wishes(tuple(policy or ()), as_of, key)))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle that `bundle` wrote.")],
    key: Annotated[Path | None, typer.Option("--key", help="Ed25519 public key (PEM) to trust.")] = None,
) -> None:
    """Prove a bundle: name what was altered, and judge its record again to the same bytes."""
    from scanner.commands import evidence as command

    raise typer.Exit(command.verify(file, key))


@app.command()
def doctor(interface: Interfaces = None) -> None:
    """Say what will work on this machine and what will not: rights, interfaces, multicast, neighbour table."""
    from scanner.commands import doctor as command

    raise typer.Exit(command.doctor(tuple(interface or ())))


@app.command()
def demo(
    out: Out = None,
    locale: Locale = "en",
    loopback: Annotated[
        bool, typer.Option("--loopback", help="Play on loopback even where namespaces are allowed.")
    ] = False,
) -> None:
    """Scan a simulated estate on this machine and write the report; nothing leaves the machine."""
    from scanner.commands import demo as command

    raise typer.Exit(command.demo(out, locale, loopback=loopback))


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
    data: Annotated[str, typer.Argument(help="The value seen.")],
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
    raise typer.Exit(command.print_schedule(wishes, form, at, jitter, blackout, baseline, fail_on))


def main() -> None:
    """Entry point: errors of ours become one message and an exit code, never a stack of calls."""
    from scanner.record import RecordLost

    try:
        app()
    except RecordLost as error:
        print(f"camcensus: {error}", file=sys.stderr)
        sys.exit(Exit.FAILED)
    except (ValueError, LookupError) as error:
        if not type(error).__module__.startswith("scanner"):
            raise
        print(f"camcensus: {error}", file=sys.stderr)
        sys.exit(Exit.USAGE)
    except KeyboardInterrupt:
        print("camcensus: stopped", file=sys.stderr)
        sys.exit(Exit.FAILED)

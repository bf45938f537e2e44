"""The command line: reads arguments and hands them to one file of `scanner/commands`; imports nothing heavy itself.

`--help` must start in a quarter of a second, so every command imports what it needs when it runs.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.commands.groups import fingerprints_app, policies_app, schedule_app, simulate_app
from scanner.exits import Exit
from scanner.options import (
    AllowLarge,
    AllowPublic,
    AsOf,
    Authorised,
    Baseline,
    Excluded,
    FailOn,
    Interfaces,
    Inventory,
    Locale,
    LoginFile,
    Only,
    Out,
    Pace,
    PolicyIds,
    Resume,
    Routed,
    RunPace,
    RunPath,
    RunScope,
    ScopeArgument,
    Without,
)

app = typer.Typer(
    name="camcensus",
    help="Finds the cameras and recorders on a closed network, names who made them, and shows the bytes that prove it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(fingerprints_app, name="fingerprints")
app.add_typer(policies_app, name="policies")
app.add_typer(simulate_app, name="simulate")
app.add_typer(schedule_app, name="schedule")


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
    credentials: LoginFile = None,
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
        without=tuple(without or ()), resume=resume, credentials=credentials,
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
    credentials: LoginFile = None,
    resume: Resume = None,
) -> None:
    """The first half of scan: ask the network and write the run record; judge nothing."""
    from scanner.commands import scan as command

    wishes = command.Wishes(
        scope=tuple(scope or ()), interfaces=tuple(interface or ()), excluded=tuple(exclude or ()), pace=pace or "",
        out=out, authorised_by=authorised_by, allow_public=allow_public, allow_large=allow_large, routed=routed,
        extra=tuple(probe or ()),
        without=tuple(without or ()), resume=resume, credentials=credentials,
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
        list[Path] | None,
        typer.Option("--fingerprints", help="Folder with further fingerprint files, or one such file."),
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
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="junit and sarif: only what this report.json of an earlier run lacks."),
    ] = None,
    inventory: Inventory = None,
) -> None:
    """Render a run again in one format."""
    from scanner.commands import report as command

    manner = command.Manner(locale, separator, site, baseline, inventory)
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
    inventory: Inventory = None,
) -> None:
    """Pack record, report, lists and fingerprints used into one file that shows any alteration."""
    from scanner.commands import evidence as command

    raise typer.Exit(command.pack(run, out, command.Wishes(tuple(policy or ()), as_of, key, inventory)))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle that `bundle` wrote.")],
    key: Annotated[Path | None, typer.Option("--key", help="Ed25519 public key (PEM) to trust.")] = None,
) -> None:
    """Prove a bundle: name what was altered, and judge its record again to the same bytes."""
    from scanner.commands import evidence as command

    raise typer.Exit(command.verify(file, key))


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="XML of nmap -oX, DHCP lease files, or observations as JSON Lines."),
    ],
    out: Out = None,
) -> None:
    """What another tool saw becomes a run record to judge; touches no network."""
    from scanner.commands import import_files as command

    raise typer.Exit(command.import_files(files, out))


@app.command()
def anonymise(
    run: RunPath,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The new file to write.")],
) -> None:
    """Write a copy of a run record without addresses, serial numbers and raw bytes, to be shared."""
    from scanner.commands import anonymise as command

    raise typer.Exit(command.anonymise(run, out))


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


def be_lenient(*streams: object) -> None:
    """A terminal or a job of a narrow encoding gets a question mark for what it cannot show, never a broken run."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main() -> None:
    """Entry point: errors of ours become one message and an exit code, never a stack of calls."""
    from scanner.record_writer import RecordLost

    be_lenient(sys.stdout, sys.stderr)
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

"""The arguments and options that several commands share, each with its help; imports nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
LoginFile = Annotated[
    Path | None,
    typer.Option(
        "--credentials",
        help="YAML file of your own read-only ONVIF logins, as 10.0.0.5: {user: NAME, password: 'SECRET'}; mode 0600. "
        "Only the addresses in it are logged in to, each once.",
    ),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        "--resume",
        help="Finish this run, interrupted or with failures on our side: what was answered is not asked again.",
    ),
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

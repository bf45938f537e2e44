"""`python -m scanner`: the command line, where the installed command is not on the path."""

from scanner.cli import main

main()

"""`python -m outrider`: the command line. In: arguments. Out: an exit code. Never: anything else."""

from outrider.app.cli.main import main

if __name__ == "__main__":
    main()

"""``python -m simulator``: the verbs that only simulate."""

from simulator.commands import main

if __name__ == "__main__":
    main()

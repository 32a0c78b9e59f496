"""Every bench, or the named ones: `make bench`, `python -m tests.bench [path|start|match|...]`."""

import sys
from importlib import import_module

BENCHES = (
    "path",
    "start",
    "match",
    "text",
    "notices",
    "stage",
    "ranks",
    "figures",
    "draw",
    "several",
)


def main(names: list[str]) -> int:
    """Print the tables of the named benches, of all when none is named; the exit status."""
    if unknown := set(names) - set(BENCHES):
        print(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
        return 2
    for name in names or BENCHES:
        print(f"== {name}", flush=True)
        import_module(f"tests.bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

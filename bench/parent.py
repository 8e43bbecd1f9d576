"""The parent of an installation under measurement: `shuke up` without its words. It dies with the bench that started it.

python -m bench.parent PARENT_PID DATA PORT WORKERS [PART ...]
"""

import sys
from pathlib import Path

from shuke.kit.settings import Profile, Settings, use
from shuke.processes.parts import die_with
from shuke.processes.supervisor import Plan, supervise


def main(parent: str, data: str, port: str, workers: str, *parts: str) -> None:
    """Run the parts, and print `ready` or what is wrong once it is known."""
    die_with(int(parent))
    settings = Settings(data=Path(data), port=int(port), profile=Profile.TEST)
    use(settings)
    plan = Plan(parts=parts, workers=int(workers), migrates=True, is_quiet=True)
    supervise(settings, plan, lambda wrong: print(wrong or "ready", flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])

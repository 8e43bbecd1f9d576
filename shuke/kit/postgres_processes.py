"""Which processes are whose"""


def _postmaster(host: Host) -> tuple[int, str, str]:
    """Process number, socket folder and status from the file the server keeps; zero and blanks while there is none."""
    try:
        lines = (host.cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return 0, "", ""
    lines += [""] * 8
    return int(lines[0] or 0), lines[4], lines[7].strip()


def _is_running(pid: int, cluster: Path) -> bool:
    """A process number alone proves nothing: it may be a zombie's, or another program's by now."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name.startswith("postgres") and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False


def _is_kept(pid: int) -> bool:
    try:
        parent = re.search(r"^PPid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return parent is not None and KEEPER.name.encode() in Path(f"/proc/{parent[1]}/cmdline").read_bytes()
    except OSError:
        return False


def _end_orphans(host: Host) -> None:
    """After `kill -9` of the server its children end when they notice; a busy one can take minutes, so we end it."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _is_running(int(process.name), host.cluster):
            os.kill(int(process.name), signal.SIGKILL)



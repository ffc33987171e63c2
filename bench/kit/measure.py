"""A command in; wall, CPU, peak memory and exit code of each run out."""

import os
import pathlib
import statistics
import subprocess
import sys

SPAWN = pathlib.Path(__file__).with_name("spawn.py")


def run(command, runs=1, out="/dev/null", err="/dev/null", env=None, limit=3600):
    """Runs `command` (its program as a path) `runs` times; a list of `{wall, cpu, peak, code}` in seconds, seconds, KiB."""
    helper = [sys.executable, "-I", "-S", str(SPAWN), str(runs), str(out), str(err), *map(str, command)]
    done = subprocess.run(helper, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env={**os.environ, **(env or {})}, check=True, timeout=limit, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [{"wall": float(wall), "cpu": float(cpu), "peak": int(peak), "code": int(code)} for wall, cpu, peak, code in rows]


def medians(runs):
    """The median of each figure on its own; the peak is the largest, since it is held against a limit."""
    return {"wall": statistics.median(run["wall"] for run in runs), "cpu": statistics.median(run["cpu"] for run in runs), "peak": max(run["peak"] for run in runs), "walls": [round(run["wall"], 4) for run in runs]}


def machine():
    """What a reader must know of the machine to believe the figures."""
    cpu, memory = "unknown", 0
    try:
        cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), cpu)
        memory = int(next(line.split()[1] for line in open("/proc/meminfo", encoding="utf-8") if line.startswith("MemTotal"))) // 1024
    except OSError:
        pass
    system = os.uname()
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_mib": memory, "system": f"{system.sysname} {system.release} {system.machine}", "load": list(os.getloadavg()), "python": sys.version.split()[0]}

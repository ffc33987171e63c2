"""Runs one command some times and tells what each run cost. Started as a process of its own, by `measure`.

The peak memory that the kernel tells of a process holds what its parent had when it was started.
So the parent has to be small: this file imports next to nothing, and its own 8 to 10 MiB are the least that can be told.
"""

import os
import sys
import time


def once(command, out, err):
    """Wall and CPU seconds, the peak in KiB, and the exit code; CPU and peak count all children that were waited for."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, out, flags, 0o644), (os.POSIX_SPAWN_OPEN, 2, err, flags, 0o644)]
    began = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=files)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - began
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    runs, out, err, *command = sys.argv[1:]
    for _ in range(int(runs)):
        print(*once(command, out, err), flush=True)

"""Runs rows in turn and says of each whether it counts."""

from . import measure, plant


def judge(row, run, out):
    """Findings, planted files of each folder, and why the run counts for nothing, if so."""
    if run["code"] not in row["codes"]:
        return None, None, f"ended with {run['code']}"
    if row["paths"] is None:
        return None, None, None
    try:
        paths = row["paths"](out)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return None, None, f"its report can't be read: {error!r}"
    planted = plant.found(paths)
    if min(planted) < row["needed"]:
        return len(paths), planted, f"found {planted} of the {len(plant.TEMPLATES)} planted files in the first, middle and last folder, not {row['needed']} in each"
    return len(paths), planted, None


def in_turn(rows, tree, rounds, env, work, limit, say):
    """Every row once a round, each round beginning with another one; for each row its runs, medians, findings and problem."""
    kept = {row["name"]: {"name": row["name"], "runs": [], "findings": None, "planted": None, "problem": None} for row in rows}
    out, errors = work / "out.json", work / "errors.txt"
    for turn in range(rounds):
        for row in rows[turn % len(rows) :] + rows[: turn % len(rows)]:
            result = kept[row["name"]]
            out.unlink(missing_ok=True)
            (run,) = measure.run(row["command"](tree, out), err=errors, env=env, limit=limit)
            count, planted, problem = judge(row, run, out)
            result["runs"].append(run)
            result.update(findings=count, planted=planted, problem=result["problem"] or problem)
            say(f"round {turn + 1}: {row['name']}: {run['wall']:.2f} s wall, {run['cpu']:.2f} s CPU, {run['peak'] / 1024:.0f} MiB, {count} findings, planted {planted}" + (f", INVALID: {problem}" if problem else ""))
            if problem:
                say(errors.read_text("utf-8", "replace")[-400:])
    return [{**result, **measure.medians(result["runs"])} for result in kept.values()]

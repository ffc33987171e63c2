"""Figures in, Markdown out: the table of runs, and the goals of skout beside what was measured."""


def ratio(a, b):
    return a / b if b else 0.0


def row_of(rows, name):
    """A row that counts, or nothing."""
    return next((row for row in rows if row["name"] == name and not row["problem"]), None)


def runs_table(rows, what):
    skout = row_of(rows, "skout")
    lines = [f"| {what} | wall s | CPU s | peak MiB | wall, skout = 1 | findings | planted found |", "|---|---:|---:|---:|---:|---:|---|"]
    for row in rows:
        if row["problem"]:
            lines.append(f"| {row['name']} | invalid: {row['problem']} | | | | | |")
            continue
        times = f"{ratio(row['wall'], skout['wall']):.2f}" if skout else ""
        findings = "" if row["findings"] is None else row["findings"]
        planted = "" if row["planted"] is None else " + ".join(map(str, row["planted"]))
        lines.append(f"| {row['name']} | {row['wall']:.2f} | {row['cpu']:.2f} | {row['peak'] / 1024:.0f} | {times} | {findings} | {planted} |")
    return lines


def goals(told):
    """`(what, goal, measured, whether it is met)` of what was measured."""
    rows, out = told.get("rows", []), []
    skout, rg, turbo = (row_of(rows, name) for name in ("skout", "rg, one literal", "kingfisher --turbo"))
    if skout and rg:
        value = ratio(skout["wall"], rg["wall"])
        out.append(("wall, skout / rg with one literal", "<= 1.6x", f"{value:.2f}x", value <= 1.6))
    if skout and turbo:
        value = ratio(turbo["wall"], skout["wall"])
        out.append(("wall, kingfisher --turbo / skout", ">= 5x", f"{value:.2f}x", value >= 5))
    if skout:
        out.append(("peak memory of skout", "< 64 MiB", f"{skout['peak'] / 1024:.0f} MiB", skout["peak"] < 64 * 1024))
    for name, most in (("skout, one small file", 10), ("skout --version", 3)):
        row = next((row for row in told.get("startup", []) if row["name"] == name), None)
        if row:
            out.append((f"start-up, {name}", f"<= {most} ms", f"{row['wall'] * 1000:.1f} ms", row["wall"] * 1000 <= most))
    return out


def markdown(told):
    machine = told["machine"]
    lines = []
    if "rows" in told:
        corpus, rounds = told["corpus"], len(told["rows"][0]["runs"])
        lines += [f"{corpus['files']:,} files, {corpus['bytes'] / 1e6:,.0f} MB of text; {rounds} rounds in turn, medians (the peak: the largest); warm cache.", ""]
        lines += runs_table(told["rows"], "a tree") + [""]
    if "history" in told:
        lines += runs_table(told["history"], "a git history") + [""]
    if "startup" in told:
        lines += ["| start-up, 30 runs | median ms | least ms | CPU ms | peak MiB |", "|---|---:|---:|---:|---:|"]
        lines += [f"| {row['name']} | {row['wall'] * 1000:.1f} | {row['least'] * 1000:.1f} | {row['cpu'] * 1000:.1f} | {row['peak'] / 1024:.0f} |" for row in told["startup"]]
        lines.append("")
    lines += ["| goal | wanted | measured | |", "|---|---|---|---|"]
    lines += [f"| {what} | {wanted} | {measured} | {'met' if met else 'missed'} |" for what, wanted, measured, met in goals(told)]
    lines += ["", f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_mib'] / 1024:.0f} GiB, {machine['system']}; load {machine['load'][0]:.1f} at the start, {machine['load_at_end'][0]:.1f} at the end; {told['jobs']} threads."]
    lines.append("Versions: " + ", ".join(f"{name} {tool['version']}" + (f" ({tool['package'][0]} {tool['package'][1]})" if tool["package"] else "") for name, tool in told["tools"].items()) + ".")
    return "\n".join(lines)

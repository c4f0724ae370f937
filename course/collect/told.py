"""What a collection says at its end."""


def table(reports):
    """Return what became of the files, assignment by assignment.

    Parameters
    ----------
    reports : list of Collected
    """
    if not reports:
        return "no notebook and no hand-in was found"
    return "\n\n".join("\n".join(_about(report)) for report in reports)


def _about(report):
    yield f"{report.name or 'Of no assignment'}: {report.new} new, {report.again} known before"
    if report.name:
        yield f"  laid in submitted/: {len(report.changed) or 'nothing new'}"
    late = [f"{student} by {_long(delay)}" for student, delay in report.late.items()]
    renamed = [f"{student} ({where})" for student, where in report.renamed.items()]
    for what, who in (
        ("late", late),
        ("missing", report.missing),
        ("renamed", renamed),
        ("without a receipt", list(report.bare)),
    ):
        if who:
            yield f"  {what}: {len(who)} ({', '.join(who)})"
    if report.look:
        yield "  needs a person:"
    for student, where, why in report.look:
        yield "    " + ": ".join(filter(None, [student or "nobody", where, why]))


def _long(delay):
    minutes = int(delay.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return " ".join(parts[:2]) or "less than a minute"

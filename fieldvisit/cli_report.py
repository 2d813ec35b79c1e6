"""`fieldvisit report`: a month's report as files, for a schedule of one's own."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("month", metavar="MONTH")
@click.option("--county", metavar="CODE", default="", help="The county's six digits; needed when there are several.")
@click.option("--docx", type=click.Path(dir_okay=False, path_type=Path), help="Write the Word document here.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write the workbook here.")
@click.option("--csv", "flat", type=click.Path(dir_okay=False, path_type=Path), help="Write a zip of CSV tables here.")
def report(month: str, county: str, docx: Path | None, xlsx: Path | None, flat: Path | None) -> None:
    """Write the report of a MONTH (2026-07): as it was issued, or the draft as it is now.

    \b
    Example:
      fieldvisit report 2026-07 --docx report.docx --xlsx report.xlsx
    """
    from fieldvisit.cli import application
    from fieldvisit.reports import flat as tables
    from fieldvisit.reports import queries, word, workbook
    from fieldvisit.reports.months import Month
    from fieldvisit.reports.reading import as_it_stands

    wanted = Month.read(month)
    if wanted is None:
        raise click.BadParameter(f"{month!r} is no month; write it like 2026-07.")
    if not (docx or xlsx or flat):
        raise click.UsageError("Say where to write it: --docx FILE, --xlsx FILE or --csv FILE.")
    with application():
        code = _county(county, queries.reporting_counties())
        snapshot, is_draft = as_it_stands(code, wanted)
    if docx:
        docx.write_bytes(word.document(snapshot, is_draft=is_draft))
    if xlsx:
        xlsx.write_bytes(workbook.workbook(snapshot, is_draft=is_draft))
    if flat:
        flat.write_bytes(tables.archive(snapshot))
    click.echo(f"{snapshot.title}: {'a draft' if is_draft else 'as issued'}, counted up to {snapshot.until}.")


def _county(wanted: str, known: list[str]) -> str:
    if wanted and wanted in known:
        return wanted
    if not wanted and len(known) == 1:
        return known[0]
    raise click.UsageError(f"--county must be one of: {', '.join(known) or '(there is no county yet)'}")

"""A workbook for spreadsheets (Office Open XML, ECMA-376): one sheet a table, numbers as numbers, dates as dates."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from metalab.experiments.errors import BadValueError

MOST_ROWS = 1_048_576
"""Rows of a sheet, the header included."""
EPOCH = datetime(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar."""
DATED = "1"
"""Style of dates: the second of the styles below."""
STAMP = (1980, 1, 1, 0, 0, 0)
"""Time of all files inside, so that equal tables give equal bytes."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML cannot hold."""
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def make_workbook(tables: Mapping[str, Any]) -> bytes:
    """Arrow tables by name as the bytes of a workbook. Raises `BadValueError` for a table that no sheet can hold."""
    for name, table in tables.items():
        if table.num_rows >= MOST_ROWS:
            raise BadValueError("--format", "xlsx", f"csv or parquet: {name} has {table.num_rows:,} rows, a sheet holds {MOST_ROWS - 1:,}")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for file, text in (
            *_frame(list(tables)),
            *((f"xl/worksheets/sheet{k}.xml", _write_sheet(t)) for k, t in enumerate(tables.values(), 1)),
        ):
            archive.writestr(zipfile.ZipInfo(file, STAMP), text, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def _frame(names: list[str]) -> Iterator[tuple[str, str]]:
    """The files that hold the sheets together."""
    numbers = range(1, len(names) + 1)
    parts = [
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/styles.xml", "styles"),
        *((f"/xl/worksheets/sheet{k}.xml", "worksheet") for k in numbers),
    ]
    types = "".join(f'<Override PartName="{part}" ContentType="{SHEET_TYPE}.{kind}+xml"/>' for part, kind in parts)
    rels = f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}'
    yield "[Content_Types].xml", f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{rels}</Types>'
    yield "_rels/.rels", _relate([("rId1", "officeDocument", "xl/workbook.xml")])
    sheets = "".join(f'<sheet name={quoteattr(name[:31])} sheetId="{k}" r:id="rId{k}"/>' for k, name in zip(numbers, names, strict=True))
    yield "xl/workbook.xml", f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    links = [(f"rId{k}", "worksheet", f"worksheets/sheet{k}.xml") for k in numbers]
    yield "xl/_rels/workbook.xml.rels", _relate([*links, (f"rId{len(names) + 1}", "styles", "styles.xml")])
    yield "xl/styles.xml", STYLES


def _relate(links: list[tuple[str, str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>' for key, kind, target in links)
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def _write_sheet(table: Any) -> str:
    columns = [table.column(name).to_pylist() for name in table.column_names]
    rows = [_write_row(table.column_names), *(_write_row(row) for row in zip(*columns, strict=True))]
    pane = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
    return f'{HEAD}<worksheet xmlns="{MAIN}">{pane}<sheetData>{"".join(rows)}</sheetData></worksheet>'


def _write_row(cells: Any) -> str:
    return "<row>" + "".join(map(_write_cell, cells)) + "</row>"


def _write_cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        return f'<c s="{DATED}"><v>{(value - EPOCH).total_seconds() / 86_400:.10g}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(CONTROL.sub(" ", str(value)))}</t></is></c>'

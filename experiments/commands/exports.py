"""Write the tables of a result directory for other programs."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which directory, which tables, in which format, and where to."""
    parser.add_argument("directory", metavar="DIR", help="directory of a run, a study, a what-if or a laboratory")
    formats = "csv (default; R, Julia, pandas), excel (csv as Excel reads it), xlsx (one workbook) or parquet"
    parser.add_argument("--format", default="csv", metavar="FORMAT", help=formats)
    parser.add_argument("--tables", default="", metavar="A,B", help="some tables only, by name: daily, runs, proposals, changes, ...")
    parser.add_argument("--decimal-comma", action="store_true", help="semicolons and decimal commas, for csv and excel")
    parser.add_argument("--out", metavar="DIR", required=True, help="directory of the files; none is overwritten")


def execute(arguments: argparse.Namespace) -> None:
    """Write, and name the files."""
    from metalab.experiments.exports.writing import export

    chosen = tuple(name.strip() for name in arguments.tables.split(",") if name.strip())
    for file in export(arguments.directory, arguments.out, arguments.format, chosen, arguments.decimal_comma):
        print(file)

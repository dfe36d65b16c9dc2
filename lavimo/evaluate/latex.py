"""The tables as LaTeX in the layout of LAVIMO's Tables 1 to 4: both directions side by side, a block a protocol.

Needs the package booktabs, and a page of A4 or letter with margins of 2 cm.
"""

from collections.abc import Iterable
from itertools import groupby

from lavimo.evaluate.embeddings import PAIRS
from lavimo.evaluate.metrics import RECALLS
from lavimo.evaluate.table import Table, words

NUMBERS = slice(3, 9)
"""The columns of a table's row from R@1 to MedR."""
LINES = 50
"""Lines that a page has room for; what is more goes to a further table."""
SPECIAL = {
    **{character: f"\\{character}" for character in "_%&#${}"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "†": r"$^\dagger$", "‡": r"$^\ddagger$", "→": r"$\rightarrow$", "≥": r"${\geq}$", "≤": r"${\leq}$",
}  # fmt: skip


def latex(made: Iterable[Table]) -> str:
    """One or more `table*` for each split and pair of modalities.

    Random galleries and parts of a split stand in the markdown only.
    """
    parts = []
    of_papers = (table for table in made if table.subset in ("whole", "listed"))
    for (source, split), group in groupby(of_papers, key=lambda table: (table.source, table.split)):
        of_split = list(group)
        for pair in PAIRS:
            there, back = map(words, pair)
            of_pair = [table for table in of_split if any(row[0] == there for row in table.rows)]
            caption = f"{there} and {back}: {source}, {split} split."
            parts += [floating(caption, there, back, page) for page in pages(of_pair, there)]
    return "\n\n".join(parts) + "\n"


def pages(made: list[Table], there: str) -> list[list[Table]]:
    """The tables in lots that fit a page each."""
    lots: list[list[Table]] = []
    room = 0
    for table in made:
        lines = 1 + sum(row[0] in (there, "any") for row in table.all_rows)
        if lines > room:
            lots.append([])
            room = LINES
        lots[-1].append(table)
        room -= lines
    return lots


def floating(caption: str, there: str, back: str, made: list[Table]) -> str:
    """One table of a block a protocol, their notes in its caption."""
    notes = dict.fromkeys(note for table in made for note in table.notes)
    header = " & ".join((*(f"R@{k}$\\uparrow$" for k in RECALLS), r"MedR$\downarrow$"))
    lines = [
        r"\begin{table*}",
        r"\centering\scriptsize\setlength{\tabcolsep}{2pt}",
        rf"\caption{{{' '.join(map(escape, (caption, *notes)))}}}",
        r"\begin{tabular}{lr" + 2 * ("c" * (len(RECALLS) + 1)) + "}",
        r"\toprule",
        rf"& & \multicolumn{{6}}{{c}}{{{escape(there)}}} & \multicolumn{{6}}{{c}}{{{escape(back)}}} \\",
        r"\cmidrule(lr){3-8}\cmidrule(lr){9-14}",
        rf"Method & $N$ & {header} & {header} \\",
    ]
    for table in made:
        lines += [r"\midrule", *block(table, there, back)]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table*}"])


def block(table: Table, there: str, back: str) -> list[str]:
    """The lines of a protocol: a method and what it reaches in both directions, chance last."""
    other = {row[1:3]: row for row in table.all_rows if row[0] == back}
    lines = [rf"\multicolumn{{14}}{{l}}{{\emph{{{escape(table.title)}}}}} \\"]
    for row in table.all_rows:
        if row[0] in (there, "any"):
            cells = (*row[1:3], *row[NUMBERS], *other.get(row[1:3], row)[NUMBERS])
            lines.append(" & ".join(map(escape, cells)) + r" \\")
    return lines


def escape(text: str) -> str:
    """Text with LaTeX's special characters made harmless."""
    narrow = text.replace("≥ ", "≥").replace("≤ ", "≤")
    return "".join(SPECIAL.get(character, character) for character in narrow)

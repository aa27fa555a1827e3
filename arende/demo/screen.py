"""What the journey shows: one line for each thing that happens, readable at 80 columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table


@dataclass
class Screen:
    console: Console = field(default_factory=lambda: Console(highlight=False))
    chapters: int = 0

    def chapter(self, title: str) -> None:
        self.chapters += 1
        self.console.print(f"\n[bold cyan]{self.chapters}. {escape(title)}[/]")

    def did(self, text: str) -> None:
        self._line("[green]✓[/]", escape(text))

    def refused(self, text: str) -> None:
        self._line("[yellow]✗[/]", escape(text))

    def note(self, text: str) -> None:
        self._line(" ", f"[dim]{escape(text)}[/]")

    def _line(self, mark: str, text: str) -> None:
        """A text that needs more lines is indented as its first line is."""
        line = Table.grid(padding=(0, 1, 0, 0))
        line.add_row(mark, text)
        self.console.print(Padding(line, (0, 0, 0, 3)))

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()
    ) -> None:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for place, column in enumerate(columns):
            table.add_column(column, justify="right" if place in numbers else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.console.print(Padding(table, (0, 0, 0, 5)))

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator["Bar"]:
        columns = (TextColumn("   {task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
        with Progress(*columns, console=self.console) as progress:
            yield Bar(progress, progress.add_task(title, total=total))


@dataclass
class Bar:
    progress: Progress
    task: TaskID

    def at(self, done: int, total: int | None = None) -> None:
        self.progress.update(self.task, completed=done, total=total)


def kronor(ore: int) -> str:
    """`12 345,00 kr`"""
    whole, rest = divmod(abs(ore), 100)
    sign = "-" if ore < 0 else ""
    return f"{sign}{whole:,}".replace(",", "\u00a0") + f",{rest:02d}\u00a0kr"

"""The texts in the package's code, for tests that compare them with what is written elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "mfacli"


@cache
def texts_below(place: str = ".") -> Sequence[str]:
    """Return every text in the files at or below a path, f-strings piece by piece; docstrings are not among them."""
    start = PACKAGE / place
    files = [start] if start.is_file() else sorted(start.rglob("*.py"))
    return [text for file in files for text in _texts_in(ast.parse(file.read_text(encoding="utf-8")))]


def _texts_in(tree: ast.AST) -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {_docstring(node) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> int | None:
    first = node.body[0] if node.body else None
    return id(first.value) if isinstance(first, ast.Expr) else None

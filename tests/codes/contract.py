"""What every `CodeSource` promises; each source's test subclasses it."""

from __future__ import annotations

from mfacli.interfaces import CodeSource
from tests.codes.stand_ins import REFUSED, RICHARDS


class CodeSourceContract:
    """Subclasses say how to make a source that has a code for Richard's device."""

    def make_source(self) -> CodeSource:
        raise NotImplementedError

    def test_the_first_code_has_six_digits(self) -> None:
        source = self.make_source()

        code = source.next_code(RICHARDS, refused=None)

        assert code is not None
        assert len(code.digits.reveal()) == 6
        assert code.digits.reveal().isdecimal()

    def test_refusals_come_to_an_end(self) -> None:
        source = self.make_source()
        source.next_code(RICHARDS, refused=None)

        further = [source.next_code(RICHARDS, refused=REFUSED) for _ in range(4)]

        assert further[-1] is None

    def test_a_code_is_not_shown_by_its_repr(self) -> None:
        source = self.make_source()

        code = source.next_code(RICHARDS, refused=None)

        assert code is not None
        assert code.digits.reveal() not in repr(code)

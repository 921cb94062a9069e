"""What a shell runs at a Tab, and how mfacli answers it: one script for each shell, and what each needs to be told.

The scripts ask the command itself, so that they never grow old: `_MFACLI_COMPLETE` says for which shell. click finds
what fits; the ways in which shells cut words and quote them are here.
"""

from __future__ import annotations

import os
import re

import click
from click.shell_completion import CompletionItem, FishComplete, ShellComplete, ZshComplete, split_arg_string

from mfacli.errors import MfacliError

VARIABLE = "_MFACLI_COMPLETE"
_BASH = r"""_mfacli_completion() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            plain) COMPREPLY+=("$value") ;;
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
        esac
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
        _MFACLI_COMPLETE=bash_complete "$1" 2>/dev/null)
}

# Before 4.4, bash cannot leave the order alone.
complete -o nosort -F _mfacli_completion mfacli 2>/dev/null || complete -F _mfacli_completion mfacli
"""
_ZSH = r"""#compdef mfacli

_mfacli_completion() {
    local -a plain described response
    local type value help
    (( $+commands[mfacli] )) || return 1
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT - 1)) \
        _MFACLI_COMPLETE=zsh_complete mfacli 2>/dev/null)}")
    for type value help in ${response}; do
        case $type in
            plain) if [[ $help == _ ]]; then plain+=("$value"); else described+=("$value:$help"); fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#plain )) && compadd -U -V unsorted -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # A file of the fpath, called for the first time.
    _mfacli_completion "$@"
else
    compdef _mfacli_completion mfacli
fi
"""
_FISH = r"""function _mfacli_completion
    for line in (env COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -ct) \
            _MFACLI_COMPLETE=fish_complete mfacli 2>/dev/null)
        set -l found (string split -m 1 , -- $line)
        switch $found[1]
            case plain
                echo -- $found[2]
            case dir
                __fish_complete_directories $found[2]
            case file
                __fish_complete_path $found[2]
        end
    end
end

complete --no-files --command mfacli --arguments "(_mfacli_completion)"
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


class _Whole(ShellComplete):
    """Offers whole words: click leaves out the `--option=` that was typed before a value."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if not equals or not option.startswith("--"):
            return found
        return [CompletionItem(f"{option}={item.value}", type=item.type, help=item.help) for item in found]


class _Bash(_Whole):
    """bash cuts words at `:` and `=` too, and takes what is offered as it stands, without quotes."""

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)[1:]
        return words, (words.pop() if words and _last_word(line)[0] else "")

    def format_completion(self, item: CompletionItem[str]) -> str:
        word, quote = _last_word(os.environ["COMP_LINE"])
        if item.type != "plain" or quote:
            return f"{item.type},{item.value}"
        breaks = [character for character in ":=" if character in os.environ.get("COMP_WORDBREAKS", "")]
        typed = max((word.rfind(character) + 1 for character in breaks), default=0)
        # What was typed up to there stays; with quotes in it, nobody can tell how long it is in the value.
        kept = 0 if re.search(r"[\\'\"]", word) else typed
        return f"{item.type}," + re.sub(r"([^\w@%+=:,./-])", r"\\\1", item.value[kept:])


class _Zsh(_Whole, ZshComplete):
    """zsh quotes by itself."""


class _Fish(_Whole, FishComplete):
    """fish quotes by itself."""


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def answer_to_tab(root: click.Command, instruction: str) -> str:
    """Return what the shell's script is to be told; nothing where the line makes no sense so far."""
    shell, _, wanted = instruction.partition("_")
    if shell not in _SHELLS or wanted != "complete":
        return ""
    try:
        return _SHELLS[shell](root, {}, "mfacli", VARIABLE).complete()
    except (MfacliError, click.ClickException):
        # What is wrong with the line is said when it is run.
        return ""


def _last_word(line: str) -> tuple[str, str]:
    """Return the word that the line ends in, as it was typed, and the quote that is still open in it."""
    start, quote, is_escaped = 0, "", False
    for position, character in enumerate(line):
        if is_escaped:
            is_escaped = False
        elif character == "\\" and quote != "'":
            is_escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character.isspace():
            start = position + 1
    return line[start:], quote

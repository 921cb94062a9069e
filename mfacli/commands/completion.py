"""`mfacli completion`: the script that makes a shell complete mfacli's commands, options and names."""

from __future__ import annotations

import click

from mfacli.commands.options import common, manners_of


@click.command(name="completion", epilog="README, section Completions, says what is completed.")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@common
@click.pass_context
def command(ctx: click.Context, /, shell: str) -> None:
    """Print what makes SHELL complete commands, options, profiles, roles and devices at a Tab.

    \b
      source <(mfacli completion bash)          in ~/.bashrc, or once and for all:
      mfacli completion bash > ~/.local/share/bash-completion/completions/mfacli
      source <(mfacli completion zsh)           in ~/.zshrc, after compinit, or:
      mfacli completion zsh > "${fpath[1]}/_mfacli"
      mfacli completion fish > ~/.config/fish/completions/mfacli.fish

    The names come from your own files; no keyring and no cloud is asked.
    """
    from mfacli.commands.completion_scripts import SCRIPTS

    manners_of(ctx).terminal.answer(SCRIPTS[shell])

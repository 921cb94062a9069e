#compdef mfacli

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

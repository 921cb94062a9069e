_mfacli_completion() {
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

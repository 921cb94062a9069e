function _mfacli_completion
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

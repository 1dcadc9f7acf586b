using System.CommandLine;

namespace Talosctl.Commands;

/// <summary><c>completion</c>: prints a script that lets a shell ask this program for what fits.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # bash completion for talosctl; load it with: source <(talosctl completion bash)
        _talosctl()
        {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _talosctl talosctl
        """;

    private const string Zsh = """
        #compdef talosctl
        # zsh completion for talosctl; load it with: source <(talosctl completion zsh)
        _talosctl()
        {
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a found
            _files
        }
        compdef _talosctl talosctl
        """;

    private const string Fish = """
        # fish completion for talosctl; load it with: talosctl completion fish | source
        complete -c talosctl -a '(set -l line (commandline -cp); talosctl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    public static Command Create(Host host)
    {
        Command command = new("completion", "Print a completion script for a shell");
        foreach ((string shell, string script) in new[] { ("bash", Bash), ("fish", Fish), ("zsh", Zsh) })
        {
            Command one = new(shell, $"Print the completion script for {shell}");
            one.SetAction(_ => host.Out.WriteLine(script));
            command.Subcommands.Add(one);
        }

        return command;
    }
}

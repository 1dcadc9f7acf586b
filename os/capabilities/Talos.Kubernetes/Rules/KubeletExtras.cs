using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Talos.Kubernetes.Rules;

/// <summary>What is left of a machine config's <c>extraArgs</c> and <c>extraConfig</c> for the kubelet of this root, and a remark on all the rest.</summary>
/// <remarks>A flag it does not know keeps a kubelet from starting at all, and a node without its kubelet runs nothing: such a setting is left out.</remarks>
/// <param name="Arguments">Flags with their values, in ordinal order of the flags.</param>
/// <param name="Fields">Fields to lay over ours.</param>
/// <param name="Remarks">One sentence for each setting that is not passed on, and for a version that cannot be judged.</param>
internal sealed partial record KubeletExtras(IReadOnlyList<string> Arguments, JsonObject Fields, IReadOnlyList<string> Remarks)
{
    private const string ShutdownGate = "GracefulNodeShutdown";
    private const string Ours = "the node decides it itself";

    /// <summary>Judges the settings by the version of the kubelet.</summary>
    public static KubeletExtras Judge(KubeletSettings settings)
    {
        List<string> remarks = [];
        if (settings.Version.IsNewerThanListed)
        {
            remarks.Add($"kubelet {settings.Version.Text} is newer than {Name(KubeletVersion.ListedMinors[^1])}, the newest whose flags and fields this system knows: it is set up like that one");
        }

        JsonObject given = settings.ExtraConfigJson is { } text && JsonNode.Parse(text) is JsonObject parsed ? parsed : [];
        if (settings.Version.Listed is null && (settings.ExtraArgs.Count > 0 || given.Count > 0))
        {
            remarks.Add($"kubelet {settings.Version.Text} is none of {ListedNames()}: extraArgs and extraConfig are passed on without a look at its flags and fields");
        }

        JsonObject fields = [];
        foreach ((string name, JsonNode? value) in given)
        {
            if (FieldProblem(name, settings, given) is { } problem)
            {
                remarks.Add($"extraConfig.{name} left out: {problem}");
            }
            else
            {
                fields[name] = value?.DeepClone();
            }
        }

        // The kubelet does not start with both; whoever asks for parallel pulls does not want them one by one.
        if (fields.ContainsKey("maxParallelImagePulls") && !fields.ContainsKey("serializeImagePulls"))
        {
            fields["serializeImagePulls"] = false;
        }

        return new KubeletExtras([.. Flags(settings, remarks)], fields, remarks);
    }

    private static List<string> Flags(KubeletSettings settings, List<string> remarks)
    {
        List<string> arguments = [];
        foreach ((string given, IReadOnlyList<string> values) in settings.ExtraArgs.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            // The kubelet reads read_only_port as read-only-port.
            string name = given.Replace('_', '-');
            if (FlagProblem(name, settings.Version) is { } problem)
            {
                remarks.Add($"extraArgs.{given} left out: {problem}");
            }
            else
            {
                arguments.AddRange(values.Select(value => $"--{name}={value}"));
            }
        }

        return arguments;
    }

    private static string? FlagProblem(string name, KubeletVersion version) => name switch
    {
        _ when !FlagName().IsMatch(name) => "it is not the name of a flag: letters, digits and dashes, without the dashes in front",
        _ when KubeletConfig.ProtectedArguments.Contains(name) => Ours,
        _ when version.Listed is { } minor && !KubeletFlags.Known.Has(name, minor) => $"kubelet {version.Text} has no such flag; {KubeletFlags.Known.Describe(name)}",
        _ => null,
    };

    private static string? FieldProblem(string name, KubeletSettings settings, JsonObject given)
    {
        if (KubeletConfig.Protected.Contains(name))
        {
            return Ours;
        }

        if (settings.Version.Listed is not { } minor)
        {
            return null;
        }

        return name switch
        {
            _ when !KubeletFields.Known.Has(name, minor) => $"kubelet {settings.Version.Text} has no such field; {KubeletFields.Known.Describe(name)}",
            _ when !KubeletFields.HasEffect(name, minor) => $"it has no effect on kubelet {settings.Version.Text}",
            "shutdownGracePeriod" or "shutdownGracePeriodCriticalPods" when minor == 20 && !HasShutdownGate(settings, given) =>
                $"kubelet {settings.Version.Text} does not start with it unless featureGates.{ShutdownGate} is true",
            _ => null,
        };
    }

    private static bool HasShutdownGate(KubeletSettings settings, JsonObject given) =>
        (given["featureGates"] is JsonObject gates && gates[ShutdownGate] is JsonValue gate && gate.TryGetValue(out bool on) && on)
        || settings.ExtraArgs.Any(a => a.Key.Replace('_', '-') == "feature-gates"
            && a.Value.Any(v => v.Split(',').Contains($"{ShutdownGate}=true", StringComparer.Ordinal)));

    private static string ListedNames() => string.Join(", ", KubeletVersion.ListedMinors.Select(Name));

    private static string Name(int minor) => string.Create(CultureInfo.InvariantCulture, $"1.{minor}");

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex FlagName();
}

using System.Reflection;
using System.Text.RegularExpressions;
using Talos.Cosi;
using Talos.Resources.Kubernetes;

namespace Talos.Resources.Tests;

/// <summary>A walk over every resource type: what may carry a secret is for administrators alone.</summary>
[Trait("Category", "Security")]
public sealed partial class SensitivityTests
{
    /// <summary>Members whose name sounds like a secret, of types that readers see, and why they hold none.</summary>
    private static readonly HashSet<string> Harmless =
    [
        // What the kernel shows everybody in /proc/sys.
        "KernelParamSpecs.runtime.talos.dev Value", "KernelParamDefaultSpecs.runtime.talos.dev Value", "KernelParamStatuses.runtime.talos.dev Current",

        // The observed status of a pod: its spec, with the environment, is not in it.
        "StaticPodStatuses.kubernetes.talos.dev Status",
    ];

    public static TheoryData<Type> Specs =>
        [.. typeof(StaticPod).Assembly.GetTypes().Where(t => t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IResourceSpec<>)))];

    [Theory]
    [MemberData(nameof(Specs))]
    public void A_type_with_a_member_that_can_hold_a_secret_is_sensitive(Type spec)
    {
        var definition = (ResourceDefinition)spec.GetProperty("Definition", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        string[] carriers = [.. Carriers(spec, []).Where(c => !Harmless.Contains($"{definition.Type} {c}"))];

        Assert.True(definition.Sensitive || carriers.Length == 0, $"{definition.Type} is read by os:reader and has {string.Join(", ", carriers)}");
    }

    [Fact]
    public void The_walk_sees_what_it_is_for()
    {
        Assert.True(Specs.Count > 50, $"{Specs.Count} types");
        Assert.Equal(["Arguments", "Environment"], Carriers(typeof(Runtime.ServiceSpec), []).Order());
        Assert.Equal(["Pod"], Carriers(typeof(StaticPod), []));
        Assert.Contains("Token", Carriers(typeof(Secrets.OsRootSecret), []));
        Assert.Contains("Key", Carriers(typeof(Secrets.ApiCertificate), []));
    }

    private static IEnumerable<string> Carriers(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            yield break;
        }

        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Type member = property.PropertyType;
            Type element = member.IsGenericType ? member.GetGenericArguments()[^1] : member;
            if (element == typeof(KubernetesObject) || (SecretName().IsMatch(property.Name) && (element == typeof(string) || element == typeof(byte))))
            {
                yield return property.Name;
            }

            if (element.Assembly == type.Assembly && element is { IsEnum: false } && element != typeof(KubernetesObject))
            {
                foreach (string inner in Carriers(element, seen))
                {
                    yield return inner;
                }
            }
        }
    }

    [GeneratedRegex("Environment|Argument|Args|Secret|Token|Password|Passphrase|Credential|PrivateKey|^Key$|Yaml|^Value$|^Content")]
    private static partial Regex SecretName();
}

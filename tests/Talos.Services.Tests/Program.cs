using Talos.Linux;

namespace Talos.Services.Tests;

internal static class Program
{
    public static async Task<int> Main(string[] args) =>
        args is [ServiceLauncher.Verb, ..] ? ServiceLauncher.Run(args)
        : args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
        : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}

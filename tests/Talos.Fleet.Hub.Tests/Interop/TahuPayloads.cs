using System.Diagnostics;
using System.Text.Json;

namespace Talos.Fleet.Hub.Tests.Interop;

/// <summary>Sparkplug payloads as Eclipse Tahu's library reads and writes them.</summary>
internal static class TahuPayloads
{
    public static async Task<List<JsonElement>> DecodeAsync(IEnumerable<byte[]> payloads) =>
        [.. (await RunAsync(payloads.Select(p => $"decode {Convert.ToHexString(p)}"))).Select(l => JsonDocument.Parse(l).RootElement)];

    public static async Task<byte[]> EncodeAsync(string json) => Convert.FromHexString((await RunAsync([$"encode {json}"]))[0]);

    private static async Task<string[]> RunAsync(IEnumerable<string> lines)
    {
        string folder = Path.Combine(Root(), "tests", "sparkplug");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"{folder}: run npm ci there, as scripts/test does");
        using Process node = Process.Start(new ProcessStartInfo("node", ["payload.js"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await node.StandardInput.WriteAsync(string.Join('\n', lines));
        node.StandardInput.Close();
        string text = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Talos.sln")))
        {
            at = at.Parent!;
        }

        return at.FullName;
    }
}

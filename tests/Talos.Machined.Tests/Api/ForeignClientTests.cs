using System.Diagnostics;
using System.Text.Json;
using Talos.Apid;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Talos.Rpc.Tls;
using Talos.Testing;

namespace Talos.Machined.Tests.Api;

/// <summary>apid and machined's API in this process, and the client of tests/e2e/foreign-client against them.</summary>
[Trait("Category", "Integration")]
public class ForeignClientTests(MachineApiFixture node) : IClassFixture<MachineApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_implementation_of_gRPC_gets_its_answers_and_refusals()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);
        int port = LoopbackPorts.Free();
        string secrets = WriteSecrets(authority);
        WriteClients(authority);
        node.Node.Services.AddOwn("apid");
        _ = ApidMain.RunAsync([$"--listen=127.0.0.1:{port}", $"--secrets={secrets}", $"--backend={node.SocketPath}"]);

        string client = Path.Combine(RepositoryRoot(), "tests", "e2e", "foreign-client");
        if (!Directory.Exists(Path.Combine(client, "node_modules")))
        {
            await RunAsync("npm", client, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }

        string output = await RunAsync("node", client, "client.mjs", "--endpoint", $"127.0.0.1:{port}", "--pki", node.Folder);

        Assert.EndsWith(" passed, 0 failed\n", output, StringComparison.Ordinal);
    }

    private string WriteSecrets(CertificateAuthority authority)
    {
        CertificateAndKey server = authority.IssueServer(SubjectNames.Parse(["127.0.0.1"]), null, TimeSpan.FromHours(1));
        ApidSecrets secrets = new()
        {
            Admission = Admission.Members,
            Authorities = authority.CertificatePem,
            Certificate = server.CertificatePem,
            Key = server.KeyPem.Reveal(),
            ClientCertificate = "",
            ClientKey = "",
            LocalNames = ["127.0.0.1"],
        };
        string path = Path.Combine(node.Folder, "apid.json");
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(secrets, DaemonSecretsJson.Default.ApidSecrets));
        return path;
    }

    private void WriteClients(CertificateAuthority authority)
    {
        File.WriteAllText(Path.Combine(node.Folder, "ca.crt"), authority.CertificatePem);
        var foreign = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);
        foreach ((string name, CertificateAndKey pair) in (ReadOnlySpan<(string, CertificateAndKey)>)
        [
            ("admin", authority.IssueClient([Role.Admin], TimeSpan.FromHours(1))),
            ("reader", authority.IssueClient([Role.Reader], TimeSpan.FromHours(1))),
            ("foreign", foreign.IssueClient([Role.Admin], TimeSpan.FromHours(1))),
        ])
        {
            File.WriteAllText(Path.Combine(node.Folder, $"{name}.crt"), pair.CertificatePem);
            File.WriteAllText(Path.Combine(node.Folder, $"{name}.key"), pair.KeyPem.Reveal());
        }
    }

    private static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Ct);
        string output = await process.StandardOutput.ReadToEndAsync(Ct);

        // The exit code is not asked for: the reaper of this node takes every child of the process, and may have it already.
        Assert.False(output.Length == 0 && program == "node", $"{program} printed nothing: {await errors}");
        return output;
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Talos.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("no Talos.sln above the tests");
    }
}

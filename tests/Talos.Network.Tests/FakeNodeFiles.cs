using Talos.Network.Ports;

namespace Talos.Network.Tests;

internal sealed class FakeNodeFiles : INodeFiles
{
    private string _hostname = "localhost";

    public string Cmdline { get; set; } = "";

    public string BoardIdentity { get; set; } = "";

    public int HostnameWrites { get; private set; }

    public Dictionary<string, string> Etc { get; } = [];

    public string Hostname
    {
        get => _hostname;
        set
        {
            _hostname = value;
            HostnameWrites++;
        }
    }

    public void WriteEtc(string name, string text) => Etc[name] = text;
}

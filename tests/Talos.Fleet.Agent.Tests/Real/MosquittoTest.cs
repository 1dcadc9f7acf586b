namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A fleet with a real mosquitto and a hub that notes what it hears, in a folder of its own.</summary>
public abstract class MosquittoTest : IAsyncLifetime
{
    private protected MosquittoTest(string name)
    {
        Folder = Directory.CreateTempSubdirectory(name).FullName;
        Broker = new Mosquitto(Fleet, Folder);
        Hub = new FakeHub(Fleet, Broker.Port);
    }

    private protected string Folder { get; }

    private protected TestFleet Fleet { get; } = new();

    private protected Mosquitto Broker { get; }

    private protected FakeHub Hub { get; }

    public virtual async ValueTask InitializeAsync()
    {
        await Broker.StartAsync();
        await Hub.ConnectAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Broker.Dispose();
        Fleet.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

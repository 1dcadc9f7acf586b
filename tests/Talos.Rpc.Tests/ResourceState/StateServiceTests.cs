using Grpc.Core;
using Talos.Api.Cosi.Meta;
using Talos.Cosi;
using Wire = Talos.Api.Cosi;

namespace Talos.Rpc.Tests.ResourceState;

public class StateServiceTests(StateServerFixture node) : IClassFixture<StateServerFixture>
{
    private const string Owner = "test.Controller";

    private static readonly Grpc.Core.Metadata Reader = StateServerFixture.As("os:reader");
    private static readonly Grpc.Core.Metadata Admin = StateServerFixture.As("os:admin");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resource_is_got_with_its_metadata_and_spec()
    {
        node.State.Create(Resource<Sample>.Create("got", new Sample { Text = "hello" }), Owner);

        Wire.GetResponse response = await node.Client.GetAsync(
            new Wire.GetRequest { Namespace = "test", Type = Sample.Definition.Type, Id = "got" }, Reader, cancellationToken: Ct);

        Assert.Equal("1", response.Resource.Metadata.Version);
        Assert.Equal("running", response.Resource.Metadata.Phase);
        Assert.Equal(Owner, response.Resource.Metadata.Owner);
        Assert.Equal("text: hello\n", response.Resource.Spec.YamlSpec);
        Assert.Equal<byte>([1, 2, 3], response.Resource.Spec.ProtoSpec.ToByteArray());
    }

    [Theory]
    [InlineData("test", "Samples.test.talos.dev", "os:reader", StatusCode.NotFound)]
    [InlineData("other", "Samples.test.talos.dev", "os:admin", StatusCode.PermissionDenied)]
    [InlineData("test", "Unknowns.test.talos.dev", "os:admin", StatusCode.PermissionDenied)]
    [InlineData("test", "Hiddens.test.talos.dev", "os:operator", StatusCode.PermissionDenied)]
    [InlineData("test", "Hiddens.test.talos.dev", "os:admin", StatusCode.NotFound)]
    public async Task What_may_not_be_read_is_refused(string ns, string type, string role, StatusCode code)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await node.Client.GetAsync(
            new Wire.GetRequest { Namespace = ns, Type = type, Id = "absent" }, StateServerFixture.As(role), cancellationToken: Ct));

        Assert.Equal(code, refused.StatusCode);
    }

    [Fact]
    public async Task A_caller_without_a_role_is_refused()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await node.Client.GetAsync(
            new Wire.GetRequest { Namespace = "test", Type = Sample.Definition.Type, Id = "x" }, cancellationToken: Ct));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task Writing_is_refused_even_to_the_administrator()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await node.Client.CreateAsync(new Wire.CreateRequest(), Admin, cancellationToken: Ct));

        Assert.Equal(new Status(StatusCode.PermissionDenied, "write access is not allowed"), refused.Status);
    }

    [Fact]
    public async Task A_list_is_narrowed_by_labels_and_ids()
    {
        foreach ((string id, string app) in (ReadOnlySpan<(string, string)>)[("list-a", "web"), ("list-b", "db"), ("list-c", "web")])
        {
            Resource<Sample> resource = Resource<Sample>.Create(id, new Sample { Text = id });
            node.State.Create(resource with { Metadata = resource.Metadata with { Labels = ValueMap.Empty.With("app", app) } }, Owner);
        }

        Wire.ListOptions options = new() { IdQuery = new Wire.IDQuery { Regexp = "^list-[bc]$" } };
        options.LabelQuery.Add(new Wire.LabelQuery
        {
            Terms = { new Wire.LabelTerm { Key = "app", Op = Wire.LabelTerm.Types.Operation.Equal, Value = { "web" } } },
        });
        using AsyncServerStreamingCall<Wire.ListResponse> call = node.Client.List(
            new Wire.ListRequest { Namespace = "test", Type = Sample.Definition.Type, Options = options }, Reader, cancellationToken: Ct);

        List<string> ids = await call.ResponseStream.ReadAllAsync(Ct).Select(r => r.Resource.Metadata.Id).ToListAsync(Ct);

        Assert.Equal(["list-c"], ids);
    }

    [Fact]
    public async Task A_broken_id_pattern_is_the_callers_mistake()
    {
        using AsyncServerStreamingCall<Wire.ListResponse> call = node.Client.List(
            new Wire.ListRequest
            {
                Namespace = "test",
                Type = Sample.Definition.Type,
                Options = new Wire.ListOptions { IdQuery = new Wire.IDQuery { Regexp = "(" } },
            },
            Reader, cancellationToken: Ct);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Ct));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task The_definitions_are_resources_with_all_aliases()
    {
        Wire.GetResponse response = await node.Client.GetAsync(
            new Wire.GetRequest { Namespace = "meta", Type = "ResourceDefinitions.meta.cosi.dev", Id = "samples.test.talos.dev" },
            Reader, cancellationToken: Ct);

        var spec = ResourceDefinitionSpec.Parser.ParseFrom(response.Resource.Spec.ProtoSpec);
        Assert.Equal("Samples.test.talos.dev", spec.ResourceType);
        Assert.Equal("Sample", spec.DisplayType);
        Assert.Equal("test", spec.DefaultNamespace);
        Assert.Contains("samples.test", spec.AllAliases);
        Assert.Equal("{.text}", Assert.Single(spec.PrintColumns).JsonPath);
        Assert.StartsWith("type: Samples.test.talos.dev\n", response.Resource.Spec.YamlSpec, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Wire.LabelTerm.Types.Operation.Exists, "5", "", false, true)]
    [InlineData(Wire.LabelTerm.Types.Operation.NotExists, null, "", false, true)]
    [InlineData(Wire.LabelTerm.Types.Operation.Equal, "5", "5", true, false)]
    [InlineData(Wire.LabelTerm.Types.Operation.Equal, null, "5", true, true)]
    [InlineData(Wire.LabelTerm.Types.Operation.Lt, "10", "9", false, true)]
    [InlineData(Wire.LabelTerm.Types.Operation.LtNumeric, "10", "9", false, false)]
    [InlineData(Wire.LabelTerm.Types.Operation.LteNumeric, "9", "9.0", false, true)]
    [InlineData(Wire.LabelTerm.Types.Operation.LtNumeric, "x", "9", false, false)]
    public void Terms_compare_as_their_operation_says(Wire.LabelTerm.Types.Operation op, string? label, string operand, bool invert, bool matches)
    {
        ValueMap labels = label is null ? ValueMap.Empty : ValueMap.Empty.With("k", label);

        Assert.Equal(matches, Rpc.ResourceState.ResourceQuery.Matches(new Wire.LabelTerm { Key = "k", Op = op, Value = { operand }, Invert = invert }, labels));
    }
}

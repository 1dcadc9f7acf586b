using Grpc.Core;
using Talos.Api.Machine;
using Talos.Rpc.Authorization;

namespace Talos.Rpc.Tests.Authorization;

public class AuthorizerTests
{
    [Theory]
    [InlineData("/machine.MachineService/Version", "os:reader", true)]
    [InlineData("/machine.MachineService/Reboot", "os:reader", false)]
    [InlineData("/machine.MachineService/Reboot", "os:operator", true)]
    [InlineData("/machine.MachineService/Read", "os:operator", false)]
    [InlineData("/machine.MachineService/Read", "os:admin", true)]
    [InlineData("/machine.MachineService/MetaWrite", "os:meta:writer", true)]
    [InlineData("/machine.MachineService/EtcdSnapshot", "os:etcd:backup", true)]
    [InlineData("/machine.ImageService/Verify", "os:image:verifier", true)]
    [InlineData("/talos.ota.v1.UpdateService/Status", "os:reader", true)]
    [InlineData("/talos.ota.v1.UpdateService/Install", "os:operator", false)]
    [InlineData("/talos.ota.v1.UpdateService/MarkBad", "os:operator", false)]
    [InlineData("/cosi.resource.State/Watch", "os:reader", true)]
    [InlineData("/cosi.resource.State/Create", "os:operator", false)]
    [InlineData("/machine.MachineService/Version", "os:impersonator", false)]
    [InlineData("/machine.MachineService/Version", "OS:READER", false)]
    public void A_role_may_call_what_the_table_says(string method, string role, bool allowed) =>
        Assert.Equal(allowed, IsAllowed(method, role));

    [Fact]
    public void A_method_that_is_not_in_the_table_is_for_the_administrator()
    {
        Assert.True(IsAllowed("/made.up/Method", "os:admin"));
        Assert.False(IsAllowed("/made.up/Method", "os:operator", "os:reader", "os:meta:writer"));
    }

    [Fact]
    public void Nobody_without_a_role_may_call_anything()
    {
        Status? refused = AdmissionRules.Refuse("/machine.MachineService/Version", anonymous: false, [], Admission.Members);

        Assert.Equal(StatusCode.PermissionDenied, refused?.StatusCode);
    }

    [Fact]
    public void Every_method_of_the_table_exists_or_belongs_to_a_service_this_build_leaves_out()
    {
        string[] known = [.. MachineReflection.Descriptor.Services
            .SelectMany(s => s.Methods.Select(m => $"/{s.FullName}/{m.Name}"))];
        string[] fromTable = [.. MethodRoles.All.Where(m => m.StartsWith("/machine.MachineService/", StringComparison.Ordinal))];

        Assert.Empty(fromTable.Except(known));
    }

    private static bool IsAllowed(string method, params string[] roles) =>
        AdmissionRules.Refuse(method, anonymous: false, roles, Admission.Members) is null;

    [Fact]
    public void Joined_and_repeated_values_give_the_same_roles()
    {
        Assert.Equal(["os:reader", "os:admin"], Authorizer.Parse(["os:reader, os:admin"]));
        Assert.Equal(["os:reader", "os:admin"], Authorizer.Parse(["os:reader", "os:admin"]));
        Assert.Empty(Authorizer.Parse([null, "", ","]));
    }
}

using Grpc.Core;
using Talos.Pki;
using Talos.Rpc.Authorization;

namespace Talos.Rpc.Tests.Authorization;

[Trait("Category", "Security")]
public class AdmissionRulesTests
{
    private static readonly string[] FirstConfigOnly =
    [
        "/machine.MachineService/ApplyConfiguration", "/talos.ota.v1.UpdateService/Install", "/storage.StorageService/BlockDeviceWipe",
        "/machine.LVMService/LogicalVolumeRemove", "/machine.LVMService/VolumeGroupRemove", "/machine.LVMService/PhysicalVolumeRemove",
        "/machine.MDService/Destroy",
    ];

    public static TheoryData<string> Methods => [.. AllMethods.List.Select(m => m.Path)];

    [Theory]
    [InlineData(ConfigFinding.NotRead, Admission.Closed)]
    [InlineData(ConfigFinding.None, Admission.Maintenance)]
    [InlineData(ConfigFinding.Complete, Admission.Members)]
    [InlineData(ConfigFinding.Damaged, Admission.Members)]
    [InlineData((ConfigFinding)99, Admission.Closed)]
    public void Only_a_STATE_that_was_read_and_holds_nothing_opens_the_node(ConfigFinding finding, Admission expected) =>
        Assert.Equal(expected, AdmissionRules.Of(finding));

    [Theory]
    [MemberData(nameof(Methods))]
    public void Without_a_certificate_no_method_answers_outside_of_maintenance(string method)
    {
        foreach (string role in Role.All.Select(r => r.Name))
        {
            Assert.Equal(StatusCode.Unavailable, AdmissionRules.Refuse(method, anonymous: true, [role], Admission.Closed)?.StatusCode);
            Assert.Equal(StatusCode.Unauthenticated, AdmissionRules.Refuse(method, anonymous: true, [role], Admission.Members)?.StatusCode);
            Assert.Equal(StatusCode.Unavailable, AdmissionRules.Refuse(method, anonymous: true, [role], (Admission)99)?.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void In_maintenance_a_caller_without_a_certificate_is_a_reader_whatever_he_says_he_is(string method)
    {
        StatusCode? asReader = AdmissionRules.Refuse(method, anonymous: false, [Role.Reader.Name], Admission.Maintenance)?.StatusCode;

        Assert.Equal(asReader, AdmissionRules.Refuse(method, anonymous: true, [Role.Admin.Name], Admission.Maintenance)?.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void An_administrator_may_call_everything_in_every_state(string method)
    {
        foreach (Admission admission in Enum.GetValues<Admission>())
        {
            Assert.Null(AdmissionRules.Refuse(method, anonymous: false, [Role.Admin.Name], admission));
        }
    }

    [Fact]
    public void What_brings_a_first_config_or_a_first_system_is_for_administrators_once_the_node_is_somebodys()
    {
        string[] onlyInMaintenance =
        [
            .. AllMethods.List.Select(m => m.Path).Where(m =>
                AdmissionRules.Refuse(m, anonymous: false, [Role.Reader.Name], Admission.Maintenance) is null
                && AdmissionRules.Refuse(m, anonymous: false, [Role.Reader.Name], Admission.Members) is not null),
        ];

        Assert.Equal(FirstConfigOnly.Order(), onlyInMaintenance.Order());
        Assert.All(FirstConfigOnly, m => Assert.Equal(
            StatusCode.PermissionDenied, AdmissionRules.Refuse(m, anonymous: false, [Role.Reader.Name], Admission.Closed)?.StatusCode));
    }
}

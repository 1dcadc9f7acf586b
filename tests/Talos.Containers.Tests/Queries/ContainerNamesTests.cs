using Talos.Containers.Queries;

namespace Talos.Containers.Tests.Queries;

public sealed class ContainerNamesTests
{
    private static readonly ContainerEntry[] Entries =
    [
        Entry("default/web", "aaaaaaaaaaaaaaaaaaaa", "default/web"),
        Entry("default/web:nginx:222222222222", "22222222222222222222", "default/web"),
        Entry("default/web:nginx:111111111111", "11111111111111111111", "default/web"),
    ];

    [Theory]
    [InlineData("default/web:nginx:111111111111", "11111111111111111111")]
    [InlineData("default/web:nginx", "22222222222222222222")]
    [InlineData("default/web", "aaaaaaaaaaaaaaaaaaaa")]
    [InlineData("111111111111111", "11111111111111111111")]
    public void A_container_is_found_by_what_a_user_types(string typed, string internalId) =>
        Assert.Equal(internalId, ContainerNames.Find(Entries, typed)?.InternalId);

    [Theory]
    [InlineData("default/we")]
    [InlineData("default/web:ngin")]
    [InlineData("1111")]
    [InlineData("")]
    public void What_is_not_there_is_not_guessed(string typed) => Assert.Null(ContainerNames.Find(Entries, typed));

    [Fact]
    public void A_container_is_named_after_its_pod() =>
        Assert.Equal("default/web:nginx:0123456789ab", ContainerNames.Container("default/web", "nginx", "0123456789abcdef"));

    private static ContainerEntry Entry(string id, string internalId, string pod) =>
        new() { Namespace = "k8s.io", Id = id, InternalId = internalId, Status = "", PodId = pod, Name = "" };
}

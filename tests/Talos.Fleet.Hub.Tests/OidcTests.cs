using System.Security.Claims;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

public sealed class OidcTests
{
    [Theory]
    [InlineData("viewer", FleetRole.Viewer)]
    [InlineData("operator,viewer", FleetRole.Operator)]
    [InlineData("other,admin", FleetRole.Admin)]
    [InlineData("Admin", null)]
    public void The_highest_role_of_a_token_counts(string roles, FleetRole? expected) =>
        Assert.Equal(expected, Access.RoleIn(roles.Split(',').Select(r => new Claim("roles", r))));
}

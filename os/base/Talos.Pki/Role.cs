namespace Talos.Pki;

/// <summary>What a caller may do; carried in the Organization of a client certificate.</summary>
public sealed record Role
{
    private Role(string name) => Name = name;

    /// <summary>Every call.</summary>
    public static Role Admin { get; } = new("os:admin");

    /// <summary>Reading and operating a node, without secrets and configuration.</summary>
    public static Role Operator { get; } = new("os:operator");

    /// <summary>Reading without secrets.</summary>
    public static Role Reader { get; } = new("os:reader");

    /// <summary>Taking backups of etcd.</summary>
    public static Role EtcdBackup { get; } = new("os:etcd:backup");

    /// <summary>Verifying the signature of images.</summary>
    public static Role ImageVerifier { get; } = new("os:image:verifier");

    /// <summary>Writing and deleting META values.</summary>
    public static Role MetaWriter { get; } = new("os:meta:writer");

    /// <summary>A node's own API, which forwards calls with the roles of their caller.</summary>
    public static Role Impersonator { get; } = new("os:impersonator");

    /// <summary>Every role, in the order of their declaration.</summary>
    public static IReadOnlyList<Role> All { get; } =
        [Admin, Operator, Reader, EtcdBackup, ImageVerifier, MetaWriter, Impersonator];

    /// <summary>The role as it stands in certificates and metadata, such as <c>os:admin</c>.</summary>
    public string Name { get; }

    /// <summary>Finds the role called <paramref name="name"/>; null when there is none.</summary>
    public static Role? Find(string name)
    {
        foreach (Role role in All)
        {
            if (string.Equals(role.Name, name, StringComparison.Ordinal))
            {
                return role;
            }
        }

        return null;
    }

    /// <summary>The known roles among <paramref name="names"/>; unknown names give no right and are left out.</summary>
    public static IReadOnlyList<Role> Known(IEnumerable<string> names) =>
        [.. names.Select(Find).OfType<Role>().Distinct()];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

using Talos.Imager.Debian;

namespace Talos.Imager.Tests.Debian;

public sealed class PackageListsTests
{
    private const string Text = """
        Package: libssl3t64
        Source: openssl (3.5.9-1~deb13u1)
        Version: 3.5.9-1~deb13u1
        Architecture: arm64
        Provides: libssl3 (= 3.5.9-1~deb13u1)
        Pre-Depends: dpkg (>= 1.15)
        Depends: libc6 (>= 2.38), libzstd1 (>= 1.5.5), zlib1g:any | zlib1g-dev
        Description: a text
         SHA256: not this
        Filename: pool/main/o/openssl/libssl3t64_3.5.9-1~deb13u1_arm64.deb
        SHA256: aa

        Package: broken
        Version: 1
        """;

    [Fact]
    public void A_list_gives_names_versions_paths_and_relations()
    {
        PackageRecord record = Assert.Single(PackageLists.Packages(new StringReader(Text), "http://m.example/debian/", "trixie"));

        Assert.Equal(("libssl3t64", "3.5.9-1~deb13u1", "openssl", "aa"), (record.Package, record.Version, record.Source, record.Sha256));
        Assert.Equal("http://m.example/debian/pool/main/o/openssl/libssl3t64_3.5.9-1~deb13u1_arm64.deb", record.Uri);
        Assert.Equal(
            [new Relation("dpkg", ">=", "1.15"), new Relation("libc6", ">=", "2.38"), new Relation("libzstd1", ">=", "1.5.5"), new Relation("zlib1g", "", "")],
            record.Depends);
        Assert.Equal([new Relation("libssl3", "=", "3.5.9-1~deb13u1")], record.Provides);
    }

    [Fact]
    public void A_list_of_sources_gives_folder_and_checksums()
    {
        const string sources = "Package: other\nVersion: 1\n\nPackage: kubernetes\nVersion: 2-1\nChecksums-Sha1:\n 11 5 a.dsc\nChecksums-Sha256:\n aa 5 a.dsc\n bb 6 a.tar.xz\nDirectory: pool/main/k/kubernetes\n";

        SourceRecord record = Assert.Single(PackageLists.Sources(new StringReader(sources), "http://m.example/", "kubernetes"));

        Assert.Equal(("2-1", "http://m.example/pool/main/k/kubernetes/"), (record.Version, record.Folder));
        Assert.Equal([KeyValuePair.Create("a.dsc", "aa"), KeyValuePair.Create("a.tar.xz", "bb")], record.Files);
    }
}

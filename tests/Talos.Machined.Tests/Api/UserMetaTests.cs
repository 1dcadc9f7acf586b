using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Machine;
using Talos.Block;
using Talos.Disks.Meta;
using Talos.Machined.Api;
using Talos.Ota.Engine;
using Talos.Machined.Updates;
using Talos.Rpc.Errors;

namespace Talos.Machined.Tests.Api;

[Trait("Category", "Security")]
public sealed class UserMetaTests(MachineApiFixture node) : IClassFixture<MachineApiFixture>
{
    private readonly MemoryMeta _meta = new();

    public static TheoryData<uint> Tags => [.. Enumerable.Range(0, 256).Select(t => (uint)t), 256, 0x8000, 0x7FFF_FFFF, 0x8000_0081, uint.MaxValue];

    [Theory]
    [MemberData(nameof(Tags))]
    public void Of_all_tags_callers_change_1_to_127(uint tag)
    {
        UserMeta open = new(_meta);
        _meta.Write(tag, "before"u8);

        if (tag is >= 1 and <= 127)
        {
            open.Write(tag, "after"u8);
            Assert.Equal("after"u8, _meta.Find(tag)!.Value.Span);
            open.Delete(tag);
            Assert.Equal(StatusCode.NotFound, Assert.Throws<RpcException>(() => open.Delete(tag)).StatusCode);
            return;
        }

        Exception write = Assert.ThrowsAny<Exception>(() => open.Write(tag, "after"u8)), delete = Assert.ThrowsAny<Exception>(() => open.Delete(tag));
        Assert.Equal(write.Message, delete.Message);
        Assert.True(tag == 0 ? write is InvalidRequestException : write is RpcException { StatusCode: StatusCode.PermissionDenied });
        Assert.Equal("before"u8, _meta.Find(tag)!.Value.Span);
    }

    [Fact]
    public void Every_tag_that_the_engine_uses_is_closed() => Assert.All(
        [UpdateTags.Journal, UpdateTags.KeySet, UpdateTags.PendingKeySet, TrialWipe.Tag, TrialTolerance.Tag],
        tag => Assert.True(tag >= MetaTag.FirstOfSystem));

    [Theory]
    [InlineData("os:admin")]
    [InlineData("os:meta:writer")]
    [InlineData("os:admin,os:operator,os:reader,os:meta:writer,os:impersonator")]
    public async Task No_role_changes_a_tag_of_the_engine_over_the_API(string roles)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        for (uint tag = MetaTag.FirstOfSystem; tag <= 255; tag++)
        {
            MetaWriteRequest write = new() { Key = tag, Value = ByteString.CopyFromUtf8("x") };
            Status written = (await Assert.ThrowsAsync<RpcException>(async () =>
                await node.Machine.MetaWriteAsync(write, MachineApiFixture.As(roles), cancellationToken: ct))).Status;
            Status deleted = (await Assert.ThrowsAsync<RpcException>(async () =>
                await node.Machine.MetaDeleteAsync(new MetaDeleteRequest { Key = tag }, MachineApiFixture.As(roles), cancellationToken: ct))).Status;

            Assert.Equal((StatusCode.PermissionDenied, $"key: tag 0x{tag:x} belongs to the update engine and is not changed over the API; 1 to 127 can be"), (written.StatusCode, written.Detail));
            Assert.Equal(written.Detail, deleted.Detail);
        }
    }

    private sealed class MemoryMeta : IMeta
    {
        private readonly Dictionary<uint, ReadOnlyMemory<byte>> _values = [];

        public IReadOnlyDictionary<uint, ReadOnlyMemory<byte>> Values => _values;

        public void Load()
        {
        }

        public ReadOnlyMemory<byte>? Find(uint tag) => _values.TryGetValue(tag, out ReadOnlyMemory<byte> value) ? value : null;

        public void Write(uint tag, ReadOnlySpan<byte> value) => _values[tag] = value.ToArray();

        public bool Delete(uint tag) => _values.Remove(tag);
    }
}

using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Apid.Proxy;

namespace Talos.Apid.Tests.Proxy;

public class NodeMarkTests
{
    [Fact]
    public void An_answer_given_once_is_marked_in_each_of_its_messages()
    {
        VersionResponse answer = new() { Messages = { new Api.Machine.Version { Version_ = new Api.Machine.VersionInfo { Tag = "v1" } } } };

        VersionResponse marked = VersionResponse.Parser.ParseFrom(NodeMark.Once(answer.ToByteArray(), "edge-02"));

        Assert.Equal("edge-02", Assert.Single(marked.Messages).Metadata.Hostname);
        Assert.Equal("v1", marked.Messages[0].Version_.Tag);
    }

    [Fact]
    public void An_empty_answer_becomes_a_message_that_names_its_node() =>
        Assert.Equal("edge-02", Assert.Single(VersionResponse.Parser.ParseFrom(NodeMark.Once([], "edge-02")).Messages).Metadata.Hostname);

    [Fact]
    public void Marked_answers_can_be_strung_together()
    {
        byte[] both = [.. NodeMark.Once([], "a"), .. NodeMark.Failure("b", new Status(StatusCode.Unavailable, "gone"), stream: false)];

        VersionResponse joined = VersionResponse.Parser.ParseFrom(both);

        Assert.Equal(["a", "b"], joined.Messages.Select(m => m.Metadata.Hostname));
        Assert.Equal((int)StatusCode.Unavailable, joined.Messages[1].Metadata.Status.Code);
        Assert.Equal("gone", joined.Messages[1].Metadata.Status.Message);
    }

    [Fact]
    public void An_answer_of_a_stream_is_marked_itself()
    {
        Data data = Data.Parser.ParseFrom(NodeMark.OfStream(new Data { Bytes = ByteString.CopyFromUtf8("x") }.ToByteArray(), "a"));

        Assert.Equal("a", data.Metadata.Hostname);
        Assert.Equal("x", data.Bytes.ToStringUtf8());
    }

    [Fact]
    public void A_failure_in_a_stream_is_a_message_of_the_stream() =>
        Assert.Equal("Unavailable: gone", Data.Parser.ParseFrom(NodeMark.Failure("a", new Status(StatusCode.Unavailable, "gone"), stream: true)).Metadata.Error);

    [Fact]
    public void Bytes_that_are_no_answer_are_refused() =>
        Assert.ThrowsAny<IOException>(() => NodeMark.Once([0x0a, 0xff], "a"));
}

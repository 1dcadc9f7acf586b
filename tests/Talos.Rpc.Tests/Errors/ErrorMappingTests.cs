using Grpc.Core;
using Talos.Cosi;
using Talos.Rpc.Errors;

namespace Talos.Rpc.Tests.Errors;

public class ErrorMappingTests
{
    private static readonly ErrorMapping Mapping = new();

    public static TheoryData<StateError, StatusCode> StateErrors => new()
    {
        { StateError.NotFound, StatusCode.NotFound },
        { StateError.AlreadyExists, StatusCode.AlreadyExists },
        { StateError.OwnerConflict, StatusCode.PermissionDenied },
        { StateError.VersionConflict, StatusCode.FailedPrecondition },
        { StateError.PhaseConflict, StatusCode.InvalidArgument },
        { StateError.InvalidBookmark, StatusCode.FailedPrecondition },
    };

    [Theory]
    [MemberData(nameof(StateErrors))]
    public void Refusals_of_the_state_have_the_codes_clients_know(StateError error, StatusCode code) =>
        Assert.Equal(code, Mapping.Map(new StateException(error, new ResourceAddress("ns", "T.x", "id"), "problem")).StatusCode);

    [Fact]
    public void The_message_is_the_chain_and_never_a_stack_trace()
    {
        Exception thrown = Assert.ThrowsAny<Exception>((Action)(() => throw new IOException("read /x", new InvalidDataException("cut off"))));

        Status status = Mapping.Map(thrown);

        Assert.Equal(StatusCode.Internal, status.StatusCode);
        Assert.Equal("read /x: cut off", status.Detail);
    }

    [Fact]
    public void A_wrong_field_is_named()
    {
        Status status = Mapping.Map(new InvalidRequestException("tail_lines", "-5 is less than -1"));

        Assert.Equal(new Status(StatusCode.InvalidArgument, "tail_lines: -5 is less than -1"), status);
    }

    [Fact]
    public void A_missing_file_is_not_found() =>
        Assert.Equal(StatusCode.NotFound, Mapping.Map(new FileNotFoundException("/x")).StatusCode);

    [Fact]
    public void What_only_others_know_is_asked_of_them_first()
    {
        ErrorMapping mapping = new(e => e is FormatException ? StatusCode.DataLoss : null);

        Assert.Equal(StatusCode.DataLoss, mapping.Map(new FormatException("f")).StatusCode);
        Assert.Equal(StatusCode.Internal, mapping.Map(new InvalidOperationException("x")).StatusCode);
    }
}

namespace Talos.Rpc.Errors;

/// <summary>A field of a request is wrong: the caller's mistake.</summary>
/// <param name="field">Name of the field as in the .proto file.</param>
/// <param name="problem">What is wrong, with value, limit and unit.</param>
public sealed class InvalidRequestException(string field, string problem) : Exception($"{field}: {problem}")
{
    /// <summary>Name of the field as in the .proto file.</summary>
    public string Field { get; } = field;
}

using Google.Protobuf;

namespace Talos.Machined.Events;

/// <summary>Something that happened on the node.</summary>
/// <param name="Id">Sorts by time.</param>
/// <param name="Time">When.</param>
/// <param name="TypeUrl">What kind of message it is.</param>
/// <param name="Payload">The message.</param>
/// <param name="ActorId">The sequence it belongs to; empty for none.</param>
internal sealed record NodeEvent(string Id, DateTimeOffset Time, string TypeUrl, ByteString Payload, string ActorId);

namespace Talos.Ota.Slots;

/// <summary>The slots as they are do not allow what was asked.</summary>
public sealed class SlotException(string message) : Exception(message);

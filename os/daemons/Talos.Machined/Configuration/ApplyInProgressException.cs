namespace Talos.Machined.Configuration;

/// <summary>Another apply is at work; the caller may come back.</summary>
internal sealed class ApplyInProgressException() : Exception("another configuration is being applied");

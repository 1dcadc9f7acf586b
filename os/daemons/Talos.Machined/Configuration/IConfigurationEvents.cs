namespace Talos.Machined.Configuration;

/// <summary>Where trouble with the config is told: events of the API.</summary>
internal interface IConfigurationEvents
{
    /// <summary>A stored config could not be used. The API's ConfigLoadErrorEvent.</summary>
    void LoadFailed(string error);

    /// <summary>A config was refused. The API's ConfigValidationErrorEvent.</summary>
    void ValidationFailed(string error);
}

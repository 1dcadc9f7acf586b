namespace Talos.Imager.Commands;

/// <summary>Progress as lines on standard error, so that standard output holds results alone.</summary>
internal sealed class ErrorLines : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine($"imager: {value}");
}

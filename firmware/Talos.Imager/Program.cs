using System.CommandLine;
using Talos.Imager.Commands;

namespace Talos.Imager;

internal static class Program
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    private static async Task<int> Main(string[] args)
    {
        try
        {
            return await ImagerCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("imager: interrupted");
            return Interrupted;
        }
        catch (Exception e) when (e is ImagerException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"imager: {e.Message}");
            return Failed;
        }
    }
}

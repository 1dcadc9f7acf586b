namespace Talos.Imager;

internal static class Program
{
    private static int Main() => 0;
}

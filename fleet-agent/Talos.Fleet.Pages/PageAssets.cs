namespace Talos.Fleet.Pages;

/// <summary>The files a page names, and the rules a browser shall hold it to.</summary>
public static class PageAssets
{
    /// <summary>Where they are served.</summary>
    public const string Path = "/page";

    /// <summary>The Content-Security-Policy of every page: our own files alone, no frames, forms to us.</summary>
    public const string SecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Content type and bytes of a file; null when there is no such file.</summary>
    public static (string ContentType, byte[] Bytes)? Find(string name)
    {
        string? type = name switch
        {
            "style.css" => "text/css; charset=utf-8",
            "script.js" => "text/javascript; charset=utf-8",
            "icon.svg" => "image/svg+xml",
            _ => null,
        };
        if (type is null)
        {
            return null;
        }

        using Stream file = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return (type, bytes);
    }
}

namespace Talos.Ota.Engine.Sources;

/// <summary>Where a bundle is to be taken from, as a person writes it: <c>https://...</c>, <c>/path</c>, <c>usb:LABEL</c> or <c>usb:LABEL/path</c>.</summary>
public abstract record SourceReference
{
    private const string Usb = "usb:";
    private const string File = "file://";

    /// <summary>Reads a reference.</summary>
    /// <exception cref="SourceException">It is none.</exception>
    public static SourceReference Parse(string text)
    {
        if (text.StartsWith(Usb, StringComparison.Ordinal))
        {
            string[] parts = text[Usb.Length..].Split('/', 2);
            string path = parts.Length > 1 ? parts[1] : "";
            return parts[0].Length > 0 && !path.Split('/').Contains("..", StringComparer.Ordinal)
                ? new UsbReference(parts[0], path)
                : throw new SourceException($"reference {text}: wanted is usb:LABEL or usb:LABEL/PATH without ..");
        }

        string local = text.StartsWith(File, StringComparison.Ordinal) ? text[File.Length..] : text;
        if (local.StartsWith('/'))
        {
            return new FileReference(local);
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new HttpReference(address)
            : throw new SourceException($"reference {text}: wanted is an address that begins with http:// or https://, an absolute path, or usb:LABEL");
    }
}

/// <summary>On a server.</summary>
/// <param name="Address">http or https.</param>
public sealed record HttpReference(Uri Address) : SourceReference;

/// <summary>In a file of the node.</summary>
/// <param name="Path">Absolute.</param>
public sealed record FileReference(string Path) : SourceReference;

/// <summary>On a stick or disk with a label.</summary>
/// <param name="Label">Label of its file system.</param>
/// <param name="Path">Below its root; empty for the only file there that ends in <c>.bundle</c>.</param>
public sealed record UsbReference(string Label, string Path) : SourceReference;

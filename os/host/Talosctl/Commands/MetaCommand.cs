using System.CommandLine;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>meta write|delete</c>: tags of the META partition.</summary>
internal static class MetaCommand
{
    public static Command Create()
    {
        Argument<string> key = new("key") { Description = "Tag as a number, such as 12 or 0x0c" };
        Argument<string> value = new("value") { Description = "Value as text" };
        Option<bool> insecure = NodeCommand.Insecure();
        insecure.Recursive = true;
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        fingerprints.Recursive = true;

        Command write = new("write", "Write a tag") { key, value };
        write.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, async node =>
            await node.Machine.MetaWriteAsync(new MetaWriteRequest { Key = Tag(parsed.GetValue(key)!), Value = ByteString.CopyFrom(parsed.GetValue(value)!, Encoding.UTF8) },
                node.Headers, cancellationToken: ct)));

        Command delete = new("delete", "Delete a tag") { key };
        delete.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, async node =>
            await node.Machine.MetaDeleteAsync(new MetaDeleteRequest { Key = Tag(parsed.GetValue(key)!) }, node.Headers, cancellationToken: ct)));

        return new Command("meta", "Write and delete tags of the META partition") { insecure, fingerprints, write, delete };
    }

    private static uint Tag(string text)
    {
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return uint.TryParse(hex ? text.AsSpan(2) : text, hex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out uint tag) && tag is > 0 and <= 255
            ? tag
            : throw new TalosctlException($"tag \"{text}\": a number from 1 to 255 is wanted");
    }
}

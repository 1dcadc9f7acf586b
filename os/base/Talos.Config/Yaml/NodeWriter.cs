using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Talos.Config;

/// <summary>Writes nodes as YAML text, indented by four.</summary>
internal static class NodeWriter
{
    private const int Indent = 4;

    /// <summary>Writes documents, parted by <c>---</c>.</summary>
    public static string Write(IReadOnlyList<Node> documents)
    {
        StringWriter text = new() { NewLine = "\n" };
        Emitter emitter = new(text, new EmitterSettings(Indent, int.MaxValue, false, 1024, indentSequences: true));
        emitter.Emit(new StreamStart());
        for (int i = 0; i < documents.Count; i++)
        {
            emitter.Emit(new DocumentStart(null, null, isImplicit: i == 0));
            Write(emitter, documents[i]);
            emitter.Emit(new DocumentEnd(isImplicit: true));
        }

        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Write(Emitter emitter, Node node)
    {
        switch (node)
        {
            case ScalarNode scalar:
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, scalar.Text, Style(scalar), true, true));
                break;
            case SequenceNode sequence:
                emitter.Emit(new SequenceStart(
                    AnchorName.Empty, TagName.Empty, true, sequence.Items.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (Node item in sequence.Items)
                {
                    Write(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case MappingNode mapping:
                emitter.Emit(new MappingStart(
                    AnchorName.Empty, TagName.Empty, true, mapping.Entries.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (MappingEntry entry in mapping.Entries)
                {
                    emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, entry.Key, KeyStyle(entry.Key), true, true));
                    Write(emitter, entry.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
        }
    }

    private static ScalarStyle KeyStyle(string key) =>
        key.Contains('\n', StringComparison.Ordinal) || key.Length == 0 ? ScalarStyle.DoubleQuoted : ScalarStyle.Any;

    /// <summary>Texts that another reader would take for something else are quoted; texts of several lines are literal blocks.</summary>
    private static ScalarStyle Style(ScalarNode scalar)
    {
        if (scalar.Style is not ScalarStyle.Any)
        {
            return scalar.Style;
        }

        if (scalar.Text.Contains('\n', StringComparison.Ordinal))
        {
            return ScalarStyle.Literal;
        }

        return scalar.Text.Length == 0 ? ScalarStyle.DoubleQuoted : ScalarStyle.Plain;
    }
}

namespace Talos.Config;

/// <summary>A YAML list.</summary>
internal sealed class SequenceNode(int line = 0) : Node(line)
{
    public List<Node> Items { get; } = [];

    public override string Kind => "a list";

    public override Node Clone()
    {
        SequenceNode copy = new(Line);
        copy.Items.AddRange(Items.Select(i => i.Clone()));
        return copy;
    }
}

using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta.Coding;

/// <summary>Codes what is no content: the base's blocks, operations and commands.</summary>
/// <param name="coder">Writes or reads.</param>
internal sealed class PlanModel(BitCoder coder)
{
    private const int KindBits = 2;

    private readonly NumberModel _blocks = new(contexts: 3);
    private readonly NumberModel _kinds = new(contexts: 4);
    private readonly NumberModel _lengths = new(contexts: 4);
    private readonly NumberModel _offsets = new(contexts: 1);
    private readonly NumberModel _commands = new(contexts: 3);
    private OperationKind _lastKind;
    private long _copied;
    private long _matched;

    /// <summary>Codes a block of the base.</summary>
    /// <param name="block">When writing: the block.</param>
    /// <param name="end">Where the block before ends in the image.</param>
    public ImageBlock CodeBlock(ImageBlock block, long end)
    {
        long gap = _blocks.Code(coder, block.Offset - end, 0);
        long stored = _blocks.Code(coder, block.StoredLength, 1);
        long content = _blocks.Code(coder, block.ContentLength, 2);
        return stored is > 0 and <= 2 * DeltaLimits.BlockContent && content is > 0 and <= DeltaLimits.BlockContent
            ? new ImageBlock(end + gap, (int)stored, (int)content)
            : throw new DeltaException($"delta: a block of the base with {stored} bytes stored, {content} of content; it is damaged");
    }

    /// <summary>Codes an operation.</summary>
    /// <param name="operation">When writing: the operation.</param>
    public Operation Code(Operation operation)
    {
        // Two bits, so that every value is a kind.
        long kind = _kinds.Code(coder, (long)operation.Kind, (int)_lastKind) & ((1 << KindBits) - 1);
        _lastKind = (OperationKind)kind;
        if (_lastKind is OperationKind.Tree)
        {
            return new Operation(_lastKind, 0, 0);
        }

        long length = _lengths.Code(coder, operation.Length, (int)kind);
        long offset = 0;
        if (_lastKind is OperationKind.Copy)
        {
            offset = _copied + _offsets.CodeSigned(coder, operation.Offset - _copied, 0);
            _copied = offset + length;
        }

        return new Operation(_lastKind, length, offset);
    }

    /// <summary>Codes a command.</summary>
    /// <param name="command">When writing: the command.</param>
    public Command Code(Command command)
    {
        long literals = _commands.Code(coder, command.Literals, 0);
        long matched = _commands.Code(coder, command.Matched, 1);
        long position = _matched + _commands.CodeSigned(coder, command.Base - _matched, 2);
        _matched = position + matched;
        return new Command(literals, matched, position);
    }
}

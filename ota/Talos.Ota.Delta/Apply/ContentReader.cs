using Talos.Ota.Delta.Coding;

namespace Talos.Ota.Delta.Apply;

/// <summary>Makes the new content in order.</summary>
internal sealed class ContentReader(BitCoder coder, int tableBits, PlanModel plan, BaseContent source)
{
    private const int WindowLength = 16 * 1024;

    private readonly ContentModel _model = new(coder, tableBits);
    private readonly byte[] _window = new byte[WindowLength];
    private long _windowStart = -WindowLength;
    private long _literals;
    private long _matched;
    private long _position;
    private long _equal = -1;

    /// <summary>Makes the next bytes.</summary>
    public void Fill(Span<byte> content)
    {
        while (content.Length > 0)
        {
            if (_literals == 0 && _matched == 0)
            {
                Next();
            }

            content = content[(_literals > 0 ? Literals(content) : Matched(content))..];
        }
    }

    private void Next()
    {
        Command command = plan.Code(default(Command));
        if (command.Literals + command.Matched == 0 || command.Base < 0 || command.Matched > source.Length || command.Base > source.Length - command.Matched)
        {
            throw new DeltaException($"delta: a command takes {command.Matched} bytes at {command.Base} of a base with {source.Length}, and {command.Literals} of its own; it is damaged");
        }

        (_literals, _matched, _position) = (command.Literals, command.Matched, command.Base);
    }

    private int Literals(Span<byte> content)
    {
        int taken = (int)Math.Min(content.Length, _literals);
        _model.CodeLiterals(content[..taken]);
        _literals -= taken;
        return taken;
    }

    private int Matched(Span<byte> content)
    {
        if (_equal < 0)
        {
            _equal = _model.CodeGap(0, _matched);
        }

        if (_equal == 0)
        {
            content[0] = _model.CodeDifference(0, Around(_position));
            _position++;
            _matched--;
            _equal = -1;
            return 1;
        }

        int taken = (int)Math.Min(content.Length, _equal);
        source.ReadAt(_position, content[..taken]);
        _model.Pass(content[..taken]);
        _position += taken;
        _matched -= taken;
        _equal = _matched == 0 ? -1 : _equal - taken;
        return taken;
    }

    /// <summary>A byte of the base with its neighbours; zeros beyond both ends.</summary>
    private ReadOnlySpan<byte> Around(long position)
    {
        const int Length = (2 * ContentModel.Margin) + 1;
        long start = position - ContentModel.Margin;
        if (start < _windowStart || start + Length > _windowStart + WindowLength)
        {
            _windowStart = start;
            _window.AsSpan().Clear();
            int before = (int)Math.Max(0, -start);
            int available = (int)Math.Min(WindowLength - before, source.Length - (start + before));
            source.ReadAt(start + before, _window.AsSpan(before, available));
        }

        return _window.AsSpan((int)(start - _windowStart), Length);
    }
}

using Talos.Ota.Delta.Coding;

namespace Talos.Ota.Delta.Create;

/// <summary>Describes the new content in order; the mirror image of the node's reader.</summary>
internal sealed class ContentWriter
{
    private readonly PlanModel _plan;
    private readonly ContentModel _model;
    private readonly byte[] _base;
    private readonly byte[] _target;
    private readonly IEnumerator<(Command Command, long Target)> _commands;
    private readonly byte[] _around = new byte[(2 * ContentModel.Margin) + 1];
    private long _literals;
    private long _matched;
    private long _position;
    private long _equal = -1;

    public ContentWriter(BitCoder coder, int tableBits, PlanModel plan, byte[] baseContent, byte[] targetContent, IEnumerable<(Command Command, long Target)> commands)
    {
        (_plan, _base, _target) = (plan, baseContent, targetContent);
        _model = new ContentModel(coder, tableBits);
        _commands = commands.GetEnumerator();
    }

    /// <summary>Bytes without a counterpart so far.</summary>
    public long Literals { get; private set; }

    /// <summary>Bytes that differ from their counterpart so far.</summary>
    public long Differences { get; private set; }

    /// <summary>Describes the content from <paramref name="target"/> on.</summary>
    public void Write(long target, int length)
    {
        for (int done = 0; done < length;)
        {
            if (_literals == 0 && _matched == 0)
            {
                Next(target + done);
            }

            int at = (int)target + done;
            done += _literals > 0 ? WriteLiterals(at, length - done) : WriteMatched(at, length - done);
        }
    }

    private void Next(long target)
    {
        if (!_commands.MoveNext() || _commands.Current.Target != target)
        {
            throw new System.Diagnostics.UnreachableException($"no command describes the content at {target}");
        }

        Command command = _commands.Current.Command;
        _plan.Code(command);
        (_literals, _matched, _position) = (command.Literals, command.Matched, command.Base);
    }

    private int WriteLiterals(int target, int length)
    {
        int taken = (int)Math.Min(length, _literals);
        _model.CodeLiterals(_target.AsSpan(target, taken));
        _literals -= taken;
        Literals += taken;
        return taken;
    }

    private int WriteMatched(int target, int length)
    {
        if (_equal < 0)
        {
            // A match lies within one run of needed content, so its bytes follow each other whatever blocks they are in.
            int left = (int)_matched;
            int equal = _target.AsSpan(target, left).CommonPrefixLength(_base.AsSpan((int)_position, left));
            _equal = _model.CodeGap(equal, left);
        }

        if (_equal == 0)
        {
            _model.CodeDifference(_target[target], Around());
            Differences++;
            _position++;
            _matched--;
            _equal = -1;
            return 1;
        }

        int taken = (int)Math.Min(length, _equal);
        _model.Pass(_target.AsSpan(target, taken));
        _position += taken;
        _matched -= taken;
        _equal = _matched == 0 ? -1 : _equal - taken;
        return taken;
    }

    private byte[] Around()
    {
        for (int i = 0; i < _around.Length; i++)
        {
            long at = _position - ContentModel.Margin + i;
            _around[i] = at >= 0 && at < _base.Length ? _base[at] : (byte)0;
        }

        return _around;
    }
}

using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Takes what comes from the hub: checks it, puts it on the disk, wakes who acts on it. Nothing that comes makes it fail.</summary>
internal sealed partial class OrderDesk(AgentState state, OrderStore orders, OutgoingQueue queue, TimeProvider time, ILogger<OrderDesk> log)
{
    /// <summary>Takes a message.</summary>
    public Task ReceiveAsync(LinkMessage message)
    {
        try
        {
            switch (FleetTopic.Parse(message.Topic))
            {
                case { Kind: TopicKind.Ack } topic when IsMine(topic):
                    Acknowledge(message);
                    break;
                case { Kind: TopicKind.Desired } topic when IsMine(topic):
                    Desire(message);
                    break;
                case { Kind: TopicKind.Command } topic when IsMine(topic):
                    Command(message, topic.CommandId!);
                    break;
                default:
                    Refuse(message.Topic, new ProtocolProblem(ProblemKind.WrongNode, "not a topic this node reads"));
                    break;
            }
        }
        catch (IOException e)
        {
            // Not taken, not acknowledged by a result: the hub sends it again.
            LogNotKept(message.Topic, e.Message);
        }

        return Task.CompletedTask;
    }

    private bool IsMine(FleetTopic topic) => topic.Node == state.Identity?.Node;

    private void Acknowledge(LinkMessage message)
    {
        Parsed<EventAck> read = FleetMessages.ReadAck(message.Payload.Span);
        if (!read.IsGood)
        {
            Refuse(message.Topic, read.Problem);
            return;
        }

        // Of another stream it is a rest from before the disk was wiped.
        if (read.Value.Stream == queue.Stream && !queue.Acknowledge(read.Value.Stream, read.Value.Seq))
        {
            Refuse(message.Topic, new ProtocolProblem(ProblemKind.OutOfRange, $"seq: {read.Value.Seq} was never given"));
            return;
        }

        state.AckSeen = true;
        state.ToSend.Raise();
    }

    private void Desire(LinkMessage message)
    {
        Parsed<DesiredState> read = Verifier().ReadDesired(message.Payload.Span, orders.Current.DesiredRevision, state.Now);
        if (!read.IsGood)
        {
            // The retained one comes at each connection.
            if (read.Problem.Kind is not ProblemKind.Replayed)
            {
                Refuse(message.Topic, read.Problem);
            }

            return;
        }

        orders.Change(o => o with
        {
            DesiredRevision = read.Value.Revision,
            Desired = read.Value,
            Attempts = 0,
            LastFailure = null,
            HeldSince = null,
            // Other settings with the same target do not install it again.
            Reached = o.Reached && o.Desired?.Update == read.Value.Update,
        });
        LogDesired(read.Value.Revision, read.Value.Update?.Version ?? "any version");
        state.ToDo.Raise();
    }

    private void Command(LinkMessage message, string id)
    {
        if (message.Payload.IsEmpty)
        {
            return;
        }

        Parsed<Command> read = Verifier().ReadCommand(message.Payload.Span, id, orders.Current.CommandRevision, state.Now);
        if (read.IsGood)
        {
            orders.Change(o => o.Accept(read.Value, state.Facts, time.GetUtcNow()));
            _waiting[id] = read.Value;
            LogCommand(id, read.Value.Kind, read.Value.IssuedBy ?? "nobody named");
        }
        else if (orders.Current.Commands.Any(c => c.Id == id) && read.Problem.Kind is ProblemKind.Replayed)
        {
            orders.Change(o => o.Redeliver(id));
        }
        else if (read.Problem.Kind is ProblemKind.Expired or ProblemKind.Replayed)
        {
            // Its signature is good: the hub hears why it is not done.
            CommandState refused = read.Problem.Kind is ProblemKind.Expired ? CommandState.Expired : CommandState.Refused;
            orders.Change(o => o.Refuse(id, refused, read.Problem.Text, state.Facts, time.GetUtcNow()));
            Refuse(message.Topic, read.Problem);
        }
        else
        {
            Refuse(message.Topic, read.Problem);
        }

        state.ToDo.Raise();
        state.ToSend.Raise();
    }

    /// <summary>A command that was accepted and not begun; null when there is none.</summary>
    public Command? TakeCommand()
    {
        foreach (CommandRecord record in orders.Current.Commands)
        {
            if (record.State is CommandState.Accepted && _waiting.TryRemove(record.Id, out Command? command))
            {
                return command;
            }
        }

        return null;
    }

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Command> _waiting = new(StringComparer.Ordinal);

    private OrderVerifier Verifier() => new(state.Identity!.Node, state.Identity.Authorities);

    private void Refuse(string topic, ProtocolProblem problem)
    {
        state.Refuse();
        LogRefused(topic, problem.Kind, problem.Text);
    }

    [LoggerMessage(LogLevel.Warning, "{Topic}: refused ({Kind}): {Problem}")]
    private partial void LogRefused(string topic, ProblemKind kind, string problem);

    [LoggerMessage(LogLevel.Error, "{Topic}: could not be kept: {Problem}")]
    private partial void LogNotKept(string topic, string problem);

    [LoggerMessage(LogLevel.Information, "Desired state {Revision} taken: {Version}")]
    private partial void LogDesired(long revision, string version);

    [LoggerMessage(LogLevel.Information, "Command {Id} taken: {Kind}, by {Who}")]
    private partial void LogCommand(string id, CommandKind kind, string who);
}

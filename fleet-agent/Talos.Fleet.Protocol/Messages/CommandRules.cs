namespace Talos.Fleet.Protocol;

/// <summary>Roles of people at the hub, each with all rights of the ones before.</summary>
public enum FleetRole
{
    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>Operates nodes and rollouts.</summary>
    Operator,

    /// <summary>Everything.</summary>
    Admin,
}

/// <summary>Who may ask for what, and how a command goes from state to state.</summary>
public static class CommandRules
{
    /// <summary>The least role that may give a command of this kind.</summary>
    public static FleetRole RequiredRole(CommandKind kind) => kind switch
    {
        CommandKind.ApplyConfigPatch => FleetRole.Admin,
        CommandKind.Reboot or CommandKind.Upgrade or CommandKind.Rollback or CommandKind.SupportBundle => FleetRole.Operator,
    };

    /// <summary>Whether a command in this state is over.</summary>
    public static bool IsFinal(CommandState state) => state is not (CommandState.Accepted or CommandState.Running);

    /// <summary>Whether a result may follow another one; what does not is late or repeated and is ignored.</summary>
    public static bool MayFollow(CommandState? before, CommandState after) => before switch
    {
        null => true,
        CommandState.Accepted => after is not CommandState.Accepted,
        CommandState.Running => IsFinal(after),
        _ => false,
    };
}

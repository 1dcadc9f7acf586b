using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Grpc;

/// <summary>Plans of rollouts in gRPC.</summary>
internal static class PlanMapping
{
    public static RolloutPlan Read(V1.RolloutPlan p)
    {
        RolloutPlan plan = new()
        {
            Name = p.Name,
            Version = p.Version,
            BundleId = p.BundleId,
            Url = p.HasUrl ? p.Url : null,
            Selector = p.Selector is { } s ? new RolloutSelector { Boards = [.. s.Boards], Labels = s.Labels.ToDictionary(), Nodes = [.. s.Nodes] } : new RolloutSelector(),
            Waves = [.. p.Waves.Select(w => new RolloutWave { Name = w.HasName ? w.Name : null, Percent = w.HasPercent ? w.Percent : null, Labels = w.Labels.ToDictionary() })],
            ErrorCount = p.HasErrorCount ? p.ErrorCount : null,
            OnError = p.OnError == 0 ? ErrorAction.Stop : GrpcMapping.Read<ErrorAction>("on_error", (int)p.OnError),
            Approval = p.Approval == 0 ? ApprovalRule.None : GrpcMapping.Read<ApprovalRule>("approval", (int)p.Approval),
            SoakSeconds = p.SoakSeconds,
            Retries = p.Retries,
            Force = p.Force,
            Windows = [.. p.Windows.Select(w => new WindowRule { TimeZone = w.TimeZone, Days = [.. w.Days.Select(d => GrpcMapping.Read<WindowDay>("days", (int)d))], Start = w.Start, Minutes = w.Minutes })],
        };
        plan.Canary = p.HasCanary ? p.Canary : plan.Canary;
        plan.MaxParallel = p.HasMaxParallel ? p.MaxParallel : plan.MaxParallel;
        plan.SuccessPercent = p.HasSuccessPercent ? p.SuccessPercent : plan.SuccessPercent;
        plan.ErrorPercent = p.HasErrorPercent ? p.ErrorPercent : plan.ErrorPercent;
        plan.NodeTimeoutSeconds = p.HasNodeTimeoutSeconds ? p.NodeTimeoutSeconds : plan.NodeTimeoutSeconds;
        plan.RetryDelaySeconds = p.HasRetryDelaySeconds ? p.RetryDelaySeconds : plan.RetryDelaySeconds;
        plan.HoldBackAfter = p.HasHoldBackAfter ? p.HoldBackAfter : plan.HoldBackAfter;
        return plan;
    }

    public static V1.RolloutPlan ToProto(RolloutPlan p)
    {
        V1.RolloutPlan plan = new()
        {
            Name = p.Name,
            Version = p.Version,
            BundleId = p.BundleId,
            Selector = new V1.RolloutSelector { Boards = { p.Selector.Boards }, Labels = { p.Selector.Labels.ToDictionary() }, Nodes = { p.Selector.Nodes } },
            Canary = p.Canary,
            Waves = { p.Waves.Select(Wave) },
            MaxParallel = p.MaxParallel,
            SuccessPercent = p.SuccessPercent,
            ErrorPercent = p.ErrorPercent,
            OnError = (V1.ErrorAction)GrpcMapping.Number<ErrorAction>(p.OnError),
            Approval = (V1.ApprovalRule)GrpcMapping.Number<ApprovalRule>(p.Approval),
            SoakSeconds = p.SoakSeconds,
            NodeTimeoutSeconds = p.NodeTimeoutSeconds,
            Retries = p.Retries,
            RetryDelaySeconds = p.RetryDelaySeconds,
            HoldBackAfter = p.HoldBackAfter,
            Force = p.Force,
            Windows =
            {
                p.Windows.Select(w => new V1.RolloutWindow { TimeZone = w.TimeZone, Days = { w.Days.Select(d => (V1.WindowDay)GrpcMapping.Number<WindowDay>(d)) }, Start = w.Start, Minutes = w.Minutes }),
            },
        };
        if (p.Url is { } url)
        {
            plan.Url = url;
        }

        if (p.ErrorCount is { } count)
        {
            plan.ErrorCount = count;
        }

        return plan;
    }

    private static V1.RolloutWave Wave(RolloutWave w)
    {
        V1.RolloutWave wave = new() { Labels = { w.Labels.ToDictionary() } };
        if (w.Name is { } name)
        {
            wave.Name = name;
        }

        if (w.Percent is { } percent)
        {
            wave.Percent = percent;
        }

        return wave;
    }
}

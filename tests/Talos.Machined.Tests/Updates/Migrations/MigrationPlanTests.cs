using Talos.Machined.Updates.Migrations;

namespace Talos.Machined.Tests.Updates.Migrations;

public sealed class MigrationPlanTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_cut_anywhere_between_two_versions_ends_in_the_format_of_the_one_that_starts(int known)
    {
        for (int newer = known; newer <= known + 3; newer++)
        {
            int all = Changes(known, newer);
            for (int cut = 0; cut <= all; cut++)
            {
                Check(known, newer, cut);
            }
        }
    }

    private static int Changes(int known, int newer)
    {
        Model volume = new(known);
        volume.Boot(newer);
        volume.Leave(newer);
        return volume.Changes;
    }

    private static void Check(int known, int newer, int cut)
    {
        Model volume = new(known) { CutAfter = cut };
        try
        {
            volume.Boot(newer);
            volume.Leave(newer);
        }
        catch (OperationCanceledException)
        {
        }

        // The way to the old format is cut as well, at every change, until it is through.
        for (int second = 0; ; second++)
        {
            volume.CutAfter = volume.Changes + second;
            try
            {
                volume.Boot(known);
                break;
            }
            catch (OperationCanceledException)
            {
            }
        }

        Assert.Equal((known, known, false), (volume.Format, volume.Data, volume.Torn));
        Assert.Empty(volume.Leaving);
    }

    /// <summary>A volume whose data knows its real format, and that can lose power before every change.</summary>
    private sealed class Model(int format)
    {
        private readonly Dictionary<int, int> _before = [];

        public Dictionary<int, int> Leaving { get; } = [];

        public int Changes { get; private set; }

        public int CutAfter { get; set; } = int.MaxValue;

        public int Format { get; private set; } = format;

        public int Data { get; private set; } = format;

        public bool Torn { get; private set; }

        public void Boot(int known)
        {
            foreach (MigrationStep step in MigrationPlan.ForBoot(State(), known))
            {
                int n = step.Format;
                switch (step.Action)
                {
                    case MigrationAction.Up:
                        Change(() => _before[n] = Data);
                        Change(() => Torn = true);
                        Change(() => (Data, Torn) = (n, false));
                        Change(() => Format = n);
                        break;
                    case MigrationAction.Restore:
                        Change(() => Torn = true);
                        Change(() => (Data, Torn) = (_before[n], false));
                        Change(() => Format = n - 1);
                        Change(() => _before.Remove(n));
                        break;
                    case MigrationAction.Unleave:
                        Change(() => Torn = true);
                        Change(() => (Data, Torn) = (Leaving[n], false));
                        Change(() => Leaving.Remove(n));
                        break;
                    default:
                        Change(() => Format = n - 1);
                        Change(() => Leaving.Remove(n));
                        break;
                }
            }
        }

        public void Leave(int known)
        {
            foreach (int n in MigrationPlan.ForLeaving(State(), known))
            {
                Change(() => Leaving[n] = Data);
                Change(() => Torn = true);
                Change(() => (Data, Torn) = (n - 1, false));
                Change(() => _before.Remove(n));
                Change(() => Format = n - 1);
                Change(() => Leaving.Remove(n));
            }
        }

        private MigrationState State() => new(Format, _before.Keys.ToHashSet(), Leaving.Keys.ToHashSet());

        private void Change(Action change)
        {
            if (Changes >= CutAfter)
            {
                throw new OperationCanceledException("the power is cut");
            }

            Changes++;
            change();
        }
    }
}

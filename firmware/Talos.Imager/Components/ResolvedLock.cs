namespace Talos.Imager.Components;

/// <summary>A lock whose pins are replaced, one by one, by what was taken instead; its text is a lock again.</summary>
internal sealed class ResolvedLock
{
    private readonly HashSet<string> _changed = [];

    /// <param name="text">Text of the lock.</param>
    /// <param name="file">Its name, for messages.</param>
    public ResolvedLock(string text, string file = "components.lock")
    {
        Text = text;
        Locked = ComponentLockReader.Parse(text, file);
    }

    /// <summary>The lock as it is now.</summary>
    public string Text { get; private set; }

    /// <summary>The same, read.</summary>
    public ComponentLock Locked { get; private set; }

    /// <summary>Names of the components that are not as they were in the beginning.</summary>
    public IReadOnlySet<string> Changed => _changed;

    /// <summary>What stands for something else, one line each.</summary>
    public IEnumerable<string> Substitutions =>
    [
        .. Locked.Packages.Where(p => p.Replaces.Length > 0).Select(p => $"{p.Package}:{p.Architecture} {p.Version} stands for {p.Replaces}"),
        .. Locked.Sources.Where(s => s.Replaces.Length > 0).Select(s => $"source {s.Name} {s.Version} stands for {s.Replaces}"),
    ];

    /// <summary>Takes a state for a component.</summary>
    public void Take(string name, PackageState state) => Change(name, LockEditor.SetPackages(Text, new Dictionary<string, PackageState> { [name] = state }));

    /// <summary>Takes a state that stands for what the lock pins; what it stood for before is what counts.</summary>
    public void Substitute(LockedPackage pin, PackageState state) =>
        Take(pin.Name, state with { Replaces = pin.Replaces.Length > 0 ? pin.Replaces : $"{pin.Package} {pin.Version}" });

    /// <summary>Takes another state of a source package.</summary>
    public void Substitute(LockedSource pin, LockedSource source) =>
        Change(pin.Name, LockEditor.SetSource(Text, source with { Replaces = pin.Replaces.Length > 0 ? pin.Replaces : pin.Version }));

    /// <summary>Takes another rule for files of a component.</summary>
    public void Follow(string name, FileRule rule, FileRule other) => Change(name, LockEditor.SetRule(Text, name, rule, other));

    /// <summary>Takes a file from a package that the lock does not have, or not for this file.</summary>
    /// <param name="package">The package, with the rule of the file.</param>
    /// <param name="besides">Component it is needed for.</param>
    public void Add(LockedPackage package, string besides) => Change(package.Name, Locked.Packages.Any(p => p.Name == package.Name)
        ? package.Root.Aggregate(Text, (text, rule) => LockEditor.AddRule(text, package.Name, rule))
        : LockEditor.AddPackage(Text, besides, package));

    /// <summary>Takes a rule out of a component.</summary>
    public void Remove(string name, FileRule rule) => Change(name, LockEditor.SetRule(Text, name, rule, other: null));

    /// <summary>Takes what another build took, of what this one does not resolve itself.</summary>
    /// <param name="other">The lock of that build, made from the same pins.</param>
    /// <param name="groups">Groups of packages.</param>
    public void Merge(ComponentLock other, IReadOnlyList<string> groups)
    {
        foreach (LockedPackage package in other.Packages.Where(p => p.Replaces.Length > 0 && groups.Contains(p.Group)))
        {
            if (Locked.Packages.FirstOrDefault(p => p.Name == package.Name) is { } pin && pin.Sha256 != package.Sha256)
            {
                Take(package.Name, PackageState.Of(package));
            }
        }

        foreach (LockedSource source in other.Sources.Where(s => s.Replaces.Length > 0))
        {
            if (Locked.Sources.FirstOrDefault(s => s.Name == source.Name) is { } pin && pin.Version != source.Version)
            {
                Change(source.Name, LockEditor.SetSource(Text, source));
            }
        }
    }

    /// <summary>Sets a value of a block.</summary>
    public void Set(string block, string key, string value) => Replace(LockEditor.SetValue(Text, block, key, value));

    /// <summary>Takes another text.</summary>
    public void Replace(string text)
    {
        Locked = ComponentLockReader.Parse(text);
        Text = text;
    }

    private void Change(string name, string text)
    {
        Replace(text);
        _changed.Add(name);
    }
}

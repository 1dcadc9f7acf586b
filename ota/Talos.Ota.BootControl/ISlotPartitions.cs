namespace Talos.Ota.BootControl;

/// <summary>The partitions of the disk the node runs from.</summary>
public interface ISlotPartitions
{
    /// <summary>Opens a partition by its label.</summary>
    /// <param name="label">GPT label such as <c>ROOT-B</c>.</param>
    /// <param name="writable">For writing too; refused when the partition is in use.</param>
    ISlotStorage Open(string label, bool writable);
}

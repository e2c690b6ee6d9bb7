using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// Something along a trajectory that remembers: its state can be taken out, kept, and put into a fresh twin, which then goes on exactly as the
/// first would have. What remembers nothing needs neither method.
/// </summary>
public interface IStateful
{
    /// <summary>
    /// Everything remembered, every bit of it; null where there is nothing. Matrices in it may be the very ones remembered: the state is to be written before
    /// anything goes on.
    /// </summary>
    JsonNode? CaptureState() => null;

    /// <summary>Takes on the state that <see cref="CaptureState"/> gave.</summary>
    void RestoreState(JsonNode state)
    {
    }
}

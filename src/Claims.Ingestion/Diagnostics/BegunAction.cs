namespace Claims.Ingestion.Diagnostics;

/// <summary>An action that was begun and may take minutes. It goes on whether anybody waits for it or not.</summary>
public sealed class BegunAction
{
    internal BegunAction(OperatorAction asked, Task<OperatorAction> completion)
    {
        Asked = asked;
        Completion = completion;
    }

    /// <summary>The action as it was begun.</summary>
    public OperatorAction Asked { get; }

    /// <summary>Ends with the action, with what came of it. It never fails: what went wrong is <see cref="OperatorAction.Error"/>.</summary>
    public Task<OperatorAction> Completion { get; }
}

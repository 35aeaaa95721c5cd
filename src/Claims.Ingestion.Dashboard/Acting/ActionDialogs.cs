using MudBlazor;

namespace Claims.Ingestion.Dashboard.Acting;

/// <summary>Asks before an action where it matters, and says what came of it.</summary>
internal sealed class ActionDialogs(IDialogService dialogs, ISnackbar messages)
{
    /// <summary>Does it when it is confirmed.</summary>
    /// <param name="question">What is asked before; <see langword="null"/>: nothing is.</param>
    /// <param name="verb">What the button says.</param>
    /// <param name="act">The action.</param>
    /// <returns>Whether it was done or begun.</returns>
    public async Task<bool> RunAsync(string? question, string verb, Func<Task<ActionAnswer>> act)
    {
        if (question is not null && await dialogs.ShowMessageBoxAsync("Are you sure?", question, verb, cancelText: "Cancel") != true) return false;
        ActionAnswer answer = await act();
        messages.Add(answer.Text, answer.IsDone ? Severity.Success : Severity.Error);
        return answer.IsDone;
    }
}

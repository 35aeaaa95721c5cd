using System.Runtime.InteropServices;

namespace Claims.Ingestion.Polling;

/// <summary>Tells file system errors apart. Their own messages hold whole paths, so they are described anew.</summary>
internal static class FileErrors
{
    private const int WindowsSharingViolation = 32;
    private const int WindowsLockViolation = 33;
    private const int WindowsFileExists = 80;
    private const int WindowsAlreadyExists = 183;
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int UnixExists = 17;

    /// <summary>Whether the error comes from the file system.</summary>
    public static bool IsFileError(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Whether the file or its folder is not there.</summary>
    public static bool IsGone(Exception exception) => exception is FileNotFoundException or DirectoryNotFoundException;

    /// <summary>Whether another process holds the file.</summary>
    public static bool IsInUse(Exception exception) => exception is IOException && (OperatingSystem.IsWindows()
        ? Code(exception) is WindowsSharingViolation or WindowsLockViolation
        : exception.HResult == (OperatingSystem.IsMacOS() ? MacWouldBlock : LinuxWouldBlock));

    /// <summary>Whether the file that was to be created is there already.</summary>
    public static bool IsTaken(Exception exception) => exception is IOException && (OperatingSystem.IsWindows()
        ? Code(exception) is WindowsFileExists or WindowsAlreadyExists
        : exception.HResult == UnixExists);

    /// <summary>Says what went wrong, without any path.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "access is denied",
        FileNotFoundException or DirectoryNotFoundException => "it was not found",
        PathTooLongException => "the path is too long",
        IOException when exception.HResult > 0 || OperatingSystem.IsWindows() => Marshal.GetPInvokeErrorMessage(Code(exception)),
        _ => "the file system reported " + exception.GetType().Name,
    };

    // Windows wraps its error code in an HRESULT; elsewhere the HRESULT is the plain errno.
    private static int Code(Exception exception) => exception.HResult & 0xFFFF;
}

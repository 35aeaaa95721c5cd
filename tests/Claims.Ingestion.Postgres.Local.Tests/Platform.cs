using System.Runtime.Versioning;

// The tests look at processes through /proc and put shell scripts in the place of programs.
[assembly: SupportedOSPlatform("linux")]

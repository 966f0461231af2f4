using System.Runtime.CompilerServices;
using Dapper;

namespace Newsletter.Database;

internal static class DapperSetup
{
    /// <summary>Maps snake_case columns to PascalCase properties, in every process that loads this assembly.</summary>
    [ModuleInitializer]
    internal static void MatchNames() => DefaultTypeMap.MatchNamesWithUnderscores = true;
}

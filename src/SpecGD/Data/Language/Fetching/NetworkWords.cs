using System.Net.Sockets;

namespace SpecGD.Data.Language.Fetching;

/// <summary>What went wrong on the network, in words for a user, without the names that the runtime has for it.</summary>
internal static class NetworkWords
{
    /// <summary>A clause without a full stop, to be put behind "could not be fetched:".</summary>
    public static string Of(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure.GetBaseException() is SocketException socket)
            return Plain(socket.Message);
        HttpRequestError? error = failure switch
        {
            HttpIOException io => io.HttpRequestError,
            HttpRequestException request => request.InnerException is HttpIOException io ? io.HttpRequestError : request.HttpRequestError,
            _ => null,
        };
        return error switch
        {
            HttpRequestError.ResponseEnded => "the server closed the connection before all had come",
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError => "what answers there does not speak HTTP",
            HttpRequestError.SecureConnectionError => $"no secure connection was made ({Plain(failure.GetBaseException().Message)})",
            HttpRequestError.NameResolutionError => "the server's name is not known",
            _ => Plain(failure.GetBaseException().Message),
        };
    }

    /// <summary>A message without its full stop and without the name of an error in brackets at its end, as "(ResponseEnded)".</summary>
    private static string Plain(string message)
    {
        string text = message.TrimEnd('.');
        int bracket = text.LastIndexOf(" (", StringComparison.Ordinal);
        return bracket > 0 && text.EndsWith(')') && text[(bracket + 2)..^1].All(char.IsAsciiLetter) ? text[..bracket].TrimEnd('.') : text;
    }
}

using System.Globalization;
using System.Net;

namespace Talos.Ota.Engine.Sources;

/// <summary>What former answers told of the bundle.</summary>
/// <param name="Length">Bytes of the whole; null while no answer said it.</param>
/// <param name="MediaType">What the first answer said it is; empty when it did not.</param>
internal sealed record KnownBundle(long? Length, string MediaType);

/// <summary>Whether an answer is the part of the bundle that was asked for; pure.</summary>
/// <remarks>
/// Source: RFC 9110, sections 14 and 15.3.7. Tag and date are not compared: mirrors behind one name have their own, and each
/// chunk has a hash.
/// </remarks>
internal static class HttpAnswerRules
{
    /// <summary>Lets a usable answer pass.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="known">What is known of the bundle; null before the first answer.</param>
    /// <param name="offset">The offset that was asked for; 0 when no range was.</param>
    /// <exception cref="HttpRequestException">It is to be asked again for as long as a break is.</exception>
    /// <exception cref="RefusedAnswerException">It is none, which may pass.</exception>
    public static void Check(HttpResponse answer, KnownBundle? known, long offset)
    {
        if (answer.Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        {
            throw new HttpRequestException($"the server answered {Status(answer)}");
        }

        if (answer.Status is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
        {
            throw new RefusedAnswerException($"the server answered {Status(answer)}");
        }

        if (answer.Encoding.Length > 0 && !string.Equals(answer.Encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedAnswerException($"the server packed its answer as {answer.Encoding}, which was not asked for");
        }

        if (answer.Status is HttpStatusCode.OK && known is not null && IsAnotherPage(answer, known))
        {
            // A portal or proxy that stands between for a while.
            throw new HttpRequestException(
                $"the answer is no part of the bundle: {Type(answer.MediaType)} of {Bytes(answer.Length)} instead of {Type(known.MediaType)} of {Bytes(known.Length)}");
        }

        if (answer.Status is HttpStatusCode.PartialContent)
        {
            CheckRange(answer, offset);
        }

        if (known?.Length is { } length && answer.Length is { } now && now != length)
        {
            throw new RefusedAnswerException($"it was changed on the server while it was fetched ({Bytes(length)}, now {Bytes(now)}); start again");
        }
    }

    private static void CheckRange(HttpResponse answer, long offset)
    {
        if (!answer.HasRange)
        {
            throw new RefusedAnswerException(
                $"the server answered 206 PartialContent ({Type(answer.MediaType)}) without a valid Content-Range, so nobody knows which bytes these are: it breaks RFC 9110; mend the server or proxy");
        }

        if (answer.Position != offset)
        {
            throw new RefusedAnswerException($"bytes from {offset} on were asked for, the server sent those from {answer.Position} on");
        }
    }

    private static bool IsAnotherPage(HttpResponse answer, KnownBundle known) =>
        !string.Equals(answer.MediaType, known.MediaType, StringComparison.OrdinalIgnoreCase) && (answer.Length is null || answer.Length != known.Length);

    private static string Status(HttpResponse answer) => $"{(int)answer.Status} {answer.Status}";

    private static string Type(string mediaType) => mediaType.Length > 0 ? mediaType : "a body without a type";

    private static string Bytes(long? length) => length is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known} bytes") : "an unknown number of bytes";
}

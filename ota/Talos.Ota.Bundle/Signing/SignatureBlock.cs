using System.Buffers.Binary;
using Talos.Pki;

namespace Talos.Ota.Bundle;

/// <summary>A signature with the certificates that lead to an anchor, the signer's first.</summary>
internal sealed record ChainSignature(IReadOnlyList<SigningCertificate> Chain, byte[] Signature);

/// <summary>Detached signatures over a manifest or key set. See ota/spec/bundle.md, section Signatures.</summary>
internal static class SignatureBlock
{
    public const int MaximumChain = 4;

    private const int MaximumCount = 8;
    private const int MaximumSignature = 512;
    private const int HeadSize = 8;
    private const int EntryHeadSize = 4;

    private static ReadOnlySpan<byte> Magic => "TSIG"u8;

    public static IReadOnlyList<ChainSignature> Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeadSize || !data.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) != 0)
        {
            throw BundleException.Malformed("signatures: they do not begin with TSIG, a count and 0");
        }

        int count = BinaryPrimitives.ReadUInt16LittleEndian(data[4..]);
        if (count is 0 or > MaximumCount)
        {
            throw BundleException.Malformed($"signatures: {count} of them, 1 to {MaximumCount} are allowed");
        }

        ReadOnlySpan<byte> rest = data[HeadSize..];
        List<ChainSignature> signatures = new(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> head = Take(ref rest, EntryHeadSize);
            int certificates = BinaryPrimitives.ReadUInt16LittleEndian(head);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
            if (certificates is 0 or > MaximumChain || length is 0 or > MaximumSignature)
            {
                throw BundleException.Malformed($"signature {i}: {certificates} certificates and {length} bytes, 1 to {MaximumChain} and 1 to {MaximumSignature} are allowed");
            }

            SigningCertificate[] chain = new SigningCertificate[certificates];
            for (int c = 0; c < certificates; c++)
            {
                chain[c] = Decode(Take(ref rest, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, 2))), i);
            }

            signatures.Add(new ChainSignature(chain, Take(ref rest, length).ToArray()));
        }

        return rest.IsEmpty ? signatures : throw BundleException.Malformed($"signatures: {rest.Length} bytes too many behind the last");
    }

    public static byte[] Write(IEnumerable<ChainSignature> signatures)
    {
        using MemoryStream data = new();
        ChainSignature[] all = [.. signatures];
        data.Write(Magic);
        WriteNumber(data, all.Length);
        WriteNumber(data, 0);
        foreach (ChainSignature signature in all)
        {
            WriteNumber(data, signature.Chain.Count);
            WriteNumber(data, signature.Signature.Length);
            foreach (SigningCertificate certificate in signature.Chain)
            {
                WriteNumber(data, certificate.Der.Length);
                data.Write(certificate.Der.Span);
            }

            data.Write(signature.Signature);
        }

        byte[] written = data.ToArray();
        Parse(written);
        return written.Length <= BundleLimits.Signatures
            ? written
            : throw BundleException.Malformed($"signatures: {written.Length} bytes are more than {BundleLimits.Signatures}");
    }

    /// <summary>Signs a message.</summary>
    public static ChainSignature Sign(byte[] message, BundleSigner signer) => new(signer.Chain, signer.Sign(message));

    private static SigningCertificate Decode(ReadOnlySpan<byte> der, int signature)
    {
        try
        {
            return SigningCertificate.Decode(der);
        }
        catch (PkiException e)
        {
            throw new BundleException(BundleProblem.Malformed, $"bundle: signature {signature}", e);
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        if (count > rest.Length)
        {
            throw BundleException.Malformed($"signatures: {count} bytes wanted, {rest.Length} are left");
        }

        ReadOnlySpan<byte> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static void WriteNumber(MemoryStream data, int value)
    {
        Span<byte> number = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(number, checked((ushort)value));
        data.Write(number);
    }
}

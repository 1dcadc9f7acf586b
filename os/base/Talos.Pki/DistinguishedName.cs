using System.Formats.Asn1;

namespace Talos.Pki;

/// <summary>Names of issuers and subjects, as DER. Source: RFC 5280, section 4.1.2.4.</summary>
internal static class DistinguishedName
{
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";

    /// <summary>Encodes a name of Organizations (one relative name each, in order) and an optional common name.</summary>
    public static byte[] Encode(IEnumerable<string> organizations, string? commonName)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (string organization in organizations)
            {
                WriteAttribute(writer, OrganizationOid, organization);
            }

            if (!string.IsNullOrEmpty(commonName))
            {
                WriteAttribute(writer, CommonNameOid, commonName);
            }
        }

        return writer.Encode();
    }

    /// <summary>The Organizations of an encoded name; several may share one relative name.</summary>
    public static IReadOnlyList<string> Organizations(ReadOnlyMemory<byte> name) => Values(name, OrganizationOid);

    /// <summary>The first common name of an encoded name; null when it has none.</summary>
    public static string? CommonName(ReadOnlyMemory<byte> name) => Values(name, CommonNameOid).FirstOrDefault();

    private static List<string> Values(ReadOnlyMemory<byte> name, string oid)
    {
        List<string> found = [];
        AsnReader names = new AsnReader(name, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            AsnReader relative = names.ReadSetOf();
            while (relative.HasData)
            {
                AsnReader attribute = relative.ReadSequence();
                string type = attribute.ReadObjectIdentifier();
                UniversalTagNumber tag = (UniversalTagNumber)attribute.PeekTag().TagValue;
                if (type == oid && tag is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString)
                {
                    found.Add(attribute.ReadCharacterString(tag));
                }
            }
        }

        return found;
    }

    private static void WriteAttribute(AsnWriter writer, string oid, string value)
    {
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
        }
    }
}

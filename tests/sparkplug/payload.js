// Reads lines "decode HEX" or "encode JSON" and answers each with a line: JSON, or HEX. The library is Eclipse Tahu's.
const payloads = require('sparkplug-payload').get('spBv1.0');
const plain = (_, value) => (typeof value === 'bigint' || (value && value.low !== undefined && value.high !== undefined) ? Number(value) : value);

for (const line of require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const [verb, text] = [line.slice(0, 6), line.slice(7)];
  console.log(verb === 'decode'
    ? JSON.stringify(payloads.decodePayload(Buffer.from(text, 'hex')), plain)
    : Buffer.from(payloads.encodePayload(JSON.parse(text))).toString('hex'));
}

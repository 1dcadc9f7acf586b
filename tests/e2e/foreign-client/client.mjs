// Talks to a node with grpc-js: the calls clients live from, and the refusals.
// Usage: node client.mjs --endpoint HOST:PORT --talosconfig FILE
//        node client.mjs --endpoint HOST:PORT --pki FOLDER
// FOLDER holds ca.crt, admin.crt, admin.key, reader.crt, reader.key, foreign.crt and foreign.key, PEM each. With a
// talosconfig of an administrator the node is asked for the reader's certificate, and openssl makes the foreign one.
// Prints one line a check and "N passed, M failed"; the exit code is 0 when none failed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const { values: options } = parseArgs({ options: { endpoint: { type: 'string' }, talosconfig: { type: 'string' }, pki: { type: 'string' } } });
if (!options.endpoint || !(options.talosconfig || options.pki)) {
  console.error('usage: node client.mjs --endpoint HOST:PORT (--talosconfig FILE | --pki FOLDER)');
  process.exit(2);
}

const here = dirname(fileURLToPath(import.meta.url));
const api = join(here, '..', '..', '..', 'os', 'api');
const definition = loader.loadSync(['machine/machine.proto', 'cosi/state.proto'], {
  includeDirs: [api], keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true,
});
const protos = grpc.loadPackageDefinition(definition);
const deadline = () => new Date(Date.now() + 60_000);

// Key and certificate by name of who calls, and the CA under "ca".
const people = {};

function connect(Service, who) {
  const credentials = who
    ? grpc.credentials.createSsl(people.ca, people[who].key, people[who].crt)
    : grpc.credentials.createSsl(people.ca);
  return new Service(options.endpoint, credentials, {
    'grpc.max_receive_message_length': 32 << 20, 'grpc.keepalive_time_ms': 10_000, 'grpc.keepalive_timeout_ms': 5_000,
  });
}

const machine = who => connect(protos.machine.MachineService, who);
const state = who => connect(protos.cosi.resource.State, who);

const unary = (client, method, request = {}) => new Promise((resolve, reject) =>
  client[method](request, new grpc.Metadata(), { deadline: deadline() }, (error, answer) => error ? reject(error) : resolve(answer)));

// Takes messages until enough(messages) holds or the stream ends; then leaves.
const stream = (client, method, request, enough) => new Promise((resolve, reject) => {
  const messages = [];
  const call = client[method](request, new grpc.Metadata(), { deadline: deadline() });
  call.on('data', message => {
    messages.push(message);
    if (enough?.(messages)) {
      call.cancel();
      resolve(messages);
    }
  });
  call.on('end', () => resolve(messages));
  call.on('error', error => error.code === grpc.status.CANCELLED ? resolve(messages) : reject(error));
});

async function refused(promise, ...codes) {
  try {
    await promise;
  } catch (error) {
    assert.ok(codes.includes(error.code), `refused with ${grpc.status[error.code]}: ${error.details}`);
    return;
  }
  assert.fail('the call was answered');
}

function fromFolder(folder) {
  const pem = name => readFileSync(join(folder, name));
  people.ca = pem('ca.crt');
  for (const who of ['admin', 'reader', 'foreign']) {
    people[who] = { crt: pem(`${who}.crt`), key: pem(`${who}.key`) };
  }
}

async function fromTalosconfig(file) {
  const text = readFileSync(file, 'utf8');
  const field = name => Buffer.from(text.match(new RegExp(`^\\s+${name}:\\s*"?([A-Za-z0-9+/=]+)`, 'm'))[1], 'base64');
  people.ca = field('ca');
  people.admin = { crt: field('crt'), key: field('key') };
  const [reader] = (await unary(machine('admin'), 'GenerateClientConfiguration', { roles: ['os:reader'], crt_ttl: { seconds: 3600 } })).messages;
  people.reader = { crt: reader.crt, key: reader.key };

  const folder = mkdtempSync(join(tmpdir(), 'foreign-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
    '-subj', '/O=os:admin', '-keyout', join(folder, 'key'), '-out', join(folder, 'crt')], { stdio: 'ignore' });
  people.foreign = { crt: readFileSync(join(folder, 'crt')), key: readFileSync(join(folder, 'key')) };
  rmSync(folder, { recursive: true });
}

const link = { namespace: 'runtime', type: 'MachineStatuses.runtime.talos.dev' };
const checks = {
  'Version names a semantic version, the platform and roles': async () => {
    const [version] = (await unary(machine('reader'), 'Version')).messages;
    assert.match(version.version.tag, /^v\d+\.\d+\.\d+/);
    assert.equal(version.version.os, 'linux');
    assert.ok(version.platform.name);
    assert.equal(version.features.rbac, true);
  },
  'ServiceList names apid with its state and events': async () => {
    const [list] = (await unary(machine('reader'), 'ServiceList')).messages;
    const apid = list.services.find(s => s.id === 'apid');
    assert.equal(apid?.state, 'Running');
    assert.ok(apid.events.events.length > 0);
  },
  'Memory has a total and less of it free': async () => {
    const [{ meminfo }] = (await unary(machine('reader'), 'Memory')).messages;
    assert.ok(meminfo.memtotal > 0 && meminfo.memfree < meminfo.memtotal);
  },
  'Events begin with an empty one, then come those of the past': async () => {
    const [hello, ...past] = await stream(machine('reader'), 'Events', { tail_events: 5 }, m => m.length >= 3);
    assert.equal(hello.id, '');
    assert.ok(past.every(e => e.id.length === 20 && e.data.type_url.startsWith('talos/runtime/machine.')));
  },
  'COSI List gives the definitions with their aliases': async () => {
    const list = await stream(state('reader'), 'List', { namespace: 'meta', type: 'ResourceDefinitions.meta.cosi.dev' });
    const one = list.find(r => r.resource.metadata.id === 'machinestatuses.runtime.talos.dev');
    assert.match(one.resource.spec.yaml_spec, /displayType: MachineStatus\n/);
    assert.ok(one.resource.spec.proto_spec.length > 0);
  },
  'COSI Watch says it is ready, then what is there, then that this was all': async () => {
    const request = { ...link, api_version: 1, options: { bootstrap_contents: true } };
    const messages = await stream(state('reader'), 'Watch', request, m => m.some(r => r.event.some(e => e.event_type === 'BOOTSTRAPPED')));
    assert.equal(messages[0].event.length, 0);
    const events = messages.flatMap(m => m.event);
    assert.equal(events[0].event_type, 'CREATED');
    assert.equal(events[0].resource.metadata.phase, 'running');
    assert.match(events[0].resource.spec.yaml_spec, /stage:/);
    assert.equal(events.at(-1).event_type, 'BOOTSTRAPPED');
  },
  'A call without a certificate is refused': () => refused(unary(machine(null), 'Version'), grpc.status.UNAVAILABLE),
  'A call with a certificate of a foreign CA is refused': () => refused(unary(machine('foreign'), 'Version'), grpc.status.UNAVAILABLE),
  'A reader may not reboot': () => refused(unary(machine('reader'), 'Reboot'), grpc.status.PERMISSION_DENIED),
  'A reader may not read files': () => refused(stream(machine('reader'), 'Read', { path: '/etc/os-release' }), grpc.status.PERMISSION_DENIED),
  'A reader may not see the machine config': () =>
    refused(stream(state('reader'), 'List', { namespace: 'config', type: 'MachineConfigs.config.talos.dev' }), grpc.status.PERMISSION_DENIED),
  'An unknown type is refused': () => refused(stream(state('admin'), 'List', { namespace: 'runtime', type: 'Nothings.x.dev' }), grpc.status.PERMISSION_DENIED),
  'Writing resources is refused to everybody': () => refused(unary(state('admin'), 'Create', {}), grpc.status.PERMISSION_DENIED),
  'What is not implemented says so': () => refused(unary(machine('admin'), 'EtcdStatus'), grpc.status.UNIMPLEMENTED),
};

if (options.pki) {
  fromFolder(options.pki);
} else {
  await fromTalosconfig(options.talosconfig);
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok    ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}: ${error.message.split('\n')[0]}`);
  }
}

console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

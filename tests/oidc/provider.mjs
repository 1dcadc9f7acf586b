// An OpenID provider on the loopback; the code is that of oidc-provider. Its keys are new with each start.
// Argument: {"port", "redirects": [], "key": PEM, "certificate": PEM, "pushed": whether it takes requests behind the browser's back}; with a key it speaks https.
// Lines "mint {"claims", "header", "foreign"}" on the input are answered with a token; it ends with its input.
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { SignJWT, importJWK } from 'jose';
import Provider from 'oidc-provider';

const options = JSON.parse(process.argv[2]);
const issuer = `${options.key ? 'https' : 'http'}://localhost:${options.port}`;
const people = { vera: ['viewer'], otto: ['operator'], anna: ['admin', 'other'], nora: [] };
const jobs = { 'viewer-job': ['viewer'], 'operator-job': ['operator'], 'admin-job': ['admin'], 'plain-job': undefined };
const jwk = kid => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' });
const kid = `key-${Date.now()}`;
const [own, foreign] = [jwk(kid), jwk(kid)];

const page = { redirect_uris: options.redirects ?? [], response_types: ['code'], grant_types: ['authorization_code'] };
const provider = new Provider(issuer, {
  jwks: { keys: [own] },
  clients: [
    { ...page, client_id: 'hub-page', token_endpoint_auth_method: 'none' },
    { ...page, client_id: 'hub-page-secret', client_secret: 'a secret of the tests', token_endpoint_auth_method: 'client_secret_post' },
    ...Object.keys(jobs).map(client_id => ({ client_id, client_secret: client_id, redirect_uris: [], response_types: [], grant_types: ['client_credentials'] })),
  ],
  claims: { openid: ['sub', 'roles', 'preferred_username'] },
  conformIdTokenClaims: false,
  cookies: { keys: [kid] },
  pkce: { required: () => true },
  features: {
    clientCredentials: { enabled: true },
    pushedAuthorizationRequests: { enabled: options.pushed ?? false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({ audience: resource.split(':').at(-1), scope: '', accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg: 'RS256' } } }),
    },
  },
  extraTokenClaims: (_, token) => ({ roles: jobs[token.clientId] }),
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, roles: people[id] ?? [] }) }),
  ttl: { AccessToken: 300, AuthorizationCode: 60, ClientCredentials: 300, Grant: 600, IdToken: 300, Interaction: 600, Session: 600 },
});
provider.on('server_error', (_, error) => console.error(error));

const server = options.key ? https.createServer({ key: options.key, cert: options.certificate }, provider.callback()) : http.createServer(provider.callback());
server.listen(options.port, '127.0.0.1', () => console.log('ready'));

createInterface({ input: process.stdin }).on('line', async line => {
  const { claims, header, foreign: stranger } = JSON.parse(line.slice('mint '.length));
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: issuer, aud: 'talos-hub', sub: 'minted', roles: ['admin'], iat: now, exp: now + 300, ...claims };
  console.log(await new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(await importJWK(stranger ? foreign : own, 'RS256')));
}).on('close', () => process.exit(0));

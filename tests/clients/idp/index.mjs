// An identity provider for tests: `node index.mjs <port> <redirect URI>...`, from a folder that holds
// node_modules. Any login name is a user of that name; `groups` are those of its name. Prints
// `ready` when it listens. POST /rotate exchanges the signing key for a new one.
import { createRequire } from 'node:module';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const require = createRequire(path.join(process.cwd(), 'node_modules', 'x'));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const [port, ...redirects] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const groups = { sam: ['auditors', 'staff'], tom: [] };
let rotation = 0;

function key() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  rotation += 1;
  return { ...privateKey.export({ format: 'jwk' }), kid: `k${rotation}`, use: 'sig', alg: 'RS256' };
}

function provider() {
  const made = new Provider(issuer, {
    jwks: { keys: [key()] },
    clients: [
      {
        client_id: 'openmds',
        client_secret: 'openmds-secret',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        redirect_uris: redirects,
        response_types: ['code'],
      },
      {
        client_id: 'robot',
        client_secret: 'robot-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    claims: { openid: ['sub'], groups: ['groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    scopes: ['openid', 'offline_access', 'groups'],
    issueRefreshToken: async (_, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('openid'),
    async findAccount(_, id) {
      return { accountId: id, claims: async () => ({ sub: id, groups: groups[id] ?? [] }) };
    },
    async extraTokenClaims(_, token) {
      return { groups: groups[token.clientId] ?? ['robots'] };
    },
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: async (_, resource) => ({
          audience: new URL(resource).pathname.slice(1),
          scope: 'all',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  return made.callback();
}

let answer = provider();
createServer((request, response) => {
  if (request.url === '/rotate') {
    answer = provider();
    response.end();
  } else {
    answer(request, response);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));

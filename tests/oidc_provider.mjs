// A company's login for tests: anybody may log in; the account's name says what is told of it.
import Provider from 'oidc-provider';

const [redirect, port] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'outrider',
      client_secret: 'a secret of the company',
      redirect_uris: [redirect],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id.replace(/^unproved-/, '')}@brand.example`,
      email_verified: !id.startsWith('unproved-'),
      name: 'Kim of the company',
    }),
  }),
});

provider.listen(Number(port), '127.0.0.1');

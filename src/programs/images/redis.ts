/** docker.io/library/redis: a Debian, redis-server, and its entrypoint script. */
import { debianLayer } from './debian.ts';
import { binary, directory, file } from './files.ts';
import type { RegistryImage } from './image.ts';

const entrypoint = `#!/bin/sh
set -e

# first arg is \`-f\` or \`--some-option\`
# or first arg is \`something.conf\`
if [ "\${1#-}" != "$1" ] || [ "\${1%.conf}" != "$1" ]; then
	set -- redis-server "$@"
fi

# set an appropriate umask (if one isn't set already)
um="$(umask)"
if [ "$um" = '0022' ]; then
	umask 0077
fi

exec "$@"
`;

export const redis: RegistryImage = {
  repository: 'redis',
  tags: ['latest', '8', '8.2', '8.2.3'],
  created: '2025-11-03T17:42:10Z',
  architecture: 'amd64',
  os: 'linux',
  layers: [
    debianLayer({ passwd: 'redis:x:999:999::/home/redis:/bin/sh\n', group: 'redis:x:999:\n' }),
    {
      mediaSize: 22_600_000,
      size: 62_400_000,
      createdBy: 'RUN /bin/sh -c set -eux; … # buildkit',
      files: [
        binary('/usr/local/bin/redis-server', 'redis-server', 17_300_000),
        binary('/usr/local/bin/redis-cli', 'redis-cli', 7_600_000),
        directory('/data'),
        directory('/home/redis'),
      ],
    },
    {
      mediaSize: 572,
      size: 1_170,
      createdBy: 'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
      files: [file('/usr/local/bin/docker-entrypoint.sh', entrypoint, 0o755)],
    },
  ],
  config: {
    Cmd: ['redis-server'],
    Entrypoint: ['docker-entrypoint.sh'],
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'REDIS_VERSION=8.2.3'],
    ExposedPorts: { '6379/tcp': {} },
    Volumes: { '/data': {} },
    WorkingDir: '/data',
  },
};
